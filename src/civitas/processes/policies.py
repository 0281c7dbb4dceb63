"""What a city's team has settled for its work: what is checked before it is shown, who answers, what is promised.

A city's rules stand in `City.rules`, those of a process that differ in `Process.rules`; both lie behind the schema `Rules`,
come with rows that a page has read anyway, and are read by `rules_of`.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from civitas.cities.models import City
    from civitas.processes.models import Process

Check = Literal["step", "before", "after"]


class Rules(BaseModel):
    """The rules of a city's work. A process keeps only what differs from its city's."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    # What waits for the team before it is shown: as the step says, all, or nothing.
    check_contributions: Check = "step"
    check_comments: Check = "step"
    # Whose words wait even where others' appear at once.
    check_first: list[Literal["guests", "new", "links", "words"]] = []
    comments: Literal["open", "paused"] = "open"
    quiet_from: dt.time | None = None  # local time; between the two new comments wait for the team
    quiet_until: dt.time | None = None
    election_from: dt.date | None = None  # from this day to that one everything waits, and answers are released by two
    election_until: dt.date | None = None
    words: list[str] = []  # in lower case; a text with one of them comes first in the queue

    answers_by: list[Literal["expert", "moderator", "owner"]] = ["expert", "moderator", "owner"]
    release_by_two: bool = False
    look_hours: int = Field(24, ge=1, le=24 * 90)  # within which the team looks at what waits
    answer_days: int | None = Field(None, ge=1, le=365)  # None: as the city's pack promises
    merge_days: int = Field(14, ge=1, le=90)  # silence of an author for so long counts as yes to a merge

    keep_decisions_months: int = Field(24, ge=6, le=120)
    keep_evidence_months: int = Field(6, ge=1, le=36)
    staff_figures: bool = False  # figures about single members of the team, with which the staff council must agree


def rules_of(city: City, process: Process | None = None) -> Rules:
    """The rules that hold in the city, or in one of its processes; no query."""
    own = process.rules if process is not None else {}
    return Rules.model_validate({**city.rules, **own})
