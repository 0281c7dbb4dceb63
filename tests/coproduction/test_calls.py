"""What waits for who decides about concepts: their calls and their news name only what is shown."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation
from tests.coproduction.concepts import TITLE, make_gate, make_town

from civitas.contributions.actions import change_visibility, erase_contribution
from civitas.contributions.models import Contribution
from civitas.coproduction.calls import calls_of
from civitas.coproduction.notices import word_waits
from civitas.notices.models import Notice
from civitas.people.actors import actor_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Any:
    town = make_town()
    make_gate(town)
    return town


def titles(town: Any) -> list[str]:
    with translation.override("de"):
        return [call.title for call in calls_of(actor_of(town.emma))]


def told(town: Any) -> list[str]:
    rows = Notice.objects.of(town.city).filter(kind="coproduction.gate_waits").order_by("pk")
    with translation.override("de"):
        return [words.subject for row in rows if (words := word_waits(town.city, row))]


@pytest.mark.parametrize("away", ["hidden", "withdrawn", "erased"])
def test_a_concept_out_of_sight_calls_nobody_to_decide(town: Any, away: str) -> None:
    assert (len(titles(town)), len(told(town))) == (1, 1)
    assert TITLE in titles(town)[0]
    row = Contribution.objects.of(town.city).select_related("process", "step", "author", "root").get(pk=town.concept.contribution_id)
    if away == "erased":
        erase_contribution(town.city, row)
    else:
        change_visibility(town.city, row, away, reason="Test")
    assert (titles(town), told(town)) == ([], [])


def test_shown_again_it_calls_again(town: Any) -> None:
    row = Contribution.objects.of(town.city).get(pk=town.concept.contribution_id)
    change_visibility(town.city, row, "hidden", reason="Test")
    change_visibility(town.city, row, "published")
    assert (len(titles(town)), len(told(town))) == (1, 1)
