"""The scene of these tests, and the evidence store's key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.unlawful.scenes import Scene


@pytest.fixture
def scene(db: None, settings: Any) -> Scene:
    from tests.unlawful.scenes import make_scene

    settings.EVIDENCE_KEY = "a key for tests of the evidence store only"
    return make_scene()
