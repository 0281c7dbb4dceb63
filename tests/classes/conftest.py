"""A class of three seats that takes part in a process of Hamburg."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.utils import translation

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Sentences are compared as they stand in the code."""
    with translation.override("en"):
        yield


@pytest.fixture
def step(db: None) -> Any:
    from tests.factories import make_city, make_process, make_step

    return make_step(make_process(make_city("hamburg"), "spielplatz"))


@pytest.fixture
def school_class(step: Any) -> Any:
    from tests.classes.making import make_class

    return make_class(step)
