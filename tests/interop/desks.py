"""The way into and out of files."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from civitas.interop.comments import import_comments
from civitas.interop.exports import export_comments, export_contributions
from civitas.interop.imports import import_contributions
from civitas.people.actors import city_actor
from civitas.processes.models import Process

if TYPE_CHECKING:
    from civitas.cities.models import City
    from civitas.interop.reading import Report

ROOT = Path(__file__).resolve().parents[2]
PACKS = ROOT / "tests" / "packs"
FILES = Path(__file__).parent / "files"


def rows_of(path: Path) -> list[dict[str, str]]:
    """A CSV file's rows."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def quiet(done: int, total: int) -> None:
    """No progress bar."""


@dataclass
class Desk:
    """A process with ways in and out; rejects and exports lie in `folder`."""

    process: Process
    folder: Path

    @property
    def city(self) -> City:
        return self.process.city

    @property
    def rejects(self) -> Path:
        return self.folder / "rejects.csv"

    def take(self, path: Path, **options: str) -> Report:
        """Import contributions."""
        chosen: dict[str, str] = {}
        actor = city_actor(self.city, channel="import")
        return import_contributions(actor, self.process, path, rejects=self.rejects, chosen=chosen, progress=quiet, **options)

    def take_comments(self, path: Path) -> Report:
        """Import comments."""
        actor = city_actor(self.city, channel="import")
        return import_comments(actor, self.process, path, rejects=self.rejects, chosen={}, progress=quiet)

    def export(self, name: str = "out") -> tuple[Path, Path]:
        """Export contributions and comments."""
        paths = self.folder / f"{name}.csv", self.folder / f"{name}.comments.csv"
        export_contributions(self.process, paths[0], progress=quiet)
        export_comments(self.process, paths[1], progress=quiet)
        return paths

    def write(self, text: str, name: str = "in.csv", encoding: str = "utf-8") -> Path:
        """A file to import."""
        path = self.folder / name
        path.write_bytes(text.encode(encoding))
        return path


def desk_of(city: City, slug: str, folder: Path) -> Desk:
    """The desk of one of the city's processes."""
    return Desk(Process.objects.of(city).select_related("city").get(slug=slug), folder)
