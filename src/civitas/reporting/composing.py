"""What the data say, as the draft of each section: in the city's first language, without anybody's words but by reference.

`[[12]]` names contribution 12, `[[zitat 12]]` quotes it, `[[antwort 12]]` says what it was answered and `[[stand 12 gate-7-3]]` what was
decided about it: they are filled in when the report is read (`reading`), so that what is hidden or blacked out later shows in no report.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from civitas.contributions.models import MADE, Contribution, StatusEvent
from civitas.kit.days import day, last_day
from civitas.kit.privacy import LEAST
from civitas.kit.rooms import rooms
from civitas.kit.templatetags.kit import number
from civitas.processes.models import Step
from civitas.processes.windows import StepState, state_of
from civitas.reporting.figures import reach_of
from civitas.reporting.models import Chapter
from civitas.themes.queries import count_themes_of, themes_of, voices_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from civitas.kit.rooms import Station
    from civitas.processes.models import Process

MOST_THEMES, MOST_LINES = 12, 40
GOING_ON = (Contribution.Status.PLANNED, Contribution.Status.IN_WORK, Contribution.Status.DONE)
Draft = dict[str, str]


def drafts_of(process: Process) -> Draft:
    """The draft of every section, by chapter."""
    with translation.override(process.city.config.languages[0]):
        stations = _stations(process)
        return {
            Chapter.ASKED: _asked(process),
            Chapter.PEOPLE: _people(process),
            Chapter.SAID: _said(process),
            Chapter.HAPPENS: "\n".join([*_answers(process, GOING_ON), *_decided(stations, ("good", "change"))]),
            Chapter.NOT: "\n".join([*_answers(process, (Contribution.Status.NOT_POSSIBLE,)), *_decided(stations, ("bad",))]),
            Chapter.NEXT: _next(process),
        }


def _asked(process: Process) -> str:
    parts = [f"**{process.question}**" if str(process.question) else "", str(process.lead)]
    steps = Step.objects.of(process.city_id).filter(process=process).order_by("position")
    lines = [f"- {step.title}{_when(step)}" for step in steps]
    return "\n\n".join(part for part in [*parts, "\n".join(lines)] if part)


def _when(step: Step) -> str:
    if step.opens_at and step.closes_at:
        return _(": %(first)s until %(last)s") % {"first": day(step.opens_at), "last": day(last_day(step.closes_at))}
    return _(": since %(first)s") % {"first": day(step.opens_at)} if step.opens_at else ""


def _people(process: Process) -> str:
    reach = reach_of(process)
    lines = [
        ngettext("- %(shown)s contribution", "- %(shown)s contributions", reach.contributions) % {"shown": number(reach.contributions)},
        ngettext("- %(shown)s comment", "- %(shown)s comments", reach.comments) % {"shown": number(reach.comments)},
        _("- about %(shown)s people gave or commented") % {"shown": number(reach.people)}
        if reach.people is not None
        else _("- fewer than %(few)s people gave or commented") % {"few": LEAST},
        _("- about %(shown)s people supported something") % {"shown": number(reach.supporters)}
        if reach.supporters is not None
        else _("- fewer than %(few)s people supported something") % {"few": LEAST},
    ]
    text = "\n".join(lines)
    if reach.areas:
        rows = "\n".join(f"| {name} | {number(count)} |" for name, count in reach.areas)
        text += "\n\n" + _("| District | People, about |") + "\n| --- | --- |\n" + rows
    note = _("People are counted in tens, and groups of fewer than %(few)s are not shown, so that nobody can be recognised.") % {
        "few": LEAST
    }
    return f"{text}\n\n{note}"


def _said(process: Process) -> str:
    city = process.city
    parts = []
    for view in themes_of(process, MOST_THEMES):
        theme = view.contribution
        count = ngettext("%(shown)s voice", "%(shown)s voices", view.voices) % {"shown": number(view.voices)}
        quotes = [f"[[zitat {row.number}]]" for row in voices_of(city, theme, sort="supported", size=2).rows]
        parts.append("\n\n".join([f"### [[{theme.number}]]", f"{count}.", *quotes]))
    more = count_themes_of(process) - len(parts) if len(parts) == MOST_THEMES else 0
    if more > 0:
        parts.append(ngettext("And there is %(shown)s more theme.", "And there are %(shown)s more themes.", more) % {"shown": number(more)})
    if parts:
        return "\n\n".join(parts)
    rows = Contribution.objects.of(city).filter(listed=1, process=process).exclude(kind__in=MADE).order_by("-support_total", "-newest_key")
    return "\n\n".join(f"[[zitat {found}]]" for found in rows.values_list("number", flat=True)[:5])


def _answers(process: Process, statuses: Iterable[str]) -> list[str]:
    """Each contribution with such a status, and why: the last official words on it."""
    city = process.city_id
    rows = (
        Contribution.objects.of(city).filter(listed=1, process=process, status__in=list(statuses)).order_by("-support_total", "-newest_key")
    )
    found = list(rows.only("city_id", "number", "status")[:MOST_LINES])
    last: dict[int, StatusEvent] = {}
    events = StatusEvent.objects.of(city).filter(contribution__in=[row.pk for row in found]).exclude(text="").select_related("organisation")
    for event in events.order_by("at", "pk"):
        last[event.contribution_id] = event
    lines = []
    for row in found:
        line = f"- **[[{row.number}]]**: {row.get_status_display()}."
        event = last.get(row.pk)
        if event is not None:
            who = f" ({event.organisation.name}, {day(event.at)})" if event.organisation else f" ({day(event.at)})"
            line += f" [[antwort {row.number}]]{who}"
        lines.append(line)
    more = rows.count() - len(found) if len(found) == MOST_LINES else 0
    if more > 0:
        said = ngettext("- and %(shown)s more contribution", "- and %(shown)s more contributions", more)
        lines.append(said % {"shown": number(more)})
    return lines


def _stations(process: Process) -> list[tuple[int, Station]]:
    """What was decided about the themes, concepts and services of a process, as the rooms above tell it; what was replaced is left out."""
    city = process.city
    rows = Contribution.objects.of(city).filter(listed=1, process=process, kind__in=MADE).order_by("pk")
    numbers = {pk: found or 0 for pk, found in rows.values_list("pk", "number")}
    told = [
        (numbers[key], station)
        for room in rooms()
        if room.stations is not None and numbers
        for key, stations in room.stations(city, numbers.keys()).items()
        for station in stations
        if station.subject
    ]
    told.sort(key=lambda each: (each[1].at, each[1].key))
    return list({(found, station.subject): (found, station) for found, station in told}.values())


def _decided(stations: Iterable[tuple[int, Station]], tones: tuple[str, ...]) -> list[str]:
    marks = [f"- [[stand {found} {station.subject}-{station.key}]]" for found, station in stations if station.tone in tones]
    more = len(marks) - MOST_LINES
    if more > 0:
        said = ngettext("- and %(shown)s more decision", "- and %(shown)s more decisions", more) % {"shown": number(more)}
        return [*marks[:MOST_LINES], said]
    return marks


def _next(process: Process) -> str:
    steps = Step.objects.of(process.city_id).filter(process=process).order_by("position")
    coming = [f"- {step.title}{_when(step)}" for step in steps if state_of(step) in {StepState.OPEN, StepState.PLANNED}]
    return "\n\n".join(part for part in [str(process.result), "\n".join(coming)] if part)
