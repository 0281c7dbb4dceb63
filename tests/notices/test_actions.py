from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.core import mail
from django.utils import timezone
from tests.notices.factories import make_people, tell
from tests.outbox.factories import make_city

from civitas.notices.actions import adopt_notices, erase_notices, mark_seen, notify, packed, prune_notices, unpacked
from civitas.notices.models import Delivery, Notice
from civitas.notices.queries import unseen_count
from civitas.outbox.models import OutboxRow
from civitas.outbox.worker import run_due

if TYPE_CHECKING:
    from tests.notices.conftest import Upstairs

pytestmark = pytest.mark.django_db


def test_news_is_told_once_however_often_it_is_said(upstairs: Upstairs) -> None:
    city, people = make_city(), make_people(upstairs, 3)
    assert tell(city, [*people, people[0]]) == 3
    tell(city, people)
    assert run_due() == 4
    tell(city, people)
    run_due()
    assert Notice.objects.of(city).count() == len(mail.outbox) == 3


def test_another_event_subject_or_city_is_other_news(upstairs: Upstairs) -> None:
    city, people = make_city(), make_people(upstairs, 1)
    tell(city, people)
    tell(city, people, event="published")
    tell(city, people, subject="contribution:2")
    tell(make_city("other"), people)
    run_due()
    assert len(mail.outbox) == 4


def test_news_is_noted_in_a_transaction_and_of_a_known_kind_only(upstairs: Upstairs) -> None:
    city, people = make_city(), make_people(upstairs, 1)
    with pytest.raises(RuntimeError):
        notify(city, people, "test.news", "contribution:1", "answered")
    with pytest.raises(KeyError):
        tell(city, people, kind="test.unknown")


def test_thousands_of_recipients_are_a_few_rows_for_the_worker_and_all_are_told(upstairs: Upstairs, django_assert_num_queries: Any) -> None:
    city, people = make_city(), [uuid4() for _ in range(2_500)]
    with django_assert_num_queries(3):
        assert tell(city, people) == 2_500
    assert not Notice.objects.of(city).exists()
    assert OutboxRow.objects.of(city).count() == 5
    run_due()
    assert Notice.objects.of(city).count() == 2_500
    assert Delivery.objects.of(city).filter(skipped="no_address").count() == 2_500
    assert not OutboxRow.objects.of(city).filter(done_at=None).exists()


def test_uids_travel_in_little_space() -> None:
    people = [uuid4() for _ in range(500)]
    assert unpacked(packed(people)) == people
    assert len(packed(people)) < 11_000


def test_why_no_mail_went_is_noted(upstairs: Upstairs) -> None:
    city = make_city()
    tell(city, make_people(upstairs, 1, declined=frozenset({"test.news"})), event="declined")
    tell(city, make_people(upstairs, 1, declined=frozenset({"*"})), event="all-declined")
    tell(city, [uuid4()], event="no-address")
    tell(city, make_people(upstairs, 1), kind="test.quiet", event="quiet")
    tell(city, make_people(upstairs, 1), subject="contribution:gone", event="gone")
    upstairs.silent.add("contribution:gone")
    run_due()
    assert mail.outbox == []
    assert dict(Delivery.objects.of(city).values_list("notice__event", "skipped")) == {
        "declined": "declined",
        "all-declined": "declined",
        "no-address": "no_address",
        "quiet": "not_by_mail",
        "gone": "nothing_to_say",
    }


def test_only_what_was_shown_is_marked_as_seen(upstairs: Upstairs) -> None:
    city, (one, other) = make_city(), make_people(upstairs, 2)
    tell(city, [one, other], event="first")
    newest = Notice.objects.of(city).to(one).get().pk
    tell(city, [one], event="second")
    assert unseen_count(city, one) == 2
    assert mark_seen(city, one, up_to=newest) == 1
    assert (unseen_count(city, one), unseen_count(city, other), unseen_count(city, None)) == (1, 1, 0)
    assert unseen_count(make_city("other"), one) == 0


def test_an_erased_person_leaves_no_news_and_a_claimed_guest_brings_it_along(upstairs: Upstairs) -> None:
    city, (guest, account, other) = make_city(), make_people(upstairs, 3)
    tell(city, [guest, account, other], event="both")
    tell(city, [guest], event="guest")
    run_due()
    adopt_notices(city, old=guest, new=account)
    assert sorted(Notice.objects.of(city).to(account).values_list("event", flat=True)) == ["both", "guest"]
    assert not Notice.objects.of(city).to(guest).exists()
    erase_notices(city, account)
    assert Notice.objects.of(city).get().recipient == other
    assert Delivery.objects.of(city).count() == 1


def test_old_news_goes_with_its_deliveries(upstairs: Upstairs) -> None:
    city, people = make_city(), make_people(upstairs, 2)
    tell(city, people)
    run_due()
    Notice.objects.of(city).to(people[0]).update(created_at=timezone.now() - timedelta(days=800))
    prune_notices(older_than=timedelta(days=730))
    assert Notice.objects.of(city).get().recipient == people[1]
    assert Delivery.objects.of(city).count() == 1
