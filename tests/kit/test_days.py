from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone, translation

from civitas.kit import days

if TYPE_CHECKING:
    from collections.abc import Iterator

BERLIN = ZoneInfo("Europe/Berlin")
NOW = dt.datetime(2026, 5, 12, 15, 0, tzinfo=BERLIN)
MIDNIGHT = dt.datetime(2026, 5, 13, tzinfo=BERLIN)


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False), timezone.override(BERLIN):
        yield


@pytest.mark.parametrize(
    ("moment", "german", "english"),
    [
        (NOW - dt.timedelta(seconds=20), "gerade eben", "just now"),
        (NOW - dt.timedelta(minutes=1), "vor 1 Minute", "1 minute ago"),
        (NOW - dt.timedelta(minutes=8), "vor 8 Minuten", "8 minutes ago"),
        (NOW - dt.timedelta(hours=1), "vor 1 Stunde", "1 hour ago"),
        (NOW - dt.timedelta(hours=16), "gestern", "yesterday"),
        (NOW - dt.timedelta(days=3), "vor 3 Tagen", "3 days ago"),
        (NOW - dt.timedelta(days=30), "12. April", "12 April"),
        (NOW - dt.timedelta(days=400), "7. April 2025", "7 April 2025"),
        (NOW + dt.timedelta(minutes=5), "gerade eben", "just now"),
    ],
)
def test_how_long_ago_is_said_as_people_say_it(moment: dt.datetime, german: str, english: str) -> None:
    with translation.override("de"):
        assert days.ago(moment) == german
    with translation.override("en"):
        assert days.ago(moment) == english


def test_simple_german_takes_german_months() -> None:
    with translation.override("de-simple"):
        assert days.day(dt.date(2025, 3, 4)) == "4. März 2025"


def test_a_day_is_the_citys_day_not_greenwichs() -> None:
    with translation.override("de"):
        assert days.day(dt.datetime(2026, 7, 3, 22, 30, tzinfo=dt.UTC)) == "4. Juli"


@pytest.mark.parametrize(
    ("language", "said"),
    [("de", "Dienstag, 12. Mai, 17 Uhr"), ("en", "Tuesday 12 May, 5 pm")],
)
def test_a_date_has_its_weekday_and_hour(language: str, said: str) -> None:
    with translation.override(language):
        assert days.day_and_time(dt.datetime(2026, 5, 12, 17, tzinfo=BERLIN)) == said


def test_half_hours_are_said() -> None:
    with translation.override("de"):
        assert days.clock(dt.datetime(2026, 5, 12, 9, 5, tzinfo=BERLIN)) == "9:05 Uhr"
    with translation.override("en"):
        assert days.clock(dt.datetime(2026, 5, 12, 0, 30, tzinfo=BERLIN)) == "12:30 am"


@pytest.mark.parametrize(
    ("left", "said", "soon"),
    [
        (dt.timedelta(minutes=10), "Nur noch 1 Stunde", True),
        (dt.timedelta(hours=8), "Nur noch 8 Stunden", True),
        (dt.timedelta(days=1), "Nur noch 1 Tag", True),
        (dt.timedelta(days=2), "Nur noch 2 Tage", True),
        (dt.timedelta(days=12), "Noch 12 Tage", False),
        (dt.timedelta(days=61), "Bis 12. Juli", False),
        (MIDNIGHT - NOW, "Nur noch 9 Stunden", True),
        (MIDNIGHT + dt.timedelta(days=1) - NOW, "Nur noch 1 Tag", True),
        (MIDNIGHT + dt.timedelta(days=3) - NOW, "Noch 3 Tage", False),
        (MIDNIGHT + dt.timedelta(days=61) - NOW, "Bis 12. Juli", False),
    ],
)
def test_time_left_grows_urgent(left: dt.timedelta, said: str, *, soon: bool) -> None:
    with translation.override("de"):
        assert days.time_left(NOW + left) == said
    assert days.ends_soon(NOW + left) is soon
