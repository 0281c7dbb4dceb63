"""An import in the browser: read, mapped, checked whole, then brought in by the worker in slices, each of which may be killed."""

from __future__ import annotations

import hashlib
import time
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from civitas.contributions.intake import Given, Taken, changes_of, known_rows, note_taken
from civitas.interop.columns import CONTRIBUTION_NAMES, BadCell, guessed, require_enough
from civitas.interop.files import open_table
from civitas.interop.imports import merge_as_said
from civitas.interop.keeping import LONGEST_NAME, take_batch
from civitas.interop.models import Import
from civitas.interop.reading import ContributionReader, Keys, Report, step_for
from civitas.interop.rules import may_import
from civitas.interop.staging import Folder
from civitas.interop.tables import Unreadable
from civitas.journal.actions import record
from civitas.kit.verdicts import Refused
from civitas.outbox.actions import enqueue
from civitas.people.actors import actor_of, city_actor, on_behalf

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from uuid import UUID

    from django.core.files.uploadedfile import UploadedFile

    from civitas.cities.models import City
    from civitas.interop.sayings import Saying
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


def take_upload(actor: Actor, process: Process, upload: UploadedFile, *, uid: UUID, encoding: str = "") -> Import:
    """Keep a file that is to be brought into a process, and have the worker read it; the same form twice gives the same import."""
    may_import(actor, process).require()
    known: Import | None = Import.objects.of(actor.city).filter(uid=uid).first()
    if known is not None:
        return known
    unit = Import(
        city=actor.city, process=process, by=actor.participant, door=Import.Door.PAGE, uid=uid, bytes=upload.size or 0,
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
        step_for(unit.process)
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
    alike = Import.objects.of(unit.city_id).filter(header_mark=unit.header_mark).exclude(pk=unit.pk).exclude(chosen={})
    last: Import | None = alike.order_by("-pk").first()
    if last is not None:
        return dict(last.chosen), last
    return {column: field for field, column in guessed(unit.header, CONTRIBUTION_NAMES, {}).items()}, None


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
        require_enough(unit.header, {field: column for column, field in chosen.items() if field})
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


class Reading:
    """One import's records as contributions."""

    def __init__(self, unit: Import, actor: Actor, *, keys: Keys, tries: bool) -> None:
        self.report, self.step = Report(), step_for(unit.process)
        self.fields = {field: column for column, field in unit.chosen.items() if field}
        self.reader = ContributionReader(actor, self.step, self.fields, self.report, keys=keys, tries=tries)


def check_some(city: City, key: int) -> bool:
    """Check rows for some seconds; whether some are left. Nothing is written but what is found. Safe to be killed."""
    unit = _unit(city, key, State.CHECKING)
    if unit is None:
        return False
    folder, until = Folder(unit), time.monotonic() + _SECONDS
    folder.cut(unit.marks)
    keys = Keys(folder.seen(), began=unit.at)
    with translation.override(unit.by.language if unit.by else city.config.languages[0]):
        reading = Reading(unit, city_actor(city, channel="import"), keys=keys, tries=True)
        records = folder.records(folder.table, unit.offset)
        while some := list(islice(records, BATCH)):
            keys.new.clear()
            ready, faults, rows = [], [], []
            for each, _end in some:
                try:
                    rows.append(reading.reader.given(each))
                    ready.append(each)
                except BadCell as error:
                    faults.append((each, error))
            _note_checked(unit, folder.add(ready, faults, keys.new), some[-1][1], rows, faults, reading.report)
            if time.monotonic() > until:
                return True
    Import.objects.of(city).filter(pk=key, state=State.CHECKING).update(state=State.READY, moved_at=timezone.now())
    folder.keys.unlink(missing_ok=True)
    return False


def _note_checked(
    unit: Import, marks: dict[str, int], offset: int, rows: list[Given], faults: Sequence[tuple[Record, Saying]], report: Report
) -> None:
    known = known_rows(unit.process, [row.key for row in rows])
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
    reading = Reading(unit, city_actor(unit.city, channel="import"), keys=Keys(began=unit.at), tries=True)
    found = []
    for each, _end in islice(folder.records(folder.ready), most):
        try:
            found.append(reading.reader.given(each))
        except BadCell:
            continue  # the step collects other kinds since it was checked; the import says so of each row
    known = known_rows(unit.process, [row.key for row in found])
    column = reading.fields.get("category", "")
    names = [each.cells.get(column, "") for each, _end in islice(folder.records(folder.ready), most)]
    return [
        {
            "row": row,
            "category": name,
            "kind": "new" if row.key not in known else "updated" if changes_of(unit.city, known[row.key], row) else "same",
        }
        for row, name in zip(found, names, strict=False)
    ]


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
        held.state, held.moved_at = State.RUNNING, timezone.now()
        held.save(update_fields=["offset", "seen", "rows", "state", "moved_at"])
        enqueue(actor.city, "interop.bring", {"unit": held.pk}, key=f"import:{held.pk}")
        record(actor.city, by=actor.uid, verb="import.started", subject=f"import:{held.pk}", details={"process": held.process_id})


def stop_import(actor: Actor, unit: Import) -> None:
    """Let the worker stop after the rows it has in hand; what is in stays until somebody takes it back."""
    may_import(actor, unit.process).require()
    with transaction.atomic():
        if Import.objects.of(actor.city).filter(pk=unit.pk, state=State.RUNNING).update(state=State.STOPPED, moved_at=timezone.now()):
            record(actor.city, by=actor.uid, verb="import.stopped", subject=f"import:{unit.pk}")


def bring_some(city: City, key: int) -> bool:
    """Bring rows in for some seconds; whether some are left. Each batch is in with its place in the file, or not at all."""
    unit = _unit(city, key, State.RUNNING)
    if unit is None:
        return False
    if unit.by is not None and not may_import(actor_of(unit.by), unit.process):  # who has left the team brings nothing in any more
        Import.objects.of(city).filter(pk=key, state=State.RUNNING).update(state=State.STOPPED)
        return False
    actor = on_behalf(unit.by) if unit.by else city_actor(city, channel="import")
    folder, until = Folder(unit), time.monotonic() + _SECONDS
    reading = Reading(unit, actor, keys=Keys(count=unit.seen, began=unit.at), tries=False)
    records = folder.records(folder.ready, unit.offset)
    while some := list(islice(records, BATCH)):
        if not _bring_batch(actor, unit, reading, some):
            return False
        if time.monotonic() > until:
            return True
    return _put_together(actor, unit, folder, reading)


def _bring_batch(actor: Actor, unit: Import, reading: Reading, some: list[tuple[Record, int]]) -> bool:
    """One batch with its place in the file, in one transaction; False where somebody stopped it or another worker has it."""
    with transaction.atomic():
        held: Import | None = (
            Import.objects.of(actor.city).select_for_update(of=("self",)).filter(pk=unit.pk, state=State.RUNNING, seen=unit.seen).first()
        )
        if held is None:
            return False
        rows, lost = _given(reading, (each for each, _end in some))
        if rows:
            take_batch(actor, reading.step, held, rows)
        held.seen, held.offset, held.rejected = held.seen + len(some), some[-1][1], held.rejected + lost
        held.categories = [*held.categories, *reading.report.made]
        reading.report.made.clear()
        held.save(update_fields=["seen", "offset", "rejected", "categories"])
    unit.seen, unit.offset = held.seen, held.offset
    return True


def _given(reading: Reading, records: Iterable[Record]) -> tuple[list[Given], int]:
    rows, lost = [], 0
    for each in records:
        try:
            rows.append(reading.reader.given(each))
        except BadCell:
            lost += 1  # the step has changed since the check
    return rows, lost


def _put_together(actor: Actor, unit: Import, folder: Folder, reading: Reading) -> bool:
    """Put together what the file says lies together, some at a time; then the import is done. Whether something is left."""
    if "merged_into" in reading.fields:
        offset = unit.marks.get("merged", 0)
        some = list(islice(folder.records(folder.ready, offset), BATCH))
        if some:
            merged = {reading.reader.key_of(each): head for each, _end in some if (head := reading.reader.head_of(each))}
            merge_as_said(actor, unit.process, unit, merged, reading.report)
            Import.objects.of(actor.city).filter(pk=unit.pk).update(marks={**unit.marks, "merged": some[-1][1]}, moved_at=timezone.now())
            return True
    with transaction.atomic():
        held: Import | None = Import.objects.of(actor.city).select_for_update(of=("self",)).filter(pk=unit.pk, state=State.RUNNING).first()
        if held is None:
            return False
        held.state, held.moved_at = State.DONE, timezone.now()
        held.save(update_fields=["state", "moved_at"])
        taken = Taken(held.new, held.updated, held.unchanged)
        note_taken(actor, unit.process, taken, what="contributions", rejected=held.rejected, unit=held.pk)
    folder.drop(whole=False)
    return False
