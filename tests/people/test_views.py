"""Signing in by a mailed code, the account, leaving, and the claim link."""

import re
import time
from typing import Any
from urllib.parse import quote

import pytest
from django.core import mail
from django.test import Client, override_settings
from tests.factories import (
    make_browser,
    make_city,
    make_contribution,
    make_guest,
    make_organisation,
    make_participant,
    make_process,
    make_staff,
    make_step,
    make_user,
)

from civitas.contributions.models import Contribution
from civitas.kit.rooms import DECISIONS
from civitas.people.actions import choose_news, claim_token, decline_news
from civitas.people.actors import Actor
from civitas.people.consents import kinds_that_ask
from civitas.people.forms import mail_kinds
from civitas.people.models import Declined, NewsRhythm, Participant, User
from civitas.people.room import addresses

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _mails_stay_here(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def city(db: None) -> Any:
    return make_city("hamburg")


def code_in(mail_text: str) -> str:
    found = re.search(r"^\s+(\S+)$", mail_text, re.MULTILINE)
    assert found
    return found[1]


def shown_news(browser: Client) -> dict[str, str]:
    """The form of news as a browser would send it back untouched."""
    form = browser.get("/konto/").content.decode().partition('action="/konto/nachrichten"')[2].partition("</form>")[0]
    found = dict(re.findall(r'<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?', form))
    for name, options in re.findall(r'<select name="([^"]+)"(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        assert chosen, name
        found[name] = chosen[1]
    return found


def sign_in(browser: Client, email: str, *, prefix: str = "", back: str = "") -> Any:
    """Go the whole way: address, code, in."""
    first = browser.post(f"{prefix}/konto/anmelden", {"email": email, **({"next": back} if back else {})})
    assert first.status_code == 302, first.content.decode()
    address = first.headers["Location"]
    assert browser.get(address).status_code == 200
    return browser.post(address, {"code": code_in(mail.outbox[-1].body), **({"next": back} if back else {})})


def test_a_new_address_is_enough_to_come_in(city: Any) -> None:
    browser = make_browser(city)
    response = sign_in(browser, "Neu@Example.org")
    assert response.headers["Location"] == "/mein"
    person = Participant.objects.get()
    assert (person.user.email, person.city, person.language) == ("neu@example.org", city, "de")
    # One sentence of ours, and none of the sign-in library's.
    said = [str(message) for message in browser.get("/konto/").context["messages"]]
    assert said == ["Schön, dass Sie da sind. Sie sind angemeldet."]


def test_who_comes_back_is_the_same_person(city: Any) -> None:
    person = make_participant(city, "Dilek")
    browser = make_browser(city)
    sign_in(browser, person.user.email)
    assert "Hallo Dilek" in browser.get("/konto/").content.decode()
    assert Participant.objects.count() == 1


@pytest.mark.parametrize(
    ("prefix", "subject"), [("", "Ihr Code für Hamburg"), ("/en", "Your code for Hamburg"), ("/einfach", "Ihr Code für Hamburg")]
)
def test_the_mail_comes_in_the_pages_language_and_in_the_citys_name(city: Any, prefix: str, subject: str) -> None:
    sign_in(make_browser(city), "neu@example.org", prefix=prefix)
    assert mail.outbox[0].subject.startswith(subject)
    assert mail.outbox[0].from_email.startswith('"Hamburg"')


def test_each_city_has_a_participant_of_its_own(city: Any) -> None:
    sign_in(make_browser(city), "neu@example.org")
    sign_in(make_browser(make_city("kassel")), "neu@example.org")
    assert (User.objects.count(), Participant.objects.count()) == (1, 2)


def test_signing_in_leads_back_to_where_one_was(city: Any) -> None:
    assert sign_in(make_browser(city), "neu@example.org", back="/konto/beitraege").headers["Location"] == "/konto/beitraege"


def test_signing_in_never_leads_to_another_site(city: Any) -> None:
    assert sign_in(make_browser(city), "neu@example.org", back="https://evil.example/").headers["Location"] == "/mein"


def test_a_wrong_code_stays_outside(city: Any) -> None:
    browser = make_browser(city)
    browser.post("/konto/anmelden", {"email": "neu@example.org"})
    response = browser.post("/konto/code", {"code": "FALSCH"})
    assert "nicht der Code" in response.content.decode()
    assert browser.get("/konto/").status_code == 302


@pytest.mark.parametrize("email", ["", "kein-at", "a@b"])
def test_a_mistyped_address_comes_back_with_a_sentence(city: Any, email: str) -> None:
    response = make_browser(city).post("/konto/anmelden", {"email": email})
    assert response.status_code == 422
    assert "E-Mail-Adresse" in response.content.decode()
    assert not mail.outbox


@pytest.mark.parametrize("address", ["/konto/password/reset/", "/konto/password/change/", "/konto/email/", "/konto/login/"])
def test_pages_that_nobody_needs_do_not_exist(city: Any, address: str) -> None:
    assert make_browser(city).get(address).status_code == 404


def test_signing_out_asks_first(city: Any) -> None:
    browser = make_browser(city, make_participant(city))
    assert browser.get("/konto/abmelden").status_code == 200
    assert browser.get("/konto/").status_code == 200
    assert browser.post("/konto/abmelden").headers["Location"] == "/"
    assert browser.get("/konto/").status_code == 302


@pytest.mark.parametrize("demo", [True, False])
def test_demo_logins_show_in_the_demo_only(city: Any, demo: bool) -> None:
    make_participant(city, "Marthe", user=make_user("citizen@hamburg.example.org"))
    with override_settings(DEMO=demo):
        page = make_browser(city).get("/konto/anmelden").content.decode()
    assert ("citizen@hamburg.example.org" in page) is demo


def test_name_language_and_news_are_the_persons_to_choose(city: Any) -> None:
    person = make_participant(city)
    browser = make_browser(city, person)
    browser.post("/konto/name", {"pseudonym": "  Fatma\u202e  Y. ", "language": "en"})
    browser.post("/konto/nachrichten", {"contribution.answered": "daily", "contribution.received": "none", "sensor.found": "now"})
    person.refresh_from_db()
    assert (person.pseudonym, person.language) == ("Fatma Y.", "en")
    assert list(Declined.objects.values_list("kind", flat=True)) == ["contribution.received"]
    chosen = {"contribution.answered": "daily", "sensor.found": "now"}
    assert dict(NewsRhythm.objects.values_list("kind", "rhythm")) == chosen
    address = addresses(city, [person.uid])[person.uid]
    assert (address.declined, address.rhythms) == ({"contribution.received", *kinds_that_ask()}, chosen)  # no consent, no newsletter
    # What is as usual needs no row.
    browser.post("/konto/nachrichten", {"contribution.answered": "now", "contribution.received": "now", "sensor.found": "daily"})
    assert not Declined.objects.exists()
    assert not NewsRhythm.objects.exists()


def test_one_button_chooses_the_same_for_all_news(city: Any) -> None:
    person = make_participant(city)
    browser = make_browser(city, person)
    browser.post("/konto/nachrichten", {"every": "weekly", "contribution.answered": "now"})
    kinds = {kind.key for kind in mail_kinds(Actor(city, person))}
    assert dict(NewsRhythm.objects.values_list("kind", "rhythm")) == dict.fromkeys(kinds, "weekly")
    assert '<option value="weekly" selected>' in browser.get("/konto/").content.decode()
    browser.post("/konto/nachrichten", {"every": "none"})
    assert set(Declined.objects.values_list("kind", flat=True)) == kinds


def test_one_choice_holds_for_a_topic_where_it_was_changed_and_else_the_single_ones(city: Any) -> None:
    person = make_participant(city)
    browser = make_browser(city, person)
    kinds = {kind.key for kind in mail_kinds(Actor(city, person)) if kind.topic == DECISIONS}
    assert len(kinds) > 1
    browser.post("/konto/nachrichten", {f"all.{DECISIONS}": "weekly", **dict.fromkeys(kinds, "now")})
    assert dict(NewsRhythm.objects.values_list("kind", "rhythm")) == dict.fromkeys(kinds, "weekly")
    one = min(kinds)
    browser.post("/konto/nachrichten", shown_news(browser) | {one: "daily"})
    assert dict(NewsRhythm.objects.values_list("kind", "rhythm")) == dict.fromkeys(kinds, "weekly") | {one: "daily"}
    page = browser.get("/konto/").content.decode()
    assert '<option value="" selected>unterschiedlich' in page
    assert browser.post("/konto/nachrichten", {f"all.{DECISIONS}": "hourly"}).status_code == 422


def test_a_page_that_was_opened_earlier_undoes_nothing_that_was_chosen_since(city: Any) -> None:
    person = make_participant(city)
    browser = make_browser(city, person)
    kinds = sorted(kind.key for kind in mail_kinds(Actor(city, person)) if kind.topic == DECISIONS)
    choose_news(city, person, dict.fromkeys(kinds, "now"))
    opened = shown_news(browser)
    assert (opened[f"all.{DECISIONS}"], opened[f"initial-all.{DECISIONS}"]) == ("now", "now")
    declined_since, one, *others = kinds
    decline_news(city, person.uid, declined_since)  # by a mail's link, in another tab
    browser.post("/konto/nachrichten", opened | {one: "none"})
    assert set(Declined.objects.values_list("kind", flat=True)) == {declined_since, one}
    assert shown_news(browser)[f"initial-all.{DECISIONS}"] == ""
    browser.post("/konto/nachrichten", shown_news(browser) | {f"all.{DECISIONS}": "none"})
    assert set(Declined.objects.values_list("kind", flat=True)) == {declined_since, one, *others}


def test_who_ends_a_digest_by_its_link_keeps_what_comes_at_once(city: Any) -> None:
    person = make_participant(city)
    choose_news(city, person, {"contribution.answered": "weekly", "meeting.letter": "daily"})
    decline_news(city, person.uid, "digest.daily")
    assert set(Declined.objects.values_list("kind", flat=True)) == {"meeting.letter", "sensor.found"}
    decline_news(city, person.uid, "digest.daily")
    decline_news(city, person.uid, "digest.weekly")
    assert set(Declined.objects.values_list("kind", flat=True)) == {"contribution.answered", "meeting.letter", "sensor.found"}


def test_who_wanted_no_mail_at_all_and_chooses_some_gets_those_alone(city: Any) -> None:
    person = make_participant(city)
    decline_news(city, person.uid, "*")
    choose_news(city, person, {"contribution.answered": "now"})
    declined = set(Declined.objects.values_list("kind", flat=True))
    assert ("*" in declined, "contribution.answered" in declined, "moderation.alert" in declined) == (False, False, True)


def test_news_of_the_team_are_offered_to_the_team_alone_and_kept_by_who_leaves_it(city: Any) -> None:
    person = make_staff(city, "moderator")
    browser = make_browser(city, person)
    assert 'name="moderation.alert"' in browser.get("/konto/").content.decode()
    browser.post("/konto/nachrichten", {"every": "none"})
    person.memberships.all().delete()
    browser = make_browser(city, person)
    page = browser.get("/konto/").content.decode()
    assert 'name="moderation.alert"' not in page
    assert page.index("Was aus Ihren Beiträgen wird") < page.index('name="contribution.answered"') < page.index("Was andere sagen und tun")
    browser.post("/konto/nachrichten", {"contribution.answered": "now", "meeting.letter": "now"})
    declined = set(Declined.objects.values_list("kind", flat=True))
    assert "meeting.letter" not in declined
    assert {"moderation.alert", "meeting.joined"} <= declined
    browser.post("/konto/nachrichten", {"moderation.alert": "now"})  # is not theirs to choose
    assert "moderation.alert" in set(Declined.objects.values_list("kind", flat=True))
    assert browser.post("/konto/nachrichten", {"meeting.letter": "hourly"}).status_code == 422


@pytest.mark.parametrize("count", [1, 3])
def test_the_account_costs_the_same_with_one_role_and_with_three(city: Any, count: int, django_assert_max_num_queries: Any) -> None:
    person = make_staff(city, "moderator")
    for index in range(count):
        person.memberships.create(city=city, role="expert", organisation=make_organisation(city, f"Amt {index}"))
    browser = make_browser(city, person)
    browser.get("/konto/")
    with django_assert_max_num_queries(11):
        assert f"Amt {count - 1}" in browser.get("/konto/").content.decode()


def test_a_guest_has_an_account_page_too(city: Any) -> None:
    page = make_browser(city, make_guest(city, "Jonas")).get("/konto/").content.decode()
    assert "Hallo Jonas" in page
    assert "Sie machen ohne Konto mit" in page


def test_what_was_given_on_this_device_comes_along(city: Any) -> None:
    guest = make_guest(city, "Jonas")
    row = make_contribution(make_step(make_process(city)), author=guest)
    browser = make_browser(city, guest)
    sign_in(browser, "jonas@example.org")
    assert "Sie haben auf diesem Gerät schon mitgemacht" in browser.get("/konto/").content.decode()
    browser.post("/konto/gast")
    row.refresh_from_db()
    assert (row.author.user.email, row.author.pseudonym) == ("jonas@example.org", "Jonas")


@pytest.fixture
def guest(city: Any) -> Participant:
    person = make_guest(city, "Jonas", guest_mail="jonas@example.org")
    make_contribution(make_step(make_process(city)), "Mehr Licht", author=person)
    return person


def test_the_claim_link_shows_what_it_is_about_and_changes_nothing(city: Any, guest: Participant) -> None:
    page = make_browser(city).get(f"/zuordnen/{claim_token(guest, by_mail=True)}").content.decode()
    for words in ("Jonas", "Mehr Licht", "jonas@example.org", "Adresse bestätigen", "In mein Konto übernehmen"):
        assert words in page
    guest.refresh_from_db()
    assert guest.guest_mail_confirmed_at is None


def test_the_address_is_confirmed_without_an_account(city: Any, guest: Participant) -> None:
    browser = make_browser(city)
    response = browser.post(f"/zuordnen/{claim_token(guest, by_mail=True)}/adresse")
    guest.refresh_from_db()
    assert guest.guest_mail_confirmed_at is not None
    assert "ist bestätigt" in browser.get(response.headers["Location"]).content.decode()
    assert "Hallo Jonas" in browser.get("/konto/").content.decode()


def test_only_the_link_in_the_mail_confirms_the_address(city: Any, guest: Participant) -> None:
    browser, shown_on_the_page = make_browser(city, guest), claim_token(guest)
    assert "Adresse bestätigen" not in browser.get(f"/zuordnen/{shown_on_the_page}").content.decode()
    assert browser.post(f"/zuordnen/{shown_on_the_page}/adresse").status_code == 403
    sent_elsewhere = claim_token(guest, by_mail=True)
    guest.guest_mail = "anna@example.org"
    guest.save()
    assert browser.post(f"/zuordnen/{sent_elsewhere}/adresse").status_code == 409
    guest.refresh_from_db()
    assert guest.guest_mail_confirmed_at is None


def test_who_reads_the_mail_to_a_mistyped_address_gets_nothing_once_it_is_replaced(city: Any, guest: Participant) -> None:
    sent_elsewhere = claim_token(guest, by_mail=True)
    guest.guest_mail = "anna@example.org"
    guest.save()
    stranger = make_browser(city, make_participant(city, "Mallory", user=make_user("m@example.org")))
    page = stranger.get(f"/zuordnen/{sent_elsewhere}")
    assert (page.status_code, "Mehr Licht" in page.content.decode()) == (409, False)
    assert stranger.post(f"/zuordnen/{sent_elsewhere}/konto").status_code == 409
    assert Contribution.objects.get().author == guest


def test_taking_it_into_an_account_goes_by_way_of_signing_in(city: Any, guest: Participant) -> None:
    browser, token = make_browser(city), claim_token(guest)
    asked = browser.post(f"/zuordnen/{token}/konto")
    assert asked.headers["Location"] == f"/konto/anmelden?next=/zuordnen/{quote(token)}/konto"
    back = sign_in(browser, "anna@example.org", back=f"/zuordnen/{token}/konto")
    assert browser.get(back.headers["Location"]).headers["Location"] == f"/zuordnen/{token}"
    browser.post(f"/zuordnen/{token}/konto")
    assert Contribution.objects.get().author.user.email == "anna@example.org"


@pytest.mark.parametrize(
    ("what", "status", "words"), [("mangled", 404, "nicht vollständig"), ("old", 404, "abgelaufen"), ("used", 409, "gehören schon")]
)
def test_a_link_that_leads_nowhere_says_why(city: Any, guest: Participant, what: str, status: int, words: str, monkeypatch: Any) -> None:
    token = claim_token(guest)
    if what == "mangled":
        token = token[:-3]
    if what == "old":
        later = time.time() + 91 * 24 * 3600
        monkeypatch.setattr("time.time", lambda: later)
    if what == "used":
        guest.user = make_user()
        guest.save()
    response = make_browser(city).get(f"/zuordnen/{token}")
    assert (response.status_code, words in response.content.decode()) == (status, True)


def test_another_citys_claim_link_leads_nowhere(city: Any, guest: Participant) -> None:
    assert make_browser(make_city("kassel")).get(f"/zuordnen/{claim_token(guest)}").status_code == 409


@pytest.mark.parametrize(
    "address", ["/konto/", "/konto/anmelden", "/zuordnen/x", "/konto/beitraege", "/verwaltung/", "/organisation/x", "/beitrag/1"]
)
def test_the_bare_host_has_no_pages_of_people(address: str) -> None:
    assert Client(headers={"host": "localhost"}).get(address).status_code in {302, 404}
