"""The editorial team's part of the overview: what waits and since when, who is on it, what was decided, and alerts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.template.loader import render_to_string

from civitas.moderation.alerts import alert_in_words, standing_alerts
from civitas.moderation.counts import decided_lately
from civitas.moderation.models import Case, Verb
from civitas.moderation.queries import MOST_CASES, on_it, open_pile, piles
from civitas.moderation.rules import may_decide
from civitas.processes.policies import rules_of

if TYPE_CHECKING:
    from django.http import HttpRequest


def render_overview(request: HttpRequest) -> str:
    """What waits for the editorial team, in a few queries however much that is."""
    if not may_decide(request.actor):
        return ""
    city = request.actor.city
    by_why, day, week = piles(city), decided_lately(city, hours=24), decided_lately(city, hours=24 * 7)
    context = {
        "pile": open_pile(city),
        "most": MOST_CASES,
        "look_hours": rules_of(city).look_hours,
        "whys": [{"why": why, "label": label, "count": by_why[why]} for why, label in Case.Why.choices if by_why.get(why)],
        "on_it": on_it(city),
        "decided": [{"label": label, "day": day.get(verb, 0), "week": week.get(verb, 0)} for verb, label in Verb.choices if week.get(verb)],
        "day": sum(day.values()),
        "week": sum(week.values()),
        "alerts": [alert_in_words(each) for each in standing_alerts(city)],
    }
    return render_to_string("moderation/_overview.html", context, request=request)
