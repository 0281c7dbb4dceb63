"""The town that every test of answering stands on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.answering.towns import Town


@pytest.fixture
def town(db: None) -> Town:
    # Imported here, since conftest is read before Django is set up.
    from tests.answering.towns import make_town

    return make_town()
