"""The page on which one leaves: the choice, where, and who may at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail
from django.utils import timezone
from tests.factories import make_browser, make_city, make_contribution, make_guest, make_participant, make_process, make_staff, make_step
from tests.people.test_views import sign_in

from civitas.contributions import personal
from civitas.contributions.models import Contribution
from civitas.dialogue.models import Support
from civitas.kit.verdicts import Refused
from civitas.outbox.models import OutboxRow
from civitas.outbox.worker import run_due
from civitas.people.actors import actor_of
from civitas.people.leaving import Texts, erase_some, leave, say_erased
from civitas.people.models import Departure, Participant, User

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
    run_due()
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
    run_due()
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


class TestAsATask:
    """The account is closed in the request; the worker erases page by page, and writes at last."""

    def given(self, person: Participant, count: int) -> list[Contribution]:
        step = make_step(make_process(person.city, f"p-{person.pk}"))
        return [make_contribution(step, f"Meine Idee {n}", author=person) for n in range(count)]

    def test_in_the_request_the_account_is_closed_and_little_else_is_done(self, city: Any, django_assert_max_num_queries: Any) -> None:
        person = make_participant(city, "Alice")
        (row,) = self.given(person, 1)
        here, elsewhere = signed_in(person), signed_in(person)
        here.post(PAGE, GO)
        row.refresh_from_db()
        person.refresh_from_db()
        assert (row.title, row.visibility) == ("Meine Idee 0", Contribution.Visibility.PUBLISHED)
        assert (person.pseudonym, person.user, person.erased_at is None) == ("", None, False)
        assert "Alice" not in make_browser(city).get(row.path).content.decode()
        assert [browser.get("/konto/").status_code for browser in (here, elsewhere)] == [302, 302]
        assert not User.objects.exists()
        stranger = make_participant(city, "Viele")
        self.given(stranger, 20)
        with django_assert_max_num_queries(60):
            leave(city, stranger)

    def test_what_is_given_goes_page_by_page_and_a_kill_loses_nothing(self, city: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(personal, "_ERASED_AT_ONCE", 2)
        person = make_participant(city, "Alice")
        rows = self.given(person, 5)
        departure = leave(city, person)
        whole, calls = personal.erase_contribution, []

        def killed(town: Any, row: Contribution) -> None:
            calls.append(row.pk)
            if len(calls) == 4:
                raise SystemExit  # as a kill in the middle of the second page
            whole(town, row)

        monkeypatch.setattr(personal, "erase_contribution", killed)
        with pytest.raises(SystemExit):
            erase_some(city, departure.pk)
        left = Contribution.objects.of(city).exclude(visibility=Contribution.Visibility.ERASED)
        assert left.count() == 3  # a page is whole or not at all
        run_due()
        assert left.count() == 0
        assert sorted(set(calls)) == [row.pk for row in rows]
        assert not Departure.objects.exists()

    @pytest.mark.parametrize(
        ("texts", "said"), [(Texts.GO, "Ihre Texte und Bilder sind auch weg."), (Texts.STAY, "Ihre Texte bleiben lesbar")]
    )
    def test_the_last_thing_is_one_mail_and_then_the_address_is_forgotten(self, city: Any, texts: Texts, said: str) -> None:
        person = make_participant(city, "Alice")
        assert person.user is not None
        address = person.user.email
        departure = leave(city, person, texts=texts)
        while erase_some(city, departure.pk):
            assert mail.outbox == []
        assert address not in str(list(OutboxRow.objects.of(city).values("payload", "key")))
        for _twice in range(2):
            run_due()
            say_erased(city, departure.pk)
        (sent,) = mail.outbox
        assert (sent.to, said in sent.body) == ([address], True)
        assert "abmelden" not in sent.body
        assert not Departure.objects.exists()

    @pytest.mark.parametrize("confirmed", [True, False])
    def test_a_guest_hears_of_it_where_they_have_confirmed_the_address(self, city: Any, confirmed: bool) -> None:
        guest = make_guest(city, "Jonas", guest_mail="jonas@example.org", guest_mail_confirmed_at=timezone.now() if confirmed else None)
        leave(city, guest)
        run_due()
        assert [sent.to for sent in mail.outbox] == ([["jonas@example.org"]] if confirmed else [])

    def test_pressed_twice_it_is_left_once(self, city: Any) -> None:
        person = make_participant(city, "Alice")
        first = leave(city, person)
        person.refresh_from_db()
        assert leave(city, person).pk == first.pk
        run_due()
        assert Departure.objects.count() == 0

    def test_who_comes_back_meanwhile_begins_anew(self, city: Any) -> None:
        person = make_participant(city, "Alice")
        (row,) = self.given(person, 1)
        assert person.user is not None
        address = person.user.email
        leave(city, person)
        browser = make_browser(city)
        sign_in(browser, address)
        run_due()
        again = Participant.objects.of(city).get(user__email=address)
        row.refresh_from_db()
        assert (again.pk == person.pk, row.visibility) == (False, Contribution.Visibility.ERASED)
        assert browser.get("/konto/").status_code == 200

    def test_the_last_administrator_keeps_everything(self, city: Any) -> None:
        head = make_staff(city, "administrator", "Imke")
        with pytest.raises(Refused):
            leave(city, head)
        head.refresh_from_db()
        assert (head.pseudonym, actor_of(head).has("administrator"), Departure.objects.exists()) == ("Imke", True, False)
