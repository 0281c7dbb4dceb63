"""An import in the browser: read, mapped, checked whole, then brought in by the worker in slices, each of which may be killed."""

from __future__ import annotations

import hashlib
import time
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from civitas.contributions.intake import Taken, changes_of, note_taken
from civitas.interop.columns import guessed
from civitas.interop.files import open_table
from civitas.interop.imports import merge_as_said
from civitas.interop.keeping import LONGEST_NAME
from civitas.interop.kinds import KINDS, PLACING, Contributions
from civitas.interop.models import Import
from civitas.interop.reading import Keys, Report
from civitas.interop.rules import may_import
from civitas.interop.sayings import Saying
from civitas.interop.staging import Folder
from civitas.interop.tables import Unreadable
from civitas.journal.actions import record
from civitas.kit.verdicts import Refused
from civitas.outbox.actions import enqueue
from civitas.people.actors import actor_of, city_actor, on_behalf

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from django.core.files.uploadedfile import UploadedFile

    from civitas.cities.models import City
    from civitas.interop.kinds import Kind, Sorted
    from civitas.interop.tables import Record
    from civitas.people.actors import Actor
    from civitas.processes.models import Process

State = Import.State
BATCH = 200
# So long a slice goes on before others have their turn.
_SECONDS = 4.0
_MOST_NOTES = 100
# Before anything is brought in a file may be mapped anew or thrown away.
BEFORE = {State.READING, State.MAPPING, State.CHECKING, State.READY, State.FAILED}


def take_upload(
    actor: Actor, process: Process, upload: UploadedFile, *, uid: UUID, encoding: str = "", what: str = Import.What.CONTRIBUTIONS
) -> Import:
    """Keep a file of contributions or comments that is to be brought into a process, and have the worker read it.

    The same form twice gives the same import.
    """
    may_import(actor, process).require()
    known: Import | None = Import.objects.of(actor.city).filter(uid=uid).first()
    if known is not None:
        return known
    unit = Import(
        city=actor.city, process=process, by=actor.participant, door=Import.Door.PAGE, uid=uid, what=what, bytes=upload.size or 0,
        name=(upload.name or "?")[-LONGEST_NAME:], encoding=encoding,
    )  # fmt: skip
    Folder(unit).keep(upload)
    with transaction.atomic():
        unit.save(force_insert=True)
        enqueue(actor.city, "interop.read", {"unit": unit.pk}, key=f"import:{unit.pk}")
        record(actor.city, by=actor.uid, verb="import.begun", subject=f"import:{unit.pk}", details={"process": process.pk})
    return unit


def read_upload(city: City, key: int) -> None:
    """Read a file whole and put its records ready, or keep the sentence that says why it cannot be read. Safe to run twice."""
    unit = _unit(city, key, State.READING)
    if unit is None:
        return
    folder = Folder(unit)
    try:
        with open_table(folder.source, encoding=unit.encoding) as table:
            unit.header = table.header
            unit.rows = folder.write_table(table)
        if not unit.rows:
            raise Unreadable(gettext_noop("%(file)s has names of columns, but no row below them."), file=unit.name)
        KINDS[unit.what].check_door(unit.process)
    except Unreadable as error:
        unit.state, unit.fault = (
            State.FAILED,
            {**error.kept, "parts": {**error.parts, **({"file": unit.name} if "file" in error.parts else {})}},
        )
        folder.drop(whole=True)
    else:
        unit.state, unit.header_mark = State.MAPPING, _mark(unit.header)
    unit.moved_at = timezone.now()
    with transaction.atomic():
        Import.objects.of(city).filter(pk=unit.pk, state=State.READING).update(
            state=unit.state, fault=unit.fault, header=unit.header, header_mark=unit.header_mark, rows=unit.rows, moved_at=unit.moved_at
        )


def give_up_reading(city: City, key: int) -> None:
    """Say of a file that it could not be read or checked, however often it was tried. Nothing of it was brought in."""
    sentence = gettext_noop("We could not read %(file)s, though we tried several times. Please tell who runs this site.")
    for unit in Import.objects.of(city).filter(pk=key, state__in=[State.READING, State.CHECKING]):
        fault = Unreadable(sentence, file=unit.name).kept
        if Import.objects.of(city).filter(pk=key, state=unit.state).update(state=State.FAILED, fault=fault, moved_at=timezone.now()):
            Folder(unit).drop(whole=True)


def _mark(header: list[str]) -> str:
    return hashlib.sha256("\n".join(name.casefold() for name in header).encode()).hexdigest()[:32]


def _unit(city: City, key: int, state: str) -> Import | None:
    rows = Import.objects.of(city).select_related("process", "process__city", "by", "by__city")
    unit: Import | None = rows.filter(pk=key, state=state).first()
    return unit


def proposed(unit: Import) -> tuple[dict[str, str], Import | None]:
    """Column -> field as last chosen for a file with the same columns, with that import; else as the names of the columns say."""
    if unit.chosen:
        return dict(unit.chosen), None
    alike = Import.objects.of(unit.city_id).filter(header_mark=unit.header_mark, what=unit.what).exclude(pk=unit.pk).exclude(chosen={})
    last: Import | None = alike.order_by("-pk").first()
    if last is not None:
        return dict(last.chosen), last
    return {column: field for field, column in guessed(unit.header, KINDS[unit.what].names, {}).items()}, None


def map_columns(actor: Actor, unit: Import, chosen: Mapping[str, str]) -> Import:
    """Say what each column means ('' = left out), and have the worker check every row. Raises Refused with what is missing."""
    may_import(actor, unit.process).require()
    fields = [field for field in chosen.values() if field]
    faults = {
        f"column-{place}": _("Two columns are meant for this. Please leave one out.")
        for place, column in enumerate(unit.header)
        if chosen.get(column) and fields.count(chosen[column]) > 1
    }
    if faults:
        raise Refused(_("Each kind of information comes from one column."), fields=faults, status=422)
    try:
        KINDS[unit.what].check_columns(unit.header, {field: column for column, field in chosen.items() if field})
    except Unreadable as error:
        raise Refused(error.said, status=422) from None
    with transaction.atomic():
        changed = Import.objects.of(actor.city).filter(pk=unit.pk, state__in=[State.MAPPING, State.READY]).update(
            state=State.CHECKING, chosen=dict(chosen), offset=0, seen=0, marks={}, expected_new=0, expected_updated=0, rejected=0,
            notes={}, moved_at=timezone.now(),
        )  # fmt: skip
        if not changed:
            raise Refused(_("This import has gone on meanwhile."), status=409)
        enqueue(actor.city, "interop.check", {"unit": unit.pk}, key=f"import:{unit.pk}")
    return unit


def map_anew(actor: Actor, unit: Import) -> None:
    """Go back from the preview to the columns."""
    may_import(actor, unit.process).require()
    Import.objects.of(actor.city).filter(pk=unit.pk, state=State.READY).update(state=State.MAPPING, moved_at=timezone.now())


def discard(actor: Actor, unit: Import) -> None:
    """Throw a file away of which nothing was brought in yet."""
    may_import(actor, unit.process).require()
    gone = Import.objects.of(actor.city).filter(pk=unit.pk, state__in=BEFORE)
    with transaction.atomic():
        if not gone._raw_delete(gone.db):  # it has no items yet, and Django would ask without naming the city
            raise Refused(_("This import has begun. You can stop it and take it back."), status=409)
        record(actor.city, by=actor.uid, verb="import.discarded", subject=f"import:{unit.pk}")
    Folder(unit).drop(whole=True)


def _kind(unit: Import, actor: Actor, *, keys: Keys, tries: bool) -> Kind:
    return KINDS[unit.what](unit, actor, keys=keys, tries=tries)


def check_some(city: City, key: int) -> bool:
    """Check rows for some seconds; whether some are left. Nothing is written but what is found. Safe to be killed.

    Rows that belong to one which may come later are looked at again in a further pass, until nothing finds its place any more.
    """
    unit = _unit(city, key, State.CHECKING)
    if unit is None:
        return False
    number, way = unit.marks.get("pass", 0), unit.marks.get("way", PLACING)
    folder, until = Folder(unit), time.monotonic() + _SECONDS
    folder.cut(unit.marks, number)
    keys, placed = Keys(folder.marks_in(folder.keys) if not number else None, began=unit.at), folder.marks_in(folder.placed)
    kind = _kind(unit, city_actor(city, channel="import"), keys=keys, tries=True)
    records = folder.records(folder.later(number) if number else folder.table, unit.offset)
    while some := list(islice(records, BATCH)):
        keys.new.clear()
        before = set(placed)
        found = kind.sort([each for each, _end in some], placed, way)
        marks = folder.add(found, [] if number else keys.new, placed - before, number)
        marks |= {"pass": number, "way": way, "some": unit.marks.get("some", 0) + len(found.rows)}
        _note_checked(unit, marks, some[-1][1], found, kind)
        if time.monotonic() > until:
            return True
    if unit.marks.get(folder.later(number + 1).name, 0):
        # Where a pass found a place for nothing, the next one asks less; the last one finds it for nothing.
        way = way if unit.marks.get("some", 0) else way + 1
        unit.marks = {**unit.marks, "pass": number + 1, "way": way, "some": 0}
        Import.objects.of(city).filter(pk=key, state=State.CHECKING).update(marks=unit.marks, offset=0, moved_at=timezone.now())
        return True
    Import.objects.of(city).filter(pk=key, state=State.CHECKING).update(state=State.READY, moved_at=timezone.now())
    folder.keys.unlink(missing_ok=True)
    return False


def _note_checked(unit: Import, marks: dict[str, int], offset: int, found: Sorted, kind: Kind) -> None:
    rows, faults, report = found.rows, found.faults, kind.report
    known = kind.known(rows)
    changed = sum(bool(changes_of(unit.city, known[row.key], row)) for row in rows if row.key in known)
    unit.seen, unit.offset, unit.marks = unit.seen + len(rows) + len(faults), offset, marks
    unit.expected_new, unit.expected_updated = unit.expected_new + len(rows) - len(known), unit.expected_updated + changed
    unit.rejected, unit.moved_at = unit.rejected + len(faults), timezone.now()
    unit.notes = _notes(unit, report)
    Import.objects.of(unit.city_id).filter(pk=unit.pk, state=State.CHECKING).update(
        **{name: getattr(unit, name) for name in
           ("seen", "offset", "marks", "expected_new", "expected_updated", "rejected", "moved_at", "notes")}
    )  # fmt: skip


def _notes(unit: Import, report: Report) -> dict[str, Any]:
    """What the rows name that the city does not have, and what would be made; a slice's own report is emptied into it."""
    unknown = {**unit.notes.get("unknown", {})}
    for name, count in report.unknown.items():
        unknown[name] = unknown.get(name, 0) + count
    made = dict.fromkeys([*unit.notes.get("categories", []), *report.categories])
    report.unknown.clear()
    report.categories.clear()
    return {"unknown": dict(list(unknown.items())[:_MOST_NOTES]), "categories": list(made)[:_MOST_NOTES]}


def preview(unit: Import, most: int) -> list[dict[str, Any]]:
    """The first rows as they would stand, each new or already here."""
    folder = Folder(unit)
    kind = _kind(unit, city_actor(unit.city, channel="import"), keys=Keys(began=unit.at), tries=True)
    return kind.shown([each for each, _end in islice(folder.records(folder.ready), most)])


def examples(unit: Import) -> dict[str, list[str]]:
    """For each column two values that stand in it."""
    folder = Folder(unit)
    found: dict[str, list[str]] = {name: [] for name in unit.header}
    for each, _end in islice(folder.records(folder.table), 40):
        for name, cell in each.cells.items():
            text = " ".join(cell.split())[:90]
            if text and len(found[name]) < 2 and text not in found[name]:
                found[name].append(text)
    return found


def start_import(actor: Actor, unit: Import) -> None:
    """Have the worker bring in what was checked, or go on where it was stopped; sent twice it is asked for once."""
    may_import(actor, unit.process).require()
    with transaction.atomic():
        held: Import = Import.objects.of(actor.city).select_for_update(of=("self",)).get(pk=unit.pk)
        if held.door != Import.Door.PAGE or held.state not in {State.READY, State.STOPPED}:
            raise Refused(_("This import is under way already."), status=409)
        if held.state == State.READY:
            held.offset, held.seen, held.rows = 0, 0, held.rows - held.rejected
        held.by = actor.participant or held.by  # who goes on answers for the rest
        held.state, held.fault, held.moved_at = State.RUNNING, {}, timezone.now()
        held.save(update_fields=["offset", "seen", "rows", "by", "state", "fault", "moved_at"])
        enqueue(actor.city, "interop.bring", {"unit": held.pk}, key=f"import:{held.pk}")
        record(actor.city, by=actor.uid, verb="import.started", subject=f"import:{held.pk}", details={"process": held.process_id})


def stop_import(actor: Actor, unit: Import) -> None:
    """Let the worker stop after the rows it has in hand; what is in stays until somebody takes it back.

    A command is stopped where it runs.
    """
    may_import(actor, unit.process).require()
    running = Import.objects.of(actor.city).filter(pk=unit.pk, door=Import.Door.PAGE, state=State.RUNNING)
    with transaction.atomic():
        if running.update(state=State.STOPPED, moved_at=timezone.now()):
            record(actor.city, by=actor.uid, verb="import.stopped", subject=f"import:{unit.pk}")


def bring_some(city: City, key: int) -> bool:
    """Bring rows in for some seconds; whether some are left. Each batch is in with its place in the file, or not at all."""
    unit = _unit(city, key, State.RUNNING)
    if unit is None:
        return False
    if unit.by is not None and not may_import(actor_of(unit.by), unit.process):  # who has left the team brings nothing in any more
        sentence = gettext_noop("Whoever had this brought in may not do so any more. Somebody else of the team can go on.")
        _stop_by_itself(city, key, sentence)
        return False
    actor = on_behalf(unit.by) if unit.by else city_actor(city, channel="import")
    folder, until = Folder(unit), time.monotonic() + _SECONDS
    kind = _kind(unit, actor, keys=Keys(count=unit.seen, began=unit.at), tries=False)
    records = folder.records(folder.ready, unit.offset)
    while some := list(islice(records, BATCH)):
        if not _bring_batch(actor, unit, kind, some):
            return False
        if time.monotonic() > until:
            return True
    return _put_together(actor, unit, folder, kind)


def give_up_bringing(city: City, key: int) -> None:
    """Say of an import that its rows do not go in, however often it was tried. What is in stays, and somebody can go on."""
    _stop_by_itself(
        city, key,
        gettext_noop(
            "We could not bring all rows in, though we tried several times. What is in stays, and nothing comes twice: please go on. "
            "If it fails once more, tell who runs this site."
        ),
    )  # fmt: skip


def _stop_by_itself(city: City, key: int, sentence: str) -> None:
    fault = Saying(sentence).kept
    Import.objects.of(city).filter(pk=key, state=State.RUNNING).update(state=State.STOPPED, fault=fault, moved_at=timezone.now())


def _bring_batch(actor: Actor, unit: Import, kind: Kind, some: list[tuple[Record, int]]) -> bool:
    """One batch with its place in the file, in one transaction; False where somebody stopped it or another worker has it."""
    with transaction.atomic():
        held: Import | None = (
            Import.objects.of(actor.city).select_for_update(of=("self",)).filter(pk=unit.pk, state=State.RUNNING, seen=unit.seen).first()
        )
        if held is None:
            return False
        kind.report.unit = held  # which keeps the topics that are made
        lost = kind.take(actor, held, (each for each, _end in some))
        held.seen, held.offset, held.rejected = held.seen + len(some), some[-1][1], held.rejected + lost
        held.save(update_fields=["seen", "offset", "rejected"])
    unit.seen, unit.offset = held.seen, held.offset
    return True


def _put_together(actor: Actor, unit: Import, folder: Folder, kind: Kind) -> bool:
    """Put together what the file says lies together, some at a time; then the import is done. Whether something is left."""
    if isinstance(kind, Contributions) and "merged_into" in kind.fields:
        offset = unit.marks.get("merged", 0)
        some = list(islice(folder.records(folder.ready, offset), BATCH))
        if some:
            merged = {kind.reader.key_of(each): head for each, _end in some if (head := kind.reader.head_of(each))}
            merge_as_said(actor, unit.process, unit, merged, kind.report)
            Import.objects.of(actor.city).filter(pk=unit.pk).update(marks={**unit.marks, "merged": some[-1][1]}, moved_at=timezone.now())
            return True
    with transaction.atomic():
        held: Import | None = Import.objects.of(actor.city).select_for_update(of=("self",)).filter(pk=unit.pk, state=State.RUNNING).first()
        if held is None:
            return False
        held.state, held.moved_at = State.DONE, timezone.now()
        held.save(update_fields=["state", "moved_at"])
        taken = Taken(held.new, held.updated, held.unchanged)
        note_taken(actor, unit.process, taken, what=unit.what, rejected=held.rejected, unit=held.pk)
    folder.drop(whole=False)
    return False
