"""Paging through the queue: each case once, in the queue's order, and no page reads what stands before it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.factories import make_contribution

from civitas.moderation.models import Case
from civitas.moderation.queries import Filters, cursor_of, neighbour, order_of, queue_page

pytestmark = pytest.mark.django_db


@pytest.fixture
def cases(step: Any) -> list[Case]:
    """Twelve cases of three weights, mixed."""
    rows = [make_contribution(step, f"Nummer {n}") for n in range(12)]
    return [
        Case.objects.create(city=step.city, contribution=row, why="new", weight=n % 3, opened_at=timezone.now())
        for n, row in enumerate(rows)
    ]


def keys(rows: Any) -> list[int]:
    return [row.pk for row in rows]


@pytest.mark.each_database
@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 12])
def test_pages_show_each_case_once_in_the_queues_order(team: Any, cases: list[Case], size: int) -> None:
    seen, cursor = [], ""
    while True:
        page = queue_page(team, Filters(), cursor=cursor, size=size)
        seen += keys(page.rows)
        cursor = page.next_cursor
        if not cursor:
            break
    assert seen == keys(sorted(cases, key=lambda case: (-case.weight, case.pk)))


def test_decided_ones_are_paged_alike_where_many_were_decided_in_one_instant(team: Any, cases: list[Case]) -> None:
    Case.objects.of(team.city).update(state="closed", closed_at=timezone.now())
    seen, cursor = [], ""
    for _ in range(3):
        page = queue_page(team, Filters(state="closed"), cursor=cursor, size=4)
        seen += keys(page.rows)
        cursor = page.next_cursor
    assert seen == keys(reversed(cases))


def test_the_one_after_the_last_is_the_first(team: Any, cases: list[Case]) -> None:
    in_order = sorted(cases, key=lambda case: (-case.weight, case.pk))
    after = [neighbour(team, Filters(), case) for case in in_order]
    assert keys(after) == keys([*in_order[1:], in_order[0]])


def test_a_deep_page_looks_into_the_index_where_it_begins(team: Any, cases: list[Case]) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("asks SQLite for its plan")
    middle = Case.objects.of(team.city).order_by(*order_of("open"))[4]
    with CaptureQueriesContext(connection) as captured:
        queue_page(team, Filters(), cursor=cursor_of(middle), size=1)
        queue_page(team, Filters(), cursor=cursor_of(middle), size=10)
    assert len(captured) == 3  # the second page goes on into the next weight
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {captured[0]['sql']}")
        plan = " ".join(str(row[3]) for row in cursor.fetchall())
    assert "cases_in_order (city_id=? AND state=? AND weight=? AND id>?)" in plan
    assert "TEMP B-TREE" not in plan
