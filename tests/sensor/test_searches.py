"""Saved searches: who may, what is kept, and who hears of a new contribution."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone
from tests.factories import (
    make_area,
    make_browser,
    make_category,
    make_city,
    make_contribution,
    make_guest,
    make_participant,
    make_process,
    make_service,
    make_step,
    make_user,
)

from civitas.contributions.actions import change_visibility, mend_contribution, submit_contribution
from civitas.kit.verdicts import Refused
from civitas.notices.models import Notice
from civitas.outbox.models import OutboxRow
from civitas.outbox.worker import run_due
from civitas.people.actors import Actor, actor_of, city_actor
from civitas.sensor.actions import MOST_SEARCHES, adopt_searches, erase_searches, export_searches, save_search
from civitas.sensor.filters import Asked, Offer, read_filters
from civitas.sensor.models import SavedSearch
from civitas.sensor.tasks import FOUND, TELL, tell_searchers

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from civitas.contributions.models import Contribution
    from civitas.people.models import Participant
    from civitas.processes.models import Step

pytestmark = pytest.mark.django_db


@pytest.fixture
def step() -> Step:
    return make_step(make_process(make_city("hamburg")))


@pytest.fixture
def alice(step: Step) -> Participant:
    return make_participant(step.city, user=make_user("alice@example.org"))


def asked(**values: str) -> Asked:
    return read_filters(values, Offer())


def search(person: Participant, name: str = "Meine", **fields: Any) -> SavedSearch:
    return SavedSearch.objects.create(city=person.city, participant=person, name=name, **{"asked": name} | fields)


def submit(step: Step, **fields: Any) -> Contribution:
    author = make_guest(step.city, "Autor")
    texts = {"kind": "idea", "title": "Neue Bänke", "text": "Am Kanal fehlen Bänke für alte Menschen."}
    return submit_contribution(actor_of(author), step, uid=uuid.uuid4(), **texts | fields)


def told() -> list[Any]:
    run_due()
    return list(Notice.objects.filter(kind=FOUND).order_by("pk").values_list("recipient", flat=True))


class TestTelling:
    def test_a_new_contribution_nearby_is_told_once_however_many_searches_fit(self, step: Step, alice: Participant) -> None:
        district = make_area(step.city, "Altona", key="altona", level="district")
        quarter = make_area(step.city, "Ottensen", key="ottensen", parent=district)
        search(alice, "Ottensen", area=quarter)
        search(alice, "Altona", area=district)
        search(alice, "Alles")
        elsewhere = make_guest(step.city, "Nina")
        search(elsewhere, "Veddel", area=make_area(step.city, "Veddel", key="veddel"))
        submit(step, area=quarter)
        assert told() == [alice.uid]

    def test_the_author_is_not_told_of_ones_own(self, step: Step, alice: Participant) -> None:
        search(alice, "Alles")
        submit_contribution(actor_of(alice), step, uid=uuid.uuid4(), kind="idea", title="Meins", text="Von mir.")
        assert told() == []

    @pytest.mark.each_database
    @pytest.mark.parametrize(
        ("columns", "fits"),
        [
            ({"words": "Bank"}, True),
            ({"words": "kanal alt"}, True),
            ({"words": "Fahrrad"}, False),
            ({"kind": "idea"}, True),
            ({"kind": "improvement"}, False),
            ({"with_picture": 1}, False),
            ({"west": 9.9, "east": 10.1, "south": 53.4, "north": 53.6}, False),
            ({"tells": False}, False),
        ],
    )
    def test_each_column_asks_for_its_own(self, step: Step, alice: Participant, columns: dict[str, Any], fits: bool) -> None:
        search(alice, **columns)
        submit(step)
        assert bool(told()) is fits

    def test_subject_process_service_and_part_of_the_map(self, step: Step, alice: Participant) -> None:
        category, service = make_category(step.city), make_service(step.city)
        here = {"west": 9.9, "east": 10.1, "south": 53.4, "north": 53.6}
        search(alice, category=category, service=service, process=step.process, **here)
        other = make_guest(step.city, "Nina")
        search(other, process=make_process(step.city, "zweite"))
        search(other, "B", category=make_category(step.city, "Grün", key="gruen"))
        row = make_contribution(step, category=category, service=service, lat=53.5, lon=10.0)
        tell_searchers(step.city, row.pk)
        assert told() == [alice.uid]

    def test_what_waits_is_told_when_it_is_published(self, step: Step, alice: Participant) -> None:
        step.settings = {**step.settings, "moderation": "before"}
        step.save()
        search(alice, "Alles")
        row = submit(step)
        assert told() == []
        change_visibility(step.city, row, "published")
        assert told() == [alice.uid]
        change_visibility(step.city, row, "hidden", reason="Probe")
        change_visibility(step.city, row, "published")
        assert told() == [alice.uid]

    def test_new_words_are_told_to_whose_search_asks_for_them_only(self, step: Step, alice: Participant) -> None:
        row = submit(step)
        assert told() == []
        everything, before = make_guest(step.city, "Nina"), make_guest(step.city, "Ole")
        search(alice, words="Trinkbrunnen")
        search(everything, "Alles")
        search(before, words="Bank")  # it had this word when the search was kept
        author = Actor(step.city, row.author)
        words = {"title": row.title, "text": "Am Kanal fehlen Bänke und ein Trinkbrunnen."}
        row = mend_contribution(author, row, **words, version=row.version)
        assert told() == [alice.uid]
        row = mend_contribution(author, row, **words | {"title": "Bänke und Trinkbrunnen"}, version=row.version)
        mend_contribution(author, row, **words, version=row.version)
        assert told() == [alice.uid]

    def test_new_words_of_what_is_not_shown_are_not_told(self, step: Step, alice: Participant) -> None:
        step.settings = {**step.settings, "moderation": "before"}
        step.save()
        search(alice, words="Trinkbrunnen")
        row = submit(step)
        mend_contribution(Actor(step.city, row.author), row, title="Trinkbrunnen", text="Am Kanal.", version=row.version)
        assert told() == []
        change_visibility(step.city, row, "published")
        assert told() == [alice.uid]

    def test_what_was_brought_in_is_not_told(self, step: Step, alice: Participant) -> None:
        search(alice, "Alles")
        row = make_contribution(step, visibility="waiting", source_key="bonn-1")
        change_visibility(step.city, row, "published")
        submit_contribution(city_actor(step.city), step, uid=uuid.uuid4(), kind="idea", title="Alt", text="Von früher.")
        assert not OutboxRow.objects.of(step.city).filter(kind=TELL).exists()
        assert told() == []

    def test_another_citys_search_hears_nothing(self, step: Step) -> None:
        kassel = make_city("kassel")
        search(make_guest(kassel), "Alles")
        submit(step)
        assert told() == []

    @pytest.mark.parametrize("count", [1, 3])
    def test_thousands_are_told_in_chunks(
        self, step: Step, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: DjangoAssertNumQueries, count: int
    ) -> None:
        for number in range(count):
            search(make_guest(step.city, f"Gast {number}"), "Alles")
        row = make_contribution(step)
        with django_assert_max_num_queries(14):
            tell_searchers(step.city, row.pk)
        monkeypatch.setattr("civitas.sensor.tasks.AT_ONCE", 1)
        tell_searchers(step.city, row.pk)
        assert len(told()) == count

    def test_the_news_reads_well_and_is_silent_once_hidden(self, step: Step, alice: Participant) -> None:
        search(alice, "Alles")
        row = submit(step)
        run_due()
        page = make_browser(step.city, alice).get("/mitteilungen")
        assert "Neu: „Neue Bänke“" in page.text
        change_visibility(step.city, row, "hidden", reason="Probe")
        assert "Neue Bänke" not in make_browser(step.city, alice).get("/mitteilungen").text


class TestKeeping:
    def test_guests_without_a_confirmed_address_are_asked_to_sign_in(self, step: Step) -> None:
        guest = make_guest(step.city)
        with pytest.raises(Refused):
            save_search(actor_of(guest), asked(), name="Alles", tells=True)
        guest.guest_mail, guest.guest_mail_confirmed_at = "gast@example.org", timezone.now()
        guest.save()
        assert save_search(actor_of(guest), asked(), name="Alles", tells=True).tells
        with pytest.raises(Refused):
            save_search(Actor(step.city), asked(), name="Alles", tells=True)

    def test_the_same_search_is_kept_once_and_takes_the_new_name(self, step: Step, alice: Participant) -> None:
        save_search(actor_of(alice), asked(words="Bank"), name="Bänke", tells=True)
        row = save_search(actor_of(alice), asked(words="Bank", sort="fair", view="map"), name="Mehr Bänke", tells=False)
        assert (row.asked, row.name, row.tells, row.words) == ("words=Bank", "Mehr Bänke", False, "Bank")
        assert SavedSearch.objects.of(step.city).count() == 1

    def test_there_is_an_end_to_keeping(self, step: Step, alice: Participant) -> None:
        for number in range(MOST_SEARCHES):
            search(alice, str(number))
        with pytest.raises(Refused) as refused:
            save_search(actor_of(alice), asked(words="Bank"), name="Noch eine", tells=True)
        assert refused.value.status == 409

    @pytest.mark.parametrize("name", ["", "  ", "x" * 81])
    def test_a_search_needs_a_name(self, alice: Participant, name: str) -> None:
        with pytest.raises(Refused) as refused:
            save_search(actor_of(alice), asked(), name=name, tells=True)
        assert "name" in refused.value.fields


class TestPages:
    def test_saving_shows_what_is_sought_and_leads_to_ones_searches(self, step: Step, alice: Participant) -> None:
        area = make_area(step.city, "Ottensen", key="ottensen")
        browser = make_browser(step.city, alice)
        address = "/entdecken/merken?area=ottensen&words=Bank&sort=fair"
        page = browser.get(address)
        assert page.context["form"].initial["name"] == "Bank, Ottensen"
        answer = browser.post(address, {"name": "Bänke in Ottensen", "tells": "on"})
        assert answer.headers["Location"] == "/konto/suchen"
        row = SavedSearch.objects.of(step.city).get()
        assert (row.area, row.words, row.asked) == (area, "Bank", "words=Bank&area=ottensen")
        listed = browser.get("/konto/suchen").text
        assert "Bänke in Ottensen" in listed
        assert 'href="/entdecken?words=Bank&amp;area=ottensen"' in listed

    def test_a_stranger_is_led_to_signing_in_and_back(self, step: Step) -> None:
        page = make_browser(step.city).get("/entdecken/merken?words=Bank&kind=idea")
        assert "next=%2Fentdecken%2Fmerken%3Fwords%3DBank%26kind%3Didea" in page.text
        assert make_browser(step.city).post("/entdecken/merken", {"name": "x"}).status_code == 403
        assert make_browser(step.city).get("/konto/suchen").status_code == 302

    def test_a_form_without_a_name_comes_back(self, step: Step, alice: Participant) -> None:
        answer = make_browser(step.city, alice).post("/entdecken/merken", {"name": ""})
        assert answer.status_code == 422
        assert 'id="id_name-error"' in answer.text

    def test_ones_search_is_named_anew_silenced_and_let_go(self, step: Step, alice: Participant) -> None:
        row = search(alice)
        browser, address = make_browser(step.city, alice), f"/konto/suchen/{row.uid}"
        browser.post(address, {"name": "Neu"})
        row.refresh_from_db()
        assert (row.name, row.tells) == ("Neu", False)
        browser.post(address, {"name": "", "tells": "on"})
        row.refresh_from_db()
        assert row.name == "Neu"
        browser.post(address, {"drop": "1"})
        assert not SavedSearch.objects.of(step.city).exists()
        assert browser.post(address, {"drop": "1"}).status_code == 302

    def test_somebody_elses_search_is_out_of_reach(self, step: Step, alice: Participant) -> None:
        row = search(alice)
        nina = make_browser(step.city, make_guest(step.city, "Nina"))
        nina.post(f"/konto/suchen/{row.uid}", {"name": "Fremd", "tells": "on"})
        nina.post(f"/konto/suchen/{row.uid}", {"drop": "1"})
        kassel = make_city("kassel")
        make_browser(kassel, make_guest(kassel)).post(f"/konto/suchen/{row.uid}", {"drop": "1"})
        row.refresh_from_db()
        assert row.name == "Meine"

    @pytest.mark.parametrize("count", [1, 3])
    def test_the_list_asks_no_more_for_more(
        self, step: Step, alice: Participant, django_assert_num_queries: DjangoAssertNumQueries, count: int
    ) -> None:
        for number in range(count):
            search(alice, str(number))
        browser = make_browser(step.city, alice)
        browser.get("/konto/suchen")
        with django_assert_num_queries(7):
            browser.get("/konto/suchen")


def test_searches_go_with_the_person_and_join_on_claiming(step: Step, alice: Participant) -> None:
    guest = make_guest(step.city)
    search(guest, "Beide")
    search(guest, "Nur Gast")
    search(alice, "Beide")
    adopt_searches(step.city, guest, alice)
    assert sorted(row["name"] for row in export_searches(step.city, alice)["searches"]) == ["Beide", "Nur Gast"]
    erase_searches(step.city, alice)
    assert export_searches(step.city, alice) == {"searches": []}
