"""What stands near a contribution: on the map, and by the words it shares with others. Bounded at any size, for a part of its page."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

from civitas.contributions.models import Contribution
from civitas.contributions.words import matching, words_of
from civitas.kit.ids import read_number

if TYPE_CHECKING:
    from civitas.cities.models import City

MOST = 4
# Half the side of the boxes looked into, the small one first: where much lies close together, a wide one costs needlessly.
REACH_METRES = (200, 600, 1_500)
# So many are looked at in a box, and so many newest ones for a word.
MOST_IN_BOX = 200
MOST_OF_WORD = 200
MOST_FOUND = 20
_METRES_PER_DEGREE = 111_320.0
# Shorter words are in every text; the longest say most, in German above all.
_SHORTEST_WORD = 5
_TITLE_WORDS, _TEXT_WORDS = 6, 6
# Two shared words that one in five texts holds are too little, two that one in twenty holds are enough.
_ENOUGH = 5.0
_FIELDS = (
    "city_id",
    "number",
    "title",
    "text",
    "language",
    "status",
    "kind",
    "given_at",
    "lat",
    "lon",
    "root_id",
    "place_name",
    "newest_key",
)


@dataclass(frozen=True)
class Near:
    """A contribution close by and how far away it is, in metres."""

    row: Contribution
    metres: float


def nearby(city: City, contribution: Contribution) -> list[Near]:
    """The published contributions nearest to this one, at most 4 and within some 1,500 m; one query for each box looked into."""
    if contribution.lat is None or contribution.lon is None:
        return []
    found: list[Near] = []
    for reach in REACH_METRES:
        found = _within(city, contribution, contribution.lat, contribution.lon, reach)
        if len(found) >= MOST:
            break
    return found[:MOST]


def _within(city: City, contribution: Contribution, lat: float, lon: float, reach: float) -> list[Near]:
    high = reach / _METRES_PER_DEGREE
    wide = high / max(0.01, math.cos(math.radians(lat)))
    box = {"lat__gte": lat - high, "lat__lte": lat + high, "lon__gte": lon - wide, "lon__lte": lon + wide}
    rows = (
        Contribution.objects.of(city)
        .filter(listed=1, **box)
        .exclude(pk=contribution.pk)
        .select_related("area")
        .order_by("lat", "lon", "pk")
    )
    some = rows.only(*_FIELDS, "area__city_id", "area__name")[:MOST_IN_BOX]
    near = [Near(row, metres_between(lat, lon, row.lat or 0.0, row.lon or 0.0)) for row in some]
    return sorted((each for each in near if each.metres <= reach), key=lambda each: each.metres)


def metres_between(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """The way between two close points (WGS84 degrees) as the crow flies, on a plane; off by less than 0.1 % within a city."""
    east = (other_lon - lon) * math.cos(math.radians(lat))
    return math.hypot(other_lat - lat, east) * _METRES_PER_DEGREE


def resembling(city: City, contribution: Contribution) -> list[Contribution]:
    """Published contributions that share rare words with this one, the likest first, at most 4; two queries at most.

    Each word is looked up among the newest 200 that hold it; a word weighs the more, the fewer do (inverse document frequency, the
    whole being the newest contribution's number).
    """
    words = _telling_words(contribution)
    if not words:
        return []
    by_word: dict[int, list[int]] = defaultdict(list)
    for index, key in holding(city, words):
        by_word[index].append(key)
    total = max(10, contribution.number or 0)
    shared: dict[int, int] = defaultdict(int)
    weight: dict[int, float] = defaultdict(float)
    for keys in by_word.values():
        if len(keys) >= MOST_OF_WORD:
            continue  # too common to say anything
        rare = math.log2((total + 1) / len(keys))
        for key in keys:
            if key != contribution.newest_key and rare > 0:
                shared[key] += 1
                weight[key] += rare
    best = sorted((key for key, count in shared.items() if count > 1 and weight[key] >= _ENOUGH), key=lambda key: (-weight[key], -key))
    if not best:
        return []
    rows = Contribution.objects.of(city).filter(listed=1, newest_key__in=best[:MOST]).select_related("area").order_by("pk")
    found = {row.newest_key: row for row in rows.only(*_FIELDS, "area__city_id", "area__name")}
    return [found[key] for key in best[:MOST] if key in found]


def _telling_words(contribution: Contribution) -> list[str]:
    def longest(text: str, most: int) -> list[str]:
        words = {word for word in words_of(text, contribution.language) if len(word) >= _SHORTEST_WORD}
        return sorted(words, key=lambda word: (-len(word), word))[:most]

    return list(dict.fromkeys([*longest(contribution.title, _TITLE_WORDS), *longest(contribution.text, _TEXT_WORDS)]))


def holding(city: City, words: list[str]) -> list[tuple[int, int]]:
    """Pairs of a word's place in the list and the sort key of a contribution that holds it; one query."""
    if connection.vendor == "sqlite":
        part = (
            "SELECT {} AS word, rowid FROM (SELECT rowid FROM contributions_words "
            "WHERE contributions_words MATCH %s ORDER BY rowid DESC LIMIT %s)"
        )
        values = [value for word in words for value in (f'"c{city.pk}" AND "{word}"', MOST_OF_WORD)]
    else:
        part = (
            "SELECT {} AS word, newest_key FROM (SELECT newest_key FROM contributions_words "
            "WHERE city_id = %s AND words @@ to_tsquery('simple', %s) ORDER BY newest_key DESC LIMIT %s) AS newest"
        )
        values = [value for word in words for value in (city.pk, f"'{word}'", MOST_OF_WORD)]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(part.format(index) for index in range(len(words))), values)
        return [(index, key) for index, key in cursor.fetchall()]


def found_by(city: City, words: str, *, but: Contribution) -> list[Contribution]:
    """Listed contributions by number or words, the newest first, at most 20."""
    rows = Contribution.objects.of(city).filter(listed=1).exclude(pk=but.pk).select_related("author", "organisation", "area")
    number = read_number(words)
    if number is not None:
        return list(rows.filter(number=number).order_by("pk"))
    keys = matching(city, words)
    return [] if keys is None else list(rows.filter(newest_key__in=keys).order_by("-newest_key")[:MOST_FOUND])
