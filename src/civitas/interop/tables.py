"""Tables in files: what all kinds have in common, and CSV as the world writes it: encoding, separator, broken records, formulas."""

from __future__ import annotations

import codecs
import csv
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from django.utils.translation import gettext_noop

from civitas.interop.sayings import Saying
from civitas.kit.cells import defused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path
    from typing import Self, TextIO

SEPARATORS = ",;\t"
# What `kit.cells.defused` put an apostrophe before.
_RESTORED = re.compile(r"'+[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")
_BLOCK = 1 << 20
# A record that has not ended after this is one whose closing quotation mark is missing.
_LONGEST_RECORD = 400_000
_MOST_LINES = 5_000
MOST_COLUMNS = 500


class Unreadable(Saying):
    """The file as a whole cannot be read; the message is a sentence that says why and what to do."""


@dataclass(frozen=True)
class Record:
    """One row of a table: the line on which it begins (from 1) and its cells by column; or, if broken, its raw text and the reason."""

    line: int
    cells: Mapping[str, str]
    raw: str = ""
    fault: Saying | None = None


def restored(cell: str) -> str:
    """The text before it was defused."""
    return cell[1:] if _RESTORED.match(cell) else cell


def check_encoding(path: Path, encoding: str) -> str:
    """The encoding to read the file in, after looking at every byte; raises Unreadable with the first byte that does not fit."""
    try:
        "".encode(encoding or "utf-8-sig")  # refuses what is no text, such as hex
        decoder = codecs.getincrementaldecoder(encoding or "utf-8-sig")()
    except LookupError:
        sentence = gettext_noop("'%(name)s' is no encoding. Common ones are utf-8, cp1252 (Windows) and utf-16.")
        raise Unreadable(sentence, name=encoding) from None
    with path.open("rb") as file:
        start = file.read(4)
        if not encoding and start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            sentence = gettext_noop("%(file)s is written in UTF-16, not UTF-8. Say that its encoding is utf-16, or save it as UTF-8.")
            raise Unreadable(sentence, file=path.name)
        file.seek(0)
        position, line = 0, 1
        while True:
            block = file.read(_BLOCK)
            held = decoder.getstate()[0]
            try:
                decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                at = position - len(held) + error.start
                line += block[: max(0, error.start - len(held))].count(b"\n")
                wrong = f"0x{error.object[error.start]:02x}" if error.start < len(error.object) else "the end"
                sentence = (
                    gettext_noop(
                        "%(file)s is not %(encoding)s: byte %(byte)s on line %(line)s (%(wrong)s) does not fit. "
                        "Please name another encoding."
                    )
                    if encoding
                    else gettext_noop(
                        "%(file)s is not %(encoding)s: byte %(byte)s on line %(line)s (%(wrong)s) does not fit. "
                        "Save it as UTF-8, or say that its encoding is cp1252 if it comes from an older Windows program."
                    )
                )
                parts = {"encoding": encoding or "UTF-8", "byte": f"{at + 1:,}", "line": f"{line:,}", "wrong": wrong}
                raise Unreadable(sentence, file=path.name, **parts) from None
            if not block:
                return encoding or "utf-8-sig"
            position, line = position + len(block), line + block.count(b"\n")


def sniffed_separator(header: str) -> str:
    """Which of comma, semicolon and tab separates the header's cells: the one that stands most often outside quotation marks."""
    bare = re.sub(r'"[^"]*"', "", header)
    return max(SEPARATORS, key=bare.count)


class Table(Protocol):
    """A table of any kind of file that is read once, record by record, in bounded memory. `header` are the column names as written."""

    header: list[str]
    bytes: int

    def __enter__(self) -> Self: ...
    def __exit__(self, *_error: object) -> None: ...
    def __iter__(self) -> Iterator[Record]: ...
    def position(self) -> int:
        """How many of `bytes` (in a spreadsheet: of its rows) were read, for a progress bar."""

    def close(self) -> None:
        """Let the file go."""


class CsvTable:
    """A CSV file that is read once, record by record, in bounded memory. `header` are the column names as written."""

    def __init__(self, path: Path, *, encoding: str = "") -> None:
        encoding = check_encoding(path, encoding)
        self.path = path
        self.bytes = path.stat().st_size
        self._pending: list[str] = []
        self._line = 0
        self._file = path.open("rb")
        self._text = io.TextIOWrapper(self._file, encoding=encoding, newline="")
        try:
            names = self._first()
        except BaseException:
            self.close()
            raise
        self.header = told_apart(names)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _first(self) -> list[str]:
        first = self._next_line()
        # A spreadsheet's own way to name the separator.
        named = re.fullmatch(r"sep=(.)\s*", first)
        if named:
            first = self._next_line()
        self.separator = named[1] if named else sniffed_separator(first)
        cells, _taken = self._cells_from(first)
        names = [name.strip() for name in cells or []]
        if cells is None:
            sentence = gettext_noop("The first line of %(file)s, which names the columns, has a quotation mark that is not closed.")
            raise Unreadable(sentence, file=self.path.name)
        if not any(names):
            raise Unreadable(gettext_noop("%(file)s is empty. The first line must name the columns."), file=self.path.name)
        if len(names) > MOST_COLUMNS:
            raise Unreadable(gettext_noop("%(file)s has more than %(limit)s columns."), file=self.path.name, limit=MOST_COLUMNS)
        return names

    def position(self) -> int:
        """How many bytes were read, for a progress bar."""
        return self._file.tell()

    def close(self) -> None:
        """Let the file go."""
        self._text.close()

    def _next_line(self) -> str:
        """The next physical line with its end; '' after the last. Only line feeds and carriage returns end a line."""
        self._line += 1
        if self._pending:
            return self._pending.pop()
        return self._text.readline()

    def _give_back(self, lines: list[str]) -> None:
        self._pending.extend(reversed(lines))
        self._line -= len(lines)

    def __iter__(self) -> Iterator[Record]:
        while line := self._next_line():
            if not line.strip():
                continue
            yield self._record(line)

    def _record(self, first: str) -> Record:
        number = self._line
        cells, others = self._cells_from(first)
        if cells is not None and len(cells) == len(self.header):
            return Record(number, dict(zip(self.header, cells, strict=True)))
        if cells is not None and not others:
            sentence = gettext_noop("the row has %(cells)s cells, the header has %(columns)s")
            return Record(number, {}, first, Saying(sentence, cells=len(cells), columns=len(self.header)))
        self._give_back(others)
        return Record(number, {}, first, Saying(gettext_noop("a quotation mark is not closed")))

    def _cells_from(self, first: str) -> tuple[list[str] | None, list[str]]:
        """The cells of what begins with this line, None if it does not end; and the further lines that it took.

        Where there is no end they are given back already: the next row may be whole.
        """
        alone = self._parsed([first])
        is_open = first.count('"') % 2 == 1 and (alone is None or any("\n" in cell or "\r" in cell for cell in alone))
        if not is_open and alone is not None:
            return alone, []
        lines, quotes, length = [first], first.count('"'), len(first)
        while quotes % 2 and length < _LONGEST_RECORD and len(lines) < _MOST_LINES and (line := self._next_line()):
            lines.append(line)
            quotes, length = quotes + line.count('"'), length + len(line)
        cells = self._parsed(lines, strict=True)
        if cells is None:
            self._give_back(lines[1:])
            return None, []
        return cells, lines[1:]

    def _parsed(self, lines: list[str], *, strict: bool = False) -> list[str] | None:
        try:
            rows = list(csv.reader(lines, delimiter=self.separator, strict=strict))
        except csv.Error:
            return None
        return rows[0] if len(rows) == 1 else None


def told_apart(names: list[str]) -> list[str]:
    """Names of columns, the second of one name as 'name (2)'."""
    counts: dict[str, int] = {}
    found = []
    for name in names:
        counts[name] = counts.get(name, 0) + 1
        found.append(name if counts[name] == 1 else f"{name} ({counts[name]})")
    return found


class Rejects:
    """The file of rows that did not go in: reason and line first, then the row as it was.

    It is made with its first row; one of an earlier import goes, since its rows may be in by now. So it is opened by who has the import in
    hand, and not before.
    """

    def __init__(self, path: Path, header: list[str]) -> None:
        path.unlink(missing_ok=True)
        self.path = path
        self.count = 0
        self._header = header
        self._file: TextIO | None = None
        self._writer: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def add(self, record: Record, reason: str) -> None:
        """Keep a row with the reason."""
        if self._writer is None:
            self._file = self.path.open("w", encoding="utf-8-sig", newline="")
            self._writer = csv.writer(self._file)
            self._writer.writerow(["reason", "line", *self._header])
        cells = [record.cells[name] for name in self._header] if record.cells else [record.raw.rstrip("\r\n")]
        self._writer.writerow([reason, record.line, *(defused(restored(cell)) for cell in cells)])
        self.count += 1

    def close(self) -> None:
        """Finish the file."""
        if self._file:
            self._file.close()


def write_table(
    path: Path, columns: Iterable[str], rows: Iterable[Mapping[str, str]], *, progress: Callable[[int], None], separator: str = ","
) -> int:
    """Write a CSV file (UTF-8 with a mark, so that spreadsheets read it) row by row; returns how many. It appears when it is complete."""
    names = list(columns)
    beside = path.with_name(f".{path.name}.part")
    count = 0
    with beside.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, names, delimiter=separator)
        writer.writeheader()
        for row in rows:
            writer.writerow(row)
            count += 1
            if count % 500 == 0:
                progress(count)
    beside.replace(path)
    progress(count)
    return count
