"""A made-up city of any size for the benches: contributions with comments, supports, places, categories and words."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from bench.server import HOST
from civitas.cities.models import Area, City, CityHost
from civitas.cities.queries import forget_cities
from civitas.contributions.actions import keep_new
from civitas.contributions.models import Contribution
from civitas.contributions.words import index_words
from civitas.dialogue.models import Support
from civitas.kit.ids import uuid7
from civitas.kit.translated import Translated
from civitas.outbox.models import OutboxRow
from civitas.people.models import Participant
from civitas.processes.models import Category, Process, Step

if TYPE_CHECKING:
    from collections.abc import Callable

BATCH = 1_000
PEOPLE = 500
QUARTERS = 10  # a side of the grid of quarters
WEST, SOUTH, SIDE = 9.8, 53.4, 0.4  # degrees
_NOUNS = (
    "Fahrrad Bus Park Schule Spielplatz Bank Baum Licht Bürgeramt Termin Formular Bücherei Treppe Aufzug Ampel Brücke Wasser Hund "
    "Müll Lärm Garten Markt Platz Kita Pflege Sport"
).split()
_TAILS = "weg haus stelle zeit plan hilfe raum netz punkt tag".split()
_COMMON = (
    "die der und wir brauchen mehr hier bitte ein eine am im für ohne mit sehr oft leider gern viele Menschen Kinder ältere Straße "
    "Stadtteil"
).split()
# Zipf-like: a few words are in most texts, most words in few.
VOCABULARY = _COMMON + _NOUNS + [f"{noun}{tail}" for noun in _NOUNS for tail in _TAILS]
_WEIGHTS = [1 / (rank + 3) for rank in range(len(VOCABULARY))]


@dataclass(frozen=True)
class Ground:
    """A city without contributions, and what they are made of."""

    city: City
    areas: list[Area]
    categories: list[Category]
    people: list[Participant]
    steps: list[Step]


def empty_city(size: int) -> Ground:
    """The made-up city before anybody has given anything."""
    city = City.objects.create(slug=f"bench-{size}", name=Translated(de="Prüfstadt", en="Bench", simple="Prüf-Stadt"), settings=_settings())
    CityHost.objects.update_or_create(host=HOST, defaults={"city": city})
    forget_cities()
    areas = [_area(city, row, column) for row in range(QUARTERS) for column in range(QUARTERS)]
    categories = [
        Category.objects.create(
            city=city, key=f"k{n}", name=Translated(de=f"Thema {n}", en=f"Subject {n}", simple=f"Thema {n}"), icon="tree"
        )
        for n in range(10)
    ]
    people = Participant.objects.bulk_create([Participant(city=city, pseudonym=f"Person {n}") for n in range(PEOPLE)])
    return Ground(city, areas, categories, people, [_step(city, slug) for slug in ("buergersensor", "zweite")])


def build(size: int, *, tell: Callable[[str], None] = print, indexed: bool = True) -> City:
    """A city with `size` contributions, one comment and one support on each in the mean; through the house's own way in."""
    chance = random.Random(size)  # noqa: S311  (a bench wants the same city each time)
    ground = empty_city(size)
    city, people = ground.city, ground.people
    now = timezone.now()
    for start in range(0, size, BATCH):
        rows = [contribution_of(chance, ground, now - dt.timedelta(minutes=5 * (size - n))) for n in range(start, min(size, start + BATCH))]
        comments = [_comment(chance, city, chance.choice(rows), people) for _ in rows]
        with transaction.atomic():
            keep_new(city, rows)
            for comment in comments:
                comment.parent = comment.root
            keep_new(city, comments)
            pairs = {(chance.choice(rows).pk, chance.choice(people).pk) for _ in rows}
            Support.objects.bulk_create([Support(city=city, contribution_id=row, participant_id=person) for row, person in pairs])
            for row, _person in pairs:
                Contribution.objects.of(city).filter(pk=row).update(support_count=F("support_count") + 1)
            for comment in comments:
                Contribution.objects.of(city).filter(pk=comment.root_id).update(comment_count=F("comment_count") + 1)
            noted = ("contributions.index", "contributions.given", "cockpit.counted", "lineage.stood")
            OutboxRow.objects.of(city).filter(kind__in=noted).delete()
            if indexed:
                index_words(city, rows)
        if start % (BATCH * 20) == 0:
            tell(f"  {start:,} of {size:,} contributions")
    return city


def _settings() -> dict[str, object]:
    centre = (WEST + SIDE / 2, SOUTH + SIDE / 2)
    return {
        "languages": ["de", "en", "de-simple"],
        "modules": ["sensor", "processes"],
        "map": {"center": centre, "zoom": 11, "bounds": (WEST, SOUTH, WEST + SIDE, SOUTH + SIDE)},
    }


def _area(city: City, row: int, column: int) -> Area:
    step = SIDE / QUARTERS
    west, south = WEST + column * step, SOUTH + row * step
    ring = [[west, south], [west + step, south], [west + step, south + step], [west, south + step], [west, south]]
    boundary = {"type": "Polygon", "coordinates": [ring]}
    return Area.objects.create(
        city=city,
        key=f"a{row}-{column}",
        name=f"Quartier {row}-{column}",
        level="quarter",
        boundary=boundary,
        west=west,
        south=south,
        east=west + step,
        north=south + step,
    )


def _step(city: City, slug: str) -> Step:
    texts = {"title": Translated(de=slug), "question": Translated(de="Was fehlt?"), "lead": Translated(de="Sagen Sie es.")}
    process = Process.objects.create(city=city, slug=slug, state="published", **texts)
    return Step.objects.create(
        city=city,
        process=process,
        key="collect",
        position=1,
        method="collect",
        title=Translated(de="Sammeln"),
        opens_at=timezone.now() - dt.timedelta(days=9_000),
    )


def contribution_of(chance: random.Random, ground: Ground, at: dt.datetime) -> Contribution:
    """One contribution somewhere in the city, not saved yet."""
    area = chance.choice(ground.areas)
    step = ground.steps[0] if chance.random() < 0.8 else ground.steps[1]
    words = chance.choices(VOCABULARY, _WEIGHTS, k=chance.randint(30, 90))
    return Contribution(
        city=ground.city,
        uid=uuid7(),
        process=step.process,
        step=step,
        kind=chance.choice(["idea", "improvement"]),
        author=chance.choice(ground.people),
        title=" ".join(chance.choices(VOCABULARY, _WEIGHTS, k=6)).capitalize(),
        text=" ".join(words).capitalize() + ".",
        category=chance.choice(ground.categories),
        lat=chance.uniform(area.south or 0, area.north or 0),
        lon=chance.uniform(area.west or 0, area.east or 0),
        area=area,
        status=chance.choices(["received", "in_review", "planned", "done"], [6, 2, 1, 1])[0],
        given_at=at,
        imported_support=int(chance.paretovariate(1.2)) - 1,
    )


def _comment(chance: random.Random, city: City, root: Contribution, people: list[Participant]) -> Contribution:
    text = " ".join(chance.choices(VOCABULARY, _WEIGHTS, k=20)).capitalize() + "."
    return Contribution(
        city=city,
        uid=uuid7(),
        process_id=root.process_id,
        step_id=root.step_id,
        kind="comment",
        root=root,
        parent=root,
        author=chance.choice(people),
        text=text,
        given_at=root.given_at + dt.timedelta(minutes=2),
    )
