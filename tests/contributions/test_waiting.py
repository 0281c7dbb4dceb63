"""What waits for the team before it is shown: one table of rules by who writes what when, and the same on every way in."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone
from tests.factories import (
    make_actor,
    make_browser,
    make_city,
    make_contribution,
    make_guest,
    make_participant,
    make_process,
    make_step,
)

from civitas.contributions.actions import submit_contribution
from civitas.contributions.models import Contribution
from civitas.contributions.official import Answer, answer_contribution
from civitas.contributions.rules import may_answer
from civitas.contributions.waiting import Wait, reads_everything, waits_for_team, why_waiting
from civitas.dialogue.actions import add_comment
from civitas.kit.ids import uuid7
from civitas.kit.verdicts import Refused
from civitas.people.actors import Actor, actor_of, city_actor, on_behalf

if TYPE_CHECKING:
    from civitas.cities.models import City

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")
NOON = dt.datetime(2026, 5, 4, 12, 0, tzinfo=BERLIN)
NIGHT = dt.datetime(2026, 5, 4, 23, 0, tzinfo=BERLIN)
QUIET = {"quiet_from": "22:00", "quiet_until": "06:00"}
ELECTION = {"election_from": "2026-05-01", "election_until": "2026-05-10"}


@pytest.fixture
def city() -> City:
    return make_city("hamburg")


def ruled(city: City, rules: dict[str, Any]) -> City:
    city.rules = rules
    city.save()
    return city


def reason(actor: Actor, step: Any, what: Any = "comments", text: str = "Guten Tag", now: dt.datetime = NOON) -> str:
    wait = why_waiting(actor, step, what=what, text=text, now=now)
    return wait.reason if wait else ""


@pytest.mark.parametrize(
    ("rules", "settings", "contributions", "comments"),
    [
        ({}, {}, "", ""),
        ({}, {"moderation": "before"}, "before", "before"),
        ({"check_contributions": "before"}, {}, "before", ""),
        ({"check_comments": "before"}, {}, "", "before"),
        ({"check_contributions": "after", "check_comments": "after"}, {"moderation": "before"}, "", ""),
        (ELECTION, {}, "election", "election"),
        (ELECTION | {"check_comments": "after"}, {}, "election", "election"),
        ({"election_from": "2026-05-05", "election_until": "2026-05-10"}, {}, "", ""),
    ],
)
def test_the_check_of_city_and_step(city: City, rules: dict[str, Any], settings: dict[str, Any], contributions: str, comments: str) -> None:
    step, actor = make_step(make_process(ruled(city, rules)), settings=settings), make_actor(city)
    assert (reason(actor, step, "contributions"), reason(actor, step)) == (contributions, comments)
    with time_machine.travel(NOON, tick=False):
        assert reads_everything(city, step, what="contributions") is bool(contributions)
        assert reads_everything(city, step, what="comments") is bool(comments)


def test_a_process_checks_otherwise_than_its_city(city: City) -> None:
    ruled(city, {"check_comments": "before"})
    step = make_step(make_process(city, rules={"check_comments": "after"}))
    assert not waits_for_team(make_actor(city), step, what="comments")


def test_a_comment_below_what_has_no_open_step_follows_the_process(city: City) -> None:
    process = make_process(city, rules={"check_comments": "before"})
    assert waits_for_team(make_actor(city), None, what="comments", process=process)


@pytest.mark.parametrize(
    ("first", "text", "guest", "person"),
    [
        ([], "Guten Tag https://example.org", "", ""),
        (["guests"], "Guten Tag", "guests", ""),
        (["links"], "Guten Tag https://example.org", "links", "links"),
        (["links"], "Siehe www.example.org", "links", "links"),
        (["links"], "Bitte lesen: beispiel.de/hier", "links", "links"),
        (["links"], "Das geht so nicht.Der Platz ist leer", "", ""),
        (["words"], "So ein Depp", "words", "words"),
        (["words"], "So ein Deppendorf", "", ""),
    ],
)
def test_whose_words_wait_first(city: City, first: list[str], text: str, guest: str, person: str) -> None:
    step = make_step(make_process(ruled(city, {"check_first": first, "words": ["depp"]})))
    assert reason(actor_of(make_guest(city)), step, text=text) == guest
    assert reason(Actor(city), step, text=text) == guest
    assert reason(make_actor(city), step, text=text) == person
    assert reason(make_actor(city, "moderator"), step, text=text) == ""


def test_people_are_new_for_some_days_and_until_something_of_theirs_was_published(city: City) -> None:
    step = make_step(make_process(ruled(city, {"check_first": ["new"], "new_days": 3})))
    person = make_participant(city)
    now = timezone.now()
    assert reason(actor_of(person), step, now=now) == "new"
    later = now + dt.timedelta(days=3)
    assert reason(actor_of(person), step, now=later) == "new"
    make_contribution(step, author=person, visibility="waiting")
    assert reason(actor_of(person), step, now=later) == "new"
    make_contribution(step, author=person)
    assert reason(actor_of(person), step, now=later) == ""
    assert reason(actor_of(person), step, now=now + dt.timedelta(days=2)) == "new"


def test_in_quiet_hours_comments_wait_and_contributions_do_not(city: City) -> None:
    step, actor = make_step(make_process(ruled(city, QUIET))), make_actor(city)
    wait = why_waiting(actor, step, what="comments", now=NIGHT)
    assert wait is not None
    assert (wait.reason, wait.until) == ("quiet", dt.datetime(2026, 5, 5, 6, 0, tzinfo=BERLIN))
    assert (reason(actor, step, now=NOON), reason(actor, step, "contributions", now=NIGHT)) == ("", "")


def test_the_end_of_the_time_before_an_election_is_said(city: City) -> None:
    wait = why_waiting(make_actor(city), make_step(make_process(ruled(city, ELECTION))), what="contributions", now=NOON)
    assert wait is not None
    assert wait.until == dt.datetime(2026, 5, 11, 0, 0, tzinfo=BERLIN)
    with timezone.override(BERLIN):
        assert "10. Mai 2026" in wait.sentence


@pytest.mark.parametrize("rules", [QUIET, ELECTION, {"check_first": ["guests", "new", "links", "words"], "words": ["tag"]}])
def test_what_the_city_brings_in_waits_for_neither_night_nor_people(city: City, rules: dict[str, Any]) -> None:
    step = make_step(make_process(ruled(city, rules)))
    for actor in (city_actor(city, channel="import"), on_behalf(make_guest(city)), city_actor(city)):
        assert reason(actor, step, now=NIGHT) == ""
        assert reason(actor, step, "contributions", now=NIGHT) == ""


def test_a_guest_on_another_channel_is_a_guest(city: City) -> None:
    step = make_step(make_process(ruled(city, {"check_first": ["guests"]})))
    guest = make_guest(city)
    for channel in ("page", "api", "live", "import"):
        assert reason(actor_of(guest, channel=channel), step) == "guests"  # type: ignore[arg-type]  # each is a channel


def test_the_actions_ask_the_same_rule(city: City) -> None:
    step = make_step(make_process(ruled(city, {"check_first": ["guests"]})))
    guest, person = actor_of(make_guest(city)), make_actor(city)
    given = [
        submit_contribution(actor, step, uid=uuid7(), kind="idea", title="Mehr Bänke", text="Am Platz fehlen Bänke.")
        for actor in (guest, person)
    ]
    assert [row.visibility for row in given] == ["waiting", "published"]
    comments = [add_comment(actor, given[1], uid=uuid7(), text="Gut so.") for actor in (guest, person)]
    assert [row.visibility for row in comments] == ["waiting", "published"]
    given[1].refresh_from_db()
    assert given[1].comment_count == 1


def test_the_form_and_the_thanks_say_whether_and_why_a_comment_waits(city: City) -> None:
    ruled(city, {"check_first": ["guests"], "look_hours": 72})
    row = make_contribution(make_step(make_process(city)))
    page = make_browser(city).get(row.path).content.decode()
    assert "was Menschen ohne Konto schreiben" in page
    assert "innerhalb von 3 Tagen" in page
    assert "was Menschen ohne Konto schreiben" not in make_browser(city, make_participant(city)).get(row.path).content.decode()
    guest = make_guest(city)
    comment = add_comment(actor_of(guest), row, uid=uuid7(), text="Gut so.")
    thanks = make_browser(city, guest).get(f"{row.path}?neu={comment.pk}").content.decode()
    assert thanks.count("was Menschen ohne Konto schreiben") == 2


def test_the_give_page_and_its_thanks_say_why_a_contribution_waits(city: City) -> None:
    ruled(city, {"check_first": ["guests"], "answer_days": 9})
    step = make_step(make_process(city))
    page = make_browser(city).get("/geben").content.decode()
    assert "was Menschen ohne Konto schreiben" in page
    assert "9 Tagen" in page
    person = make_participant(city)
    assert "was Menschen ohne Konto schreiben" not in make_browser(city, person).get("/geben").content.decode()
    guest = make_guest(city)
    given = submit_contribution(actor_of(guest), step, uid=uuid7(), kind="idea", title="Mehr Bänke", text="Am Platz fehlen Bänke.")
    thanks = make_browser(city, guest).get(f"/beitrag/{given.number}/danke").content.decode()
    assert "was Menschen ohne Konto schreiben" in thanks


# Who answers.


@pytest.mark.parametrize("role", ["", "member", "facilitator", "expert", "moderator", "owner", "administrator"])
@pytest.mark.parametrize("answers_by", [["expert"], ["moderator"], ["owner"], ["expert", "owner"]])
def test_who_answers_is_settled(city: City, role: str, answers_by: list[str]) -> None:
    row = make_contribution(make_step(make_process(city, rules={"answers_by": answers_by})))
    allowed = role in answers_by or role == "administrator"
    assert bool(may_answer(make_actor(city, role), row)) is allowed
    if not allowed:
        with pytest.raises(Refused):
            answer_contribution(make_actor(city, role), row, Answer("planned", text="Wir planen es."))
        assert Contribution.objects.of(city).get(pk=row.pk).status == "received"


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (1, "innerhalb von einer Stunde."),
        (24, "innerhalb von 24 Stunden."),
        (48, "innerhalb von 48 Stunden."),
        (49, "innerhalb von 3 Tagen."),
    ],
)
def test_within_how_many_hours_the_team_looks_reads_well(hours: int, said: str) -> None:
    assert Wait("quiet", hours).promise.endswith(said)
