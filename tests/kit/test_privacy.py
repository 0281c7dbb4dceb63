"""Nobody finds out how many there are in a group under ten: not even who knows the rule and works through every possible town."""

from __future__ import annotations

from collections import defaultdict
from itertools import product
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civitas.kit.privacy import LEAST, told, told_cells

if TYPE_CHECKING:
    from collections.abc import Iterable

Town = tuple[int, ...]


def published(town: Town) -> tuple[object, ...]:
    """What is printed of a town: its districts' people, and how many there are together."""
    return (*told_cells(dict(enumerate(town))).values(), told(sum(town)))


def reconstructed(towns: Iterable[Town]) -> dict[tuple[object, ...], list[set[int]]]:
    """For everything that may be printed: what each district may be, to somebody who has tried all towns."""
    found: dict[tuple[object, ...], list[set[int]]] = defaultdict(list)
    for town in towns:
        may_be = found[published(town)]
        may_be.extend(set() for _each in range(len(town) - len(may_be)))
        for values, people in zip(may_be, town, strict=True):
            values.add(people)
    return found


@pytest.mark.parametrize(("districts", "most"), [(2, 60), (3, 32), (4, 14)])
def test_no_cell_that_is_left_out_can_be_worked_out(districts: int, most: int) -> None:
    for printed, may_be in reconstructed(product(range(most + 1), repeat=districts)).items():
        for shown, values in zip(printed, may_be, strict=False):
            # Where the range of this test cuts off the towns at its upper end, there are more than it knows.
            assert shown is not None or len(values) > 1 or max(values) == most, (printed, values)


def test_the_year_less_a_quarter_does_not_say_how_many_came_later() -> None:
    """Two spans, one within the other, of two districts: people of the quarter are people of the year."""
    found: dict[tuple[object, ...], set[int]] = defaultdict(set)
    for quarter in product(range(16), repeat=2):
        for later in product(range(10), repeat=2):
            year = tuple(a + b for a, b in zip(quarter, later, strict=True))
            found[published(quarter), published(year)].add(later[0])
    assert min(len(values) for values in found.values()) > 1


@given(st.dictionaries(st.integers(0, 30), st.integers(0, 500), max_size=12))
@settings(max_examples=300, deadline=None)
def test_what_is_shown_is_in_tens_and_never_one_alone_is_left_out(cells: dict[int, int]) -> None:
    shown = told_cells(cells)
    assert shown.keys() == cells.keys()
    assert all(value is None or (value % 10 == 0 and abs(value - cells[key]) <= 5 and cells[key] >= LEAST) for key, value in shown.items())
    left_out = [key for key, value in shown.items() if value is None]
    assert len(left_out) != 1 or len(cells) == 1


@given(st.lists(st.integers(0, 60), min_size=2, max_size=8), st.data())
@settings(max_examples=300, deadline=None)
def test_one_person_moved_between_two_that_are_left_out_changes_nothing_that_is_printed(town: list[int], data: st.DataObject) -> None:
    shown = told_cells(dict(enumerate(town)))
    left_out = [key for key, value in shown.items() if value is None]
    movable = [(a, b) for a in left_out for b in left_out if a != b and 0 < town[a] < LEAST and town[b] < LEAST - 1]
    if movable:
        a, b = data.draw(st.sampled_from(movable))
        other = list(town)
        other[a], other[b] = other[a] - 1, other[b] + 1
        assert published(tuple(other)) == published(tuple(town))


@pytest.mark.parametrize(("count", "shown"), [(0, None), (9, None), (10, 10), (14, 10), (15, 20), (1_284, 1_280)])
def test_a_single_figure(count: int, shown: int | None) -> None:
    assert told(count) == shown
