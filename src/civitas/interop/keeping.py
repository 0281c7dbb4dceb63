"""Keeping what an import does to each row, so that the whole can be taken back: items, in the transaction of the rows themselves."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from civitas.contributions.intake import REFERENCES, take_in
from civitas.contributions.models import WORDS
from civitas.interop.holding import holding
from civitas.interop.models import Import, ImportItem
from civitas.interop.rules import may_import
from civitas.processes.models import Process

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from civitas.contributions.intake import Change, Given, Taken
    from civitas.contributions.models import Contribution
    from civitas.interop.reading import Report
    from civitas.merging.models import Merge
    from civitas.people.actors import Actor
    from civitas.processes.models import Step

# Kept by the revision that an update makes, not by the item.
IN_REVISION = frozenset({*WORDS, "drawing"})
_COLUMNS = ("place_name", "source_url")
_MOST_NOTES = 100
_IN_BEFORE = "in_before"  # of `Import.marks`: rows that an attempt which was cut off had brought in
_CUT_OFF = frozenset({Import.State.RUNNING, Import.State.STOPPED})
LONGEST_NAME = 160


@contextmanager
def bringing_in(actor: Actor, process: Process, path: Path, report: Report, *, unit: Import | None = None) -> Iterator[Import]:
    """A unit for an import by the command line, which begins at once; or one that goes on with a second file.

    Where the same file was cut off in the middle its unit goes on, so that the whole is undone as one; what is in already counts once.
    A unit that was taken back, or brought to its end, before this command had it in hand stays as it is, and a new one begins.
    Raises Refused (409) while another command has it in hand.
    """
    may_import(actor, process).require()
    with ExitStack() as hold:
        held: Import | None = None
        if unit is not None:
            hold.enter_context(holding(unit.city_id, unit.uid))
            held = _gone_on(unit)
        if held is None:
            held = _in_hand(hold, actor, process, path, report)
        report.unit = held
        try:
            yield held
        except BaseException:
            Import.objects.of(actor.city).filter(pk=held.pk, state=Import.State.RUNNING).update(
                state=Import.State.STOPPED, moved_at=timezone.now()
            )
            raise


def _in_hand(hold: ExitStack, actor: Actor, process: Process, path: Path, report: Report) -> Import:
    """The unit of a file, new or cut off before, held from now on.

    Commands look for it one after the other, and who finds none has made and holds one before the next looks: a file has one unit.
    """
    while True:
        hold.close()
        with transaction.atomic():
            Process.objects.of(actor.city).select_for_update(of=("self",)).get(pk=process.pk)
            known = _cut_off(process, path)
            if known is None:
                made = Import(
                    city=actor.city, process=process, by=actor.participant, door=Import.Door.COMMAND, state=Import.State.RUNNING,
                    name=path.name[-LONGEST_NAME:], bytes=path.stat().st_size,
                )  # fmt: skip
                hold.enter_context(holding(made.city_id, made.uid))
                made.save()
                return made
        hold.enter_context(holding(known.city_id, known.uid))
        held = _begun_again(known, report)
        if held is not None:
            return held


def _cut_off(process: Process, path: Path) -> Import | None:
    """The newest import of this very file by the command line, if it did not come to its end."""
    alike = Import.objects.of(process.city_id).filter(
        process=process, door=Import.Door.COMMAND, name=path.name[-LONGEST_NAME:], bytes=path.stat().st_size
    )
    last: Import | None = alike.order_by("-pk").first()
    return last if last is not None and last.state in _CUT_OFF else None


@transaction.atomic
def _begun_again(known: Import, report: Report) -> Import | None:
    """A unit that was cut off as it stands now, under way again; None where it came to its end, or is taken back, before it was held."""
    held = _as_it_stands(known, _CUT_OFF)
    if held is not None:
        report.was_in = held.new + held.updated
        # What this attempt reads is counted and noted anew; the topics that were made are there by now, and are not made again.
        held.notes = {"categories": held.notes.get("categories", [])}
        held.unchanged, held.rejected, held.marks = 0, 0, {_IN_BEFORE: report.was_in}
        held.state, held.moved_at = Import.State.RUNNING, timezone.now()
        held.save(update_fields=["notes", "unchanged", "rejected", "marks", "state", "moved_at"])
    return held


@transaction.atomic
def _gone_on(known: Import) -> Import | None:
    """A unit whose first file is in, under way again with the second; None where it is taken back by now."""
    held = _as_it_stands(known, _CUT_OFF | {Import.State.DONE})
    if held is not None:
        held.state, held.moved_at = Import.State.RUNNING, timezone.now()
        held.save(update_fields=["state", "moved_at"])
    return held


def _as_it_stands(known: Import, states: Collection[str]) -> Import | None:
    """The row read again and locked, if it is in one of these states: what was read before the unit was held may be old."""
    rows = Import.objects.of(known.city_id).select_for_update(of=("self",))
    held: Import | None = rows.filter(pk=known.pk, state__in=states).first()
    return held


def take_batch(actor: Actor, step: Step, unit: Import, rows: Sequence[Given]) -> Taken:
    """Take in some hundred rows and keep what that did to each, both or neither."""
    with transaction.atomic():
        taken = take_in(actor, step, rows)
        note_items(unit, taken)
    return taken


def note_items(unit: Import, taken: Taken) -> None:
    """Keep what a batch did to each row, and count it; in the transaction of the rows."""
    ImportItem.objects.bulk_create([_item(unit, change) for change in taken.changes], batch_size=500)
    unit.new, unit.updated, unit.unchanged = unit.new + taken.new, unit.updated + taken.updated, unit.unchanged + taken.unchanged
    unit.moved_at = timezone.now()
    unit.save(update_fields=["new", "updated", "unchanged", "moved_at"])


def _item(unit: Import, change: Change) -> ImportItem:
    before = {name: value for name, value in change.before.items() if name not in IN_REVISION}
    words = {name: before.pop(name) for name in _COLUMNS if name in before}
    return ImportItem(
        city_id=unit.city_id,
        run=unit,
        contribution=change.row,
        is_new=int(change.is_new),
        version=change.row.version,
        events=change.events,
        event=change.event.pk if change.event else None,
        revision=change.revision.pk if change.revision else None,
        before={name: value.isoformat() if isinstance(value, dt.datetime) else value for name, value in before.items()},
        after={name: mark_of(change.row, name) for name in change.before},
        **words,
    )


def mark_of(row: Contribution, name: str) -> str:
    """A hash of what a column of a row says now: the same as long as nobody changes it."""
    value: Any = getattr(row, f"{name}_id" if name in REFERENCES else name)
    if isinstance(value, dt.datetime):
        value = value.astimezone(dt.UTC).isoformat()
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:20]


def keep_merges(unit: Import, merges: Sequence[Merge]) -> None:
    """Keep that it was this import which put rows together; in the transaction of the merges."""
    for made in merges:
        items = ImportItem.objects.of(unit.city_id).filter(run=unit, contribution=made.contribution_id)
        if not items.update(merge=made.pk):
            row = made.contribution
            ImportItem.objects.create(city_id=unit.city_id, run=unit, contribution=row, is_new=0, version=row.version, merge=made.pk)


def finish_import(unit: Import, report: Report) -> None:
    """Note that a file is in, with what could not be used of it."""
    unknown = {**unit.notes.get("unknown", {})}
    for name, count in report.unknown.items():
        unknown[name] = unknown.get(name, 0) + count
    unit.notes = {
        "unknown": dict(sorted(unknown.items())[:_MOST_NOTES]),
        "unread": [*unit.notes.get("unread", []), *report.unread][:_MOST_NOTES],
        "categories": [*unit.notes.get("categories", []), *report.categories][:_MOST_NOTES],
    }
    # Rows that an earlier attempt brought in are the same now, and were counted then.
    again = min(unit.marks.get(_IN_BEFORE, 0), unit.unchanged)
    unit.unchanged, unit.marks = unit.unchanged - again, {**unit.marks, _IN_BEFORE: unit.marks.get(_IN_BEFORE, 0) - again}
    unit.rejected += report.rejected
    unit.rows = unit.seen = unit.new + unit.updated + unit.unchanged + unit.rejected
    unit.state, unit.moved_at = Import.State.DONE, timezone.now()
    unit.save(update_fields=["notes", "unchanged", "rejected", "rows", "seen", "marks", "state", "moved_at"])
