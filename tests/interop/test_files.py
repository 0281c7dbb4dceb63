from __future__ import annotations

import datetime as dt
import json
import re
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import Workbook

from civitas.interop import sheets
from civitas.interop.files import open_table, write_file
from civitas.interop.tables import Unreadable, restored

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from civitas.interop.tables import Record


def read(path: Path) -> tuple[list[str], list[Record]]:
    with open_table(path) as table:
        return table.header, list(table)


def sheet(path: Path, rows: Iterable[Iterable[Any]], *, merged: str = "", titles: Iterable[str] = ("Tabelle1",)) -> Path:
    """An XLSX file whose last sheet holds the rows."""
    book = Workbook()
    book.remove(book.active)
    for title in titles:
        last = book.create_sheet(title)
    for row in rows:
        last.append(list(row))
    if merged:
        last.merge_cells(merged)
    book.save(path)
    return path


def changed(path: Path, part: str, change: Any) -> Path:
    """The archive with one of its parts changed (bytes -> bytes), or made."""
    held = {}
    with zipfile.ZipFile(path) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    held[part] = change(held.get(part, b""))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in held.items():
            archive.writestr(name, content)
    return path


SHEET = "xl/worksheets/sheet1.xml"
MORNING = dt.datetime.fromisoformat("2024-05-03T09:30")  # cells know no zone


def test_a_sheet_reads_like_a_table_of_texts(tmp_path: Path) -> None:
    rows = [
        ["id", " Titel ", "created", "votes", "lat", "ja"],
        [],
        [7, "Ein Café\nam Ufer", MORNING, 12.0, 53.5512345, True],
        ["8", "=1+1", "03.05.2024", None, None, None],
    ]
    header, records = read(sheet(tmp_path / "a.xlsx", rows))
    assert header == ["id", "Titel", "created", "votes", "lat", "ja"]
    assert [record.line for record in records] == [3, 4]
    assert list(records[0].cells.values()) == ["7", "Ein Café\nam Ufer", "2024-05-03T09:30:00", "12", "53.5512345", "true"]
    assert records[1].cells["created"] == "03.05.2024"
    assert [str(record.fault or "") for record in records] == ["", ""]


def test_the_first_sheet_with_rows_is_read_whatever_the_file_is_called(tmp_path: Path) -> None:
    assert read(sheet(tmp_path / "a.csv", [["id", "text"], ["1", "x"]], titles=("leer", "voll")))[0] == ["id", "text"]


def test_a_row_wider_than_its_header_and_a_cell_with_an_error_are_rows_with_a_fault(tmp_path: Path) -> None:
    _header, records = read(sheet(tmp_path / "a.xlsx", [["id", "text"], ["1", "x", "", "dort"], ["2", "#REF!"], ["3", "gut"]]))
    assert [str(record.fault or "") for record in records] == [
        "the row has cells to the right of the 2 named columns",
        "the cell 'text' holds the error #REF!",
        "",
    ]


def test_merged_cells_are_named(tmp_path: Path) -> None:
    path = sheet(tmp_path / "a.xlsx", [["id", "text"], ["1", "x"], ["2", ""]], merged="B2:B3")
    with pytest.raises(Unreadable, match=r"sheet 'Tabelle1' of a\.xlsx the cells B2:B3 are merged"):
        open_table(path)


def test_macros_are_not_let_in(tmp_path: Path) -> None:
    path = changed(sheet(tmp_path / "a.xlsx", [["id"], ["1"]]), "xl/vbaProject.bin", lambda _old: b"x")
    with pytest.raises(Unreadable, match="holds macros"):
        open_table(path)


def test_a_million_columns_are_too_many(tmp_path: Path) -> None:
    wide = b'<c r="BDWGN2" t="inlineStr"><is><t>x</t></is></c></row>'
    path = changed(sheet(tmp_path / "a.xlsx", [["id", "text"], ["1", "x"]]), SHEET, lambda old: re.sub(rb"</row>(?!.*</row>)", wide, old))
    with pytest.raises(Unreadable, match=r"more than 500 columns \(cell BDWGN2\)"):
        open_table(path)


def test_a_row_number_beyond_every_sheet_is_refused_before_it_is_counted_to(tmp_path: Path) -> None:
    path = changed(sheet(tmp_path / "a.xlsx", [["id"], ["1"]]), SHEET, lambda old: old.replace(b'<row r="2"', b'<row r="99999999"'))
    with pytest.raises(Unreadable, match="more than 1,048,576 rows"):
        open_table(path)


def test_what_unpacks_to_a_flood_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "_MOST_BYTES", 6_000_000)
    path = sheet(tmp_path / "a.xlsx", [["id"], ["1"]])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/bomb.xml", "w", force_zip64=True) as bomb:
        for _block in range(61):
            bomb.write(bytes(100_000))
    assert path.stat().st_size < 20_000
    with pytest.raises(Unreadable, match="would unpack to more than we read"):
        open_table(path)


def test_entities_that_would_multiply_are_not_let_in(tmp_path: Path) -> None:
    laughs = b'<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]>'
    path = changed(sheet(tmp_path / "a.xlsx", [["id"], ["1"]]), SHEET, lambda old: laughs + old)
    with pytest.raises(Unreadable, match="no whole XLSX file"):
        open_table(path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04" + bytes(100), "no whole XLSX file"),
        (b"\xd0\xcf\x11\xe0" + bytes(100), "an old or a locked spreadsheet"),
        (b'{"type": "FeatureCollection", "features": [', "no whole JSON file"),
        (b'{"type": "Feature"}', "its type is 'Feature'"),
        (b'{"type": "FeatureCollection", "features": []} x', "no valid JSON"),
        (b'{"type": "FeatureCollection", "features": [{"id": 123456789012345678901}]}', "a number that is too large"),
    ],
)
def test_what_is_no_whole_file_is_named(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    with pytest.raises(Unreadable, match=said):
        open_table(path)


def test_an_archive_of_something_else_is_named(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("readme.txt", "x")
    with pytest.raises(Unreadable, match="an archive, but no XLSX spreadsheet"):
        open_table(tmp_path / "a.xlsx")


def test_a_sheet_that_breaks_off_is_refused_before_any_row_is_read(tmp_path: Path) -> None:
    path = changed(sheet(tmp_path / "a.xlsx", [["id", "text"], ["1", "x"]]), SHEET, lambda old: old[:-30])
    with pytest.raises(Unreadable, match="no whole XLSX file"):
        open_table(path)


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"<v>3</v>", b"<v>3..5</v>"), (b'r="A2"', b'r="2"'), (b"<pageMargins left", b"<pageMargins lift"), (b'r="B3"', b'r="B/"')],
)
def test_a_damaged_part_is_found_before_any_row_is_read(tmp_path: Path, old: bytes, new: bytes) -> None:
    whole = sheet(tmp_path / "a.xlsx", [["id", "n"], ["1", 3], ["2", 4]])
    with zipfile.ZipFile(whole) as archive:
        assert old in archive.read(SHEET)
    with pytest.raises(Unreadable, match="no whole XLSX file"):
        open_table(changed(whole, SHEET, lambda part: part.replace(old, new, 1)))


def test_bytes_that_went_wrong_on_the_way_are_found(tmp_path: Path) -> None:
    path = sheet(tmp_path / "a.xlsx", [["id", "text"], *([str(number), f"Text {number}"] for number in range(50))])
    raw = path.read_bytes()
    outcomes = set()
    for at in range(30, len(raw), 97):
        path.write_bytes(raw[:at] + bytes([raw[at] ^ 0x55]) + raw[at + 1 :])
        try:
            outcomes.add(len(read(path)[1]))
        except Unreadable:
            outcomes.add("refused")
    assert outcomes <= {50, "refused"}
    assert "refused" in outcomes


def test_an_empty_workbook_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="is empty"):
        open_table(sheet(tmp_path / "a.xlsx", []))


def test_geojson_nested_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    rings = "[" * 5_000 + "]" * 5_000
    path.write_text(f'{{"type": "FeatureCollection", "features": [{{"geometry": {{"type": "Polygon", "coordinates": {rings}}}}}]}}')
    with pytest.raises(Unreadable, match="nested more than 40 levels"):
        open_table(path)


def collection(path: Path, features: list[Any], **more: Any) -> Path:
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features, **more}), encoding="utf-8")
    return path


def feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def test_features_are_rows_and_their_properties_columns(tmp_path: Path) -> None:
    line = {"type": "LineString", "coordinates": [[9.9, 53.5], [9.91, 53.51]]}
    features = [
        {**feature({"type": "Point", "coordinates": [9.93, 53.55, 4]}, titel="- Punkt", zahl=3), "id": 17},
        feature(line, titel="Linie", tags=["a", "ü"]),
        feature(None, titel=None),
    ]
    header, records = read(collection(tmp_path / "a.json", features))
    assert header == ["id", "titel", "zahl", "tags", "lat", "lon", "drawing"]
    assert [[restored(cell) for cell in record.cells.values()] for record in records] == [
        ["17", "- Punkt", "3", "", "53.55", "9.93", ""],
        ["", "Linie", "", '["a", "ü"]', "", "", json.dumps(line)],
        ["", "", "", "", "", "", ""],
    ]


def test_a_feature_that_cannot_be_used_is_a_row_with_a_fault(tmp_path: Path) -> None:
    huge = {"type": "LineString", "coordinates": [[9.9 + n / 1e6, 53.5] for n in range(20_000)]}
    point = {"type": "Point", "coordinates": ["9", None]}
    _header, records = read(collection(tmp_path / "a.geojson", [feature(huge, t="x"), feature(point), "kein", feature("nein")]))
    assert [str(record.fault or "") for record in records] == [
        f"its geometry has {len(json.dumps(huge)):,} characters, at most 200,000 fit",
        "its point has no two numbers",
        "this is no feature",
        "its geometry is none of GeoJSON",
    ]


@pytest.mark.parametrize("name", ["EPSG:25832", "urn:ogc:def:crs:EPSG::3857"])
def test_another_projection_is_named(tmp_path: Path, name: str) -> None:
    path = collection(tmp_path / "a.geojson", [feature(None, t="x")], crs={"type": "name", "properties": {"name": name}})
    with pytest.raises(Unreadable, match=f"in the projection '{name}'"):
        open_table(path)


@pytest.mark.parametrize("name", ["urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326", "urn:ogc:def:crs:EPSG::4326"])
def test_degrees_are_known_by_all_their_names(tmp_path: Path, name: str) -> None:
    path = collection(tmp_path / "a.geojson", [feature(None, t="x")], crs={"type": "name", "properties": {"name": name}})
    assert len(read(path)[1]) == 1


COLUMNS = ["id", "title", "votes", "lat", "lon", "drawing"]
ROWS = [
    {"id": "1", "title": "'=1+1", "votes": "3", "lat": "53.5512345", "lon": "9.9", "drawing": ""},
    {"id": "007", "title": "Zwei\nZeilen", "votes": "0", "lat": "", "lon": "", "drawing": ""},
    {"id": "3", "title": "Linie", "votes": "0", "lat": "53.123456789012345", "lon": "9.5", "drawing": "LINESTRING (9 53, 10 54)"},
]


def told(_done: int) -> None:
    """Nobody watches."""


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_what_is_written_reads_the_same(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a.{ending}"
    assert write_file(path, COLUMNS, ROWS, progress=told) == 3
    assert [dict(record.cells) for record in read(path)[1]] == ROWS
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_features_are_written_for_maps_with_texts_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    write_file(path, COLUMNS, ROWS, progress=told)
    found = json.loads(path.read_text(encoding="utf-8"))["features"]
    assert found[0] == {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [9.9, 53.5512345]},
        "properties": {"id": "1", "title": "=1+1", "votes": "3"},
    }
    assert found[1]["geometry"] is None
    assert found[2]["geometry"] == {"type": "LineString", "coordinates": [[9.0, 53.0], [10.0, 54.0]]}


def test_no_cell_of_a_sheet_is_a_formula_and_a_text_beyond_its_limit_says_that_it_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_file(path, ["id", "text"], [{"id": "1", "text": "=HYPERLINK(1)"}, {"id": "2", "text": "ä" * 40_000}], progress=told)
    with zipfile.ZipFile(path) as archive:
        assert b"<f>" not in archive.read(SHEET)
    cells = [record.cells["text"] for record in read(path)[1]]
    assert cells[0] == "=HYPERLINK(1)"
    assert (len(cells[1]), cells[1][-5:]) == (32_767, "ä […]")
