"""Kept counts equal a count from scratch, whatever happens."""

import random

import pytest
from tests import factories

from civitas.contributions.actions import change_visibility, withdraw_contribution
from civitas.contributions.cells import cells
from civitas.contributions.counts import miscounts, recount
from civitas.contributions.models import Contribution, MapCell, Tally
from civitas.contributions.official import Answer, answer_contribution
from civitas.contributions.personal import erase_given
from civitas.contributions.queries import Filters, count_listed
from civitas.kit.geometry import Box
from civitas.people.actors import actor_of, city_actor

pytestmark = pytest.mark.django_db
BOX = Box(9.5, 53.0, 10.5, 54.0)


def test_counts_hold_through_a_long_random_walk():
    city = factories.make_city()
    processes = [factories.make_process(city), factories.make_process(city, "zweite")]
    steps = [factories.make_step(process) for process in processes]
    area, category, person, staff = (
        factories.make_area(city),
        factories.make_category(city),
        factories.make_participant(city),
        city_actor(city),
    )
    chance = random.Random(7)
    for _ in range(30):
        place = {"lat": chance.uniform(53.4, 53.7), "lon": chance.uniform(9.8, 10.2), "area": area} if chance.random() < 0.7 else {}
        factories.make_contribution(chance.choice(steps), author=person, category=chance.choice([category, None]), **place)
    for _ in range(80):
        row = Contribution.objects.of(city).order_by("pk")[chance.randrange(30)]
        match chance.randrange(4):
            case 0:
                change_visibility(staff.city, row, "hidden", reason="Probe")
            case 1:
                change_visibility(staff.city, row, "published")
            case 2:
                answer_contribution(staff, row, Answer(chance.choice(["planned", "done", "in_review"])))
            case 3 if row.visibility != "withdrawn" and chance.random() < 0.2:
                withdraw_contribution(actor_of(person), row)
    assert miscounts(city) == []
    assert count_listed(city, Filters()) == Contribution.objects.of(city).filter(listed=1).count()
    erase_given(city, person)
    assert miscounts(city) == []
    assert count_listed(city, Filters()) == 0
    assert sum(cell.count for cell in cells(city, Filters(), BOX, 10)[0]) == 0


def test_a_recount_mends_what_was_wrong():
    city = factories.make_city()
    factories.make_contribution(factories.make_step(factories.make_process(city)), lat=53.5, lon=10.0)
    Tally.objects.of(city).filter(dimension="all").update(count=7)
    MapCell.objects.of(city).filter(level=12).update(count=3)
    assert len(miscounts(city)) == 4
    recount(city)
    assert miscounts(city) == []


def test_kept_cells_and_grouped_cells_say_the_same():
    city = factories.make_city()
    step = factories.make_step(factories.make_process(city))
    chance = random.Random(3)
    for number in range(25):
        factories.make_contribution(step, f"Idee {number}", lat=chance.uniform(53.5, 53.52), lon=chance.uniform(9.98, 10.02))
    for zoom in (8, 11, 13, 15):
        kept, _cut = cells(city, Filters(), BOX, zoom)
        grouped, _cut = cells(city, Filters(kind="idea"), BOX, zoom)
        assert sorted((round(cell.lat, 6), cell.count, cell.number) for cell in kept) == sorted(
            (round(cell.lat, 6), cell.count, cell.number) for cell in grouped
        )


def test_a_far_zoom_shows_points_with_titles():
    city = factories.make_city()
    row = factories.make_contribution(factories.make_step(factories.make_process(city)), lat=53.5, lon=10.0)
    (point,), cut = cells(city, Filters(), BOX, 18)
    assert (point.number, point.title, point.path, cut) == (row.number, row.title, row.path, False)
