"""Draw the schematic areas of the city packs: cells round the centres of the quarters.

    python scripts/draw_areas.py [SLUG ...]

Reads `cities/<slug>/centres.csv` (name, optional district, lat, lon in WGS84 degrees) and
writes `cities/<slug>/areas.geojson`. A cell is what lies nearer to a quarter's centre than to
any other on the same side of the river, inside the coarse outline drawn by hand below.
`civitas city areas` replaces the result with official boundaries.
"""

import csv
import json
import math
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from shapely import MultiPoint, affinity, union_all, voronoi_polygons
from shapely.geometry import LineString, Point, Polygon, mapping
from shapely.geometry.base import BaseGeometry
from shapely.ops import polygonize, unary_union

PACKS = Path(__file__).resolve().parent.parent / "cities"
# 1e-5 degrees is about one metre: finer would only make the file longer.
DIGITS = 5

Coordinates = list[tuple[float, float]]


@dataclass(frozen=True)
class Sketch:
    """What is drawn by hand for one city: outline, rivers that no cell crosses, lone islands."""

    outline: Coordinates
    rivers: tuple[Coordinates, ...] = ()
    islands: tuple[tuple[str, Coordinates], ...] = ()


HAMBURG = Sketch(
    outline=[
        # Rissen, then clockwise along the north
        (9.734, 53.566),
        (9.745, 53.594),
        (9.757, 53.618),
        (9.790, 53.612),
        (9.801, 53.597),
        (9.826, 53.588),
        (9.860, 53.602),
        (9.886, 53.625),
        (9.905, 53.653),
        (9.950, 53.655),
        (9.987, 53.652),
        (9.995, 53.679),
        (10.034, 53.682),
        (10.067, 53.684),
        (10.068, 53.715),
        (10.090, 53.723),
        (10.126, 53.716),
        (10.166, 53.739),
        (10.195, 53.730),
        # Walddörfer to Billstedt
        (10.180, 53.706),
        (10.156, 53.696),
        (10.149, 53.679),
        (10.175, 53.668),
        (10.199, 53.655),
        (10.194, 53.639),
        (10.222, 53.632),
        (10.214, 53.616),
        (10.194, 53.610),
        (10.200, 53.585),
        (10.164, 53.584),
        (10.150, 53.566),
        (10.160, 53.555),
        (10.154, 53.537),
        (10.165, 53.522),
        # Bergedorf and the Vierlande
        (10.201, 53.518),
        (10.226, 53.505),
        (10.240, 53.485),
        (10.274, 53.467),
        (10.300, 53.447),
        (10.325, 53.448),
        (10.310, 53.431),
        (10.261, 53.417),
        (10.240, 53.397),
        (10.199, 53.395),
        (10.164, 53.400),
        (10.136, 53.421),
        (10.106, 53.429),
        (10.082, 53.452),
        (10.055, 53.463),
        # Harburg
        (10.044, 53.446),
        (10.020, 53.433),
        (9.976, 53.412),
        (9.945, 53.424),
        (9.906, 53.418),
        (9.916, 53.436),
        (9.900, 53.455),
        (9.855, 53.438),
        (9.800, 53.469),
        (9.799, 53.493),
        # Altes Land, and over the Elbe
        (9.771, 53.505),
        (9.765, 53.541),
        (9.812, 53.532),
        (9.823, 53.551),
        (9.785, 53.559),
    ],
    rivers=(
        # Unterelbe and Norderelbe, up to where the Elbe parts
        [
            (9.700, 53.575),
            (9.785, 53.559),
            (9.823, 53.551),
            (9.860, 53.546),
            (9.910, 53.5425),
            (9.945, 53.5435),
            (9.967, 53.5435),
            (9.984, 53.539),
            (10.005, 53.533),
            (10.022, 53.532),
            (10.045, 53.524),
            (10.052, 53.508),
            (10.048, 53.492),
            (10.062, 53.474),
            (10.055, 53.463),
        ],
        # Süderelbe and Köhlbrand
        [
            (10.055, 53.463),
            (10.022, 53.472),
            (9.994, 53.474),
            (9.970, 53.478),
            (9.951, 53.492),
            (9.937, 53.507),
            (9.936, 53.525),
            (9.940, 53.5433),
        ],
    ),
    islands=(
        (
            "Neuwerk",
            [
                (8.486, 53.922),
                (8.495, 53.914),
                (8.511, 53.914),
                (8.519, 53.922),
                (8.510, 53.929),
                (8.494, 53.929),
            ],
        ),
    ),
)

KASSEL = Sketch(
    outline=[
        # Habichtswald, then clockwise
        (9.351, 51.322),
        (9.377, 51.330),
        (9.372, 51.346),
        (9.398, 51.353),
        (9.441, 51.352),
        (9.452, 51.358),
        (9.470, 51.349),
        (9.497, 51.354),
        (9.509, 51.345),
        (9.538, 51.342),
        (9.554, 51.353),
        (9.570, 51.339),
        (9.566, 51.328),
        (9.543, 51.326),
        (9.533, 51.319),
        (9.556, 51.312),
        (9.556, 51.295),
        (9.545, 51.289),
        (9.525, 51.285),
        (9.530, 51.279),
        (9.514, 51.271),
        (9.491, 51.280),
        (9.492, 51.268),
        (9.480, 51.262),
        (9.453, 51.267),
        (9.421, 51.270),
        (9.402, 51.281),
        (9.377, 51.283),
        (9.352, 51.306),
    ],
    rivers=(
        # Fulda
        [
            (9.490, 51.278),
            (9.503, 51.288),
            (9.501, 51.300),
            (9.503, 51.312),
            (9.514, 51.322),
            (9.531, 51.328),
            (9.545, 51.330),
            (9.580, 51.330),
        ],
    ),
)

SKETCHES = {"hamburg": HAMBURG, "kassel": KASSEL}


@dataclass(frozen=True)
class Centre:
    """A quarter's name, its district (or none) and its centre."""

    name: str
    district: str
    point: Point


def read_centres(path: Path) -> list[Centre]:
    """Return the quarters of a centres file, in its order."""
    with path.open(encoding="utf-8", newline="") as file:
        return [Centre(row["name"], row.get("district") or "", Point(float(row["lon"]), float(row["lat"]))) for row in csv.DictReader(file)]


def area_key(name: str) -> str:
    """Return the key of an area in the pack: `St. Pauli` gives `st-pauli`."""
    plain = name.lower().translate({ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue", ord("ß"): "ss"})
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def draw_cells(sketch: Sketch, centres: list[Centre]) -> dict[str, BaseGeometry]:
    """Return each quarter's cell in WGS84 degrees; cells share their corners and never overlap."""
    outline = Polygon(sketch.outline)
    # "Nearer" is meant in metres, and a degree of longitude is shorter than one of latitude.
    squeeze = math.cos(math.radians(outline.centroid.y))
    rivers = [LineString(river) for river in sketch.rivers]
    cells: dict[str, BaseGeometry] = {}
    islands = {name: Polygon(shape) for name, shape in sketch.islands}
    for bank in polygonize(unary_union([outline.exterior, *rivers])):
        if not outline.contains(bank.representative_point()):
            continue
        here = [c for c in centres if c.name not in islands and bank.contains(c.point)]
        if not here:
            continue
        flat = MultiPoint([Point(c.point.x * squeeze, c.point.y) for c in here])
        extent = affinity.scale(bank, squeeze, 1, origin=(0, 0)).buffer(1)
        diagram = voronoi_polygons(flat, extend_to=extent)
        shapes = [affinity.scale(s, 1 / squeeze, 1, origin=(0, 0)) for s in diagram.geoms]
        for centre in here:
            cell = next(shape for shape in shapes if shape.contains(centre.point))
            cells[centre.name] = cell.intersection(bank)
    return share_corners(cells, outline) | islands


def share_corners(cells: dict[str, BaseGeometry], outline: Polygon) -> dict[str, BaseGeometry]:
    """Round all borders together, so that neighbours across a river meet without gap or overlap."""
    borders = union_all([cell.boundary for cell in cells.values()] + [outline.boundary], grid_size=10**-DIGITS)
    faces: dict[str, list[Polygon]] = {name: [] for name in cells}
    for face in polygonize(borders):
        inside = face.representative_point()
        name = min(cells, key=lambda name: cells[name].distance(inside))
        faces[name].append(face)
    return {name: unary_union(parts) for name, parts in faces.items()}


def feature(shape: BaseGeometry, **properties: str | None) -> dict[str, object]:
    """Return one GeoJSON feature; the population stays empty until it has a source."""
    geometry = mapping(shape.normalize())
    rounded = json.loads(json.dumps(geometry), parse_float=lambda n: round(float(n), DIGITS))
    return {"type": "Feature", "properties": {**properties, "population": None}, "geometry": rounded}


def draw_areas(slug: str) -> Path:
    """Write the areas file of a city pack and return its path."""
    centres = read_centres(PACKS / slug / "centres.csv")
    cells = draw_cells(SKETCHES[slug], centres)
    features = []
    for district in sorted({c.district for c in centres if c.district}):
        quarters = [cells[c.name] for c in centres if c.district == district]
        features.append(
            feature(
                unary_union(quarters),
                key=f"bezirk-{area_key(district)}",
                name=district,
                level="district",
                parent=None,
            )
        )
    for centre in sorted(centres, key=lambda c: area_key(c.name)):
        parent = f"bezirk-{area_key(centre.district)}" if centre.district else None
        features.append(
            feature(
                cells[centre.name],
                key=area_key(centre.name),
                name=centre.name,
                level="quarter",
                parent=parent,
            )
        )
    path = PACKS / slug / "areas.geojson"
    lines = ",\n".join(json.dumps(f, ensure_ascii=False, separators=(",", ":")) for f in features)
    path.write_text(f'{{"type":"FeatureCollection","features":[\n{lines}\n]}}\n', encoding="utf-8")
    return path


if __name__ == "__main__":
    for slug in sys.argv[1:] or SKETCHES:
        path = draw_areas(slug)
        print(f"{path.relative_to(PACKS.parent)}: {path.stat().st_size / 1000:.0f} kB")
