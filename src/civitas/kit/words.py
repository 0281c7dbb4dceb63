"""Words of a list in a text, also in disguise."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

# What insults whoever reads it, in every city; a city's own list comes on top.
_INSULTS = [line for line in Path(__file__).with_name("insults.txt").read_text(encoding="utf-8").splitlines() if line[:1] != "#"]
# Digits and signs that stand for letters where somebody hides a word.
_DISGUISE = str.maketrans("013457@$!|", "oieastasil")


def found_words(text: str, words: list[str]) -> list[str]:
    """The words of a list that stand in the text, in the list's order; a star at a word's end stands for any letters."""
    flat = " ".join(text.casefold().split())
    if not words or not _any_of(tuple(words)).search(flat):  # as nearly always
        return []
    return [word for word in words if _any_of((word,)).search(flat)]


def hurts(name: str, words: list[str]) -> bool:
    """Whether an insult or a word of the list stands in a name.

    It is found in disguise too: with digits for letters, or blanks and dots between them.
    """
    listed = [*_INSULTS, *words]
    plain = name.casefold().translate(_DISGUISE)
    joined = "".join(sign for sign in plain if sign.isalnum())
    return any(found_words(text, listed) for text in (name, plain, joined))


@lru_cache(maxsize=2000)
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    whole = [re.escape(word) for word in words if not word.endswith("*")]
    begun = [re.escape(word.rstrip("*")) for word in words if word.endswith("*")]
    either = [rf"(?:{'|'.join(whole)})(?!\w)"] * bool(whole) + begun
    return re.compile(rf"(?<!\w)(?:{'|'.join(either)})")
