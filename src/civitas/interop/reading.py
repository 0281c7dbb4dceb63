"""Contributions out of the records of a file: what a row says, checked cell by cell, with the city's rows that it names."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_noop

from civitas.cities.models import Area
from civitas.contributions.intake import Given, OfficialWord, Taken
from civitas.contributions.models import AUDIENCE_LENGTH, TITLE_LENGTH, Contribution
from civitas.interop.columns import BadCell, Cells
from civitas.interop.tables import Record, Unreadable
from civitas.people.models import Organisation
from civitas.processes.actions import add_category
from civitas.processes.models import Category, Step
from civitas.processes.registry import Ability, method_of
from civitas.services.models import Service

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from civitas.interop.models import Import
    from civitas.people.actors import Actor
    from civitas.processes.models import Process

LONGEST_TEXT = 50_000
LONGEST_KEY = 280
KEY_BYTES = 8
_ONE = dt.timedelta(milliseconds=1)
_DERIVED_TITLE = 80


@dataclass
class Report:
    """What an import did: counts, and what it could not use without refusing the row."""

    unit: Import | None = None  # by which it can be undone, and which keeps what is made on the way
    was_in: int = 0  # rows that an attempt which was cut off had brought in
    taken: Taken = field(default_factory=Taken)
    rejected: int = 0
    unread: list[str] = field(default_factory=list)
    categories: list[str] = field(default_factory=list)  # made for the process
    unknown: dict[str, int] = field(default_factory=dict)  # 'organisation X' -> rows that name it

    @property
    def rows(self) -> int:
        """How many rows the file had."""
        return self.taken.new + self.taken.updated + self.taken.unchanged + self.rejected


class Known:
    """Rows of the city that a file names by key or by name in any language. With `tries` nothing is made, only noted."""

    def __init__(self, actor: Actor, process: Process, report: Report, *, tries: bool = False) -> None:
        self._actor, self._process, self._report, self._tries = actor, process, report, tries
        city = process.city_id
        self.categories: dict[str, Category] = {}
        # Later ones win: a process's own categories before the city's, keys before names.
        for row in sorted(
            Category.objects.of(city).filter(Q(process=None) | Q(process=process)), key=lambda row: row.process_id is not None
        ):
            self.categories |= dict.fromkeys(map(str.casefold, [*row.name.values(), row.key]), row)
        self._others: dict[str, dict[str, Any]] = {
            "organisation": _by_names(Organisation.objects.of(city), lambda row: [row.name, row.key]),
            "area": _by_names(Area.objects.of(city).order_by("level"), lambda row: [row.name, row.key]),
            "service": _by_names(Service.objects.of(city), lambda row: [*row.name.values(), row.key]),
        }

    def row(self, what: str, name: str) -> Any:
        """The row of this name, or None; an unknown name is noted."""
        if not name:
            return None
        found = self._others[what].get(name.casefold())
        if found is None:
            self._report.unknown[f"{what} '{name}'"] = self._report.unknown.get(f"{what} '{name}'", 0) + 1
        return found

    def category(self, name: str) -> Category | None:
        """The category of this key or name; one that nobody knows becomes the process's own, a key in readable words."""
        if not name:
            return None
        key, name = name, readable(name)
        known = self.categories.get(key.casefold()) or self.categories.get(name.casefold())
        if known is None:
            known = Category(pk=-1, city=self._process.city, process=self._process) if self._tries else self._made(name)
            self.categories[name.casefold()] = known
            self._report.categories.append(name)
        return known

    def _made(self, name: str) -> Category:
        """A topic and, in the same transaction, the import's word that it made it: cut off right after, it is undone all the same."""
        with transaction.atomic():
            made = add_category(self._actor, self._process, name)
            unit = self._report.unit
            assert unit is not None, "who brings rows in has a unit"
            unit.categories = [*unit.categories, made.pk]
            unit.save(update_fields=["categories"])
        return made


def readable(name: str) -> str:
    """A name as people read it: 'cycle_path_quality' is 'Cycle path quality'; what has blanks, capitals or other signs stays."""
    if not re.fullmatch(r"[a-z0-9_]+", name):
        return name
    return " ".join(part for part in name.split("_") if part).capitalize() or name


def _by_names(rows: Iterable[Any], names: Callable[[Any], list[str]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for row in rows:
        found |= dict.fromkeys(map(str.casefold, names(row)), row)
    return found


def step_for(process: Process) -> Step:
    """The step of the process that collects contributions; raises Unreadable when there is none."""
    for step in Step.objects.of(process.city).filter(process=process).order_by("position"):
        step.process = process
        if Ability.SUBMIT in method_of(step).abilities:
            return step
    raise Unreadable(gettext_noop("The process '%(process)s' has no step that collects contributions."), process=process.slug)


class Keys:
    """The ids of a file, each once, and the moments at which its rows are read, each a millisecond after the one before.

    An import that goes on gives the hashes of the ids that came before, or how many rows, and when it began.
    """

    def __init__(self, seen: set[bytes] | None = None, *, count: int = 0, began: dt.datetime | None = None) -> None:
        self._seen = seen or set()
        self._count, self._began = count, began or timezone.now()
        self.new: list[bytes] = []  # those that came since

    def moment(self) -> dt.datetime:
        """The moment at which the newest row was read."""
        return self._began + self._count * _ONE

    def take(self, cells: Cells) -> str:
        """The row's own id, else its address; raises BadCell when both are missing or the id came before."""
        key = cells.line("id", longest=LONGEST_KEY) or cells.url("url")
        if not key:
            raise BadCell(gettext_noop("the row has neither an id nor an address"))
        if len(key) > LONGEST_KEY:
            raise BadCell(gettext_noop("the id has %(count)s characters, at most %(limit)s fit"), count=len(key), limit=LONGEST_KEY)
        mark = mark_of_key(key)
        if mark in self._seen:
            raise BadCell(gettext_noop("the id '%(key)s' stands twice in this file"), key=key)
        self._seen.add(mark)
        self.new.append(mark)
        self._count += 1
        return key


def mark_of_key(key: str) -> bytes:
    """A short hash of an id, by which a hundred thousand of them are held in mind."""
    return hashlib.blake2b(key.encode(), digest_size=KEY_BYTES).digest()


class ContributionReader:
    """Makes contributions of records."""

    def __init__(
        self, actor: Actor, step: Step, fields: Mapping[str, str], report: Report, *, keys: Keys | None = None, tries: bool = False
    ) -> None:
        process = step.process
        self._city, self._fields, self._zone = process.city, fields, process.city.zone
        self._known, self._keys = Known(actor, process, report, tries=tries), keys or Keys()
        self._language = process.city.config.languages[0]
        method = method_of(step)
        self._kinds = list(getattr(method.settings_of(step), "kinds", None) or sorted(method.gives))
        self._said = frozenset(
            {"votes" if name == "votes" else "given_at" if name == "created" else name for name in fields}
            - {"id", "status", "answer", "merged_into"}
        )

    def head_of(self, record: Record) -> str:
        """The id of the row that a record says it was put together with; '' for none."""
        return Cells(record, self._fields, self._zone).line("merged_into", longest=LONGEST_KEY)

    def key_of(self, record: Record) -> str:
        """The id of the row of a record that was read before."""
        cells = Cells(record, self._fields, self._zone)
        return cells.line("id", longest=LONGEST_KEY) or cells.url("url")

    def given(self, record: Record) -> Given:
        """The contribution of a record; raises BadCell with the reason for the reject file."""
        if record.fault:
            raise BadCell(record.fault.sentence, **record.fault.parts)
        cells = Cells(record, self._fields, self._zone)
        title, text = cells.line("title", longest=TITLE_LENGTH), cells.text("text", longest=LONGEST_TEXT)
        if not title and not text:
            raise BadCell(gettext_noop("the row has neither a title nor a text"))
        kind = cells.line("kind", longest=40).casefold() or self._kinds[0]
        if kind not in self._kinds:
            sentence = gettext_noop("the kind '%(kind)s' is not collected here (%(kinds)s)")
            raise BadCell(sentence, kind=kind, kinds=", ".join(self._kinds))
        lat, lon = cells.place()
        drawing, middle_lat, middle_lon = cells.drawing(self._city)
        if lat is None:
            lat, lon = middle_lat, middle_lon
            if drawing and drawing["type"] == "Point" and "lat" not in self._fields:
                drawing = None  # the file knows places by this column alone
        values = {
            "title": title or _shortened(text),
            "text": text,
            "audience": cells.line("audience", longest=AUDIENCE_LENGTH),
            "proposal": cells.text("proposal", longest=LONGEST_TEXT),
            "benefit": cells.text("benefit", longest=LONGEST_TEXT),
            "kind": kind,
            "given_at": cells.moment("created"),
            "lat": lat,
            "lon": lon,
            "drawing": drawing,
            "votes": cells.votes(),
            "language": cells.line("language", longest=12) or self._language,
            "place_name": cells.line("place_name", longest=160),
            "source_url": cells.url("url"),
            "organisation": self._known.row("organisation", cells.line("organisation", longest=160)),
            "service": self._known.row("service", cells.line("service", longest=160)),
            "official": self._official(cells),
        }
        area = cells.line("area", longest=160)
        if lat is None:
            values["area"] = self._known.row("area", area)
        category = cells.line("category", longest=120)
        # Last, so that a row that is refused makes no category.
        key = self._keys.take(cells)
        return Given(
            key=key,
            read_at=self._keys.moment(),
            category=self._known.category(category),
            said=self._said | ({"source_url"} if "url" in self._fields else set()) | ({"lat"} if lat is not None else set()),
            **values,
        )

    def _official(self, cells: Cells) -> OfficialWord | None:
        status = cells.line("status", longest=40).casefold()
        if not status:
            return None
        if status not in Contribution.Status.values:
            sentence = gettext_noop("'%(status)s' is no status (%(known)s)")
            raise BadCell(sentence, status=status, known=", ".join(Contribution.Status.values))
        organisation = self._known.row("organisation", cells.line("answered_by", longest=160))
        return OfficialWord(status, cells.text("answer", longest=LONGEST_TEXT), cells.moment("answered_at"), organisation)


def _shortened(text: str) -> str:
    first = text.split("\n", 1)[0]
    return first if len(first) <= _DERIVED_TITLE else (first[:_DERIVED_TITLE].rpartition(" ")[0] or first[:_DERIVED_TITLE]) + " …"
