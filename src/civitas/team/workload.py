"""How much lies with whom, in words, from what the rooms say; about single people only where the city has switched that on."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from civitas.kit.rooms import rooms

if TYPE_CHECKING:
    from collections.abc import Iterable

    from civitas.cities.models import City
    from civitas.team.queries import Colleague

# A total over fewer people would be a figure about single ones.
FEWEST = 3

Loads = list[tuple[Any, int]]


@dataclass(frozen=True)
class Total:
    """How much lies with a department, or with those that are too small to stand alone."""

    name: str
    people: int
    lines: list[str]


def in_words(words: Any, count: int) -> str:
    """'12 answers open'; words without a place for the number follow it."""
    said = str(words % {"count": count})
    return said if str(count) in said else f"{count} {said}"


def workload_of(city: City) -> dict[int, Loads]:
    """What every room says lies with whom, by participant; as many queries as the rooms need, however many people there are."""
    found: dict[int, Loads] = {}
    for room in rooms():
        if room.workload:
            for person, loads in room.workload(city).items():
                found.setdefault(person, []).extend((words, count) for words, count in loads if count)
    return found


def said_of(loads: Loads) -> list[str]:
    """Somebody's loads in words."""
    return [in_words(words, count) for words, count in loads]


def summed(loads: Iterable[tuple[Any, int]]) -> list[str]:
    """Loads of several people added up, in words."""
    counts: Counter[str] = Counter()
    words_of: dict[str, Any] = {}
    for words, count in loads:
        key = str(words % {"count": 2})
        words_of.setdefault(key, words)
        counts[key] += count
    return [in_words(words_of[key], count) for key, count in counts.items()]


def totals_of(team: list[Colleague], workload: dict[int, Loads]) -> list[Total]:
    """Totals by department, none over fewer than three people: small ones stand together, if need be with the smallest large one,
    so that no figure about a single person can be read or worked out."""
    members: dict[str, list[int]] = {}
    for each in team:
        members.setdefault(each.department.name if each.department else "", []).append(each.person.pk)
    large = sorted((name for name, people in members.items() if len(people) >= FEWEST), key=lambda name: (len(members[name]), name))
    rest = [person for name, people in members.items() if len(people) < FEWEST for person in people]
    if 0 < len(rest) < FEWEST and large:
        rest += members[large.pop(0)]
    found = [
        Total(name or _("Without a department"), len(members[name]), summed(_loads(members[name], workload))) for name in sorted(large)
    ]
    if len(rest) >= FEWEST:
        found.append(Total(_("Other departments") if large else _("All together"), len(rest), summed(_loads(rest, workload))))
    return found


def unattended(team: list[Colleague], workload: dict[int, Loads]) -> list[str]:
    """What lies with people who are not in the team any more."""
    here = {each.person.pk for each in team}
    return summed(_loads([person for person in workload if person not in here], workload))


def _loads(people: Iterable[int], workload: dict[int, Loads]) -> Iterable[tuple[Any, int]]:
    return (load for person in people for load in workload.get(person, []))
