"""Words as people type them in a search: without case, marks and umlauts, in each of the two ways to write those."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+")
_SPELLED_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe", "å": "aa"})


def folded(text: str) -> str:
    """A text in lower case and bare letters, umlauts spelled out: 'Spritzenplatz, Großneumarkt' as 'spritzenplatz grossneumarkt'."""
    return " ".join(_WORD.findall(_bare(text.casefold().translate(_SPELLED_OUT))))


def foldings(text: str) -> set[str]:
    """Both ways to write a word on a keyboard without umlauts: 'Mühlenkamp' as 'muehlenkamp' and 'muhlenkamp'."""
    return {folded(text), " ".join(_WORD.findall(_bare(text.casefold())))}


def _bare(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
