"""The staff desk: who may, and that forms keep what was typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.factories import make_city, make_contribution, make_participant, make_process, make_staff, make_step

from civitas.kit.translated import Translated
from civitas.processes.blueprints import house_blueprints
from civitas.processes.models import Process, Step

if TYPE_CHECKING:
    from django.test import Client

    from civitas.cities.models import City

pytestmark = pytest.mark.django_db
DESK = "/verwaltung/beteiligungen"
THREE = {"de": "Wasser", "en": "Water", "simple": "Wasser"}


def languages(name: str, text: str = "Wasser für alle") -> dict[str, str]:
    return {f"{name}_{key}": text for key in THREE}


@pytest.fixture
def city() -> City:
    return make_city("hamburg")


@pytest.fixture
def process(city: City) -> Process:
    process = make_process(city, "wasser", title=Translated(THREE), question=Translated(THREE), owner_name="Jan", state="draft")
    make_step(process, position=1, title=Translated(THREE))
    return process


@pytest.fixture
def owner(client: Client, city: City) -> Client:
    client.defaults["HTTP_HOST"] = "hamburg.localhost"
    client.force_login(make_staff(city, "owner").user)
    return client


PAGES = ["", "/neu", "/wasser", "/wasser/texte", "/wasser/schritt/neu", "/wasser/schritt/1"]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_shows_for_a_process_owner(owner: Client, process: Process, page: str) -> None:
    assert owner.get(DESK + page).status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_without_login_the_way_leads_to_the_door(client: Client, process: Process, page: str) -> None:
    answer = client.get(DESK + page, headers={"host": "hamburg.localhost"})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/konto/")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", ["", "moderator", "expert", "member"])
def test_others_are_refused(client: Client, city: City, process: Process, page: str, role: str) -> None:
    person = make_staff(city, role) if role else make_participant(city)
    client.force_login(person.user)
    assert client.get(DESK + page, headers={"host": "hamburg.localhost"}).status_code == 403


@pytest.mark.parametrize("page", PAGES[2:])
def test_another_citys_process_does_not_exist(client: Client, process: Process, page: str) -> None:
    kassel = make_city("kassel")
    client.force_login(make_staff(kassel, "administrator").user)
    assert client.get(DESK + page, headers={"host": "kassel.localhost"}).status_code == 404


def test_staff_of_another_city_are_strangers_here(client: Client, process: Process) -> None:
    client.force_login(make_staff(make_city("kassel"), "administrator").user)
    assert client.get(DESK, headers={"host": "hamburg.localhost"}).status_code == 403


@pytest.mark.parametrize("like", [*(f"house:{key}" for key in sorted(house_blueprints())), "process:wasser", "empty"])
def test_a_process_is_made_from_each_pattern(owner: Client, city: City, process: Process, like: str) -> None:
    answer = owner.post(f"{DESK}/neu", {"like": like, **languages("title", "Neuer Platz"), **languages("question", "Was fehlt?")})
    assert answer["Location"] == f"{DESK}/neuer-platz"
    made = Process.objects.of(city).get(slug="neuer-platz")
    assert (made.state, made.title["en"]) == ("draft", "Neuer Platz")
    assert Step.objects.of(city).filter(process=made).exists() == (like != "empty")
    assert owner.get(answer["Location"]).status_code == 200


@pytest.mark.parametrize(
    ("typed", "field"), [({"title_de": ""}, "title_de"), ({"title_de": "Wasser"}, "title_de"), ({"like": "house:none"}, "like")]
)
def test_a_faulty_new_process_keeps_what_was_typed(owner: Client, city: City, process: Process, typed: dict[str, str], field: str) -> None:
    sent = {"like": "empty", **languages("title", "Neu hier"), **languages("question", "Eine lange Frage?")} | typed
    answer = owner.post(f"{DESK}/neu", sent)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert "Eine lange Frage?" in answer.content.decode()
    assert Process.objects.of(city).count() == 1


def texts(process: Process, **changes: Any) -> dict[str, Any]:
    return {
        **languages("title", "Mehr Wasser"), **languages("question", "Wo?"), "owner_name": "Ada", "say": 3, "formality": "informal",
        "version": process.version,
    } | changes  # fmt: skip


def test_texts_are_saved_once_and_a_second_hand_is_told(owner: Client, process: Process) -> None:
    sent = texts(process)
    assert owner.post(f"{DESK}/wasser/texte", sent).status_code == 302
    process.refresh_from_db()
    assert (process.title["simple"], process.owner_name, process.say, process.version) == ("Mehr Wasser", "Ada", 3, 2)
    answer = owner.post(f"{DESK}/wasser/texte", sent | {"owner_name": "Jemand anders"})
    assert answer.status_code == 409
    assert "Jemand anders" in answer.content.decode()


def test_publishing_asks_what_does_not_fit(owner: Client, process: Process) -> None:
    process.owner_name = ""
    process.save()
    answer = owner.post(f"{DESK}/wasser/stand", {"state": "published"})
    assert answer.status_code == 409
    process.refresh_from_db()
    assert process.state == "draft"
    process.owner_name = "Jan"
    process.save()
    assert owner.post(f"{DESK}/wasser/stand", {"state": "published"}).status_code == 302
    process.refresh_from_db()
    assert process.state == "published"


def test_what_was_public_does_not_become_a_draft_again(owner: Client, process: Process) -> None:
    process.state = "published"
    process.save()
    answer = owner.post(f"{DESK}/wasser/stand", {"state": "draft"})
    assert answer.status_code == 409
    assert "archive" in answer.content.decode()
    process.refresh_from_db()
    assert process.state == "published"


def test_a_step_is_added_with_its_building_block(owner: Client, city: City, process: Process) -> None:
    sent = {"method": "discuss", **languages("title", "Reden"), "opens_at": "2026-03-29T01:30", "closes_at": "2026-03-29T03:30"}
    answer = owner.post(f"{DESK}/wasser/schritt/neu", sent)
    assert answer["Location"] == f"{DESK}/wasser/schritt/2"
    step = Step.objects.of(city).get(position=2)
    # The night in which the clocks go forward: two hours on the clock are one.
    assert (step.closes_at - step.opens_at).total_seconds() == 3600


def test_a_step_that_closes_before_it_opens_is_refused(owner: Client, process: Process) -> None:
    sent = {"method": "discuss", **languages("title", "Reden"), "opens_at": "2026-05-02T10:00", "closes_at": "2026-05-01T10:00"}
    answer = owner.post(f"{DESK}/wasser/schritt/neu", sent)
    assert list(answer.context["form"].errors) == ["closes_at"]


def settings(**changes: Any) -> dict[str, Any]:
    sent = {**languages("title", "Sammeln"), "setting-moderation": "before", "setting-who": "anyone", "setting-kinds": ["idea"]}
    return sent | {"setting-place": "none", "setting-question_de": "Was fehlt?", "setting-support": "on"} | changes


def test_settings_are_saved_from_the_form_of_their_schema(owner: Client, city: City, process: Process) -> None:
    assert owner.post(f"{DESK}/wasser/schritt/1", settings()).status_code == 302
    step = Step.objects.of(city).get(position=1)
    assert step.settings == {
        "question": {"de": "Was fehlt?"}, "moderation": "before", "who": "anyone", "comments": False, "support": True,
        "kinds": ["idea"], "place": "none", "photos": False, "anonymous": False,
    }  # fmt: skip


def test_a_faulty_setting_is_told_beside_its_field_and_kept(owner: Client, process: Process) -> None:
    answer = owner.post(f"{DESK}/wasser/schritt/1", settings(**{"setting-kinds": [], "setting-question_de": "Bleibt stehen?"}))
    assert answer.status_code == 422
    assert list(answer.context["settings_form"].errors) == ["kinds"]
    assert "Bleibt stehen?" in answer.content.decode()


def test_a_step_opens_and_closes_by_hand(owner: Client, city: City, process: Process) -> None:
    for override in ("closed", "open", ""):
        assert owner.post(f"{DESK}/wasser/schritt/1/oeffnung", {"override": override}).status_code == 302
        assert Step.objects.of(city).get(position=1).override == override
    assert owner.post(f"{DESK}/wasser/schritt/1/oeffnung", {"override": "ajar"}).status_code == 400


def test_a_step_keeps_its_contributions_when_it_is_set(owner: Client, city: City, process: Process) -> None:
    step = Step.objects.of(city).select_related("process", "city").get(position=1)
    make_contribution(step)
    assert owner.post(f"{DESK}/wasser/schritt/1", settings()).status_code == 302


def test_the_standing_process_stays_published(owner: Client, city: City) -> None:
    make_process(city)
    assert owner.post(f"{DESK}/buergersensor/stand", {"state": "archived"}).status_code == 409
