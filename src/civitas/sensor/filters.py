"""The filters of the explore page: read from the address, named on chips, taken away one by one."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civitas.contributions.models import Contribution
from civitas.contributions.queries import FAIR, SORTS, Filters
from civitas.kit.geometry import read_box

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from civitas.cities.models import Area
    from civitas.people.models import Participant
    from civitas.processes.models import Category, Process
    from civitas.services.models import Service

PERIODS = {
    "week": (gettext_lazy("In the last 7 days"), dt.timedelta(days=7)),
    "month": (gettext_lazy("In the last month"), dt.timedelta(days=31)),
    "year": (gettext_lazy("In the last year"), dt.timedelta(days=366)),
}
SORT_WORDS = {
    "newest": gettext_lazy("Newest first"),
    "supported": gettext_lazy("Most supported first"),
    "discussed": gettext_lazy("Most discussed first"),
    FAIR: gettext_lazy("Little answered first"),
}
SORT_NOTES = {
    FAIR: gettext_lazy(
        "First comes what has had little response so far. Each day the row begins somewhere else, so that everyone gets a turn."
    )
}
KINDS = (Contribution.Kind.IDEA, Contribution.Kind.IMPROVEMENT)
YES = "1"
# What is so or not: name -> word.
TOGGLES = {
    "with_picture": gettext_lazy("With a picture"),
    "answered": gettext_lazy("Answered by the city"),
    "mine": gettext_lazy("Given by me"),
}
NAMES = ("words", "category", "area", "kind", "status", "process", "service", "period", *TOGGLES, "bbox")
# How the page is looked at: it filters nothing.
VIEWS = {"view": ("map",), "shade": ("areas",)}
VIEW_WORDS = {"": gettext_lazy("List"), "map": gettext_lazy("Map")}
LONGEST_WORDS = 120


@dataclass(frozen=True)
class Offer:
    """What a city has to filter by, and who asks."""

    areas: Sequence[Area] = ()
    categories: Sequence[Category] = ()
    processes: Sequence[Process] = ()
    services: Sequence[Service] = ()
    person: Participant | None = None


@dataclass(frozen=True)
class Choice:
    """One value of a filter: its word, whether it is set, and how many contributions it leaves (None = unknown)."""

    value: str
    label: str
    current: bool
    count: int | None = None
    icon: str = ""


@dataclass(frozen=True)
class Group:
    """One filter with its values: `form` is radio, select or check; `current` the word of the value in use."""

    name: str
    word: str
    choices: list[Choice]
    form: str = "radio"
    current: str = ""


@dataclass(frozen=True)
class Chip:
    """A filter in use: its value, its word, and the address without it."""

    name: str
    value: str
    label: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What an address asks for: the values that somebody offers, and the words of those that filter."""

    values: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)

    def url(self, path: str, **changes: str) -> str:
        """The address with these values changed; '' takes one away."""
        values = {name: value for name, value in {**self.values, **changes}.items() if value}
        return f"{path}?{urlencode(values, safe=',')}" if values else path

    def chips(self, path: str) -> list[Chip]:
        """The filters in use."""
        return [Chip(name, self.values[name], label, self.url(path, **{name: ""})) for name, label in self.labels.items()]

    def only(self, *names: str) -> dict[str, str]:
        """The values of these names that are set."""
        return {name: self.values[name] for name in names if name in self.values}


@dataclass(frozen=True, kw_only=True)
class Asked(Wish):
    """What the address of the explore page asks for. A value that nobody offers is as good as none."""

    filters: Filters
    sort: str


def read_filters(query: Mapping[str, str], offer: Offer) -> Asked:
    """The filters that an address asks for, among what the city has."""
    found: dict[str, Any] = {}
    labels: dict[str, str] = {}
    words = " ".join(query.get("words", "").split())[:LONGEST_WORDS]
    if words:
        found["words"], labels["words"] = words, words
    area = next((area for area in offer.areas if area.key == query.get("area")), None)
    if area:
        found["areas"] = (area.pk, *(below.pk for below in offer.areas if below.parent_id == area.pk))
        labels["area"] = area.name
    for name, rows, key in (
        ("category", offer.categories, "key"),
        ("process", offer.processes, "slug"),
        ("service", offer.services, "key"),
    ):
        row = next((row for row in rows if getattr(row, key) == query.get(name)), None)
        if row:
            found[name], labels[name] = row, str(row)
    for name, choices in (("kind", [(kind.value, kind.label) for kind in KINDS]), ("status", Contribution.Status.choices)):
        word = dict(choices).get(query.get(name, ""))
        if word:
            found[name], labels[name] = query[name], str(word)
    period = query.get("period", "")
    if period in PERIODS:
        label, span = PERIODS[period]
        found["since"], labels["period"] = timezone.now() - span, str(label)
    for name, said in TOGGLES.items():
        if query.get(name) == YES and (name != "mine" or offer.person):
            found["author" if name == "mine" else name] = offer.person if name == "mine" else True
            labels[name] = str(said)
    box = read_box(query.get("bbox", ""))
    if box:
        found["box"], labels["bbox"] = box, _("Only this part of the map")
    sort = query.get("sort", "")
    sort = sort if sort in SORTS or sort == FAIR else "newest"
    values = {name: query[name] for name in NAMES if name in labels}
    if sort != "newest":
        values["sort"] = sort
    values |= {name: query[name] for name, known in VIEWS.items() if query.get(name) in known}
    return Asked(filters=Filters(**found), sort=sort, values=values, labels=labels)


def choices_of(asked: Wish, name: str, offered: Iterable[tuple[str, str, int | None, str]]) -> list[Choice]:
    """The values of a filter, 'all' first: (value, word, count, icon)."""
    current = asked.values.get(name, "")
    every = Choice("", _("All"), current=not current)
    return [every, *(Choice(value, word, value == current, count, sign) for value, word, count, sign in offered)]
