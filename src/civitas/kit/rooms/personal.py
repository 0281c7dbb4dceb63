"""What a room keeps of a person, and for what it needs their consent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class OwnFile:
    """A file of a person, for the archive of what they gave: its name there, and where it lies in the storage."""

    name: str
    path: str


@dataclass(frozen=True)
class PersonalData:
    """What a room keeps of a person, by participant: export it, erase it, hand it over to another participant on claiming.

    `nameless` is for who leaves and lets the city keep their texts: everything of the person goes, what they gave stays without a name.
    A room without it keeps no such texts, and erases.
    """

    export: Callable[[Any, Any], Mapping[str, Any]]
    erase: Callable[[Any, Any], None]
    adopt: Callable[[Any, Any, Any], None] | None = None  # (city, from participant, to participant)
    titles: Callable[[Any, Any], list[str]] | None = None  # (city, participant): what they gave, newest first, a few
    nameless: Callable[[Any, Any], None] | None = None  # (city, participant)
    files: Callable[[Any, Any], Iterator[OwnFile]] | None = None  # (city, participant)
    # (city, participant, whether texts stay) -> how much it took away: some of what there may be thousands of, in the transaction it is
    # called in. Asked again and again before `erase` or `nameless`, until it gives 0.
    erase_some: Callable[[Any, Any, bool], int] | None = None


@dataclass(frozen=True)
class Taken:
    """Something that a step takes of people, in a sentence that they read before; `purpose` is the key of that for which it asks consent
    ('' = it needs none)."""

    said: str
    purpose: str = ""


@dataclass(frozen=True)
class Purpose:
    """Something that the city may do only with a person's consent, since no task of its own and no wish of theirs covers it.

    `wording` is what the person agrees to, in one to three sentences; `version` counts up with every wording that says something else, and
    asks anew. `asked_by` says where it is asked ("account" = beside where it is withdrawn, "form" = in the form that needs it), and
    `withdrawal` what happens when it is taken back, which `withdraw(city, participant)` does in that transaction.
    """

    key: str
    label: str | _StrPromise
    wording: str | _StrPromise
    version: int
    withdrawal: str | _StrPromise
    asked_by: Literal["account", "form"] = "account"
    withdraw: Callable[[Any, Any], None] | None = None
