"""Who may comment, support and follow: one table, role by step state."""

import datetime as dt

import pytest
from django.utils import timezone
from tests.factories import make_actor, make_city, make_contribution, make_process, make_step

from civitas.contributions.models import Contribution
from civitas.dialogue.actions import follow, unfollow
from civitas.dialogue.models import Follow
from civitas.dialogue.rules import may_comment, may_follow, may_support
from civitas.kit.verdicts import Refused
from civitas.people.actors import Actor, city_actor
from civitas.people.rates import LIMITS

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)
STATES = {"before": (2, 4), "during": (-1, 1), "after": (-4, -2)}
ROLES = ["stranger", "", "moderator", "expert", "owner", "administrator"]


def contribution_in(state: str, **settings: object) -> Contribution:
    """An idea whose step has not begun, is open, or is over."""
    opens, closes = STATES[state]
    now = timezone.now()
    step = make_step(make_process(make_city()), settings=settings, opens_at=now + opens * DAY, closes_at=now + closes * DAY)
    return make_contribution(step)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("state", "allowed"), [("before", False), ("during", True), ("after", False)])
def test_the_step_opens_and_closes_comments_and_support_for_every_role(role: str, state: str, allowed: bool) -> None:
    row = contribution_in(state)
    actor = make_actor(row.city, role)
    assert bool(may_comment(actor, row)) is allowed
    assert bool(may_support(actor, row)) is allowed
    assert bool(may_follow(actor, row))


@pytest.mark.parametrize("state", ["before", "after"])
def test_a_refusal_names_the_day(state: str) -> None:
    row = contribution_in(state)
    verdict = may_comment(make_actor(row.city), row)
    assert (verdict.status, str(timezone.localdate().year) in str(verdict.reason)) == (409, True)


@pytest.mark.parametrize(("setting", "rule"), [("comments", may_comment), ("support", may_support)])
def test_a_step_can_do_without(setting: str, rule: object) -> None:
    row = contribution_in("during", **{setting: False})
    assert not rule(make_actor(row.city), row)


def test_a_step_for_people_with_an_account_refuses_strangers() -> None:
    row = contribution_in("during", who="signed_in")
    assert not may_comment(Actor(row.city), row)
    assert may_comment(make_actor(row.city), row)


def test_a_later_step_that_takes_ideas_opens_what_an_earlier_one_collected() -> None:
    row = contribution_in("after")
    make_step(row.process, method="discuss", position=9_000)
    assert may_comment(make_actor(row.city), row)
    assert may_support(make_actor(row.city), row)


@pytest.mark.parametrize("visibility", ["draft", "waiting", "hidden", "withdrawn"])
def test_what_is_not_public_takes_nothing(visibility: str) -> None:
    row = contribution_in("during")
    row.visibility = visibility
    assert not may_comment(make_actor(row.city, "moderator"), row)
    assert may_comment(make_actor(row.city), row).status == 404


def test_nobody_supports_their_own() -> None:
    row = contribution_in("during")
    actor = make_actor(row.city)
    row.author = actor.participant
    assert not may_support(actor, row)
    assert may_comment(actor, row)


def test_another_citys_contribution_does_not_exist() -> None:
    row = contribution_in("during")
    outsider = city_actor(make_city())
    assert {rule(outsider, row).status for rule in (may_comment, may_support, may_follow)} == {404}


def test_who_follows_without_end_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIMITS, "follow", (DAY, 2, 2))
    row = contribution_in("during")
    actor = make_actor(row.city)
    for _number in range(2):
        follow(actor, row)
        unfollow(actor, row)
    with pytest.raises(Refused) as refused:
        follow(actor, row)
    assert refused.value.status == 429
    assert not Follow.objects.of(row.city).exists()
