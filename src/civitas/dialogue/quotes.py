"""Words of others inside a comment. Kept as plain text, as in mails: a line that begins with "> " is quoted.

Whose words the first quotation holds is not written down: it is who gave the comment replied to, so that erasing a person reaches
the name as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

LONGEST_QUOTE = 300
_MARK = ">"


@dataclass(frozen=True)
class Passage:
    """Some lines of a comment: the writer's own, or quoted."""

    text: str
    is_quoted: bool = False


def passages(text: str) -> list[Passage]:
    """A comment's text as quoted passages and own ones, in order."""
    if _MARK not in text:
        return [Passage(text)]
    found = []
    for quoted, lines in groupby(text.split("\n"), key=lambda line: line.startswith(_MARK)):
        said = "\n".join(line.removeprefix(_MARK).removeprefix(" ") if quoted else line for line in lines).strip("\n")
        if said.strip():
            found.append(Passage(said, quoted))
    return found


def own_words(text: str) -> str:
    """A comment without what it quotes."""
    return "\n".join(passage.text for passage in passages(text) if not passage.is_quoted).strip()


def quotation_of(text: str) -> str:
    """How a reply begins that quotes this comment: its own words, at most `LONGEST_QUOTE` characters and cut at a word."""
    words = own_words(text) or text
    if len(words) > LONGEST_QUOTE:
        words = (words[:LONGEST_QUOTE].rpartition(" ")[0] or words[:LONGEST_QUOTE]).rstrip(" ,;:.–") + " …"
    return "\n".join(f"{_MARK} {line}".rstrip() for line in words.split("\n")) + "\n\n"
