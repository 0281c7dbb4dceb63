"""One page about a process for mayor and press: what was asked, who took part, what was said most, what comes next, two voices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from civitas.cockpit.measures import CONCEPT, EVER, PEOPLE, REACH, SERVICE, STAGE, THEME, VOICE
from civitas.cockpit.panels import people_said
from civitas.cockpit.queries import figures, largest
from civitas.contributions.models import Contribution, Tally
from civitas.kit.days import day, last_day
from civitas.kit.privacy import told
from civitas.kit.templatetags.kit import number
from civitas.processes.models import Category

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from civitas.cities.models import City
    from civitas.processes.models import Process
    from civitas.processes.queries import ProcessView

MOST_SAID, VOICES, LONGEST_VOICE = 4, 2, 320


@dataclass(frozen=True)
class Voice:
    """Words that people gave, and who says them."""

    text: str
    who: str
    language: str


@dataclass(frozen=True)
class Brief:
    """What stands on the page."""

    process: Process
    on: dt.date
    figures: Sequence[tuple[str, str]]
    themes: Sequence[tuple[str, str]]
    voices: Sequence[Voice]
    coming: str
    result: str


def brief_of(city: City, view: ProcessView) -> Brief:
    """Put the page together; as many queries however much was given. Where nobody gave anything yet there is nothing to count."""
    process = view.process
    kept = figures(city, process.pk, EVER)
    made = kept.of(STAGE, THEME) + kept.of(STAGE, CONCEPT) + kept.of(STAGE, SERVICE)
    voices, inside = kept.of(STAGE, VOICE), kept.of(REACH, THEME)
    third = (
        (ngettext("theme, concept or service came of them", "themes, concepts and services came of them", made), number(made))
        if made
        else (ngettext("of them is already in a theme", "of them are already in a theme", inside), number(inside))
    )
    counted = [
        (_("people took part"), people_said(told(kept.of(PEOPLE)))),
        (ngettext("idea or improvement", "ideas and improvements", voices), number(voices)),
        third,
    ]
    return Brief(
        process,
        timezone.localdate(),
        counted if voices or made else [],
        _said_most(city, process),
        _voices(city, process),
        _coming(view),
        str(process.result),
    )


def _said_most(city: City, process: Process) -> list[tuple[str, str]]:
    """The largest themes; where there are none yet, the subjects with the most contributions."""
    rows = [row for row in largest(city, THEME, process=process, since=None, until=None) if row.weight]
    # The ledger follows a moment later: what is hidden or put together by now is not named.
    listed = Contribution.objects.of(city).filter(listed=1, pk__in=[row.contribution_id for row in rows])
    titles = dict(listed.values_list("pk", "title")) if rows else {}
    if named := [row for row in rows if row.contribution_id in titles][:MOST_SAID]:
        return [(titles[row.contribution_id], _voices_said(row.weight)) for row in named]
    counts = Tally.objects.of(city).filter(scope=process.pk, dimension="category", count__gt=0).order_by("-count", "value")[:MOST_SAID]
    found = {int(row.value): row.count for row in counts}
    names = Category.objects.of(city).in_bulk(list(found))
    return [(str(names[pk].name), _voices_said(count)) for pk, count in found.items() if pk in names]


def _voices_said(count: int) -> str:
    return ngettext("%(count)s voice", "%(count)s voices", count) % {"count": number(count)}


def _voices(city: City, process: Process) -> list[Voice]:
    """The two public ideas with the most support; what has no words of its own is none."""
    rows = Contribution.objects.of(city).filter(listed=1, process=process, kind__in=["idea", "improvement"])
    rows = rows.select_related("author", "organisation", "area").order_by("-support_total", "-newest_key")[:20]
    found = [Voice(row.teaser[:LONGEST_VOICE], _who(row), row.language) for row in rows if row.text.strip()]
    return found[:VOICES]


def _who(row: Contribution) -> str:
    name = row.speaker or str(_("Someone"))
    return f"{name}, {row.area.name}" if row.area else name


def _coming(view: ProcessView) -> str:
    if view.current:
        until = _("until %(day)s") % {"day": day(last_day(view.current.closes_at))} if view.current.closes_at else _("without an end")
        return _("Open now: %(step)s, %(until)s.") % {"step": view.current.title, "until": until}
    if view.next:
        begins = _("from %(day)s") % {"day": day(view.next.opens_at)} if view.next.opens_at else _("the day is still open")
        return _("Next: %(step)s, %(begins)s.") % {"step": view.next.title, "begins": begins}
    return _("All steps are over.")
