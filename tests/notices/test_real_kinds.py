"""The house's own kinds of news: words fetched for many at once are the words fetched one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from tests.factories import make_city, make_comment, make_contribution, make_event, make_participant, make_process, make_step

from civitas.notices.actions import notify
from civitas.notices.models import Notice
from civitas.notices.queries import worded

if TYPE_CHECKING:
    from civitas.cities.models import City
    from civitas.people.models import Participant

pytestmark = pytest.mark.django_db


def tell_everything(city: City, person: Participant, count: int) -> None:
    """For each contribution: it arrived, was commented on and was answered."""
    step = make_step(make_process(city))
    for _ in range(count):
        row = make_contribution(step, author=person)
        comment, event = make_comment(row), make_event(row)
        told = {
            "contribution.received": "received",
            "contribution.answered": f"event-{event.pk}",
            "dialogue.commented": f"comment-{comment.pk}",
        }
        with transaction.atomic():
            for kind, what in told.items():
                notify(city, [person.uid], kind, f"contribution:{row.pk}", what)


def test_much_news_is_worded_as_well_as_little_with_the_same_queries() -> None:
    counts: list[int] = []
    for count in (1, 3):
        city = make_city()
        person = make_participant(city)
        tell_everything(city, person, count)
        notices = list(Notice.objects.of(city).order_by("pk"))
        with CaptureQueriesContext(connection) as queries:
            together = worded(city, notices)
        counts.append(len(queries))
        assert len(together) == 3 * count
        alone: list[Any] = [word for notice in Notice.objects.of(city).order_by("pk") for word in worded(city, [notice])]
        assert [each.words for each in together] == [each.words for each in alone]
    assert counts[0] == counts[1] <= 8
