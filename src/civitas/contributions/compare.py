"""What changed between two wordings, word by word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

_PIECES = re.compile(r"\s+|\w+|[^\w\s]")
# Beyond this many words comparing takes too long; then the wordings stand one after the other.
MOST_PIECES = 6_000


@dataclass(frozen=True)
class Piece:
    """Words that stayed, went or came."""

    change: Literal["same", "gone", "new"]
    text: str


def compared(before: str, after: str) -> list[Piece]:
    """The way from one wording to another; blanks go with the words they follow."""
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    if len(old) + len(new) > MOST_PIECES:
        return [Piece("gone", before), Piece("new", after)]
    return [piece for piece in _pieces(old, new) if piece.text]


def _pieces(old: list[str], new: list[str]) -> Iterator[Piece]:
    for tag, start, end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Piece("same", "".join(old[start:end]))
            continue
        yield Piece("gone", "".join(old[start:end]))
        yield Piece("new", "".join(new[new_start:new_end]))
