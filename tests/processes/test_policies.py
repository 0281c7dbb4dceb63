"""The rules of a city and of a process: what is kept, who settles them, and what each is good for at which hour."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from tests.factories import SETTINGS, make_actor, make_city, make_process, make_step

from civitas.cities.models import City
from civitas.journal.models import Entry
from civitas.kit.verdicts import Refused
from civitas.kit.words import found_words
from civitas.people.actors import city_actor
from civitas.processes.actions import change_rules, pause_comments, reopen_comments
from civitas.processes.models import Step
from civitas.processes.policies import Rules, in_election_mode, promised_days, quiet_hours_end, rules_of
from civitas.processes.registry import Ability
from civitas.processes.rules import may_pause, may_set_rules, may_use

if TYPE_CHECKING:
    from collections.abc import Mapping

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")
MINUTE = dt.timedelta(minutes=1)
PEOPLE = ["stranger", "", "member", "moderator", "facilitator", "expert", "owner", "administrator"]


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=BERLIN)


@pytest.fixture
def city() -> City:
    return make_city("hamburg")


def again(row: Any) -> Any:
    if isinstance(row, City):
        return City.objects.get(pk=row.pk)
    rows = type(row).objects.of(row.city_id)
    return (rows.select_related("process") if isinstance(row, Step) else rows).get(pk=row.pk)


def set_city(city: City, values: Mapping[str, Any], **options: Any) -> City:
    change_rules(make_actor(city, "administrator"), city, None, values, again(city).rules_version, **options)
    return again(city)  # type: ignore[no-any-return]  # a row is read as what it was


def last_entry(city: City) -> tuple[str, str, dict[str, Any]]:
    entry = Entry.objects.of(city).order_by("-pk").first()
    assert entry is not None
    return entry.verb, entry.subject, entry.details


# Three places on top of each other: what the pack brings, what the city set, what a process has of its own.


def test_a_process_goes_before_its_city_and_the_city_before_its_pack() -> None:
    city = make_city("hamburg", settings=SETTINGS | {"rules": {"look_hours": 12, "merge_days": 20}}, rules={"merge_days": 30})
    process = make_process(city, rules={"look_hours": 3})
    assert (rules_of(city).look_hours, rules_of(city).merge_days) == (12, 30)
    assert (rules_of(city, process).look_hours, rules_of(city, process).merge_days) == (3, 30)


def test_what_stays_as_the_pack_says_goes_on_following_it() -> None:
    city = make_city("hamburg", settings=SETTINGS | {"rules": {"look_hours": 12}})
    city = set_city(city, {"look_hours": 12, "merge_days": 30})
    assert city.rules == {"merge_days": 30}


def test_what_was_set_by_hand_stays_when_the_pack_says_otherwise() -> None:
    city = set_city(make_city("hamburg"), {"look_hours": 48})
    city.settings = SETTINGS | {"rules": {"look_hours": 12}}
    city.save()
    assert rules_of(again(city)).look_hours == 48


def test_a_setting_of_a_process_follows_its_city_again(city: City) -> None:
    process, actor = make_process(city), make_actor(city, "owner")
    change_rules(actor, city, process, {"look_hours": 24, "answer_days": 3}, 1)
    process = again(process)
    assert process.rules == {"look_hours": 24, "answer_days": 3}
    change_rules(actor, city, process, {}, 2, as_city=["look_hours"])
    process, city = again(process), set_city(city, {"look_hours": 5})
    assert (process.rules, rules_of(city, process).look_hours, promised_days(city, process)) == ({"answer_days": 3}, 5, 3)


def test_a_process_has_both_ends_of_its_quiet_hours_or_neither(city: City) -> None:
    city = set_city(city, {"quiet_from": "22:00", "quiet_until": "06:00"})
    process = make_process(city)
    with pytest.raises(Refused) as refused:
        change_rules(make_actor(city, "owner"), city, process, {"quiet_from": "20:00"}, 1)
    assert list(refused.value.fields) == ["quiet_until"]
    change_rules(make_actor(city, "owner"), city, process, {"quiet_from": None, "quiet_until": None}, 1)
    assert rules_of(city, again(process)).quiet_from is None


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"look_hours": 0}, "look_hours"),
        ({"look_hours": "soon"}, "look_hours"),
        ({"answer_days": 400}, "answer_days"),
        ({"check_comments": "sometimes"}, "check_comments"),
        ({"answers_by": []}, "answers_by"),
        ({"quiet_from": "22:00"}, "quiet_until"),
        ({"quiet_from": "22:00", "quiet_until": "22:00"}, "quiet_until"),
        ({"election_from": "2027-02-01"}, "election_until"),
        ({"election_from": "2027-02-01", "election_until": "2027-01-01"}, "election_until"),
        ({"words": ["x"]}, "words"),
        ({"words": ["wort" * 20]}, "words"),
        ({"keep_decisions_months": 3}, "keep_decisions_months"),
    ],
)
def test_what_does_not_fit_is_said_beside_its_setting_and_nothing_changes(city: City, values: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        set_city(city, values)
    assert (list(refused.value.fields), refused.value.status) == ([field], 400)
    assert str(refused.value.fields[field])
    assert (again(city).rules, again(city).rules_version) == ({}, 1)


@pytest.mark.parametrize("name", ["election_from", "keep_decisions_months", "staff_figures", "nonsense"])
def test_a_process_has_no_rule_of_what_the_city_alone_settles(city: City, name: str) -> None:
    with pytest.raises(Refused) as refused:
        change_rules(make_actor(city, "owner"), city, make_process(city), {name: 7}, 1)
    assert refused.value.status == 400


# Who, and the two who do it at once.


@pytest.mark.parametrize("role", PEOPLE)
def test_administrators_settle_the_citys_rules_and_owners_those_of_a_process(city: City, role: str) -> None:
    process, elsewhere = make_process(city), make_process(make_city("kassel"))
    actor = make_actor(city, role)
    assert bool(may_set_rules(actor)) == (role == "administrator")
    assert bool(may_set_rules(actor, process)) == (role in {"owner", "administrator"})
    assert may_set_rules(actor, elsewhere).status == 404
    if role != "administrator":
        with pytest.raises(Refused):
            change_rules(actor, city, None, {"look_hours": 2}, 1)


def test_another_citys_rules_are_out_of_reach(city: City) -> None:
    with pytest.raises(Refused) as refused:
        change_rules(make_actor(city, "administrator"), make_city("kassel"), None, {"look_hours": 2}, 1)
    assert refused.value.status == 404


def test_of_two_administrators_the_second_is_told(city: City) -> None:
    change_rules(make_actor(city, "administrator"), city, None, {"look_hours": 2}, 1)
    with pytest.raises(Refused) as refused:
        change_rules(make_actor(city, "administrator"), city, None, {"look_hours": 3}, 1)
    assert refused.value.status == 409
    assert again(city).rules == {"look_hours": 2}


def test_what_the_journal_keeps_are_names_and_codes_and_no_word_of_a_list(city: City) -> None:
    values = {"check_comments": "before", "check_first": ["guests", "links"], "quiet_from": "22:00", "quiet_until": "06:00"}
    city = set_city(city, values | {"words": ["Depp", "depp ", "trottel*"]})
    details = values | {"quiet_from": "22:00:00", "quiet_until": "06:00:00", "words": 2}
    assert last_entry(city) == ("rules.changed", f"city:{city.pk}", details)
    assert city.rules["words"] == ["depp", "trottel*"]


def test_saving_without_a_change_is_no_change(city: City) -> None:
    set_city(city, {"look_hours": 24})
    assert (Entry.objects.of(city).count(), again(city).rules_version) == (0, 1)


# Quiet hours: by the city's clock, half-open, over midnight, in nights in which the clocks change.


@pytest.mark.parametrize(
    ("begins", "ends", "moment", "until"),
    [
        ("22:00", "06:00", "2026-05-04 21:59", None),
        ("22:00", "06:00", "2026-05-04 22:00", "2026-05-05 06:00"),
        ("22:00", "06:00", "2026-05-05 00:00", "2026-05-05 06:00"),
        ("22:00", "06:00", "2026-05-05 05:59", "2026-05-05 06:00"),
        ("22:00", "06:00", "2026-05-05 06:00", None),
        ("12:00", "14:00", "2026-05-05 13:00", "2026-05-05 14:00"),
        ("12:00", "14:00", "2026-05-05 14:00", None),
        ("22:00", "00:00", "2026-05-05 23:59", "2026-05-06 00:00"),
        ("22:00", "00:00", "2026-05-06 00:00", None),
        ("00:00", "06:00", "2026-05-06 00:00", "2026-05-06 06:00"),
        ("08:00", "08:00", "2026-05-06 09:00", None),
    ],
)
def test_quiet_hours_by_the_citys_clock(city: City, begins: str, ends: str, moment: str, until: str | None) -> None:
    rules = Rules.model_validate({"quiet_from": begins, "quiet_until": ends})
    assert quiet_hours_end(city, rules, at(moment)) == (at(until) if until else None)


def test_the_night_in_which_the_clocks_go_forward_is_an_hour_shorter(city: City) -> None:
    rules = Rules.model_validate({"quiet_from": "22:00", "quiet_until": "06:00"})
    ends = dt.datetime(2026, 3, 29, 4, 0, tzinfo=dt.UTC)  # six o'clock in summer time
    assert quiet_hours_end(city, rules, ends - MINUTE) == ends
    assert quiet_hours_end(city, rules, ends) is None


def test_an_hour_that_the_clock_shows_twice_is_quiet_once(city: City) -> None:
    rules = Rules.model_validate({"quiet_from": "22:00", "quiet_until": "02:30"})
    ends = dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)  # half past two for the first time
    assert quiet_hours_end(city, rules, ends - MINUTE) == ends
    assert quiet_hours_end(city, rules, ends) is None
    assert quiet_hours_end(city, rules, ends + 45 * MINUTE) is None  # a quarter past two, for the second time


def test_a_quiet_time_that_the_clock_leaves_out_ends_when_it_goes_on(city: City) -> None:
    rules = Rules.model_validate({"quiet_from": "22:00", "quiet_until": "02:30"})
    ends = dt.datetime(2026, 3, 29, 1, 30, tzinfo=dt.UTC)
    assert quiet_hours_end(city, rules, ends - MINUTE) == ends


@pytest.mark.parametrize(
    ("moment", "holds"),
    [("2027-01-31 23:59", False), ("2027-02-01 00:00", True), ("2027-03-14 23:59", True), ("2027-03-15 00:00", False)],
)
def test_the_time_before_an_election_holds_from_its_first_day_to_the_end_of_its_last(city: City, moment: str, holds: bool) -> None:
    assert not in_election_mode(city, at(moment))
    city.rules = {"election_from": "2027-02-01", "election_until": "2027-03-14"}
    assert in_election_mode(city, at(moment)) is holds


def test_the_promise_of_the_pack_holds_until_somebody_settles_another(city: City) -> None:
    process = make_process(city, rules={"answer_days": 3})
    assert (promised_days(city), city.promised_days) == (14, 14)
    city.rules = {"answer_days": 21}
    assert (promised_days(city), city.promised_days, promised_days(city, process)) == (21, 21, 3)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Du DEPP!", ["depp"]),
        ("Deppendorf", []),
        ("Was für Trotteligkeiten", ["trottel*"]),
        ("vertrottelt", []),
        ("Das ist  volle\nKanne falsch, depp", ["depp", "volle kanne"]),
        ("", []),
    ],
)
def test_words_are_found_as_words(text: str, found: list[str]) -> None:
    assert found_words(text, ["depp", "trottel*", "volle kanne"]) == found


# Paused comments.


@pytest.mark.parametrize("role", PEOPLE)
def test_the_team_pauses_comments_and_opens_them_again(city: City, role: str) -> None:
    step, actor = make_step(make_process(city)), make_actor(city, role)
    assert bool(may_pause(actor, step)) == (role in {"moderator", "owner", "administrator"})
    if not may_pause(actor, step):
        with pytest.raises(Refused):
            pause_comments(actor, step)
        return
    pause_comments(actor, step)
    verdict = may_use(make_actor(city), again(step), Ability.COMMENT)
    assert (bool(verdict), verdict.status) == (False, 409)
    assert may_use(make_actor(city), again(step), Ability.SUPPORT)
    assert last_entry(city) == ("comments.paused", f"step:{step.pk}", {"until": None})
    reopen_comments(actor, again(step))
    assert may_use(make_actor(city), again(step), Ability.COMMENT)
    assert last_entry(city)[0] == "comments.opened"


def test_another_citys_step_is_not_paused(city: City) -> None:
    step = make_step(make_process(make_city("kassel")))
    with pytest.raises(Refused) as refused:
        pause_comments(make_actor(city, "administrator"), step)
    assert refused.value.status == 404


def test_a_pause_with_an_end_ends_by_itself(city: City) -> None:
    step = make_step(make_process(city))
    step.comments_paused_at, step.comments_open_at = at("2026-05-04 12:00"), at("2026-05-05 08:00")
    step.opens_at = at("2026-01-01 00:00")
    actor = make_actor(city)
    verdict = may_use(actor, step, Ability.COMMENT, now=at("2026-05-05 07:59"))
    assert not verdict
    assert "5" in str(verdict.reason)
    assert may_use(actor, step, Ability.COMMENT, now=at("2026-05-05 08:00"))


def test_a_pause_does_not_end_in_the_past(city: City) -> None:
    with pytest.raises(Refused) as refused:
        pause_comments(make_actor(city, "moderator"), make_step(make_process(city)), until=at("2020-01-01 08:00"))
    assert list(refused.value.fields) == ["until"]


def test_a_step_that_closed_while_its_comments_were_paused_says_that_it_is_closed(city: City) -> None:
    step = make_step(make_process(city), closes_at=at("2026-06-01 00:00"), opens_at=at("2026-05-01 00:00"))
    step.comments_paused_at = at("2026-05-20 00:00")
    paused = may_use(make_actor(city), step, Ability.COMMENT, now=at("2026-05-21 00:00"))
    closed = may_use(make_actor(city), step, Ability.COMMENT, now=at("2026-06-02 00:00"))
    assert "pausiert" in str(paused.reason)
    assert "geschlossen" in str(closed.reason)


def test_a_rule_pauses_the_comments_of_a_whole_city_or_process_but_not_what_the_city_brings_in(city: City) -> None:
    step = make_step(make_process(city, rules={"comments": "paused"}))
    assert not may_use(make_actor(city), step, Ability.COMMENT)
    assert may_use(city_actor(city), step, Ability.COMMENT)
    other = make_step(make_process(city, "park"))
    assert may_use(make_actor(city), other, Ability.COMMENT)
    city = set_city(city, {"comments": "paused"})
    assert not may_use(make_actor(city), other, Ability.COMMENT)


def test_rules_are_read_again_as_soon_as_one_of_them_is_another(city: Any) -> None:
    city.rules = {"words": ["idiot*"]}
    first = rules_of(city)
    assert rules_of(city) is first  # checked once: a list asks for every row
    city.rules["words"].append("dumm")
    assert rules_of(city).words == ["idiot*", "dumm"]
    process = make_process(city, rules={"look_hours": 2})
    assert (rules_of(city, process).look_hours, rules_of(city).look_hours) == (2, 24)
    process.rules = {"look_hours": 3}
    assert rules_of(city, process).look_hours == 3
