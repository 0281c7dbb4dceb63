"""What the page of a contribution shows, gathered in a bounded number of queries."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from django.urls import reverse

from civitas.cities.maps import map_panel
from civitas.contributions.gallery import media_of
from civitas.contributions.models import Link
from civitas.contributions.rules import is_author, may_answer, may_describe, may_mend, may_moderate, may_withdraw, writes_on
from civitas.dialogue.queries import standing
from civitas.dialogue.rules import may_comment, may_follow, may_support, may_take_support_back, steps_beside
from civitas.dialogue.sections import sections_of
from civitas.dialogue.talk import talk_context
from civitas.dialogue.way import answers_of, awaited, split_voice, stations_of
from civitas.kit.templatetags.kit import localized
from civitas.lineage.hops import hops
from civitas.lineage.short import lineage_of
from civitas.processes.policies import promise_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from civitas.cities.models import City
    from civitas.contributions.models import Contribution
    from civitas.dialogue.forms import CommentForm
    from civitas.kit.verdicts import Verdict
    from civitas.people.actors import Actor

# Zoom of the small map: some streets round the place.
NEAR = 15


def support_context(request: HttpRequest, row: Contribution, *, verdict: Verdict | None = None) -> dict[str, Any]:
    """The panel of support and following, on the page and as the fragment that a press swaps."""
    actor = request.actor
    stands = standing(actor, row)
    verdict = may_support(actor, row) if verdict is None else verdict
    if not verdict and stands.supports:
        verdict = may_take_support_back(actor, row)
    return {
        "item": row,
        "may_support": verdict,
        "imported": sum(each.imported_support for each in (row, *row.merged_wordings)),
        "may_follow": row.visibility == row.Visibility.PUBLISHED and bool(may_follow(actor, row)),
        "standing": stands,
        "is_mine": is_author(actor, row),
    }


def page_context(request: HttpRequest, row: Contribution, *, form: CommentForm | None = None, kept: str = "") -> dict[str, Any]:
    """The whole page. `form` is a comment that came back; `kept` the text of one that came too late."""
    actor = request.actor
    steps = steps_beside(actor, row)
    speaks = may_comment(actor, row, steps=steps)
    voice, body = split_voice(row.text)
    events = list(row.events.all())
    promise = promise_of(request.city, row.process)
    found = hops(request.city, row)
    path = localized(row.path)
    address = address_of(request, row)
    describes = bool(may_describe(actor, row))
    media = media_of(row, may_describe=describes)
    return {
        **support_context(request, row, verdict=may_support(actor, row, steps=steps)),
        **talk_context(request, row, speaks, form, steps=steps),
        "voice": voice,
        "body": body,
        "stations": stations_of(row, events, promise=promise),
        "awaited": awaited(row, events, promise=promise),
        "answers": answers_of(events),
        "lineage": lineage_of(row, found),
        "leads_on": any(hop.later for hop in found if hop.kind != Link.Kind.RELATED_TO),
        "is_split": any(hop.later and hop.kind == Link.Kind.SPLIT_INTO for hop in found),
        "related": [hop.other for hop in found if hop.kind == Link.Kind.RELATED_TO],
        **media,
        "wordings": [wording_context(actor, each) for each in row.merged_wordings],
        "more_wordings": max(0, row.wording_count - len(row.merged_wordings)),
        "describe_url": reverse("describe_files", args=[row.number]) if describes else "",
        "map": _map(request.city, row) if row.has_place else None,
        "kept": kept,
        "may_mend": bool(may_mend(actor, row)),
        "may_withdraw": bool(may_withdraw(actor, row)),
        "may_moderate": bool(may_moderate(actor, row)),
        "may_answer": bool(may_answer(actor, row)),
        "address": address,
        "mail_url": _mail_url(row, address),
        "page_path": path,
        "sections": sections_of(request, row),
        "writes_on": writes_on(actor, row),
        "explore_url": _explore_url(row),
    }


def wording_context(actor: Actor, row: Contribution) -> dict[str, Any]:
    """What was merged into the page's contribution: its words, files and answers, and what its author can do."""
    return {
        "row": row,
        **media_of(row, may_describe=bool(may_describe(actor, row))),
        "answers": answers_of(list(row.events.all())),
        "may_mend": bool(may_mend(actor, row)),
        "may_withdraw": bool(may_withdraw(actor, row)),
    }


def address_of(request: HttpRequest, row: Contribution) -> str:
    """The whole address of the contribution in the page's language, with its host."""
    return request.build_absolute_uri(localized(row.path))


def _mail_url(row: Contribution, address: str) -> str:
    asked = urlencode({"subject": row.title, "body": f"{row.title}\n{address}"}, quote_via=quote)
    return f"mailto:?{asked}"


def _map(city: City, row: Contribution) -> dict[str, Any]:
    point = reverse("contribution_point", args=[row.number])
    return map_panel(city, point) | {
        "center": f"{row.lon},{row.lat}",
        "zoom": NEAR,
        "calm": True,
        "drawing": json.dumps(row.drawing) if row.drawing else "",
    }


def _explore_url(row: Contribution) -> str:
    return localized("/entdecken") + (f"?area={row.area.key}" if row.area else "")
