"""Who changed the rules when, and which: read from the journal, which keeps names of settings and codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pydantic
from django.utils.translation import gettext as _

from civitas.journal.queries import entries_about, people_behind
from civitas.kit.schema_forms import in_words, title_of
from civitas.people.models import Participant
from civitas.processes.models import Step
from civitas.processes.policies import PAIRS, Rules

if TYPE_CHECKING:
    import datetime as dt
    from uuid import UUID

    from civitas.cities.models import City
    from civitas.journal.models import Entry
    from civitas.processes.models import Process

MOST = 20
_VERBS = ["rules.changed", "comments.paused", "comments.opened"]


@dataclass(frozen=True)
class Change:
    """One entry: when, by whom ('' where nobody knows any more), and what in words."""

    at: dt.datetime
    who: str
    what: list[str]


def changes_of(city: City, process: Process | None = None) -> list[Change]:
    """The last changes of the city's rules, or of those of a process and its steps; four queries at most."""
    steps: dict[str, Any] = {}
    subjects = [f"city:{city.pk}"]
    if process is not None:
        steps = {f"step:{step.pk}": step for step in Step.objects.of(city).filter(process=process).order_by("position")}
        subjects = [f"process:{process.pk}", *steps]
    entries = entries_about(city, subjects, _VERBS, MOST)
    people = people_behind(city, entries)
    names = {person.uid: person.shown_name for person in Participant.objects.of(city).filter(uid__in=people.values())}
    return [Change(entry.at, _who(entry, people, names), _what(entry, steps.get(entry.subject))) for entry in entries]


def course_of(city: City, process: Process) -> list[Change]:
    """What the team did with a process and its steps, newest first; four queries at most."""
    steps = {f"step:{step.pk}": step for step in Step.objects.of(city).filter(process=process).order_by("position")}
    said = _course_words()
    entries = entries_about(city, [f"process:{process.pk}", *steps], list(said), MOST)
    people = people_behind(city, entries)
    names = {person.uid: person.shown_name for person in Participant.objects.of(city).filter(uid__in=people.values())}
    return [Change(entry.at, _who(entry, people, names), [said[entry.verb] % {"step": steps.get(entry.subject, "")}]) for entry in entries]


def _course_words() -> dict[str, str]:
    return {
        "process.created": _("Draft begun"),
        "process.set": _("Texts changed"),
        "process.published": _("Published"),
        "process.archived": _("Archived"),
        "process.paused": _("Paused"),
        "process.resumed": _("Went on"),
        "process.closed": _("Every step closed"),
        "process.reopened": _("Opened again"),
        "process.mended": _("Proposal of the desk taken up"),
        "step.added": _("Step added: %(step)s"),
        "step.set": _("Step changed: %(step)s"),
        "step.override": _("Opened or closed by hand: %(step)s"),
        "step.extended": _("Extended: %(step)s"),
        "step.moved": _("Step moved: %(step)s"),
        "step.removed": _("Step taken away"),
        "news.added": _("News told"),
        "news.set": _("News changed"),
        "news.removed": _("News taken away"),
        "event.added": _("Date added"),
        "event.set": _("Date changed"),
        "event.removed": _("Date taken away"),
        "document.added": _("Document added"),
        "document.set": _("Document changed"),
        "document.removed": _("Document taken away"),
    }


def _who(entry: Entry, people: dict[UUID, UUID], names: dict[UUID, str]) -> str:
    person = people.get(entry.alias) if entry.alias else None
    return names.get(person, "") if person else ""


def _what(entry: Entry, step: Step | None) -> list[str]:
    if entry.verb == "comments.paused":
        return [_("Comments paused: %(step)s") % {"step": step}]
    if entry.verb == "comments.opened":
        return [_("Comments open again: %(step)s") % {"step": step}]
    return [_setting(name, entry.details) for name in Rules.model_fields if name in entry.details and not _is_said(name, entry.details)]


def _is_said(name: str, details: dict[str, Any]) -> bool:
    return any(name == second and first in details for first, second in PAIRS)


def _setting(name: str, details: dict[str, Any]) -> str:
    title = title_of(Rules, name)
    if name == "words":
        return _said(title, str(details[name]))
    try:
        held = Rules.model_validate({each: value for each, value in details.items() if each != "words"})
    except pydantic.ValidationError:  # a setting as it was long ago
        return title
    return _said(title, in_words(Rules, held, name))


def _said(title: str, words: str) -> str:
    return f"{title} {words}" if title.endswith("?") else f"{title}: {words}"
