from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest
from tests.factories import make_comment, make_contribution, make_event, make_organisation, make_participant, make_step
from tests.interop.desks import FILES, PACKS, Desk, desk_of, quiet, rows_of

from civitas.cities.queries import area_at
from civitas.contributions.actions import change_visibility
from civitas.contributions.models import Contribution
from civitas.dialogue.actions import support
from civitas.dialogue.merged import merge_miscounts
from civitas.interop.exports import export_contributions, export_dipas, key_of
from civitas.interop.packs import load_pack
from civitas.interop.tables import restored
from civitas.merging.actions import merge_contributions
from civitas.people.actors import actor_of, city_actor
from civitas.processes.models import Step

if TYPE_CHECKING:
    from pathlib import Path

    from civitas.cities.models import City

pytestmark = pytest.mark.django_db
# Ours to count: the number is per city, and support that was given here is not given there.
OURS = {"number", "support_count"}


def plain(path: Path) -> list[dict[str, str]]:
    return [{name: cell for name, cell in row.items() if name not in OURS} for row in rows_of(path)]


def empty_desk(city: City, folder: Path, slug: str = "buergersensor") -> Desk:
    folder.mkdir()
    return desk_of(city, slug, folder)


def fill(desk: Desk) -> None:
    """Everything that an export has to carry."""
    desk.take(FILES / "contributions.csv")
    desk.take_comments(FILES / "comments.csv")
    step = Step.objects.of(desk.city).select_related("process", "process__city").get(process=desk.process)
    office = make_organisation(desk.city, "=Amt & Co")
    own = make_contribution(
        step,
        "'=keine Formel",
        text="''=1\n+49",
        language="en",
        place_name="@Ecke",
        organisation=office,
        audience="=alle",
        proposal="Zwei\nZeilen",
        benefit="-1 Sorge",
    )
    line = {"type": "LineString", "coordinates": [[7.0978, 50.7318], [7.1, 50.7325]]}
    Contribution.objects.of(desk.city).filter(pk=own.pk).update(
        drawing=line, lat=50.73215, lon=7.0989, area=area_at(desk.city, 50.73215, 7.0989)
    )
    make_event(own, "planned", text="-Wir planen-", organisation=office)
    Contribution.objects.of(desk.city).filter(pk=own.pk).update(status="planned")
    top = make_comment(own, "=Kommentar", organisation=office)
    make_comment(own, "Antwort", parent=top)
    hidden = make_comment(own, "Beleidigung")
    make_comment(own, "Antwort auf die Beleidigung", parent=hidden)
    change_visibility(desk.city, hidden, "hidden", reason="Ton")
    gone = make_contribution(step, "Versteckt")
    make_comment(gone, "Niemand liest mich")
    change_visibility(desk.city, gone, "hidden", reason="Werbung")


def test_what_is_exported_comes_back_the_same(desk: Desk, tmp_path: Path) -> None:
    fill(desk)
    first = desk.export()
    assert (len(rows_of(first[0])), len(rows_of(first[1]))) == (8, 7)
    other = empty_desk(desk.city, tmp_path / "other")
    report, comments = other.take(first[0]), other.take_comments(first[1])
    assert (report.taken.new, report.rejected, report.unknown, report.unread) == (8, 0, {}, [])
    assert (comments.taken.new, comments.rejected, comments.unread) == (7, 0, [])
    second = other.export()
    assert plain(second[0]) == plain(first[0])
    assert rows_of(second[1]) == rows_of(first[1])


def test_an_export_comes_back_the_same_byte_for_byte_after_the_first_time(desk: Desk, tmp_path: Path) -> None:
    fill(desk)
    first = empty_desk(load_pack(PACKS / "small"), tmp_path / "first")
    for path, take in zip(desk.export(), (first.take, first.take_comments), strict=True):
        take(path)
    exported = first.export()
    Contribution.objects.of(first.city).filter(kind="comment").delete()
    Contribution.objects.of(first.city).delete()
    again = first.take(exported[0]), first.take_comments(exported[1])
    assert [report.rejected for report in again] == [0, 0]
    assert [plain(path) for path in first.export("again")] == [plain(path) for path in exported]


def test_an_export_into_its_own_process_changes_nothing(desk: Desk) -> None:
    fill(desk)
    before = list(Contribution.objects.of(desk.city).order_by("pk").values())
    contributions, comments = desk.export()
    assert (desk.take(contributions).taken.unchanged, desk.take_comments(comments).taken.unchanged) == (8, 7)
    assert list(Contribution.objects.of(desk.city).order_by("pk").values()) == before


def test_only_what_is_published_leaves_the_house(desk: Desk) -> None:
    fill(desk)
    contributions, comments = desk.export()
    written = contributions.read_text(encoding="utf-8") + comments.read_text(encoding="utf-8")
    assert not [word for word in ("Versteckt", "Niemand liest mich", "Beleidigung\n") if word in written]
    replies = {row["text"]: row["reply_to"] for row in rows_of(comments)}
    own = next(row["id"] for row in rows_of(contributions) if row["title"] == "''=keine Formel")
    assert replies["Antwort auf die Beleidigung"] == own


def test_no_cell_is_a_formula(desk: Desk) -> None:
    fill(desk)
    cells = [cell for path in desk.export() for row in rows_of(path) for cell in row.values()]
    assert [cell for cell in cells if cell[:1] in set("=+@\t\r") or (cell.startswith("-") and not cell[1:2].isdigit())] == []


def test_our_support_stands_beside_the_imported_and_is_not_taken_back_in(desk: Desk, tmp_path: Path) -> None:
    step = Step.objects.of(desk.city).select_related("process", "process__city").get(process=desk.process)
    Step.objects.of(desk.city).update(closes_at=None)
    step.refresh_from_db()
    row = make_contribution(step, imported_support=5)
    support(actor_of(make_participant(desk.city)), row)
    path, _comments = desk.export()
    assert [(each["votes"], each["support_count"]) for each in rows_of(path)] == [("5", "1")]
    other = empty_desk(desk.city, tmp_path / "other")
    other.take(path)
    assert [(each["votes"], each["support_count"]) for each in rows_of(other.export()[0])] == [("5", "0")]


def test_what_was_merged_goes_out_and_comes_in_merged(desk: Desk, tmp_path: Path) -> None:
    fill(desk)
    rows = list(Contribution.objects.of(desk.city).filter(listed=1).select_related("author", "process").order_by("pk"))
    merge_contributions(city_actor(desk.city), rows[0], [rows[1], rows[2]])
    heads = {row["id"]: row["merged_into"] for row in rows_of(desk.export()[0])}
    assert [heads[key_of(row)] for row in rows[:3]] == ["", key_of(rows[0]), key_of(rows[0])]
    other = empty_desk(desk.city, tmp_path / "other")
    for path, take in zip(desk.export(), (other.take, other.take_comments), strict=True):
        take(path)
    assert [plain(path) for path in other.export()] == [plain(path) for path in desk.export()]
    before = list(Contribution.objects.order_by("pk").values())
    report = other.take(desk.export()[0])
    assert (report.taken.new, report.taken.updated, report.rejected, report.unknown) == (0, 0, 0, {})
    assert list(Contribution.objects.order_by("pk").values()) == before
    assert merge_miscounts(desk.city) == []


def test_votes_that_a_second_file_brings_for_a_merged_one_count_where_it_is_shown(desk: Desk) -> None:
    desk.take(desk.write("id,title,created,votes\nA,Eins,2017-01-01,2\nB,Zwei,2017-01-02,3\n"))
    a, b = Contribution.objects.of(desk.city).select_related("author", "process").order_by("pk")
    merge_contributions(city_actor(desk.city), a, [b])
    desk.take(desk.write("id,title,created,votes\nA,Eins,2017-01-01,2\nB,Zwei,2017-01-02,7\n"))
    a.refresh_from_db()
    assert (a.support_total, merge_miscounts(desk.city)) == (9, [])


def test_an_export_reads_in_batches(desk: Desk, django_assert_max_num_queries: object) -> None:
    lines = "".join(f"{number},Titel {number},2017-01-01\n" for number in range(1_203))
    desk.take(desk.write("id,title,created\n" + lines))
    assert [row["id"] for row in rows_of(desk.export()[0])] == [str(number) for number in range(1_203)]


@pytest.mark.parametrize("ending", ["xlsx", "geojson"])
def test_what_goes_out_as_a_sheet_or_for_maps_comes_in_again_the_same(desk: Desk, tmp_path: Path, ending: str) -> None:
    fill(desk)
    before, _comments = desk.export()
    path = tmp_path / f"out.{ending}"
    assert export_contributions(desk.process, path, progress=quiet) == 8
    other = empty_desk(desk.city, tmp_path / "other")
    report = other.take(path)
    assert (report.taken.new, report.rejected, report.unknown, report.unread) == (8, 0, {}, [])
    assert [row | {"comments": ""} for row in plain(other.export()[0])] == [row | {"comments": ""} for row in plain(before)]


def test_the_columns_of_dipas_go_out_and_come_in(desk: Desk, tmp_path: Path) -> None:
    fill(desk)
    path = tmp_path / "dipas.csv"
    assert export_dipas(desk.process, path, progress=quiet) == 8
    written = path.read_text(encoding="utf-8-sig")
    assert written.startswith("Node ID;Category;Rubric;Created (UTC);Rating;Total votes;Upvotes;Downvotes;Comments;Title;Contributiontext;")
    other = empty_desk(desk.city, tmp_path / "other")
    report = other.take(path)
    assert (report.taken.new, report.rejected) == (8, 0)
    names = ("id", "title", "category", "lat", "lon", "created")
    ours, theirs = (
        [{name: row[name][:19] if name == "created" else row[name] for name in names} for row in rows_of(each.export()[0])]
        for each in (desk, other)
    )
    assert theirs == ours
    texts = [{row["id"]: restored(row["text"]) for row in rows_of(each.export()[0])} for each in (desk, other)]
    assert all(texts[1][key].startswith(text) for key, text in texts[0].items())


def test_dipas_gets_all_that_was_said_in_its_one_text(desk: Desk, tmp_path: Path) -> None:
    step = desk.process.steps.of(desk.city).first() or make_step(desk.process)
    make_contribution(step, "Mehr Licht", text="Es ist dunkel.", audience="Alle", proposal="Lampen", benefit="Sicherheit")
    path = tmp_path / "dipas.csv"
    export_dipas(desk.process, path, progress=quiet)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = {row["Title"]: row["Contributiontext"] for row in csv.DictReader(file, delimiter=";")}
    assert rows["Mehr Licht"] == "Es ist dunkel.\n\nAlle\n\nLampen\n\nSicherheit"
