"""Words of others inside a comment. Kept as plain text, as in mails: a line that begins with "> " is quoted.

Whose words the first quotation holds is not written down: it is who gave the comment replied to, so that erasing a person reaches
the name as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from django.db.models import F

from civitas.contributions.actions import index_later
from civitas.contributions.models import WORDS, Contribution, Revision
from civitas.kit.personal import BLACK

if TYPE_CHECKING:
    from collections.abc import Collection

    from civitas.cities.models import City
    from civitas.people.models import Participant

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


def unquote(city: City, participant: Participant) -> None:
    """Black out in comments of others, and in their earlier wordings, each line that quotes what a participant gave in that thread.

    For who erases what they gave; in the transaction and before their words are gone.
    """
    given = Contribution.objects.of(city).filter(author=participant).exclude(visibility=Contribution.Visibility.ERASED)
    said: dict[int, set[str]] = {}
    for row in given.only("pk", "root_id", *WORDS).order_by("pk").iterator(chunk_size=500):
        said.setdefault(row.root_id or row.pk, set()).update(_one_line(getattr(row, name)) for name in WORDS)
    comments = Contribution.objects.of(city).filter(root__in=list(said), text__contains=_MARK).exclude(author=participant)
    for comment in list(comments.order_by("pk")):
        words = said[comment.root_id] - {""}
        for earlier in Revision.objects.of(city).filter(contribution=comment, text__contains=_MARK).order_by("pk"):
            Revision.objects.of(city).filter(pk=earlier.pk).update(text=_without(earlier.text, words))
        text = _without(comment.text, words)
        if text != comment.text:
            Contribution.objects.of(city).filter(pk=comment.pk).update(text=text, version=F("version") + 1)
            comment.text = text
            index_later(city, [comment])


def _without(text: str, said: Collection[str]) -> str:
    return "\n".join(f"{_MARK} {BLACK}" if _quotes(line, said) else line for line in text.split("\n"))


def _quotes(line: str, said: Collection[str]) -> bool:
    words = _one_line(line.removeprefix(_MARK).removesuffix("…"))
    return line.startswith(_MARK) and bool(words) and any(words in each for each in said)


def _one_line(text: str) -> str:
    return " ".join(text.split())
