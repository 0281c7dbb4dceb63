"""How a mail looks: the city's colours for bright and dark screens, as a mail has to carry them along itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from civitas.cities.colours import BRIGHT, DIM

if TYPE_CHECKING:
    from civitas.cities.models import City


def colours_of(city: City) -> dict[str, dict[str, str]]:
    """The colours of a mail in the city's name, `bright` and `dim`, by token with an underscore for the hyphen."""
    look = city.config.look
    pairs = {"bright": BRIGHT | look.light, "dim": DIM | look.dark}
    return {name: {token.replace("-", "_"): values[token] for token in BRIGHT} for name, values in pairs.items()}
