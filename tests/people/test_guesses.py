"""A mailed code, a password or a second step tried very often: by one, by many, at the same moment, and its owner beside them."""

import contextlib
import datetime as dt
import re
import threading
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone
from tests.factories import make_browser, make_city, make_participant, make_user

from civitas.kit.verdicts import Refused
from civitas.people import guesses
from civitas.people.guesses import Asker, spend_code, try_code, try_secret
from civitas.people.models import MailedCode, RateWindow
from civitas.people.sources import ranges_of
from civitas.people.tasks import forget_tries

NOON = dt.datetime(2026, 5, 12, 10, 0, 1, tzinfo=dt.UTC)
MAIL = "dilek@example.org"


@pytest.fixture(autouse=True)
def _mails_stay_here(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def city(db: None) -> Any:
    return make_city("hamburg")


def from_network(city: Any, network: int) -> Client:
    """A browser somewhere else, one of 65,000 networks."""
    browser = make_browser(city)
    browser.defaults["REMOTE_ADDR"] = f"10.{network // 250}.{network % 250}.7"
    return browser


def ask(browser: Client, email: str = MAIL) -> Any:
    return browser.post("/konto/anmelden", {"email": email})


def newest(email: str = MAIL) -> str:
    text = next(each.body for each in reversed(mail.outbox) if each.to == [email])
    found = re.search(r"^\s+(\S+)$", text, re.MULTILINE)
    assert found
    return found[1]


def is_in(browser: Client) -> bool:
    return browser.get("/konto/").status_code == 200


def known_browser(city: Any) -> Client:
    """A browser in which the address has signed in, and out again."""
    browser = from_network(city, 9_000)
    ask(browser)
    browser.post("/konto/code", {"code": newest()})
    assert is_in(browser)
    browser.post("/konto/abmelden")
    return browser


@time_machine.travel(NOON, tick=False)
def test_a_code_is_looked_at_five_times_and_then_never_again(city: Any) -> None:
    browser = from_network(city, 1)
    ask(browser)
    code = newest()
    for _each in range(5):
        browser.post("/konto/code", {"code": "FALSCH"})
    browser.post("/konto/code", {"code": code})
    assert not is_in(browser)


@time_machine.travel(NOON, tick=False)
def test_an_old_copy_of_the_session_gives_no_further_tries(city: Any) -> None:
    browser = from_network(city, 1)
    ask(browser)
    store = browser.session
    kept = dict(store.items())
    for _each in range(5):
        browser.post("/konto/code", {"code": "FALSCH"})
        store = browser.session
        store.clear()
        store.update(kept)  # as a request that began before would write it
        store.save()
    refused = browser.post("/konto/code", {"code": newest()}, follow=True)
    assert "mehrmals" in refused.content.decode()
    assert not is_in(browser)


@time_machine.travel(NOON, tick=False)
def test_a_thousand_tries_from_many_networks_leave_the_owners_code_alone(city: Any) -> None:
    owner = from_network(city, 9_999)
    ask(owner)
    code = newest()
    attacker = [from_network(city, network) for network in range(20)]
    for each in attacker:
        ask(each)
        for _try in range(6):
            each.post("/konto/code", {"code": "FALSCH"})
    owner.post("/konto/code", {"code": code})
    assert is_in(owner)
    assert not any(is_in(each) for each in attacker)


@time_machine.travel(NOON.replace(hour=0, minute=20), tick=False)
def test_in_the_first_hour_of_a_day_nothing_is_counted_twice(city: Any) -> None:
    for network in range(40):
        ask(from_network(city, network))
    assert len(mail.outbox) == 6


@time_machine.travel(NOON, tick=False)
def test_a_network_full_of_wrong_codes_shuts_out_nobody_whose_browser_is_known(city: Any) -> None:
    colleague = known_browser(city)
    colleague.defaults["REMOTE_ADDR"] = "10.0.7.7"
    for number in range(21):
        stranger = from_network(city, 7)
        ask(stranger, f"nobody{number}@example.org")
        for _try in range(5):
            stranger.post("/konto/code", {"code": "FALSCH"})
    stranger = from_network(city, 7)
    ask(stranger, "emine@example.org")
    assert stranger.post("/konto/code", {"code": newest("emine@example.org")}).status_code == 429
    ask(colleague)
    colleague.post("/konto/code", {"code": newest()})
    assert is_in(colleague)


@time_machine.travel(NOON, tick=False)
def test_a_code_opens_once_wherever_somebody_asked_for_one(city: Any) -> None:
    stranger, owner = from_network(city, 1), from_network(city, 2)
    ask(stranger)
    ask(owner)
    glimpsed = newest()
    owner.post("/konto/code", {"code": glimpsed})
    assert is_in(owner)
    stranger.post("/konto/code", {"code": glimpsed})
    assert not is_in(stranger)


@time_machine.travel(NOON, tick=False)
def test_one_too_many_gets_no_mail_but_the_newest_code_opens_there(city: Any) -> None:
    answers = [ask(from_network(city, network)).status_code for network in range(40)]
    assert answers == [302] * 40
    assert len(mail.outbox) == 6
    late = from_network(city, 500)
    page = late.get(ask(late).headers["Location"]).content.decode()
    assert "neueste" in page
    assert len(mail.outbox) == 6
    late.post("/konto/code", {"code": newest()})
    assert is_in(late)


@time_machine.travel(NOON, tick=False)
def test_who_finds_two_codes_in_the_mailbox_may_take_either(city: Any) -> None:
    for own in (False, True):
        owner = from_network(city, 9_999)
        ask(owner)
        first = newest()
        ask(from_network(city, 1))
        owner.post("/konto/code", {"code": first if own else newest()})
        assert is_in(owner)


@time_machine.travel(NOON, tick=False)
def test_one_network_uses_up_its_own_share_alone(city: Any) -> None:
    for _each in range(10):
        ask(from_network(city, 1))
    assert len(mail.outbox) == 3
    ask(from_network(city, 2))
    assert len(mail.outbox) == 4


@time_machine.travel(NOON, tick=False)
def test_the_owners_browser_gets_its_code_whatever_strangers_do(city: Any) -> None:
    owner = known_browser(city)
    for network in range(40):
        ask(from_network(city, network))
    before = len(mail.outbox)
    ask(owner)
    assert len(mail.outbox) == before + 1
    owner.post("/konto/code", {"code": newest()})
    assert is_in(owner)


@time_machine.travel(NOON, tick=False)
def test_when_no_mailed_code_is_good_any_more_the_sentence_says_when_and_what_else(city: Any) -> None:
    for day_hour in range(6):
        with time_machine.travel(NOON + dt.timedelta(hours=day_hour), tick=False):
            for network in range(6):
                ask(from_network(city, 100 * day_hour + network))
    with time_machine.travel(NOON + dt.timedelta(hours=8), tick=False):
        refused = ask(from_network(city, 5_000))
    page = refused.content.decode()
    assert refused.status_code == 429
    assert MAIL in page
    assert "Mittwoch, 13. Mai, 2 Uhr" in page
    assert "Passkey" in page


@time_machine.travel(NOON, tick=False)
def test_an_address_without_an_account_is_answered_like_one_with(city: Any) -> None:
    make_participant(city, user=make_user(MAIL))
    said = []
    for email in (MAIL, "niemand@example.org"):
        browsers = [from_network(city, network) for network in range(8)]
        said.append([(ask(each, email).status_code, each.get("/konto/code").content.decode().count("neueste")) for each in browsers])
    assert said[0] == said[1]


@time_machine.travel(NOON, tick=False)
def test_a_network_is_refused_after_its_codes_and_others_are_not(city: Any) -> None:
    answers = [ask(from_network(city, 1), f"person{number}@example.org").status_code for number in range(61)]
    assert answers == [302] * 60 + [429]
    assert ask(from_network(city, 2), "andere@example.org").status_code == 302


@time_machine.travel(NOON, tick=False)
def test_a_wave_from_many_networks_leaves_room_for_who_comes_besides(city: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guesses, "CODES_ARE_MANY", 20)
    answers = [
        ask(from_network(city, network), f"erfunden{network}-{number}@example.org").status_code
        for network in range(3)
        for number in range(12)
    ]
    assert answers == [302] * 24 + [302] * 6 + [429] * 6 or answers.count(429) >= 6
    assert ask(from_network(city, 4_000), "neu@example.org").status_code == 302


@time_machine.travel(NOON, tick=False)
def test_a_network_of_wrong_codes_is_refused_and_keeps_what_was_typed(city: Any) -> None:
    for number in range(21):
        browser = from_network(city, 1)
        ask(browser, f"person{number}@example.org")
        answers = [browser.post("/konto/code", {"code": "BCDF-GHJK"}) for _each in range(5)]
    assert answers[-1].status_code == 429
    page = answers[-1].content.decode()
    assert "BCDF-GHJK" in page
    assert "13 Uhr" in page


@time_machine.travel(NOON, tick=False)
def test_right_codes_of_a_hall_full_of_people_are_not_counted(city: Any) -> None:
    ways = set()
    for number in range(45):
        browser = from_network(city, 1)
        ask(browser, f"person{number}@example.org")
        ways.add(browser.post("/konto/code", {"code": newest(f"person{number}@example.org")}).headers["Location"])
    assert len(ways) == 1
    assert is_in(browser)
    assert max(RateWindow.objects.of(city).filter(tries=0).values_list("tries", flat=True), default=None) == 0


@time_machine.travel(NOON, tick=False)
def test_strangers_who_guess_a_password_do_not_shut_the_owners_browser_out(city: Any) -> None:
    owner = known_browser(city)
    strangers = [from_network(city, network).post("/konto/passwort", {"email": MAIL, "password": "geraten"}) for network in range(25)]
    assert [each.status_code for each in strangers] == [422] * 20 + [429] * 5
    assert owner.post("/konto/passwort", {"email": MAIL, "password": "vertippt"}).status_code == 422


@time_machine.travel(NOON, tick=False)
def test_sixty_tries_of_a_secret_a_day_from_all_strangers_together(city: Any) -> None:
    looked_at = 0
    for hour in range(13):
        with time_machine.travel(NOON + dt.timedelta(hours=hour), tick=False):
            for network in range(25):
                try:
                    try_secret(Asker(city, (f"net-{network}",)), "second step 1", otherwise="")
                except Refused:
                    continue
                looked_at += 1
    assert looked_at == 60


@pytest.mark.parametrize(
    ("one", "two", "shared"),
    [
        ("192.0.2.1", "192.0.2.99", 2),
        ("192.0.2.1", "192.0.3.1", 1),
        ("2001:db8::1", "2001:db8::ffff", 2),
        ("2001:db8::1", "2001:db8:0:1::1", 1),
        ("2001:db8::1", "2001:db8:1::1", 0),
        ("::ffff:192.0.2.1", "192.0.2.99", 2),
        ("", "", 0),
    ],
)
def test_neighbours_share_their_ranges(rf: Any, one: str, two: str, shared: int) -> None:
    ranges = [ranges_of(rf.get("/", REMOTE_ADDR=address)) for address in (one, two)]
    assert len(set(ranges[0]) & set(ranges[1])) == shared


@time_machine.travel(NOON, tick=False)
def test_nothing_that_is_kept_shows_an_address_or_joins_two_days(city: Any) -> None:
    ask(from_network(city, 1))
    first = set(RateWindow.objects.of(city).values_list("key", flat=True))
    with time_machine.travel(NOON + dt.timedelta(days=1), tick=False):
        ask(from_network(city, 1))
    rows = RateWindow.objects.of(city).values_list("key", flat=True)
    assert len(set(rows)) == 2 * len(first)
    kept = " ".join(
        [*rows, *MailedCode.objects.of(city).values_list("key", flat=True), *MailedCode.objects.of(city).values_list("code", flat=True)]
    )
    assert MAIL not in kept
    assert newest() not in kept


def test_a_mailed_code_is_forgotten_within_hours(city: Any) -> None:
    with time_machine.travel(timezone.now() - dt.timedelta(hours=2)):
        ask(from_network(city, 1))
    forget_tries()
    assert not MailedCode.objects.of(city).exists()


@pytest.mark.django_db(transaction=True)
def test_a_thousand_tries_at_the_same_moment_are_five() -> None:
    city = make_city("hamburg")
    looked_at, mailed = [], []
    start = threading.Barrier(8)

    def guess(number: int) -> None:
        start.wait()
        asker = Asker(city, (f"net-{number}",))
        for _each in range(15):
            with contextlib.suppress(Refused):
                looked_at.append(try_code(asker, "one way in"))
            mailed.append(spend_code(asker, MAIL) if number % 2 else False)
        connection.close()

    # Somebody has been mailed a code, so that further ones are told of it.
    guesses.keep_newest(city, MAIL, "BCDF-GHJK")
    threads = [threading.Thread(target=guess, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(looked_at) == 5
    assert sum(mailed) == 6
