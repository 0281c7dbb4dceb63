"""GeoJSON (RFC 7946) as tables: each feature a row, its properties the columns; and tables as GeoJSON. Read feature by feature."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import ijson
from django.utils.translation import gettext_noop

from civitas.contributions.drawings import LONGEST, drawing_from_text
from civitas.interop.sayings import Saying
from civitas.interop.tables import MOST_COLUMNS, Record, Unreadable, restored
from civitas.kit.cells import defused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path
    from typing import Self

_PLACE = ("lat", "lon", "drawing")
_DEEPEST = 40
_DEEPER = {"start_map": 1, "start_array": 1, "end_map": -1, "end_array": -1}
# Degrees of WGS84, longitude first, by the names that programs give them.
_DEGREES = re.compile(r"(CRS:?84|EPSG:+4326|EPSG:[\d.]*:4326|OGC:[\d.]*:CRS84)$", re.IGNORECASE)


class FeatureTable:
    """A FeatureCollection of GeoJSON; two passes: one to check all of it and find its columns, one to read. Raises Unreadable."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.bytes = path.stat().st_size
        self.header = [*self._checked(), *_PLACE]
        self._file = path.open("rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the file go."""
        self._file.close()

    def position(self) -> int:
        """How many bytes were read, for a progress bar."""
        return self._file.tell()

    def _checked(self) -> list[str]:
        names: dict[str, None] = {}
        named: list[str] = []
        kind = projection = ""
        depth = 0
        with self.path.open("rb") as file:
            try:
                for prefix, event, value in ijson.parse(file, use_float=True):
                    depth += _DEEPER.get(event, 0)
                    if depth > _DEEPEST:
                        sentence = gettext_noop("%(file)s is nested more than %(limit)s levels deep, as no GeoJSON of places is.")
                        raise Unreadable(sentence, file=self.path.name, limit=_DEEPEST)
                    if event == "map_key" and prefix == "features.item.properties":
                        names[value] = None
                        if len(names) > MOST_COLUMNS:
                            sentence = gettext_noop("%(file)s has more than %(limit)s different properties.")
                            raise Unreadable(sentence, file=self.path.name, limit=MOST_COLUMNS)
                    elif prefix == "features.item.id":
                        named = ["id"]
                    elif prefix == "type":
                        kind = str(value)
                    elif prefix == "crs.properties.name":
                        projection = str(value)
            except (ijson.JSONError, UnicodeDecodeError) as error:
                raise Unreadable(_why(str(error)), file=self.path.name) from None
        if kind != "FeatureCollection":
            sentence = gettext_noop("%(file)s is no GeoJSON collection of features (its type is '%(kind)s').")
            raise Unreadable(sentence, file=self.path.name, kind=kind[:40])
        if projection and not _DEGREES.search(projection):
            sentence = gettext_noop(
                "%(file)s is in the projection '%(projection)s'. Save it in WGS84 degrees (EPSG:4326), as GeoJSON wants it."
            )
            raise Unreadable(sentence, file=self.path.name, projection=projection[:60])
        return [name for name in dict.fromkeys([*named, *names]) if name not in _PLACE]

    def __iter__(self) -> Iterator[Record]:
        for number, feature in enumerate(ijson.items(self._file, "features.item", use_float=True), 1):
            properties = feature.get("properties") if isinstance(feature, dict) else None
            if not isinstance(feature, dict) or not isinstance(properties, dict | None):
                yield Record(number, {}, json.dumps(feature, ensure_ascii=False)[:1_000], Saying(gettext_noop("this is no feature")))
                continue
            cells = dict.fromkeys(self.header, "")
            cells |= {name: defused(_text(value)) for name, value in (properties or {}).items()}
            fault = None
            try:
                cells |= _place(feature.get("geometry"), cells)
            except Saying as error:
                fault = error
            identity = feature.get("id")
            if "id" in cells and not cells["id"] and isinstance(identity, str | int):
                cells["id"] = defused(str(identity))
            yield Record(number, cells, fault=fault)


def _why(error: str) -> str:
    """What is wrong with a file that is no JSON, in our words: the parser's are for programmers."""
    if "premature EOF" in error:
        return gettext_noop("%(file)s is no whole JSON file: it ends in the middle. Please save it anew.")
    if "overflow" in error:
        return gettext_noop("%(file)s holds a number that is too large. As text, in quotation marks, it can be read.")
    return gettext_noop("%(file)s is no valid JSON. Please check how it was written, and save it anew.")


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _place(geometry: Any, cells: Mapping[str, str]) -> dict[str, str]:
    """The cells of a geometry: a point as lat and lon, anything else as a drawing; raises Saying with the reason."""
    if geometry is None:
        return {}
    if not isinstance(geometry, dict):
        raise Saying(gettext_noop("its geometry is none of GeoJSON"))
    if geometry.get("type") == "Point" and not cells["drawing"]:
        match geometry.get("coordinates"):
            case [int() | float() as lon, int() | float() as lat, *_height]:
                return {"lat": repr(lat), "lon": repr(lon)}
        raise Saying(gettext_noop("its point has no two numbers"))
    drawn = json.dumps(geometry)
    if len(drawn) > LONGEST:
        sentence = gettext_noop("its geometry has %(count)s characters, at most %(limit)s fit")
        raise Saying(sentence, count=f"{len(drawn):,}", limit=f"{LONGEST:,}")
    return {"drawing": drawn}


def write_features(path: Path, columns: Iterable[str], rows: Iterable[Mapping[str, str]], *, progress: Callable[[int], None]) -> int:
    """Write a FeatureCollection in WGS84 degrees, feature by feature; returns how many. It appears when it is complete.

    A drawing is the geometry, else the point of lat and lon, else null. With a drawing, lat and lon are properties too.
    """
    names = [name for name in columns if name not in _PLACE]
    beside = path.with_name(f".{path.name}.part")
    count = 0
    with beside.open("w", encoding="utf-8") as file:
        file.write('{"type": "FeatureCollection", "features": [')
        for row in rows:
            file.write((",\n" if count else "\n") + json.dumps(_feature(names, row), ensure_ascii=False))
            count += 1
            if count % 500 == 0:
                progress(count)
        file.write("\n]}\n")
    beside.replace(path)
    progress(count)
    return count


def _feature(names: Iterable[str], row: Mapping[str, str]) -> dict[str, Any]:
    properties: dict[str, Any] = {name: restored(row[name]) for name in names}
    lat, lon, drawing = (row.get(name, "") for name in _PLACE)
    point = {"lat": float(lat), "lon": float(lon)} if lat and lon else {}
    if drawing:
        return {"type": "Feature", "geometry": drawing_from_text(drawing), "properties": properties | point}
    geometry = {"type": "Point", "coordinates": [point["lon"], point["lat"]]} if point else None
    return {"type": "Feature", "geometry": geometry, "properties": properties}
