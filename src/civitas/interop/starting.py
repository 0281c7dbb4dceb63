"""A pack for a city that has none: a few answers filled into the files of the folder `starter`.

What nobody can know from a few answers (laws of the state, who signs) stands there as `[bitte ergänzen: …]`. Such a pack can be loaded
and looked at; `open_points` names every place that waits.
"""

from __future__ import annotations

import json
import math
import re
import tempfile
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils import timezone
from shapely import set_precision
from shapely.affinity import scale
from shapely.geometry import Point, mapping, shape
from shapely.ops import unary_union

from civitas.cities.colours import BRIGHT, DIM, is_hex, readable
from civitas.interop.areas import read_boundaries
from civitas.interop.packs import check_pack
from civitas.kit.packs import Fault
from civitas.kit.texts import cleaned_line, slugified

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

STARTER = Path(__file__).parent / "starter"
_MAPS = Path(__file__).parent / "starter_maps.toml"
HOUSE_COLOUR = BRIGHT["harbour"]
# Kilometres from the middle to the edge, where nobody gave boundaries.
RADIUS_KM = 6.0
_KM_A_DEGREE = 111.2
_BLANK = re.compile(r"@@(\w+)@@")
_OPEN = re.compile(r"\[(?:bitte ergänzen|please complete)[^\]]*\]")
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")
_MAIL = re.compile(r"[^\s@<>\"]+@[^\s@<>\"]+\.[^\s@<>\"]+")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_WEBSITE = re.compile(r"https?://[^\s\"]+")
_LONGEST = 120


@dataclass(frozen=True)
class Answers:
    """What `civitas city new` asks: latitude and longitude of the city's middle in WGS84 degrees, `areas` a GeoJSON file of its parts."""

    name: str = ""
    host: str = ""
    mail: str = ""
    street: str = ""
    town: str = ""
    phone: str = ""
    website: str = ""
    name_en: str = ""
    provider: str = ""
    provider_en: str = ""
    slug: str = ""
    latitude: float | None = None
    longitude: float | None = None
    radius_km: float = RADIUS_KM
    areas: Path | None = None
    name_property: str = ""
    colour: str = HOUSE_COLOUR
    promise_days: int = 14
    time_zone: str = "Europe/Berlin"
    basemap: bool = False


@dataclass
class NoPack(Exception):
    """No pack was written; a sentence for each answer that does not do, by its name."""

    faults: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return "\n".join(self.faults.values())


def fault_of(name: str, value: Any) -> str:
    """What is wrong with one answer, in a sentence; '' where it will do."""
    if isinstance(value, str) and (len(value) > _LONGEST or cleaned_line(value) != value):
        return f"{name} is one line of at most {_LONGEST} characters."
    if name in {"name", "mail", "host"} and not value:
        return f"{name} is needed."
    if value in ("", None):
        return ""
    doubt = _DOUBTS.get(name)
    return doubt(value) if doubt else ""


def _like(pattern: re.Pattern[str], sentence: str) -> Callable[[Any], str]:
    return lambda value: "" if pattern.fullmatch(value) else sentence.format(value=value)


def _between(least: float, most: float, sentence: str) -> Callable[[Any], str]:
    return lambda value: "" if least <= value <= most else sentence.format(value=value)


def _doubt_of_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return f"'{name}' is no time zone. It looks like Europe/Berlin."
    return ""


def _doubt_of_colour(colour: str) -> str:
    if not is_hex(colour):
        return f"'{colour}' is no colour. It looks like #1d4560."
    proposed = proposed_colour(colour)
    if proposed != colour.lower():
        return f"White writing on {colour}, and {colour} on white, cannot be read well enough. {proposed} would do."
    return ""


def _doubt_of_folder(folder: Path) -> str:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        return f"In {folder} lies something already. Please name an empty folder."
    return ""


_DOUBTS: dict[str, Callable[[Any], str]] = {
    "host": _like(
        _HOST, "'{value}' is no host name. It looks like mitmachen.musterstadt.de: lower case, without https:// and without a port."
    ),
    "mail": _like(_MAIL, "'{value}' is no mail address."),
    "slug": _like(_SLUG, "'{value}' is no short name: lower case words joined by hyphens."),
    "website": _like(_WEBSITE, "'{value}' is no address of a website. It begins with https://."),
    "colour": _doubt_of_colour,
    "promise_days": _between(1, 365, "The promise is between 1 and 365 days."),
    "radius_km": _between(0.5, 100, "The radius is between 0.5 and 100 kilometres."),
    "latitude": _between(-84, 84, "{value} is no latitude that a map shows."),
    "longitude": _between(-180, 180, "{value} is no longitude."),
    "time_zone": _doubt_of_zone,
    "folder": _doubt_of_folder,
}


def proposed_colour(colour: str) -> str:
    """The colour, or the next darker one that can be read on the page and carries white writing."""
    return readable(colour, BRIGHT["paper"], BRIGHT["mist"])


def start_pack(folder: Path, answers: Answers) -> list[Fault]:
    """Write a pack into a folder that is empty or not there yet, and name what waits to be filled.

    Raises NoPack, and writes nothing, where an answer does not do, or where something lies in the folder.
    """
    faults = {name: said for name, value in {"folder": folder, **vars(answers)}.items() if (said := fault_of(name, value))}
    if answers.areas is None and (answers.latitude is None or answers.longitude is None):
        faults["latitude"] = "Say where the city's middle is (latitude and longitude), or give a GeoJSON file of its parts (areas)."
    if not (answers.slug or slugified(answers.name)):
        faults["slug"] = "Of this name no short name can be made. Please give one."
    if faults:
        raise NoPack(faults)
    features, boundaries = _areas(answers)
    values = _values(answers, folder, features, boundaries)
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Beside its place first: a pack that its own check refuses is not left behind.
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".new-") as beside:
        made = Path(beside) / folder.name
        _write(made, values, features)
        if refused := check_pack(made):
            raise NoPack({str(number): str(fault) for number, fault in enumerate(refused)})
        if folder.exists():
            folder.rmdir()
        made.rename(folder)
    return open_points(folder)


def _write(folder: Path, values: Mapping[str, str], features: list[dict[str, Any]]) -> None:
    for source in sorted(STARTER.rglob("*")):
        if not source.is_file():
            continue
        target = folder / source.relative_to(STARTER)
        target.parent.mkdir(parents=True, exist_ok=True)
        fitting = {name: _in_toml(value) for name, value in values.items()} if source.suffix == ".toml" else values
        target.write_text(_filled(source.read_text(encoding="utf-8"), fitting), encoding="utf-8")
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False) for feature in features)
    (folder / "areas.geojson").write_text(f'{{"type": "FeatureCollection", "features": [\n{lines}\n]}}\n', encoding="utf-8")


def _filled(text: str, values: Mapping[str, str]) -> str:
    return _BLANK.sub(lambda blank: values[blank[1]], text)


def _in_toml(text: str) -> str:
    """A text to stand between the quotation marks of a TOML string."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _areas(answers: Answers) -> tuple[list[dict[str, Any]], str]:
    """The parts of the city: from its file, or one circle round its middle, which is schematic."""
    if answers.areas is not None:
        shapes = read_boundaries(answers.areas, name_property=answers.name_property)
        return [_feature(name, surface) for name, surface in shapes.items()], "official"
    assert answers.longitude is not None  # `start_pack` has asked
    assert answers.latitude is not None
    middle = Point(answers.longitude, answers.latitude)
    circle = middle.buffer(answers.radius_km / _KM_A_DEGREE, quad_segs=12)
    # A degree of longitude is shorter than one of latitude; without this the circle would be an egg on the map.
    stretched = _stretched(circle, middle)
    return [_feature(answers.name, set_precision(stretched, 1e-4))], "schematic"


def _stretched(surface: Any, middle: Point) -> Any:
    return scale(surface, xfact=1 / math.cos(math.radians(middle.y)), yfact=1, origin=middle)


def _feature(name: str, surface: Any) -> dict[str, Any]:
    own = {"key": slugified(name), "name": name, "level": "quarter", "parent": None, "population": None}
    return {"type": "Feature", "properties": own, "geometry": mapping(surface)}


def _values(answers: Answers, folder: Path, features: list[dict[str, Any]], boundaries: str) -> dict[str, str]:
    west, south, east, north = unary_union([shape(feature["geometry"]) for feature in features]).bounds
    margin = 0.02
    middle = ((west + east) / 2, (south + north) / 2)
    lon, lat = (answers.longitude, answers.latitude) if answers.longitude is not None and answers.latitude is not None else middle
    provider = answers.provider or f"Stadt {answers.name}"
    blank = "[bitte ergänzen: {}]"
    today = timezone.localdate()
    colour = answers.colour.lower()
    numbers = {"lon": lon, "lat": lat, "west": west - margin, "south": south - margin, "east": east + margin, "north": north + margin}
    return {
        **{name: f"{value:.5f}".rstrip("0").rstrip(".") + ("" if value % 1 else ".0") for name, value in numbers.items()},
        "slug": answers.slug or slugified(answers.name),
        "host": answers.host,
        "city": answers.name,
        "city_en": answers.name_en or answers.name,
        "provider": provider,
        "provider_en": answers.provider_en or f"City of {answers.name_en or answers.name}",
        "street": answers.street or blank.format("Straße und Hausnummer"),
        "town": answers.town or blank.format("Postleitzahl und Ort"),
        "phone": answers.phone or blank.format("Telefon"),
        "mail": answers.mail,
        "privacy_mail": answers.mail,
        "access_mail": answers.mail,
        "website": answers.website or f"https://{answers.host}/",
        "defect_url": answers.website,
        "promise_days": str(answers.promise_days),
        "time_zone": answers.time_zone,
        "boundaries": boundaries,
        "colour": colour,
        "colour_dark": readable(colour, DIM["paper"], DIM["mist"], DIM["on-harbour"], least=7.0),
        "day_de": f"{today.day}. {_MONTHS[today.month - 1]} {today.year}",
        "day_en": f"{today.day} {today:%B} {today.year}",
        "folder": folder.name,
        **tomllib.loads(_MAPS.read_text(encoding="utf-8"))["basemap" if answers.basemap else "plain"],
    }


_MONTHS = (
    "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember",
)  # fmt: skip


def open_points(folder: Path) -> list[Fault]:
    """Every place of a pack that waits to be filled, with file and line."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.suffix not in {".md", ".toml"}:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").split("\n"), 1):
            if path.name == "README.md":
                continue
            found += [Fault(str(path.relative_to(folder)), number, point) for point in _OPEN.findall(line)]
    return found


def in_short(points: list[Fault]) -> list[str]:
    """The same, each thing that is missing once: where it is missing first, and in how many places more."""
    places: dict[str, list[Fault]] = {}
    for point in points:
        places.setdefault(point.sentence, []).append(point)
    return [f"{first}" + (f" (and in {len(more)} more)" if more else "") for first, *more in places.values()]
