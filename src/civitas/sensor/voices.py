"""Choosing what people said so that it can be read at a glance."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from civitas.contributions.models import Contribution

_END = re.compile(r"(?<=[.!?…])\s+(?=[A-ZÄÖÜ„‚“‘\"])")
# A voice in a bubble has to be read in passing; a large one may take a breath.
BUBBLE = (18, 78)
LARGE = (40, 150)


@dataclass(frozen=True)
class Voice:
    """A sentence of a contribution, word for word."""

    item: Contribution
    text: str


def sentence_of(item: Contribution, shortest: int, longest: int) -> str:
    """The first sentence of the text that fits the length (in characters); '' if none does."""
    sentences = (sentence.strip() for line in item.text.split("\n") for sentence in _END.split(line))
    return next((sentence for sentence in sentences if shortest <= len(sentence) <= longest), "")


def voices_in(items: Iterable[Contribution], length: tuple[int, int], count: int) -> list[Voice]:
    """The first `count` voices of that length, each from another person and another area where they are known."""
    found: list[Voice] = []
    seen: set[object] = set()
    for item in items:
        marks = {("author", item.author_id), ("area", item.area_id)} - {("author", None), ("area", None)}
        text = sentence_of(item, *length)
        if text and seen.isdisjoint(marks):
            found.append(Voice(item, text))
            seen |= marks
        if len(found) == count:
            break
    return found
