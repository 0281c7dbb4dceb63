"""Who may see, give, mend, take back, moderate and answer: one table, role by state."""

import datetime as dt

import pytest
from django.utils import timezone
from tests.factories import make_actor, make_city, make_contribution, make_organisation, make_process, make_staff, make_step

from civitas.contributions.rules import may_answer, may_enter, may_mend, may_moderate, may_see, may_submit, may_withdraw, may_work
from civitas.people.actors import actor_of, city_actor

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)
ROLES = ["stranger", "", "member", "moderator", "facilitator", "expert", "owner", "administrator"]
# What each role may, beside everybody: moderate, answer, work at the desk, enter the team's overview.
TEAM = {
    "moderator": (True, True, True, True),
    "facilitator": (False, False, False, True),
    "expert": (False, True, True, True),
    "owner": (False, True, True, True),
    "administrator": (True, True, True, True),
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("opens", "closes", "allowed"), [(1, 2, False), (-1, 1, True), (-2, -1, False)])
def test_the_step_opens_and_closes_giving_for_every_role(role: str, opens: int, closes: int, allowed: bool) -> None:
    now = timezone.now()
    step = make_step(make_process(make_city()), opens_at=now + opens * DAY, closes_at=now + closes * DAY)
    assert bool(may_submit(make_actor(step.city, role), step, "idea")) is allowed


@pytest.mark.parametrize("role", ROLES)
def test_each_role_decides_what_is_its_own(role: str) -> None:
    row = make_contribution(make_step(make_process(make_city())))
    actor = make_actor(row.city, role)
    found = (may_moderate(actor, row), may_answer(actor, row), may_work(actor), may_enter(actor))
    assert tuple(map(bool, found)) == TEAM.get(role, (False, False, False, False))


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("visibility", ["draft", "waiting", "published", "hidden", "withdrawn", "erased"])
def test_what_is_not_public_shows_to_the_editorial_team_only(role: str, visibility: str) -> None:
    row = make_contribution(make_step(make_process(make_city())), visibility=visibility)
    seen = visibility == "published" or (visibility != "erased" and role in {"moderator", "administrator"})
    assert bool(may_see(make_actor(row.city, role), row)) is seen


@pytest.mark.parametrize(
    ("hours", "visibility", "allowed"), [(1, "published", True), (1, "waiting", True), (25, "published", False), (1, "hidden", False)]
)
def test_authors_mend_for_a_day(hours: int, visibility: str, allowed: bool) -> None:
    step = make_step(make_process(make_city()))
    author = make_actor(step.city)
    row = make_contribution(step, author=author.participant, visibility=visibility, given_at=timezone.now() - dt.timedelta(hours=hours))
    assert bool(may_mend(author, row)) is allowed
    assert bool(may_withdraw(author, row))
    assert not may_mend(make_actor(step.city, "moderator"), row)
    assert not may_withdraw(make_actor(step.city, "moderator"), row)


def test_experts_answer_for_their_own_department_only() -> None:
    row = make_contribution(make_step(make_process(make_city())))
    own, other = make_organisation(row.city), make_organisation(row.city, "Bauamt")
    expert = actor_of(make_staff(row.city, "expert", organisation=own))
    assert may_answer(expert, row, organisation=own)
    assert not may_answer(expert, row, organisation=other)
    assert may_answer(make_actor(row.city, "moderator"), row, organisation=other)


def test_another_citys_team_has_no_say() -> None:
    row = make_contribution(make_step(make_process(make_city())))
    outsider = city_actor(make_city())
    assert {rule(outsider, row).status for rule in (may_see, may_moderate, may_answer)} == {404}
