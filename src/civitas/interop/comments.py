"""Comments from a CSV file to the contributions of a process: streamed, in batches, replies after what they reply to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from civitas.contributions.intake import Given, Taken, known_rows, note_taken
from civitas.contributions.models import Contribution
from civitas.dialogue.intake import GivenComment, take_in_comments
from civitas.interop.columns import COMMENT_NAMES, BadCell, Cells, recognised
from civitas.interop.imports import BATCH, LONGEST_KEY, LONGEST_TEXT, Keys, Known, Report
from civitas.interop.tables import Record, Rejects, Table, Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from civitas.people.actors import Actor
    from civitas.processes.models import Process

# Replies may stand before what they reply to; so many are held until it has come.
_MOST_WAITING = 20_000
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
) -> Report:
    """Bring the file's comments to contributions of the process. Raises Unreadable before anything is written."""
    table = Table(path, encoding=encoding)
    report = Report()
    fields, report.unread = recognised(table.header, COMMENT_NAMES, chosen)
    if not {"reply_to", "contribution_url"} & fields.keys():
        table.close()
        raise Unreadable("No column says what a comment is about. Name one with --map column=reply_to or --map column=contribution_url.")
    reader = _CommentReader(process, fields, report)
    refused = Rejects(rejects, table.header)
    batch: list[_Read] = []
    waiting: list[_Read] = []

    def flush() -> None:
        report.taken += _take_batch(actor, process, batch, waiting)
        batch.clear()

    try:
        for record in table:
            try:
                batch.append(reader.read(record))
            except BadCell as error:
                refused.add(record, str(error))
            if len(batch) >= BATCH:
                flush()
                progress(table.position(), table.bytes)
                while len(waiting) > _MOST_WAITING:
                    refused.add(waiting.pop(0).record, "what it replies to is not here")
        flush()
        for lost in _settle(actor, process, waiting, report):
            refused.add(lost.record, "what it replies to is not here")
        progress(table.bytes, table.bytes)
    finally:
        table.close()
        refused.close()
    report.rejected = refused.count
    note_taken(actor, process, report.taken, what="comments", rejected=report.rejected)
    return report


@dataclass(frozen=True)
class _Read:
    """A comment as read: what it is, and what it says it belongs to."""

    record: Record
    given: Given
    reply_to: str
    about: str


class _CommentReader:
    """Makes comments of records."""

    def __init__(self, process: Process, fields: Mapping[str, str], report: Report) -> None:
        self._fields, self._zone = fields, ZoneInfo(process.city.time_zone)
        self._known, self._keys = Known(process, report), Keys()
        self._language = process.city.config.languages[0]
        self._said = frozenset(
            {"given_at" if name == "created" else name for name in fields} | {"text"} | ({"source_url"} if "url" in fields else set())
        )

    def read(self, record: Record) -> _Read:
        """The comment of a record; raises BadCell with the reason."""
        if record.fault:
            raise BadCell(record.fault)
        cells = Cells(record, self._fields, self._zone)
        text, title = cells.text("text", longest=LONGEST_TEXT), cells.line("title", longest=1_000)
        if title and title.casefold().strip(" .:!") not in _SAY_NOTHING and not text.casefold().startswith(title.rstrip(".… ").casefold()):
            text = f"{title}\n\n{text}".strip()
        if not text:
            raise BadCell("the comment is empty")
        given = Given(
            key=self._keys.take(cells),
            text=text,
            kind=Contribution.Kind.COMMENT,
            given_at=cells.moment("created"),
            source_url=cells.url("url"),
            language=cells.line("language", longest=12) or self._language,
            said=self._said - {"title"},
            organisation=self._known.row("organisation", cells.line("organisation", longest=160)),
        )
        return _Read(record, given, cells.line("reply_to", longest=LONGEST_KEY), cells.line("contribution_url", longest=500))


def _take_batch(actor: Actor, process: Process, batch: list[_Read], waiting: list[_Read]) -> Taken:
    """Take in those whose place is known, replies after what they reply to; the others wait."""
    taken, rest = Taken(), list(batch)
    while rest:
        placed, missing = _placed(process, rest)
        if placed:
            taken += take_in_comments(actor, process, placed)
        came = {row.given.key for row in placed}
        rest = [row for row in missing if row.reply_to in came]
        waiting.extend(row for row in missing if row.reply_to not in came)
    return taken


def _placed(process: Process, rows: list[_Read]) -> tuple[list[GivenComment], list[_Read]]:
    keys = {name for row in rows for name in (row.reply_to, row.about) if name}
    tops = known_rows(process, keys)
    comments = known_rows(process, {row.reply_to for row in rows if row.reply_to}, comments=True)
    addresses = {row.about for row in rows if row.about and row.about not in tops and not row.reply_to}
    if addresses:
        found = (
            Contribution.objects.of(process.city_id)
            .filter(process=process, source_url__in=addresses)
            .exclude(kind=Contribution.Kind.COMMENT)
        )
        tops |= {row.source_url: row for row in found}
    placed, missing = [], []
    for row in rows:
        parent = _parent(row, tops, comments)
        if parent is None:
            missing.append(row)
        else:
            placed.append(GivenComment(row.given, parent.root or parent, parent))
    return placed, missing


def _parent(row: _Read, tops: Mapping[str, Contribution], comments: Mapping[str, Contribution]) -> Contribution | None:
    top, comment = tops.get(row.reply_to), comments.get(row.reply_to)
    if top and comment:  # the ids of both files overlap: the address decides
        return top if not row.about or row.about in {top.source_key, top.source_url, str(top.uid)} else comment
    if row.reply_to:
        return top or comment
    return tops.get(row.about)


def _settle(actor: Actor, process: Process, waiting: list[_Read], report: Report) -> list[_Read]:
    """Take in replies that stood before what they reply to, until no more find their place; returns those that did not."""
    while waiting:
        before, again = len(waiting), list(waiting)
        waiting.clear()
        for start in range(0, len(again), BATCH):
            report.taken += _take_batch(actor, process, again[start : start + BATCH], waiting)
        if len(waiting) == before:
            break
    return waiting
