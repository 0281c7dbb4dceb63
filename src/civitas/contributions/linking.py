"""What became of what: links that the team makes, and the one that stands as long as something is part of another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from civitas.contributions.circles import check_circle, circle_among, hold_links, said
from civitas.contributions.models import Contribution, Link, StatusEvent
from civitas.contributions.rules import may_moderate
from civitas.contributions.walking import among
from civitas.journal.actions import record_many
from civitas.kit.rooms import rooms
from civitas.kit.verdicts import Refused
from civitas.outbox.actions import enqueue_many

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from civitas.cities.models import City
    from civitas.people.actors import Actor

    Triple = tuple[int, int, str]
    Noted = tuple[str, dict[str, int | str]]


def link_contributions(actor: Actor, source: Contribution, target: Contribution, kind: str) -> Link:
    """Say what became of what. Lineage runs one way; a circle is refused."""
    may_moderate(actor, source).require()
    if source.city_id != actor.city.pk or target.city_id != actor.city.pk:
        raise Refused(_("We cannot find this in this city."), status=404)
    with transaction.atomic():
        make_links(actor.city, [(source.pk, target.pk, kind)], by=actor.uid)
        link: Link = Link.objects.of(actor.city).get(source=source, target=target, kind=kind)
    return link


def make_links(city: City, links: Iterable[Triple], *, by: UUID | None) -> list[Triple]:
    """Link one with another, or ten thousand voices with a theme, for a caller that has asked its rule; in its transaction.

    As many queries for many as for one, but for the writing. What is linked already stays; returns the links (source, target, kind)
    that are new, of which the journal and the rooms above hear. Raises Refused for a circle, and for what is not of this city.
    """
    wanted = list(dict.fromkeys((source, target, str(kind)) for source, target, kind in links))
    sources, targets = {link[0] for link in wanted}, {link[1] for link in wanted}
    if not wanted:
        return []
    if Contribution.objects.of(city).filter(pk__in=among(sources | targets)).count() < len(sources | targets):
        raise Refused(_("We cannot find this in this city."), status=404)
    hold_links(city)
    present = Link.objects.of(city).filter(target__in=among(targets), source__in=among(sources)).order_by("pk")
    known = set(present.values_list("source", "target", "kind"))
    new = [link for link in wanted if link not in known]
    check_circle(city, [link[:2] for link in new if link[2] != Link.Kind.RELATED_TO])
    rows = [Link(city=city, source_id=source, target_id=target, kind=kind) for source, target, kind in new]
    Link.objects.bulk_create(rows, batch_size=2_000)
    details: list[Noted] = [(f"contribution:{source}", {"kind": kind, "target": target}) for source, target, kind in new]
    record_many(city, by=by, verb="contribution.linked", rows=details)
    links_changed(city, new, made=True, by=by)
    return new


def remove_links(city: City, links: Iterable[Triple], *, by: UUID | None) -> list[Triple]:
    """Take links (source, target, kind) back, one or ten thousand, as `make_links` makes them; returns those that were there."""
    wanted = {(source, target, str(kind)) for source, target, kind in links}
    if not wanted:
        return []
    ends = {"source__in": among({link[0] for link in wanted}), "target__in": among({link[1] for link in wanted})}
    present = Link.objects.of(city).filter(**ends).order_by("pk").values_list("pk", "source", "target", "kind")
    gone = {pk: (source, target, kind) for pk, source, target, kind in present if (source, target, kind) in wanted}
    if not gone:
        return []
    StatusEvent.objects.of(city).filter(link__in=among(gone)).update(link=None)
    Link.objects.of(city).filter(pk__in=among(gone)).delete()
    details: list[Noted] = [(f"contribution:{source}", {"kind": kind, "target": target}) for source, target, kind in gone.values()]
    record_many(city, by=by, verb="contribution.unlinked", rows=details)
    links_changed(city, gone.values(), made=False, by=by)
    return list(gone.values())


def links_changed(city: City, links: Iterable[Triple], *, made: bool, by: UUID | None) -> None:
    """Have the rooms above hear of links of the lineage (source, target, kind) that were made or taken back (`Room.on_linked`).

    Whoever writes or removes links calls it, in the same transaction.
    """
    lineage = [link for link in links if link[2] != Link.Kind.RELATED_TO]
    told: list[dict[str, int | str]] = [
        {"source": source, "target": target, "kind": str(kind), "made": int(made), "by": str(by or "")} for source, target, kind in lineage
    ]
    for room in rooms() if told else ():
        for task in room.on_linked:
            enqueue_many(city, task, told)


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
    elif path := circle_among(city, [(row.pk, larger.pk)]):
        sentence = _("Number %(number)s already led to this one: %(path)s. It cannot be both.")
        sentence %= {"number": larger.number, "path": said(city, path)}
    if sentence:
        raise Refused(sentence, status=400, fields={"part_of": sentence})


def keep_larger(actor: Actor, row: Contribution, event: StatusEvent) -> None:
    """Link a contribution with what it is part of since this event; the link of an earlier event goes, whatever the status is now.

    What was linked by hand, or by a step, stays. In a transaction, after `check_larger`.
    """
    city, kind = actor.city, Link.Kind.GROUPED_INTO
    events = StatusEvent.objects.of(city).filter(contribution=row, link__isnull=False)
    ours = Link.objects.of(city).filter(pk__in=events.values("link")).order_by("pk")
    larger = event.part_of
    remove_links(city, ours.exclude(target=larger).values_list("source", "target", "kind"), by=actor.uid)
    if larger is not None:
        said_before = ours.first()
        if said_before is not None or make_links(city, [(row.pk, larger.pk, kind)], by=actor.uid):
            events.update(link=None)
            event.link = Link.objects.of(city).get(source=row, target=larger, kind=kind)
            event.save(update_fields=["link"])
