"""Texts of a room that repeat words of a contribution, or are kept beside it: blacking out reaches both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Quotes:
    """Texts of a room that may repeat words of a contribution; what is blacked out there is blacked out in them.

    `rows(city, ids)` gives those about these contributions, `fields` names their texts (text, or JSON that holds texts). Where nobody
    can tell what a text is about (`anywhere`), it gives all of the city, and only what is somebody's for sure goes: numbers, addresses.
    `lines`: they repeat cards of boards line by line; a card's line that goes out of a result goes out of them.
    `found_by` names the way to the id of the contribution under whose words the search finds them ('' = it finds them nowhere).
    `renew(city, keys)` is told of the rows in which something was just blacked out, in that transaction: who is writing one has to see it.
    """

    rows: Callable[[Any, list[int]], Any]
    fields: tuple[str, ...]
    anywhere: bool = False
    lines: bool = False
    found_by: str = ""
    renew: Callable[[Any, Collection[int]], None] | None = None


@dataclass(frozen=True)
class FurtherText:
    """A text of a contribution that a room keeps beside it, in which something can be blacked out: its name in the form (as "section-7"),
    what it is in words, the row and field that hold it, its version, and the rows that keep its wordings, with a `version` each."""

    name: str
    label: str | _StrPromise
    row: Any
    field: str
    version: int
    wordings: Any
