"""The words that were taken out, as they may stand elsewhere: written otherwise, quoted, cut off, in an address.

Pure functions over texts; nothing here reads or writes a row.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from civitas.kit.personal import PersonalKind, Span, blackened, personal_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_TOKEN = re.compile(r"[^\W_]+")
# What may stand between the words of a piece elsewhere: blanks, signs, a new line of a quotation, what addresses and HTML make of them.
_GAP = r"(?:[\W_]|%[0-9A-Fa-f]{2}|&#?\w{1,8};)"
_CUT = rf"(?={_GAP}{{0,3}}…)"
_FEW_LETTERS = 3
_FEW_DIGITS = 5
_NUMBERS = frozenset({PersonalKind.PHONE, PersonalKind.IBAN, PersonalKind.PLATE})
_COUNTRY = re.compile(r"^(?:\+|00)49[\W_]{0,3}(?:\(?0\)?)?|^\(?0")


@dataclass(frozen=True)
class Piece:
    """Words that were taken out of a text, and what they are ('' where a person has marked them)."""

    text: str
    kind: str = ""

    @property
    def is_telling(self) -> bool:
        """Whether they are somebody's for sure wherever they stand: an address or a number, no common word."""
        return bool(self.kind) or "@" in self.text or sum(map(str.isdigit, self.text)) >= _FEW_DIGITS

    @property
    def letters(self) -> int:
        """How many letters and digits they have."""
        return sum(map(str.isalnum, self.text))


def pieces_of(text: str, spans: Iterable[Span]) -> list[Piece]:
    """What spans take out of a text; a number or an address within a longer passage is a piece of its own too."""
    found = []
    for span in spans:
        words = text[span.start : span.end]
        inside = personal_in(words)
        whole = any(each.start == 0 and each.end == len(words) for each in inside)
        found.append(Piece(words, str(inside[0].kind) if whole else ""))
        found += [Piece(words[each.start : each.end], str(each.kind)) for each in inside if not whole]
    return found


class Pieces:
    """All that one redaction takes out, ready to be looked for."""

    def __init__(self, pieces: Iterable[Piece]) -> None:
        known = sorted({piece for piece in pieces if piece.letters}, key=lambda piece: -len(piece.text))
        telling = [piece for piece in known if piece.is_telling]
        self._telling = _either(pattern for piece in telling for pattern in (*_written(piece), *_cut_off(piece)))
        self._about = _either(
            pattern for piece in known if piece.is_telling or piece.letters >= _FEW_LETTERS for pattern in _written(piece)
        )
        self._all = _either(pattern for piece in known for pattern in (*_written(piece), *_cut_off(piece)))

    def in_own(self, text: str) -> list[Span]:
        """Where a text of the same person repeats what is somebody's for sure."""
        return _spans(self._telling, text)

    def in_earlier(self, text: str) -> list[Span]:
        """Where an earlier version, or a text that quotes it, has any of it."""
        return _spans(self._all, text)

    def in_comment(self, text: str) -> list[Span]:
        """Where a comment has it: in the lines that it quotes any of it, in its own words what is somebody's for sure."""
        return [*_in_quoted(self._all, text), *self.in_own(text)]

    def in_text_about(self, text: str) -> list[Span]:
        """Where a text about the contribution has it: a flag, an answer, a decision."""
        return _spans(self._about, text)

    def out_of(self, value: Any, *, anywhere: bool) -> Any:
        """A text, or JSON that holds texts, without it; the value itself where it has nothing of it."""
        if isinstance(value, str):
            return blackened(value, spans) if (spans := self.in_own(value) if anywhere else self.in_text_about(value)) else value
        if isinstance(value, dict):
            return {name: self.out_of(each, anywhere=anywhere) for name, each in value.items()}
        if isinstance(value, list):
            return [self.out_of(each, anywhere=anywhere) for each in value]
        return value


def _written(piece: Piece) -> Iterator[str]:
    """How it may be written elsewhere, as patterns."""
    tokens = _TOKEN.findall(piece.text)
    if piece.kind in _NUMBERS or (piece.is_telling and not any(map(str.isalpha, piece.text))):
        yield rf"(?<![^\W_]){_spread(''.join(tokens))}(?![^\W_])"
        core = "".join(_TOKEN.findall(_COUNTRY.sub("", piece.text)))
        if piece.kind == PersonalKind.PHONE and len(core) >= _FEW_DIGITS:
            # The same number with or without the prefix of the country.
            country = rf"(?:(?:\+|00|%2B){_GAP}{{0,2}}49{_GAP}{{0,3}})?"
            yield rf"(?<!\d){country}(?:\(?0\)?{_GAP}{{0,3}})?{_spread(core)}(?!\d)"
    else:
        yield rf"(?<![^\W_]){_in_a_row(tokens)}(?![^\W_])"


def _in_a_row(tokens: list[str]) -> str:
    return f"{_GAP}{{1,6}}".join(map(re.escape, tokens))


def _spread(signs: str) -> str:
    return f"{_GAP}{{0,4}}".join(map(re.escape, signs))


def _cut_off(piece: Piece) -> Iterator[str]:
    """A quotation or a title that ends in the middle of it, with an ellipsis."""
    tokens = _TOKEN.findall(piece.text)
    for count in range(len(tokens) - 1, 0, -1):
        begun = tokens[:count]
        if len("".join(begun)) >= _FEW_LETTERS:
            yield rf"(?<![^\W_]){_in_a_row(begun)}{_CUT}"


def _either(patterns: Iterable[str]) -> re.Pattern[str] | None:
    found = list(dict.fromkeys(patterns))
    return re.compile("|".join(found), re.IGNORECASE) if found else None


def _spans(pattern: re.Pattern[str] | None, text: str) -> list[Span]:
    return [Span(match.start(), match.end()) for match in pattern.finditer(text)] if pattern else []


def _in_quoted(pattern: re.Pattern[str] | None, text: str) -> list[Span]:
    found, at = [], 0
    block: list[str] = []
    for line in [*text.split("\n"), ""]:
        if line.startswith(">"):
            block.append(line)
            continue
        if block:
            quoted = "\n".join(block)
            found += [Span(at + span.start, at + span.end) for span in _spans(pattern, quoted)]
            at += len(quoted) + 1
            block = []
        at += len(line) + 1
    return found
