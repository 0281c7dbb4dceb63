"""Barriers of the site: anybody reports one from any page, the team answers in time, and the report goes when it is old."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail
from django.utils import timezone
from tests.factories import make_browser, make_city, make_guest, make_participant, make_staff
from tests.leaving import leave_for_good

from civitas.kit.ids import uuid7
from civitas.kit.rooms import notice_kind
from civitas.kit.verdicts import Refused
from civitas.notices.models import Notice
from civitas.outbox.worker import run_due
from civitas.people.actions import claim_guest, export_everything
from civitas.people.actors import Actor, actor_of
from civitas.team.actions.barriers import answer_barrier, old_barriers, remove_barriers, report_barrier
from civitas.team.models import BarrierReport

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
PAGE = "/barriere-melden"
WORDS = "Das Bild auf der Karte hat keine Beschreibung."


@pytest.fixture(autouse=True)
def _mails_stay_here(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def city(db: None) -> Any:
    return make_city("hamburg")


def send(browser: Client, **typed: str) -> Any:
    hidden = dict(re.findall(r'name="(uid|seal)" value="([^"]+)"', browser.get(PAGE).content.decode()))
    return browser.post(PAGE, {**hidden, "homepage": "", "text": WORDS, "path": "/entdecken", "mail": ""} | typed)


def told(city: Any, **fields: Any) -> BarrierReport:
    return report_barrier(Actor(city, source="net"), **{"uid": uuid7(), "text": WORDS, "path": "/entdecken"} | fields)


class TestReporting:
    def test_every_page_leads_to_it_and_it_knows_where_one_came_from(self, city: Any) -> None:
        browser = make_browser(city)
        assert f'href="{PAGE}"' in browser.get("/impressum").content.decode()
        page = browser.get(PAGE, headers={"referer": "http://hamburg.localhost/impressum?geheim=1"}).content.decode()
        assert 'name="path" value="/impressum"' in page
        assert "evil" not in browser.get(PAGE, headers={"referer": "http://evil.example/evil"}).content.decode()

    def test_a_stranger_reports_without_an_address_and_the_team_hears_of_it(self, city: Any) -> None:
        jule, _expert = make_staff(city, "moderator", "Jule"), make_staff(city, "expert", "Emma")
        response = send(make_browser(city))
        assert response.headers["Location"] == f"{PAGE}?danke=1"
        assert "innerhalb von 6 Wochen" in make_browser(city).get(response.headers["Location"]).content.decode()
        report = BarrierReport.objects.of(city).get()
        assert (report.text, report.path, report.mail, report.participant) == (WORDS, "/entdecken", "", None)
        assert report.due_on == timezone.localdate() + dt.timedelta(weeks=6)
        notice = Notice.objects.of(city).get(kind="team.barrier")
        assert notice.recipient == jule.uid
        assert notice_kind("team.barrier").word(city, notice).path == f"/verwaltung/barrieren/{report.pk}"

    def test_the_same_form_sent_twice_is_one_report(self, city: Any) -> None:
        uid = uuid7()
        assert told(city, uid=uid).pk == told(city, uid=uid).pk
        assert BarrierReport.objects.of(city).count() == 1

    @pytest.mark.parametrize("typed", [{"text": " "}, {"mail": "kein-at"}, {"homepage": "x"}, {"seal": "falsch"}, {"text": "x" * 4001}])
    def test_what_is_missing_is_said_and_what_was_typed_stays(self, city: Any, typed: dict[str, str]) -> None:
        response = send(make_browser(city), **typed)
        assert response.status_code == 422
        assert "/entdecken" in response.content.decode()
        assert not BarrierReport.objects.of(city).exists()


class TestAnswering:
    @pytest.mark.django_db(transaction=True)
    def test_the_answer_goes_by_mail_once_and_closes_the_report(self, city: Any) -> None:
        report, jule = told(city, mail="rita@example.org"), make_staff(city, "moderator", "Jule")
        browser = make_browser(city, jule)
        assert "Das Bild auf der Karte" in browser.get("/verwaltung/barrieren").content.decode()
        address = f"/verwaltung/barrieren/{report.pk}"
        assert browser.post(address, {"text": " "}).status_code == 422
        assert browser.post(address, {"text": "Nun steht sie da."}).headers["Location"] == "/verwaltung/barrieren"
        run_due()
        run_due()
        (sent,) = [each for each in mail.outbox if each.to == ["rita@example.org"]]
        assert ("Nun steht sie da." in sent.body, WORDS in sent.body) == (True, True)
        assert "Nichts wartet auf eine Antwort" in browser.get("/verwaltung/barrieren").content.decode()

    def test_who_comes_second_keeps_their_text(self, city: Any) -> None:
        report, jule = told(city), make_staff(city, "moderator", "Jule")
        answer_barrier(actor_of(jule), report, text="Erledigt.")
        response = make_browser(city, jule).post(f"/verwaltung/barrieren/{report.pk}", {"text": "Meine Antwort"})
        assert response.status_code == 409
        assert "Meine Antwort" in response.content.decode()
        report.refresh_from_db()
        assert report.answer == "Erledigt."

    @pytest.mark.parametrize("count", [1, 3])
    def test_the_list_costs_the_same_for_one_and_three(self, city: Any, count: int, django_assert_max_num_queries: Any) -> None:
        jule = make_staff(city, "moderator", "Jule")
        for number in range(count):
            told(city)
            answer_barrier(actor_of(jule), told(city), text=f"Antwort {number}")
        browser = make_browser(city, jule)
        browser.get("/verwaltung/barrieren")
        with django_assert_max_num_queries(20):
            browser.get("/verwaltung/barrieren")


class TestForgetting:
    def test_answered_reports_go_when_they_are_old(self, city: Any) -> None:
        waiting, answered = told(city), told(city)
        answer_barrier(actor_of(make_staff(city, "moderator")), answered, text="Ja.")
        later = timezone.now() + dt.timedelta(days=1)
        assert [remove_barriers(city, old_barriers(city, later)) for _time in range(2)] == [1, 0]
        assert BarrierReport.objects.of(city).get() == waiting

    def test_a_report_is_in_ones_archive_and_goes_with_who_leaves(self, city: Any) -> None:
        guest, alice = make_guest(city), make_participant(city, "Alice")
        report_barrier(actor_of(guest), uid=uuid7(), text=WORDS)
        claim_guest(city, alice.user, guest)
        assert [row["text"] for row in export_everything(city, alice)["team"]["barriers"]] == [WORDS]
        leave_for_good(city, alice)
        assert not BarrierReport.objects.of(city).exists()


class TestDoors:
    def test_only_the_team_reads_and_answers(self, city: Any) -> None:
        report = told(city)
        for path in ("/verwaltung/barrieren", f"/verwaltung/barrieren/{report.pk}"):
            assert make_browser(city).get(path).headers["Location"] == f"/konto/anmelden?next={path}"
            assert make_browser(city, make_participant(city)).get(path).status_code == 403
        with pytest.raises(Refused):
            answer_barrier(actor_of(make_participant(city)), report, text="Nein.")

    def test_another_city_does_not_know_it(self, city: Any) -> None:
        report, other = told(city), make_staff(make_city("kassel"), "administrator")
        browser = make_browser(other.city, other)
        assert browser.get(f"/verwaltung/barrieren/{report.pk}").status_code == 404
        assert browser.post(f"/verwaltung/barrieren/{report.pk}", {"text": "Nein."}).status_code == 404
        with pytest.raises(Refused) as refused:
            answer_barrier(actor_of(other), report, text="Nein.")
        assert refused.value.status == 404
