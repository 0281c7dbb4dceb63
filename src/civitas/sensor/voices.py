"""Choosing what people said so that it can be read at a glance."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from civitas.contributions.models import Contribution

_END = re.compile(r"(?<=[.!?…])\s+(?=[A-ZÄÖÜ„‚“‘\"])")
_PERSON = re.compile(r"\b(ich|wir|mein\w*|mir|uns\w*|I|we|my|our|us|me)\b", re.IGNORECASE)
# A voice in a bubble has to be read in passing; a large one may take a breath.
BUBBLE = (30, 84)
STRIP_LENGTH = (40, 120)
LARGE = (48, 150)


@dataclass(frozen=True)
class Voice:
    """A sentence of a contribution, word for word."""

    item: Contribution
    text: str


def sentence_of(item: Contribution, shortest: int, longest: int) -> str:
    """A sentence of the text that fits the length (in characters), one that speaks of a person first; '' if none fits."""
    sentences = [sentence.strip() for line in item.text.split("\n") for sentence in _END.split(line)]
    fitting = [sentence for sentence in sentences if shortest <= len(sentence) <= longest]
    return next((sentence for sentence in fitting if _PERSON.search(sentence)), fitting[0] if fitting else "")


def beginning_of(text: str, longest: int) -> str:
    """The first sentences of a text, as many as fit the length; at least one."""
    said = ""
    for sentence in _END.split(" ".join(text.split())):
        if said and len(said) + len(sentence) >= longest:
            break
        said = f"{said} {sentence}".strip()
    return said


def voices_in(items: Iterable[Contribution], length: tuple[int, int], count: int) -> list[Voice]:
    """The first `count` voices of that length, each from another person and area; who speaks of people comes first."""
    voices = [Voice(item, text) for item in items if (text := sentence_of(item, *length))]
    found: list[Voice] = []
    seen: set[object] = set()
    for voice in sorted(voices, key=lambda voice: not _PERSON.search(voice.text)):
        marks = {("author", voice.item.author_id), ("area", voice.item.area_id)} - {("author", None), ("area", None)}
        if len(found) < count and seen.isdisjoint(marks):
            found.append(voice)
            seen |= marks
    return found
