"""The year's figures: counted once when the year is over, and shown so that nobody can be made out."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from tests.factories import make_browser, make_city, make_comment, make_contribution, make_participant

from civitas.kit.ids import uuid7
from civitas.moderation.archive import decide_about
from civitas.people.actors import Actor, actor_of
from civitas.unlawful.actions.decisions import complain
from civitas.unlawful.figures import count_years, shown_count, year_of
from civitas.unlawful.models import Figure, Matter, Report, YearCount

if TYPE_CHECKING:
    from tests.unlawful.scenes import Scene

LAST_YEAR = dt.datetime(2025, 6, 1, 12, tzinfo=dt.UTC)
THIS_YEAR = dt.datetime(2026, 2, 1, 12, tzinfo=dt.UTC)


def figures(scene: Scene, year: int = 2025) -> dict[tuple[str, str], int]:
    return {(row.table, row.group): row.count for row in Figure.objects.of(scene.city).filter(year=year)}


def text_of(response: Any) -> str:
    return str(response.content.decode())


def test_reports_decisions_complaints_and_own_removals_are_counted(scene: Scene) -> None:
    with time_machine.travel(LAST_YEAR):
        scene.report()
        scene.report(without_name=True, ground="hate")
        matter = scene.decide()
        complain(Actor(scene.city), matter, None, uid=uuid7(), text="Nein.")
        scene.report(make_comment(make_contribution(scene.row.step)), ground="fraud")
        scene.decide("lawful", norm="")
        decide_about(actor_of(scene.jule), make_contribution(scene.row.step), "hide", reason="insult")
        other = make_contribution(scene.row.step, author=make_participant(scene.city, "Bert"))
        decide_about(actor_of(scene.jule), other, "hide", reason="unlawful", suspend_days=7)
    with time_machine.travel(THIS_YEAR):
        count_years(scene.city)
    assert figures(scene) == {
        ("reports_by_ground", "insult"): 1, ("reports_by_ground", "hate"): 1, ("reports_by_ground", "fraud"): 1,
        ("reports_by_name", "named"): 2, ("reports_by_name", "nameless"): 1,
        ("reported_by_kind", "idea"): 2, ("reported_by_kind", "comment"): 1,
        ("decisions_by_outcome", "illegal"): 1, ("decisions_by_outcome", "lawful"): 1, ("restricted_by_ground", "insult"): 1,
        ("complaints_by_side", "author"): 1, ("own", "hidden"): 2, ("own", "suspended"): 1,
    }  # fmt: skip


def test_a_year_that_is_over_is_counted_once_and_the_running_one_anew(scene: Scene) -> None:
    with time_machine.travel(LAST_YEAR):
        scene.report()
    with time_machine.travel(THIS_YEAR):
        count_years(scene.city)
        Report.objects.of(scene.city).update(ground="other")  # nothing changes a closed year any more
        scene.report()
        count_years(scene.city)
        count_years(scene.city)
    assert figures(scene, 2025)["reports_by_ground", "insult"] == 1
    assert figures(scene, 2026)["reports_by_ground", "insult"] == 1
    assert list(YearCount.objects.of(scene.city).order_by("year").values_list("year", "is_final")) == [(2025, True), (2026, False)]


def test_years_turn_in_the_citys_own_time(scene: Scene) -> None:
    with time_machine.travel(dt.datetime(2025, 12, 31, 23, 30, tzinfo=dt.UTC)):  # 2026 in Hamburg
        scene.report()
        count_years(scene.city)
    assert list(YearCount.objects.of(scene.city).values_list("year", flat=True)) == [2026]


@pytest.mark.parametrize(
    ("count", "coarse", "shown"),
    [(0, True, "none"), (1, False, "fewer than 10"), (9, True, "fewer than 10"), (10, False, "10"), (47, False, "47"),
     (10, True, "10 to 19"), (47, True, "40 to 49")],
)  # fmt: skip
def test_small_groups_are_not_told(count: int, coarse: bool, shown: str) -> None:
    from django.utils import translation

    with translation.override("en"):
        assert shown_count(count, coarse=coarse) == shown


def test_as_soon_as_one_group_is_small_no_figure_of_the_year_is_exact(scene: Scene) -> None:
    YearCount.objects.create(city=scene.city, year=2025, is_final=True)
    for group, count in (("insult", 47), ("hate", 12)):
        Figure.objects.create(city=scene.city, year=2025, table="reports_by_ground", group=group, count=count)
    exact = year_of(scene.city, 2025)
    assert exact is not None
    assert not exact.coarse
    Figure.objects.create(city=scene.city, year=2025, table="own", group="evidence", count=1)
    page = text_of(make_browser(scene.city).get("/rechtswidriges-melden/zahlen"))
    assert "40 bis 49" in page
    assert ">47<" not in page
    answer = make_browser(scene.city).get("/rechtswidriges-melden/zahlen/2025.csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert ["2025", "reports_by_ground", "insult", "Beleidigung oder Verleumdung", "40 bis 49"] in rows
    assert ["2025", "own", "evidence", "Als Beweis gesichert", "weniger als 10"] in rows
    assert not [row for row in rows if row[4] in {"47", "12", "1", "59"}]


def test_the_median_time_is_told_from_ten_decisions_on(scene: Scene) -> None:
    for number in range(10):
        Matter.objects.create(
            city=scene.city, address=f"/seite-{number}", ground="hate", state="decided", outcome="lawful",
            opened_at=LAST_YEAR, decided_at=LAST_YEAR + dt.timedelta(hours=number),
        )  # fmt: skip
    with time_machine.travel(LAST_YEAR):
        scene.report()
    with time_machine.travel(THIS_YEAR):
        count_years(scene.city)
    assert YearCount.objects.of(scene.city).get(year=2025).median_hours == 5
    Matter.objects.of(scene.city).filter(address="/seite-0").delete()
    YearCount.objects.of(scene.city).delete()
    with time_machine.travel(THIS_YEAR):
        count_years(scene.city)
    assert YearCount.objects.of(scene.city).get(year=2025).median_hours is None


def test_figures_are_public_and_of_one_city(scene: Scene) -> None:
    with time_machine.travel(LAST_YEAR):
        scene.report()
    with time_machine.travel(THIS_YEAR):
        count_years(scene.city)
    assert make_browser(scene.city).get("/rechtswidriges-melden/zahlen?jahr=2025").status_code == 200
    assert make_browser(scene.city).get("/rechtswidriges-melden/zahlen?jahr=1999").status_code == 404
    kassel = make_browser(make_city("kassel"))
    assert kassel.get("/rechtswidriges-melden/zahlen").status_code == 200
    assert kassel.get("/rechtswidriges-melden/zahlen/2025.csv").status_code == 404


def test_the_page_costs_the_same_however_much_was_reported(scene: Scene, django_assert_num_queries: Any) -> None:
    for count in (1, 3):
        for _each in range(count):
            scene.report()
        count_years(scene.city)
        browser = make_browser(scene.city)
        browser.get("/rechtswidriges-melden/zahlen")
        with django_assert_num_queries(3):
            browser.get("/rechtswidriges-melden/zahlen")
