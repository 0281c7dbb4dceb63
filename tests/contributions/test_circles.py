"""Lineage runs one way: what would lead back is refused wherever links are made, and the path is shown."""

from __future__ import annotations

from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from tests.at_once import at_once
from tests.factories import make_actor, make_city, make_contribution, make_link, make_process, make_step

from civitas.contributions import linking
from civitas.contributions.circles import check_circle, circle_among
from civitas.contributions.linking import link_contributions, make_links, remove_links
from civitas.contributions.models import Contribution, Link
from civitas.contributions.walking import walk
from civitas.journal.models import Entry
from civitas.kit.verdicts import Refused
from civitas.merging.actions import merge_contributions, undo_merge

pytestmark = pytest.mark.django_db


@pytest.fixture
def chain() -> tuple[Contribution, Contribution, Contribution]:
    """An idea that became part of a theme, of which a concept was made."""
    step = make_step(make_process(make_city("hamburg")), position=1)
    kinds = (("Bänke", "idea"), ("Ruhe", "theme"), ("Rast", "concept"))
    idea, theme, concept = (make_contribution(step, title, kind=kind) for title, kind in kinds)
    make_link(idea, theme, "grouped_into")
    make_link(theme, concept, "developed_into")
    return idea, theme, concept


def refusal(*links: tuple[Contribution, Contribution], **options: Any) -> str:
    with translation.override("de"), pytest.raises(Refused) as refused:
        check_circle(links[0][0].city if links else options.pop("city"), [(a.pk, b.pk) for a, b in links], **options)
    return str(refused.value.reason)


def test_a_circle_is_refused_with_its_path(chain: Any) -> None:
    idea, _theme, concept = chain
    assert "Idee „Bänke“ → Thema „Ruhe“ → Konzept „Rast“" in refusal((concept, idea))


def test_what_is_not_shown_stays_unnamed_in_the_path(chain: Any) -> None:
    idea, theme, concept = chain
    Contribution.objects.of(idea.city).filter(pk=theme.pk).update(visibility="hidden")
    said = refusal((concept, idea))
    assert ("Ruhe" in said, "ein Beitrag, der nicht gezeigt wird" in said) == (False, True)


def test_links_that_are_new_together_close_no_circle_either(chain: Any) -> None:
    idea, _theme, concept = chain
    third = make_contribution(idea.step, "Dritter")
    assert circle_among(idea.city, [(concept.pk, third.pk)]) == []
    assert circle_among(idea.city, [(concept.pk, third.pk), (third.pk, idea.pk)]) != []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("back", [True, False])
def test_of_two_who_link_at_the_same_instant_one_comes_after_the_other(monkeypatch: Any, back: bool) -> None:
    step = make_step(make_process(make_city("hamburg")))
    first, second = make_contribution(step, "A"), make_contribution(step, "B")
    both, check = Barrier(2), linking.check_circle

    def check_late(*args: Any, **options: Any) -> None:
        check(*args, **options)
        with suppress(BrokenBarrierError):
            both.wait(0.5)  # both have looked, if both can

    monkeypatch.setattr(linking, "check_circle", check_late)
    actor = make_actor(step.city, "moderator")
    ways = [(first, second), (second, first) if back else (first, second)]
    outcomes = at_once(*[lambda way=way: link_contributions(actor, *way, Link.Kind.DEVELOPED_INTO) and 200 for way in ways])
    assert sorted(outcomes) == ([200, 409] if back else [200, 200])
    assert Link.objects.of(step.city).count() == 1


def test_what_lies_in_another_closes_a_circle_for_it(chain: Any) -> None:
    idea, theme, concept = chain
    wording = make_contribution(idea.step, "Sitzplätze")
    merge_contributions(make_actor(idea.city, "moderator"), idea, [wording])
    assert circle_among(idea.city, [(concept.pk, wording.pk)]) == [idea.pk, theme.pk, concept.pk]


def test_two_with_something_between_them_cannot_be_put_together(chain: Any) -> None:
    idea, _theme, concept = chain
    later = make_contribution(idea.step, "Späte Idee")
    make_link(concept, later, "led_to")
    moderator = make_actor(idea.city, "moderator")
    for head, row in ((idea, later), (later, idea)):
        with pytest.raises(Refused, match="→"):
            merge_contributions(moderator, head, [row])


def test_one_that_was_built_on_another_can_be_put_together_with_it_but_not_linked_back(chain: Any) -> None:
    idea = chain[0]
    later = make_contribution(idea.step, "Späte Idee")
    make_link(idea, later, "developed_into")
    moderator = make_actor(idea.city, "moderator")
    merge = merge_contributions(moderator, idea, [later])[0]
    assert circle_among(idea.city, [(later.pk, idea.pk)]) == [idea.pk, later.pk]
    undo_merge(moderator, merge)


def test_a_circle_that_is_there_already_ends_the_walk(chain: Any) -> None:
    idea, theme, concept = chain
    make_link(concept, idea, "led_to")
    for way in ("earlier", "later"):
        assert set(walk(idea.city, [idea.pk], way).generations) == {idea.pk, theme.pk, concept.pk}


def test_many_links_are_made_once_in_as_many_queries_as_one_and_taken_back(chain: Any) -> None:
    theme = make_contribution(chain[0].step, "Viele", kind="theme")
    voices = [make_contribution(chain[0].step, f"Stimme {index}") for index in range(7)]
    city = theme.city
    wanted = [(voice.pk, theme.pk, str(Link.Kind.GROUPED_INTO)) for voice in voices]

    def made(links: list[tuple[int, int, str]]) -> tuple[int, list[tuple[int, int, str]]]:
        with CaptureQueriesContext(connection) as queries, transaction.atomic():
            new = make_links(city, links, by=None)
        return len(queries), new

    one, many = made(wanted[:1]), made(wanted)
    assert (one[0], one[1], many[1]) == (many[0], wanted[:1], wanted[1:])
    assert made(wanted)[1] == []
    with transaction.atomic():
        gone = remove_links(city, [*wanted[:3], *wanted[:1]], by=None)
    assert (gone, Link.objects.of(theme.city).filter(target=theme).count()) == (wanted[:3], 4)
    verbs = [entry.verb for entry in Entry.objects.of(theme.city).order_by("pk")]
    assert (verbs.count("contribution.linked"), verbs.count("contribution.unlinked")) == (7, 3)


def test_another_citys_are_no_ends_of_a_link(chain: Any) -> None:
    foreign = make_contribution(make_step(make_process(make_city("kassel")), position=1))
    with pytest.raises(Refused) as refused, transaction.atomic():
        make_links(chain[0].city, [(chain[0].pk, foreign.pk, "led_to")], by=None)
    assert (refused.value.status, Link.objects.of(chain[0].city).filter(source=chain[0]).count()) == (404, 1)
    with pytest.raises(Refused):
        link_contributions(make_actor(chain[0].city, "moderator"), chain[0], foreign, "led_to")
