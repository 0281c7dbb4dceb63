"""The one page about a process: what it names is shown, and who speaks for an organisation is named so."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.utils import translation
from tests.factories import (
    make_area,
    make_category,
    make_city,
    make_contribution,
    make_organisation,
    make_participant,
    make_process,
    make_step,
)

from civitas.cockpit.brief import brief_of
from civitas.contributions.linking import make_links
from civitas.contributions.models import Contribution
from civitas.processes.queries import process_view

pytestmark = pytest.mark.django_db


@pytest.fixture
def step(db: None) -> Any:
    return make_step(make_process(make_city("hamburg"), "ottensen"))


def brief(step: Any) -> Any:
    return brief_of(step.city, process_view(step.city, "ottensen"))


@pytest.mark.parametrize("gone", ["hidden", "merged"])
def test_a_theme_that_is_hidden_or_put_together_is_not_named_though_the_ledger_does_not_know_yet(
    step: Any, run_cockpit: Any, gone: str
) -> None:
    themes = [make_contribution(step, title, kind="theme") for title in ("Schatten", "Bänke")]
    for theme in themes:
        voice = make_contribution(step)
        with transaction.atomic():
            make_links(step.city, [(voice.pk, theme.pk, "grouped_into")], by=None)
    run_cockpit(step.city)
    assert {title for title, _count in brief(step).themes} == {"Schatten", "Bänke"}
    changed = {"visibility": "hidden"} if gone == "hidden" else {"merged_into": themes[1]}
    Contribution.objects.of(step.city).filter(pk=themes[0].pk).update(**changed)
    assert [title for title, _count in brief(step).themes] == ["Bänke"]


def test_where_nobody_gave_anything_yet_nothing_is_counted(step: Any) -> None:
    assert (brief(step).figures, brief(step).voices) == ([], [])
    make_contribution(step, "Schatten")
    assert brief(step).figures == [] != brief(step).voices  # the ledger follows a moment later


def test_a_voice_of_an_organisation_is_told_under_its_name(step: Any) -> None:
    club, alice = make_organisation(step.city, name="Radverein"), make_participant(step.city, "Alice")
    make_contribution(step, text="Ein Radweg fehlt.", author=alice, organisation=club, area=make_area(step.city, "Altona"))
    assert [(voice.text, voice.who) for voice in brief(step).voices] == [("Ein Radweg fehlt.", "Radverein, Altona")]


@pytest.mark.parametrize(
    ("language", "one", "two"),
    [
        ("de", ["1 Stimme", "Idee oder Verbesserung", "Thema, Konzept oder Dienst wurde daraus"], "2 Stimmen"),
        ("de-simple", ["1 Stimme", "Idee oder Verbesserung", "Thema, Konzept oder Dienst wurde daraus"], "2 Stimmen"),
        ("en", ["1 voice", "idea or improvement", "theme, concept or service came of them"], "2 voices"),
    ],
)
@pytest.mark.parametrize("of", ["theme", "category"])
def test_one_is_one_and_two_are_two(step: Any, run_cockpit: Any, language: str, one: list[str], two: str, of: str) -> None:
    category = make_category(step.city)
    voices = [make_contribution(step, category=category)]
    theme = make_contribution(step, "Schatten", kind="theme") if of == "theme" else None

    def said() -> Any:
        if theme:
            with transaction.atomic():
                make_links(step.city, [(voice.pk, theme.pk, "grouped_into") for voice in voices], by=None)
        run_cockpit(step.city)
        with translation.override(language):
            return brief(step)

    first = said()
    found = [first.themes[0][1], first.figures[1][0], first.figures[2][0]]
    assert found[: 3 if theme else 2] == one[: 3 if theme else 2]
    voices.append(make_contribution(step, category=category))
    assert said().themes[0][1] == two
