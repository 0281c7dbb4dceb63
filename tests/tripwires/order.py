"""Order: what a query does not order comes in another order, and may not be cut into pages."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.db.models.query import REPR_OUTPUT_SIZE, QuerySet

if TYPE_CHECKING:
    from collections.abc import Iterator


class AccidentalOrder(AssertionError):
    """A query is cut into pages without an order."""


@contextmanager
def no_accidental_order() -> Iterator[None]:
    """Reverse what nobody ordered, always in the same way, so that a test which leans on it fails every time."""
    fetch = QuerySet._fetch_all

    def fetch_all(rows: Any) -> None:
        fresh = rows._result_cache is None
        fetch(rows)
        if not fresh or not isinstance(rows._result_cache, list) or len(rows._result_cache) < 2 or rows.ordered:
            return
        if rows.query.is_sliced and (rows.query.low_mark, rows.query.high_mark) != (0, REPR_OUTPUT_SIZE + 1):
            raise AccidentalOrder(f"{rows.model.__name__} rows are cut without order_by: {rows.query}")
        rows._result_cache.reverse()

    QuerySet._fetch_all = fetch_all
    try:
        yield
    finally:
        QuerySet._fetch_all = fetch
