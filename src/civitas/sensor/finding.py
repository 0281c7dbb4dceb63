"""What somebody looks for in the navigator, and what of the directory fits; no query."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civitas.kit.folding import folded
from civitas.kit.geometry import read_box
from civitas.kit.ids import made_at
from civitas.processes.models import Process
from civitas.sensor.filters import LONGEST_WORDS, VIEWS, Wish

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from civitas.kit.geometry import Box
    from civitas.processes.models import Event
    from civitas.processes.queries import ProcessView
    from civitas.sensor.directory import Directory, Town

SHOWS = {"open": gettext_lazy("Open now"), "soon": gettext_lazy("Begins soon"), "dates": gettext_lazy("Dates")}
_PARTS = list(SHOWS)
_FAR = dt.datetime.max.replace(tzinfo=dt.UTC)


@dataclass(frozen=True, kw_only=True)
class Seek(Wish):
    """What the address of the navigator asks for: folded words, a city, what to show, how much say, a part of the map."""

    words: tuple[str, ...] = ()
    town: Town | None = None
    show: str = ""
    say: str = ""
    box: Box | None = None

    @property
    def is_bare(self) -> bool:
        """Whether nothing is filtered."""
        return not self.labels


@dataclass(frozen=True)
class Entry:
    """A process that is open or begins soon, or a date: one row of the list."""

    part: str
    town: Town
    process: Process
    words: str
    at: dt.datetime  # by which the part is sorted: when it closes, opens or takes place
    published_at: dt.datetime
    view: ProcessView | None = None
    event: Event | None = None

    @property
    def key(self) -> str:
        """What marks it on the map and in the list."""
        return str(self.event.uid if self.event else self.process.uid)

    @property
    def title(self) -> str:
        """What it is called, in the page's language."""
        return str(self.event.title) if self.event else str(self.process.question) or str(self.process.title)

    @property
    def point(self) -> tuple[float, float]:
        """Where it is: a date at its place, a process in the middle of its city."""
        place = self.event.place if self.event else None
        return (place.lat, place.lon) if place and place.lat is not None and place.lon is not None else self.town.point


@dataclass(frozen=True)
class Found:
    """What fits: rows in order, cities by name, and how many each value of a filter would leave."""

    seek: Seek
    entries: list[Entry]
    towns: list[Town]
    offered: dict[str, Counter[str]] = field(default_factory=dict)

    @cached_property
    def counts(self) -> Counter[str]:
        """How many rows each part of the list has."""
        return Counter(entry.part for entry in self.entries)

    @cached_property
    def _by_town(self) -> dict[int, list[Entry]]:
        sorted_in: dict[int, list[Entry]] = {}
        for entry in self.entries:
            sorted_in.setdefault(entry.town.city.pk, []).append(entry)
        return sorted_in

    def of_town(self, town: Town) -> list[Entry]:
        """What was found in a city, in the list's order."""
        return self._by_town.get(town.city.pk, [])


def say_choices() -> list[tuple[str, str]]:
    """The degrees of say as values of the filter."""
    return [(str(value), str(label)) for value, label in Process.Say.choices]


def read_seek(query: Mapping[str, str], known: Directory) -> Seek:
    """What an address asks for, among what there is. A value that nobody offers is as good as none."""
    found: dict[str, Any] = {}
    labels: dict[str, str] = {}
    words = " ".join(query.get("words", "").split())[:LONGEST_WORDS]
    if folded(words):
        found["words"], labels["words"] = tuple(folded(words).split()), words
    town = next((town for town in known.towns if town.city.slug == query.get("city")), None)
    if town:
        found["town"], labels["city"] = town, str(town.city.name)
    for name, choices in (("show", SHOWS), ("say", dict(say_choices()))):
        value = query.get(name, "")
        if value in choices:
            found[name], labels[name] = value, str(choices[value])
    box = read_box(query.get("bbox", ""))
    if box:
        found["box"], labels["bbox"] = box, _("Only this part of the map")
    values = {name: query[name] for name in labels}
    values |= {name: query[name] for name in VIEWS if query.get(name) in VIEWS[name]}
    return Seek(values=values, labels=labels, **found)


def find(known: Directory, seek: Seek) -> Found:
    """The rows that fit: what is open first, soonest to close, then what begins, then dates; and the cities they lie in.

    Without a filter every city is found, with words also one that is called so.
    """
    entries = [*_processes(known), *_dates(known)]
    near = [entry for entry in entries if _has_words(seek, entry) and (not seek.box or seek.box.holds(*entry.point))]
    tests: dict[str, Callable[[Entry], bool]] = {
        "show": lambda entry: not seek.show or entry.part == seek.show,
        "city": lambda entry: not seek.town or entry.town.city.pk == seek.town.city.pk,
        "say": lambda entry: not seek.say or str(entry.process.say) == seek.say,
    }
    values: dict[str, Callable[[Entry], str]] = {
        "show": lambda entry: entry.part,
        "city": lambda entry: entry.town.city.slug,
        "say": lambda entry: str(entry.process.say),
    }
    offered = {
        name: Counter(values[name](entry) for entry in near if all(test(entry) for other, test in tests.items() if other != name))
        for name in tests
    }
    fitting = [entry for entry in near if all(test(entry) for test in tests.values())]
    fitting.sort(key=lambda entry: (_PARTS.index(entry.part), entry.at, entry.key))
    with_rows = {entry.town.city.pk for entry in fitting}
    towns = [town for town in known.towns if town.city.pk in with_rows or _fits_alone(seek, town)]
    return Found(seek, fitting, towns, offered)


def _fits_alone(seek: Seek, town: Town) -> bool:
    """Whether a city is found though nothing in it is."""
    if seek.town or seek.show or seek.say:
        return bool(seek.town and seek.town.city.pk == town.city.pk)
    if seek.box and not seek.box.holds(*town.point):
        return False
    return all(word in town.words for word in seek.words)


def _has_words(seek: Seek, entry: Entry) -> bool:
    """Whether every word is part of what the row says, or of its city's name."""
    return all(word in entry.words or word in entry.town.words for word in seek.words)


def _processes(known: Directory) -> list[Entry]:
    rows = []
    for each in known.processes:
        view, process = each.view, each.process
        if process.is_paused:
            continue
        published = process.published_at or process.made_at
        if view.current:
            rows.append(Entry("open", each.town, process, each.words, view.closes_at or _FAR, published, view))
        elif view.next:
            rows.append(Entry("soon", each.town, process, each.words, view.next.opens_at or _FAR, published, view))
    return rows


def _dates(known: Directory) -> list[Entry]:
    now = timezone.now()
    return [
        Entry("dates", each.town, each.process, each.words, each.event.starts_at, made_at(each.event.uid), event=each.event)
        for each in known.dates
        if each.event.ends_at > now
    ]
