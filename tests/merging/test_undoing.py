"""Undoing to the letter: after it every row is as it was, and people count once however wordings are put together and taken apart."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.factories import (
    make_actor,
    make_city,
    make_comment,
    make_contribution,
    make_event,
    make_guest,
    make_link,
    make_participant,
    make_process,
    make_step,
)
from tests.leaving import leave_for_good

from civitas.contributions.actions import change_visibility, mend_contribution, withdraw_contribution
from civitas.contributions.counts import miscounts
from civitas.contributions.models import Contribution
from civitas.dialogue.actions import add_comment, follow, support, unsupport
from civitas.dialogue.merged import merge_miscounts
from civitas.dialogue.models import Support
from civitas.kit.ids import uuid7
from civitas.kit.verdicts import Refused
from civitas.merging.actions import merge_contributions, undo_merge
from civitas.merging.models import Merge
from civitas.people.actors import actor_of

if TYPE_CHECKING:
    from civitas.cities.models import City

pytestmark = pytest.mark.django_db

# What is written about a merge and not by it: its own record, the journal, news, what the worker has to do, counted tries.
ASIDE = {"journal", "notices", "outbox", "merging"}


def dump() -> dict[str, list[Any]]:
    """Every row of every table of the city's rooms, but what is kept about merges."""
    found = {}
    for model in apps.get_models():
        if model._meta.app_label in ASIDE or model.__name__ in {"RateWindow", "Session"} or not model._meta.managed:
            continue
        found[model._meta.label] = sorted((tuple(row.items()) for row in model._base_manager.values()), key=repr)
    # A count of zero is no count: a cell that was emptied stays as a row of noughts.
    for name in ("contributions.Tally", "contributions.MapCell"):
        found[name] = [row for row in found[name] if dict(row)["count"]]
    return found


def fresh(row: Contribution) -> Contribution:
    found: Contribution = Contribution.objects.of(row.city_id).select_related("process", "step", "author").get(pk=row.pk)
    return found


@pytest.fixture
def step() -> Any:
    return make_step(make_process(make_city("hamburg")))


@pytest.fixture
def team(step: Any) -> Any:
    return make_actor(step.city, "moderator")


def rich(step: Any, title: str, supporters: list[Any]) -> Contribution:
    """A contribution with a place, an author, comments with replies, support, an answer, a lineage and a follower."""
    row = make_contribution(step, title, author=make_participant(step.city, title), lat=53.55, lon=10.0, imported_support=2)
    for person in supporters:
        support(actor_of(person), row)
    top = make_comment(row, "Gut.", author=make_guest(step.city))
    make_comment(row, "Finde ich auch.", parent=top, author=make_guest(step.city))
    make_comment(row, "Werbung", visibility="hidden")
    make_event(row, text="Wir prüfen das.")
    make_link(make_contribution(step, f"Vor {title}"), row)
    follow(actor_of(make_participant(step.city)), row)
    return fresh(row)


def merge(team: Any, head: Contribution, *others: Contribution) -> list[Merge]:
    return merge_contributions(team, fresh(head), [fresh(row) for row in others])


def sound(city: City) -> bool:
    return miscounts(city) == [] and merge_miscounts(city) == []


class TestUndoing:
    def test_all_rows_are_as_before(self, step: Any, team: Any) -> None:
        both, one, other = (make_participant(step.city) for _each in range(3))
        a, b = rich(step, "Ampel", [both, one]), rich(step, "Grün", [both, other])
        before = dump()
        made = merge(team, a, b)
        assert dump() != before
        assert (fresh(a).support_total, fresh(a).comment_count, fresh(a).wording_count, fresh(b).listed) == (3 + 4, 4, 1, 0)
        assert sound(step.city)
        undo_merge(team, made[0])
        assert dump() == before

    def test_a_chain_is_undone_from_its_end_and_from_its_middle(self, step: Any, team: Any) -> None:
        both = make_participant(step.city)
        a, b, c = (rich(step, title, [both]) for title in ("A", "B", "C"))
        bare = dump()
        first = merge(team, b, a)[0]
        with_first = dump()
        second = merge(team, c, b)[0]
        assert {fresh(a).merged_into_id, fresh(b).merged_into_id} == {c.pk}
        assert (fresh(c).support_total, fresh(c).wording_count, fresh(c).comment_count) == (1 + 6, 2, 6)
        assert sound(step.city)
        undo_merge(team, second)
        assert dump() == with_first
        assert fresh(a).merged_into_id == b.pk
        again = merge(team, c, b)[0]
        undo_merge(team, first)
        assert (fresh(a).merged_into_id, fresh(b).merged_into_id) == (None, c.pk)
        assert sound(step.city)
        undo_merge(team, again)
        assert dump() == bare

    def test_a_merge_into_a_merged_one_goes_to_where_that_is_shown(self, step: Any, team: Any) -> None:
        a, b, c = (rich(step, title, []) for title in ("A", "B", "C"))
        merge(team, c, b)
        before = dump()
        made = merge(team, b, a)[0]
        assert (made.head_id, fresh(a).merged_into_id) == (c.pk, c.pk)
        undo_merge(team, made)
        assert dump() == before

    def test_what_was_given_since_stays_with_the_head(self, step: Any, team: Any) -> None:
        both, late = make_participant(step.city), make_participant(step.city)
        a, b = rich(step, "A", [both]), rich(step, "B", [both])
        made = merge(team, a, b)[0]
        support(actor_of(late), fresh(a))
        commenter = actor_of(make_participant(step.city))
        add_comment(commenter, fresh(a), uid=uuid7(), text="Seit heute zusammen.")
        written = Contribution.objects.of(step.city).filter(root=b, parent=b).order_by("pk").first()
        reply = add_comment(commenter, fresh(a), uid=uuid7(), text="Zu deinem Wort.", parent=written)
        assert (reply.root_id, fresh(a).comment_count, fresh(b).comment_count) == (b.pk, 6, 3)
        mend_contribution(actor_of(b.author), fresh(b), title="B neu", text="Neu gesagt.", version=b.version)  # type: ignore[arg-type]
        undo_merge(team, made)
        assert (fresh(a).support_count, fresh(a).support_total, fresh(a).comment_count) == (2, 4, 3)
        assert (fresh(b).support_count, fresh(b).support_total, fresh(b).comment_count, fresh(b).title) == (1, 3, 3, "B neu")
        assert sound(step.city)

    def test_who_supported_both_takes_back_both(self, step: Any, team: Any) -> None:
        both = make_participant(step.city)
        a, b = rich(step, "A", [both]), rich(step, "B", [both])
        made = merge(team, a, b)[0]
        unsupport(actor_of(both), fresh(a))
        assert (fresh(a).support_total, Support.objects.of(step.city).filter(participant=both).count()) == (4, 0)
        undo_merge(team, made)
        assert (fresh(a).support_count, fresh(b).support_count) == (0, 0)
        assert sound(step.city)

    def test_an_undone_merge_cannot_be_undone_again(self, step: Any, team: Any) -> None:
        made = merge(team, rich(step, "A", []), rich(step, "B", []))[0]
        undo_merge(team, made)
        before = dump()
        with pytest.raises(Refused) as refused:
            undo_merge(team, made)
        assert refused.value.status == 409
        assert dump() == before


class TestWhatIsNotShownAnyMore:
    @pytest.mark.parametrize("way", ["hidden", "withdrawn", "erased"])
    def test_a_head_that_goes_gives_its_wordings_back(self, step: Any, team: Any, way: str, run_outbox: Any) -> None:
        a, b = rich(step, "A", []), rich(step, "B", [])
        merge(team, a, b)
        assert a.author
        if way == "hidden":
            change_visibility(team.city, fresh(a), "hidden", reason="Werbung")
        elif way == "withdrawn":
            withdraw_contribution(actor_of(a.author), fresh(a))
        else:
            leave_for_good(step.city, a.author)
        run_outbox(step.city)
        assert (fresh(b).merged_into_id, fresh(b).listed, fresh(a).wording_count) == (None, 1, 0)
        assert sound(step.city)
        run_outbox(step.city)
        assert Merge.objects.of(step.city).filter(undone_at=None).count() == 0

    def test_a_wording_whose_author_leaves_keeps_its_support_and_comments_with_the_head(self, step: Any, team: Any) -> None:
        one = make_participant(step.city)
        a, b = rich(step, "A", []), rich(step, "B", [one])
        made = merge(team, a, b)[0]
        assert b.author
        leave_for_good(step.city, b.author)
        assert (fresh(b).visibility, fresh(b).merged_into_id, fresh(a).support_total, fresh(a).comment_count) == ("erased", a.pk, 5, 4)
        assert sound(step.city)
        undo_merge(team, made)
        assert (fresh(b).visibility, fresh(b).merged_into_id, fresh(a).support_total) == ("erased", None, 2)
        assert sound(step.city)

    def test_a_comment_that_is_hidden_while_merged_leaves_both_counts(self, step: Any, team: Any) -> None:
        a, b = rich(step, "A", []), rich(step, "B", [])
        made = merge(team, a, b)[0]
        written = Contribution.objects.of(step.city).filter(root=b, parent=b, visibility="published").order_by("pk").first()
        assert written
        change_visibility(team.city, written, "hidden", reason="Werbung")
        assert (fresh(a).comment_count, fresh(b).comment_count) == (3, 1)
        undo_merge(team, made)
        assert (fresh(a).comment_count, fresh(b).comment_count) == (2, 1)
        assert sound(step.city)

    def test_a_supporter_who_leaves_is_counted_nowhere(self, step: Any, team: Any) -> None:
        both = make_participant(step.city)
        a, b = rich(step, "A", []), rich(step, "B", [both])
        merge(team, a, b)
        assert fresh(a).support_total == 5
        leave_for_good(step.city, both)
        assert fresh(a).support_total == 4
        assert sound(step.city)


STEPS = st.lists(
    st.tuples(st.sampled_from(["merge", "undo", "support", "unsupport"]), st.integers(0, 4), st.integers(0, 4)), min_size=4, max_size=24
)


@given(STEPS)
@settings(max_examples=40)
def test_people_count_once_whatever_is_put_together_and_taken_apart(moves: list[tuple[str, int, int]]) -> None:  # noqa: C901  (a model and its four moves, side by side)
    step = make_step(make_process(make_city()))
    team = make_actor(step.city, "moderator")
    people = [actor_of(make_participant(step.city, f"P{number}")) for number in range(5)]
    rows = [make_contribution(step, f"C{number}", imported_support=number) for number in range(5)]
    above: dict[int, int] = {}  # the model: who was put into whom, and who supports what
    supports: dict[int, set[int]] = defaultdict(set)
    merges: dict[int, Merge] = {}

    def root(index: int) -> int:
        while index in above:
            index = above[index]
        return index

    def tree(index: int) -> set[int]:
        return {each for each in range(5) if root(each) == index}

    for verb, x, y in moves:
        if verb == "merge" and x not in above and root(x) != root(y):
            merges[x] = merge(team, rows[y], rows[x])[0]
            above[x] = root(y)
        elif verb == "undo" and x in above:
            undo_merge(team, merges[x])
            del above[x]
        elif verb == "support":
            top = root(x)
            support(people[y], fresh(rows[top]))
            if not any(y in supports[each] for each in tree(top)):
                supports[top].add(y)
        elif verb == "unsupport":
            top = root(x)
            unsupport(people[y], fresh(rows[top]))
            for each in tree(top):
                supports[each].discard(y)
    for index, row in enumerate(rows):
        kept = fresh(row)
        top = root(index)
        assert kept.merged_into_id == (rows[top].pk if top != index else None)
        assert kept.support_count == len(supports[index])
        if top == index:
            distinct = {person for each in tree(index) for person in supports[each]}
            assert kept.support_total == len(distinct) + sum(tree(index))
    assert sound(step.city)
    for index in sorted(merges, key=lambda each: merges[each].pk):
        if index in above:
            undo_merge(team, merges[index])
    assert list(Contribution.objects.of(step.city).exclude(merged_support=0, wording_count=0, merged_into=None)) == []
