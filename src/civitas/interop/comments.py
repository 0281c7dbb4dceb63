"""Comments from a file (CSV, XLSX) to the contributions of a process: streamed, in batches, replies after what they reply to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_noop

from civitas.contributions.intake import Given, Taken, known_rows, note_taken
from civitas.contributions.models import Contribution
from civitas.dialogue.intake import GivenComment, take_in_comments
from civitas.interop.columns import COMMENT_NAMES, BadCell, Cells, recognised
from civitas.interop.files import open_table
from civitas.interop.imports import BATCH
from civitas.interop.keeping import bringing_in, finish_import, note_items
from civitas.interop.reading import LONGEST_KEY, LONGEST_TEXT, Keys, Known, Report
from civitas.interop.tables import Record, Rejects, Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from civitas.interop.models import Import
    from civitas.people.actors import Actor
    from civitas.processes.models import Process

# Replies may stand before what they reply to; so many are held until it has come.
_MOST_WAITING = 20_000
LOST = gettext_noop("what it replies to is not here")
# Titles that a form put there, and nobody.
_SAY_NOTHING = {
    "ihr beitrag",
    "ihr kommentar",
    "kommentar",
    "antwort",
    "ohne titel",
    "kein titel",
    "comment",
    "reply",
    "untitled",
    "re",
    "aw",
}


def import_comments(
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
    """Bring the file's comments to contributions of the process. Raises Unreadable before anything is written.

    The import is a unit that can be undone (`Report.unit`), or becomes part of the one that is given.
    """
    report = Report()
    with open_table(path, encoding=encoding) as table:
        fields, report.unread = recognised(table.header, COMMENT_NAMES, chosen)
        require_about(fields)
        reader = CommentReader(actor, process, fields, report)
        with bringing_in(actor, process, path, report, unit=unit) as held, Rejects(rejects, table.header) as refused:
            batch: list[ReadComment] = []
            waiting: list[ReadComment] = []
            for record in table:
                try:
                    batch.append(reader.read(record))
                except BadCell as error:
                    refused.add(record, str(error))
                if len(batch) >= BATCH:
                    report.taken += _take_batch(actor, process, held, batch, waiting)
                    batch.clear()
                    progress(table.position(), table.bytes)
                    while len(waiting) > _MOST_WAITING:
                        refused.add(waiting.pop(0).record, LOST)
            report.taken += _take_batch(actor, process, held, batch, waiting)
            for lost in _settle(actor, process, held, waiting, report):
                refused.add(lost.record, LOST)
            progress(table.bytes, table.bytes)
            report.rejected = refused.count
            note_taken(actor, process, report.taken, what="comments", rejected=report.rejected, unit=held.pk)
            finish_import(held, report)
    return report


def require_about(fields: Mapping[str, str]) -> None:
    """Raise Unreadable unless a column says what each comment is about."""
    if not {"reply_to", "contribution_url"} & fields.keys():
        raise Unreadable(gettext_noop("No column says what a comment is about. Say which column is reply_to."))


@dataclass(frozen=True)
class ReadComment:
    """A comment as read: what it is, and what it says it belongs to."""

    record: Record
    given: Given
    reply_to: str
    about: str


class CommentReader:
    """Makes comments of records."""

    def __init__(
        self, actor: Actor, process: Process, fields: Mapping[str, str], report: Report, *, keys: Keys | None = None, tries: bool = False
    ) -> None:
        self._fields, self._zone = fields, process.city.zone
        self._known, self._keys = Known(actor, process, report, tries=tries), keys or Keys()
        self._language = process.city.config.languages[0]
        self._said = frozenset(
            {"given_at" if name == "created" else name for name in fields} | {"text"} | ({"source_url"} if "url" in fields else set())
        )

    def read(self, record: Record) -> ReadComment:
        """The comment of a record; raises BadCell with the reason."""
        if record.fault:
            raise BadCell(record.fault.sentence, **record.fault.parts)
        cells = Cells(record, self._fields, self._zone)
        text, title = cells.text("text", longest=LONGEST_TEXT), cells.line("title", longest=1_000)
        if title and title.casefold().strip(" .:!") not in _SAY_NOTHING and not text.casefold().startswith(title.rstrip(".… ").casefold()):
            text = f"{title}\n\n{text}".strip()
        if not text:
            raise BadCell(gettext_noop("the comment is empty"))
        given = Given(
            key=self._keys.take(cells),
            read_at=self._keys.moment(),
            text=text,
            kind=Contribution.Kind.COMMENT,
            given_at=cells.moment("created"),
            source_url=cells.url("url"),
            language=cells.line("language", longest=12) or self._language,
            said=self._said - {"title"},
            organisation=self._known.row("organisation", cells.line("organisation", longest=160)),
            stance=cells.stance(),
        )
        return ReadComment(record, given, cells.line("reply_to", longest=LONGEST_KEY), cells.line("contribution_url", longest=500))


def _take_batch(actor: Actor, process: Process, unit: Import, batch: list[ReadComment], waiting: list[ReadComment]) -> Taken:
    """Take in those whose place is known, in the order of the file; the others wait."""
    placed = placed_among(process, batch)
    waiting.extend(row for row in batch if row.given.key not in placed)
    rows = [placed[row.given.key] for row in batch if row.given.key in placed]
    return _take(actor, process, unit, rows) if rows else Taken()


def _take(actor: Actor, process: Process, unit: Import, rows: list[GivenComment]) -> Taken:
    with transaction.atomic():
        taken = take_in_comments(actor, process, rows)
        note_items(unit, taken)
    return taken


@dataclass(frozen=True)
class Around:
    """What is here of what comments say they belong to: contributions and comments by the ids of elsewhere, or by address."""

    tops: Mapping[str, Contribution]
    comments: Mapping[str, Contribution]

    def parent_of(self, row: ReadComment) -> Contribution | None:
        """What a comment hangs on; None where that is not here."""
        if not row.reply_to:
            return self.tops.get(row.about)
        top = self.tops.get(row.reply_to)
        # Comments may have the same ids as contributions: then the address of what it is about decides.
        if top and (not row.about or row.about in {top.source_key, top.source_url, str(top.uid)}):
            return top
        return self.comments.get(row.reply_to)


def around(process: Process, rows: list[ReadComment]) -> Around:
    """What is here of what these comments name; three queries at most."""
    tops = known_rows(process, {name for row in rows for name in (row.reply_to, row.about) if name})
    comments = known_rows(process, {row.reply_to for row in rows if row.reply_to}, comments=True)
    addresses = {row.about for row in rows if row.about and row.about not in tops and not row.reply_to}
    if addresses:
        of_process = Contribution.objects.of(process.city_id).filter(process=process)
        found = of_process.filter(source_url__in=addresses).exclude(kind=Contribution.Kind.COMMENT)
        tops |= {row.source_url: row for row in found}
    return Around(tops, comments)


def placed_among(process: Process, rows: list[ReadComment], *, known: Around | None = None) -> dict[str, GivenComment]:
    """Those of these comments whose place is here, or is another of them, by their ids."""
    known = known or around(process, rows)
    placed: dict[str, GivenComment] = {}
    rest = rows
    while rest:
        missing = []
        for row in rest:
            parent = known.parent_of(row)
            beside = placed.get(row.reply_to)
            if parent is not None:
                placed[row.given.key] = GivenComment(row.given, parent.root or parent, parent)
            elif beside is not None:
                placed[row.given.key] = GivenComment(row.given, beside.root, beside.root, row.reply_to)
            else:
                missing.append(row)
        if len(missing) == len(rest):
            break
        rest = missing
    return placed


def _settle(actor: Actor, process: Process, unit: Import, waiting: list[ReadComment], report: Report) -> list[ReadComment]:
    """Take in replies that stood before what they reply to, until no more find their place; returns those that did not."""
    while waiting:
        before, again = len(waiting), list(waiting)
        waiting.clear()
        for start in range(0, len(again), BATCH):
            report.taken += _take_batch(actor, process, unit, again[start : start + BATCH], waiting)
        if len(waiting) == before:
            break
    lost: list[ReadComment] = []
    for start in range(0, len(waiting), BATCH):
        rows = waiting[start : start + BATCH]
        # No comment has this id, so a contribution is meant, even if its address reads differently.
        tops = known_rows(process, {row.reply_to for row in rows if row.reply_to})
        placed = [GivenComment(row.given, tops[row.reply_to], tops[row.reply_to]) for row in rows if row.reply_to in tops]
        if placed:
            report.taken += _take(actor, process, unit, placed)
        lost.extend(row for row in rows if row.reply_to not in tops)
    return lost
