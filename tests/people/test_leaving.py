"""The page on which one leaves: the choice, where, and who may at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.factories import make_browser, make_city, make_contribution, make_guest, make_participant, make_process, make_staff, make_step
from tests.people.test_views import sign_in

from civitas.contributions.models import Contribution
from civitas.dialogue.models import Support
from civitas.people.models import Participant, User

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
PAGE = "/konto/verlassen"
GO, STAY = {"texts": "go", "sure": "on"}, {"texts": "stay", "sure": "on"}


@pytest.fixture(autouse=True)
def _mails_stay_here(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def city(db: None) -> Any:
    return make_city("hamburg")


def signed_in(person: Participant) -> Client:
    """Somebody who has just proved who they are."""
    assert person.user is not None
    browser = make_browser(person.city)
    sign_in(browser, person.user.email)
    return browser


def test_leaving_with_all_texts_erases_everything(city: Any) -> None:
    person = make_participant(city, "Alice")
    step = make_step(make_process(city))
    row = make_contribution(step, "Meine Idee", author=person)
    Support.objects.create(city=city, contribution=make_contribution(step, support_count=1), participant=person)
    browser = signed_in(person)
    assert browser.post(PAGE, GO).headers["Location"] == "/"
    row.refresh_from_db()
    person.refresh_from_db()
    assert (row.title, row.visibility, row.author) == ("", Contribution.Visibility.ERASED, None)
    assert (person.pseudonym, person.user) == ("", None)
    assert not Support.objects.exists()
    assert not User.objects.exists()
    assert browser.get("/konto/").status_code == 302


def test_texts_that_stay_are_read_by_all_and_belong_to_nobody(city: Any) -> None:
    person = make_participant(city, "Alice")
    row = make_contribution(make_step(make_process(city)), "Meine Idee", author=person)
    response = signed_in(person).post(PAGE, STAY, follow=True)
    assert "Ihre Texte bleiben ohne Ihren Namen" in response.content.decode()
    row.refresh_from_db()
    assert (row.title, row.visibility, row.author) == ("Meine Idee", Contribution.Visibility.PUBLISHED, None)
    page = make_browser(city).get(row.path).content.decode()
    assert ("Meine Idee" in page, "Alice" in page) == (True, False)


@pytest.mark.parametrize("typed", [{}, {"texts": "go"}, {"sure": "on"}, {"texts": "all", "sure": "on"}])
def test_without_the_choice_and_the_box_nothing_is_erased(city: Any, typed: dict[str, str]) -> None:
    person = make_participant(city, "Alice")
    assert signed_in(person).post(PAGE, typed).status_code == 422
    person.refresh_from_db()
    assert (person.pseudonym, person.erased_at) == ("Alice", None)


def test_who_signed_in_long_ago_signs_in_once_more(city: Any) -> None:
    person = make_participant(city, "Alice")
    browser = make_browser(city, person)  # no proof of when
    page = browser.get(PAGE).content.decode()
    assert ("Bitte melden Sie sich noch einmal an, bevor Sie gehen" in page, "Endgültig verlassen" in page) == (True, False)
    assert browser.post(PAGE, GO).headers["Location"] == PAGE
    person.refresh_from_db()
    assert person.erased_at is None


def test_a_guest_leaves_by_the_browser_that_knows_them(city: Any) -> None:
    guest = make_guest(city, "Jonas")
    assert make_browser(city, guest).post(PAGE, GO).status_code == 303
    guest.refresh_from_db()
    assert (guest.pseudonym, guest.erased_at is None) == ("", False)


class TestCities:
    def test_with_one_city_nobody_is_asked_where(self, city: Any) -> None:
        assert "Wo möchten Sie sich verabschieden?" not in signed_in(make_participant(city)).get(PAGE).content.decode()

    @pytest.mark.parametrize(("where", "left"), [("here", ["kassel"]), ("everywhere", [])])
    def test_one_leaves_this_city_or_all(self, city: Any, where: str, left: list[str]) -> None:
        person = make_participant(city, "Alice")
        make_participant(make_city("kassel"), "Alice", user=person.user)
        browser = signed_in(person)
        assert "In allen Städten: Hamburg, Kassel." in browser.get(PAGE).content.decode()
        assert browser.post(PAGE, GO).status_code == 422
        assert browser.post(PAGE, {**GO, "where": where}).status_code == 303
        assert list(Participant.objects.filter(erased_at=None).values_list("city__slug", flat=True)) == left
        assert User.objects.count() == len(left)

    def test_where_one_city_cannot_do_without_somebody_all_stay(self, city: Any) -> None:
        person = make_participant(city, "Alice")
        head = make_staff(make_city("kassel"), "administrator", "Alice")
        head.user = person.user
        head.save()
        response = signed_in(person).post(PAGE, {**GO, "where": "everywhere"})
        assert response.status_code == 403
        assert "Kassel:" in response.content.decode()
        assert Participant.objects.filter(erased_at=None).count() == 2


class TestDoors:
    def test_who_takes_no_part_here_is_asked_to_sign_in(self, city: Any) -> None:
        for ask in (make_browser(city).get, make_browser(city).post):
            assert ask(PAGE).headers["Location"] == f"/konto/anmelden?next={PAGE}"

    def test_leaving_here_leaves_another_city_alone(self, city: Any) -> None:
        other = make_participant(make_city("kassel"), "Berta")
        signed_in(make_participant(city, "Alice")).post(PAGE, GO)
        other.refresh_from_db()
        assert (other.pseudonym, other.erased_at) == ("Berta", None)
