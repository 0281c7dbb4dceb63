from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from tests.notices.factories import make_people, tell
from tests.outbox.factories import make_city

from civitas.kit.rooms import DAILY, WEEKLY
from civitas.notices.actions import erase_notices
from civitas.notices.digests import LISTED, LOOKED_AT, begin_round, begin_rounds, gather_round, send_digests
from civitas.notices.models import Delivery, Digest, DigestRound, Notice
from civitas.outbox.models import OutboxRow
from civitas.outbox.worker import run_due

if TYPE_CHECKING:
    from uuid import UUID

    from tests.notices.conftest import Upstairs

pytestmark = pytest.mark.django_db

# A Wednesday, nine o'clock in the city.
WEDNESDAY = dt.datetime(2026, 6, 10, 7, 0, tzinfo=dt.UTC)


def make_gatherers(upstairs: Upstairs, count: int = 1, rhythm: str = DAILY, **address: Any) -> list[UUID]:
    """People who want their news in a digest."""
    people = make_people(upstairs, count)
    for uid in people:
        upstairs.addresses[uid] = replace(upstairs.addresses[uid], rhythms={"test.news": rhythm}, **address)
    return people


def tell_many(city: Any, people: list[UUID], count: int) -> None:
    for number in range(count):
        tell(city, people, subject=f"contribution:{number}")
    run_due()


def morning(now: dt.datetime = WEDNESDAY) -> None:
    begin_rounds(now=now)
    run_due()


def skipped(city: Any) -> list[str]:
    return list(Delivery.objects.of(city).order_by("pk").values_list("skipped", flat=True))


def test_news_waits_for_the_morning_and_comes_in_one_mail(upstairs: Upstairs) -> None:
    city = make_city()
    tell_many(city, make_gatherers(upstairs), 3)
    assert mail.outbox == []
    morning()
    (sent,) = mail.outbox
    assert sent.to == ["person0@example.org"]
    assert [str(sent.body).count(f"News of contribution:{number}") for number in range(3)] == [1, 1, 1]
    assert not Delivery.objects.of(city).filter(sent_at=None).exists()
    digest = Digest.objects.of(city).get()
    assert (digest.rhythm, digest.period_on, digest.attempts, digest.skipped) == (DAILY, WEDNESDAY.date(), 1, "")
    assert sent.extra_headers["Message-ID"] == f"<{digest.uid}@teststadt.localhost>"


def test_a_morning_comes_once_and_what_comes_later_waits_for_the_next(upstairs: Upstairs) -> None:
    city = make_city()
    people = make_gatherers(upstairs)
    tell_many(city, people, 1)
    morning()
    tell(city, people, event="later")
    run_due()
    morning()
    assert len(mail.outbox) == 1
    morning(WEDNESDAY + dt.timedelta(days=1))
    assert len(mail.outbox) == 2
    morning(WEDNESDAY + dt.timedelta(days=2))
    assert len(mail.outbox) == 2  # nothing to say is no mail


@pytest.mark.parametrize(("hour", "period"), [(4, dt.date(2026, 6, 9)), (5, dt.date(2026, 6, 10))])
def test_the_morning_is_the_citys(upstairs: Upstairs, hour: int, period: dt.date) -> None:
    # In summer it is seven o'clock in Berlin when it is five in Greenwich.
    city = make_city()
    begin_rounds(now=WEDNESDAY.replace(hour=hour))
    assert DigestRound.objects.of(city).get(rhythm=DAILY).period_on == period
    assert DigestRound.objects.of(city).get(rhythm=WEEKLY).period_on == dt.date(2026, 6, 8)


def test_the_week_is_told_on_monday(upstairs: Upstairs) -> None:
    city = make_city()
    morning()
    tell_many(city, make_gatherers(upstairs, rhythm=WEEKLY), 2)
    for day in range(5):
        morning(WEDNESDAY + dt.timedelta(days=day))
    assert mail.outbox == []
    morning(WEDNESDAY + dt.timedelta(days=5))
    (sent,) = mail.outbox
    assert sent.subject == "Ihre Woche in Teststadt"


def test_a_monday_that_was_slept_through_is_made_up_for(upstairs: Upstairs) -> None:
    city = make_city()
    begin_round(city, WEEKLY, dt.date(2026, 6, 8))
    tell_many(city, make_gatherers(upstairs, rhythm=WEEKLY), 1)
    morning(WEDNESDAY + dt.timedelta(days=6))
    assert [row.period_on for row in Digest.objects.of(city)] == [dt.date(2026, 6, 15)]
    assert len(mail.outbox) == 1


def test_what_is_not_shown_any_more_is_left_out_and_alone_makes_no_mail(upstairs: Upstairs) -> None:
    city = make_city()
    tell_many(city, make_gatherers(upstairs), 2)
    upstairs.silent.add("contribution:0")
    morning()
    assert "contribution:0" not in str(mail.outbox[0].body)
    assert skipped(city) == ["nothing_to_say", ""]
    tell_many(city, make_gatherers(upstairs), 1)
    morning(WEDNESDAY + dt.timedelta(days=1))
    assert len(mail.outbox) == 1


def test_what_was_read_on_the_site_or_is_not_wanted_any_more_is_not_sent(upstairs: Upstairs) -> None:
    city = make_city()
    reader, gone = make_gatherers(upstairs, 2)
    tell_many(city, [reader, gone], 1)
    Notice.objects.of(city).to(reader).update(seen_at=timezone.now())
    upstairs.addresses[gone] = replace(upstairs.addresses[gone], declined=frozenset({"test.news"}))
    morning()
    assert mail.outbox == []
    assert skipped(city) == ["seen", "declined"]


def test_a_digest_is_short_and_says_that_there_is_more(upstairs: Upstairs) -> None:
    city = make_city()
    tell_many(city, make_gatherers(upstairs), LISTED + 1)
    morning()
    text = str(mail.outbox[0].body)
    assert (text.count("News of contribution:"), text.count("Es gibt noch mehr.")) == (LISTED, 1)
    assert not Delivery.objects.of(city).filter(sent_at=None).exists()


def test_older_news_is_not_lost_behind_much_that_is_hidden(upstairs: Upstairs) -> None:
    city = make_city()
    tell_many(city, make_gatherers(upstairs), LOOKED_AT + 1)
    upstairs.silent |= {f"contribution:{number}" for number in range(1, LOOKED_AT + 1)}
    morning()
    assert mail.outbox == []
    morning(WEDNESDAY + dt.timedelta(days=1))
    assert "contribution:0" in str(mail.outbox[0].body)


def test_one_click_ends_the_digests(upstairs: Upstairs) -> None:
    city = make_city()
    (uid,) = make_gatherers(upstairs)
    tell_many(city, [uid], 1)
    morning()
    sent = mail.outbox[0]
    link = sent.extra_headers["List-Unsubscribe"].strip("<>")
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link in str(sent.body)
    assert link in str(sent.alternatives[0].content)
    path = "/" + link.split("/", 3)[3]
    browser = Client(headers={"host": "teststadt.localhost"}, enforce_csrf_checks=True)
    assert browser.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert upstairs.declined == [("teststadt", uid, "digest.daily")]


def test_each_reads_the_digest_in_their_language(upstairs: Upstairs) -> None:
    city = make_city()
    people = make_gatherers(upstairs, 2)
    upstairs.addresses[people[1]] = replace(upstairs.addresses[people[1]], language="en")
    tell_many(city, people, 1)
    morning()
    assert sorted((sent.to[0], sent.subject) for sent in mail.outbox) == [
        ("person0@example.org", "Ihr Tag in Teststadt"),
        ("person1@example.org", "Your day in Teststadt" if "en" in city.config.languages else "Ihr Tag in Teststadt"),
    ]


def test_tasks_that_run_twice_send_once(upstairs: Upstairs) -> None:
    city = make_city()
    tell_many(city, make_gatherers(upstairs, 3), 2)
    begin_rounds(now=WEDNESDAY)
    row = DigestRound.objects.of(city).get(rhythm=DAILY)
    gather_round(city, row.pk, after=0)
    gather_round(city, row.pk, after=0)
    keys = list(Digest.objects.of(city).order_by("pk").values_list("pk", flat=True))
    send_digests(city, keys)
    send_digests(city, keys)
    run_due()
    assert (len(keys), len(mail.outbox)) == (3, 3)
    assert not OutboxRow.objects.of(city).filter(done_at=None).exists()


def test_a_server_that_is_gone_is_asked_again(upstairs: Upstairs, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    city = make_city()
    tell_many(city, make_gatherers(upstairs, 2), 1)
    settings.EMAIL_BACKEND = "tests.notices.test_digests.Gone"
    morning()
    assert Digest.objects.of(city).filter(sent_at=None, skipped="").count() == 2
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    OutboxRow.objects.of(city).filter(done_at=None).update(run_at=timezone.now())
    run_due()
    assert sorted(sent.to[0] for sent in mail.outbox) == ["person0@example.org", "person1@example.org"]


class Gone:
    """A mail server that cannot be reached."""

    def __init__(self, **_options: Any) -> None: ...

    def send_messages(self, _messages: Any) -> int:
        raise ConnectionRefusedError

    def close(self) -> None: ...


def test_who_left_gets_nothing(upstairs: Upstairs) -> None:
    city = make_city()
    (uid,) = make_gatherers(upstairs)
    tell_many(city, [uid], 1)
    begin_rounds(now=WEDNESDAY)
    erase_notices(city, uid)
    run_due()
    assert mail.outbox == []
    assert not Digest.objects.of(city).exists()


@pytest.mark.parametrize("count", [1, 3])
def test_filling_costs_the_same_for_one_and_for_three(upstairs: Upstairs, count: int, django_assert_num_queries: Any) -> None:
    from civitas.notices.digests import _fill

    city = make_city()
    tell_many(city, make_gatherers(upstairs, count), 2)
    begin_rounds(now=WEDNESDAY)
    gather_round(city, DigestRound.objects.of(city).get(rhythm=DAILY).pk, after=0)
    digests = list(Digest.objects.of(city).order_by("pk"))
    with django_assert_num_queries(2):
        filled = _fill(city, digests, upstairs.addresses)
    assert [len(each.said) for each in filled] == [2] * count
