"""The sections of a concept and the usual gates, as the files of this room declare them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from civitas.kit.packs import Pack
from civitas.kit.translated import Translated

_FOLDER = Path(__file__).parent
# About 20 pages each, so that a concept of 200 pages has room.
LONGEST_SECTION = 60_000
# The section that quotes the voices a concept came from.
NEED = "need"


@dataclass(frozen=True)
class Section:
    """A section with the questions that help to write it."""

    key: str
    title: Translated
    questions: tuple[Translated, ...]

    def __str__(self) -> str:
        return str(self.title)


@dataclass(frozen=True)
class UsualGate:
    """A gate that most concepts come to."""

    key: str
    title: Translated
    question: Translated


@cache
def all_sections() -> tuple[Section, ...]:
    """Every section in reading order."""
    entries = Pack(_FOLDER).toml("sections.toml")["section"]
    return tuple(Section(each["key"], Translated(each["title"]), tuple(map(Translated, each["questions"]))) for each in entries)


def section_by_key(key: str) -> Section | None:
    """The section with this key; None where there is none."""
    return next((each for each in all_sections() if each.key == key), None)


@cache
def usual_gates() -> tuple[UsualGate, ...]:
    """The gates that staff are offered to begin with."""
    entries = Pack(_FOLDER).toml("gates.toml")["gate"]
    return tuple(UsualGate(each["key"], Translated(each["title"]), Translated(each["question"])) for each in entries)
