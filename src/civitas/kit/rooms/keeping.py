"""What goes by rule, and how single things are put off; and the counts that a room's actions keep."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Held:
    """What somebody has put off: rows of one kind by their keys, and everything of some processes."""

    keys: frozenset[int] = frozenset()
    processes: frozenset[int] = frozenset()

    def leave(self, rows: Any, process: str = "") -> Any:
        """The rows without those put off; `process` is their way to the process that they belong to ('' = to none)."""
        if self.keys:
            rows = rows.exclude(pk__in=self.keys)
        return rows.exclude(**{f"{process}__in": self.processes}) if process and self.processes else rows


NOTHING_HELD = Held()


@dataclass(frozen=True)
class Going:
    """Something that goes by rule, as the team sees it in a list: nothing that it may not see elsewhere."""

    key: int
    title: str
    at: dt.datetime | None = None  # since when its time runs


@dataclass(frozen=True)
class Postponing:
    """How single things of a kind are shown before they go, and put off. `due(city, before, held)` gives those that go, `show(rows)`
    names some of them, `process` whether a whole process can be put off."""

    key: str
    due: Callable[[Any, Any, Held], Any]
    show: Callable[[Any], list[Going]]
    process: bool = False


@dataclass(frozen=True)
class Retention:
    """What a room keeps for how long. `setting` names the rule that holds the months, or `days` is the time where it is fixed.

    `count(city, before)` says how much is older than that moment; `remove(city, before)` takes away some of it in a transaction of
    its own and returns how much, 0 when nothing is left; it may run twice. What a room removes by a task of its own has none.
    With `postponing` both take what is put off, and leave it.
    """

    label: str | _StrPromise  # "decided flags"
    count: Callable[..., int]
    remove: Callable[..., int] | None = None
    setting: str = ""
    days: int = 0
    said: str | _StrPromise = ""  # what it is called on the page about privacy; '' is not named there
    postponing: Postponing | None = None


@dataclass(frozen=True)
class Recount:
    """Counts that a room's actions keep: `miscounts(city)` names where they are wrong, `mend(city)` puts right what a fault or a
    bulk load left behind, in one transaction."""

    miscounts: Callable[[Any], list[str]]
    mend: Callable[[Any], None]
