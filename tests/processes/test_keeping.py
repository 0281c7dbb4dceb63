"""What goes by rule: seen before it goes, with other periods tried, and put off for a reason until a day."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.text import capfirst
from tests.factories import make_browser, make_city, make_contribution, make_participant, make_process, make_staff, make_step

from civitas.cities.models import City
from civitas.classes.models import SchoolClass
from civitas.journal.models import Entry
from civitas.kit.verdicts import Refused
from civitas.moderation.models import Case
from civitas.people.actors import actor_of
from civitas.processes.models import Postponement, Process, Removed
from civitas.processes.postponing import MOST_PUT_OFF, postponables, postpone, release
from civitas.processes.retention import Held, declared, due_of, kept_of, remove_due

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
URL, PUT_OFF = "/verwaltung/aufbewahrung", "/verwaltung/aufbewahrung/zurueckstellen"
KIND = "moderation.decided"
NOW = timezone.now()


@pytest.fixture
def city(db: None) -> City:
    return make_city("hamburg")


@pytest.fixture
def process(city: City) -> Process:
    return make_process(city, "hafen")


@pytest.fixture
def admin(city: City) -> Any:
    return actor_of(make_staff(city, "administrator", "Mona"))


def decided(process: Process, title: str, months: int) -> Case:
    """Something that was decided so many months ago."""
    at = NOW - dt.timedelta(days=31 * months)
    row = make_contribution(make_step(process), title)
    return Case.objects.create(city=process.city, contribution=row, state="closed", opened_at=at, closed_at=at)


def tomorrow(days: int = 1) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=days)


def off(actor: Any, **what: Any) -> Postponement:
    return postpone(actor, **{"why": "audit", "words": "Der Rechnungshof prüft.", "until": tomorrow(30), **what})


def count_due(city: City) -> int:
    label = str(postponables()[KIND].label)
    return next(each.due for each in kept_of(city) if each.label == label)


class TestPuttingOff:
    def test_a_single_thing_stays_until_its_day_and_the_rest_goes(self, process: Process, admin: Any) -> None:
        kept, gone = decided(process, "Bleibt", 30), decided(process, "Geht", 30)
        assert count_due(process.city) == 2
        off(admin, kind=KIND, key=kept.pk)
        assert count_due(process.city) == 1
        assert remove_due(process.city) == 1
        assert list(Case.objects.of(process.city)) == [kept]
        assert remove_due(process.city, now=NOW + dt.timedelta(days=29)) == 0
        assert remove_due(process.city, now=NOW + dt.timedelta(days=32)) == 1
        assert gone.pk != kept.pk

    def test_all_of_a_process_stays(self, process: Process, admin: Any) -> None:
        kept = decided(process, "Bleibt", 30)
        decided(make_process(process.city, "markt"), "Geht", 30)
        off(admin, process=process)
        assert remove_due(process.city) == 1
        assert list(Case.objects.of(process.city)) == [kept]

    def test_what_was_taken_away_from_it_and_its_classes_stay_too(self, process: Process, admin: Any) -> None:
        other = make_process(process.city, "markt")
        long_ago = NOW - dt.timedelta(days=400)
        for each in (process, other):
            Removed.objects.create(city=each.city, process=each, what="news", title={"de": each.slug}, row={}, at=long_ago)
            SchoolClass.objects.create(city=each.city, process=each, name=each.slug, code=each.slug, opens_at=long_ago, closes_at=long_ago)
        off(admin, process=process)
        assert remove_due(process.city) == 2
        assert [row.process for row in Removed.objects.of(process.city).select_related("process")] == [process]
        assert [row.process for row in SchoolClass.objects.of(process.city).select_related("process")] == [process]

    def test_the_page_names_what_stays_with_it(self, process: Process) -> None:
        browser = make_browser(process.city, make_staff(process.city, "administrator"))
        page = browser.get(f"{PUT_OFF}?beteiligung=hafen").content.decode()
        for each in declared():
            named = bool(each.postponing and each.postponing.process)
            assert (capfirst(str(each.label)) in page) == named, each.label

    def test_the_record_keeps_reason_and_day_and_no_words(self, process: Process, admin: Any) -> None:
        case = decided(process, "Bleibt", 30)
        row = off(admin, kind=KIND, key=case.pk)
        release(admin, row)
        entries = list(Entry.objects.of(process.city).order_by("pk").values_list("verb", "subject", "details"))
        assert entries == [
            ("retention.postponed", f"{KIND}:{case.pk}", {"why": "audit", "until": tomorrow(30).isoformat()}),
            ("retention.released", f"{KIND}:{case.pk}", {}),
        ]

    def test_asked_again_the_new_day_holds(self, process: Process, admin: Any) -> None:
        case = decided(process, "Bleibt", 30)
        off(admin, kind=KIND, key=case.pk)
        off(admin, kind=KIND, key=case.pk, until=tomorrow(5))
        assert [row.until for row in Postponement.objects.of(process.city).filter(ended_at=None)] == [tomorrow(5)]

    def test_let_go_it_goes_and_twice_is_once(self, process: Process, admin: Any) -> None:
        case = decided(process, "Bleibt", 30)
        row = off(admin, kind=KIND, key=case.pk)
        assert (release(admin, row), release(admin, row)) == (True, False)
        assert remove_due(process.city) == 1

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"why": "because"}, "why"),
            ({"words": "  "}, "words"),
            ({"words": "x" * 501}, "words"),
            ({"until": None}, "until"),
            ({"until": timezone.localdate()}, "until"),
            ({"until": timezone.localdate() + dt.timedelta(days=1_200)}, "until"),
        ],
    )
    def test_bad_input_is_said_at_its_field(self, process: Process, admin: Any, wrong: dict[str, Any], field: str) -> None:
        with pytest.raises(Refused) as refused:
            off(admin, process=process, **wrong)
        assert list(refused.value.fields) == [field]

    @pytest.mark.parametrize("kind", [KIND, "nothing", "", "meeting.letters"])
    def test_what_is_not_there_is_not_put_off(self, admin: Any, kind: str) -> None:
        with pytest.raises(Refused) as refused:
            off(admin, kind=kind, key=999_999)
        assert refused.value.status == 404

    def test_another_citys_things_are_not_there(self, process: Process) -> None:
        case = decided(process, "Bleibt", 30)
        other = actor_of(make_staff(make_city("kassel"), "administrator"))
        for what in ({"kind": KIND, "key": case.pk}, {"process": process}):
            with pytest.raises(Refused) as refused:
                off(other, **what)
            assert refused.value.status == 404

    def test_only_administrators_do(self, process: Process) -> None:
        with pytest.raises(Refused):
            off(actor_of(make_staff(process.city, "moderator")), process=process)

    def test_a_longer_rule_is_better_than_hundreds(self, process: Process, admin: Any) -> None:
        rows = [
            Postponement(city=process.city, kind=KIND, key=key, why="other", words="x", until=tomorrow()) for key in range(MOST_PUT_OFF)
        ]
        Postponement.objects.bulk_create(rows)
        with pytest.raises(Refused) as refused:
            off(admin, process=process)
        assert refused.value.status == 409


class TestPage:
    def test_it_shows_how_many_and_which(self, process: Process) -> None:
        decided(process, "Ein alter Brunnen", 30)
        page = make_browser(process.city, make_staff(process.city, "moderator")).get(URL).content.decode()
        assert "1 geht heute Nacht." in page
        assert "Ein alter Brunnen" in page
        assert "Länger behalten" not in page  # only administrators

    def test_another_period_shows_what_would_go_and_saves_nothing(self, process: Process) -> None:
        decided(process, "Ein Brunnen", 10)
        browser = make_browser(process.city, make_staff(process.city, "administrator"))
        assert "Ein Brunnen" not in browser.get(URL).content.decode()
        page = browser.get(URL, {"keep_decisions_months": "6"}).content.decode()
        assert "Mit dieser Frist ginge heute Nacht 1, 1 mehr als jetzt." in page
        assert "Ein Brunnen" in page
        assert "Damit ist nichts gespeichert" in page
        process.city.refresh_from_db()
        assert process.city.rules == {}

    @pytest.mark.parametrize("months", ["0", "-1", "x", "999999999999", "", "1.5"])
    def test_periods_that_are_none_do_no_harm(self, process: Process, months: str) -> None:
        browser = make_browser(process.city, make_staff(process.city, "administrator"))
        assert browser.get(URL, {"keep_decisions_months": months, "keep_letters_months": months}).status_code == 200

    def test_putting_off_and_letting_go_on_the_page(self, process: Process) -> None:
        case = decided(process, "Ein Brunnen", 30)
        browser = make_browser(process.city, make_staff(process.city, "administrator", "Mona"))
        address = f"{PUT_OFF}?art={KIND}&nr={case.pk}"
        assert "„Ein Brunnen“ länger behalten" in browser.get(address).content.decode()
        wrong = browser.post(address, {"why": "audit", "words": "Prüfung", "until": "gestern"})
        assert wrong.status_code == 422
        assert 'value="Prüfung"' in wrong.content.decode()
        done = browser.post(address, {"why": "audit", "words": "Prüfung", "until": tomorrow(9).isoformat()}, follow=True)
        assert "Eine Prüfung braucht es: Prüfung" in done.content.decode()
        row = Postponement.objects.of(process.city).get()
        browser.post(f"{URL}/{row.pk}/freigeben")
        assert "Nichts wird länger behalten" in browser.get(URL).content.decode()

    def test_a_process_is_put_off_by_its_name(self, process: Process) -> None:
        browser = make_browser(process.city, make_staff(process.city, "administrator"))
        browser.post(f"{PUT_OFF}?beteiligung=hafen", {"why": "dispute", "words": "Klage", "until": tomorrow(9).isoformat()})
        assert Postponement.objects.of(process.city).get().process == process

    @pytest.mark.parametrize("query", ["", "?beteiligung=nirgends", "?art=moderation.decided&nr=9999", "?art=x&nr=1", "?nr=abc"])
    def test_what_is_not_there_is_not_found(self, process: Process, query: str) -> None:
        assert make_browser(process.city, make_staff(process.city, "administrator")).get(PUT_OFF + query).status_code == 404

    def test_the_page_costs_the_same_for_one_and_for_many(self, process: Process) -> None:
        browser = make_browser(process.city, make_staff(process.city, "administrator"))
        admin = actor_of(make_staff(process.city, "administrator"))
        browser.get(URL)  # brings the city along
        counts = []
        for number in (1, 3):
            for each in range(number):
                decided(process, f"Brunnen {number} {each}", 30)
                off(admin, kind=KIND, key=decided(process, f"Bleibt {number} {each}", 30).pk)
            with CaptureQueriesContext(connection) as seen:
                assert browser.get(URL).status_code == 200
            counts.append(len(seen))
        assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("role", "read", "write"), [("administrator", 200, 200), ("moderator", 200, 403), ("owner", 200, 403), ("", 403, 403), (None, 302, 302)]
)
def test_who_reads_and_who_writes(process: Process, role: str | None, read: int, write: int) -> None:
    person = None if role is None else make_staff(process.city, role) if role else make_participant(process.city)
    row = Postponement.objects.create(city=process.city, process=process, why="other", words="x", until=tomorrow())
    browser = make_browser(process.city, person)
    assert browser.get(URL).status_code == read
    assert browser.get(f"{PUT_OFF}?beteiligung=hafen").status_code == write
    answer = browser.post(f"{URL}/{row.pk}/freigeben")
    assert answer.status_code == (302 if write == 200 else write)
    row.refresh_from_db()
    assert (row.ended_at is not None) == (write == 200)


def test_another_citys_administrator_finds_nothing(process: Process) -> None:
    row = Postponement.objects.create(city=process.city, process=process, why="other", words="Klage Müller", until=tomorrow())
    browser = make_browser(make_city("kassel"), make_staff(City.objects.get(slug="kassel"), "administrator"))
    assert "Klage Müller" not in browser.get(URL).content.decode()
    assert browser.post(f"{URL}/{row.pk}/freigeben").status_code == 404
    assert browser.get(f"{PUT_OFF}?beteiligung=hafen").status_code == 404


def test_without_a_city_there_is_nothing(client: Client) -> None:
    assert client.get(URL, headers={"host": "localhost"}).status_code in {302, 404}


@pytest.mark.parametrize("kind", sorted(postponables()))
def test_every_kind_names_what_it_keeps(city: City, kind: str) -> None:
    each = postponables()[kind]
    assert each.postponing is not None
    assert each.postponing.show(due_of(city, each, NOW, {"": Held(), kind: Held(frozenset({1}), frozenset({1}))})) == []


def test_what_belongs_to_a_process_can_be_kept_with_it(city: City) -> None:
    """A room that keeps rows of processes for a time, and forgets to say how they belong to one, is named here."""
    forgotten = []
    for each in declared():
        fields = each.due(city, NOW).model._meta.get_fields()
        if each.remove and any(field.many_to_one and field.related_model is Process for field in fields):
            forgotten += [] if each.postponing and each.postponing.process else [str(each.label)]
    assert forgotten == []
