"""What is overdue is told to who has it, once for each day, and to nobody who has answered meanwhile."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from civitas.answering.actions.assigning import assign
from civitas.answering.actions.drafting import publish
from civitas.answering.actions.reminding import remind_of_overdue
from civitas.answering.models import Assignment, due_key
from civitas.notices.models import Notice
from civitas.notices.queries import worded
from civitas.team.actions import set_absence

pytestmark = pytest.mark.django_db


def given(town: Any, title: str, *, days_over: int, **whom: Any) -> Any:
    """A contribution whose answer was promised for a day that is over."""
    row = town.give(title)
    assign(town.actor("moderator"), row, **{"organisation": None, "person": None} | whom)
    day = town.city.today - dt.timedelta(days=days_over)
    Assignment.objects.of(town.city).filter(contribution=row, active=1).update(due_on=day, due_key=due_key(day, row.pk))
    return town.read(row)


def told(town: Any) -> dict[str, list[str]]:
    """The reminders that still have something to say, by who gets them."""
    found: dict[str, list[str]] = {}
    for person in (town.expert, town.other_expert, town.moderator, town.owner):
        notices = list(Notice.objects.of(town.city).to(person.uid).filter(kind="answering.overdue").order_by("pk"))
        words = [each.words.subject for each in worded(town.city, notices) if each.words]
        found |= {person.pseudonym: words} if words else {}
    return found


def test_each_hears_once_of_what_lies_with_them(town: Any) -> None:
    given(town, "Bei Olaf", days_over=1, person=town.expert)
    given(town, "Schon länger bei Olaf", days_over=3, person=town.expert)
    given(town, "Beim Bauamt", days_over=1, organisation=town.other_office)
    given(town, "Bei niemandem", days_over=2)
    town.give("Noch nicht fällig")
    for _twice in range(2):
        remind_of_overdue(town.city)
    assert told(town) == {
        "Olaf": ["2 Antworten sind überfällig"],
        "Silke": ["1 Antwort ist überfällig"],
        "Jule": ["1 Antwort ist überfällig"],
    }


def test_what_is_overdue_for_long_is_not_told_again_and_a_new_day_is(town: Any) -> None:
    given(town, "Alt", days_over=30, person=town.expert)
    remind_of_overdue(town.city)
    assert told(town) == {}
    given(town, "Neu", days_over=1, person=town.expert)
    remind_of_overdue(town.city)
    assert told(town) == {"Olaf": ["2 Antworten sind überfällig"]}


def test_who_is_away_has_a_deputy_who_hears_of_it(town: Any) -> None:
    given(town, "Bei Olaf", days_over=1, person=town.expert)
    today = town.city.today
    set_absence(town.actor("expert"), town.expert, starts_on=today, ends_on=today, deputy=town.other_expert)
    remind_of_overdue(town.city)
    assert told(town) == {"Silke": ["1 Antwort ist überfällig"]}


def test_what_was_answered_before_the_mail_goes_out_is_told_to_nobody(town: Any) -> None:
    row = given(town, "Bei Olaf", days_over=1, person=town.expert)
    remind_of_overdue(town.city)
    publish(town.actor("moderator"), row, version=0, seen=row.version, status="done", text="Es ist fertig.")
    assert told(town) == {}


@pytest.mark.parametrize("tells", [True, False])
def test_the_reminder_says_what_people_read_of_it(town: Any, tells: bool) -> None:
    given(town, "Bei Olaf", days_over=1, person=town.expert)
    remind_of_overdue(town.city)
    town.city.rules = {"tell_overdue": tells}
    (notice,) = Notice.objects.of(town.city).to(town.expert.uid).filter(kind="answering.overdue")
    (found,) = worded(town.city, [notice])
    assert found.words is not None
    assert ("Auf der Seite des Beitrags" in found.words.paragraphs[0]) is tells
