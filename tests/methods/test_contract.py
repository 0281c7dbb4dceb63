"""The contract of a building block. Every registered one keeps it: those of the house and those of other packages."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone, translation
from tests.factories import make_city, make_contribution, make_process, make_staff, make_step

from civitas.kit.schema_forms import SchemaForm
from civitas.kit.translated import Translated
from civitas.people.actors import actor_of
from civitas.processes.registry import Ability, Method, methods
from civitas.processes.rules import may_use
from civitas.processes.settings import StepSettings

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from civitas.people.actors import Actor
    from civitas.processes.models import Step

pytestmark = [pytest.mark.django_db, pytest.mark.each_database]
DAY = dt.timedelta(days=1)
WINDOWS = {"before": (1, 2), "during": (-1, 1), "after": (-2, -1)}
LANGUAGES = [("de", "Deutsch"), ("en", "English"), ("simple", "Einfache Sprache")]
LONGEST_SIMPLE_SENTENCE = 14
URL = "/beteiligung/veddel/schritt/2"


@pytest.fixture(params=sorted(methods()))
def method(request: pytest.FixtureRequest) -> Method:
    return methods()[request.param]


@pytest.fixture
def step(method: Method) -> Step:
    """A step of the method, after one that collects what it may take."""
    city = make_city("hamburg")
    process = make_process(city, "veddel")
    make_step(process, position=1)
    return make_step(process, position=2, method=method.key)


@pytest.fixture
def owner(step: Step) -> Actor:
    return actor_of(make_staff(step.city, "owner"))


@pytest.fixture
def visitor(client: Client, step: Step) -> Client:
    client.defaults["HTTP_HOST"] = "hamburg.localhost"
    return client


def put(step: Step, when: str) -> Step:
    opens, closes = WINDOWS[when]
    step.opens_at, step.closes_at = timezone.now() + opens * DAY, timezone.now() + closes * DAY
    step.save()
    return step


def test_the_manifest_is_complete(method: Method) -> None:
    card = method.card
    assert method.key == method.key.lower()
    needed = (method.name, card.intent, card.when, card.when_not, card.goes_in, card.comes_out, *(line.say for line in card.lines))
    assert all(str(text) for text in needed)
    assert 2 <= len(card.script) <= 9
    assert not card.picture or card.picture.startswith("<svg")
    assert method.modes
    for low, high in (method.group_size, method.duration):
        assert low >= 1
        assert high is None or high >= low
    assert method.abilities or method.gives
    assert issubclass(method.settings, StepSettings)
    assert (Ability.SUBMIT not in method.abilities) or method.gives


def test_the_card_speaks_every_language(method: Method) -> None:
    texts = (method.name, *method.card.texts)
    with translation.override("en"):
        english = [str(text) for text in texts]
    for code in ("de", "de-simple"):
        with translation.override(code):
            assert [text for text, known in zip(map(str, texts), english, strict=True) if text == known] == []
    assert [dict(text) for text in texts if isinstance(text, Translated) and set(text) < {"de", "en", "simple"}] == []


def test_the_card_is_simple_where_it_says_so(method: Method) -> None:
    with translation.override("de-simple"):
        sentences = [sentence for text in method.card.texts for sentence in re.split(r"[.!?:]\s+", str(text))]
    assert [sentence for sentence in sentences if len(sentence.split()) > LONGEST_SIMPLE_SENTENCE] == []


def test_the_settings_make_a_form_that_reads_back(method: Method) -> None:
    form = SchemaForm(method.settings, value={}, languages=LANGUAGES)
    sent: dict[str, object] = {}
    for name, value in form.initial.items():
        if value not in (False, None, ""):
            sent[f"setting-{name}"] = value
    again = SchemaForm(method.settings, sent, value={}, languages=LANGUAGES)
    assert again.is_valid(), again.errors
    assert again.value == method.settings().model_dump(mode="json")


def test_every_word_of_the_settings_is_translated(method: Method) -> None:
    def words(code: str) -> list[str]:
        with translation.override(code):
            groups = SchemaForm(method.settings, value={}, languages=LANGUAGES).groups
            choices = [str(label) for group in groups for field in group.fields for _value, label in getattr(field.field, "choices", [])]
            return [*(group.legend for group in groups), *(group.hint for group in groups if group.hint), *choices]

    english = words("en")
    for code in ("de", "de-simple"):
        assert [text for text, known in zip(words(code), english, strict=True) if text == known] == []


@pytest.mark.parametrize("when", WINDOWS)
def test_the_page_shows_in_each_state(step: Step, visitor: Client, when: str) -> None:
    put(step, when)
    answer = visitor.get(URL)
    assert answer.status_code == 200
    assert str(step.title) in answer.content.decode()


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_closed_step_refuses_every_ability(method: Method, step: Step, visitor: Client, when: str) -> None:
    put(step, when)
    actor = actor_of(make_staff(step.city, "moderator"))
    for ability in method.abilities:
        verdict = may_use(actor, step, ability)
        assert (bool(verdict), verdict.status) == (False, 409)
        assert verdict.reason
    assert visitor.post(URL, {}).status_code in {405, 409}


def test_concluding_twice_gives_the_same(method: Method, step: Step, owner: Actor) -> None:
    make_contribution(step.process.steps.of(step.city).get(position=1))
    put(step, "after")
    first, second = method.conclude(owner, step), method.conclude(owner, step)
    assert first.made == second.made
    assert second.again


def test_what_is_exported_reads_back(method: Method, step: Step, owner: Actor) -> None:
    import json

    if method.export is None:
        assert method.key  # nothing of its own to export: its contributions go out with the process
        return
    given = dict(method.export(owner, step))
    assert json.loads(json.dumps(given)) == given


@pytest.mark.parametrize("when", WINDOWS)
def test_a_page_costs_the_same_with_one_and_with_three(
    step: Step, visitor: Client, when: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    put(step, when)
    first = step.process.steps.of(step.city).get(position=1)
    make_contribution(first)
    visitor.get(URL)  # the host is known from here on
    with CaptureQueriesContext(connection) as one:
        visitor.get(URL)
    make_contribution(first)
    make_contribution(first)
    with django_assert_num_queries(len(one)):
        visitor.get(URL)
    assert len(one) <= 12


def test_figures_count(method: Method, step: Step) -> None:
    make_contribution(step.process.steps.of(step.city).get(position=1))
    assert all(figure(step) >= 0 for figure in method.figures.values())


def test_another_package_brings_a_method_by_its_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace
    from types import SimpleNamespace

    from civitas.processes import registry

    foreign = replace(methods()["collect"], key="foreign")
    monkeypatch.setattr(registry, "entry_points", lambda group: [SimpleNamespace(load=lambda: foreign)])
    registry.methods.cache_clear()
    try:
        assert registry.methods()["foreign"] is foreign
        twice = replace(foreign, key="collect")
        monkeypatch.setattr(registry, "entry_points", lambda group: [SimpleNamespace(load=lambda: twice)])
        registry.methods.cache_clear()
        with pytest.raises(ValueError, match="collect"):
            registry.methods()
    finally:
        registry.methods.cache_clear()
