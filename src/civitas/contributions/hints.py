"""Noticing that a text reports a defect or an emergency: then the city's defect service, or 112, is quicker. Never a block.

A text counts by its sentences: something that can be broken beside how it is, or a word that says both ("Schlagloch"). Words of
a wish ("mehr", "neu", "sollte") speak against it, words of a report ("seit gestern", "reparieren") and the kind of place for it.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from civitas.contributions.words import words_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from civitas.cities.models import City

_WORDS = Path(__file__).with_name("hints.toml")
_SENTENCE = re.compile(r"[.?…;]+(?=\s|$)|\n")
# "Still broken" is no general complaint, as "always broken" is.
_STILL = re.compile(r"\b(immer noch|noch immer)\b", re.IGNORECASE)
_WORD = re.compile(r"[\w'-]+")
# Long texts argue; reports are short. What is looked at, in characters, and from where on it counts against a report.
LONGEST, LONG = 4_000, 450
# A hint is given from this score on; measured in docs/hints.md.
ENOUGH = 1.0


class HintKind(StrEnum):
    """What a text seems to be."""

    DEFECT = "defect"
    EMERGENCY = "emergency"


@dataclass(frozen=True)
class Hint:
    """What a text seems to be, by which words, and where it is quicker to say so ('' where the city has not said)."""

    kind: HintKind
    words: tuple[str, ...]
    url: str = ""


@cache
def _lists() -> dict[str, Any]:
    read = tomllib.loads(_WORDS.read_text("utf-8"))
    return {table: {name: frozenset(words) for name, words in entry.items()} for table, entry in read.items()}


def hint_for(city: City, text: str, *, place: str = "", place_kind: str = "", language: str = "de") -> Hint | None:
    """What a text seems to report, emergencies first; None for everything else.

    `place` is where it is in words, `place_kind` what stands there by the gazetteer ('street'): things in the open break more often.
    """
    language = "en" if language == "en" else "de"
    sentences = [_Sentence(part, language) for part in _SENTENCE.split(_STILL.sub(" ", text[:LONGEST])) if part.strip()]
    own = city.config.hints
    found = list(_emergency_in(sentences, frozenset(own.emergency)))
    if found:
        return Hint(HintKind.EMERGENCY, tuple(found))
    lists = _lists()["defect"]
    is_outside = place_kind in lists["place_kinds"] or bool(_Sentence(place, language).things(lists["place_words"]))
    score, words = _defect_in(sentences, frozenset(own.defect))
    score += (0.45 * is_outside if score else 0.0) - (0.3 if len(text) > LONG else 0.0)
    return Hint(HintKind.DEFECT, words, city.config.defect_url) if score >= ENOUGH else None


@cache
def _endings(things: frozenset[str]) -> tuple[str, ...]:
    # A compound is in no dictionary, so its plural stays: "Gehwegplatten" ends with "gehwegplatte" and "n".
    return tuple(thing + ending for thing in things if len(thing) > 3 for ending in ("", "n", "en", "e", "s"))


class _Sentence:
    """One sentence: as written in lower case, its words and their lemmas."""

    def __init__(self, text: str, language: str) -> None:
        self.plain = f" {' '.join(_WORD.findall(text.lower()))} "
        self.words = set(self.plain.split()) | set(words_of(text, language))

    def said(self, words: Collection[str]) -> set[str]:
        """Which of these words and phrases stand in it."""
        return (self.words & set(words)) | {phrase for phrase in words if " " in phrase and f" {phrase} " in self.plain}

    def things(self, things: Collection[str]) -> set[str]:
        """Which of its words name one of these things, also at the end of a longer word."""
        return (self.words & set(things)) | {word for word in self.words if word.endswith(_endings(frozenset(things)))}


def _emergency_in(sentences: list[_Sentence], own: frozenset[str]) -> Iterator[str]:
    lists = _lists()["emergency"]
    for sentence in sentences:
        if sentence.said(lists["calm"]):
            continue
        yield from sorted(sentence.said(lists["alone"] | lists["phrases"] | own))
        if sentence.said(lists["now"]):
            yield from sorted(sentence.said(lists["words"]))


def _defect_in(sentences: list[_Sentence], own: frozenset[str]) -> tuple[float, tuple[str, ...]]:
    lists, report, wish = _lists()["defect"], _lists()["report"]["words"], _lists()["wish"]["words"]
    best, words = 0.0, set()
    wishes = sum(len(sentence.said(wish)) for sentence in sentences)
    for sentence in sentences:
        alone = sentence.said(lists["alone"] | lists["phrases_alone"] | own)
        things, states = sentence.things(lists["things"]), sentence.said(lists["states"] | lists["phrases"])
        if not alone and not (things and states):
            continue
        score = 1.0 + 0.25 * bool(sentence.said(report)) - 0.35 * len(sentence.said(wish))
        if score > best:
            best, words = score, alone or (things | states)
    if not best:
        return 0.0, ()
    return best - 0.1 * wishes, tuple(sorted(words))
