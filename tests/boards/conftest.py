"""Boards of a method that exists for tests only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import translation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from civitas.boards.models import Board


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Sentences are compared as they stand in the code."""
    with translation.override("en"):
        yield


@pytest.fixture
def game(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's method is installed."""
    from tests.boards.playing import METHOD

    from civitas.processes.registry import methods

    monkeypatch.setitem(methods(), METHOD.key, METHOD)


@pytest.fixture
def board(db: None, game: None) -> Board:
    """An open board."""
    from tests.boards.playing import make_board

    return make_board()
