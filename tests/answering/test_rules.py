"""Who may do what on the way to an answer: role by action, and what lies with another department."""

from typing import Any

import pytest
from tests.factories import make_actor, make_city, make_staff

from civitas.answering.actions.assigning import assign
from civitas.answering.queries.one import assignment_of
from civitas.answering.rules import may_answer_many, may_assign, may_assign_many, may_draft, may_keep, may_look, needs_two

pytestmark = pytest.mark.django_db
ROLES = ["", "member", "facilitator", "expert", "moderator", "owner", "administrator"]
ALLOWED = {
    "look": {"expert", "moderator", "owner", "administrator"},
    "draft": {"expert", "moderator", "owner", "administrator"},
    "assign": {"expert", "moderator", "owner", "administrator"},
    "many": {"moderator", "owner", "administrator"},
    "keep": {"moderator", "owner", "administrator"},
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("action", list(ALLOWED))
def test_role_by_action(town: Any, role: str, action: str) -> None:
    row = town.give()
    actor, now = make_actor(town.city, role), assignment_of(town.city, row)
    verdicts = {
        "look": may_look(actor, row),
        "draft": may_draft(actor, row, now),
        "assign": may_assign(actor, row, now),
        "many": may_answer_many(actor),
        "keep": may_keep(actor),
    }
    assert bool(verdicts[action]) is (role in ALLOWED[action])


def test_what_lies_with_another_department_an_expert_neither_answers_nor_moves(town: Any) -> None:
    row = town.give()
    assign(town.actor("moderator"), row, organisation=town.office, person=None)
    now = assignment_of(town.city, row)
    for name, allowed in (("expert", True), ("other_expert", False), ("moderator", True)):
        actor = town.actor(name)
        assert (bool(may_draft(actor, row, now)), bool(may_assign(actor, row, now))) == (allowed, allowed)


def test_what_lies_with_oneself_one_answers_whatever_the_department(town: Any) -> None:
    row = town.give()
    assign(town.actor("moderator"), row, organisation=town.office, person=town.other_expert)
    assert may_draft(town.actor("other_expert"), row, assignment_of(town.city, row))


def test_another_citys_team_finds_nothing(town: Any) -> None:
    row = town.give()
    other = make_city("kassel")
    actor = make_actor(other, "administrator")
    assert (may_look(actor, row).status, may_draft(actor, row, None).status, may_assign(actor, row, None).status) == (404, 404, 404)


def test_what_waits_to_be_read_is_not_answered_yet(town: Any) -> None:
    row = town.give(visibility="waiting")
    assert (may_draft(town.actor("moderator"), row, None).status, may_look(town.actor("expert"), row).status) == (409, 404)


def test_the_citys_rules_say_who_answers(town: Any) -> None:
    row = town.give()
    town.city.rules = {"answers_by": ["owner"]}
    town.city.save(update_fields=["rules"])
    allowed = {name: bool(may_draft(town.actor(name), town.read(row), None)) for name in ("expert", "moderator", "owner")}
    assert allowed == {"expert": False, "moderator": False, "owner": True}


def test_two_are_needed_where_the_process_says_so(town: Any) -> None:
    process = town.step.process
    process.rules = {"release_by_two": True}
    assert (needs_two(town.city, process), needs_two(town.city)) == (True, False)


def test_facilitators_do_not_assign_many(town: Any) -> None:
    make_staff(town.city, "facilitator")
    assert not may_assign_many(make_actor(town.city, "facilitator"))
