"""What the browser brings in: contributions, and comments on what is here. Each says how its rows are read, checked and taken in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import transaction
from django.utils.translation import gettext_noop

from civitas.contributions.intake import Given, changes_of, known_rows
from civitas.dialogue.intake import GivenComment, take_in_comments
from civitas.dialogue.rules import may_take_in_comments
from civitas.interop.columns import COMMENT_NAMES, CONTRIBUTION_NAMES, BadCell, require_enough
from civitas.interop.comments import LOST, CommentReader, ReadComment, around, placed_among, require_about
from civitas.interop.keeping import note_items, take_batch
from civitas.interop.models import Import
from civitas.interop.reading import ContributionReader, Keys, Report, mark_of_key, step_for
from civitas.interop.tables import Unreadable
from civitas.people.actors import city_actor

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from civitas.contributions.models import Contribution
    from civitas.interop.sayings import Saying
    from civitas.interop.tables import Record
    from civitas.people.actors import Actor
    from civitas.processes.models import Process


# How a pass over what is not placed yet looks at it: by what each row says it belongs to; more loosely; and not at all any more.
PLACING, LOOSELY, LOST_NOW = 0, 1, 2


@dataclass
class Sorted:
    """A slice of a file as checked: what fits, what does not with the reason, and what waits for a row that may come later."""

    rows: list[Given] = field(default_factory=list)
    ready: list[Record] = field(default_factory=list)
    faults: list[tuple[Record, Saying]] = field(default_factory=list)
    later: list[Record] = field(default_factory=list)


class Contributions:
    """One import's records as contributions."""

    names: ClassVar[Mapping[str, tuple[str, ...]]] = CONTRIBUTION_NAMES

    def __init__(self, unit: Import, actor: Actor, *, keys: Keys, tries: bool) -> None:
        self.report, self._step = Report(), step_for(unit.process)
        self.fields = {name: column for column, name in unit.chosen.items() if name}
        self.reader = ContributionReader(actor, self._step, self.fields, self.report, keys=keys, tries=tries)
        self._process = unit.process

    @staticmethod
    def check_door(process: Process) -> None:
        """Raise Unreadable where the process has no place for them."""
        step_for(process)

    @staticmethod
    def check_columns(header: Iterable[str], fields: Mapping[str, str]) -> None:
        """Raise Unreadable unless the columns say enough."""
        require_enough(header, fields)

    def sort(self, records: Sequence[Record], _placed: set[bytes], _way: int) -> Sorted:
        """Check some records."""
        found = Sorted()
        for each in records:
            try:
                found.rows.append(self.reader.given(each))
                found.ready.append(each)
            except BadCell as error:
                found.faults.append((each, error))
        return found

    def known(self, rows: Sequence[Given]) -> dict[str, Contribution]:
        """What is here already of these."""
        return known_rows(self._process, [row.key for row in rows])

    def take(self, actor: Actor, unit: Import, records: Iterable[Record]) -> int:
        """Take some in, in a transaction; how many do not fit any more since they were checked."""
        found = self.sort(list(records), set(), PLACING)
        if found.rows:
            take_batch(actor, self._step, unit, found.rows)
        return len(found.faults)

    def shown(self, records: Sequence[Record]) -> list[dict[str, Any]]:
        """Some as they would stand, each new, changed or the same."""
        found = self.sort(records, set(), PLACING)  # the step may collect other kinds since; the import says so of each row
        known, column = self.known(found.rows), self.fields.get("category", "")
        names = [each.cells.get(column, "") for each in found.ready]
        return [
            {"row": row, "category": name, "kind": _news(self._process, known, row)}
            for row, name in zip(found.rows, names, strict=True)
        ]  # fmt: skip


class Comments:
    """One import's records as comments on what is here. A reply goes after what it replies to, in whatever order the file has them."""

    names: ClassVar[Mapping[str, tuple[str, ...]]] = COMMENT_NAMES

    def __init__(self, unit: Import, actor: Actor, *, keys: Keys, tries: bool) -> None:
        self.report, self._process = Report(), unit.process
        self.fields = {name: column for column, name in unit.chosen.items() if name}
        self.reader = CommentReader(actor, unit.process, self.fields, self.report, keys=keys, tries=tries)

    @staticmethod
    def check_door(process: Process) -> None:
        """Raise Unreadable where the process has no place for them."""
        if not may_take_in_comments(city_actor(process.city, channel="import"), process):
            raise Unreadable(gettext_noop("No step of the process '%(process)s' takes comments."), process=process.slug)

    @staticmethod
    def check_columns(header: Iterable[str], fields: Mapping[str, str]) -> None:
        """Raise Unreadable unless the columns say enough."""
        require_enough(header, fields)
        require_about(fields)

    def sort(self, records: Sequence[Record], placed: set[bytes], way: int) -> Sorted:
        """Check some records; `placed` are the marks of the ids that found their place before, those that do now are added."""
        found, rows = Sorted(), []
        for each in records:
            try:
                rows.append(self.reader.read(each))
            except BadCell as error:
                found.faults.append((each, error))
        known = around(self._process, rows)
        rest, before = rows, -1
        while len(rest) != before and way != LOST_NOW:
            before, missing = len(rest), []
            for row in rest:
                near = known.parent_of(row) is not None or bool(row.reply_to and mark_of_key(row.reply_to) in placed)
                # No comment has this id, so a contribution is meant, even if its address reads differently.
                if near or (way == LOOSELY and row.reply_to in known.tops):
                    placed.add(mark_of_key(row.given.key))
                    found.rows.append(row.given)
                    found.ready.append(row.record)
                else:
                    missing.append(row)
            rest = missing
        if way == LOST_NOW:
            found.faults += [(row.record, BadCell(LOST)) for row in rest]
        else:
            found.later = [row.record for row in rest]
        return found

    def known(self, rows: Sequence[Given]) -> dict[str, Contribution]:
        """What is here already of these."""
        return known_rows(self._process, [row.key for row in rows], comments=True)

    def take(self, actor: Actor, unit: Import, records: Iterable[Record]) -> int:
        """Take some in, in a transaction; how many do not fit any more since they were checked."""
        rows, lost = [], 0
        for each in records:
            try:
                rows.append(self.reader.read(each))
            except BadCell:
                lost += 1
        placed = self._placed(rows)
        if placed:
            with transaction.atomic():
                note_items(unit, take_in_comments(actor, self._process, list(placed.values())))
        return lost + len(rows) - len(placed)

    def _placed(self, rows: list[ReadComment]) -> dict[str, GivenComment]:
        """The same as `sort` found, now that what stood before them is in; in the order of the file."""
        known = around(self._process, rows)
        placed = placed_among(self._process, rows, known=known)
        while loose := [row for row in rows if row.given.key not in placed and row.reply_to in known.tops]:
            for row in loose:
                top = known.tops[row.reply_to]
                placed[row.given.key] = GivenComment(row.given, top, top)
            below = [row for row in rows if row.given.key not in placed and row.reply_to in placed]
            placed |= {row.given.key: GivenComment(row.given, (up := placed[row.reply_to]).root, up.root, row.reply_to) for row in below}
        return {row.given.key: placed[row.given.key] for row in rows if row.given.key in placed}

    def shown(self, records: Sequence[Record]) -> list[dict[str, Any]]:
        """Some as they would stand, each with the title of what it is about, new, changed or the same."""
        rows = []
        for each in records:
            try:
                rows.append(self.reader.read(each))
            except BadCell:
                continue
        placed, known = self._placed(rows), self.known([row.given for row in rows])
        return [
            {
                "row": row.given,
                "about": placed[row.given.key].root.title if row.given.key in placed else "",
                "reply": (row.given.key in placed and (placed[row.given.key].beside or placed[row.given.key].parent.root_id)) or "",
                "kind": _news(self._process, known, row.given),
            }
            for row in rows
        ]


Kind = Contributions | Comments
KINDS: Mapping[str, type[Contributions | Comments]] = {
    Import.What.CONTRIBUTIONS: Contributions,
    Import.What.COMMENTS: Comments,
}


def _news(process: Process, known: Mapping[str, Contribution], row: Given) -> str:
    if row.key not in known:
        return "new"
    return "updated" if changes_of(process.city, known[row.key], row) else "same"
