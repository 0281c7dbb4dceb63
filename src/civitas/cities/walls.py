"""The one way to read across cities; everything else starts from a city, which the tests' tripwire holds."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

crossing: ContextVar[str] = ContextVar("crossing", default="")


@contextmanager
def across_cities(reason: str) -> Iterator[None]:
    """Statements inside may touch rows of several cities; `reason` says why ('the worker takes rows of all cities')."""
    token = crossing.set(reason)
    try:
        yield
    finally:
        crossing.reset(token)
