"""The pack's names.csv: what people call the spots of their city, checked with line and loaded by name."""

from __future__ import annotations

import csv
import math
from typing import TYPE_CHECKING, Any

from shapely.errors import ShapelyError
from shapely.geometry import Point, shape
from shapely.ops import unary_union
from shapely.prepared import prep

from civitas.cities.models import Area, PlaceName
from civitas.kit.packs import Fault
from civitas.kit.texts import cleaned_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from civitas.cities.models import City
    from civitas.kit.packs import Pack

FILE = "names.csv"
COLUMNS = ("name", "kind", "lat", "lon")
# All of them are kept in every process.
MOST_NAMES = 20_000
_LONGEST = 160


def _rows(pack: Pack) -> Iterator[tuple[int, dict[str, str]]]:
    if not pack.has(FILE):
        return
    reader = csv.DictReader(pack.text(FILE).splitlines())
    for row in reader:
        yield reader.line_num, {key: value or "" for key, value in row.items() if key}


def _degrees(row: dict[str, str]) -> tuple[float, float] | None:
    try:
        lat, lon = float(row.get("lat", "")), float(row.get("lon", ""))
    except ValueError:
        return None
    return (lat, lon) if math.isfinite(lat) and math.isfinite(lon) else None


def check_names(pack: Pack) -> Iterator[Fault]:
    """Faults of names.csv: columns, kinds, doubled names, points outside the city or outside the area that a line names."""
    if not pack.has(FILE):
        return
    header = next(csv.reader(pack.text(FILE).splitlines()[:1]), [])
    if missing := [column for column in COLUMNS if column not in header]:
        yield Fault(FILE, 1, f"the first line has to name the columns; {', '.join(missing)} is missing")
        return
    shapes = _shapes(pack)
    city = prep(unary_union(list(shapes.values()))) if shapes else None
    seen: set[tuple[str, str]] = set()
    for count, (line, row) in enumerate(_rows(pack), 1):
        if count > MOST_NAMES:
            yield Fault(FILE, line, f"more than {MOST_NAMES} names are not kept")
            return
        name, kind, at = cleaned_line(row["name"]), row["kind"], _degrees(row)
        if not name or len(name) > _LONGEST:
            yield Fault(FILE, line, f"a name needs 1 to {_LONGEST} characters")
        if kind not in PlaceName.Kind.values:
            yield Fault(FILE, line, f"'{kind}' is no kind of name ({', '.join(PlaceName.Kind.values)})")
        if (name, kind) in seen:
            yield Fault(FILE, line, f"'{name}' ({kind}) stands twice")
        seen.add((name, kind))
        if at is None:
            yield Fault(FILE, line, f"'{name}' needs lat and lon in WGS84 degrees")
            continue
        point = Point(at[1], at[0])
        if city is not None and not city.covers(point):
            yield Fault(FILE, line, f"'{name}' lies in none of the city's areas")
        elif area := row.get("area", ""):
            if area not in shapes:
                yield Fault(FILE, line, f"the area '{area}' is not in areas.geojson")
            elif not shapes[area].covers(point):
                found = next((key for key, boundary in shapes.items() if boundary.covers(point)), "")
                yield Fault(FILE, line, f"'{name}' does not lie in '{area}' but in '{found}'")


def _shapes(pack: Pack) -> dict[str, Any]:
    """The areas by key, quarters first; those that cannot be read have faults of their own."""
    found = {}
    features = (pack.json("areas.geojson") or {}).get("features", [])
    for feature in sorted(features, key=lambda each: each.get("properties", {}).get("level") == "district"):
        try:
            found[feature["properties"]["key"]] = shape(feature["geometry"])
        except (ShapelyError, KeyError, TypeError, ValueError, AttributeError):
            continue
    return found


def write_names(city: City, pack: Pack) -> None:
    """Write the pack's names, updating by name and kind; what the pack no longer names stays."""
    areas = {area.key: area for area in Area.objects.of(city).defer("boundary")}
    rows = []
    for _line, row in _rows(pack):
        at = _degrees(row)
        if at is not None:
            name, area = cleaned_line(row["name"])[:_LONGEST], areas.get(row.get("area", ""))
            rows.append(PlaceName(city=city, name=name, kind=row["kind"], area=area, lat=at[0], lon=at[1]))
    PlaceName.objects.bulk_create(
        rows, batch_size=500, update_conflicts=True, unique_fields=["city", "name", "kind"], update_fields=["area", "lat", "lon"]
    )
