"""Pages by cursor: the same cost for the first and the ten-thousandth page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from django.db.models import Q

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import Model, QuerySet


T = TypeVar("T", bound="Model")


@dataclass(frozen=True)
class KeysetPage(Generic[T]):
    """Rows of one page and the cursor of the next ('' = this is the last)."""

    rows: list[T]
    next_cursor: str


def keyset_page(rows: QuerySet[T], *, by: Sequence[str], cursor: str, size: int) -> KeysetPage[T]:
    """The `size` rows after `cursor`, newest or largest first.

    `by` are integer columns, all descending, the last one unique ('support_total', 'newest_key'); a cursor that does not
    fit is taken as none, so that a mangled address shows the first page.
    """
    values = _read(cursor, len(by))
    if values:
        rows = rows.filter(_after(by, values))
    found = list(rows.order_by(*(f"-{name}" for name in by))[: size + 1])
    more = len(found) > size
    found = found[:size]
    return KeysetPage(found, ".".join(str(getattr(found[-1], name)) for name in by) if more else "")


def keyset_page_up(rows: QuerySet[T], *, by: str, cursor: str, size: int) -> KeysetPage[T]:
    """The same the other way round, the oldest or smallest first; `by` is one unique integer column."""
    values = _read(cursor, 1)
    if values:
        rows = rows.filter(**{f"{by}__gt": values[0]})
    found = list(rows.order_by(by)[: size + 1])
    more = len(found) > size
    found = found[:size]
    return KeysetPage(found, str(getattr(found[-1], by)) if more else "")


def _read(cursor: str, count: int) -> list[int]:
    parts = cursor.split(".")
    if len(parts) != count or not all(part.isascii() and part.lstrip("-").isdigit() and len(part) < 20 for part in parts):
        return []
    return [int(part) for part in parts]


def _after(by: Sequence[str], values: list[int]) -> Q:
    first, value = by[0], values[0]
    if len(by) == 1:
        return Q(**{f"{first}__lt": value})
    # `first <= value` alone lets the index seek; the rest decides among equals.
    return Q(**{f"{first}__lte": value}) & (Q(**{f"{first}__lt": value}) | _after(by[1:], values[1:]))
