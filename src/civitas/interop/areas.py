"""Official boundaries in the place of a pack's schematic ones."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import transaction
from shapely import make_valid, set_precision
from shapely.errors import ShapelyError
from shapely.geometry import MultiPolygon, Polygon, box, mapping, shape
from shapely.ops import unary_union

from civitas.cities.models import Area
from civitas.cities.packs import write_areas
from civitas.contributions.intake import assign_areas
from civitas.contributions.rules import may_moderate
from civitas.interop.tables import Unreadable
from civitas.kit.texts import slugified

if TYPE_CHECKING:
    from pathlib import Path

    from civitas.cities.models import City
    from civitas.people.actors import Actor

NAMES = (
    "name",
    "NAME",
    "Name",
    "gen",
    "GEN",
    "stadtteil",
    "stadtteil_name",
    "bezirk",
    "bezirk_name",
    "ortsbezirk",
    "ortsteil",
    "bezeichnung",
)
# Six decimals of a degree are about ten centimetres; more only makes the map heavier.
_GRID = 1e-6
_WGS84 = ("CRS84", "EPSG::4326", "EPSG:4326")


@dataclass
class Replaced:
    """What became of the areas: how many boundaries were replaced, which are new, which kept their old one."""

    level: str = ""
    replaced: int = 0
    new: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    contributions: int = 0
    moved: int = 0


def read_boundaries(path: Path, *, name_property: str = "") -> dict[str, Polygon | MultiPolygon]:
    """Boundaries by name, features of one name dissolved and mended; raises Unreadable unless they are polygons in WGS84 degrees."""
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
        features = data["features"]
        crs = str((data.get("crs") or {}).get("properties", {}).get("name", ""))
    except UnicodeDecodeError:
        raise Unreadable(f"{path.name} is not UTF-8, which GeoJSON is.") from None
    except json.JSONDecodeError as error:
        raise Unreadable(f"{path.name} is no valid JSON: {error.msg} on line {error.lineno}.") from None
    except (KeyError, TypeError, AttributeError):
        raise Unreadable(f"{path.name} is no GeoJSON FeatureCollection.") from None
    if crs and not crs.endswith(_WGS84):
        raise Unreadable(
            f"{path.name} is in {crs}. Areas are read in WGS84 degrees (EPSG:4326); please convert it first, "
            "for example with ogr2ogr -t_srs EPSG:4326."
        )
    if not features:
        raise Unreadable(f"{path.name} holds no feature.")
    key = name_property or _name_property(path, features)
    parts: dict[str, tuple[str, list[Any]]] = {}
    for number, feature in enumerate(features, 1):
        name = str((feature.get("properties") or {}).get(key) or "").strip()
        if not name:
            raise Unreadable(f"Feature {number} of {path.name} has no '{key}'.")
        try:
            geometry = shape(feature["geometry"])
        except (ShapelyError, KeyError, TypeError, ValueError, AttributeError):
            raise Unreadable(f"The geometry of '{name}' (feature {number}) cannot be read.") from None
        west, south, east, north = geometry.bounds if not geometry.is_empty else (0, 0, 0, 0)
        if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
            raise Unreadable(
                f"'{name}' lies at {west:.0f}, {south:.0f}: that is metres of a national grid, not WGS84 degrees. "
                "Please convert the file to EPSG:4326 first."
            )
        parts.setdefault(slugified(name), (name, []))[1].append(geometry)
    return {name: _dissolved(name, geometries) for name, geometries in parts.values()}


def _name_property(path: Path, features: list[dict[str, Any]]) -> str:
    found = next((key for key in NAMES if (features[0].get("properties") or {}).get(key)), "")
    if not found:
        there = ", ".join(features[0].get("properties") or {})
        raise Unreadable(f"No property of {path.name} is known to be a name. Say which one with --name-property; there are: {there}.")
    return found


def _dissolved(name: str, geometries: list[Any]) -> Polygon | MultiPolygon:
    whole = unary_union([make_valid(geometry) for geometry in geometries])
    # Mending leaves lines and points behind where edges met; an area has none.
    surfaces = [part for part in getattr(whole, "geoms", [whole]) if isinstance(part, Polygon | MultiPolygon)]
    rounded = set_precision(unary_union(surfaces), _GRID) if surfaces else Polygon()
    if rounded.is_empty or not isinstance(rounded, Polygon | MultiPolygon):
        raise Unreadable(f"The geometry of '{name}' is no surface.")
    return rounded


def replace_areas(actor: Actor, path: Path, *, name_property: str = "", level: str = "") -> Replaced:
    """Give the city's areas of one level (district or quarter) these boundaries; rows, keys and links stay.

    Names that nobody knows become new areas. Without `level` it is the one that knows more of the names. Contributions get the area in
    which they lie now.
    """
    may_moderate(actor).require()
    city = actor.city
    boundaries = read_boundaries(path, name_property=name_property)
    _check_near(city, boundaries)
    areas = list(Area.objects.of(city).select_related("parent").order_by("key"))
    level = level or _level_of(areas, boundaries)
    known = {slugified(area.name): area for area in areas if area.level == level}
    done = Replaced(level)
    features, taken = [], {area.key for area in areas}
    for name, boundary in boundaries.items():
        area = known.pop(slugified(name), None)
        if area is None:
            done.new.append(name)
            stem = slugified(name) or level
            key = stem if stem not in taken else f"{level}-{stem}"
            taken.add(key)
            own = {"key": key, "name": name, "level": level, "parent": _holder(areas, level, boundary)}
        else:
            done.replaced += 1
            own = {"key": area.key, "name": area.name, "level": level, "parent": area.parent.key if area.parent else None}
        features.append({"type": "Feature", "properties": own, "geometry": mapping(boundary)})
    done.kept = sorted(area.name for area in known.values())
    with transaction.atomic():
        write_areas(city, json.loads(json.dumps(features)))
        city.settings = {**city.settings, "map": {**city.settings["map"], "boundaries": "official"}}
        city.__dict__.pop("config", None)
        city.save(update_fields=["settings"])
        done.contributions, done.moved = assign_areas(actor)
    return done


def _check_near(city: City, boundaries: dict[str, Polygon | MultiPolygon]) -> None:
    if not any(boundary.intersects(box(*city.config.map.bounds)) for boundary in boundaries.values()):
        raise Unreadable(f"None of these areas lies in {city}. Is it the right city? Say which one with --city.")


def _level_of(areas: list[Area], boundaries: dict[str, Polygon | MultiPolygon]) -> str:
    slugs = {slugified(name) for name in boundaries}
    matches = Counter(area.level for area in areas if slugified(area.name) in slugs)
    return matches.most_common(1)[0][0] if matches else "quarter"


def _holder(areas: list[Area], level: str, boundary: Polygon | MultiPolygon) -> str | None:
    """The key of the district in which a new quarter lies."""
    if level == "district":
        return None
    inside = boundary.representative_point()
    holders = (area for area in areas if area.level == "district" and area.boundary and shape(area.boundary).covers(inside))
    return next((area.key for area in holders), None)


def cities_of(cities: list[City], path: Path, *, name_property: str = "") -> list[City]:
    """The cities in whose bounds more than half of these areas lie."""
    boundaries = list(read_boundaries(path, name_property=name_property).values())
    found = []
    for city in cities:
        bounds = box(*city.config.map.bounds)
        if sum(bounds.covers(boundary.representative_point()) for boundary in boundaries) * 2 > len(boundaries):
            found.append(city)
    return found
