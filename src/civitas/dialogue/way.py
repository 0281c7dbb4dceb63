"""The way of a contribution as its page tells it: the voice, the official stations and answers."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.contributions.models import Contribution
from civitas.kit import days
from civitas.kit.templatetags.kit import localized

if TYPE_CHECKING:
    from civitas.contributions.models import StatusEvent
    from civitas.processes.policies import Promise

LONGEST_VOICE = 180
SHORTEST_VOICE = 24
# What fits into one line of stations on a desktop.
MOST_STATIONS = 5
# A longer next step is said in the answer; the station names it briefly.
LONGEST_STATION = 44
# Statuses after which nothing more is promised.
ENDS = {Contribution.Status.DONE, Contribution.Status.NOT_POSSIBLE, Contribution.Status.PART_OF}
_SENTENCE_END = re.compile(r"[.!?…]+[“”\"')]*(?=\s)")


def split_voice(text: str) -> tuple[str, str]:
    """The first words, set large as the person's voice, and the rest: the first paragraph, or its first sentences if it is long.

    A text whose first sentence is too long has no voice.
    """
    first, _gap, rest = text.partition("\n")
    if len(first) <= LONGEST_VOICE:
        return first.strip(), rest.strip()
    ends = [match.end() for match in _SENTENCE_END.finditer(first) if SHORTEST_VOICE <= match.end() <= LONGEST_VOICE]
    if not ends:
        return "", text
    return first[: ends[-1]].strip(), f"{first[ends[-1] :].strip()}\n{rest}".strip()


def stations_of(contribution: Contribution, events: list[StatusEvent], *, promise: Promise) -> list[dict[str, str]]:
    """The official way for `kit/_status_line.html`: what was, where it stands, and what was promised with its day."""
    stations: list[dict[str, str]] = []
    for event in events:
        label = event.get_status_display()
        if stations and stations[-1]["label"] == label:
            continue  # a second answer in the same state is no new station
        stations.append({"label": label, "when": days.day(event.at), "state": "done"})
    if not stations:
        stations = [{"label": contribution.get_status_display(), "when": days.day(contribution.given_at), "state": "done"}]
    if len(stations) > MOST_STATIONS - 1:
        stations = [stations[0], *stations[-(MOST_STATIONS - 2) :]]
    if contribution.status not in ENDS:
        stations[-1]["state"] = "now"
    coming = _coming(contribution, events, promise)
    return [*stations, coming] if coming else stations


def _coming(contribution: Contribution, events: list[StatusEvent], promise: Promise) -> dict[str, str] | None:
    last = events[-1] if events else None
    today = timezone.localdate()
    if last and (last.next_step or last.due_on) and (last.due_on is None or last.due_on >= today):
        when = _("by %(day)s") % {"day": days.day(last.due_on)} if last.due_on else ""
        label = last.next_step if 0 < len(last.next_step) <= LONGEST_STATION else _("Next news")
        return {"label": label, "when": when, "state": "next"}
    owed = awaited(contribution, events, promise=promise)
    if owed:
        if owed["by"] is None:
            when = _("still to come")
        else:
            when = (_("was promised by %(day)s") if owed["is_late"] else _("by %(day)s")) % {"day": days.day(owed["by"])}
        return {"label": _("Answer of the city"), "when": when, "state": "next"}
    return None


def awaited(contribution: Contribution, events: list[StatusEvent], *, promise: Promise) -> dict[str, Any] | None:
    """The first answer that the city still owes: by which day it was promised, and whether that day has gone by.

    Where the city does not tell what is overdue, no day is named any more.
    """
    waits = contribution.status == Contribution.Status.RECEIVED and not any(event.text for event in events)
    if not waits or contribution.is_from_elsewhere or contribution.is_made or contribution.visibility != Contribution.Visibility.PUBLISHED:
        return None
    by = timezone.localtime(contribution.given_at).date() + dt.timedelta(days=promise.days)
    is_late = by < timezone.localdate()
    return {"by": by if promise.tells_overdue or not is_late else None, "is_late": is_late}


def answers_of(events: list[StatusEvent]) -> list[dict[str, Any]]:
    """The official answers for `kit/_answer.html`."""
    return [
        {
            "organisation": event.organisation,
            "person": event.person.pseudonym if event.person else "",
            "at": event.at,
            "text": event.text,
            "next_step": event.next_step + ("" if event.next_step.endswith((".", "!", "?")) else ".") if event.next_step else "",
            "due_on": event.due_on,
            "larger": _larger(event),
            "handed_to": event.handed_to,
            "contact": event.contact,
        }
        for event in events
        if event.text or event.handed_to or event.part_of or event.part_of_process
    ]


def _larger(event: StatusEvent) -> list[dict[str, str]]:
    """What a contribution is part of now, with the address."""
    larger = []
    if event.part_of is not None and event.part_of.listed:
        larger.append({"title": event.part_of.title, "url": localized(event.part_of.path)})
    if event.part_of_process is not None:
        larger.append({"title": str(event.part_of_process.title), "url": reverse("process", args=[event.part_of_process.slug])})
    return larger
