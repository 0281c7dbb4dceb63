"""How a section reads: plain text as paragraphs, lists and quotations."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

_ITEM = re.compile(r"\s*(?:[-–•*]|\d{1,3}[.)])\s+")
_NUMBERED = re.compile(r"\s*\d{1,3}[.)]\s+")
# A section longer than this begins on the page and goes on at an address of its own.
LONG = 5_000


@dataclass(frozen=True)
class Block:
    """Some lines of a text that belong together."""

    kind: Literal["text", "list", "steps", "quote"]
    lines: tuple[str, ...]


def blocks_of(text: str) -> list[Block]:
    """The parts of a text: lines with a dash or number make lists, lines with "> " quotations, empty lines part paragraphs."""
    found = []
    for kind, lines in groupby(text.split("\n"), key=_kind):
        kept = tuple(_bare(kind, line) for line in lines)
        if kind != "gap":
            found.append(Block(kind, kept))
    return found


def _kind(line: str) -> Literal["text", "list", "steps", "quote", "gap"]:
    if not line.strip():
        return "gap"
    if line.startswith(">"):
        return "quote"
    if _NUMBERED.match(line):
        return "steps"
    return "list" if _ITEM.match(line) else "text"


def _bare(kind: str, line: str) -> str:
    if kind == "quote":
        return line.removeprefix(">").strip()
    return _ITEM.sub("", line, count=1).strip() if kind in {"list", "steps"} else line.strip()


def beginning(text: str) -> str:
    """The first paragraphs of a long text, at most `LONG` characters; the whole of a shorter one."""
    if len(text) <= LONG:
        return text
    cut = text[:LONG]
    return cut[: max(cut.rfind("\n"), cut.rfind(". ") + 1, LONG // 2)].rstrip()
