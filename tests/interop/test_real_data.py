"""The real citizens' contributions: every row in and out is counted."""

from __future__ import annotations

import re
from collections import Counter
from html import unescape
from typing import TYPE_CHECKING

import pytest
from django.db.models import Q
from django.utils.html import escape
from tests.interop.desks import Desk, desk_of, rows_of
from tests.interop.test_exports import plain
from tests.real import real_data

from civitas.contributions.counts import miscounts
from civitas.contributions.models import Contribution
from civitas.contributions.queries import Filters, count_listed, listed, tallies
from civitas.kit.texts import cleaned_line
from civitas.outbox.worker import run_due

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

pytestmark = pytest.mark.django_db


def check_pages(desk: Desk, client: Client) -> None:
    """Lists, filters, search, map and single pages show Bonn's contributions, each where it belongs."""
    host = {"host": "bonn.localhost"}

    def numbers(path: str) -> list[int]:
        """The contributions of a list, over all its pages."""
        found: list[int] = []
        while path:
            page = client.get(path, headers=host)
            assert page.status_code == 200, path
            found += [int(number) for number in dict.fromkeys(re.findall(r'href="/beitrag/(\d+)', page.content.decode()))]
            following = re.search(r'href="([^"]+)" rel="next"', page.content.decode())
            path = unescape(following[1]) if following else ""
        return found

    rows = Contribution.objects.of(desk.city).filter(listed=1)
    expected = {
        "category=traffic-lights": rows.filter(category__key="traffic-lights"),
        "category=lighting&area=beuel": rows.filter(category__key="lighting", area__key="beuel"),
        "category=misc&status=received": rows.filter(category__key="misc"),
        "category=lighting&status=done": rows.none(),
        "category=lighting&period=year": rows.none(),  # all of 2017
    }
    for query, wanted in expected.items():
        found = numbers(f"/entdecken?process=raddialog&{query}")
        assert sorted(found) == sorted(wanted.values_list("number", flat=True)), query
    # A word is found in its forms, and within longer words that begin with it.
    found = numbers("/entdecken?words=Schlagloch")
    assert (
        set(found)
        >= set(rows.filter(Q(text__contains="Schlagloch") | Q(title__contains="Schlagloch")).values_list("number", flat=True))
        != set()
    )

    for zoom in (10, 13, 16, 18):
        cells = client.get(f"/entdecken/karte.json?bbox=6.9,50.5,7.4,50.9&zoom={zoom}&process=raddialog", headers=host).json()
        assert cells["capped"] or sum(cell["n"] for cell in cells["cells"]) == 2_292, zoom
    most_discussed, oldest = rows.order_by("-comment_count", "pk"), rows.order_by("pk")
    chosen = [*most_discussed[:5], *oldest.filter(text="")[:2], *oldest.filter(lat=None)[:2], *oldest.filter(is_outside=True)[:1]]
    for row in chosen:
        page = client.get(row.path, headers=host)
        assert page.status_code == 200
        assert escape(row.title) in page.content.decode()


def test_bonns_2314_contributions_and_2280_comments_go_in_are_found_and_go_out(desk: Desk, tmp_path: Path, client: Client) -> None:
    contributions, comments = real_data("bonn", "contributions.csv"), real_data("bonn", "comments.csv")
    report = desk.take(contributions)
    assert (report.taken.new, report.rejected, len(report.categories)) == (2_314, 0, 8)
    report = desk.take_comments(comments)
    assert (report.taken.new, report.rejected) == (2_280, 0)

    source = {row["id"]: row for row in rows_of(contributions)}
    rows = {row.source_key: row for row in Contribution.objects.of(desk.city).filter(listed=1).select_related("category")}
    assert rows.keys() == source.keys()
    for key, row in rows.items():
        assert row.source_url == source[key]["url"]
        assert row.title == cleaned_line(source[key]["title"])
        assert row.imported_support == int(source[key]["votes"] or 0)
        assert str(row.category).lower().replace(" ", "_") == source[key]["category"]  # keys are shown as words
    assert sum(row.has_place for row in rows.values()) == 2_292
    assert 0 < sum(row.is_outside for row in rows.values()) < 20
    assert sum(not row.text for row in rows.values()) == 30
    assert sum(row.comment_count for row in rows.values()) == 2_280
    # The source counts direct comments only, we count replies, too.
    direct = Counter(Contribution.objects.of(desk.city).filter(kind="comment").values_list("parent__source_key", flat=True))
    assert {key: direct[key] for key in source} == {key: int(row["comments"] or 0) for key, row in source.items()}
    thread = Contribution.objects.of(desk.city).filter(kind="comment")
    assert thread.exclude(parent__kind="comment").count() == 2_280 - 285
    assert miscounts(desk.city) == []
    assert tallies(desk.city, desk.process)["all"][""] == count_listed(desk.city, Filters()) == 2_314

    while run_due(limit=1_000):  # a shift of twenty seconds would renew its lease, and wait for the transaction of this test
        pass
    check_pages(desk, client)

    again, comments_again = desk.take(contributions), desk.take_comments(comments)
    assert (again.taken.new, again.taken.updated, comments_again.taken.new, comments_again.taken.updated) == (0, 0, 0, 0)

    first = desk.export()
    assert (len(rows_of(first[0])), len(rows_of(first[1]))) == (2_314, 2_280)
    other = desk_of(desk.city, "buergersensor", tmp_path)
    assert (other.take(first[0]).taken.new, other.take_comments(first[1]).taken.new) == (2_314, 2_280)
    second = other.export("second")
    assert plain(second[0]) == plain(first[0])
    assert rows_of(second[1]) == rows_of(first[1])


def test_ottensens_697_contributions_without_date_place_and_category_go_in(desk: Desk) -> None:
    path = real_data("ottensen", "contributions.csv")
    report = desk.take(path)
    assert (report.taken.new, report.rejected, report.unread) == (697, 0, [])
    assert count_listed(desk.city, Filters()) == 697
    keys = list(Contribution.objects.of(desk.city).order_by("newest_key").values_list("source_key", flat=True))
    assert keys == [row["document_id"] for row in rows_of(path)]  # without dates, the file's order is the time's
    run_due()
    assert listed(desk.city, Filters(words="Fahrrad")).exists()
