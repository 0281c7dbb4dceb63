"""Limits hold for a person and for an address range, over processes, and are forgotten."""

import datetime as dt

import pytest
import time_machine
from django.test import RequestFactory
from django.utils import timezone
from tests import factories

from civitas.contributions.actions import submit_contribution
from civitas.kit.ids import uuid7
from civitas.kit.verdicts import Refused
from civitas.notices.models import Notice
from civitas.people.actors import Actor, actor_of
from civitas.people.models import RateWindow
from civitas.people.rates import LIMITS, MAILS_UNCONFIRMED, may_mail, spend
from civitas.people.sources import source_of
from civitas.people.tasks import forget_tries

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 5, 12, 10, 0, 1, tzinfo=dt.UTC)


def tries(actor, what="submit"):
    count = 0
    while count < 1_000:
        refused = tried(actor, what)
        if refused is not None:
            assert refused.status == 429
            return count
        count += 1
    return count


def tried(actor, what):
    try:
        spend(actor, what)
    except Refused as refused:
        return refused
    return None


@time_machine.travel(NOON, tick=False)
def test_a_person_is_stopped_and_may_go_on_in_the_next_window():
    actor = factories.make_actor(factories.make_city())
    assert tries(actor) == LIMITS["submit"][1]
    with time_machine.travel(NOON + LIMITS["submit"][0], tick=False):
        spend(actor, "submit")


@time_machine.travel(NOON, tick=False)
def test_an_address_range_is_stopped_however_many_people_it_has():
    city = factories.make_city()
    for _ in range(LIMITS["submit"][2]):
        spend(actor_with_source(city, "net"), "submit")
    with pytest.raises(Refused):
        spend(actor_with_source(city, "net"), "submit")
    spend(actor_with_source(city, "other"), "submit")


def actor_with_source(city, source):
    return Actor(city, factories.make_guest(city), source=source)


@time_machine.travel(NOON, tick=False)
def test_one_city_does_not_count_for_another():
    first, second = factories.make_city(), factories.make_city()
    tries(Actor(first, source="net"))
    spend(Actor(second, source="net"), "submit")


def test_imports_are_not_limited():
    actor = factories.make_actor(factories.make_city())
    assert tries(Actor(actor.city, actor.participant, channel="import")) == 1_000


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        ("192.0.2.1", "192.0.2.99", True),
        ("192.0.2.1", "192.0.3.1", False),
        ("2001:db8::1", "2001:db8:0:ff::2", True),
        ("2001:db8::1", "2001:db8:1::1", False),
    ],
)
def test_neighbours_share_a_source_that_does_not_show_the_address(one, two, same):
    sources = [source_of(RequestFactory().get("/", REMOTE_ADDR=address)) for address in (one, two)]
    assert (sources[0] == sources[1]) is same
    assert all(set(source) <= set("0123456789abcdef") for source in sources)


def test_a_sender_without_an_address_has_no_source():
    assert source_of(RequestFactory().get("/", REMOTE_ADDR="")) == ""


def test_old_tries_are_forgotten():
    actor = actor_of(factories.make_participant(factories.make_city()))
    with time_machine.travel(timezone.now() - dt.timedelta(days=2)):
        spend(actor, "submit")
    spend(actor, "submit")
    forget_tries()
    assert RateWindow.objects.of(actor.city).count() == 1


def allowed(actor):
    return may_mail(actor, actor.participant)


class TestMailsToAnAddressThatNobodyConfirmed:
    def thanked(self, city, mail, *, count=1, **fields):
        """How many of so many new guests who type this address are thanked by mail."""
        return sum(allowed(Actor(city, factories.make_guest(city, guest_mail=mail, **fields), source=f"net {n}")) for n in range(count))

    @time_machine.travel(NOON, tick=False)
    def test_a_few_a_day_whoever_types_it_and_however(self):
        city = factories.make_city()
        assert self.thanked(city, "fremd@example.org", count=10) == MAILS_UNCONFIRMED
        assert self.thanked(city, " Fremd+neu@Example.org") == 0
        assert self.thanked(city, "eigen@example.org") == 1
        assert self.thanked(factories.make_city(), "fremd@example.org") == 1
        with time_machine.travel(NOON + dt.timedelta(days=1), tick=False):
            assert self.thanked(city, "fremd@example.org") == 1

    def test_who_is_known_or_has_confirmed_is_always_thanked(self):
        city = factories.make_city()
        assert self.thanked(city, "eigen@example.org", count=9, guest_mail_confirmed_at=timezone.now()) == 9
        assert all(allowed(actor_of(factories.make_participant(city))) for _ in range(9))
        assert all(allowed(Actor(city, factories.make_guest(city))) for _ in range(9))
        assert not any("@" in row.key for row in RateWindow.objects.of(city))

    def test_the_page_answers_the_same_when_no_more_mail_goes_out(self):
        city = factories.make_city()
        step = factories.make_step(factories.make_process(city))
        for number in range(MAILS_UNCONFIRMED + 2):
            guest = factories.make_guest(city, guest_mail="fremd@example.org")
            row = submit_contribution(
                Actor(city, guest), step, uid=uuid7(), kind="idea", title=f"Eine Bank {number}", text="Am Kanal, im Schatten."
            )
            assert row.number == number + 1
        assert Notice.objects.of(city).filter(kind="contribution.received").count() == MAILS_UNCONFIRMED
