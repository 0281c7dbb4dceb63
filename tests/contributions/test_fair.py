"""The fair order: little response first, and each day somebody else."""

import datetime as dt

import pytest
from tests import factories

from civitas.contributions.fair import start_of
from civitas.contributions.models import SPIN_RING, Contribution
from civitas.contributions.queries import FAIR, Filters, listed_page

pytestmark = pytest.mark.django_db


@pytest.fixture
def step():
    return factories.make_step(factories.make_process(factories.make_city("hamburg")))


def give(step, spins, **fields):
    rows = [factories.make_contribution(step, f"Nummer {number}", **fields) for number, _spin in enumerate(spins)]
    for row, spin in zip(rows, spins, strict=True):
        Contribution.objects.of(step.city).filter(pk=row.pk).update(spin=spin)
    return rows


def walk(city, filters=None, size=2):
    found, cursor = [], ""
    while True:
        page = listed_page(city, filters or Filters(), sort=FAIR, cursor=cursor, size=size)
        found += page.rows
        if not page.next_cursor:
            return found
        cursor = page.next_cursor


def in_order(city, rows):
    start = start_of(city)
    return sorted(rows, key=lambda row: (row.response_level, row.spin < start, row.spin, row.pk))


@pytest.mark.parametrize("filters", [{}, {"kind": "idea"}])
def test_all_come_once_those_with_little_response_first(step, filters):
    give(step, [number * (SPIN_RING // 7) for number in range(7)])
    loud = factories.make_contribution(step, "Viel besprochen")
    Contribution.objects.of(step.city).filter(pk=loud.pk).update(support_count=12, comment_count=3)
    rows = walk(step.city, Filters(**filters))
    assert len(rows) == len({row.pk for row in rows}) == 8
    assert rows == in_order(step.city, rows)
    assert rows[-1] == loud


@pytest.mark.parametrize("filters", [{}, {"kind": "idea"}])
def test_those_at_the_same_place_of_the_ring_are_neither_lost_nor_doubled(step, filters):
    give(step, [5] * 5 + [SPIN_RING - 1] * 4)
    rows = walk(step.city, Filters(**filters))
    assert len(rows) == len({row.pk for row in rows}) == 9


def test_each_day_begins_elsewhere_and_the_same_for_everybody(step):
    days = [dt.date(2026, 11, 1) + dt.timedelta(days=number) for number in range(20)]
    starts = [start_of(step.city, day) for day in days]
    assert len(set(starts)) == 20
    assert starts == [start_of(step.city, day) for day in days]
    assert all(0 <= start < SPIN_RING for start in starts)
    assert start_of(factories.make_city("kassel"), days[0]) != starts[0]


def test_over_a_year_everyone_stands_in_front_about_as_often(step):
    rows = give(step, [number * (SPIN_RING // 4) for number in range(4)])
    first = [0] * 4
    for number in range(365):
        start = start_of(step.city, dt.date(2026, 1, 1) + dt.timedelta(days=number))
        spins = [place * (SPIN_RING // 4) for place in range(4)]
        ahead = min(range(4), key=lambda place: (spins[place] < start, spins[place]))
        first[ahead] += 1
    assert len(rows) == 4
    assert all(60 < count < 125 for count in first)


def test_a_page_goes_on_after_midnight_where_it_was(step, monkeypatch):
    give(step, [number * (SPIN_RING // 6) for number in range(6)])
    first = listed_page(step.city, Filters(), sort=FAIR, size=3)
    before = start_of(step.city)
    monkeypatch.setattr("civitas.contributions.fair.start_of", lambda _city: (before + SPIN_RING // 2) % SPIN_RING)
    rest = listed_page(step.city, Filters(), sort=FAIR, cursor=first.next_cursor, size=3)
    assert len({row.pk for row in first.rows + rest.rows}) == 6


@pytest.mark.parametrize("cursor", ["", "x", "1.2.3", "1.2.3.4.5.6", "-1.0.0.0.0", "99999999999.0.0.0.0", "1.0.7.0.0", "1.9.1.0.0"])
def test_a_mangled_cursor_shows_a_page(step, cursor):
    factories.make_contribution(step)
    assert len(listed_page(step.city, Filters(), sort=FAIR, cursor=cursor).rows) in {0, 1}
