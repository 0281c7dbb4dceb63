"""News: what kinds there are, how each is worded, and where its readers are reached."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.utils.functional import _StrPromise


# What a kind of news is about, for the choice of what comes by mail; the last is only offered to who works for the city.
GIVEN, PEOPLE, DECISIONS, TEAM = "given", "people", "decisions", "team"
# When news goes out by mail: by itself and at once, or gathered in a digest.
NOW, DAILY, WEEKLY = "now", "daily", "weekly"


@dataclass(frozen=True)
class Worded:
    """A notice in words: subject and paragraphs of plain text, and the path of the page it is about (no host).

    `mail_path` is where the mail leads instead: a link that proves that its reader owns the address. `brief` is what a digest says
    below the subject, in a line or two ('' = nothing: the subject says it all).
    """

    subject: str
    paragraphs: tuple[str, ...]
    path: str = "/"
    action: str = ""
    mail_path: str = ""
    brief: str = ""


@dataclass(frozen=True)
class NoticeKind:
    """A kind of news. `word(city, notice)` makes the words when it is shown or sent, so that a redaction reaches it;
    it returns None when there is nothing left to say (erased, hidden, withdrawn). The language is already active.
    `rhythm` is when it goes out by mail to who has chosen nothing. A kind that `confirms` has the link by which guests confirm their
    address in its mail, so it alone goes to one that nobody has confirmed. A kind with a `consent` is chosen
    where that is given and withdrawn."""

    key: str
    label: str | _StrPromise
    word: Callable[[Any, Any], Worded | None]
    by_mail: bool = True
    prepare: Callable[[Any, list[Any]], None] | None = None  # (city, notices of this kind): fetch for all at once what `word` needs
    topic: str = GIVEN
    rhythm: str = NOW
    confirms: bool = False
    consent: str = ""  # the key of the purpose without whose consent nobody gets it ('' = it needs none)
    # (city, notices of this kind) whose words have just gone out by mail, in the transaction that notes it; for a room that has to know
    # what of its news could not be said. Maybe twice.
    sent: Callable[[Any, list[Any]], None] | None = None


@dataclass(frozen=True)
class Address:
    """Where a recipient can be reached: mail ('' = none), language code, kinds that were unsubscribed ('*' = all), and the rhythm
    of those kinds for which another than usual was chosen."""

    mail: str
    language: str
    declined: frozenset[str] = frozenset()
    rhythms: Mapping[str, str] = field(default_factory=dict)


def digest_key(rhythm: str) -> str:
    """What stands for all news of a rhythm where a kind of news is named: who declines it declines each kind that comes so."""
    return f"digest.{rhythm}"
