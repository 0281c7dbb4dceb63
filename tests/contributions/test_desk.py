"""The team's desk: who gets in, what it lists, what can be decided, and what happens when someone was quicker."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone
from tests.factories import (
    make_browser,
    make_city,
    make_comment,
    make_contribution,
    make_event,
    make_guest,
    make_organisation,
    make_participant,
    make_process,
    make_staff,
    make_step,
)

from civitas.contributions.tasks import index_contributions

pytestmark = pytest.mark.django_db

PAGES = ["/verwaltung/", "/verwaltung/beitraege", "/verwaltung/beitraege/1"]


@pytest.fixture
def step(db: None) -> Any:
    return make_step(make_process(make_city("hamburg")))


def text_of(response: Any) -> str:
    return str(response.content.decode())


@pytest.mark.parametrize("address", PAGES)
def test_the_desk_is_for_the_team(step: Any, address: str) -> None:
    make_contribution(step)
    assert make_browser(step.city).get(address).headers["Location"] == f"/konto/anmelden?next={address}"
    assert make_browser(step.city, make_participant(step.city)).get(address).status_code == 403
    assert make_browser(step.city, make_staff(step.city, "moderator")).get(address).status_code == 200


@pytest.mark.parametrize("address", PAGES)
def test_another_citys_team_is_nobody_here(step: Any, address: str) -> None:
    make_contribution(step)
    outsider = make_staff(make_city("kassel"), "administrator")
    assert make_browser(step.city, outsider).get(address).status_code == 403


def test_another_citys_number_is_not_found(step: Any) -> None:
    make_contribution(step)
    other = make_city("kassel")
    assert make_browser(other, make_staff(other, "moderator")).get("/verwaltung/beitraege/1").status_code == 404


def test_the_overview_says_how_much_is_public(step: Any) -> None:
    make_contribution(step, "Wartet noch", visibility="waiting")
    for _each in range(2):
        make_contribution(step)
    page = text_of(make_browser(step.city, make_staff(step.city, "moderator")).get("/verwaltung/"))
    assert "2 Beiträge sind öffentlich" in page


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("view", ["waiting", "published"])
def test_the_list_costs_the_same_with_one_row_and_with_three(step: Any, view: str, count: int, django_assert_max_num_queries: Any) -> None:
    old = timezone.now() - dt.timedelta(days=20)
    for index in range(count):
        row = make_contribution(
            step, f"Idee {index}", author=make_guest(step.city), given_at=old, visibility="waiting" if view == "waiting" else "published"
        )
        make_comment(row, author=make_guest(step.city))
    browser = make_browser(step.city, make_staff(step.city, "moderator"))
    browser.get("/verwaltung/")
    with django_assert_max_num_queries(12):
        page = text_of(browser.get(f"/verwaltung/beitraege?ansicht={view}"))
    assert f"Idee {count - 1}" in page


def test_numbers_and_words_find(step: Any) -> None:
    rows = [make_contribution(step, title) for title in ("Mehr Schatten", "Mehr Licht")]
    hidden = make_contribution(step, "Verborgenes Licht", visibility="hidden")
    index_contributions(step.city, [{"contribution": row.pk} for row in rows])
    browser = make_browser(step.city, make_staff(step.city, "moderator"))
    by_number = text_of(browser.get(f"/verwaltung/beitraege?ansicht=published&q={rows[0].number}"))
    assert ("Mehr Schatten" in by_number, "Mehr Licht" in by_number) == (True, False)
    by_word = text_of(browser.get("/verwaltung/beitraege?ansicht=published&q=Licht"))
    assert ("Mehr Schatten" in by_word, "Mehr Licht" in by_word) == (False, True)
    assert hidden.title in text_of(browser.get("/verwaltung/beitraege?ansicht=hidden&q=licht"))
    assert "Nichts gefunden" in text_of(browser.get("/verwaltung/beitraege?ansicht=hidden&q=99999999999999999999"))


def test_experts_see_what_is_public_and_answer_it(step: Any) -> None:
    make_contribution(step, "Wartet", visibility="waiting")
    make_contribution(step, "Steht da")
    browser = make_browser(step.city, make_staff(step.city, "expert"))
    page = text_of(browser.get("/verwaltung/beitraege?ansicht=published"))
    assert ("Wartet" in page, "Steht da" in page, "Verbergen" in page) == (False, True, False)
    assert "Wartet" not in text_of(browser.get("/verwaltung/beitraege?ansicht=waiting"))


@pytest.mark.parametrize("count", [1, 3])
def test_an_organisations_page_costs_the_same_with_one_answer_and_with_three(
    step: Any, count: int, django_assert_max_num_queries: Any
) -> None:
    office = make_organisation(step.city, "Grünamt", key="gruenamt")
    for index in range(count):
        row = make_contribution(step, f"Idee {index}")
        make_event(row, text=f"Antwort {index}", organisation=office)
        make_comment(
            row, f"Wort {index}", organisation=office, author=make_staff(step.city, "member", f"Stimme {index}", organisation=office)
        )
    browser = make_browser(step.city)
    browser.get("/organisation/gruenamt")
    with django_assert_max_num_queries(4):
        page = text_of(browser.get("/organisation/gruenamt"))
    for words in ("Grünamt", "geprüft am", f"Antwort {count - 1}", f"Wort {count - 1}", f"Stimme {count - 1}"):
        assert words in page
    assert make_browser(make_city("kassel")).get("/organisation/gruenamt").status_code == 404


@pytest.mark.parametrize("visibility", ["waiting", "hidden"])
def test_nobody_of_the_team_publishes_their_own_in_the_archive(step: Any, visibility: str) -> None:
    jule, timo = make_staff(step.city, "moderator", "Jule"), make_staff(step.city, "administrator", "Timo")
    row = make_contribution(step, author=jule, visibility=visibility)
    button = '<input type="hidden" name="verb" value="publish">'
    for address in ("/verwaltung/beitraege/1", f"/verwaltung/beitraege?ansicht={visibility}"):
        assert [button in text_of(make_browser(step.city, who).get(address)) for who in (jule, timo)] == [False, True]
    typed = {"verb": "publish", "version": row.version}
    for who, then in ((jule, visibility), (timo, "published")):
        assert make_browser(step.city, who).post(f"/verwaltung/redaktion/beitrag/{row.pk}", typed).status_code == 303
        row.refresh_from_db()
        assert row.visibility == then
