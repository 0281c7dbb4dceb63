"""The pages of themes: who comes in, what they show, what a form does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import make_browser, make_city, make_contribution, make_participant, make_staff
from tests.themes.house import House, make_house

from civitas.contributions.actions import change_visibility
from civitas.contributions.models import Contribution
from civitas.kit.ids import uuid7
from civitas.outbox.worker import run_due
from civitas.themes import actions
from civitas.themes.actions import gather, publish_theme
from civitas.themes.models import Gathering, Theme
from civitas.themes.queries import count_voices

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries


pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return make_house()


def published(house: House, count: int = 2) -> Contribution:
    theme = house.theme()
    gather(house.actor, theme, [row.pk for row in house.voices(count, lat=53.55, lon=10.0)], uid=uuid7())
    publish_theme(house.actor, theme)
    run_due()
    found: Contribution = Contribution.objects.of(house.city).get(pk=theme.pk)
    return found


class TestThePublic:
    def test_a_themes_page_shows_its_voices_places_and_numbers(self, house: House):
        theme = published(house)
        page = make_browser(house.city).get(theme.path).content.decode()
        assert "2 Stimmen" in page
        assert "Mehr Schatten 1" in page
        assert f"/beitrag/{theme.number}/stimmen/karte.json" in page
        assert "verwaltung/themen" not in page

    def test_the_page_of_an_idea_has_none_of_it(self, house: House):
        (voice,) = house.voices(1)
        assert "theme-face" not in make_browser(house.city).get(voice.path).content.decode()

    def test_all_voices_stand_page_by_page(self, house: House):
        theme = published(house, 23)
        browser = make_browser(house.city)
        first = browser.get(f"/beitrag/{theme.number}/stimmen").content.decode()
        assert first.count('class="cc"') == 20
        cursor = re.search(r'href="\?nach=(\d+)"', first)
        assert cursor
        second = browser.get(f"/beitrag/{theme.number}/stimmen?nach={cursor[1]}").content.decode()
        assert second.count('class="cc"') == 3

    def test_the_map_marks_the_themes_voices_alone(self, house: House):
        theme = published(house)
        make_contribution(house.step, "Woanders", lat=53.56, lon=10.01)
        found = make_browser(house.city).get(f"/beitrag/{theme.number}/stimmen/karte.json?bbox=9.8,53.4,10.2,53.7&zoom=10").json()
        assert sum(cell["n"] for cell in found["cells"]) == 2
        assert make_browser(house.city).get(f"/beitrag/{theme.number}/stimmen/karte.json?bbox=1&zoom=x").status_code == 400

    def test_a_draft_is_nowhere(self, house: House):
        theme = house.theme()
        browser = make_browser(house.city)
        for path in (theme.path, f"/beitrag/{theme.number}/stimmen", f"/beitrag/{theme.number}/stimmen/karte.json"):
            assert browser.get(path).status_code == 404
        assert "Schatten" not in browser.get("/themen").content.decode()

    def test_another_city_has_it_not(self, house: House):
        theme = published(house)
        stranger = make_browser(make_city("kassel"))
        for path in (theme.path, f"/beitrag/{theme.number}/stimmen", f"/beitrag/{theme.number}/stimmen/karte.json"):
            assert stranger.get(path).status_code == 404
        assert "Schatten" not in stranger.get("/themen").content.decode()

    def test_a_voice_that_is_hidden_shows_on_none_of_the_pages(self, house: House):
        theme = published(house)
        hidden = Contribution.objects.of(house.city).get(title="Mehr Schatten 1")
        change_visibility(house.city, hidden, "hidden")
        browser = make_browser(house.city)
        for path in (theme.path, f"/beitrag/{theme.number}/stimmen"):
            assert "Mehr Schatten 1" not in browser.get(path).content.decode()
        found = browser.get(f"/beitrag/{theme.number}/stimmen/karte.json?bbox=9.8,53.4,10.2,53.7&zoom=18").json()
        assert [cell["title"] for cell in found["cells"]] == ["Mehr Schatten 0"]

    def test_the_list_and_a_process_name_published_themes(self, house: House):
        theme = published(house)
        browser = make_browser(house.city)
        assert theme.path in browser.get("/themen").content.decode()
        assert theme.path in browser.get(f"/beteiligung/{house.step.process.slug}", follow=True).content.decode() + theme.path

    def test_as_many_queries_for_three_as_for_one(self, house: House, django_assert_num_queries: DjangoAssertNumQueries):
        browser = make_browser(house.city)
        small = published(house, 1)
        browser.get(small.path)
        with CaptureQueriesContext(connection) as one:
            browser.get(small.path)
        large = published(house, 3)
        with django_assert_num_queries(len(one)):  # what other rooms show on the page is counted too
            browser.get(large.path)
        with django_assert_num_queries(QUERIES_OF_LIST):
            browser.get("/themen")
        published(house, 1)
        with django_assert_num_queries(QUERIES_OF_LIST):
            browser.get("/themen")


QUERIES_OF_LIST = 3


class TestTheTeam:
    @pytest.mark.parametrize("role", ["moderator", "facilitator", "owner", "administrator"])
    def test_who_gathers_comes_in(self, house: House, role: str):
        browser = make_browser(house.city, make_staff(house.city, role))
        assert browser.get("/verwaltung/themen").status_code == 200

    def test_who_does_not_is_sent_away(self, house: House):
        theme = house.theme()
        for person in (make_participant(house.city), make_staff(house.city, "expert")):
            for path in ("", "/neu", f"/{theme.number}", f"/{theme.number}/sammeln"):
                assert make_browser(house.city, person).get(f"/verwaltung/themen{path}").status_code == 403

    def test_an_idea_is_no_theme(self, house: House):
        (voice,) = house.voices(1)
        assert make_browser(house.city, house.jule).get(f"/verwaltung/themen/{voice.number}").status_code == 404

    def test_a_theme_is_begun_filled_and_published_by_forms(self, house: House):
        browser, voices = make_browser(house.city, house.jule), house.voices(3)
        typed = {"title": "Kühle Orte", "text": "Im Sommer.", "process": house.step.process.slug, "uid": str(uuid7())}
        there = browser.post("/verwaltung/themen/neu", typed).headers["Location"]
        theme = Contribution.objects.of(house.city).get(kind="theme")
        assert there == f"/verwaltung/themen/{theme.number}/sammeln"
        browser.post(there, {"c": [row.pk for row in voices[:2]], "uid": str(uuid7())})
        page = browser.get(f"/verwaltung/themen/{theme.number}").content.decode()
        assert "2 Stimmen darin" in page or "Mehr Schatten 1" in page
        browser.post(f"/verwaltung/themen/{theme.number}/herausnehmen", {"c": voices[0].pk})
        browser.post(f"/verwaltung/themen/{theme.number}/veroeffentlichen")
        run_due()
        assert "1 Stimme" in make_browser(house.city).get(theme.path).content.decode()

    def test_all_that_the_filters_find_come_in(self, house: House):
        theme, browser = house.theme(), make_browser(house.city, house.jule)
        house.voices(25)
        make_contribution(house.step, "Anderes", lat=53.6, lon=10.1)
        browser.post(f"/verwaltung/themen/{theme.number}/sammeln?bbox=10.05,53.55,10.15,53.65", {"alle": "1", "uid": str(uuid7())})
        assert [row.title for row in [Gathering.objects.of(house.city).get()] for row in [row.items.of(house.city).get().contribution]] == [
            "Anderes"
        ]
        browser.post(f"/verwaltung/themen/{theme.number}/sammeln", {"alle": "1", "uid": str(uuid7())})
        assert count_voices(house.city, theme) == 26

    def test_nothing_ticked_is_said_and_the_page_stays(self, house: House):
        answer = make_browser(house.city, house.jule).post(f"/verwaltung/themen/{house.theme().number}/sammeln", {"uid": str(uuid7())})
        assert answer.status_code == 400
        assert "kreuzen Sie mindestens eine Stimme an" in answer.content.decode()

    def test_who_was_overtaken_sees_both_wordings(self, house: House):
        theme, browser = house.theme(), make_browser(house.city, house.jule)
        path = f"/verwaltung/themen/{theme.number}"
        browser.post(path, {"title": "Kühle Orte", "text": "", "version": 1})
        answer = browser.post(path, {"title": "Bäume", "text": "Meins", "version": 1})
        page = answer.content.decode()
        assert answer.status_code == 409
        assert "Kühle Orte" in page
        assert 'value="Bäume"' in page
        assert 'name="version" value="2"' in page

    def test_progress_of_many_is_a_part_that_is_fetched_again(self, house: House, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(actions, "AT_ONCE", 20)
        theme, voices = house.theme(), house.voices(25)
        run = gather(house.actor, theme, [row.pk for row in voices], uid=uuid7())
        browser = make_browser(house.city, house.jule)
        part = browser.get(f"/verwaltung/themen/{theme.number}/lauf/{run.pk}", headers={"hx-request": "true"}).content.decode()
        assert "20 von 25" in part
        assert 'hx-trigger="every 2s"' in part
        run_due()
        part = browser.get(f"/verwaltung/themen/{theme.number}/lauf/{run.pk}", headers={"hx-request": "true"}).content.decode()
        assert "25 Stimmen kamen dazu" in part
        assert "hx-trigger" not in part

    def test_as_many_queries_for_three_as_for_one(self, house: House, django_assert_num_queries: DjangoAssertNumQueries):
        browser = make_browser(house.city, house.jule)
        published(house, 1)
        browser.get("/verwaltung/themen")
        for _more in range(2):
            with django_assert_num_queries(QUERIES_OF_DESK):
                browser.get("/verwaltung/themen")
            published(house, 3)
        assert Theme.objects.of(house.city).count() == 3


QUERIES_OF_DESK = 11
