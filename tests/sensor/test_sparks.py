"""Questions, voices and ideas from other cities for who has no idea yet."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.factories import (
    make_area,
    make_browser,
    make_category,
    make_city,
    make_contribution,
    make_guest,
    make_process,
    make_step,
)

from civitas.kit.packs import Pack
from civitas.kit.translated import Translated
from civitas.sensor.models import Prompt
from civitas.sensor.packs import check_prompts, load_prompts
from civitas.sensor.sparks import chosen_prompt, ideas_elsewhere, prompts_of, quiet_voices, turn_of

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from civitas.cities.models import City
    from civitas.processes.models import Step

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 23)
TEXT = "Ich warte jeden Morgen zwanzig Minuten in der Sonne, und mein Sohn auch."
PACKS = Path(__file__).resolve().parents[2] / "cities"


@pytest.fixture
def city() -> City:
    return make_city("hamburg")


@pytest.fixture
def step(city: City) -> Step:
    return make_step(make_process(city))


def make_prompt(city: City, key: str, text: str = "Was hat Sie geärgert?", **fields: Any) -> Prompt:
    return Prompt.objects.create(city=city, key=key, text=Translated({"de": text, "en": f"{text} (en)"}), **fields)


def give_quiet(step: Step, count: int) -> None:
    for number in range(count):
        author, area = make_guest(step.city, f"Gast {number}"), make_area(step.city)
        make_contribution(step, f"Schatten {number}", text=TEXT, author=author, area=area)


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_no_more_for_more(step: Step, django_assert_num_queries: DjangoAssertNumQueries, count: int) -> None:
    give_quiet(step, count)
    for number in range(count):
        make_prompt(step.city, f"frage-{number}")
    kassel = make_step(make_process(make_city("kassel")))
    give_quiet(kassel, count)
    browser = make_browser(step.city)
    browser.get("/anregungen")
    with django_assert_num_queries(10):
        assert browser.get("/anregungen").status_code == 200


def test_one_question_stands_large_and_leads_to_the_form(city: City, step: Step) -> None:
    category = make_category(city, "Unterwegs")
    make_prompt(city, "umweg", "Welchen Umweg machen Sie?", category=category)
    page = make_browser(city).get("/anregungen").text
    assert "Welchen Umweg machen Sie?</h1>" in page
    assert f'href="/geben?frage=umweg&amp;category={category.key}"' in page
    assert "Andere Frage" not in page


def test_another_question_is_the_next_one_and_none_comes_twice_in_a_round(city: City, step: Step) -> None:
    prompts = [make_prompt(city, f"frage-{number}", position=number) for number in range(4)]
    seen, key = [], "frage-0"
    for _each in range(4):
        chosen = chosen_prompt(prompts, key, DAY)
        assert chosen
        seen.append(chosen[0].key)
        key = chosen[1].key
    assert sorted(seen) == [row.key for row in prompts]
    assert key == "frage-0"
    assert 'href="/anregungen?frage=frage-2"' in make_browser(city).get("/anregungen?frage=frage-1").text


def test_a_subject_keeps_its_questions_to_itself(city: City, step: Step) -> None:
    category, other = make_category(city, "Unterwegs"), make_category(city, "Amt")
    make_prompt(city, "umweg", "Welchen Umweg machen Sie?", category=category)
    make_prompt(city, "formular", "Welches Formular?", category=other)
    page = make_browser(city).get(f"/anregungen?thema={category.key}").text
    assert "Welchen Umweg machen Sie?</h1>" in page
    assert "Welches Formular?" not in page


def test_every_day_begins_with_another_question(city: City) -> None:
    prompts = [make_prompt(city, f"frage-{number}") for number in range(16)]
    days = [chosen_prompt(prompts, "", DAY + dt.timedelta(days=number)) for number in range(10)]
    assert len({chosen[0].key for chosen in days if chosen}) > 3


def test_the_form_asks_the_question_that_led_there(city: City, step: Step) -> None:
    make_prompt(city, "umweg", "Welchen Umweg machen Sie?")
    assert "Welchen Umweg machen Sie?" in make_browser(city).get("/geben?frage=umweg").text
    assert "Was fehlt" in make_browser(city).get("/geben?frage=gibt-es-nicht").text


def test_a_city_without_questions_still_asks_one(city: City, step: Step) -> None:
    page = make_browser(city).get("/anregungen?frage=x&thema=y")
    assert page.status_code == 200
    assert "Was würde Ihren Alltag leichter machen?" in page.text


def test_questions_of_another_city_are_not_asked(city: City, step: Step) -> None:
    make_prompt(make_city("kassel"), "berg", "An welchem Berg steigen Sie ab?")
    assert prompts_of(city) == []
    assert "Berg" not in make_browser(city).get("/anregungen?frage=berg").text


def test_voices_without_a_response_come_first_and_turn_with_the_day(city: City, step: Step) -> None:
    give_quiet(step, 8)
    loud = make_contribution(step, "Laut", text="Ich sage das sehr laut, und alle haben es schon gehört.", support_count=50)
    voices = [voice.item.pk for voice in quiet_voices(city, DAY, count=3)]
    assert len(voices) == 3
    assert loud.pk not in voices
    later = {tuple(voice.item.pk for voice in quiet_voices(city, DAY + dt.timedelta(days=number), count=3)) for number in range(8)}
    assert len(later) > 1


def test_ideas_of_other_cities_lead_to_their_own_host_and_into_our_form(city: City, step: Step) -> None:
    kassel = make_city("kassel", name=Translated({"de": "Kassel"}))
    make_contribution(make_step(make_process(kassel)), "Ein Kanu für alle", text=TEXT, author=make_guest(kassel, "Geheimer Name"))
    page = make_browser(city).get("/anregungen").text
    assert 'href="http://kassel.localhost/beitrag/' in page
    assert "Ein Kanu für alle" in page
    assert "Geheimer Name" not in page
    wish = next(link.split('"')[0] for link in page.split('href="') if link.startswith("/geben?title="))
    typed = parse_qs(urlsplit(wish.replace("&amp;", "&")).query)
    assert typed["title"] == ["Ein Kanu für alle"]
    assert "Diese Idee habe ich in Kassel gesehen: http://kassel.localhost/beitrag/" in typed["text"][0]
    form = make_browser(city).get(wish.replace("&amp;", "&")).text
    assert 'value="Ein Kanu für alle"' in form


@pytest.mark.parametrize("visibility", ["waiting", "hidden", "withdrawn", "draft"])
def test_what_is_not_published_never_crosses_the_wall(city: City, visibility: str) -> None:
    kassel = make_city("kassel")
    make_contribution(make_step(make_process(kassel)), "Nicht öffentlich", visibility=visibility)
    assert ideas_elsewhere(city, DAY, count=3) == []


@pytest.mark.parametrize("settings", [{"shown_elsewhere": False}, {"modules": ["processes"]}])
def test_a_city_that_does_not_want_to_be_shown_is_not(city: City, settings: dict[str, Any]) -> None:
    kassel = make_city("kassel")
    make_contribution(make_step(make_process(kassel)), "Bleibt zu Hause")
    assert len(ideas_elsewhere(city, DAY, count=3)) == 1
    kassel.settings = {**kassel.settings, **settings}
    kassel.save()
    assert ideas_elsewhere(city, DAY, count=3) == []


def test_ones_own_city_is_not_elsewhere_and_many_cities_cost_no_more(
    city: City, step: Step, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_contribution(step, "Von hier")
    for number in range(6):
        make_contribution(make_step(make_process(make_city(f"stadt{number}"))), f"Von dort {number}")
    with django_assert_num_queries(4):
        found = ideas_elsewhere(city, DAY, count=3)
    assert len({idea.city.pk for idea in found}) == 3
    assert city.pk not in {idea.city.pk for idea in found}


def test_a_single_other_city_still_fills_the_row(city: City) -> None:
    kassel = make_step(make_process(make_city("kassel")))
    for number in range(5):
        make_contribution(kassel, f"Von dort {number}")
    assert len({idea.item.pk for idea in ideas_elsewhere(city, DAY, count=3)}) == 3


def test_a_city_without_the_sensor_has_no_sparks(city: City) -> None:
    city.settings = {**city.settings, "modules": ["processes"]}
    city.save()
    assert make_browser(city).get("/anregungen").status_code == 404


def test_the_front_page_and_the_form_lead_there(city: City, step: Step) -> None:
    for path in ("/", "/geben"):
        assert 'href="/anregungen"' in make_browser(city).get(path).text


def test_a_closed_sensor_shows_questions_without_buttons(city: City, step: Step) -> None:
    make_prompt(city, "umweg")
    step.override = "closed"
    step.save()
    assert "/geben?frage" not in make_browser(city).get("/anregungen").text


@pytest.mark.parametrize("slug", ["hamburg", "kassel"])
def test_each_pack_brings_at_least_fifteen_questions_in_three_languages(slug: str) -> None:
    pack = Pack(PACKS / slug)
    assert list(check_prompts(pack)) == []
    assert len(list(pack.entries("prompts.toml", "prompt"))) >= 15


def test_loading_again_updates_and_takes_away_what_is_gone(city: City, tmp_path: Path) -> None:
    category = make_category(city, "Unterwegs", key="mobil")
    file = tmp_path / "prompts.toml"
    entry = '[[prompt]]\nkey = "{}"\ncategory = "mobil"\ntext = {{ de = "{}", en = "x", simple = "y" }}\n'
    file.write_text(entry.format("eins", "Alt?") + entry.format("zwei", "Bleibt?"), encoding="utf-8")
    load_prompts(city, Pack(tmp_path))
    file.write_text(entry.format("eins", "Neu?"), encoding="utf-8")
    load_prompts(city, Pack(tmp_path))
    assert [(row.key, str(row), row.category_id) for row in prompts_of(city)] == [("eins", "Neu?", category.pk)]


def test_a_faulty_pack_is_named_by_line(tmp_path: Path) -> None:
    first = '[[prompt]]\nkey = "a"\ncategory = "fehlt"\ntext = { de = "A?", en = "A?", simple = "A?" }\n\n'
    second = '[[prompt]]\nkey = "a"\ntext = { de = "B?" }\n'
    (tmp_path / "prompts.toml").write_text(first + second, encoding="utf-8")
    faults = [str(fault) for fault in check_prompts(Pack(tmp_path))]
    assert faults == [
        "prompts.toml:1: the category 'fehlt' is not in categories.toml",
        "prompts.toml:6: a prompt needs a key of its own",
        "prompts.toml:6: the text of 'a' lacks en, simple",
    ]


def test_a_turn_is_the_same_for_everybody_all_day() -> None:
    assert turn_of(DAY, "voices") == turn_of(DAY, "voices")
    assert turn_of(DAY, "voices") != turn_of(DAY + dt.timedelta(days=1), "voices")
