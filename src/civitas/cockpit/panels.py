"""What the cockpit shows, made of the kept figures: each panel with its chart and with the rows that CSV and brief print too.

Figures of people pass `privacy` here and nowhere else; what comes out is what everybody gets.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from civitas.cockpit.charts import Bar, Chart, Curve, Stage, bar_rows, curves_of, dot_funnel, shown
from civitas.cockpit.definitions import ACT_NAMES, CHANNEL_NAMES, DEFINITIONS, STAGE_NAMES
from civitas.cockpit.measures import (
    ACT,
    AREA,
    CHANNEL,
    CONCEPT,
    NEW,
    PEOPLE,
    REACH,
    SERVICE,
    STAGE,
    THEME,
    VOICE,
    WAITS,
    monday_of,
    week_of,
)
from civitas.cockpit.queries import WEEKS, Figures, areas_of, figures, largest, voices_by_week
from civitas.kit.days import day
from civitas.kit.privacy import LEAST, told, told_cells

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from django.utils.functional import _StrPromise

    from civitas.cities.models import Area, City
    from civitas.cockpit.queries import Period
    from civitas.processes.models import Process

FIGURES = ("funnel", "people", "areas", "channels", "depth", "weeks")
# What is had as a table alone.
TABLES = ("portfolio", "overdue")
AREAS_DRAWN, CURVES_DRAWN = 8, 8
SILENT_WEEKS = 3


@dataclass(frozen=True)
class Asked:
    """What is looked at: a city or one of its processes, in a span of time, today."""

    city: City
    process: Process | None
    period: Period
    today: dt.date

    @property
    def scope(self) -> int:
        """Under which the figures are kept."""
        return self.process.pk if self.process else 0


@dataclass(frozen=True)
class Panel:
    """A part of the page: what it is called, what it means, its chart, and its rows for a table of its own (CSV)."""

    key: str
    title: str
    chart: Chart
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def definition(self) -> Sequence[str | _StrPromise]:
        """What it means, sentence by sentence."""
        return DEFINITIONS[self.key]

    @property
    def csv_path(self) -> str:
        """Where its rows are had as a table."""
        return reverse(f"cockpit_csv_{self.key}")


def people_said(count: int | None) -> str:
    """A figure of people in words: rounded, or not shown."""
    return _("about %(count)s") % {"count": shown(count)} if count is not None else _("not shown")


def funnel_panel(asked: Asked, kept: Figures) -> Panel:
    """From the voice to the service, with what is waiting and how long the way takes."""
    city, period = asked.city, asked.period
    made = {
        stage: largest(city, stage, process=asked.process, since=period.since, until=period.until) for stage in (THEME, CONCEPT, SERVICE)
    }
    stages = []
    for stage, name in STAGE_NAMES.items():
        days = kept.median_days(stage)
        way = ngettext("%(days)s day", "%(days)s days", days) % {"days": shown(days)} if days is not None else ""
        rows = made.get(stage, [])
        stages.append(
            Stage(
                str(name),
                kept.of(STAGE, stage),
                _stage_note(stage, kept),
                way,
                [row.weight for row in rows],
                waiting=kept.of(WAITS, stage) if stage == VOICE else 0,
                waits=frozenset(index for index, row in enumerate(rows) if row.waits),
            )
        )
    title = _("From the voice to the service")
    said = _("Each dot is a voice, each disc shows how many voices stand behind it.")
    headings = (_("Stage"), _("Number of them"), _("What there is to say"), _("Until the next (median)"))
    chart = dot_funnel("funnel", title, stages, said=said, headings=headings)
    names = (
        _("Stage"),
        _("Number of them"),
        _("Voices that have come so far"),
        _("Share of voices, percent"),
        _("Waiting"),
        _("Days to the next (median)"),
    )
    voices = kept.of(STAGE, VOICE)
    rows_out = tuple(
        (
            str(name),
            str(kept.of(STAGE, stage)),
            str(kept.of(REACH, stage)),
            str(round(100 * kept.of(REACH, stage) / voices)) if voices else "",
            str(kept.of(WAITS, stage)) if stage < SERVICE else "",
            str(kept.median_days(stage)) if kept.median_days(stage) is not None else "",
        )
        for stage, name in STAGE_NAMES.items()
    )
    return Panel("funnel", title, chart, names, rows_out)


def _stage_note(stage: int, kept: Figures) -> str:
    waits = kept.of(WAITS, stage)
    if stage == VOICE:
        return (
            ngettext("%(count)s still waits for a theme", "%(count)s still wait for a theme", waits) % {"count": shown(waits)}
            if waits
            else ""
        )
    voices, share = kept.of(REACH, stage), kept.of(STAGE, VOICE)
    if not kept.of(STAGE, stage):
        return _("nothing of it yet")
    note = ngettext("from %(count)s voice", "from %(count)s voices", voices) % {"count": shown(voices)}
    if share and voices:
        note += f" ({round(100 * voices / share)} %)"
    if stage == THEME and waits:
        note += ", " + ngettext("%(count)s without an answer", "%(count)s without an answer", waits) % {"count": shown(waits)}
    if stage == CONCEPT and waits:
        note += ", " + ngettext("%(count)s waits for a decision", "%(count)s wait for a decision", waits) % {"count": shown(waits)}
    return note


@dataclass(frozen=True)
class People:
    """How many took part, how many of them for the first time; None is not shown."""

    all: int | None
    new: int | None
    back: int | None


def people_of(asked: Asked, kept: Figures) -> People:
    """Everybody who took part; in all time nobody comes back, so that new ones are told of a span alone."""
    together, new = kept.of(PEOPLE), kept.of(NEW)
    if not asked.period.span:
        return People(told(together), None, None)
    parts = told_cells({"new": new, "back": together - new})
    return People(told(together), parts["new"], parts["back"])


def areas_panel(asked: Asked, kept: Figures, areas: Mapping[int, Area]) -> Panel:
    """People by district, against the population where it was entered."""
    exact = kept.cells(AREA)
    # Every district is a cell, also where nobody was heard: what is not shown does not say that somebody was.
    cells = told_cells({key: exact.get(key, 0) for key in areas})
    order = sorted(cells, key=lambda key: (-(cells[key] or 0), areas[key].name))
    rows = tuple(
        (areas[key].name, people_said(cells[key]), shown(areas[key].population), _per_thousand(cells[key], areas[key])) for key in order
    )
    bars = [
        Bar(areas[key].name, cells[key], " · ".join(filter(None, [people_said(cells[key]), _per_thousand_said(cells[key], areas[key])])))
        for key in order
        if cells[key] is not None
    ][:AREAS_DRAWN]
    hidden = sum(value is None for value in cells.values())
    said = (
        ngettext("%(count)s district is not shown.", "%(count)s districts are not shown.", hidden) % {"count": shown(hidden)}
        if hidden
        else ""
    )
    title = _("People by district")
    said = said or (_("Most: %(what)s.") % {"what": bars[0].label} if bars else _("Too few people to show this."))
    chart = bar_rows("areas", title, bars, said=said, headings=(_("District or quarter"), _("People")))
    return Panel("areas", title, chart, (_("District or quarter"), _("People"), _("Population"), _("To a thousand")), rows)


def _per_thousand(people: int | None, area: Area) -> str:
    return shown(round(1_000 * people / area.population)) if people is not None and area.population else "–"


def _per_thousand_said(people: int | None, area: Area) -> str:
    if people is None or not area.population:
        return ""
    return _("%(count)s to a thousand") % {"count": _per_thousand(people, area)}


def channels_panel(_asked: Asked, kept: Figures) -> Panel:
    """People by the way they came."""
    return _parts("channels", _("By which way"), CHANNEL_NAMES, kept.cells(CHANNEL), _("Way"))


def depth_panel(_asked: Asked, kept: Figures) -> Panel:
    """People by what they did."""
    return _parts("depth", _("How deep it goes"), ACT_NAMES, kept.cells(ACT), _("What people did"))


def _parts(key: str, title: str, names: Mapping[int, str | _StrPromise], exact: Mapping[int, int], first: str) -> Panel:
    cells = told_cells({value: exact.get(value, 0) for value in names})
    bars = [Bar(str(names[value]), cells[value], people_said(cells[value])) for value in names]
    largest_one = max((value for value in cells if cells[value] is not None), key=lambda value: cells[value] or 0, default=None)
    said = _("Most: %(what)s.") % {"what": names[largest_one]} if largest_one is not None else _("Too few people to show this.")
    headings = (first, _("People"))
    return Panel(
        key, title, bar_rows(key, title, bars, said=said, headings=headings), headings, tuple((bar.label, bar.text) for bar in bars)
    )


@dataclass(frozen=True)
class Weeks:
    """The small curves, and the districts that are only named."""

    panel: Panel
    quiet: tuple[str, ...]


def weeks_panel(asked: Asked, areas: Mapping[int, Area]) -> Weeks:
    """Voices by week and district, the most first."""
    last = week_of(asked.today)
    weeks = voices_by_week(asked.city, asked.scope, last)
    weeks.pop(0, None)  # what lies in no district
    heard = sorted((key for key in weeks if key in areas), key=lambda key: (-sum(weeks[key]), areas[key].name))
    loud = [key for key in heard if sum(weeks[key]) >= LEAST]
    dates = [day(monday_of(last - WEEKS + 1 + index)) for index in range(WEEKS)]
    curves = [Curve(areas[key].name, weeks[key], sum(weeks[key]), *_how_it_goes(weeks[key])) for key in loud[:CURVES_DRAWN]]
    title = _("Where we are heard, and where not")
    chart = curves_of(
        "weeks", title, curves, dates, said=_("Voices a week, twelve weeks, one scale for all."), first=_("District or quarter")
    )
    rows = tuple((areas[key].name, *(str(value) for value in weeks[key]), str(sum(weeks[key]))) for key in loud)
    panel = Panel("weeks", title, chart, (_("District or quarter"), *dates, _("Together")), rows)
    return Weeks(panel, tuple(areas[key].name for key in heard if key not in loud))


def _how_it_goes(values: Sequence[int]) -> tuple[str, str]:
    """A curve in a few words, and whether it asks for attention."""
    silent = next((index for index, value in enumerate(reversed(values)) if value), len(values))
    if silent >= SILENT_WEEKS:
        return ngettext("silent for %(count)s week", "silent for %(count)s weeks", silent) % {"count": silent}, "wait"
    before, lately = sum(values[-8:-4]), sum(values[-4:])
    if lately >= 2 * before and lately >= 6:
        return _("more than twice as many as a month ago") if before else _("new here since last month"), ""
    if lately > 1.2 * before:
        return _("grows"), ""
    if lately < 0.5 * before:
        return _("less than half of a month ago"), "wait"
    if lately < 0.8 * before:
        return _("ebbs a little"), ""
    return _("steady"), ""


def panels_of(asked: Asked) -> dict[str, Panel]:
    """All panels with rows of their own; four queries and three for the discs."""
    kept, areas = figures(asked.city, asked.scope, asked.period.span), areas_of(asked.city)
    people = people_of(asked, kept)
    found = [
        funnel_panel(asked, kept),
        _people_panel(people),
        areas_panel(asked, kept, areas),
        channels_panel(asked, kept),
        depth_panel(asked, kept),
        weeks_panel(asked, areas).panel,
    ]
    return {panel.key: panel for panel in found}


def _people_panel(people: People) -> Panel:
    bars = [Bar(_("Together"), people.all, people_said(people.all))]
    if people.new is not None or people.back is not None:
        bars += [Bar(_("For the first time"), people.new, people_said(people.new)), Bar(_("Again"), people.back, people_said(people.back))]
    title, headings = _("People"), (_("Who"), _("People"))
    chart = bar_rows("people", title, bars, said=title, headings=headings)
    return Panel("people", title, chart, headings, tuple((bar.label, bar.text) for bar in bars))
