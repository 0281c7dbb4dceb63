"""Which contributions somebody wants on a board: those of an earlier step, of the process or of the whole city, under filters."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civitas.boards.bringing import takes
from civitas.boards.brought_models import Brought
from civitas.cities.queries import areas_of
from civitas.contributions.models import MADE, Contribution
from civitas.contributions.queries import SORTS, Filters, listed
from civitas.contributions.words import MOST_MATCHES
from civitas.kit.translated import Translated
from civitas.processes.models import Process, Step
from civitas.processes.queries import categories_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.db.models import QuerySet

    from civitas.boards.models import Board
    from civitas.cities.models import Area
    from civitas.processes.models import Category

CITY, PROCESS = "city", "process"
LONGEST_WORDS = 120
ORDERS = {
    "newest": gettext_lazy("Newest first"),
    "supported": gettext_lazy("Most supported first"),
    "discussed": gettext_lazy("Most discussed first"),
    "fair": gettext_lazy("Little noticed first"),
}
_FAIR = ("response_level", "spin", "pk")
PREVIEWED = 8


@dataclass(frozen=True)
class Choice:
    """One filter of the screen: its name, its label, its values in words, and the one in use."""

    name: str
    label: str
    options: Sequence[tuple[str, str]]
    value: str = ""


@dataclass(frozen=True)
class Asked:
    """What the address asks for; a value that nobody offers is as good as none."""

    filters: Filters
    kinds: frozenset[str]
    step: Step | None
    order: str
    words: str
    choices: Sequence[Choice] = ()
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def query(self) -> str:
        """The address's query that asks for this again."""
        return urlencode(self.values)


@dataclass(frozen=True)
class Found:
    """How many fit and do not lie on the board yet (more than 10,000 are not counted), and the first of them."""

    count: int
    rows: Sequence[Contribution]

    @property
    def is_many(self) -> bool:
        """Whether there are more than anybody counts."""
        return self.count > MOST_MATCHES


def read_choice(query: Mapping[str, str], board: Board) -> Asked:
    """What an address asks for, among what the city has; without a word of it what an earlier step gave last, in its furthest kind."""
    step, city = board.step, board.city
    earlier = _earlier(step)
    furthest = _furthest(board, earlier)
    kinds = takes(step)
    sources = [*((f"step-{each.pk}", _("Step %(number)s: %(title)s") % {"number": each.position, "title": each.title}) for each in earlier)]
    sources += [(PROCESS, _("Everything in “%(process)s”") % {"process": step.process.title}), (CITY, _("Everything in the whole city"))]
    otherwise = (f"step-{furthest[0].pk}", furthest[1]) if furthest else (CITY, "")
    source = _one_of(query.get("from"), sources, otherwise[0])
    words = " ".join(query.get("words", "").split())[:LONGEST_WORDS]
    categories, areas = categories_of(city, None if source == CITY else step.process), areas_of(city)
    offered = [
        Choice("kind", _("Kind"), [("", _("all")), *((value, str(label)) for value, label in _kinds(kinds))]),
        Choice("category", _("Subject"), [("", _("all")), *((each.key, str(each.name)) for each in categories)]),
        Choice("area", str(Translated(city.config.area_name)), [("", _("all")), *((each.key, each.name) for each in areas)]),
        Choice("status", _("Status"), [("", _("all")), *((value, str(label)) for value, label in Contribution.Status.choices)]),
        Choice("order", _("Order"), [(key, str(label)) for key, label in ORDERS.items()]),
    ]
    presets = {"kind": otherwise[1] if "from" not in query else "", "order": "newest"}
    choices = [
        Choice(each.name, each.label, each.options, _one_of(query.get(each.name), each.options, presets.get(each.name, "")))
        for each in offered
        if len(each.options) > 1
    ]
    value = {each.name: each.value for each in choices}
    filters = Filters(
        process=None if source == CITY else step.process,
        category=_by_key(categories, value.get("category", "")),
        areas=_areas(areas, value.get("area", "")),
        status=value.get("status", ""),
        words=words,
    )
    return Asked(
        filters,
        frozenset({value["kind"]}) if value.get("kind") else kinds,
        next((each for each in earlier if source == f"step-{each.pk}"), None),
        value["order"],
        words,
        [Choice("from", _("From where?"), sources, source), *choices],
        {"from": source, **({"words": words} if words else {}), **{name: each for name, each in value.items() if each}},
    )


def chosen(board: Board, asked: Asked) -> QuerySet[Contribution]:
    """What fits and does not lie on the board yet, in its order; nothing that the city does not show, or shows in drafts alone."""
    city = board.city
    rows = listed(city, asked.filters).filter(kind__in=asked.kinds)
    if asked.step is not None:
        rows = rows.filter(step=asked.step)
    drafts = Process.objects.of(city).filter(state=Process.State.DRAFT).exclude(pk=board.step.process_id).order_by("pk")
    if keys := list(drafts.values_list("pk", flat=True)):
        rows = rows.exclude(process__in=keys)
    # What this very step made of its board is no material for it.
    rows = rows.exclude(step=board.step_id).exclude(pk__in=Brought.objects.of(city).filter(board=board).values("contribution"))
    by = _FAIR if asked.order == "fair" else tuple(f"-{name}" for name in SORTS[asked.order])
    return rows.order_by(*by)


def found(board: Board, asked: Asked) -> Found:
    """How many fit, and the first few as a taste; two queries beside that for drafts."""
    rows = chosen(board, asked)
    return Found(
        rows.order_by()[: MOST_MATCHES + 1].values("pk").count(), list(rows.only("city_id", "number", "title", "text")[:PREVIEWED])
    )


def _earlier(step: Step) -> list[Step]:
    """The steps before this one, the nearest first."""
    rows = Step.objects.of(step.city_id).filter(process=step.process_id, position__lt=step.position)
    return list(rows.order_by("-position"))


def _furthest(board: Board, earlier: Sequence[Step]) -> tuple[Step, str] | None:
    """The nearest earlier step that made something the board takes, and the kind that came furthest in it ('' for what people gave)."""
    kinds = takes(board.step)
    for step in earlier:
        rows = Contribution.objects.of(board.city).filter(step=step, listed=1, kind__in=kinds)
        there = set(rows.order_by().values_list("kind", flat=True).distinct())
        if there:
            return step, next((kind for kind in reversed(MADE) if kind in there and kind != Contribution.Kind.RESULT), "")
    return None


def _kinds(kinds: frozenset[str]) -> list[tuple[str, str]]:
    return [(value, str(label)) for value, label in Contribution.Kind.choices if value in kinds]


def _one_of(value: str | None, options: Sequence[tuple[str, str]], otherwise: str) -> str:
    return value if value is not None and value in dict(options) else otherwise


def _by_key(rows: Sequence[Category], key: str) -> Category | None:
    return next((row for row in rows if row.key == key), None)


def _areas(areas: Sequence[Area], key: str) -> tuple[int, ...]:
    """The ids of an area and of all below it."""
    area = next((each for each in areas if each.key == key and key), None)
    return (area.pk, *(below.pk for below in areas if below.parent_id == area.pk)) if area else ()
