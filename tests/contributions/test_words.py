"""Searching by words."""

import pytest
from django.db import connection
from tests import factories

from civitas.contributions.actions import change_visibility
from civitas.contributions.queries import Filters, count_listed, listed_page
from civitas.outbox.worker import run_due

pytestmark = pytest.mark.django_db(transaction=True)


def found(city, words):
    return [row.title for row in listed_page(city, Filters(words=words)).rows]


@pytest.fixture
def step():
    return factories.make_step(factories.make_process(factories.make_city()))


@pytest.mark.each_database
@pytest.mark.parametrize("words", ["Fahrrad", "fahrräder", "FAHRRAD bügel", "Fahr"])
def test_another_form_or_the_beginning_of_a_word_finds_it(step, words):
    factories.make_contribution(step, "Bügel für Fahrräder")
    factories.make_contribution(step, "Mehr Bänke")
    run_due()
    assert found(step.city, words) == ["Bügel für Fahrräder"]


@pytest.mark.each_database
@pytest.mark.parametrize("words", ['"', "' OR 1=1 --", "NEAR(a b)", "a* AND", "(((", "c1", "\x00", "é" * 500])
def test_whatever_is_typed_is_only_words(step, words):
    factories.make_contribution(step)
    run_due()
    assert found(step.city, words) == []


def test_what_is_hidden_is_not_found_even_before_the_index_knows(step):
    row = factories.make_contribution(step, "Geheimes Wort")
    run_due()
    change_visibility(step.city, row, "hidden", reason="Probe")
    assert found(step.city, "Geheimes") == []
    run_due()
    assert found(step.city, "Geheimes") == []


def test_the_words_of_what_is_hidden_leave_the_index_and_its_vocabulary(step):
    row = factories.make_contribution(step, "Kontonummer Sonderwort")
    factories.make_contribution(step, "Kontonummer bleibt")
    run_due()
    change_visibility(step.city, row, "hidden", reason="Probe")
    run_due()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT word FROM contributions_vocabulary WHERE word IN ('sonderwort', 'kontonummer')")
            assert cursor.fetchall() == [("kontonummer",)]
    key = "rowid" if connection.vendor == "sqlite" else "newest_key"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM contributions_words WHERE {key} = {row.newest_key}")
        assert cursor.fetchone() == (0,)


def test_another_city_finds_nothing(step):
    factories.make_contribution(step, "Fahrräder")
    run_due()
    assert found(factories.make_city(), "Fahrräder") == []


def test_pages_of_a_search_go_on_to_the_end(step):
    for number in range(50):
        factories.make_contribution(step, f"Radweg {number}")
    run_due()
    seen, cursor = [], ""
    while True:
        page = listed_page(step.city, Filters(words="Radweg"), cursor=cursor, size=8)
        seen += [row.title for row in page.rows]
        cursor = page.next_cursor
        if not cursor:
            break
    assert seen == [f"Radweg {number}" for number in reversed(range(50))]
    assert count_listed(step.city, Filters(words="Radweg")) == 50


def test_a_lemma_is_one_word():
    from civitas.contributions.words import words_of

    assert words_of("RadfahrerInnen ihm") == ["radfahrer", "er"]


def test_the_open_answers_are_found_too(step):
    factories.make_contribution(step, "Titel", audience="Nachteulen", proposal="Straßenlaterne", benefit="Sicherheit")
    run_due()
    assert [found(step.city, word) for word in ("Nachteulen", "Straßenlaterne", "Sicherheit")] == [["Titel"]] * 3
