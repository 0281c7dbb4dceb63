"""The filters of the explore page: read from the address, named on chips, taken away one by one."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civitas.contributions.models import Contribution
from civitas.contributions.queries import SORTS, Filters

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from civitas.cities.models import Area
    from civitas.processes.models import Category, Process

PERIODS = {
    "week": (gettext_lazy("In the last 7 days"), dt.timedelta(days=7)),
    "month": (gettext_lazy("In the last month"), dt.timedelta(days=31)),
    "year": (gettext_lazy("In the last year"), dt.timedelta(days=366)),
}
SORT_WORDS = {
    "newest": gettext_lazy("Newest first"),
    "supported": gettext_lazy("Most supported first"),
    "discussed": gettext_lazy("Most discussed first"),
}
KINDS = (Contribution.Kind.IDEA, Contribution.Kind.IMPROVEMENT)
NAMES = ("words", "category", "area", "kind", "status", "process", "period")
LONGEST_WORDS = 120


@dataclass(frozen=True)
class Choice:
    """One value of a filter: its word, whether it is set, and how many contributions it leaves (None = unknown)."""

    value: str
    label: str
    current: bool
    count: int | None = None
    icon: str = ""


@dataclass(frozen=True)
class Chip:
    """A filter in use: its value, its word, and the address without it."""

    name: str
    value: str
    label: str
    url: str


@dataclass(frozen=True)
class Asked:
    """What the address asks for. A value that nobody offers is as good as none."""

    filters: Filters
    sort: str
    values: Mapping[str, str]
    labels: Mapping[str, str] = field(default_factory=dict)

    def url(self, path: str, **changes: str) -> str:
        """The address with these values changed; '' takes one away."""
        values = {name: value for name, value in {**self.values, **changes}.items() if value}
        return f"{path}?{urlencode(values)}" if values else path

    def chips(self, path: str) -> list[Chip]:
        """The filters in use."""
        return [Chip(name, self.values[name], label, self.url(path, **{name: ""})) for name, label in self.labels.items()]


def read_filters(query: Mapping[str, str], areas: Iterable[Area], categories: Iterable[Category], processes: Iterable[Process]) -> Asked:
    """The filters that an address asks for, among what the city has."""
    areas = list(areas)
    found: dict[str, Any] = {}
    labels: dict[str, str] = {}
    words = " ".join(query.get("words", "").split())[:LONGEST_WORDS]
    if words:
        found["words"], labels["words"] = words, words
    area = next((area for area in areas if area.key == query.get("area")), None)
    if area:
        found["areas"] = (area.pk, *(below.pk for below in areas if below.parent_id == area.pk))
        labels["area"] = area.name
    for name, rows, key in (("category", categories, "key"), ("process", processes, "slug")):
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
    sort = query.get("sort", "")
    sort = sort if sort in SORTS else "newest"
    values = {name: query[name] for name in NAMES if name in labels}
    if sort != "newest":
        values["sort"] = sort
    return Asked(Filters(**found), sort, values, labels)


def choices_of(asked: Asked, name: str, offered: Iterable[tuple[str, str, int | None, str]]) -> list[Choice]:
    """The values of a filter, 'all' first: (value, word, count, icon)."""
    current = asked.values.get(name, "")
    every = Choice("", _("All"), current=not current)
    return [every, *(Choice(value, word, value == current, count, sign) for value, word, count, sign in offered)]
