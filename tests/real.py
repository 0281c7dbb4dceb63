"""The real contributions of two cities, where this machine has them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REAL = (Path(__file__).resolve().parents[1] / os.environ.get("CIVITAS_TEST_DATA", "../shared/data")).resolve()


def real_data(*parts: str) -> Path:
    """A file or folder of real data; the test is skipped where it is not there."""
    path = REAL.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"the real data are not at {REAL}; CIVITAS_TEST_DATA says where they are")
    return path
