"""Seeing the city as citizens do: it takes rights away for a while and can give none."""

from __future__ import annotations

from typing import Any

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

from civitas.people.actors import AS_CITIZEN

pytestmark = pytest.mark.django_db

SEE = "/verwaltung/als-buerger"


@pytest.fixture
def city(db: None) -> Any:
    return make_city("hamburg")


def text_of(response: Any) -> str:
    return str(response.content.decode())


def test_pages_show_what_citizens_see_and_a_bar_with_the_way_back(city: Any) -> None:
    step = make_step(make_process(city))
    hidden = make_contribution(step, visibility="hidden", author=make_participant(city))
    browser = make_browser(city, make_staff(city, "administrator"))
    assert browser.get(hidden.path).status_code == 200
    assert "Als Bürgerin oder Bürger sehen" in text_of(browser.get("/"))
    answer = browser.post(SEE, {"sehen": "an", "hier": "/entdecken"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/entdecken")
    assert browser.get(hidden.path).status_code == make_browser(city).get(hidden.path).status_code
    page = text_of(browser.get("/"))
    assert ("Zurück zum Team" in page, "Als Bürgerin oder Bürger sehen" in page) == (True, False)
    closed = browser.get("/verwaltung/")
    assert (closed.status_code, "Zurück zum Team" in text_of(closed)) == (403, True)
    back = browser.post(SEE, {"sehen": "aus", "hier": "/mein"})
    assert back.headers["Location"] == "/entdecken"
    assert browser.get("/verwaltung/").status_code == 200


def test_what_is_sent_meanwhile_is_sent_by_a_citizen(city: Any) -> None:
    step = make_step(make_process(city))
    row = make_contribution(step, visibility="waiting", author=make_participant(city))
    shown = make_contribution(step, author=make_participant(city))
    browser = make_browser(city, make_staff(city, "administrator", "Imke"))
    browser.post(SEE, {"sehen": "an", "hier": "/"})
    posts = {
        f"/verwaltung/redaktion/beitrag/{row.pk}": {"verb": "publish", "version": "1"},
        f"/verwaltung/antworten/{shown.number}/entwurf": {"status": "planned", "text": "Ja", "version": "1", "do": "publish"},
        "/verwaltung/team/einladen": {"mail": "bob@example.org", "role": "administrator", "language": "de"},
        "/verwaltung/team/notiz": {"text": "Hallo"},
    }
    assert {path: browser.post(path, typed).status_code for path, typed in posts.items()} == dict.fromkeys(posts, 403)
    row.refresh_from_db()
    shown.refresh_from_db()
    assert (row.visibility, shown.status) == ("waiting", "received")
    # What citizens may do, goes on working, as the same person.
    assert browser.post(f"/beitrag/{shown.number}/unterstuetzen").status_code in {200, 302, 303}


def test_organisations_are_laid_down_too(city: Any) -> None:
    department = make_organisation(city, "Amt für Verkehr")
    browser = make_browser(city, make_staff(city, "expert", organisation=department))
    path = make_contribution(make_step(make_process(city))).path
    assert department.name in text_of(browser.get(path))
    browser.post(SEE, {"sehen": "an", "hier": "/"})
    assert department.name not in text_of(browser.get(path))


def test_only_the_team_has_roles_to_lay_down(city: Any) -> None:
    assert make_browser(city).post(SEE, {"sehen": "an"}).status_code == 302
    browser = make_browser(city, make_participant(city))
    assert browser.post(SEE, {"sehen": "an"}).status_code == 403
    assert AS_CITIZEN not in browser.session


def test_taking_it_up_again_gives_nobody_a_role(city: Any) -> None:
    browser = make_browser(city, make_participant(city))
    assert browser.post(SEE, {"sehen": "aus", "hier": "/"}).status_code == 303
    assert browser.get("/verwaltung/").status_code == 403


def test_it_holds_for_one_browser_and_one_city(city: Any) -> None:
    person, kassel = make_staff(city, "moderator"), make_city("kassel")
    first, second = make_browser(city, person), make_browser(city, person)
    first.post(SEE, {"sehen": "an", "hier": "/"})
    assert (first.get("/verwaltung/").status_code, second.get("/verwaltung/").status_code) == (403, 200)
    staff_there = make_staff(kassel, "moderator")
    there = make_browser(kassel, staff_there)
    session = there.session
    session[AS_CITIZEN] = "hamburg"
    session.save()
    assert there.get("/verwaltung/").status_code == 200


def test_from_the_teams_own_pages_it_leads_to_the_front_page_and_back(city: Any) -> None:
    browser = make_browser(city, make_staff(city, "moderator"))
    assert browser.post(SEE, {"sehen": "an", "hier": "/en/verwaltung/team"}).headers["Location"] == "/"
    assert browser.post(SEE, {"sehen": "aus", "hier": "/"}).headers["Location"] == "/en/verwaltung/team"


def test_nobody_is_led_to_another_site_and_a_link_changes_nothing(city: Any) -> None:
    browser = make_browser(city, make_staff(city, "moderator"))
    assert browser.post(SEE, {"sehen": "an", "hier": "https://evil.example/"}).headers["Location"] == "/"
    assert browser.post(SEE, {"sehen": "aus", "hier": "//evil.example/"}).headers["Location"] == "/"
    assert browser.get(SEE, {"sehen": "an"}).status_code == 405
