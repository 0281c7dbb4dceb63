"""The city's colours as a style sheet under a name that changes with them."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from civitas.cities.models import City


def theme_css(city: City) -> str:
    """Custom properties of the city's look, light and dark; the schema let only colours in."""
    look = city.config.look
    return _css(tuple(sorted(look.light.items())), tuple(sorted(look.dark.items())))


def theme_path(city: City) -> str:
    """The style sheet's address without language; it changes with the colours, so it may be kept for ever."""
    return f"/theme-{_digest(theme_css(city))}.css"


@lru_cache(maxsize=512)
def _css(light: tuple[tuple[str, str], ...], dark: tuple[tuple[str, str], ...]) -> str:
    bright = "".join(f"--cd-{name}:{colour};" for name, colour in light)
    dim = "".join(f"--cd-{name}:{colour};" for name, colour in dark)
    return (
        f":root,[data-kern-theme=light]{{{bright}}}"
        f"@media (prefers-color-scheme:dark){{:root:not([data-kern-theme=light]){{{dim}}}}}"
        f"[data-kern-theme=dark]{{{dim}}}"
    )


@lru_cache(maxsize=512)
def _digest(css: str) -> str:
    return hashlib.sha256(css.encode()).hexdigest()[:12]
