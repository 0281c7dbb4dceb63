"""The words of the figures: stages, acts, channels, spans of time, and the names under which each figure is kept."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from civitas.contributions.models import Contribution

if TYPE_CHECKING:
    from collections.abc import Iterable

Kind = Contribution.Kind

# How far something has come. What is none of these (comments, results, measures) is no part of the funnel.
VOICE, THEME, CONCEPT, SERVICE = range(4)
STAGES = {Kind.IDEA: VOICE, Kind.IMPROVEMENT: VOICE, Kind.THEME: THEME, Kind.CONCEPT: CONCEPT, Kind.SERVICE_STORY: SERVICE}

# What people do, from the lightest to the deepest; the number under which it is counted.
SUPPORT, COMMENT, GIVE, WRITE, DRAFT, DECIDE = "support", "comment", "give", "write", "draft", "decide"
# To write at a board and to write on a concept are one depth, out of rows of two rooms.
ACTS = {SUPPORT: 1, COMMENT: 2, GIVE: 3, WRITE: 4, DRAFT: 4, DECIDE: 5}

# By which way somebody took part.
WEB, WORKSHOP, IMPORT = 1, 2, 3
CHANNELS = (WEB, WORKSHOP, IMPORT)

# Figures of voices and what was made of them, by the day on which each was given or made.
STAGE, REACH, WAITS, WEEK, DAYS = "stage", "reach", "waits", "week", "days"
# Figures of people, each counted once in a span: all, those who are there for the first time, by district, by way, by act.
PEOPLE, NEW, AREA, CHANNEL, ACT = "people", "new", "area", "channel", "act"

EVER = 0
# Days of a way are kept exactly up to this, then in tens; a way of more than three years counts as three years.
EXACT_DAYS, MOST_DAYS = 60, 1_100


def quarter_of(day: dt.date) -> int:
    """The number of a day's quarter: 20262 is April to June 2026."""
    return day.year * 10 + (day.month + 2) // 3


def spans_of(quarter: int) -> tuple[int, int, int]:
    """The spans that a quarter lies in: itself, its year (20260), and all time (0)."""
    return quarter, quarter // 10 * 10, EVER


def week_of(day: dt.date) -> int:
    """The number of a day's week, which begins on Monday."""
    return (day.toordinal() - 1) // 7


def monday_of(week: int) -> dt.date:
    """The Monday with which a week begins."""
    return dt.date.fromordinal(week * 7 + 1)


def kept_days(days: int) -> int:
    """The days of a way as its histogram knows them."""
    days = max(0, min(days, MOST_DAYS))
    return days if days <= EXACT_DAYS else days // 10 * 10


def median_of(histogram: Iterable[tuple[int, int]]) -> int | None:
    """The median of (value, how many), of an even number the lower one; None of nothing."""
    kept = sorted((value, count) for value, count in histogram if count > 0)
    half = (sum(count for _value, count in kept) + 1) // 2
    for value, count in kept:
        half -= count
        if half <= 0:
            return value
    return None
