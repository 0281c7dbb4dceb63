"""Releasing one answer to many: each of them is asked for who wrote it and for who releases it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from tests.factories import make_browser, make_contribution, make_process, make_staff, make_step

from civitas.answering.actions import many
from civitas.answering.actions.assigning import assign, assign_new
from civitas.answering.models import Batch, BatchItem
from civitas.answering.queries.one import assignment_of
from civitas.answering.rules import may_release_batch, may_send
from civitas.contributions.models import Contribution, StatusEvent
from civitas.journal.models import Entry
from civitas.kit.verdicts import Refused
from civitas.outbox.worker import run_due
from civitas.people.models import Membership

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows(town: Any) -> list[Contribution]:
    """Two contributions; in the process of the second, owners do not answer. Answers need two people."""
    town.city.rules = {"release_by_two": True}
    town.city.save(update_fields=["rules"])
    park = make_process(town.city, "park", rules={"answers_by": ["moderator", "expert"]})
    other = make_contribution(make_step(park), "Eine Rutsche", author=town.author)
    assign_new(town.city, [other])
    return [town.give("Bank"), town.read(other)]


def begin(town: Any, rows: list[Contribution], **fields: Any) -> Batch:
    values = {"uid": uuid4(), "status": "in_review", "text": {"de": "Guten Tag {name}, wir prüfen „{title}“."}}
    return many.answer_many(town.actor("moderator"), rows, **values | fields)


def states(batch: Batch) -> list[tuple[str, str]]:
    items = BatchItem.objects.of(batch.city_id).filter(batch=batch).order_by("pk")
    return [(item.state, item.why) for item in items]


@pytest.mark.parametrize(("who", "allowed"), [("moderator", False), ("expert", False), ("author", False), ("owner", True)])
def test_a_colleague_who_answers_many_releases(town: Any, rows: list[Contribution], who: str, allowed: bool) -> None:
    batch = begin(town, rows[:1])
    assert bool(may_release_batch(town.actor(who), batch)) is allowed


def test_what_the_releaser_may_not_answer_stays_behind_and_is_named(town: Any, rows: list[Contribution]) -> None:
    batch = begin(town, rows)
    assert many.release_batch(town.actor("owner"), batch) == 1
    run_due()
    (first, second) = states(batch)
    assert (first, second[0]) == (("done", ""), "failed")
    assert second[1].startswith("Nicht freigegeben: In dieser Beteiligung antworten andere")
    assert list(StatusEvent.objects.of(town.city).values_list("contribution", flat=True)) == [rows[0].pk]
    assert Entry.objects.of(town.city).get(verb="answer.batch_released").details == {"refused": 1}


def test_where_the_releaser_may_answer_none_it_waits_for_somebody_else(town: Any, rows: list[Contribution]) -> None:
    batch = begin(town, rows[1:])
    with pytest.raises(Refused) as refused:
        many.release_batch(town.actor("owner"), batch)
    batch.refresh_from_db()
    assert (refused.value.status, batch.state, states(batch)) == (403, "waiting", [("waiting", "")])
    town.moderator = make_staff(town.city, "moderator", "Mo")
    assert many.release_batch(town.actor("moderator"), batch) == 0
    run_due()
    assert states(batch) == [("done", "")]


def test_the_releaser_is_asked_with_the_roles_held_when_it_goes_out(town: Any, rows: list[Contribution]) -> None:
    batch = begin(town, rows[:1])
    many.release_batch(town.actor("owner"), batch)
    Membership.objects.of(town.city).filter(participant=town.owner).update(role="expert", organisation=town.other_office)
    run_due()
    (state, reason) = states(batch)[0]
    assert (state, reason.startswith("Nicht freigegeben:"), StatusEvent.objects.of(town.city).count()) == ("failed", True, 0)


@pytest.mark.parametrize(
    ("who", "office", "allowed"),
    [("moderator", "office", True), ("owner", "office", True), ("owner", None, True), ("expert", "office", False),
     ("other_expert", "office", False), ("author", None, False)],
)  # fmt: skip
def test_each_is_asked_by_role_and_department(town: Any, rows: list[Contribution], who: str, office: str | None, allowed: bool) -> None:
    assign(town.actor("moderator"), rows[0], organisation=town.office, person=None)
    batch = begin(town, rows[:1], organisation=getattr(town, office) if office else None)
    assert bool(may_send(town.actor(who), rows[0], batch, assignment_of(town.city, rows[0]))) is allowed


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_names_what_stays_behind_with_the_same_queries(
    town: Any, rows: list[Contribution], count: int, django_assert_max_num_queries: Any
) -> None:
    for index in range(count - 1):
        rows += [town.give(f"Noch {index}"), town.read(make_contribution(rows[1].step, f"Rutsche {index}"))]
    batch = begin(town, rows)
    browser = make_browser(town.city, town.owner)
    with django_assert_max_num_queries(14):
        page = browser.get(f"/verwaltung/antworten/viele/{batch.pk}").content.decode()
    assert ("Eine Rutsche" in page, "Freigeben und veröffentlichen" in page) == (True, True)
    browser.post(f"/verwaltung/antworten/viele/{batch.pk}", {"do": "release"})
    assert [state for state, _reason in states(batch)].count("failed") == count


def test_the_page_has_no_button_where_all_stay_behind(town: Any, rows: list[Contribution]) -> None:
    batch = begin(town, rows[1:])
    page = make_browser(town.city, town.owner).get(f"/verwaltung/antworten/viele/{batch.pk}").content.decode()
    assert 'value="release"' not in page
