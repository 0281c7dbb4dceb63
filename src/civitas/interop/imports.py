"""Contributions from a file (CSV, XLSX, GeoJSON) into a process: streamed, in batches, each row in or in the reject file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from civitas.contributions.intake import Given, known_rows, note_taken
from civitas.interop.columns import CONTRIBUTION_NAMES, BadCell, recognised
from civitas.interop.files import open_table
from civitas.interop.keeping import bringing_in, finish_import, keep_merges, take_batch
from civitas.interop.reading import ContributionReader, Report, step_for
from civitas.interop.tables import Rejects
from civitas.merging.actions import merge_contributions
from civitas.merging.rules import may_merge

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from civitas.interop.models import Import
    from civitas.people.actors import Actor
    from civitas.processes.models import Process

BATCH = 500


def import_contributions(
    actor: Actor,
    process: Process,
    path: Path,
    *,
    rejects: Path,
    chosen: Mapping[str, str],
    encoding: str = "",
    progress: Callable[[int, int], None],
    unit: Import | None = None,
) -> Report:
    """Bring the file's contributions into the process. Raises Unreadable before anything is written, Refused where the rule says no.

    The import is a unit that can be undone (`Report.unit`), or becomes part of the one that is given.
    """
    step = step_for(process)
    report = Report()
    with open_table(path, encoding=encoding) as table:
        fields, report.unread = recognised(table.header, CONTRIBUTION_NAMES, chosen)
        reader = ContributionReader(actor, step, fields, report)
        with bringing_in(actor, process, path, report, unit=unit) as held, Rejects(rejects, table.header) as refused:
            merged: dict[str, str] = {}
            batch: list[Given] = []
            for record in table:
                try:
                    given = reader.given(record)
                    batch.append(given)
                    if head := reader.head_of(record):
                        merged[given.key] = head
                except BadCell as error:
                    refused.add(record, str(error))
                if len(batch) >= BATCH:
                    report.taken += take_batch(actor, step, held, batch)
                    batch.clear()
                    progress(table.position(), table.bytes)
            if batch:
                report.taken += take_batch(actor, step, held, batch)
            merge_as_said(actor, process, held, merged, report)
            progress(table.bytes, table.bytes)
            report.rejected = refused.count
            note_taken(actor, process, report.taken, what="contributions", rejected=report.rejected, unit=held.pk)
            finish_import(held, report)
    return report


def merge_as_said(actor: Actor, process: Process, unit: Import, merged: Mapping[str, str], report: Report) -> None:
    """Put together what the file says lies together, and is not yet; a head that nobody knows is noted."""
    keys = list(merged)
    for start in range(0, len(keys), BATCH):
        some = keys[start : start + BATCH]
        rows = known_rows(process, list({*some, *(merged[key] for key in some)}))
        for key in some:
            head = rows.get(merged[key])
            if head is None:
                note = f"merged_into '{merged[key]}'"
                report.unknown[note] = report.unknown.get(note, 0) + 1
            elif key in rows and rows[key].merged_into_id is None and may_merge(actor, rows[key], head):
                with transaction.atomic():
                    keep_merges(unit, merge_contributions(actor, head, [rows[key]]))
