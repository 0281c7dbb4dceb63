"""A city with a team."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def step(db: None) -> Any:
    """The collect step of a city's Bürgersensor."""
    from tests.factories import make_city, make_process, make_step

    return make_step(make_process(make_city("hamburg")))


@pytest.fixture
def team(step: Any) -> Any:
    """Jule of the editorial team, as an actor."""
    return _moderator(step, "Jule")


@pytest.fixture
def other(step: Any) -> Any:
    """Mo, another person of the team, as an actor."""
    return _moderator(step, "Mo")


@pytest.fixture
def alice(step: Any) -> Any:
    """An author with an account."""
    from tests.factories import make_participant

    return make_participant(step.city, "Alice")


def _moderator(step: Any, name: str) -> Any:
    from tests.factories import make_staff

    from civitas.people.actors import actor_of

    return actor_of(make_staff(step.city, "moderator", name))
