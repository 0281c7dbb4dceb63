"""How alike two contributions are: by the words that both hold, by their titles, and by how far apart they lie.

A word counts the more, the fewer contributions hold it (inverse document frequency, read from the word index). The measure is
explained in docs/decisions; people decide, so it only puts pairs in order.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from civitas.contributions.models import WORDS, Contribution
from civitas.contributions.neighbours import holding, metres_between
from civitas.contributions.words import named_words, said_in, words_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet

    from civitas.cities.models import City

# Of one contribution so many words are looked up; of each the newest so many that hold it.
MOST_WORDS = 40
MOST_OF_WORD = 200
MOST_BY_WORDS, MOST_NEAR = 30, 30
REACH_METRES = 300
# Up to here two places may be the same; beyond, the same words mostly mean another place.
CLOSE_METRES, FADING_METRES = 250, 400
SHORTEST_WORD = 4
# From here on a pair is suggested, at most so many for one contribution; to who looks for one, less is shown.
LEAST = 220
ENOUGH = 380
MOST_PAIRS = 3
# The columns that the comparison reads: tens of rows are looked at for each that is suggested.
_COMPARED = ("pk", "language", *WORDS, "place_name", "lat", "lon")
_METRES_PER_DEGREE = 111_320.0
# Words of four letters and more that are in every text.
_EMPTY = frozenset(
    """aber alle allem allen aller alles also andere anderer anderes auch aufgrund außerdem bereits beide beim bessere bisher bitte dabei
    dadurch dafür daher damit danach dann daran darauf daraus darin darum darüber dass davon dazu dein denn dessen dies diese diesem
    diesen dieser dieses doch dort durch eben ebenso eigentlich ein eine einem einen einer eines einfach einige einmal etwa etwas
    euch fast finden für ganz geben gegen gehen genau gerade gern gibt gleich groß gut haben halt hätte heute hier hierfür ihre ihrem
    immer jede jeden jeder jedes jedoch jetzt kann kein keine keinen können könnte lassen leider machen mach mal man manchmal mehr mein
    mich mittlerweile möchte möglich müssen nach nicht nichts noch nur oben oder oft ohne schon sehr sein seine seit selbst sich sicher
    sind soll sollen sollte sollten sondern sonst sowie statt stehen teil teilweise trotz trotzdem überall unser unsere unter viel viele
    vielleicht vielen vom von vor warum was wegen weil weit weiter welche wenig weniger wenn werden wenigstens wer weshalb wieder will
    wird wirklich wollen wurde wäre würde während zudem zum zur zwar zwischen über üblich ihrer ihren neue neuen neuer problem situation
    stadt bürger idee vorschlag hallo danke grüße with that this have from there would should could about which their been more""".split()  # noqa: SIM905  (a list of words reads better as words)
)


@dataclass(frozen=True)
class Likeness:
    """How alike two contributions are (0 to 1000), and the metres between them where both have a place."""

    score: int
    metres: float | None


# An import is compared with itself: each of thousands comes up again and again (about 12 MB of the worker at the most).
@lru_cache(maxsize=5_000)
def telling(text: str, language: str) -> frozenset[str]:
    """Those words of a text that say something, as lemmas; of a text that is compared with many others they are remembered."""
    return frozenset(word for word in words_of(text, language) if len(word) >= SHORTEST_WORD and word not in _EMPTY and not word.isdigit())


def shared_words(one: Contribution, other: Contribution) -> tuple[str, ...]:
    """The words that both hold, as the first writes them: names and nouns, or others where there are none; long before short."""
    common = telling(said_in(one), one.language) & telling(said_in(other), other.language)
    said = f"{one.title} {one.text} {one.proposal} {one.place_name}"
    forms: dict[str, str] = {}
    for form, lemma in named_words(said, one.language):
        if lemma in common and lemma not in forms:
            forms[lemma] = form
    names = [form for form in forms.values() if form[0].isupper()]
    return tuple(sorted(names or forms.values(), key=lambda form: (-len(form), form)))


def likeness(one: Contribution, other: Contribution, rarity: Mapping[str, float]) -> Likeness:
    """How alike the first is to another; `rarity` is what each word of the first weighs (bits)."""
    own, theirs = telling(said_in(one), one.language), telling(said_in(other), other.language)
    usual = sum(rarity.values()) / len(rarity) if rarity else 1.0
    common = sum(rarity.get(word, usual) for word in own & theirs)
    whole, their_whole = (sum(rarity.get(word, usual) for word in words) for words in (own, theirs))
    text = 2 * common / (whole + their_whole) if whole + their_whole else 0.0
    titles = _dice(telling(one.title, one.language), telling(other.title, other.language))
    letters = _dice(_threes(one.title), _threes(other.title))
    metres = None
    if one.lat is not None and one.lon is not None and other.lat is not None and other.lon is not None:
        metres = metres_between(one.lat, one.lon, other.lat, other.lon)
    by_words = 0.6 * text + 0.25 * titles + 0.15 * letters
    score = by_words if metres is None else (0.75 * by_words + 0.25 / (1.0 + metres / 100.0)) * _fading(metres)
    return Likeness(round(1000 * min(1.0, score)), metres)


def _fading(metres: float) -> float:
    return 1.0 / (1.0 + max(0.0, metres - CLOSE_METRES) / FADING_METRES)


def _dice(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0


@lru_cache(maxsize=5_000)
def _threes(text: str) -> frozenset[str]:
    plain = f"  {text.lower()} "
    return frozenset(plain[start : start + 3] for start in range(len(plain) - 2))


def alike(city: City, row: Contribution, held: dict[str, list[int]] | None = None) -> list[tuple[int, Likeness]]:
    """Keys of the listed contributions of the same process that are most like this one, the likest first; three queries at most.

    The work is bounded: 40 words are looked up, each among the newest 200 that hold it, and 30 places nearby. Who compares many in a row
    gives all of them one dictionary: what was looked up for one (word -> sort keys) is not looked up for the next.
    """
    own = sorted(telling(said_in(row), row.language), key=lambda word: (-len(word), word))[:MOST_WORDS]
    held = {} if held is None else held
    if unknown := [word for word in own if word not in held]:
        held |= {word: [] for word in unknown}
        for index, key in holding(city, unknown):
            held[unknown[index]].append(key)
    total = max(10, row.number or 0)
    rarity = {word: max(0.2, math.log2((total + 1) / (1 + len(held[word])))) for word in own}
    weight: dict[int, float] = defaultdict(float)
    for word in own:
        if len(held[word]) < MOST_OF_WORD:
            for key in held[word]:
                weight[key] += rarity[word]
    best = sorted(weight, key=lambda key: (-weight[key], -key))[:MOST_BY_WORDS]
    rows = Contribution.objects.of(city).filter(listed=1, process=row.process_id).exclude(pk=row.pk)
    found = {*best, *_near(row, rows)}
    # Plain rows, which say all that is compared: making the objects would take longer than comparing them.
    others = rows.filter(newest_key__in=found).order_by("pk").values_list(*_COMPARED, named=True) if found else ()
    alikes = [(other.pk, likeness(row, other, rarity)) for other in others]
    return sorted(alikes, key=lambda pair: (-pair[1].score, pair[0]))


def _near(row: Contribution, rows: QuerySet[Contribution]) -> list[int]:
    """The keys of those that lie nearest, as the word index has them: most are too far away to be read whole."""
    if row.lat is None or row.lon is None:
        return []
    high = REACH_METRES / _METRES_PER_DEGREE
    wide = high / max(0.01, math.cos(math.radians(row.lat)))
    box = {"lat__gte": row.lat - high, "lat__lte": row.lat + high, "lon__gte": row.lon - wide, "lon__lte": row.lon + wide}
    found = list(rows.filter(**box).order_by("lat", "lon", "pk").values_list("newest_key", "lat", "lon")[: 4 * MOST_NEAR])
    found.sort(key=lambda other: metres_between(row.lat or 0.0, row.lon or 0.0, other[1] or 0.0, other[2] or 0.0))
    return [key for key, _lat, _lon in found[:MOST_NEAR] if key is not None]
