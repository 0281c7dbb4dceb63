"""Which language an author reads the city in, and which wording they get of an answer that is written in several."""

from __future__ import annotations

from typing import TYPE_CHECKING

from civitas.kit.translated import KEYS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from civitas.cities.models import City
    from civitas.contributions.models import Contribution

# Key in a text -> language code of the interface.
CODES = {key: code for code, key in KEYS.items()}


def language_of(row: Contribution) -> str:
    """The language in which the author reads the city: their own, else that of their words."""
    return row.author.language if row.author else row.language


def read_in(city: City, row: Contribution) -> str:
    """Of the city's languages the one in which a contribution's author reads it; German where theirs is none of these."""
    code = language_of(row)
    return code if code in city.config.languages and code in KEYS else "de"


def spoken(texts: Mapping[str, str], code: str) -> str:
    """Of the languages that a text is written in the one (its key) that a reader of `code` gets; '' where nothing is written.

    Their own; else German, where simple German reads German first and German reads simple German before any other.
    """
    wanted = [KEYS.get(code, ""), "de", *(("simple",) if code != "en" else ()), *texts]
    return next((key for key in wanted if texts.get(key)), "")
