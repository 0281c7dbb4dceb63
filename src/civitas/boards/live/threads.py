"""Where a live process reads and writes rows: beside its event loop, one thing after the other."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from django.db import close_old_connections

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
T = TypeVar("T")


def _in_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    close_old_connections()
    try:
        return work(*args, **kwargs)
    finally:
        close_old_connections()


class Threads:
    """Threads that have a connection to the database each. Its methods run in the event loop."""

    def __init__(self, name: str, *, count: int = 1) -> None:
        self._pool = ThreadPoolExecutor(count, thread_name_prefix=name)

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Have this done."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, partial(_in_thread, work, *args, **kwargs))

    def later(self, work: Callable[..., object], *args: object) -> None:
        """Have this done without waiting for it."""
        self._pool.submit(_in_thread, work, *args)
