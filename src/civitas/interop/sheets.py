"""Spreadsheets (XLSX) as tables: the first sheet, row by row, after a check of what the archive holds; and tables as spreadsheets."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
import warnings
import zipfile
from typing import TYPE_CHECKING, Any
from xml.parsers.expat import ParserCreate

import xlsxwriter
from django.utils.translation import gettext_noop
from openpyxl import load_workbook

from civitas.interop.sayings import Saying
from civitas.interop.tables import MOST_COLUMNS, Record, Unreadable, told_apart

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path
    from typing import IO, Self

# What an honest table of 100,000 long texts stays below; measured as unpacked bytes, which the archive names and zipfile holds it to.
_MOST_BYTES = 600_000_000
_MOST_SHARED = 200_000_000
_MOST_PARTS = 2_000
_MOST_ROWS = 1_048_576
_LONGEST_CELL = 32_767
_CUT = " […]"
_NUMBERS = frozenset({"number", "lat", "lon", "votes", "support_count", "comments"})
_BLOCK = 1 << 18


class SheetTable:
    """The first sheet of a workbook with anything in it; its first filled row names the columns. Raises Unreadable."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("rb")  # by its name alone openpyxl would refuse one that is called otherwise
        try:
            with _looking_at(path):
                _check_archive(path)
                self._book = load_workbook(self._file, read_only=True, data_only=True, keep_links=False)
                self._sheet = self._first_filled()
                for _row in self._numbered():
                    """Each cell is read once before any row goes in: a damaged one is found here."""
                self._rows = self._numbered()
                names = next((cells for _number, cells in self._rows if any(cells)), [])
        except BaseException:
            self.close()
            raise
        while names and not names[-1]:
            names.pop()
        if not names:
            self.close()
            raise _empty(path)
        self.header = told_apart([name.strip() for name in names])

    def _first_filled(self) -> Any:
        for sheet in self._book.worksheets:
            look = _Look(self.path.name, sheet.title)
            look.read(sheet._get_source())
            if look.cells:
                self.bytes, self._row = look.rows, 0
                sheet.reset_dimensions()  # what a file says of its own size may be wrong
                return sheet
        raise _empty(self.path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the file go."""
        self._file.close()

    def position(self) -> int:
        """How many of the sheet's rows were read."""
        return min(self._row, self.bytes)

    def _numbered(self) -> Iterator[tuple[int, list[str]]]:
        for number, cells in enumerate(self._sheet.iter_rows(values_only=True), 1):
            self._row = number
            yield number, [_text(cell) for cell in cells]

    def __iter__(self) -> Iterator[Record]:
        width = len(self.header)
        for number, cells in self._rows:
            if not any(cells):
                continue
            if any(cells[width:]):
                sentence = gettext_noop("the row has cells to the right of the %(columns)s named columns")
                yield Record(number, {}, "\t".join(cells), Saying(sentence, columns=width))
                continue
            row = dict(zip(self.header, [*cells, *[""] * width], strict=False))
            error = next(((name, cell) for name, cell in row.items() if _ERROR.fullmatch(cell)), None)
            sentence = gettext_noop("the cell '%(column)s' holds the error %(error)s")
            yield Record(number, row, fault=Saying(sentence, column=error[0], error=error[1]) if error else None)


_ERROR = re.compile(r"#(N/A|NAME\?|REF!|VALUE!|DIV/0!|NUM!|NULL!)")


def _text(cell: Any) -> str:
    """A cell as a CSV file would say it; a date without a time is that day."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, (dt.datetime, dt.date, dt.time)):
        return cell.isoformat()
    return repr(cell) if isinstance(cell, float) else str(cell)


def _empty(path: Path) -> Unreadable:
    return Unreadable(gettext_noop("%(file)s is empty. The first row must name the columns."), file=path.name)


@contextlib.contextmanager
def _looking_at(path: Path) -> Iterator[None]:
    """Whatever a damaged part of the file leads openpyxl, zipfile or the parser to is one sentence."""
    try:
        with warnings.catch_warnings():
            # openpyxl warns of what it leaves out, such as drop-down lists.
            warnings.simplefilter("ignore")
            yield
    except Unreadable:
        raise
    except Exception:  # noqa: BLE001  (they raise what comes: ValueError, KeyError, zlib.error, TypeError …)
        sentence = gettext_noop("%(file)s is no whole XLSX file. Open it in the spreadsheet and save it anew, or save it as CSV (UTF-8).")
        raise Unreadable(sentence, file=path.name) from None


def _check_archive(path: Path) -> None:
    """Refuse what is no spreadsheet, holds macros, or unpacks to more than a table needs, before any part is unpacked."""
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
    names = {part.filename for part in parts}
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        sentence = gettext_noop("%(file)s is an archive, but no XLSX spreadsheet. Save it as XLSX or as CSV (UTF-8).")
        raise Unreadable(sentence, file=path.name)
    if any(name.casefold().endswith("vbaproject.bin") for name in names):
        sentence = gettext_noop("%(file)s holds macros, which are not let in. Save it as XLSX without macros.")
        raise Unreadable(sentence, file=path.name)
    shared = sum(part.file_size for part in parts if "sharedstrings" in part.filename.casefold())
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_BYTES or shared > _MOST_SHARED:
        sentence = gettext_noop(
            "%(file)s would unpack to more than we read (%(limit)s MB). Save the table alone, in several files or as CSV."
        )
        raise Unreadable(sentence, file=path.name, limit=_MOST_BYTES // 1_000_000)


class _Look:
    """One pass over a sheet's XML before its cells are read: is it whole, how many rows, how many columns, what is merged."""

    def __init__(self, file: str, title: str) -> None:
        self._file, self._title, self.rows, self.cells = file, title, 0, 0
        self._parser = ParserCreate()
        self._parser.StartElementHandler = self._start

    def read(self, source: IO[bytes]) -> None:
        """Look at every byte; raises Unreadable, or what the parser says of a broken one."""
        with source:
            while block := source.read(_BLOCK):
                self._parser.Parse(block, False)
        self._parser.Parse(b"", True)

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        tag = name.rpartition(":")[2]
        if tag == "row":
            number = attributes.get("r", "")
            self.rows = int(number) if number.isdecimal() and len(number) < 10 else self.rows + 1
            if self.rows > _MOST_ROWS:
                sentence = gettext_noop("The sheet '%(sheet)s' of %(file)s has more than %(limit)s rows.")
                raise Unreadable(sentence, sheet=self._title, file=self._file, limit=f"{_MOST_ROWS:,}")
        elif tag in {"v", "t"}:
            self.cells += 1
        elif tag == "c" and _column(attributes.get("r", "")) > MOST_COLUMNS:
            cell = attributes["r"]
            sentence = gettext_noop("The sheet '%(sheet)s' of %(file)s has more than %(limit)s columns (cell %(cell)s).")
            raise Unreadable(sentence, sheet=self._title, file=self._file, limit=MOST_COLUMNS, cell=cell[:20])
        elif tag == "mergeCell":
            where = attributes.get("ref", "?")[:30]
            sentence = gettext_noop(
                "In the sheet '%(sheet)s' of %(file)s the cells %(cells)s are merged, "
                "so that it is not clear which rows they belong to. Split them in the spreadsheet."
            )
            raise Unreadable(sentence, sheet=self._title, file=self._file, cells=where)


def _column(cell: str) -> int:
    letters = re.match(r"[A-Za-z]*", cell)
    number = 0
    for letter in letters[0][:8].upper() if letters else "":
        number = number * 26 + ord(letter) - 64
    return number


def write_sheet(path: Path, columns: Iterable[str], rows: Iterable[Mapping[str, str]], *, progress: Callable[[int], None]) -> int:
    """Write an XLSX file row by row in constant memory; returns how many rows. It appears when it is complete.

    Texts stay texts, never formulas or links. A cell takes 32,767 characters; what is longer ends with "[…]", and CSV keeps it whole.
    """
    names = list(columns)
    beside = path.with_name(f".{path.name}.part")
    book = xlsxwriter.Workbook(
        str(beside),
        {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    for column, name in enumerate(names):
        sheet.write_string(0, column, name)
    count = 0
    for row in rows:
        count += 1
        if count >= _MOST_ROWS:
            book.close()
            beside.unlink(missing_ok=True)
            raise OSError(0, f"a sheet holds {_MOST_ROWS:,} rows; write CSV instead", str(path))
        for column, name in enumerate(names):
            _write_cell(sheet, count, column, name, row[name])
        if count % 500 == 0:
            progress(count)
    book.close()
    beside.replace(path)
    progress(count)
    return count


def _write_cell(sheet: Any, row: int, column: int, name: str, cell: str) -> None:
    if not cell:
        return
    if name in _NUMBERS and f"{float(cell):.16G}" == f"{float(cell):.17G}":
        sheet.write_number(row, column, float(cell))
    else:
        sheet.write_string(row, column, cell if len(cell) <= _LONGEST_CELL else cell[: _LONGEST_CELL - len(_CUT)] + _CUT)
