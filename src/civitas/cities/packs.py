"""The pack's city.toml, areas, places and texts: checked with file and line, loaded by key."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pydantic
from django.db import transaction
from shapely.errors import ShapelyError
from shapely.geometry import shape

from civitas.cities.config import CityConfig
from civitas.cities.models import Area, City, CityHost, Place, TextPage
from civitas.cities.names import write_names
from civitas.cities.queries import forget_cities
from civitas.kit.packs import Fault, Pack, PackError, translations_missing
from civitas.kit.svg import SvgFault, cleaned_svg
from civitas.kit.translated import KEYS, Translated

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE = "city.toml"
TEXT_PAGES = ("imprint", "privacy", "rules", "accessibility", "storage")
_DRAWINGS = ("logo", "scene", "poster")
_OWN = ("slug", "name", "hosts", "time_zone", "look", "map")


def _settings(pack: Pack) -> dict[str, Any]:
    """City.toml as the schema wants it: drawings read in, everything that is a column left out."""
    data = pack.toml(FILE)
    settings = {key: value for key, value in data.items() if key not in _OWN}
    look = dict(data.get("look", {}))
    for name in _DRAWINGS:
        if look.get(name):
            look[name] = cleaned_svg(pack.text(look[name]))
    rules = {key: value.isoformat() if isinstance(value, dt.date | dt.time) else value for key, value in data.get("rules", {}).items()}
    return {**settings, "look": look, "map": data.get("map", {}), "rules": rules}


def check_city(pack: Pack) -> Iterator[Fault]:
    """Faults of city.toml and the text pages."""
    if not pack.has(FILE):
        yield Fault(FILE, 0, "is missing")
        return
    data = pack.toml(FILE)
    for key in ("slug", "name", "hosts", "map"):
        if not data.get(key):
            yield Fault(FILE, 0, f"'{key}' is missing")
    if missing := translations_missing(data.get("name")):
        yield Fault(FILE, pack.line_of(FILE, "name"), f"the name lacks {', '.join(missing)}")
    try:
        CityConfig.model_validate(_settings(pack))
    except pydantic.ValidationError as error:
        for fault in error.errors():
            words = [str(part) for part in fault["loc"] if isinstance(part, str)]
            yield Fault(FILE, pack.line_of(FILE, *words[-1:]), f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}")
    except PackError as error:
        yield error.fault
    except SvgFault as error:
        yield Fault(FILE, pack.line_of(FILE, "[look]"), str(error))
    languages = data.get("languages", ["de"])
    for page in TEXT_PAGES:
        for code in languages:
            name = f"texts/{page}.{KEYS.get(code, code)}.md"
            if not pack.has(name):
                yield Fault(name, 0, "is missing")
            elif not pack.text(name).strip():
                yield Fault(name, 1, "is empty")


def ensure_city(pack: Pack) -> City:
    """The pack's city with its settings, hosts and text pages, made or brought up to date."""
    data = pack.toml(FILE)
    settings = _settings(pack)
    known = City.objects.filter(slug=data["slug"]).first()
    if known and known.config.map.boundaries == "official":
        settings["map"] = {**settings["map"], "boundaries": "official"}  # the city's own ones stay, see `load_areas`
    city, _made = City.objects.update_or_create(
        slug=data["slug"],
        defaults={"name": Translated(data["name"]), "settings": settings, "time_zone": data.get("time_zone", "Europe/Berlin")},
    )
    for host in data["hosts"]:
        CityHost.objects.update_or_create(host=host.lower(), defaults={"city": city})
    for page in TEXT_PAGES:
        body = {key: pack.text(name) for key in KEYS.values() if pack.has(name := f"texts/{page}.{key}.md")}
        TextPage.objects.of(city).update_or_create(key=page, defaults={"city": city, "body": Translated(body)})
    forget_cities()
    return city


def check_areas(pack: Pack) -> Iterator[Fault]:
    """Faults of areas.geojson: geometry, doubled keys, unknown parents."""
    data = pack.json("areas.geojson")
    if data is None:
        return
    if not isinstance(data, dict) or data.get("type") != "FeatureCollection":
        yield Fault("areas.geojson", 1, "is no FeatureCollection")
        return
    keys = {feature.get("properties", {}).get("key") for feature in data["features"]}
    seen: set[str] = set()
    for feature in data["features"]:
        own = feature.get("properties", {})
        key = own.get("key") or ""
        line = pack.line_of("areas.geojson", f'"{key}"')
        if not key or not own.get("name") or own.get("level") not in {"district", "quarter"}:
            yield Fault("areas.geojson", line, f"the area '{key}' needs key, name and level (district or quarter)")
        if key in seen:
            yield Fault("areas.geojson", line, f"the key '{key}' stands twice")
        seen.add(key)
        if own.get("parent") and own["parent"] not in keys:
            yield Fault("areas.geojson", line, f"the parent '{own['parent']}' of '{key}' is no area")
        try:
            geometry = shape(feature["geometry"])
        except (ShapelyError, KeyError, TypeError, ValueError, AttributeError):
            yield Fault("areas.geojson", line, f"the geometry of '{key}' cannot be read")
            continue
        west, south, east, north = geometry.bounds
        if not geometry.is_valid or geometry.is_empty:
            yield Fault("areas.geojson", line, f"the geometry of '{key}' is not valid")
        elif not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
            yield Fault("areas.geojson", line, f"the geometry of '{key}' is not in WGS84 degrees")


@transaction.atomic
def load_areas(city: City, pack: Pack) -> None:
    """Write the pack's areas and places, updating by key; what the pack no longer names stays."""
    data = pack.json("areas.geojson")
    if data is not None:
        schematic = pack.toml(FILE)["map"].get("boundaries", "schematic") == "schematic"
        official = city.config.map.boundaries == "official"
        write_areas(city, _with_kept_boundaries(city, data["features"]) if schematic and official else data["features"])
    areas = {area.key: area for area in Area.objects.of(city)}
    write_names(city, pack)
    for _line, entry in pack.entries("places.toml", "place"):
        Place.objects.of(city).update_or_create(
            key=entry["key"],
            defaults={
                "city": city,
                "name": entry["name"],
                "kind": entry.get("kind", "centre"),
                "area": areas.get(entry.get("area", "")),
                "lat": entry.get("lat"),
                "lon": entry.get("lon"),
                "address": entry.get("address", ""),
                "hours": Translated(entry.get("hours", {})),
                "host": Translated(entry["host"] if isinstance(entry.get("host"), dict) else {}),
            },
        )
    _areas_changed(city)


def _areas_changed(city: City) -> None:
    city.areas_version += 1
    city.save(update_fields=["areas_version"])
    forget_cities()


def _with_kept_boundaries(city: City, features: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The pack's areas with the boundaries that the city has since been given."""
    kept = dict(Area.objects.of(city).exclude(boundary=None).values_list("key", "boundary"))
    return [{**feature, "geometry": kept.get(feature["properties"]["key"], feature["geometry"])} for feature in features]


def write_areas(city: City, features: list[dict[str, Any]]) -> None:
    """Write areas with their boundaries; a population that the file does not give is left as it is."""
    rows: dict[str, Area] = {}
    for feature in features:
        own = feature["properties"]
        west, south, east, north = shape(feature["geometry"]).bounds
        defaults = {
            "city": city,
            "name": own["name"],
            "level": own["level"],
            "boundary": feature["geometry"],
            "west": west,
            "south": south,
            "east": east,
            "north": north,
        }
        if own.get("population"):
            defaults["population"] = own["population"]
        rows[own["key"]], _made = Area.objects.of(city).update_or_create(key=own["key"], defaults=defaults)
    parents = {area.key: area for area in Area.objects.of(city)}
    for feature in features:
        own = feature["properties"]
        parent = parents.get(own.get("parent") or "")
        Area.objects.of(city).filter(pk=rows[own["key"]].pk).update(parent=parent)
    _areas_changed(city)


def check_places(pack: Pack) -> Iterator[Fault]:
    """Faults of places.toml: missing or doubled keys, unknown areas, places without coordinates' range."""
    areas = {feature.get("properties", {}).get("key") for feature in (pack.json("areas.geojson") or {}).get("features", [])}
    seen: set[str] = set()
    for line, entry in pack.entries("places.toml", "place"):
        key = entry.get("key", "")
        if not key or not entry.get("name"):
            yield Fault("places.toml", line, "a place needs a key and a name")
        if key in seen:
            yield Fault("places.toml", line, f"the key '{key}' stands twice")
        seen.add(key)
        if entry.get("area") and entry["area"] not in areas:
            yield Fault("places.toml", line, f"the area '{entry['area']}' is not in areas.geojson")
        if ("lat" in entry) != ("lon" in entry) or not (-90 <= entry.get("lat", 0) <= 90 and -180 <= entry.get("lon", 0) <= 180):
            yield Fault("places.toml", line, f"the place '{key}' needs lat and lon in WGS84 degrees")
