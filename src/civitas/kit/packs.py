"""A city pack on disk: its files, read once, and its faults by file and line."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True)
class Fault:
    """What is wrong in a pack: file below the pack's folder, line from 1 (0 = the whole file), sentence."""

    file: str
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.sentence}" if self.line else f"{self.file}: {self.sentence}"


class PackError(Exception):
    """A file of the pack cannot be read at all."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


class Pack:
    """A city pack's folder. Files are read as UTF-8; TOML and JSON faults carry their line."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._toml: dict[str, dict[str, Any]] = {}
        self._text: dict[str, str] = {}

    @cached_property
    def files(self) -> list[str]:
        """Every file of the pack, as paths below its folder, sorted."""
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file())

    def has(self, name: str) -> bool:
        """Whether the pack has this file."""
        return name in self.files

    def below(self, folder: str, ending: str) -> list[str]:
        """The files directly in a folder with an ending ('.toml')."""
        start = f"{folder}/"
        return [name for name in self.files if name.startswith(start) and name.endswith(ending) and "/" not in name[len(start) :]]

    def text(self, name: str) -> str:
        """A file's text; raises PackError when it is missing, no UTF-8, or lies outside the pack."""
        if name not in self._text:
            path = (self.folder / name).resolve()
            if not path.is_relative_to(self.folder.resolve()):
                raise PackError(Fault(name, 0, "lies outside the pack"))
            try:
                self._text[name] = path.read_text(encoding="utf-8")
            except FileNotFoundError:
                raise PackError(Fault(name, 0, "is missing")) from None
            except UnicodeDecodeError as error:
                raise PackError(Fault(name, 0, f"is not UTF-8 (byte {error.start})")) from None
        return self._text[name]

    def toml(self, name: str) -> dict[str, Any]:
        """A TOML file's content; {} when the pack has none of that name; raises PackError with the line."""
        if name not in self._toml:
            if not self.has(name):
                return {}
            try:
                self._toml[name] = tomllib.loads(self.text(name))
            except tomllib.TOMLDecodeError as error:
                raise PackError(Fault(name, _line_in(str(error)), f"is no valid TOML: {error}")) from None
        return self._toml[name]

    def json(self, name: str) -> Any:
        """A JSON file's content; None when the pack has none; raises PackError with the line."""
        if not self.has(name):
            return None
        try:
            return json.loads(self.text(name))
        except json.JSONDecodeError as error:
            raise PackError(Fault(name, error.lineno, f"is no valid JSON: {error.msg}")) from None

    def line_of(self, name: str, *words: str) -> int:
        """The line on which the words stand first, each after the one before; 0 if they do not. For pointing at a fault."""
        text, at = self.text(name), 0
        for word in words:
            found = text.find(word, at)
            if found < 0:
                return text.count("\n", 0, at) + 1 if at else 0
            at = found
        return text.count("\n", 0, at) + 1

    def entries(self, name: str, table: str) -> Iterator[tuple[int, dict[str, Any]]]:
        """The entries of an array of tables (`[[table]]`) with the line on which each begins."""
        written = self.text(name).split("\n") if self.has(name) else []
        lines = [number for number, line in enumerate(written, 1) if line.strip() == f"[[{table}]]"]
        for index, entry in enumerate(self.toml(name).get(table, [])):
            yield (lines[index] if index < len(lines) else 0), entry


def _line_in(message: str) -> int:
    _, found, rest = message.rpartition("at line ")
    digits = rest.split(",")[0] if found else ""
    return int(digits) if digits.isdigit() else 0


def translations_missing(value: Any) -> list[str]:
    """The languages that a text of the pack lacks ('de', 'en', 'simple'); a plain string lacks all."""
    table = value if isinstance(value, dict) else {}
    return [key for key in ("de", "en", "simple") if not str(table.get(key, "")).strip()]
