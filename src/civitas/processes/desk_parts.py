"""What the desk of a process shows, part by part: texts beside each other, steps, people, what was told, rules, and what can be done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pydantic
from django.db.models import Prefetch
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from civitas.kit.days import last_day
from civitas.kit.languages import LABELS, html_language
from civitas.kit.schema_forms import in_words
from civitas.kit.translated import KEYS
from civitas.media.models import Derivative, MediaFile
from civitas.processes.calendars import where_of
from civitas.processes.cards import when_of
from civitas.processes.checks import kinds_given
from civitas.processes.effects import Ground, section_effects
from civitas.processes.models import Document, News, Process, Step
from civitas.processes.policies import rules_of
from civitas.processes.queries import LONGEST_LIST, categories_of, events_of
from civitas.processes.registry import methods
from civitas.processes.rules import are_paused, may_move_step
from civitas.processes.windows import StepState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from civitas.cities.models import City
    from civitas.kit.translated import Translated
    from civitas.people.actors import Actor
    from civitas.processes.checks import Misfit
    from civitas.processes.queries import ProcessView, RailStep


@dataclass(frozen=True)
class Cell:
    """A text in one language: its name, the `lang` of the text, and the text or ''."""

    language: str
    lang: str
    text: str


@dataclass(frozen=True)
class Line:
    """A text in every language of the city."""

    label: str
    cells: list[Cell]

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing in any language."""
        return not any(cell.text for cell in self.cells)


@dataclass(frozen=True)
class Act:
    """Something that can be done with a process now: what it means, who hears of it, and the button."""

    key: str
    title: str
    means: str
    told: str
    verb: str
    icon: str
    is_first: bool = False


def languages_of(city: City) -> list[tuple[str, str, str]]:
    """Name, key and `lang` of the city's languages, as columns."""
    return [(str(LABELS[code]), KEYS[code], html_language(code)) for code in city.config.languages]


def lines_of(city: City, texts: Iterable[tuple[str, Translated]]) -> list[Line]:
    """Texts side by side."""
    columns = languages_of(city)
    return [Line(label, [Cell(name, lang, str(text.get(key, ""))) for name, key, lang in columns]) for label, text in texts]


def steps_of(actor: Actor, view: ProcessView) -> list[dict[str, Any]]:
    """The steps as the desk lists them, with where each may move."""
    rail, found = view.rail, []
    for index, item in enumerate(rail):
        free = bool(may_move_step(actor, item.step))
        found.append(
            {
                **_step(item),
                "number": index + 1,
                "up": rail[index - 1].step.position if free and index and may_move_step(actor, rail[index - 1].step) else 0,
                "down": rail[index + 1].step.position
                if free and index + 1 < len(rail) and may_move_step(actor, rail[index + 1].step)
                else 0,
                "may_go": free and (len(rail) > 1 or view.process.state == Process.State.DRAFT),
            }
        )
    return found


def _step(item: RailStep) -> dict[str, Any]:
    step = item.step
    method = methods().get(step.method)
    return {
        "step": step,
        "state": "paused" if item.state is StepState.OPEN and step.process.is_paused else item.state.value,
        "when": when_of(step, item.state),
        "method": str(method.name) if method else step.method,
        "picture": mark_safe(method.card.picture) if method else "",  # noqa: S308  (cleaned by kit.svg when the card was read)
        "paused": are_paused(step),
        "who": _who(step),
        "lacking": [name for name, key, _lang in languages_of(step.process.city) if not step.title.get(key)],
    }


def _who(step: Step) -> str:
    method = methods().get(step.method)
    try:
        return in_words(method.settings, method.settings_of(step), "who") if method else ""
    except pydantic.ValidationError:
        return ""


def cards_to_choose(view: ProcessView, choices: Iterable[Any]) -> list[dict[str, Any]]:
    """The building blocks that a further step can run, each with its drawing and whether it finds here what it works with."""
    given = set().union(*(kinds_given(item.step) for item in view.rail))
    found = []
    for choice in choices:
        method = methods()[str(choice.data["value"])]
        picture = mark_safe(method.card.picture)  # noqa: S308  (cleaned by kit.svg when the card was read)
        found.append({"choice": choice, "method": method, "picture": picture, "fits": not method.takes or bool(method.takes & given)})
    return sorted(found, key=lambda card: not card["fits"])


def news_rows(city: City, process: Process) -> list[dict[str, Any]]:
    """All news, those to come as well, newest first."""
    rows = News.objects.of(city).filter(process=process).order_by("-published_at", "-pk")[:LONGEST_LIST]
    now = timezone.now()
    return [{"row": row, "waits": row.published_at > now, "lacking": _lacking(city, row.title, row.body)} for row in rows]


def event_rows(city: City, process: Process) -> list[dict[str, Any]]:
    """All dates, soonest first, with where they take place."""
    now = timezone.now()
    return [
        {"row": row, "where": where_of(row), "is_over": row.ends_at <= now, "lacking": _lacking(city, row.title)}
        for row in events_of(city, process)
    ]


def document_rows(city: City, process: Process) -> list[dict[str, Any]]:
    """All documents in their order, with what a reader of a screen needs to hear of each; two queries."""
    files = Prefetch("file__derivatives", Derivative.objects.of(city).order_by("pk"))
    rows = Document.objects.of(city).filter(process=process).select_related("file").prefetch_related(files).order_by("position", "pk")
    return [{"row": row, "note": _file_note(row.file), "lacking": _lacking(city, row.title)} for row in rows[:LONGEST_LIST]]


def topic_rows(city: City, process: Process) -> dict[str, Any]:
    """The process's own subjects in their order; where there are none, the names of the city's. One query."""
    found = categories_of(city, process)
    own = [row for row in found if row.process_id]
    topics = [{"row": row, "lacking": _lacking(city, row.name)} for row in own]
    return {"topics": topics, "city_topics": [] if own else [str(row.name) for row in found]}


def _file_note(file: MediaFile | None) -> str:
    if file is None:
        return ""
    if file.state == MediaFile.State.WAITING:
        return _("is being checked")
    return _("could not be read; please choose another file") if file.state == MediaFile.State.REFUSED else _("a file here")


def _lacking(city: City, *texts: Translated) -> list[str]:
    return [name for name, key, _lang in languages_of(city) if not all(text.get(key) for text in texts)]


def rules_said(city: City, process: Process) -> list[str]:
    """What holds here when people write, in a few sentences; no query."""
    rules, ground = rules_of(city, process), Ground(city, process)
    return [sentence for section in ("check", "comments", "promises") for sentence in section_effects(section, rules, ground)]


def step_to_extend(view: ProcessView) -> Step | None:
    """The step that an extension is about: the one that is open, else the last that has closed."""
    if view.current:
        return view.current if view.current.closes_at else None
    over = [item.step for item in view.rail if item.state is not StepState.PLANNED and item.step.closes_at]
    return over[-1] if over else None


def acts_of(view: ProcessView, found: Sequence[Misfit]) -> list[Act]:
    """What can be done with the process now, the most likely first."""
    process = view.process
    if process.state == Process.State.DRAFT:
        hindering = sum(misfit.hinders for misfit in found)
        return [_publishing(hindering)]
    if process.state == Process.State.ARCHIVED:
        means = _("It stands among the processes again, and its steps follow their windows.")
        return [Act("published", _("Bring it back"), means, _nobody(), _("Publish again"), "eye", is_first=True)]
    acts = []
    if process.is_paused:
        means = _("The steps follow their windows again. A window that ended meanwhile stays over: extend the step then.")
        acts.append(Act("running", _("Go on"), means, _nobody(), _("Go on"), "play", is_first=True))
    if step_to_extend(view):
        told = _("Who sits at a board hears a day before its new end. The page shows the new end at once.")
        means = _("The step lasts longer, or opens again. You can set its end earlier again at the step.")
        acts.append(Act("extend", _("Extend"), means, told, _("Extend"), "calendar"))
    if process.is_standing:
        return acts
    if not process.is_paused and view.current:
        means = _("Nobody can write, support or move anything until you go on. Everything stays to be read, and the page says so.")
        acts.append(Act("paused", _("Pause"), means, _nobody(), _("Pause"), "clock"))
    if not view.is_over:
        means = _("Every step closes now, also those to come. Contributions, news and results stay to be read.")
        acts.append(Act("closed", _("Close"), means, _nobody(), _("Close all steps"), "lock"))
    if any(item.step.override == Step.Override.CLOSED for item in view.rail):
        means = _("The steps that were closed by hand follow their windows again.")
        acts.append(Act("reopened", _("Open again"), means, _nobody(), _("Open again"), "undo"))
    means = _("It stands among what is over and takes nothing more. People can still read it, and you can bring it back.")
    return [*acts, Act("archived", _("Archive"), means, _nobody(), _("Archive"), "book")]


def _publishing(hindering: int) -> Act:
    means = _("Everybody sees the page, and the steps open by their windows. It does not become a draft again.")
    if hindering:
        means = ngettext(
            "One thing has to be put right before. It stands above.",
            "%(number)s things have to be put right before. They stand above.",
            hindering,
        ) % {"number": hindering}
    told = _("It stands in the list and in the feed of processes. Nobody gets a mail.")
    return Act("published", _("Publish"), means, told, _("Publish"), "eye", is_first=True)


def _nobody() -> str:
    return _("Nobody gets a mail; the page says it.")


@dataclass(frozen=True)
class Next:
    """What a process needs next, in a sentence, and where that is done; `is_due` where somebody waits for it."""

    text: str
    part: str
    is_due: bool = False


def next_of(view: ProcessView, found: Sequence[Misfit], now: Any = None) -> Next:
    """The one thing that a process needs next."""
    process, hindering = view.process, sum(misfit.hinders for misfit in found)
    if process.state == Process.State.ARCHIVED:
        return Next(_("Nothing more to do"), "stand")
    if hindering:
        said = ngettext("One thing does not fit yet", "%(number)s things do not fit yet", hindering) % {"number": hindering}
        return Next(said, "passt", is_due=True)
    if process.state == Process.State.DRAFT:
        return Next(_("Ready to be published"), "stand", is_due=True)
    if process.is_paused:
        return Next(_("Takes a break: go on when it is time"), "stand", is_due=True)
    if view.is_over:
        return Next(_("Over, with a result"), "ergebnis") if process.result else Next(_("Write the result"), "ergebnis", is_due=True)
    if view.closes_at and (view.closes_at - (now or timezone.now())).days < 7:
        return Next(_("Ends soon: extend it or prepare what comes next"), "stand", is_due=True)
    if view.current:
        return Next(_("Runs by itself"), "schritte")
    return (
        Next(_("Begins by itself"), "schritte")
        if view.next and view.next.opens_at
        else Next(_("Open the first step"), "schritte", is_due=True)
    )


def ends_on(view: ProcessView) -> Any:
    """The last day of the process, where it has one."""
    return last_day(view.ends_at) if view.ends_at else None
