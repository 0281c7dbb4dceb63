"""Sentences that are kept: written once in every language of the house."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import translation

from civitas.kit.translated import KEYS, Translated

if TYPE_CHECKING:
    from collections.abc import Callable


def in_every_language(words: Callable[[], str]) -> Translated:
    """What `words` says in each language of the house."""
    found = Translated()
    for code, key in KEYS.items():
        with translation.override(code):
            found[key] = words()
    return found
