"""What the story of a contribution says of its official way: status and answers, with who decided and why."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civitas.contributions.models import Contribution, StatusEvent
from civitas.contributions.walking import among
from civitas.kit import days
from civitas.kit.rooms import Station

if TYPE_CHECKING:
    from collections.abc import Collection

    from civitas.cities.models import City

Status = Contribution.Status
# So much of an answer stands in the story; the page has all of it.
LONGEST = 420
_SAID = {
    Status.RECEIVED: gettext_lazy("The city answered"),
    Status.IN_REVIEW: gettext_lazy("It is being looked into"),
    Status.PLANNED: gettext_lazy("It is planned"),
    Status.IN_WORK: gettext_lazy("It is being done"),
    Status.DONE: gettext_lazy("It is done"),
    Status.NOT_POSSIBLE: gettext_lazy("It is not possible"),
    Status.PART_OF: gettext_lazy("It became part of something larger"),
}
_GOOD = {Status.PLANNED, Status.IN_WORK, Status.DONE}


def official_stations(city: City, keys: Collection[int]) -> dict[int, list[Station]]:
    """The official answers and changes of status of these contributions; one query."""
    found: defaultdict[int, list[Station]] = defaultdict(list)
    events = StatusEvent.objects.of(city).filter(contribution__in=among(keys)).select_related("organisation", "person", "contribution")
    for event in events.order_by("at", "pk"):
        if event.status == Status.RECEIVED and not event.text:
            continue  # that it was given is said already
        names = (event.organisation.name if event.organisation else "", event.person.pseudonym if event.person else "")
        who = ", ".join(filter(None, names))
        found[event.contribution_id].append(
            Station(event.at, str(_SAID[Status(event.status)]), _words(event), who, event.contribution.path, _tone(event.status))
        )
    return dict(found)


def _words(event: StatusEvent) -> str:
    lines = [_cut(" ".join(event.text.split()))]
    if event.handed_to:
        lines.append(_("It was handed over to: %(body)s.") % {"body": event.handed_to})
    if event.next_step and event.due_on:
        lines.append(_("What comes next: %(step)s, by %(day)s.") % {"step": event.next_step.rstrip("."), "day": days.day(event.due_on)})
    return " ".join(filter(None, lines))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST].rpartition(" ")[0] + " …"


def _tone(status: str) -> Literal["good", "bad", "change", ""]:
    if status in _GOOD:
        return "good"
    if status == Status.NOT_POSSIBLE:
        return "bad"
    return "change" if status == Status.PART_OF else ""
