"""The staff desk: who may, and that forms keep what was typed."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.factories import make_city, make_contribution, make_organisation, make_participant, make_process, make_staff, make_step

from civitas.kit.translated import Translated
from civitas.processes.blueprints import house_blueprints
from civitas.processes.models import Document, Event, News, Process, Step

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


PAGES = [
    "", "/neu", "/wasser", "/wasser/texte", "/wasser/texte?teil=wer", "/wasser/texte?teil=verfahren", "/wasser/texte?teil=ergebnis",
    "/wasser/neuigkeiten/neu", "/wasser/termine/neu", "/wasser/unterlagen/neu", "/wasser/schritt/neu", "/wasser/schritt/1",
    "/wasser/vorlage.toml",
]  # fmt: skip


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
        **languages("title", "Mehr Wasser"), **languages("question", "Wo?"), "version": process.version,
    } | changes  # fmt: skip


def test_texts_are_saved_once_and_a_second_hand_is_told(owner: Client, process: Process) -> None:
    sent = texts(process)
    assert owner.post(f"{DESK}/wasser/texte?teil=worum", sent)["Location"] == f"{DESK}/wasser#worum"
    process.refresh_from_db()
    assert (process.title["simple"], process.version) == ("Mehr Wasser", 2)
    answer = owner.post(f"{DESK}/wasser/texte?teil=worum", sent | languages("question", "Wo jetzt?"))
    assert answer.status_code == 409
    # What was typed stays, what the colleague saved stands beside it, and saving again goes before it.
    assert ("Wo jetzt?" in answer.content.decode(), answer.context["theirs"][0]) == (True, ("Deutsch", "Wo?"))
    again = sent | languages("question", "Wo jetzt?") | {"version": answer.context["version"]}
    assert owner.post(f"{DESK}/wasser/texte?teil=worum", again).status_code == 302
    process.refresh_from_db()
    assert process.question["de"] == "Wo jetzt?"


def test_each_part_of_the_desk_changes_only_its_own(owner: Client, city: City, process: Process) -> None:
    office = make_organisation(city, key="umwelt")
    sent = {"owner_name": "Ada", "organisation": "umwelt", "say": 3, "owner_title_de": "Leiterin", "version": 1}
    assert owner.post(f"{DESK}/wasser/texte?teil=wer", sent).status_code == 302
    formal = {"formality": "statutory", "formal_url": "https://example.org", "formal_deadline_on": "2026-05-12", "version": 2}
    assert owner.post(f"{DESK}/wasser/texte?teil=verfahren", formal).status_code == 302
    assert owner.post(f"{DESK}/wasser/texte?teil=ergebnis", {"result_de": "Drei Brunnen.", "version": 3}).status_code == 302
    process.refresh_from_db()
    assert (process.owner_name, process.organisation, process.say, process.owner_title["de"]) == ("Ada", office, 3, "Leiterin")
    assert (process.formality, str(process.formal_deadline_on), process.result["de"]) == ("statutory", "2026-05-12", "Drei Brunnen.")
    assert process.title == THREE
    assert owner.get(f"{DESK}/wasser/texte?teil=nirgends").status_code == 404


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
    sent = {
        **languages("title", "Sammeln"),
        "version": 1,
        "mode": "online",
        "setting-moderation": "before",
        "setting-who": "anyone",
        "setting-kinds": ["idea"],
    }
    return sent | {"setting-place": "none", "setting-question_de": "Was fehlt?", "setting-support": "on"} | changes


def test_settings_are_saved_from_the_form_of_their_schema(owner: Client, city: City, process: Process) -> None:
    assert owner.post(f"{DESK}/wasser/schritt/1", settings()).status_code == 302
    step = Step.objects.of(city).get(position=1)
    assert (step.mode, step.version) == ("online", 2)
    assert step.settings == {
        "question": {"de": "Was fehlt?"}, "moderation": "before", "who": "anyone", "comments": False, "support": True,
        "kinds": ["idea"], "place": "none", "photos": False, "anonymous": False,
    }  # fmt: skip


def test_who_saves_a_step_second_is_told_and_keeps_what_was_typed(owner: Client, city: City, process: Process) -> None:
    assert owner.post(f"{DESK}/wasser/schritt/1", settings()).status_code == 302
    answer = owner.post(f"{DESK}/wasser/schritt/1", settings(intro_de="Sagen Sie es uns."))
    assert answer.status_code == 409
    assert "Sagen Sie es uns." in answer.content.decode()
    assert owner.post(f"{DESK}/wasser/schritt/1", settings(intro_de="Sagen Sie es uns.", version=2)).status_code == 302
    assert Step.objects.of(city).get(position=1).intro["de"] == "Sagen Sie es uns."


def test_a_step_is_run_only_as_its_building_block_can(owner: Client, process: Process) -> None:
    answer = owner.post(f"{DESK}/wasser/schritt/1", settings(mode="on_site"))
    assert (answer.status_code, "id_mode-error" in answer.content.decode()) == (422, True)


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


def test_the_citys_place_for_ideas_is_closed_by_no_button(city: City, owner: Client) -> None:
    process = make_process(city)
    make_step(process, position=1)
    page = owner.get(f"{DESK}/{process.slug}/schritt/1").content.decode()
    assert 'value="closed"' not in page
    assert owner.post(f"{DESK}/{process.slug}/schritt/1/oeffnung", {"override": "closed"}).status_code == 409
    assert Step.objects.of(city).get(process=process).override == ""


def test_a_step_keeps_its_contributions_when_it_is_set(owner: Client, city: City, process: Process) -> None:
    step = Step.objects.of(city).select_related("process", "city").get(position=1)
    make_contribution(step)
    assert owner.post(f"{DESK}/wasser/schritt/1", settings()).status_code == 302


def test_the_standing_process_stays_published(owner: Client, city: City) -> None:
    make_process(city)
    assert owner.post(f"{DESK}/buergersensor/stand", {"state": "archived"}).status_code == 409


def test_the_list_says_what_each_process_needs_next(owner: Client, city: City, process: Process) -> None:
    now = timezone.now()
    open_now = make_process(city, "offen", title=Translated(THREE), question=Translated(THREE), owner_name="Jan")
    make_step(open_now, position=1, title=Translated(THREE), closes_at=now + dt.timedelta(days=3))
    over = make_process(city, "vorbei", title=Translated(THREE), question=Translated(THREE), owner_name="Jan")
    make_step(over, position=1, title=Translated(THREE), closes_at=now - dt.timedelta(days=3))
    lacking = make_process(city, "lueckenhaft", title=Translated({"de": "A"}), question=Translated(THREE), state="draft")
    paused = make_process(city, "pause", title=Translated(THREE), question=Translated(THREE), owner_name="Jan", paused_at=now)
    make_step(paused, position=1, title=Translated(THREE))
    answer = owner.get("/en" + DESK)
    found = {
        row["process"].slug: (group["key"], row["next"].part, row["next"].is_due)
        for group in answer.context["groups"]
        for row in group["rows"]
    }
    assert found == {
        "wasser": ("drafts", "stand", True), "lueckenhaft": ("drafts", "passt", True), "offen": ("running", "stand", True),
        "pause": ("running", "stand", True), "vorbei": ("over", "ergebnis", True),
    }  # fmt: skip
    assert lacking.title["de"] in answer.content.decode()


def test_the_list_costs_the_same_with_one_process_and_with_three(owner: Client, city: City, process: Process) -> None:
    def queries() -> list[str]:
        with CaptureQueriesContext(connection) as taken:
            assert owner.get(DESK).status_code == 200
        return [query["sql"] for query in taken]

    owner.get(DESK)
    first = queries()
    for slug in ("zwei", "drei"):
        make_step(make_process(city, slug, owner_name="Jan"), position=1)
    assert len(queries()) == len(first)


def test_the_desk_costs_the_same_with_one_of_everything_and_with_three(owner: Client, city: City, process: Process) -> None:
    def queries() -> list[str]:
        with CaptureQueriesContext(connection) as taken:
            assert owner.get(f"{DESK}/wasser").status_code == 200
        return [query["sql"] for query in taken]

    def put(number: int) -> None:
        told = {"city": city, "process": process, "key": f"k{number}", "title": Translated(THREE)}
        News.objects.create(**told, body=Translated(THREE), published_at=timezone.now())
        Event.objects.create(**told, starts_at=timezone.now(), ends_at=timezone.now() + dt.timedelta(hours=1))
        Document.objects.create(**told, url="https://example.org")

    put(1)
    owner.get(f"{DESK}/wasser")
    first = queries()
    put(2)
    put(3)
    make_step(process, position=2, method="discuss")
    assert len(queries()) == len(first)
