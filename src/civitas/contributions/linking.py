"""What became of what: links that the team makes, and the one that stands as long as something is part of another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from civitas.contributions.models import Contribution, Link, StatusEvent
from civitas.contributions.rules import may_moderate
from civitas.journal.actions import record
from civitas.kit.rooms import rooms
from civitas.kit.verdicts import Refused
from civitas.outbox.actions import enqueue_many

if TYPE_CHECKING:
    from collections.abc import Iterable

    from civitas.cities.models import City
    from civitas.people.actors import Actor


def link_contributions(actor: Actor, source: Contribution, target: Contribution, kind: str) -> Link:
    """Say what became of what. Lineage runs one way; a circle is refused."""
    may_moderate(actor, source).require()
    if source.city_id != actor.city.pk or target.city_id != actor.city.pk:
        raise Refused(_("We cannot find this in this city."), status=404)
    if kind != Link.Kind.RELATED_TO and leads_to(actor.city, target.pk, source.pk):
        raise Refused(_("That would be a circle: the second already led to the first."), status=409)
    with transaction.atomic():
        link, _made = _linked(actor, source, target, kind)
    return link


def _linked(actor: Actor, source: Contribution, target: Contribution, kind: str) -> tuple[Link, bool]:
    link, made = Link.objects.of(actor.city).get_or_create(source=source, target=target, kind=kind, defaults={"city": actor.city})
    subject = f"contribution:{source.pk}"
    record(actor.city, by=actor.uid, verb="contribution.linked", subject=subject, details={"kind": kind, "target": target.pk})
    return link, made


def links_changed(city: City, links: Iterable[tuple[int, int, str]], *, made: bool) -> None:
    """Have the rooms above hear of links of the lineage (source, target, kind) that were made or taken back (`Room.on_linked`).

    Whoever writes or removes links calls it, in the same transaction.
    """
    lineage = [link for link in links if link[2] != Link.Kind.RELATED_TO]
    told: list[dict[str, int | str]] = [
        {"source": source, "target": target, "kind": str(kind), "made": int(made)} for source, target, kind in lineage
    ]
    for room in rooms() if told else ():
        for task in room.on_linked:
            enqueue_many(city, task, told)


def leads_to(city: City, start: int, goal: int) -> bool:
    """Whether one contribution (its key) led to another, over any number of hops; a query for each."""
    lineage = Link.objects.of(city).exclude(kind=Link.Kind.RELATED_TO)
    seen, front = {start}, {start}
    while front and goal not in seen:
        front = set(lineage.filter(source__in=front).values_list("target", flat=True)) - seen
        seen |= front
    return goal in seen


def check_larger(city: City, row: Contribution, status: str, larger: Contribution | None) -> None:
    """Refuse, with a sentence at its field, what a contribution cannot become part of: itself, what is not shown, what came out of it."""
    if larger is None:
        return
    sentence = ""
    if status != Contribution.Status.PART_OF:
        sentence = _("To say what it is part of, please choose the status “part of something larger”.")
    elif larger.pk == row.pk:
        sentence = _("This is the contribution itself. Please choose another one.")
    elif not larger.is_listed:
        sentence = _("Number %(number)s is not shown at the moment. Please choose another one.") % {"number": larger.number}
    elif leads_to(city, larger.pk, row.pk):
        sentence = _("Number %(number)s came before this one, or is part of it. It cannot be both.") % {"number": larger.number}
    if sentence:
        raise Refused(sentence, status=400, fields={"part_of": sentence})


def keep_larger(actor: Actor, row: Contribution, event: StatusEvent) -> None:
    """Link a contribution with what it is part of since this event; the link of an earlier event goes, whatever the status is now.

    What was linked by hand, or by a step, stays. In a transaction, after `check_larger`.
    """
    earlier = StatusEvent.objects.of(actor.city).filter(contribution=row, link__isnull=False)
    for key in list(earlier.order_by("pk").values_list("link", flat=True)):
        earlier.filter(link=key).update(link=None)
        Link.objects.of(actor.city).filter(pk=key).delete()
        record(actor.city, by=actor.uid, verb="contribution.unlinked", subject=f"contribution:{row.pk}", details={"link": key})
    if event.part_of is not None:
        link, made = _linked(actor, row, event.part_of, Link.Kind.GROUPED_INTO)
        if made:
            event.link = link
            event.save(update_fields=["link"])
