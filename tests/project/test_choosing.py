"""Which tests a second database plays: no statement is left out with them."""

from __future__ import annotations

import pytest
from tests.choosing import Told, choose, written
from tests.statements import shape_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SELECT a FROM t WHERE id = 4 LIMIT 21", "SELECT a FROM t WHERE id = 17 LIMIT 2"),
        ("SELECT a FROM t WHERE id IN (%s)", "SELECT a FROM t WHERE id IN (%s, %s, %s)"),
        ("INSERT INTO t (a, b) VALUES (%s, %s)", "INSERT INTO t (a, b) VALUES (%s, %s), (%s, %s)"),
        ('SAVEPOINT "s140_x1"', 'SAVEPOINT "s7_x22"'),
        ("SELECT 'a, b'", "SELECT 'it''s'"),
    ],
)
def test_values_and_lengths_of_lists_make_no_other_statement(one: str, other: str) -> None:
    assert shape_of(one) == shape_of(other)


def test_other_columns_and_conditions_make_another_one() -> None:
    asked = ["SELECT a FROM t", "SELECT b FROM t", "SELECT a FROM t WHERE a = %s", "SELECT a FROM t WHERE a > %s", "SELECT a FROM t2"]
    assert len({shape_of(sql) for sql in asked}) == len(asked)


def test_every_statement_is_sent_by_a_test_that_is_chosen_and_short_ones_are_preferred() -> None:
    tests = {
        "long": Told(frozenset("abcd"), 9.0),
        "short": Told(frozenset("abc"), 0.1),
        "last": Told(frozenset("cd"), 0.1),
        "same": Told(frozenset("bc"), 0.1),
        "locks": Told(frozenset("e"), 5.0, always=True),
        "beside": Told(frozenset("e"), 0.1),
        "silent": Told(frozenset(), 0.1),
    }
    assert choose(tests) == {"short", "last", "locks"}


def test_a_word_that_costs_too_much_is_left_to_who_plays_all() -> None:
    tests = {"cheap": Told(frozenset("abc"), 0.1), "dear": Told(frozenset("cd"), 9.0)}
    assert choose(tests) == {"cheap", "dear"}
    assert choose(tests, least=0.5) == {"cheap"}


def test_a_test_of_which_no_row_is_played_is_written_down_by_its_name() -> None:
    left, chosen = {"a.py::one[1]", "a.py::one[2]", "a.py::two[1]", "a.py::three"}, {"a.py::two[2]"}
    assert written(left, chosen) == ["a.py::one", "a.py::three", "a.py::two[1]"]
