"""What a contribution came from and what became of it: a river of stations, and lists where it cannot name each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import translation
from tests.factories import make_browser, make_city, make_contribution, make_link, make_process, make_step

from civitas.contributions.models import Contribution
from civitas.lineage.hops import MOST_HOPS, hops
from civitas.lineage.short import Lineage, lineage_of
from civitas.lineage.streams import count_stream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from civitas.processes.models import Step

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_german() -> Iterator[None]:
    with translation.override("de"):
        yield


@pytest.fixture
def step() -> Step:
    return make_step(make_process(make_city("hamburg")), position=1)


def lineage(row: Contribution) -> Lineage:
    return lineage_of(row, hops(row.city, Contribution.objects.of(row.city).get(pk=row.pk)))


def made(step: Step, kind: str, title: str, *origins: Contribution, link: str = "grouped_into") -> Contribution:
    row = make_contribution(step, title, kind=kind)
    for origin in origins:
        make_link(origin, row, link)
    return row


def test_a_voice_alone_has_none(step: Step) -> None:
    assert lineage(make_contribution(step)) == Lineage()


def test_a_voice_tells_by_stations_what_it_became(step: Step) -> None:
    idea = make_contribution(step, "Bäume")
    theme = made(step, "theme", "Schatten", idea)
    concept = made(step, "concept", "Sonnensegel", theme, link="developed_into")
    made(step, "result", "Punkte: Gewichten", concept, link="led_to")
    made(step, "measure", "Anrufen", concept, link="led_to")
    found = lineage(idea)
    assert [(station["title"], str(station["text"])) for station in found.stations] == [
        ("Dieser Beitrag", "Bäume"),
        ("Schatten", "Er gehört zu diesem Thema."),
        ("Sonnensegel", "Daraus wuchs dieses Konzept."),
        ("Punkte: Gewichten", "So haben Menschen gewichtet."),
        ("Anrufen", "Das wurde verabredet."),
    ]
    assert (found.origins, found.became) == ([], [])


def test_many_measures_are_one_station_and_each_stands_below(step: Step) -> None:
    idea = make_contribution(step, "Bäume")
    theme = made(step, "theme", "Schatten", idea)
    for number in range(5):
        made(step, "measure", f"Aufgabe {number}", theme, link="led_to")
    found = lineage(idea)
    assert [station["title"] for station in found.stations] == ["Dieser Beitrag", "Schatten", "5 Maßnahmen"]
    assert [(kin.said, [title for title, _url in kin.rows]) for kin in found.became] == [
        ("1 Thema", ["Schatten"]),
        ("5 Maßnahmen", [f"Aufgabe {number}" for number in range(5)]),
    ]


def test_a_theme_names_every_voice_that_is_in_it(step: Step) -> None:
    voices = [make_contribution(step, f"Stimme {number}") for number in range(6)]
    theme = made(step, "theme", "Schatten", *voices)
    found = lineage(theme)
    assert [station["title"] for station in found.stations] == ["6 Ideen", "Dieser Beitrag"]
    assert [(kin.said, len(kin.rows)) for kin in found.origins] == [("6 Ideen", 6)]
    page = make_browser(step.city).get(theme.path).content.decode()
    for voice in voices:
        assert f'href="{voice.path}"' in page


def test_a_theme_that_led_on_names_its_voices_too(step: Step) -> None:
    voice = make_contribution(step, "Eine Stimme")
    theme = made(step, "theme", "Schatten", voice)
    made(step, "concept", "Sonnensegel", theme, link="developed_into")
    page = make_browser(step.city).get(theme.path).content.decode()
    assert f'href="{voice.path}"' in page
    assert "Sonnensegel" in page


def test_a_theme_of_more_voices_than_are_read_still_says_what_it_led_to(step: Step) -> None:
    voices = [make_contribution(step, f"Stimme {number}") for number in range(MOST_HOPS + 5)]
    theme = made(step, "theme", "Schatten", *voices)
    made(step, "concept", "Sonnensegel", theme, link="developed_into")
    found = lineage(theme)
    assert [station["title"] for station in found.stations] == ["Dieser Beitrag", "Sonnensegel"]
    assert sum(len(kin.rows) for kin in found.origins) == MOST_HOPS - 1
    # It reads no more of them, so it claims no more than it knows …
    assert [kin.said for kin in found.origins] == ["mindestens 99 Ideen"]
    count_stream(step.city, theme.pk)
    # … and where the number is kept, it says that.
    assert [kin.said for kin in lineage(theme).origins] == ["105 Stimmen"]
    page = make_browser(step.city).get(theme.path).content.decode()
    assert "105 Stimmen" in page
    assert "99 Ideen" not in page


def test_a_number_of_what_is_read_to_its_end_is_exact(step: Step) -> None:
    theme = made(step, "theme", "Schatten", *(make_contribution(step, f"Stimme {number}") for number in range(MOST_HOPS)))
    assert [kin.said for kin in lineage(theme).origins] == ["100 Ideen"]


def test_links_to_hidden_voices_take_no_place_of_those_that_are_shown(step: Step) -> None:
    hidden = [make_contribution(step, f"Verborgen {number}", visibility="hidden") for number in range(MOST_HOPS)]
    theme = made(step, "theme", "Schatten", *hidden, *(make_contribution(step, f"Stimme {number}") for number in range(6)))
    assert [(kin.said, len(kin.rows)) for kin in lineage(theme).origins] == [("6 Ideen", 6)]


def test_more_that_came_of_it_than_is_read_is_at_least_so_many(step: Step) -> None:
    theme = make_contribution(step, "Schatten", kind="theme")
    for number in range(MOST_HOPS + 1):
        made(step, "measure", f"Aufgabe {number}", theme, link="led_to")
    assert [kin.said for kin in lineage(theme).became] == ["mindestens 100 Maßnahmen"]


@pytest.mark.parametrize("visibility", ["hidden", "withdrawn", "erased"])
def test_what_is_not_shown_is_named_nowhere(step: Step, visibility: str) -> None:
    voice = make_contribution(step, "Eine Stimme")
    theme = made(step, "theme", "Schatten", voice, make_contribution(step, "Verborgen", visibility=visibility))
    page = make_browser(step.city).get(theme.path).content.decode()
    assert "Verborgen" not in page
    assert "Eine Stimme" in page
