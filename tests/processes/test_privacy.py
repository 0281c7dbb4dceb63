"""Each step says what it takes, on which basis and for how long: made from what it really does, or in the city's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.factories import (
    make_browser,
    make_city,
    make_contribution,
    make_organisation,
    make_participant,
    make_process,
    make_staff,
    make_step,
)

from civitas.cities.models import City
from civitas.cities.queries import forget_cities
from civitas.kit.translated import Translated
from civitas.processes.blueprints import blueprint_of, blueprint_of_text
from civitas.processes.models import Process, Step
from civitas.processes.privacy import notice_of
from civitas.processes.registry import methods
from civitas.processes.template_files import write_template

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(db: None) -> City:
    city = make_city("hamburg")
    city.settings = {**city.settings, "privacy": {"law": {"de": "§ 4 HmbDSG", "en": "section 4 HmbDSG", "simple": "§ 4 HmbDSG"}}}
    city.save()
    forget_cities()
    return City.objects.get(pk=city.pk)


@pytest.fixture
def process(city: City) -> Process:
    return make_process(city, "hafen", title=Translated(de="Der Hafen"))


def url_of(step: Step) -> str:
    return f"/datenschutz/schritt/{step.pk}"


def test_by_default_it_is_a_public_task_by_the_citys_law(process: Process) -> None:
    page = make_browser(process.city).get(url_of(make_step(process))).content.decode()
    for words in ("öffentliche Aufgabe", "§ 4 HmbDSG", "„Der Hafen“", "freiwillig"):
        assert words in page


@pytest.mark.parametrize(
    ("settings", "said", "unsaid"),
    [
        (
            {},
            ["wenn Sie einen angeben", "Bilder und Dateien", "Ihre Kommentare", "Was Sie unterstützen", "wenn Sie sie angeben"],
            ["weil Sie sich"],
        ),
        ({"place": "required"}, ["über den Sie schreiben"], ["wenn Sie einen angeben"]),
        ({"place": "none", "photos": False}, ["Nichts davon braucht Ihre Einwilligung"], ["Ort, ", "Bilder von Menschen"]),
        ({"comments": False, "support": False}, ["Was Sie schreiben"], ["Ihre Kommentare", "Was Sie unterstützen"]),
        ({"who": "signed_in"}, ["weil Sie sich für diesen Schritt anmelden"], ["Es geht auch ohne beides"]),
        ({"photos": True}, ["Nur hierfür fragen wir nach Ihrer Einwilligung: Bilder von Menschen"], ["Nichts davon braucht"]),
    ],
)
def test_it_says_what_the_step_really_takes(process: Process, settings: dict[str, Any], said: list[str], unsaid: list[str]) -> None:
    page = make_browser(process.city).get(url_of(make_step(process, settings=settings))).content.decode()
    assert [words for words in said if words not in page] == []
    assert [words for words in unsaid if words in page] == []


@pytest.mark.parametrize("key", sorted(methods()))
def test_every_method_has_a_notice(process: Process, key: str) -> None:
    settings = {"canvas": "concept"} if key == "canvas" else {}
    notice = notice_of(make_step(process, method=key, settings=settings))
    assert len(notice.takes) >= 3
    assert len(notice.why) == 3
    assert notice.kept


@pytest.mark.parametrize(
    ("key", "said", "unsaid"),
    [
        ("dots", ["Wohin Sie Ihre Punkte kleben", "Was Sie auf die Pinnwand legen"], ["Was Sie schreiben", "Bilder von Menschen"]),
        ("brainstorm", ["Was Sie auf die Pinnwand legen", "Bilder, wenn Sie welche dazugeben"], ["Punkte kleben", "Ein Ort, "]),
        ("discuss", ["Ihre Kommentare"], ["Was Sie schreiben", "Pinnwand", "Bilder"]),
    ],
)
def test_rooms_and_building_blocks_say_what_they_take(process: Process, key: str, said: list[str], unsaid: list[str]) -> None:
    notice = notice_of(make_step(process, method=key))
    words = " ".join((*notice.takes, *notice.consents))
    assert [each for each in said if each not in words] == []
    assert [each for each in unsaid if each in words] == []


def test_a_step_whose_method_is_missing_takes_nothing(process: Process) -> None:
    answer = make_browser(process.city).get(url_of(make_step(process, method="gone")))
    assert answer.status_code == 200
    assert answer.context["notice"].takes == []


def test_a_wider_rule_is_read_at_once(process: Process) -> None:
    step = make_step(process)
    process.city.rules = {"keep_letters_months": 7}
    process.city.save()
    forget_cities()
    assert "7 Monate" in make_browser(process.city).get(url_of(step)).content.decode()


def test_words_of_the_citys_own_stand_in_place_of_why_and_stay_safe(process: Process) -> None:
    step = make_step(process, privacy=Translated(de="Wir prüfen nach **§ 7 BauGB**. <script>alert(1)</script>", en="By law."))
    page = make_browser(process.city).get(url_of(step)).content.decode()
    assert "<strong>§ 7 BauGB</strong>" in page
    assert "<script>alert(1)" not in page
    assert "öffentliche Aufgabe" not in page
    assert "Was dieser Schritt aufnimmt" in page
    assert "By law." in make_browser(process.city).get(f"/en{url_of(step)}").content.decode()


def test_the_process_desk_words_it_in_every_language(process: Process) -> None:
    step = make_step(process)
    browser = make_browser(process.city, make_staff(process.city, "owner"))
    address = f"/verwaltung/beteiligungen/hafen/schritt/{step.position}"
    typed = {
        "title_de": "Sammeln", "privacy_de": "Eigenes", "privacy_en": "Own", "privacy_simple": "Unser Text", "setting-moderation": "after",
        "setting-who": "anyone", "setting-comments": "on", "setting-support": "on", "setting-kinds": ["idea"], "setting-place": "optional",
    }  # fmt: skip
    answer = browser.post(address, {**typed, "version": str(step.version)})
    assert answer.status_code == 302, answer.content.decode()
    step.refresh_from_db()
    assert step.privacy == {"de": "Eigenes", "en": "Own", "simple": "Unser Text"}
    step.refresh_from_db()
    browser.post(address, {**typed, "privacy_de": "", "privacy_en": "", "privacy_simple": "", "version": str(step.version)})
    step.refresh_from_db()
    assert not step.privacy  # empty is the house's again


def test_a_template_carries_it_along(process: Process) -> None:
    make_step(process, key="eins", privacy=Translated(de="Eigenes"))
    text = write_template(blueprint_of(process.city, process), "hafen")
    assert blueprint_of_text(text).steps[0]["privacy"] == {"de": "Eigenes"}


def test_each_form_that_takes_data_leads_to_it(process: Process) -> None:
    step = make_step(process)
    board = make_step(process, method="brainstorm")
    row = make_contribution(step)
    browser = make_browser(process.city)
    for address, of in (
        (f"/beteiligung/hafen/schritt/{step.position}", step),
        (f"/beteiligung/hafen/schritt/{board.position}", board),
        (row.path, step),
    ):
        page = browser.get(address).content.decode()
        assert '<details class="kern-summary-plain privacy-line small">' in page, address
        assert f'href="{url_of(of)}"' in page, address


def test_a_boards_page_says_it_once_with_its_door_or_above_where_there_is_none(process: Process) -> None:
    board = make_step(process, method="brainstorm")
    browser, address = make_browser(process.city), f"/beteiligung/hafen/schritt/{board.position}"
    for override, folded in (("open", True), ("closed", False)):
        board.override = override
        board.save()
        page = browser.get(address).content.decode()
        assert page.count(f'href="{url_of(board)}"') == 1, override
        assert ("privacy-line" in page) is folded, override


@pytest.mark.parametrize(("role", "status"), [("", 404), ("owner", 200)])
def test_a_draft_is_seen_by_its_team_alone(process: Process, role: str, status: int) -> None:
    process.state = Process.State.DRAFT
    process.save()
    person = make_staff(process.city, role) if role else make_participant(process.city)
    assert make_browser(process.city, person).get(url_of(make_step(process))).status_code == status


def test_another_citys_step_is_not_there(process: Process) -> None:
    step = make_step(process)
    assert make_browser(make_city("kassel")).get(url_of(step)).status_code == 404
    assert make_browser(process.city).get("/datenschutz/schritt/999999").status_code == 404


def test_without_a_city_there_is_none(client: Client) -> None:
    assert client.get("/datenschutz/schritt/1", headers={"host": "localhost"}).status_code == 404


def test_an_organisation_is_named_where_one_answers_for_it(process: Process) -> None:
    process.organisation = make_organisation(process.city, "Bezirksamt Altona")
    process.save()
    assert "Bezirksamt Altona fragt Sie hier" in make_browser(process.city).get(url_of(make_step(process))).content.decode()
