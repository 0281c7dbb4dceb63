"""Cities from the tests' own packs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.interop.desks import Desk

    from civitas.cities.models import City


@pytest.fixture
def bonn(db: None) -> City:
    """The third city, whose pack lives in the tests."""
    from tests.interop.desks import PACKS

    from civitas.interop.packs import load_pack

    return load_pack(PACKS / "bonn")


@pytest.fixture
def desk(bonn: City, tmp_path: Path) -> Desk:
    """The Raddialog, whose step has long closed."""
    from tests.interop.desks import desk_of

    return desk_of(bonn, "raddialog", tmp_path)
