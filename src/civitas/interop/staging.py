"""A file in hand: put ready record by record in a folder of its own, so that a slice begins where the last one ended.

`table.jsonl` has every record, `ready.jsonl` those that are fit to go in, `faults.csv` the others with their reason, `keys` a hash of
each id. Comments whose place may come later in the file wait in `later-1.jsonl`, `later-2.jsonl` …, one for each pass over them; `placed`
has the hashes of those that found it. They grow by appending; the row of the import says how much of each is complete, and what a kill
left behind that is cut off.
"""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.files.storage import default_storage

from civitas.interop.reading import KEY_BYTES
from civitas.interop.sayings import Saying, said
from civitas.interop.tables import Record, restored
from civitas.kit.cells import defused

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.core.files.uploadedfile import UploadedFile

    from civitas.interop.kinds import Sorted
    from civitas.interop.models import Import
    from civitas.interop.tables import Table


class Folder:
    """The folder of one import."""

    def __init__(self, unit: Import) -> None:
        self.path = Path(default_storage.path(f"imports/{unit.city_id}/{unit.uid}"))
        self._header = list(unit.header)
        self.source, self.table, self.ready = self.path / "source", self.path / "table.jsonl", self.path / "ready.jsonl"
        self.faults, self.keys, self.placed = self.path / "faults.csv", self.path / "keys", self.path / "placed"

    def keep(self, upload: UploadedFile) -> None:
        """Keep an upload as it came."""
        self.path.mkdir(parents=True, exist_ok=True)
        with self.source.open("wb") as file:
            for block in upload.chunks():
                file.write(block)

    def drop(self, *, whole: bool) -> None:
        """Let go of what is not needed any more: all of it, or all but the list of faults."""
        if whole:
            shutil.rmtree(self.path, ignore_errors=True)
            return
        for path in (self.source, self.table, self.ready, self.keys, self.placed, *self.path.glob("later-*.jsonl")):
            path.unlink(missing_ok=True)

    def later(self, number: int) -> Path:
        """What is looked at in a pass, from the second on."""
        return self.path / f"later-{number}.jsonl"

    def write_table(self, table: Table) -> int:
        """Put every record of a file ready; returns how many. It appears when it is complete."""
        beside, count = self.path / "table.part", 0
        with beside.open("w", encoding="utf-8") as file:
            for record in table:
                file.write(_line(record, table.header))
                count += 1
        beside.replace(self.table)
        return count

    def records(self, path: Path, offset: int = 0) -> Iterator[tuple[Record, int]]:
        """The records of a file from an offset on, each with the offset at which the next one begins."""
        if not path.exists():
            return
        with path.open("rb") as file:
            file.seek(offset)
            while line := file.readline():
                yield self._record(json.loads(line)), file.tell()

    def _record(self, kept: list[Any]) -> Record:
        number, cells, raw, fault = kept
        cause = Saying(fault["sentence"], **fault["parts"]) if fault else None
        return Record(number, dict(zip(self._header, cells, strict=True)) if cells else {}, raw, cause)

    def cut(self, marks: dict[str, int], number: int) -> None:
        """Cut off what a kill left behind the part that is complete; `number` is the pass."""
        for path in (self.ready, self.faults, self.keys, self.placed, self.later(number + 1)):
            path.touch()
            with path.open("r+b") as file:
                file.truncate(marks.get(path.name, 0))

    @staticmethod
    def marks_in(path: Path) -> set[bytes]:
        """The hashes that a file of them holds."""
        whole = path.read_bytes() if path.exists() else b""
        return {whole[start : start + KEY_BYTES] for start in range(0, len(whole), KEY_BYTES)}

    def add(self, found: Sorted, keys: list[bytes], placed: Iterable[bytes], number: int) -> dict[str, int]:
        """Append what a slice of a pass found; returns how long each file is then."""
        for path, records in ((self.ready, found.ready), (self.later(number + 1), found.later)):
            with path.open("a", encoding="utf-8") as file:
                file.writelines(_line(record, self._header) for record in records)
        first = not self.faults.stat().st_size
        with self.faults.open("a", encoding="utf-8", newline="") as file:
            if first:
                file.write("\ufeff")
                csv.writer(file).writerow(["reason", "line", *self._header])
            csv.writer(file).writerows(self._fault(record, saying) for record, saying in found.faults)
        for path, marks in ((self.keys, keys), (self.placed, placed)):
            with path.open("ab") as file:
                file.write(b"".join(marks))
        return {path.name: path.stat().st_size for path in (self.ready, self.faults, self.keys, self.placed, self.later(number + 1))}

    def _fault(self, record: Record, saying: Saying) -> list[str | int]:
        cells = [record.cells[name] for name in self._header] if record.cells else [record.raw.rstrip("\r\n")]
        return [json.dumps(saying.kept, ensure_ascii=False), record.line, *(defused(restored(cell)) for cell in cells)]

    def write_faults(self, path: Path) -> None:
        """All rows that do not go in as a CSV file, each with its reason in the reader's language."""
        with self.faults.open(encoding="utf-8-sig", newline="") as kept, path.open("w", encoding="utf-8-sig", newline="") as file:
            rows, writer = csv.reader(kept), csv.writer(file)
            writer.writerow(next(rows, []))
            writer.writerows([_reason(row[0]), *row[1:]] for row in rows)

    def first_faults(self, most: int) -> list[dict[str, str]]:
        """The first rows that do not go in: reason, line and what stands in them."""
        if not self.faults.exists():
            return []
        with self.faults.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(io.StringIO("".join(line for _number, line in zip(range(most * 50), file, strict=False))))
            next(rows, None)
            return [
                {"reason": _reason(row[0]), "line": row[1], "text": " · ".join(filter(None, row[2:]))}
                for _n, row in zip(range(most), rows, strict=False)
            ]


def _reason(kept: str) -> str:
    """A reason in the reader's language. Files from before hold it as a sentence already."""
    return said(json.loads(kept)) if kept.startswith('{"sentence"') else kept


def _line(record: Record, header: list[str]) -> str:
    cells = [record.cells.get(name, "") for name in header] if record.cells else None
    fault = record.fault.kept if record.fault else None
    return json.dumps([record.line, cells, record.raw, fault], ensure_ascii=False) + "\n"
