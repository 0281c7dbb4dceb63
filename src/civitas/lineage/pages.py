"""The page of a story: its stops in words, for the screen and for paper; also for the rooms that tell the story of their own rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy

from civitas.contributions.models import MADE, Contribution, Link
from civitas.kit import days
from civitas.kit.pdf import may_print, pdf_page
from civitas.kit.templatetags.kit import localized, number
from civitas.lineage.stories import Stop, Story, Voices, story_of
from civitas.lineage.words import FATES, MADE_SAID, count_said, voices_said
from civitas.people.rates import spend

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from django.http import HttpRequest, HttpResponse

Visibility = Contribution.Visibility
_ENDED = {Contribution.Status.DONE, Contribution.Status.NOT_POSSIBLE}


@dataclass(frozen=True)
class Quote:
    """A voice at a stop: what it says, who says it, where more stands."""

    title: str
    text: str
    by: str
    language: str
    url: str
    note: str = ""


@dataclass(frozen=True)
class Told:
    """A stop in words. `about` is what it is about, where that is not what the story is told from; `icon` and `tone` mark it."""

    when: str
    title: str
    icon: str
    about: str = ""
    text: str = ""
    teaser: str = ""  # how what a step made begins, in its language
    who: str = ""
    url: str = ""
    tone: str = ""
    language: str = ""
    state: str = "done"
    is_here: bool = False
    is_big: bool = False  # a contribution or voices, not just something that happened
    quotes: Sequence[Quote] = ()
    areas: Sequence[str] = ()
    notes: Sequence[str] = ()
    more_url: str = ""
    more: str = ""
    odd: int = 0
    last: bool = False


@dataclass(frozen=True)
class Whole:
    """A story in words: how many became what, what was asked, and the stops."""

    counts: Sequence[tuple[str, str]] = ()  # icon and words
    asked: Sequence[tuple[str, str, str]] = ()  # question, process, address
    stops: Sequence[Told] = field(default_factory=list)
    left_out: str = ""

    @property
    def is_short(self) -> bool:
        """Whether nothing came before it, and nothing of it yet."""
        return len(self.stops) <= 1


_ICONS = {
    Contribution.Kind.THEME: "group",
    Contribution.Kind.CONCEPT: "note",
    Contribution.Kind.RESULT: "equal",
    Contribution.Kind.MEASURE: "tools",
    Contribution.Kind.SERVICE_STORY: "hands",
}
_TONES = {"good": "check", "bad": "minus", "change": "merge", "": "info"}
_GONE = {
    Visibility.ERASED: ngettext_lazy(
        "%(shown)s voice whose words were erased on request", "%(shown)s voices whose words were erased on request", "count"
    ),
    Visibility.WITHDRAWN: ngettext_lazy(
        "%(shown)s voice that was taken back by who gave it", "%(shown)s voices that were taken back by who gave them", "count"
    ),
    Visibility.HIDDEN: ngettext_lazy("%(shown)s voice that is not shown any more", "%(shown)s voices that are not shown any more", "count"),
}


def whole_of(story: Story) -> Whole:
    """A story in words, in the active language; no query."""
    groups = sum(stop.voices is not None for stop in story.stops)
    several = sum(stop.is_start for stop in story.stops) > 1
    stops = [_told(stop, groups=groups, several=several) for stop in story.stops]
    if stops and (last := story.stops[-1]).row.status not in _ENDED:
        stops[-1] = _with(stops[-1], state="now" if last.station is None or last.station.tone != "bad" else "done")
    stops = [_with(told, odd=index % 2, last=index == len(stops) - 1) for index, told in enumerate(stops)]
    asked = []
    for process in story.processes:
        question = str(process.question or "")
        if question and not process.is_standing and process.state != process.State.DRAFT:
            asked.append((question, str(process.title), reverse("process", args=[process.slug])))
    left_out = ""
    if story.left_out:
        left_out = ngettext(
            "%(shown)s more contribution is part of this story; it is reached from those that stand here.",
            "%(shown)s more contributions are part of this story; they are reached from those that stand here.",
            story.left_out,
        ) % {"shown": number(story.left_out)}
    return Whole(_counts(story.counts), asked, stops, left_out)


def _with(told: Told, **changes: Any) -> Told:
    return Told(**{**told.__dict__, **changes})


def _counts(counts: Mapping[str, int]) -> list[tuple[str, str]]:
    voices = counts.get("", 0)
    found = [("chat", voices_said(voices))] if voices else []
    return found + [(_ICONS[Contribution.Kind(kind)], count_said(kind, counts[kind])) for kind in MADE if counts.get(kind)]


def _told(stop: Stop, *, groups: int, several: bool) -> Told:
    if stop.voices is not None:
        return _voices_told(stop.voices, several=groups > 1)
    row = stop.row
    about = "" if stop.generation == 0 and not several else _named(row)
    if stop.station is not None:
        station = stop.station
        icon = _TONES[station.tone]
        url = localized(station.path) if station.path and station.path != row.path else ""
        when, tone = days.day(stop.at), station.tone or "plain"
        return Told(when, station.title, icon, about=about, text=station.text, who=station.who, url=url, tone=tone, language=row.language)
    said = ""
    if stop.generation > 0:
        said = str(MADE_SAID.get(Contribution.Kind(row.kind)) or (FATES[Link.Kind(stop.link)] if stop.link else ""))
    teaser = "" if row.visibility != Visibility.PUBLISHED else row.teaser
    quotes = [Quote("", teaser, "", row.language, "")] if teaser and not row.is_made else []
    return Told(
        when=days.day(stop.at),
        title=row.title or _("A contribution whose words were erased on request"),
        icon=_ICONS.get(Contribution.Kind(row.kind), "idea"),
        about=_("Service") if row.kind == Contribution.Kind.SERVICE_STORY else row.get_kind_display(),
        text=said,
        who=_author(row),
        url=localized(row.path) if row.visibility == Visibility.PUBLISHED else "",
        language=row.language,
        is_here=stop.is_start and not several,
        is_big=True,
        teaser=teaser if row.is_made else "",
        quotes=quotes,
    )


def _named(row: Contribution) -> str:
    if row.kind == Contribution.Kind.SERVICE_STORY and row.title:  # its title says of itself that it is the story of a service
        return row.title
    return _("%(kind)s “%(title)s”") % {"kind": row.get_kind_display(), "title": row.title} if row.title else row.get_kind_display()


def _author(row: Contribution) -> str:
    office = row.process.organisation if row.is_made else None
    return row.speaker or (str(office.name) if office else "")


def _voices_told(voices: Voices, *, several: bool) -> Told:
    first, last = days.day(voices.first), days.day(voices.last)
    when = first if first == last else _("%(first)s to %(last)s") % {"first": first, "last": last}
    title = voices_said(voices.count)
    notes = gone_said(voices.gone)
    if voices.merged:
        merged = ngettext("%(shown)s was put together with a similar one", "%(shown)s were put together with similar ones", voices.merged)
        notes.append(merged % {"shown": number(voices.merged)})
    if voices.declined:
        declined = ngettext(
            "To %(shown)s of them the city said that it is not possible; the reason stands with it",
            "To %(shown)s of them the city said that it is not possible; the reason stands with each",
            voices.declined,
        )
        notes.append(declined % {"shown": number(voices.declined)})
    shown = voices.count - sum(voices.gone.values())
    return Told(
        when=when,
        title=title,
        icon="chat",
        about=_("for “%(title)s”") % {"title": voices.into.title} if several else "",
        is_big=True,
        quotes=[_quote(row) for row in voices.rows],
        areas=[_("%(area)s: %(count)s") % {"area": area, "count": number(count)} for area, count in voices.areas] if shown > 1 else (),
        notes=notes,
        more_url=reverse("story_voices", args=[voices.into.number]) if shown > len(voices.rows) else "",
        more=_("Read all %(count)s") % {"count": number(shown)},
    )


def gone_said(gone: Mapping[str, int]) -> list[str]:
    """How many voices are not shown, and why, in words."""
    return [str(said % {"shown": number(gone[key]), "count": gone[key]}) for key, said in _GONE.items() if gone.get(key)]


def _quote(row: Contribution) -> Quote:
    where = row.area.name if row.area else row.place_name
    who = ", ".join(filter(None, [_author(row) or _("Someone"), where, days.day(row.given_at)]))
    note = _("put together with a similar one") if row.merged_into_id else ""
    if row.status == Contribution.Status.NOT_POSSIBLE:
        note = _("not possible")
    return Quote(row.title, row.teaser if row.teaser != row.title else "", who, row.language, localized(row.path), note)


def story_page(
    request: HttpRequest, rows: Iterable[Contribution], *, title: str, back: tuple[str, str], pdf_url: str, language: str = ""
) -> HttpResponse:
    """The page of the story of these contributions. `back` is where it belongs to: words and address; `pdf_url` takes a POST."""
    context = {"whole": whole_of(story_of(request.city, rows)), "title": title, "back": back, "pdf_url": pdf_url, "language": language}
    return render(request, "lineage/story.html", context)


def story_pdf(request: HttpRequest, rows: Iterable[Contribution], *, title: str, name: str, path: str, language: str = "") -> HttpResponse:
    """The same on paper; counted, since making it costs seconds. `name` is the file's, `path` the address of the page."""
    may_print().require()
    spend(request.actor, "print")
    address = request.build_absolute_uri(localized(path))
    context = {"whole": whole_of(story_of(request.city, rows)), "title": title, "address": address, "language": language}
    return pdf_page(request, "lineage/story_pdf.html", context, name=name)
