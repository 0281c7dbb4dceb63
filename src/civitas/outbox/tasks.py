"""How a room declares what it does later (`task`) and again and again (`periodic`).

Declarations live in `<app>/tasks.py` (the outbox's own in `upkeep.py`) and are found by themselves. Each may run twice, since a
worker can die before it notes that a row is done.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from django.utils.module_loading import autodiscover_modules

from civitas.outbox.lanes import Lane

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import timedelta

    F = TypeVar("F", bound=Callable[..., Any])


class TaskFault(Exception):
    """A task could not do its work. Its text is kept with the row, so it says nothing about a person."""


@dataclass(frozen=True)
class Task:
    """What runs for a kind of row: `run(city, **payload)`, or with `batch` `run(city, payloads)` for that many at most.

    Its rows stand in `lane`. `given_up` is the kind of the row that is noted with the same payload when one of them is given up.
    """

    kind: str
    run: Callable[..., Any]
    batch: int
    lane: Lane
    given_up: str


@dataclass(frozen=True)
class Periodic:
    """What runs once in each `every`, in one worker only."""

    name: str
    run: Callable[[], Any]
    every: timedelta


_tasks: dict[str, Task] = {}
_periodics: dict[str, Periodic] = {}


def task(kind: str, *, batch: int = 0, lane: Lane = Lane.WORK, given_up: str = "") -> Callable[[F], F]:
    """Declare the function that runs rows of this kind, as `Task` says; raises ValueError if another function already does."""

    def declare(run: F) -> F:
        known = _tasks.get(kind)
        if known and known.run is not run:
            raise ValueError(f"two tasks for rows of kind '{kind}'")
        _tasks[kind] = Task(kind, run, batch, lane, given_up)
        return run

    return declare


def periodic(name: str, *, every: timedelta) -> Callable[[F], F]:
    """Declare a function without arguments that runs once in each `every`; raises ValueError if the name is taken."""

    def declare(run: F) -> F:
        known = _periodics.get(name)
        if known and known.run is not run:
            raise ValueError(f"two periodic tasks named '{name}'")
        _periodics[name] = Periodic(name, run, every)
        return run

    return declare


def known_tasks() -> Mapping[str, Task]:
    """All tasks of all rooms by kind."""
    _discover()
    return _tasks


def lane_of(kind: str) -> Lane:
    """Where rows of this kind stand; one that nobody has declared is work like any other."""
    found = known_tasks().get(kind)
    return found.lane if found else Lane.WORK


def known_periodics() -> Mapping[str, Periodic]:
    """All periodic tasks of all rooms by name."""
    _discover()
    return _periodics


@cache
def _discover() -> None:
    autodiscover_modules("tasks", "upkeep")
