"""The archive of what somebody gave as chapters to read: names for what rooms keep, days and yes and no instead of signs.

The JSON beside it has everything as the rooms name it. What has no name here is work in the team, and keeps the room's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civitas.kit.languages import LABELS
from civitas.people.consents import purposes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from django.utils.functional import _StrPromise

ABOUT, TEAM = gettext_lazy("About you"), gettext_lazy("Your work in the team")
_CHAPTERS = {
    "contributions": gettext_lazy("Your contributions and comments"),
    "drafts": gettext_lazy("Your drafts"),
    "files": gettext_lazy("Your pictures and files"),
    "supports": gettext_lazy("What you support"),
    "follows": gettext_lazy("What you follow"),
    "followed_processes": gettext_lazy("Participations that you follow"),
    "joinings": gettext_lazy("Where you join in"),
    "letters": gettext_lazy("Letters that you wrote"),
    "blocked": gettext_lazy("Whom you blocked"),
    "boards": gettext_lazy("Boards at which you sat"),
    "concepts": gettext_lazy("Concepts on which you write"),
    "sections": gettext_lazy("What you wrote in concepts"),
    "searches": gettext_lazy("Your searches"),
    "flags": gettext_lazy("What you flagged"),
    "flags_of_cards": gettext_lazy("Cards that you flagged"),
    "objections": gettext_lazy("Your objections"),
    "decisions_about_mine": gettext_lazy("What the team decided about yours"),
    "reports": gettext_lazy("What you reported as illegal"),
    "decisions": gettext_lazy("Decisions about illegal content, and at decision points"),
    "questions": gettext_lazy("What you were asked, and what you asked"),
    "merged": gettext_lazy("What of yours was put together with others"),
    "notices": gettext_lazy("News that you got"),
    "told": gettext_lazy("What you were told of your contributions"),
    "journal": gettext_lazy("What stands of you in the public record"),
    "counted": gettext_lazy("How often you are counted"),
    "signed_in": gettext_lazy("Where you signed in"),
    "passkeys": gettext_lazy("Your passkeys"),
    "identities": gettext_lazy("The sign-in service that opens your account"),
    "consents": gettext_lazy("What you agreed to"),
    "suspensions": gettext_lazy("When you were shut out"),
}
_ABOUT = ("pseudonym", "mail", "language", "home_area", "since", "roles", "no_mail_of", "mail_rhythms", "letters_off")
_WHEN, _TEXT, _NUMBER = gettext_lazy("When"), gettext_lazy("Text"), gettext_lazy("Number of the contribution")
_FIELDS = {
    "pseudonym": gettext_lazy("Name"),
    "name": gettext_lazy("Name"),
    "mail": gettext_lazy("Mail address"),
    "language": gettext_lazy("Language"),
    "home_area": gettext_lazy("Your part of the city"),
    "since": gettext_lazy("Since"),
    "roles": gettext_lazy("Roles"),
    "role": gettext_lazy("Role"),
    "no_mail_of": gettext_lazy("No mail about"),
    "mail_rhythms": gettext_lazy("How often mails come"),
    "letters_off": gettext_lazy("No letters wanted"),
    "title": gettext_lazy("Title"),
    "audience": gettext_lazy("For whom"),
    "proposal": gettext_lazy("Proposal"),
    "benefit": gettext_lazy("What gets better"),
    "place_name": gettext_lazy("Place"),
    "lat": gettext_lazy("Latitude"),
    "lon": gettext_lazy("Longitude"),
    "kind": gettext_lazy("Kind"),
    "visibility": gettext_lazy("Visible"),
    "status": gettext_lazy("State"),
    "reason": gettext_lazy("Reason"),
    "reply": gettext_lazy("Your answer"),
    "answer": gettext_lazy("Your answer"),
    "file": gettext_lazy("File"),
    "public": gettext_lazy("For everybody to see"),
    "cards": gettext_lazy("Your cards"),
    "drawer": gettext_lazy("In your drawer"),
    "step": gettext_lazy("Step"),
    "browser": gettext_lazy("Browser"),
    "way": gettext_lazy("Signed in with"),
    "issuer": gettext_lazy("Sign-in service"),
    "subject": gettext_lazy("Your mark there"),
    "until": gettext_lazy("Until"),
    "purpose": gettext_lazy("What for"),
    "version": gettext_lazy("Version of the wording"),
    "terms": gettext_lazy("Terms of use that you agreed to, version"),
    "channel": gettext_lazy("Where"),
    "withdrawn_at": gettext_lazy("Withdrawn"),
    **dict.fromkeys(("at", "given_at", "made_at", "asked_at", "first_at", "linked_at"), _WHEN),
    **dict.fromkeys(("text", "words", "explanation", "objection"), _TEXT),
    **dict.fromkeys(("number", "contribution__number"), _NUMBER),
}
# Codes of these fields, as pages say them.
_CODED: dict[str, Mapping[str, str | _StrPromise]] = {
    "way": {
        "code": gettext_lazy("A mailed code"),
        "passkey": gettext_lazy("A passkey"),
        "password": gettext_lazy("A password"),
        "service": gettext_lazy("A sign-in service"),
    },
    "kind": {
        "idea": gettext_lazy("Idea"),
        "improvement": gettext_lazy("Improvement"),
        "comment": gettext_lazy("Comment"),
        "theme": gettext_lazy("Theme"),
        "concept": gettext_lazy("Concept"),
    },
    "visibility": {
        "waiting": gettext_lazy("Waits for the team"),
        "published": gettext_lazy("Published"),
        "hidden": gettext_lazy("Hidden"),
        "withdrawn": gettext_lazy("Withdrawn"),
    },
    "status": {
        "received": gettext_lazy("Received"),
        "in_review": gettext_lazy("In review"),
        "planned": gettext_lazy("Planned"),
        "in_work": gettext_lazy("In work"),
        "done": gettext_lazy("Done"),
        "not_possible": gettext_lazy("Not possible"),
        "part_of": gettext_lazy("Part of something larger"),
    },
    "language": LABELS,
    "channel": {
        "page": gettext_lazy("On the site"),
        "live": gettext_lazy("On a board"),
        "api": gettext_lazy("By another program"),
        "import": gettext_lazy("By an import"),
        "command": gettext_lazy("By the team"),
    },
}
# The page says it otherwise, or it says nothing to somebody who reads.
_UNSAID = {"addresses", "drawing", "uid", "board"}
_DAY = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")


@dataclass(frozen=True)
class Fact:
    """A line of an entry. `is_file`: the value names a file of the archive."""

    label: str
    value: str
    is_file: bool = False


@dataclass(frozen=True)
class Chapter:
    """A heading with entries of several lines each."""

    title: str
    entries: list[list[Fact]]


def chapters_of(data: Mapping[str, Mapping[str, Any]]) -> list[Chapter]:
    """What all rooms keep (as JSON gives it) as chapters: about the person, what they gave, what they did in the team; empty ones go."""
    kept = [(key, value) for room in data.values() for key, value in room.items() if value not in (None, "", [], {}, False)]
    about = [Fact(_label(key), _coded(key, value)) for key, value in kept if key in _ABOUT]
    found = [Chapter(str(ABOUT), [about])] if about else []
    for key, title in _CHAPTERS.items():
        entries = [entry for known, value in kept if known == key for entry in _entries(value)]
        if entries:
            found.append(Chapter(str(title), entries))
    rest = [(key, value) for key, value in kept if key not in _CHAPTERS and key not in _ABOUT]
    team = [[Fact(_label(key), _said(value))] if not isinstance(value, list) else entry for key, value in rest for entry in _entries(value)]
    return [*found, Chapter(str(TEAM), team)] if team else found


def _entries(value: Any) -> Iterator[list[Fact]]:
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, dict):
            facts = [Fact(_label(key), _coded(key, told), key == "file") for key, told in each.items() if key not in _UNSAID]
            yield [fact for fact in facts if fact.value]
        else:
            yield [Fact("", _said(each))]


def _label(key: str) -> str:
    known = _FIELDS.get(key)
    return str(known) if known else key.replace("__", " ").replace("_", " ").capitalize()


def _coded(key: str, value: Any) -> str:
    codes = {each: purpose.label for each, purpose in purposes().items()} if key == "purpose" else _CODED.get(key, {})
    return str(codes[value]) if isinstance(value, str) and value in codes else _said(value)


def _said(value: Any) -> str:
    """A value in words: yes, a day with its hour, several with commas."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, dict):
        return "\n".join(f"{_label(key)}: {_said(each)}" for key, each in value.items() if each)
    if isinstance(value, list):
        return ("\n" if any(isinstance(each, str) and len(each) > 40 for each in value) else ", ").join(map(_said, value))
    if isinstance(value, str) and _DAY.match(value) and (moment := parse_datetime(value)):
        return date_format(timezone.localtime(moment), "DATETIME_FORMAT")
    return str(value)
