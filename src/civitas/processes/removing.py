"""Taking news, a date, a document or a step of a process away, and bringing it back: for some weeks it is kept whole."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core import serializers
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.cities.models import Place
from civitas.cities.walls import across_cities
from civitas.journal.actions import record
from civitas.kit.rooms import Going
from civitas.kit.verdicts import Refused
from civitas.media.actions import drop_file, set_public
from civitas.processes.followers import tell_later
from civitas.processes.models import Document, Event, News, Process, Removed, Step
from civitas.processes.rules import may_steer

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

    from civitas.cities.models import City
    from civitas.people.actors import Actor

KEPT = timedelta(days=30)
# So long nobody is told that a date is off: it may have been a slip.
UNDOING = timedelta(minutes=10)
_AT_ONCE = 100
_WHAT: dict[Any, str] = {News: Removed.What.NEWS, Event: Removed.What.EVENT, Document: Removed.What.DOCUMENT, Step: Removed.What.STEP}


def take_away(actor: Actor, process: Process, row: News | Event | Document | Step, *, version: int) -> Removed:
    """Keep a row aside and delete it, in the action's transaction, which has asked its rule and holds the process.

    Raises Refused (409) when somebody changed it since `version`.
    """
    if row.version != version:
        raise Refused(_("Someone else changed this meanwhile. Please look at it again before you take it away."), status=409)
    what, number = _WHAT[type(row)], row.pk
    file = row.file if isinstance(row, Document) else None
    kept = json.loads(serializers.serialize("json", [row]))[0]
    made: Removed = Removed.objects.create(city=actor.city, process=process, what=what, title=row.title, row=kept, file=file)
    if file is not None:
        set_public(actor.city, [file.pk], public=False)
    if isinstance(row, Event) and process.state != Process.State.DRAFT and row.ends_at > timezone.now():
        tell_later(actor.city, process, f"off-{made.pk}", at=timezone.now() + UNDOING)
    with across_cities("what hangs on the row is found by the row's own id, and there is nothing"):
        type(row).objects.of(actor.city).filter(process=process, pk=number).delete()
    keep_from_pack(process, f"{what}:{row.key}")
    record(actor.city, by=actor.uid, verb=f"{what}.removed", subject=f"process:{process.pk}", details={str(what): number})
    return made


def keep_from_pack(process: Process, name: str) -> None:
    """Have a pack that is loaded again leave alone what people did here; in the action's transaction, which holds the process."""
    row = Process.objects.of(process.city_id).get(pk=process.pk)
    row.keep_by_hand(name)
    Process.objects.of(process.city_id).filter(pk=process.pk).update(by_hand=row.by_hand)


def removed_lately(city: City, process: Process) -> list[Removed]:
    """What was taken away from a process and can still come back, the latest first; one query."""
    rows = Removed.objects.of(city).filter(process=process, at__gt=timezone.now() - KEPT)
    return list(rows.order_by("-at", "-pk")[:_AT_ONCE])


def dates_off(city: City, process: Process | None = None) -> list[Event]:
    """Dates that were taken away from public processes (or from one) before they were over, as long as they are kept, so that calendars
    learn that they are off; each with its process and place. Two queries."""
    whose: dict[str, Any] = {"process": process} if process else {"process__state": Process.State.PUBLISHED}
    return _dates_off(Removed.objects.of(city).filter(process__city=city, **whose), Place.objects.of(city))


def dates_off_anywhere(processes: Any) -> list[Event]:
    """The same of processes in whichever city, for who reads across cities; `processes` are their ids, as an `in` takes them."""
    return _dates_off(Removed.objects.filter(process__in=processes), Place.objects.all())


def _dates_off(kept: QuerySet[Removed], known: QuerySet[Place]) -> list[Event]:
    rows = kept.filter(what=Removed.What.EVENT, at__gt=timezone.now() - KEPT).filter(at__gt=F("process__published_at"))
    found = [(each, row_kept(each)) for each in rows.select_related("process").order_by("-at", "-pk")[:_AT_ONCE]]
    places = known.in_bulk({row.place_id for _each, row in found if row.place_id})
    for each, row in found:
        row.process, row.place, row.is_off = each.process, places.get(row.place_id), True
    return [row for each, row in found if row.ends_at > each.at]


def row_kept(kept: Removed) -> Any:
    """The row as it was when it was taken away, not saved."""
    return next(iter(serializers.deserialize("json", json.dumps([kept.row])))).object


@transaction.atomic
def bring_back(actor: Actor, process: Process, key: int) -> Any:
    """Put what was taken away back to its place, as it was, and give it; None where it is back already.

    Raises Refused (409) where its place is taken for good: another document of its name, a file or building block that is gone.
    """
    may_steer(actor, process).require()
    held: Process = Process.objects.of(actor.city).select_for_update(of=("self",)).get(pk=process.pk)  # one after the other
    kept: Removed | None = Removed.objects.of(actor.city).select_related("file").filter(process=held, pk=key).first()
    if kept is None:
        return None
    row = row_kept(kept)
    if type(row).objects.of(actor.city).filter(pk=row.pk).exists():
        raise Refused(_("This is there already."), status=409)
    row.city, row.process, row.version = actor.city, held, row.version + 1
    row.key = _free_key(row, held)
    if isinstance(row, Event) and row.place_id and not Place.objects.of(actor.city).filter(pk=row.place_id).exists():
        row.place = None
    if isinstance(row, Document):
        _place_document(row, kept, held)
    if isinstance(row, Step):
        _place_step(row, held)
    row.save(force_insert=True)
    if isinstance(row, Event) and kept.at <= timezone.now() - UNDOING:
        tell_later(actor.city, held, f"moved-{row.pk}-{row.version}")  # who was told that it is off
    number = row.pk
    Removed.objects.of(actor.city).filter(pk=kept.pk).delete()
    record(actor.city, by=actor.uid, verb=f"{kept.what}.restored", subject=f"process:{held.pk}", details={kept.what: number})
    return row


def _free_key(row: Any, process: Process) -> str:
    taken = set(type(row).objects.of(process.city_id).filter(process=process).order_by("pk").values_list("key", flat=True))
    return next(key for number in range(1, len(taken) + 2) if (key := row.key if number == 1 else f"{row.key[:50]}-{number}") not in taken)


def _place_document(row: Document, kept: Removed, process: Process) -> None:
    others = Document.objects.of(process.city_id).filter(process=process)
    if any(each.title.in_language("de") == row.title.in_language("de") for each in others):
        raise Refused(_("Another document has this name by now. Please change that one first."), status=409)
    if row.file_id and kept.file is None:
        raise Refused(_("Its file is gone. Please add the document anew."), status=409)
    if kept.file is not None:
        set_public(process.city, [kept.file.pk], public=process.state != Process.State.DRAFT)


def _place_step(row: Step, process: Process) -> None:
    """Where it stood: in a draft the others move down again, in a public process it goes to the end where its place is taken."""
    rows = Step.objects.of(process.city_id).filter(process=process)
    positions = set(rows.order_by("position").values_list("position", flat=True))
    if row.position not in positions:
        return
    if process.state != Process.State.DRAFT:
        row.position = max(positions) + 1
        return
    for step in rows.filter(position__gte=row.position).order_by("-position"):
        step.position += 1
        step.save(update_fields=["position"])


def removed_before(city: City, before: dt.datetime) -> Any:
    """What was taken away before that moment."""
    return Removed.objects.of(city).filter(at__lt=before).order_by("pk")


def show_removed(rows: Any) -> list[Going]:
    """What was taken away, by what it was and its title."""
    return [Going(row.pk, f"{row.get_what_display()}: {row.title}", row.at) for row in rows]


def forget_removed(city: City, rows: Any) -> int:
    """Let some of it go for good, with its files; returns how much, 0 when nothing is left."""
    with transaction.atomic():
        some = list(rows.select_related("file")[:_AT_ONCE])
        for row in some:
            file = row.file
            Removed.objects.of(city).filter(pk=row.pk).delete()
            if file is not None:
                drop_file(file)
    return len(some)
