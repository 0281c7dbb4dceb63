"""One command has an import in hand; any number of people look at its page meanwhile."""

from __future__ import annotations

import fcntl
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

import pytest

from civitas.interop import holding
from civitas.kit.ids import uuid7
from civitas.kit.verdicts import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

UNIT = (1, uuid7())


@pytest.fixture(autouse=True)
def lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of the unit's lock, in a folder of the test's own."""
    monkeypatch.setattr(holding, "_lock", lambda _city, _uid: tmp_path / "held")
    return tmp_path / "held"


@contextmanager
def somebody_looks(lock: Path) -> Iterator[IO[bytes]]:
    lock.touch()
    with lock.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        yield file


def test_who_looks_sees_the_command_and_nobody_else_who_looks(lock: Path) -> None:
    assert not holding.is_held(*UNIT)
    with somebody_looks(lock):
        assert not holding.is_held(*UNIT)
    with holding.holding(*UNIT):
        assert holding.is_held(*UNIT)
    assert not holding.is_held(*UNIT)


def test_to_look_makes_no_file(lock: Path) -> None:
    assert not holding.is_held(*UNIT)
    assert not lock.exists()


def test_a_command_that_begins_while_somebody_looks_tries_again(lock: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with somebody_looks(lock) as file:
        monkeypatch.setattr(holding.time, "sleep", lambda _seconds: fcntl.flock(file, fcntl.LOCK_UN))
        with holding.holding(*UNIT):
            assert holding.is_held(*UNIT)


def test_a_second_command_gives_up_after_a_few_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr(holding.time, "sleep", waits.append)
    with holding.holding(*UNIT), pytest.raises(Refused) as refused, holding.holding(*UNIT):
        pass
    assert (refused.value.status, 1 < len(waits) < 10, sum(waits) < 1) == (409, True, True)
