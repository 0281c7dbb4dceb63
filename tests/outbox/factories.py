"""The one city of most tests of the ground."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests import factories

if TYPE_CHECKING:
    from civitas.cities.models import City


def make_city(slug: str = "teststadt") -> City:
    """A city with the host '<slug>.localhost'."""
    return factories.make_city(slug)
