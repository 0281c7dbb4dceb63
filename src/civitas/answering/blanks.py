"""Blanks in answers: `{name}`, `{title}`, `{number}`, `{department}` and `{date}` fill themselves, `{…: hint}` is for who answers.

A small parser of our own: nobody's text is ever taken for a program.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping

KNOWN = ("name", "title", "number", "department", "date")
_FREE = ("…:", "...:")


@dataclass(frozen=True)
class Piece:
    """A part of a text: plain words, a known blank by its name, or a free blank with its hint."""

    kind: str  # text, known, free
    text: str  # the words, the name, the hint
    raw: str
    line: int
    column: int


@dataclass(frozen=True)
class Fault:
    """A blank that is broken, where (from 1), and what is wrong in the person's words."""

    line: int
    column: int
    problem: str

    @property
    def sentence(self) -> str:
        """Line, column and what is wrong."""
        return _("Line %(line)d, column %(column)d: %(problem)s") % {"line": self.line, "column": self.column, "problem": self.problem}


def read(text: str) -> tuple[list[Piece], list[Fault]]:
    """The pieces of a text in order, and the broken blanks; a broken one stays plain text. Line ends are '\\n'."""
    pieces: list[Piece] = []
    faults: list[Fault] = []
    for number, line in enumerate(text.split("\n"), 1):
        if number > 1:
            pieces.append(Piece("text", "\n", "\n", number - 1, 0))
        _read_line(line, number, pieces, faults)
    return pieces, faults


def _read_line(line: str, number: int, pieces: list[Piece], faults: list[Fault]) -> None:
    start = 0
    while start < len(line):
        opening, closing = line.find("{", start), line.find("}", start)
        if opening == -1 or -1 < closing < opening:
            if closing != -1:
                faults.append(Fault(number, closing + 1, _("this bracket closes a blank that nothing opens.")))
            end = len(line) if closing == -1 else closing + 1
            pieces.append(Piece("text", line[start:end], line[start:end], number, start + 1))
            start = end
            continue
        if opening > start:
            pieces.append(Piece("text", line[start:opening], line[start:opening], number, start + 1))
        start = _read_blank(line, opening, number, pieces, faults)


def _read_blank(line: str, opening: int, number: int, pieces: list[Piece], faults: list[Fault]) -> int:
    """Read the blank that opens here; returns where to go on."""
    closing, again = line.find("}", opening), line.find("{", opening + 1)
    doubled = line.startswith("{{", opening)
    if doubled or closing == -1 or -1 < again < closing:
        problem = _("a blank has one bracket on each side, not two.") if doubled else _("this blank is not closed.")
        faults.append(Fault(number, opening + 1, problem))
        if doubled:
            end = line.find("}}", opening)
            end = end + 2 if end != -1 else len(line)
        else:
            end = again if again != -1 else len(line)
        pieces.append(Piece("text", line[opening:end], line[opening:end], number, opening + 1))
        return end
    raw, inside = line[opening : closing + 1], line[opening + 1 : closing].strip()
    mark = next((each for each in _FREE if inside.startswith(each)), "")
    hint = inside[len(mark) :].strip() if mark else ""
    if inside in KNOWN:
        pieces.append(Piece("known", inside, raw, number, opening + 1))
    elif hint:
        pieces.append(Piece("free", hint, raw, number, opening + 1))
    else:
        faults.append(Fault(number, opening + 1, _problem(inside, mark)))
        pieces.append(Piece("text", raw, raw, number, opening + 1))
    return closing + 1


def _problem(inside: str, mark: str) -> str:
    if mark:
        return _("this blank has no hint for who answers.")
    if not inside:
        return _("this blank is empty.")
    known = ", ".join(f"{{{name}}}" for name in KNOWN)
    return _("we do not know the blank “%(name)s”. There are %(known)s.") % {"name": inside[:40], "known": known}


def known_blanks(text: str) -> list[str]:
    """The blanks of a text that fill themselves, as they are written, each once."""
    return list(dict.fromkeys(piece.raw for piece in read(text)[0] if piece.kind == "known"))


def faults_in(text: str) -> list[Fault]:
    """The broken blanks of a template."""
    return read(text)[1]


def open_blanks(text: str) -> list[Fault]:
    """What must not stand in an answer that goes out: broken blanks, and free ones that nobody has filled."""
    pieces, faults = read(text)
    free = [piece for piece in pieces if piece.kind == "free"]
    left = [Fault(piece.line, piece.column, _("please fill in “%(hint)s”.") % {"hint": piece.text[:60]}) for piece in free]
    return sorted([*faults, *left], key=lambda fault: (fault.line, fault.column))


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its known blanks filled; a blank without a value goes, with the space before it.

    What is filled in is not read again.
    """
    filled: list[str] = []
    for piece in read(text)[0]:
        if piece.kind != "known" or piece.text not in values:
            filled.append(piece.raw)
        elif values[piece.text]:
            filled.append(values[piece.text])
        elif filled:
            filled[-1] = filled[-1].removesuffix(" ")
    return "".join(filled)
