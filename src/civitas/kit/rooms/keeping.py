"""What goes by rule, and how single things are put off; and the counts that a room's actions keep."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Going:
    """Something that goes by rule, as the team sees it in a list: nothing that it may not see elsewhere."""

    key: int
    title: str
    at: dt.datetime | None = None  # since when its time runs


@dataclass(frozen=True)
class Postponing:
    """How single things of a kind are shown before they go, and put off. `show(rows)` names some of them, `process` is their way to the
    process that they belong to ('' = to none): whoever puts a whole process off keeps them."""

    key: str
    show: Callable[[Any], list[Going]]
    process: str = ""


@dataclass(frozen=True)
class Retention:
    """What a room keeps for how long. `setting` names the rule that holds the months, or `days` is the time where it is fixed.

    `due(city, before)` gives the rows that are older than that moment; `remove(city, rows)` takes some of such rows away in a transaction
    of its own and returns how much, 0 when nothing is left; it may run twice. What a room removes by a task of its own has none.
    With `postponing` some are put off: those are not among the rows that `remove` is given.
    """

    label: str | _StrPromise  # "decided flags"
    due: Callable[[Any, Any], Any]
    remove: Callable[[Any, Any], int] | None = None
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
