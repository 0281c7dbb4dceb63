from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civitas.interop.tables import CsvTable, Record, Rejects, Unreadable, defused, restored, write_table

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class Read:
    """What a file holds."""

    header: list[str]
    records: list[Record]

    def cells(self, column: str) -> list[str]:
        return [record.cells[column] for record in self.records]


def read(path: Path, text: str | None = None, *, encoding: str = "utf-8", read_as: str = "") -> Read:
    if text is not None:
        path.write_bytes(text.encode(encoding))
    with CsvTable(path, encoding=read_as) as table:
        return Read(table.header, list(table))


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_found_by_itself(tmp_path: Path, separator: str) -> None:
    found = read(tmp_path / "a.csv", separator.join(["id", '"a, b; c"', "text"]) + "\n" + separator.join(["1", "2", "3"]) + "\n")
    assert found.header == ["id", "a, b; c", "text"]
    assert [dict(record.cells) for record in found.records] == [{"id": "1", "a, b; c": "2", "text": "3"}]


def test_a_spreadsheets_own_separator_line_is_no_header(tmp_path: Path) -> None:
    assert read(tmp_path / "a.csv", "sep=;\r\nid;text\r\n1;a,b\r\n").header == ["id", "text"]


def test_a_mark_at_the_beginning_and_windows_line_ends_are_no_text(tmp_path: Path) -> None:
    found = read(tmp_path / "a.csv", "\ufeffid,text\r\n1,eins\r\n\r\n2,zwei")
    assert [dict(record.cells) for record in found.records] == [{"id": "1", "text": "eins"}, {"id": "2", "text": "zwei"}]


def test_line_separators_of_other_worlds_stand_inside_a_cell(tmp_path: Path) -> None:
    found = read(tmp_path / "a.csv", "id,text\n1,eins\u2028zwei\x0bdrei\n")
    assert found.cells("text") == ["eins\u2028zwei\x0bdrei"]


def test_a_wrong_encoding_names_byte_and_line(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"a\.csv is not UTF-8: byte 13 on line 2 \(0xfc\) does not fit.*its encoding is cp1252"):
        read(tmp_path / "a.csv", "id,text\n1,gr\u00fcn\n", encoding="cp1252")


def test_the_byte_is_right_far_behind_the_first_block(tmp_path: Path) -> None:
    text = "id,text\n" + "1,ä\n" * 300_000
    (tmp_path / "a.csv").write_bytes(text.encode() + b"2,\xe4\n")
    with pytest.raises(Unreadable, match=r"byte 1,500,011 on line 300,002 \(0xe4\)"):
        read(tmp_path / "a.csv")


def test_a_named_encoding_is_read(tmp_path: Path) -> None:
    found = read(tmp_path / "a.csv", "id,text\n1,grün\n", encoding="cp1252", read_as="cp1252")
    assert found.cells("text") == ["grün"]


def test_utf_16_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="UTF-16"):
        read(tmp_path / "a.csv", "id,text\n1,grün\n", encoding="utf-16")
    assert read(tmp_path / "a.csv", read_as="utf-16").cells("text") == ["grün"]


@pytest.mark.parametrize("name", ["klingonisch", "hex"])
def test_an_unknown_encoding_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(Unreadable, match=f"'{name}' is no encoding"):
        read(tmp_path / "a.csv", "id,text\n", read_as=name)


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="empty"):
        read(tmp_path / "a.csv", "\n")


def test_a_quotation_mark_among_the_names_takes_no_row_along(tmp_path: Path) -> None:
    found = read(tmp_path / "a.csv", 'id;text;Breite in "\n1;eins;2\n2;zwei;3\n')
    assert found.header == ["id", "text", 'Breite in "']
    assert (found.cells("id"), [record.line for record in found.records]) == (["1", "2"], [2, 3])
    found = read(tmp_path / "a.csv", 'id;"Ihr\nText";"Breite"\n1;eins;2\n')
    assert (found.header, found.cells("id")) == (["id", "Ihr\nText", "Breite"], ["1"])


@pytest.mark.parametrize("rows", [3, 40_000])
def test_names_whose_quotation_mark_is_not_closed_are_refused_at_once(tmp_path: Path, rows: int) -> None:
    with pytest.raises(Unreadable, match=r"first line of a\.csv.*not closed"):
        read(tmp_path / "a.csv", 'id;titel;"text\n' + "1;eins;zwei\n" * rows)


def test_more_columns_than_a_page_can_show_are_refused(tmp_path: Path) -> None:
    assert len(read(tmp_path / "a.csv", ",".join(f"c{n}" for n in range(500)) + "\n").header) == 500
    with pytest.raises(Unreadable, match=r"a\.csv has more than 500 columns"):
        read(tmp_path / "a.csv", ",".join(f"c{n}" for n in range(501)) + "\n")


def test_a_broken_row_does_not_take_its_neighbours_along(tmp_path: Path) -> None:
    text = 'id,text\n1,eins\n2,zwei,drei\n3,"nie geschlossen\n4,vier\n5,"fünf\nhat zwei Zeilen"\n6,fünf Zoll: 5"\n7,sieben\n'
    found = read(tmp_path / "a.csv", text).records
    assert [(record.line, record.cells.get("id"), bool(record.fault)) for record in found] == [
        (2, "1", False),
        (3, None, True),
        (4, None, True),
        (5, "4", False),
        (6, "5", False),
        (8, "6", False),
        (9, "7", False),
    ]
    assert str(found[1].fault) == "the row has 3 cells, the header has 2"
    assert found[4].cells["text"] == "fünf\nhat zwei Zeilen"


@given(st.text())
def test_a_defused_text_is_no_formula_and_comes_back(text: str) -> None:
    assert restored(defused(text)) == text
    assert defused(text)[:1] not in {"=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"}


@pytest.mark.parametrize("text", ["'=1", "''=1", "'", "'tis", "-1", "@a", "=cmd|' /C calc'!A0"])
def test_apostrophes_survive(text: str) -> None:
    assert restored(defused(text)) == text


def test_rejects_can_be_mended_and_imported_again(tmp_path: Path) -> None:
    found = read(tmp_path / "a.csv", "id,text\n1,=1\n2,x,y\n")
    rejects = Rejects(tmp_path / "r.csv", found.header)
    for record in found.records:
        rejects.add(record, record.fault or "weil")
    rejects.close()
    written = (tmp_path / "r.csv").read_text(encoding="utf-8-sig")
    assert list(csv.reader(io.StringIO(written))) == [
        ["reason", "line", "id", "text"],
        ["weil", "2", "1", "'=1"],
        ["the row has 3 cells, the header has 2", "3", "2,x,y"],
    ]


def test_a_file_that_broke_off_does_not_take_the_old_ones_place(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("alt", encoding="utf-8")

    def rows() -> object:
        yield {"id": "1"}
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_table(path, ["id"], rows(), progress=lambda done: None)
    assert path.read_text(encoding="utf-8") == "alt"
