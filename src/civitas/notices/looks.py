"""How a mail looks: the city's colours for bright and dark screens, as a mail has to carry them along itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from civitas.cities.models import City

# What the house has where a city's pack names no colour of its own; the same as in the pages' tokens.css.
BRIGHT = {
    "harbour": "#1d4560",
    "on-harbour": "#fff",
    "ink": "#14222c",
    "muted": "#4d5f6b",
    "line": "#d5dde2",
    "paper": "#fff",
    "mist": "#f0f4f6",
    "deep": "#14303f",
}
DIM = {
    "harbour": "#9ccbe8",
    "on-harbour": "#06202f",
    "ink": "#eaf2f7",
    "muted": "#a9becb",
    "line": "#274252",
    "paper": "#0a1822",
    "mist": "#102431",
    "deep": "#061018",
}


def colours_of(city: City) -> dict[str, dict[str, str]]:
    """The colours of a mail in the city's name, `bright` and `dim`, by token with an underscore for the hyphen."""
    look = city.config.look
    pairs = {"bright": BRIGHT | look.light, "dim": DIM | look.dark}
    return {name: {token.replace("-", "_"): values[token] for token in BRIGHT} for name, values in pairs.items()}
