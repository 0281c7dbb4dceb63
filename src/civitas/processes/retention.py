"""How long things are kept: what each room declares, what the city's rules say, and what would go tonight."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string
from django.utils import timezone

from civitas.kit.rooms import rooms
from civitas.processes.models import Postponement
from civitas.processes.policies import rules_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from django.http import HttpRequest

    from civitas.cities.models import City
    from civitas.kit.rooms import Retention
    from civitas.processes.policies import Rules


@dataclass(frozen=True)
class Held:
    """What somebody has put off: rows of one kind by their keys, and everything of some processes."""

    keys: frozenset[int] = frozenset()
    processes: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Kept:
    """One kind of thing: what it is, for how many months (or days) it is kept, and how much is older than that by now."""

    label: str
    setting: str
    months: int
    days: int
    due: int


def before_of(retention: Retention, rules: Rules, now: dt.datetime) -> dt.datetime:
    """What is older than this moment goes."""
    if retention.setting:
        return months_before(now, getattr(rules, retention.setting))
    return now - dt.timedelta(days=retention.days)


def months_before(now: dt.datetime, months: int) -> dt.datetime:
    """The same day and hour so many months earlier, the last day of a shorter month."""
    years, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    day = min(now.day, calendar.monthrange(years, month + 1)[1])
    return now.replace(year=years, month=month + 1, day=day)


def kept_of(city: City, rules: Rules | None = None, *, now: dt.datetime | None = None) -> list[Kept]:
    """Everything that has a time after which it goes, as the rooms declare it; a query for each, and one for what is put off."""
    rules, now = rules or rules_of(city), now or timezone.now()
    held = held_of(city, now=now)
    return [
        Kept(
            str(each.label),
            each.setting,
            getattr(rules, each.setting) if each.setting else 0,
            each.days,
            due_of(city, each, before_of(each, rules, now), held).count(),
        )
        for each in declared()
    ]


def due_of(city: City, each: Retention, before: dt.datetime, held: Mapping[str, Held]) -> Any:
    """The rows of one kind that are older than that moment and not put off."""
    rows = each.due(city, before)
    if each.postponing is None:
        return rows
    mine, process = held.get(each.postponing.key, held[""]), each.postponing.process
    if mine.keys:
        rows = rows.exclude(pk__in=mine.keys)
    return rows.exclude(**{f"{process}__in": mine.processes}) if process and mine.processes else rows


def held_of(city: City, *, now: dt.datetime | None = None) -> dict[str, Held]:
    """What is put off by kind, and under '' what is of every kind: whole processes. One query."""
    today = city.day_of(now or timezone.now())
    rows = Postponement.objects.of(city).filter(ended_at=None, until__gte=today).values_list("kind", "key", "process")
    keys: dict[str, set[int]] = {"": set()}
    processes = set()
    for kind, key, process in rows:
        if process is not None:
            processes.add(process)
        else:
            keys.setdefault(kind, set()).add(key)
    return {kind: Held(frozenset(found), frozenset(processes)) for kind, found in keys.items()}


def render_kept(request: HttpRequest) -> str:
    """For the page about privacy: what is kept for how long, by the rules as they are; no query."""
    return render_to_string("processes/_kept.html", {"lines": kept_lines(request.city)}, request=request)


def kept_lines(city: City) -> list[dict[str, Any]]:
    """What people read of how long things are kept: `what` for how many `months`, or else `days`; no query."""
    rules = rules_of(city)
    return [
        {"what": each.said, "months": getattr(rules, each.setting) if each.setting else _whole_months(each.days), "days": each.days}
        for each in declared()
        if each.said
    ]


def _whole_months(days: int) -> int:
    """Days as months where they make some: 0 for less than two."""
    return round(days / 30.4) if days >= 60 else 0


def declared() -> Iterator[Retention]:
    """What every room declares, the ground first."""
    for room in rooms():
        yield from room.retention


def remove_due(city: City, *, now: dt.datetime | None = None, most: int = 200) -> int:
    """Take away what is older than the city's rules say, in batches, at most `most` batches of each kind; returns how much went."""
    rules, now, gone = rules_of(city), now or timezone.now(), 0
    held = held_of(city, now=now)
    for each in declared():
        if each.remove is None:
            continue
        before = before_of(each, rules, now)
        for _batch in range(most):
            count = each.remove(city, due_of(city, each, before, held))
            gone += count
            if not count:
                break
    return gone
