"""Taking an import back as one: new rows go, replaced values return, and what people have done since stays and is named."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_noop

from civitas.cities.models import Area
from civitas.contributions.intake import REFERENCES, give_back, take_back
from civitas.contributions.models import Contribution, Revision, StatusEvent
from civitas.interop.keeping import IN_REVISION, mark_of
from civitas.interop.models import Import, ImportItem
from civitas.interop.rules import may_undo_import
from civitas.interop.sayings import Saying
from civitas.interop.staging import Folder
from civitas.journal.actions import record
from civitas.kit.relations import referring
from civitas.merging.actions import undo_merge
from civitas.merging.models import Merge
from civitas.outbox.actions import enqueue
from civitas.people.actors import city_actor, on_behalf
from civitas.people.models import Organisation, Participant
from civitas.processes.models import Category
from civitas.processes.topics import is_used
from civitas.services.models import Service

if TYPE_CHECKING:
    from collections.abc import Sequence

    from civitas.cities.models import City
    from civitas.people.actors import Actor

_AT_ONCE = 200
Reason = ImportItem.Reason
State = ImportItem.State
_MODELS = {"category": Category, "service": Service, "area": Area, "organisation": Organisation}

# What machines write about every contribution: it says nothing about what people did with it. Table and column -> which of its rows
# people have had a hand in all the same, if any.
BY_MACHINE: dict[str, Q | None] = {
    "contributions.statusevent.contribution": None,  # counted by `_touched`
    "contributions.revision.contribution": None,  # each comes with another version
    "contributions.contribution.merged_into": None,  # `merging.Merge` says it
    "lineage.news.source": None,  # follow the links
    "lineage.news.target": None,
    "lineage.line.contribution": None,
    "lineage.stream.into": None,
    "lineage.streamarea.into": None,
    "lineage.inflow.into": None,
    "lineage.inflow.source": None,
    "cockpit.counted.contribution": None,
    "cockpit.counted.head": None,
    "cockpit.way.source": None,
    "cockpit.way.target": None,
    "moderation.trace.contribution": None,
    "moderation.case.contribution": Q(state="closed") | Q(flag_count__gt=0) | ~Q(why__in=["new", "waiting"]),
    "merging.suggestion.first": ~Q(state="open"),
    "merging.suggestion.second": ~Q(state="open"),
    "answering.assignment.contribution": Q(by__isnull=False),
    "interop.importitem.contribution": None,  # asked apart: a later import is no person
}
# A comment that was itself taken away is no reason to keep what it hung on.
_GONE = Q(visibility="erased")
# Table -> why a contribution stays on which people have left something there. Every other table: somebody works with it.
WHY = {
    "contributions.contribution": Reason.COMMENTED,
    "contributions.link": Reason.LINKED,
    "dialogue.support": Reason.SUPPORTED,
    "dialogue.follow": Reason.FOLLOWED,
    "answering.assignment": Reason.ANSWERED,
    "answering.note": Reason.ANSWERED,
    "answering.question": Reason.ANSWERED,
    "answering.answerdraft": Reason.ANSWERED,
    "answering.batchitem": Reason.ANSWERED,
    "merging.proposal": Reason.MERGED,
    "merging.consent": Reason.MERGED,
    "merging.merge": Reason.MERGED,
    "merging.suggestion": Reason.MERGED,
    "merging.split": Reason.MERGED,
    "merging.splitpart": Reason.MERGED,
    "moderation.case": Reason.MODERATED,
    "moderation.decision": Reason.MODERATED,
    "redaction.redaction": Reason.MODERATED,
    "unlawful.matter": Reason.MODERATED,
}


def start_undo(actor: Actor, unit: Import) -> None:
    """Have an import taken back by the worker; sent twice it is asked for once. Raises Refused."""
    may_undo_import(actor, unit).require()
    with transaction.atomic():
        held: Import = Import.objects.of(actor.city).select_for_update(of=("self",)).get(pk=unit.pk)
        may_undo_import(actor, held).require()
        held.state, held.fault, held.moved_at = Import.State.UNDOING, {}, timezone.now()
        held.save(update_fields=["state", "fault", "moved_at"])
        by = actor.participant.pk if actor.participant else 0
        enqueue(actor.city, "interop.undo", {"unit": held.pk, "by": by}, key=f"import:{held.pk}")
        record(actor.city, by=actor.uid, verb="import.undone", subject=f"import:{held.pk}", details={"process": held.process_id})


def work_undo(city: City, key: int, by: int) -> bool:
    """Take back the next 200 of an import; whether some are left. Safe to run twice."""
    with transaction.atomic():
        units = Import.objects.of(city).select_for_update(of=("self",)).select_related("process")
        unit: Import | None = units.filter(pk=key, state=Import.State.UNDOING).first()
        if unit is None:
            return False
        person = Participant.objects.of(city).filter(pk=by).first() if by else None
        actor = on_behalf(person) if person else city_actor(city, channel="import")
        open_items = ImportItem.objects.of(city).filter(run=unit, state=State.IN)
        # What the import put together comes apart first, so that each row stands as it was.
        if _take_apart(actor, unit):
            return True
        # The newest first: a reply goes before what it replies to.
        items = list(open_items.order_by("-pk")[:_AT_ONCE])
        if items:
            _take_some(actor, unit, items)
            return True
        _drop_categories(actor, unit)
        unit.state, unit.moved_at = Import.State.UNDONE, timezone.now()
        unit.save(update_fields=["state", "moved_at"])
    if unit.door == Import.Door.PAGE:  # a file that was stopped in the middle lies there still, and nobody goes on with it
        Folder(unit).drop(whole=True)
    return False


def give_up_undoing(city: City, key: int) -> None:
    """Say of an import that not all of it is taken back, however often it was tried. It can be tried again, and nothing comes in."""
    sentence = gettext_noop(
        "We could not take everything back, though we tried several times. What is taken back stays so, the rest is still here. "
        "Please try again. If it fails once more, tell who runs this site."
    )
    Import.objects.of(city).filter(pk=key, state=Import.State.UNDOING).update(
        state=Import.State.PARTLY, fault=Saying(sentence).kept, moved_at=timezone.now()
    )


def _take_apart(actor: Actor, unit: Import) -> bool:
    """Undo some of the merges that the import made and nobody undid since; whether there were any."""
    made = ImportItem.objects.of(actor.city).filter(run=unit, state=State.IN, merge__isnull=False)
    merges = list(Merge.objects.of(actor.city).filter(pk__in=made.values("merge"), undone_at=None).order_by("-pk")[:_AT_ONCE])
    for merge in merges:
        undo_merge(actor, merge)
    return bool(merges)


def _take_some(actor: Actor, unit: Import, items: Sequence[ImportItem]) -> None:
    city = actor.city
    rows = {row.pk: row for row in _locked(city, [item.contribution_id for item in items])}
    fresh = [item for item in items if item.is_new]
    reasons = _touched(city, unit, [item for item in fresh if rows[item.contribution_id].visibility != "erased"], rows)
    take_back(actor, [rows[item.contribution_id] for item in fresh if _goes(item, rows, reasons)])
    for item in items:
        if item.is_new:
            item.reason = reasons.get(item.contribution_id, "")
        elif rows[item.contribution_id].visibility != "erased":
            item.reason = _put_back(actor, item, rows[item.contribution_id])
        item.state = State.STAYS if item.reason else State.UNDONE
        item.place_name = item.source_url = ""
        item.before = {}
    ImportItem.objects.of(city).bulk_update(items, ["state", "reason", "place_name", "source_url", "before"], batch_size=200)
    stays = sum(item.state == State.STAYS for item in items)
    Import.objects.of(city).filter(pk=unit.pk).update(
        undone=F("undone") + len(items) - stays, stays=F("stays") + stays, moved_at=timezone.now()
    )


def _goes(item: ImportItem, rows: dict[int, Contribution], reasons: dict[int, str]) -> bool:
    return item.contribution_id not in reasons and rows[item.contribution_id].visibility != Contribution.Visibility.ERASED


def _locked(city: City, keys: Sequence[int]) -> list[Contribution]:
    rows = Contribution.objects.of(city).select_for_update(of=("self",)).filter(pk__in=keys)
    return list(rows.select_related("root").order_by("pk"))


def _touched(city: City, unit: Import, items: Sequence[ImportItem], rows: dict[int, Contribution]) -> dict[int, str]:
    """Why new rows stay, by their keys: what people have left on them since they came. As many queries for 200 as for one."""
    keys = [item.contribution_id for item in items]
    found: dict[int, str] = {}
    for table, rest, column in _relations():
        some = keys_of(city, table, column, rest, keys, own=unit)
        found |= dict.fromkeys(some, WHY.get(table._meta.label_lower, Reason.USED))
    later = ImportItem.objects.of(city).filter(contribution__in=keys, state=State.IN).exclude(run=unit)
    found |= dict.fromkeys(later.order_by("pk").values_list("contribution", flat=True), Reason.CHANGED)
    events = StatusEvent.objects.of(city).filter(contribution__in=keys).order_by("pk").values_list("contribution", flat=True)
    counts: dict[int, int] = {}
    for key in events:
        counts[key] = counts.get(key, 0) + 1
    for item in items:
        row = rows[item.contribution_id]
        if counts.get(row.pk, 0) != item.events:
            found[row.pk] = Reason.ANSWERED
        elif row.visibility != Contribution.Visibility.PUBLISHED:
            found[row.pk] = Reason.MODERATED
        elif row.version != item.version and row.pk not in found:
            found[row.pk] = Reason.CHANGED
    # A reply that stays needs what it replies to.
    while held := {above for key in found for above in rows[key].above if above in set(keys) - found.keys()}:
        found |= dict.fromkeys(held, Reason.COMMENTED)
    return found


def keys_of(city: City, table: Any, column: str, rest: Q | None, keys: Sequence[int], *, own: Import) -> set[int]:
    """Which of these contributions a table refers to by a column, as far as people had a hand in it."""
    rows = table.objects.of(city).filter(**{f"{column}__in": keys})
    if rest is not None:
        rows = rows.filter(rest)
    if table is Contribution:
        rows = rows.exclude(pk__in=keys)  # those of the same slice are weighed together
    if table is Merge:
        merges = ImportItem.objects.of(city).filter(run=own, merge__isnull=False)
        rows = rows.exclude(pk__in=merges.values("merge"), undone_at__isnull=False)
    return set(rows.order_by().values_list(column, flat=True))


def _relations() -> list[tuple[Any, Q | None, str]]:
    """Every table and column of the house that refers to contributions and in which people may have had a hand."""
    found = []
    for table, column in referring(Contribution):
        name = f"{table._meta.label_lower}.{column}"
        if name in BY_MACHINE and BY_MACHINE[name] is None:
            continue
        rest = BY_MACHINE.get(name)
        found.append((table, ~_GONE if table is Contribution else rest, column))
    return found


def _put_back(actor: Actor, item: ImportItem, row: Contribution) -> str:
    """Give an updated row back what the import replaced and nobody changed since; why not all of it ('' = all of it)."""
    same = [name for name, mark in item.after.items() if mark_of(row, name) == mark]
    values = _values(actor.city, item, same)
    event = item.event
    reason = "" if len(values) == len(item.after) else Reason.PARTLY
    if event is not None:
        last = StatusEvent.objects.of(actor.city).filter(contribution=row).order_by("-at", "-pk").values_list("pk", flat=True).first()
        if last != event:  # the city has said something since
            values.pop("status", None)
            event, reason = None, Reason.ANSWERED
    values.pop("answered", None)  # follows the stations
    if values or event is not None:
        give_back(actor, row, values, event=event)
    return reason


def _values(city: City, item: ImportItem, names: Sequence[str]) -> dict[str, Any]:
    """What stood in these columns before, references only to what is still there."""
    revision = Revision.objects.of(city).filter(pk=item.revision).first() if item.revision else None
    values: dict[str, Any] = {}
    for name in names:
        if name in IN_REVISION:
            if revision is not None:
                values[name] = getattr(revision, name)
        elif name in {"place_name", "source_url"}:
            values[name] = getattr(item, name)
        elif name in REFERENCES:
            key = item.before[name]
            there = key is None or _MODELS[name].objects.of(city).filter(pk=key).exists()
            values[name] = key if there else None
        elif name == "given_at":
            values[name] = dt.datetime.fromisoformat(item.before[name])
        else:
            values[name] = item.before[name]
    return values


def _drop_categories(actor: Actor, unit: Import) -> None:
    """Take away the categories that the import made, where nobody uses them by now."""
    for category in Category.objects.of(actor.city).filter(pk__in=unit.categories, process=unit.process_id).order_by("pk"):
        if not is_used(actor.city, category):
            record(actor.city, by=actor.uid, verb="category.removed", subject=f"category:{category.pk}")
            unused = Category.objects.of(actor.city).filter(pk=category.pk)
            unused._raw_delete(unused.db)  # nothing refers to it, and Django would ask without naming the city
