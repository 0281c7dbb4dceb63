"""My page: what is new, what I gave, support and follow, my quarter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import transaction
from tests.factories import (
    make_area,
    make_browser,
    make_city,
    make_contribution,
    make_event,
    make_guest,
    make_participant,
    make_process,
    make_step,
    make_user,
)
from tests.leaving import leave_for_good

from civitas.contributions.models import Draft
from civitas.dialogue.models import Follow, Support
from civitas.kit.translated import Translated
from civitas.kit.verdicts import Refused
from civitas.notices.actions import notify
from civitas.people.actions import choose_home_area, claim_guest, export_everything
from civitas.sensor.models import SavedSearch

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from civitas.cities.models import City
    from civitas.people.models import Participant
    from civitas.processes.models import Step

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> City:
    return make_city("hamburg")


@pytest.fixture
def step(city: City) -> Step:
    return make_step(make_process(city))


def fill(step: Step, person: Participant, count: int) -> None:
    """Things given, supported and followed, with news of each."""
    area = person.home_area or make_area(step.city)
    for number in range(count):
        given = make_contribution(step, f"Meine Idee {number}", author=person, area=area)
        other = make_contribution(step, f"Eine andere {number}", author=make_guest(step.city, f"Gast {number}"), area=area)
        Support.objects.create(city=step.city, contribution=other, participant=person)
        Follow.objects.create(city=step.city, contribution=other, participant=person)
        said = make_event(given, "planned", text="Das kommt im Mai.")
        with transaction.atomic():
            notify(step.city, [person.uid], kind="contribution.answered", subject=f"contribution:{given.pk}", event=f"event-{said.pk}")


def test_a_stranger_is_invited_and_told_that_no_account_is_needed(city: City) -> None:
    page = make_browser(city).get("/mein")
    assert page.status_code == 200
    assert "Ihre Seite wartet auf Sie" in page.text
    assert "/konto/anmelden?next=/mein" in page.text


@pytest.mark.parametrize("is_guest", [True, False])
def test_a_person_finds_what_they_gave_support_and_follow(city: City, step: Step, is_guest: bool) -> None:
    person = make_guest(city, "Ada") if is_guest else make_participant(city, "Ada")
    fill(step, person, 1)
    page = make_browser(city, person).get("/mein").text
    assert "Hallo Ada" in page
    assert "Meine Idee 0" in page
    assert "Neu seit dem letzten Mal" in page
    assert page.count("Eine andere 0") == 2
    assert ("Nur dieser Browser kennt Sie" in page) is is_guest


def test_who_signed_in_and_gave_nothing_yet_is_invited_to(city: City, step: Step) -> None:
    make_area(city)
    browser = make_browser(city)
    browser.force_login(make_user())
    page = browser.get("/mein").text
    assert "Was würde Ihren Alltag leichter machen?" in page
    assert "Wo sind Sie zu Hause?" in page


def test_another_persons_things_and_another_citys_are_not_there(city: City, step: Step) -> None:
    person, other = make_participant(city, "Ada"), make_participant(city, "Bob")
    fill(step, other, 1)
    kassel = make_city("kassel")
    fill(make_step(make_process(kassel)), make_participant(kassel, "Ada", user=person.user), 1)
    page = make_browser(city, person).get("/mein").text
    assert "Meine Idee" not in page
    assert "Eine andere" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_no_more_for_more(city: City, step: Step, django_assert_num_queries: DjangoAssertNumQueries, count: int) -> None:
    person = make_participant(city, "Ada", home_area=make_area(city))
    fill(step, person, count)
    browser = make_browser(city, person)
    browser.get("/mein")
    with django_assert_num_queries(QUERIES):
        assert browser.get("/mein").status_code == 200


# Session, user, participant, roles, guest; news and their words; given, supported, followed, followed processes; what is asked
# about merging; quarter's newest with pictures; the concepts that they write along; frame.
QUERIES = 21


def test_one_press_makes_an_area_ones_own_and_shows_its_newest(city: City, step: Step) -> None:
    veddel, altona = make_area(city, "Veddel"), make_area(city, "Altona")
    make_contribution(step, "Bank am Deich", area=veddel)
    make_contribution(step, "Bank am Rathaus", area=altona)
    make_step(make_process(city, "sommer", question=Translated({"de": "Wie wird es kühler?"})))
    person = make_participant(city)
    browser = make_browser(city, person)
    answer = browser.post("/mein/gebiet", {"area": veddel.key}, follow=True)
    assert "Bank am Deich" in answer.text
    assert "Bank am Rathaus" not in answer.text
    assert "Wie wird es kühler?" in answer.text
    assert f"/entdecken?area={veddel.key}" in answer.text


def test_a_district_shows_what_is_said_in_its_quarters(city: City, step: Step) -> None:
    district = make_area(city, "Mitte", level="district")
    make_contribution(step, "Bank am Deich", area=make_area(city, "Veddel", parent=district))
    page = make_browser(city, make_participant(city, home_area=district)).get("/mein").text
    assert "Bank am Deich" in page


def test_an_area_of_another_city_is_refused(city: City) -> None:
    strange = make_area(make_city("kassel"), "Nordstadt")
    person = make_participant(city)
    page = make_browser(city, person).post("/mein/gebiet", {"area": strange.key}, follow=True).text
    assert "Dieses Gebiet gibt es in dieser Kommune nicht." in page
    person.refresh_from_db()
    assert person.home_area_id is None
    with pytest.raises(Refused):
        choose_home_area(person, strange)


def test_a_stranger_has_to_take_part_before_choosing(city: City) -> None:
    answer = make_browser(city).post("/mein/gebiet", {"area": make_area(city).key})
    assert answer.status_code == 302
    assert "/konto/anmelden" in answer.headers["Location"]


def test_the_quarter_is_exported_erased_and_handed_over(city: City) -> None:
    area = make_area(city)
    guest, person = make_guest(city, home_area=area), make_participant(city)
    assert person.user
    claim_guest(city, person.user, guest)
    person.refresh_from_db()
    guest.refresh_from_db()
    assert (person.home_area_id, guest.home_area_id) == (area.pk, None)
    assert export_everything(city, person)["people"]["home_area"] == area.key
    leave_for_good(city, person)
    person.refresh_from_db()
    assert person.home_area_id is None


@pytest.mark.parametrize("prefix", ["/en", "/einfach"])
def test_the_page_speaks_the_readers_language(city: City, step: Step, prefix: str) -> None:
    person = make_participant(city, "Ada", home_area=make_area(city))
    fill(step, person, 1)
    page = make_browser(city, person).get(f"{prefix}/mein")
    assert page.status_code == 200
    assert f'href="{prefix}/beitrag/' in page.text


def test_a_city_without_the_sensor_shows_the_page_without_the_quarter(city: City, client: Client) -> None:
    city.settings = {**city.settings, "modules": ["processes"]}
    city.save()
    person = make_participant(city, "Ada")
    make_area(city)
    page = make_browser(city, person).get("/mein")
    assert page.status_code == 200
    assert "Wo sind Sie zu Hause?" not in page.text


def test_one_press_follows_the_quarter(city: City, step: Step) -> None:
    area = make_area(city)
    person = make_participant(city, "Ada", home_area=area)
    browser = make_browser(city, person)
    page = browser.get("/mein").text
    assert f'action="/entdecken/merken?area={area.key}"' in page
    assert "Sie hören von jedem neuen Beitrag hier." not in page
    browser.post(f"/entdecken/merken?area={area.key}", {"name": area.name, "tells": "on"})
    kept = SavedSearch.objects.of(city).get()
    assert (kept.participant_id, kept.area_id, kept.tells) == (person.pk, area.pk, True)
    page = browser.get("/mein").text
    assert "Sie hören von jedem neuen Beitrag hier." in page
    assert "Meine Suchen" in page
    assert "/entdecken/merken" not in page


def test_what_one_has_begun_is_there_to_go_on_with_and_another_persons_is_not(city: City, step: Step) -> None:
    person, other = make_participant(city, "Ada"), make_participant(city, "Bob")
    for who, title in ((person, "Meine halbe Idee"), (other, "Fremde halbe Idee")):
        Draft.objects.create(city=city, participant=who, step=step, typed={"title": title})
    page = make_browser(city, person).get("/mein").text
    assert "Meine halbe Idee" in page
    assert "/verwerfen" in page
    assert "Fremde halbe Idee" not in page
