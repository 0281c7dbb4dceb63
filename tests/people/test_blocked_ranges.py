"""Address ranges from which a city takes no texts: whom they meet, where, and what is refused as a range."""

from __future__ import annotations

import datetime as dt
import ipaddress
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus

import pytest
from django.core import serializers
from django.test import RequestFactory
from django.utils import timezone
from tests.factories import (
    make_browser,
    make_city,
    make_contribution,
    make_guest,
    make_participant,
    make_process,
    make_staff,
    make_step,
    make_user,
)

from civitas.cities.models import City
from civitas.contributions.actions import submit_contribution
from civitas.contributions.models import Contribution
from civitas.dialogue.actions import add_comment
from civitas.journal.models import Entry
from civitas.kit.ids import uuid7
from civitas.kit.verdicts import Refused
from civitas.people.actors import Actor, actor_of
from civitas.people.models import User
from civitas.people.sources import address_of, lies_in
from civitas.people.suspensions import may_take_part
from civitas.processes.policies import Rules

if TYPE_CHECKING:
    from civitas.processes.models import Step

pytestmark = pytest.mark.django_db
BAD, GOOD = "203.0.113.77", "198.51.100.7"
RULES = "/verwaltung/regeln?teil=words"


@pytest.fixture
def step() -> Step:
    city = make_city("hamburg")
    city.rules = {"blocked_ranges": ["203.0.113.0/24", "2001:db8:7::/48"]}
    city.save()
    return make_step(make_process(city, "hafen"))


def at(actor: Actor, address: str) -> Actor:
    return replace(actor, address=ipaddress.ip_address(address))


def known(city: City, days: int) -> Actor:
    person = make_participant(city)
    type(person).objects.of(city).filter(pk=person.pk).update(created_at=timezone.now() - dt.timedelta(days=days))
    person.refresh_from_db()
    person.city = city
    return actor_of(person)


@pytest.mark.parametrize(
    ("address", "blocked"),
    [
        (BAD, True),
        ("203.0.112.255", False),
        ("2001:db8:7:1::1", True),
        ("2001:db8:8::1", False),
        ("::ffff:203.0.113.9", True),  # the same address as a socket for both writes it
        ("unknown", False),
    ],
)
def test_an_address_is_compared_as_the_number_that_it_is(step: Step, address: str, blocked: bool) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR=address)
    actor = Actor(step.city, make_guest(step.city), address=address_of(request))
    assert bool(may_take_part(actor)) != blocked


def test_guests_and_new_accounts_are_refused_and_nobody_else(step: Step) -> None:
    city = step.city
    pupil = replace(actor_of(make_guest(city, class_until=timezone.now() + dt.timedelta(days=1), class_process="hafen")))
    refused = [Actor(city), actor_of(make_guest(city)), known(city, 6)]
    let_in = [known(city, 8), actor_of(make_staff(city, "moderator")), pupil]
    assert [bool(may_take_part(at(actor, BAD))) for actor in (*refused, *let_in)] == [False] * 3 + [True] * 3
    assert all(may_take_part(at(actor, GOOD)) for actor in (*refused, *let_in))
    city.rules |= {"new_days": 3}
    assert may_take_part(at(known(city, 4), BAD))


def test_one_rule_for_every_way_in(step: Step) -> None:
    row = make_contribution(step)
    for channel in ("page", "api", "live"):
        guest = at(replace(actor_of(make_guest(step.city)), channel=channel), BAD)  # type: ignore[arg-type]
        with pytest.raises(Refused, match="Netz"):
            submit_contribution(guest, step, uid=uuid7(), kind="idea", title="Ein Dach", text="Gegen Regen.")
        with pytest.raises(Refused, match="Netz"):
            add_comment(guest, row, uid=uuid7(), text="Ja, bitte.")
    assert Contribution.objects.of(step.city).count() == 1


def test_the_page_says_it_before_anybody_types_and_keeps_what_was_typed(step: Step) -> None:
    browser = make_browser(step.city)
    address = f"/beteiligung/hafen/schritt/{step.position}"
    page = browser.get(address, REMOTE_ADDR=BAD)
    assert page.status_code == 200
    assert "Aus Ihrem Netz" in page.content.decode()
    typed = {"uid": str(uuid7()), "kind": "idea", "title": "Ein Dach", "text": "Gegen den Regen an der Haltestelle."}
    refused = browser.post(address, typed, REMOTE_ADDR=BAD)
    assert refused.status_code == 403
    assert "Gegen den Regen an der Haltestelle." in refused.content.decode()
    assert "Aus Ihrem Netz" in refused.content.decode()
    assert not Contribution.objects.of(step.city).exists()
    row = make_contribution(step)
    comment = browser.post(f"{row.path.partition('-')[0]}/kommentar", {"uid": str(uuid7()), "text": "Ja, bitte."}, REMOTE_ADDR=BAD)
    assert comment.status_code == 403
    assert "Aus Ihrem Netz" in comment.content.decode()
    assert "Ja, bitte." in comment.content.decode()


def test_only_who_can_sign_in_is_asked_to(step: Step) -> None:
    address = f"/beteiligung/hafen/schritt/{step.position}"
    shut_out = make_guest(step.city, suspended_until=timezone.now() + dt.timedelta(days=1))
    for person, state, said in [
        (None, "sign_in", "Aus Ihrem Netz"),
        (make_guest(step.city), "sign_in", "Aus Ihrem Netz"),
        (known(step.city, 3).participant, "refused", "Aus Ihrem Netz"),
        (shut_out, "refused", "ausgeschlossen"),
    ]:
        page = make_browser(step.city, person).get(address, REMOTE_ADDR=BAD)
        words = page.content.decode()
        assert (page.context["state"], said in words) == (state, True)
        assert (f"/konto/anmelden?next={quote_plus(address)}" in words) == (state == "sign_in")
        typed = {"uid": str(uuid7()), "kind": "idea", "title": "Ein Dach", "text": "Gegen den Regen."}
        kept = make_browser(step.city, person).post(address, typed, REMOTE_ADDR=BAD)
        assert (kept.status_code, "Gegen den Regen." in kept.content.decode()) == (403, True)


@pytest.mark.parametrize("comes", ["for the first time", "signed in here a moment ago"])
@pytest.mark.parametrize(("days", "lets_in"), [(6, False), (8, True)])
def test_an_account_from_elsewhere_is_as_old_as_it_is_there(step: Step, comes: str, days: int, lets_in: bool) -> None:
    user = make_user()
    User.objects.filter(pk=user.pk).update(joined_at=timezone.now() - dt.timedelta(days=days))
    if comes == "signed in here a moment ago":
        make_participant(step.city, user=user)
    browser = make_browser(step.city)
    browser.force_login(user)
    address = f"/beteiligung/hafen/schritt/{step.position}"
    assert (browser.get(address, REMOTE_ADDR=BAD).context["form"] is not None) == lets_in
    typed = {"uid": str(uuid7()), "kind": "idea", "title": "Ein Dach", "text": "Gegen den Regen an der Haltestelle."}
    assert browser.post(address, typed, REMOTE_ADDR=BAD).status_code == (303 if lets_in else 403)
    assert Contribution.objects.of(step.city).exists() == lets_in


def test_behind_a_proxy_it_is_the_address_that_the_proxy_saw(step: Step, settings: Any) -> None:
    address = f"/beteiligung/hafen/schritt/{step.position}"
    browser = make_browser(step.city)

    def says_it(forwarded: str) -> bool:
        page = browser.get(address, REMOTE_ADDR="10.0.0.1", headers={"x-forwarded-for": forwarded})
        return "Aus Ihrem Netz" in page.content.decode()

    assert not says_it(BAD)  # without a proxy of ours anybody could write that header
    settings.TRUSTED_PROXIES = True
    assert says_it(f"{GOOD}, {BAD}")
    assert not says_it(f"{BAD}, {GOOD}")


def test_signing_in_and_reporting_stay_open(step: Step) -> None:
    browser = make_browser(step.city)
    user = make_user("alt@example.org")
    assert browser.post("/konto/anmelden", {"email": user.email}, REMOTE_ADDR=BAD).status_code == 302
    for path in ("/barriere-melden", "/beteiligung/hafen", make_contribution(step).path):
        assert browser.get(path, REMOTE_ADDR=BAD).status_code == 200


def test_the_address_is_kept_nowhere(step: Step) -> None:
    browser = make_browser(step.city)
    browser.post(
        f"/beteiligung/hafen/schritt/{step.position}",
        {"uid": str(uuid7()), "kind": "idea", "title": "Ein Dach", "text": "Gegen den Regen an der Haltestelle."},
        REMOTE_ADDR=GOOD,
    )
    given = Contribution.objects.of(step.city).select_related("author").get()
    assert given.author is not None
    assert GOOD not in serializers.serialize("json", [given, given.author])
    assert GOOD not in repr(Actor(step.city, address=ipaddress.ip_address(GOOD)))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("203.0.113.9/24", ["203.0.113.0/24"]),
        ("203.0.113.9\n203.0.113.9/32", ["203.0.113.9/32"]),
        ("2001:DB8:7::/48\n", ["2001:db8:7::/48"]),
        ("::ffff:203.0.113.0/120", ["203.0.113.0/24"]),
        ("10.0.0.0/16", ["10.0.0.0/16"]),
    ],
)
def test_a_range_is_kept_as_machines_write_it(step: Step, typed: str, kept: list[str]) -> None:
    browser = make_browser(step.city, make_staff(step.city, "administrator"))
    sent = {"version": step.city.rules_version, "setting-words": "", "setting-blocked": "", "setting-blocked_ranges": typed}
    assert browser.post(RULES, sent).status_code == 302
    assert City.objects.get(pk=step.city.pk).rules["blocked_ranges"] == kept
    assert f"aus diesen Adressbereichen nichts: {kept[0]}" in browser.get(RULES).content.decode()
    entry = Entry.objects.of(step.city).latest("pk")
    assert (entry.verb, entry.details) == ("rules.changed", {"blocked_ranges": 1})  # the journal is for good: no address stands in it


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("0.0.0.0/0", "zu groß"),
        ("10.0.0.0/15", "zu groß"),
        ("::/0", "zu groß"),
        ("2001:db8::/31", "zu groß"),
        ("::ffff:0.0.0.0/96", "zu groß"),
        ("127.0.0.1", "des Servers selbst"),
        ("::1", "des Servers selbst"),
        ("203.0.113.0/33", "Bitte geben Sie jeden Bereich"),
        ("203.0.113.", "Bitte geben Sie jeden Bereich"),
        ("Wilhelmsburg", "Bitte geben Sie jeden Bereich"),
        ("203.0.113.0-203.0.113.9", "Bitte geben Sie jeden Bereich"),
        ("\n".join(f"203.0.{number // 250}.{number % 250}" for number in range(501)), "höchstens 500"),
    ],
)
def test_what_is_no_range_or_too_wide_is_refused_in_a_sentence(step: Step, typed: str, sentence: str) -> None:
    browser = make_browser(step.city, make_staff(step.city, "administrator"))
    sent = {"version": step.city.rules_version, "setting-words": "", "setting-blocked": "", "setting-blocked_ranges": typed}
    answer = browser.post(RULES, sent)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert sentence in page
    assert typed.splitlines()[-1] in page  # what was typed stays
    assert City.objects.get(pk=step.city.pk).rules["blocked_ranges"] == ["203.0.113.0/24", "2001:db8:7::/48"]


def test_a_process_has_no_ranges_of_its_own() -> None:
    from civitas.processes.policies import CITY_ONLY

    assert "blocked_ranges" in CITY_ONLY
    assert Rules().blocked_ranges == []
    assert not lies_in(ipaddress.ip_address(BAD), [])
