"""A table in whatever file it comes: CSV, a spreadsheet (XLSX) or GeoJSON, told apart by their first bytes, not by their names."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

from django.utils.translation import gettext_noop

from civitas.interop.features import FeatureTable, write_features
from civitas.interop.sheets import SheetTable, write_sheet
from civitas.interop.tables import CsvTable, Table, Unreadable, write_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_WRITERS = {".xlsx": write_sheet, ".geojson": write_features}


def open_table(path: Path, *, encoding: str = "") -> Table:
    """The table in a file, after a look at all of it; raises Unreadable with a sentence that says what to do.

    `encoding` is for CSV alone; the other kinds name theirs themselves.
    """
    with path.open("rb") as file:
        start = file.read(64)
    if start.startswith(_ZIP):
        return SheetTable(path)
    if start.startswith(_OLE):
        sentence = gettext_noop("%(file)s is an old or a locked spreadsheet. Save it as XLSX without a password, or as CSV (UTF-8).")
        raise Unreadable(sentence, file=path.name)
    if start.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"{"):
        return FeatureTable(path)
    return CsvTable(path, encoding=encoding)


def write_file(path: Path, columns: Iterable[str], rows: Iterable[Mapping[str, str]], *, progress: Callable[[int], None]) -> int:
    """Write rows as the file's name ends: .xlsx, .geojson, else CSV; returns how many. It appears when it is complete."""
    return _WRITERS.get(path.suffix.casefold(), write_table)(path, columns, rows, progress=progress)
