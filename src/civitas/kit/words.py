"""Words of a list in a text, also in disguise."""

from __future__ import annotations

import re
from functools import lru_cache

# Digits and signs that stand for letters where somebody hides a word.
_DISGUISE = str.maketrans("013457@$!|", "oieastasil")


def found_words(text: str, words: list[str]) -> list[str]:
    """The words of a list that stand in the text, in the list's order; a star at a word's end stands for any letters."""
    flat = " ".join(text.casefold().split())
    if not words or not _any_of(tuple(words)).search(flat):  # as nearly always
        return []
    return [word for word in words if _any_of((word,)).search(flat)]


def hurts(name: str, words: list[str]) -> bool:
    """Whether a word of the list stands in a name, also in disguise: with digits for letters, or blanks and dots between them."""
    plain = name.casefold().translate(_DISGUISE)
    joined = "".join(sign for sign in plain if sign.isalnum())
    return any(found_words(text, words) for text in (name, plain, joined))


@lru_cache(maxsize=2000)
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    whole = [re.escape(word) for word in words if not word.endswith("*")]
    begun = [re.escape(word.rstrip("*")) for word in words if word.endswith("*")]
    either = [rf"(?:{'|'.join(whole)})(?!\w)"] * bool(whole) + begun
    return re.compile(rf"(?<!\w)(?:{'|'.join(either)})")
