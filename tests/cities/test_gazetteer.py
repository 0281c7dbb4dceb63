from __future__ import annotations

import csv
import shutil
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import NORTH, WEST, make_area, make_browser, make_city
from tests.interop.desks import PACKS, ROOT

from civitas.cities.gazetteer import distance, find_spots, nearby_spot, place_in_words, read_spot
from civitas.cities.models import City, Place, PlaceName
from civitas.cities.queries import forget_cities
from civitas.interop.packs import check_pack, load_pack
from civitas.kit.folding import folded, foldings

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> City:
    """A city with one quarter, one place and names."""
    city = make_city()
    area = make_area(city, "Ottensen", key="ottensen")
    Place.objects.create(city=city, key="werkhof", name="Werkhof Ottensen", kind="workshop", area=area, lat=53.552, lon=9.92)
    for name, kind, lat, lon in [
        ("Spritzenplatz", "square", 53.5524, 9.9297),
        ("Großneumarkt", "square", 53.5507, 9.9815),
        ("Mühlenkamp", "street", 53.58, 10.01),
        ("Altonaer Volkspark", "park", 53.584, 9.90),
        ("Volkspark", "park", 53.59, 9.95),
    ]:
        PlaceName.objects.create(city=city, name=name, kind=kind, lat=lat, lon=lon, area=area)
    forget_cities()
    return city


@pytest.mark.each_database
@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("spritz", ["Spritzenplatz"]),
        ("SPRITZENPLATZ", ["Spritzenplatz"]),
        ("muehlen", ["Mühlenkamp"]),
        ("muhlen", ["Mühlenkamp"]),
        ("Mühlen", ["Mühlenkamp"]),
        ("grossneu", ["Großneumarkt"]),
        ("Großneu", ["Großneumarkt"]),
        ("ottensen werk", ["Werkhof Ottensen"]),
        ("ottensen", ["Ottensen", "Werkhof Ottensen"]),
        ("volkspark", ["Volkspark", "Altonaer Volkspark"]),
        ("platz", []),
        ("", []),
        ("  ,; ", []),
        ("x" * 5_000, []),
        ("\x00'; DROP TABLE", []),
    ],
)
def test_spots_are_found_by_how_their_words_begin(city: City, query: str, names: list[str]) -> None:
    assert [spot.name for spot in find_spots(city, query)] == names


def test_a_search_asks_the_database_nothing_once_the_names_are_read_and_gives_eight_at_most(city: City) -> None:
    PlaceName.objects.bulk_create(
        PlaceName(city=city, name=f"Haltestelle {number}", kind="station", lat=53.5, lon=9.9) for number in range(500)
    )
    forget_cities()
    assert len(find_spots(city, "halte")) == 8
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert len(find_spots(city, "halt")) == 8
        assert place_in_words(city, 53.5, 9.9)
    assert not [query for query in seen if "placename" in query["sql"]]


def test_another_citys_names_are_not_found(city: City) -> None:
    other = make_city()
    make_area(other, "Mitte")
    assert find_spots(other, "spritz") == []
    assert find_spots(city, "mitte") == []
    assert read_spot(other, "place:werkhof") is None


def test_a_point_is_said_by_its_area_and_the_name_next_to_it(city: City) -> None:
    assert place_in_words(city, 53.5526, 9.9300) == "Ottensen, nahe Spritzenplatz"
    assert place_in_words(city, 53.45, 10.1) == "Ottensen"
    assert place_in_words(city, NORTH + 1, WEST) == ""
    near = nearby_spot(city, 53.584, 9.901)
    assert near is not None
    assert (near.name, near.kind) == ("Altonaer Volkspark", "park")
    assert place_in_words(make_city(), 53.55, 9.93) == ""


def test_distances_are_in_metres() -> None:
    assert distance(53.55, 9.93, 53.56, 9.93) == pytest.approx(1113, abs=2)
    assert distance(53.55, 9.93, 53.55, 9.94) == pytest.approx(661, abs=2)


def test_a_spot_comes_back_from_a_form_as_it_went(city: City) -> None:
    for spot in [*find_spots(city, "ottensen"), *find_spots(city, "spritz")]:
        again = read_spot(city, spot.value)
        assert again is not None
        assert (again.name, again.lat, again.lon, again.key) == (spot.name, spot.lat, spot.lon, spot.key)
    for nonsense in ("", "area:", "area:nirgends", "place:x", "1", "nan,1,x", "inf,inf", "a,b,c", ",,"):
        assert read_spot(city, nonsense) is None


def test_folding_knows_both_ways_to_write_an_umlaut() -> None:
    assert foldings("Mühlenkamp") == {"muehlenkamp", "muhlenkamp"}
    assert folded("  Großer  Ågren-Weg\u0301 ") == "grosser aagren weg"


def test_the_search_page_gives_options_with_their_kind_and_count(city: City) -> None:
    page = make_browser(city).get("/ortssuche?q=spritz", headers={"accept-language": "de"}).content.decode()
    assert 'role="option"' in page
    assert 'data-lat="53.552400"' in page
    assert "Ein Ort gefunden." in page
    assert "Platz, Ottensen" in page
    nothing = make_browser(city).get("/ortssuche?q=<script>").content.decode()
    assert 'role="option"' not in nothing
    assert "<script>" not in nothing


@pytest.mark.parametrize("query", ["lat=53.5524&lon=9.9297", "lat=89&lon=9", "lat=nan&lon=1", "lat=x&lon=1", "q=", ""])
def test_the_search_page_answers_whatever_it_is_asked(city: City, query: str) -> None:
    answer = make_browser(city).get(f"/ortssuche?{query}")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_point_outside_is_said_so(city: City) -> None:
    page = make_browser(city).get("/ortssuche?lat=52&lon=9").content.decode()
    assert "data-outside" in page
    assert str(city) in page


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("Turm,leuchtturm,52.0,10.0,mitte", "'leuchtturm' is no kind of name"),
        ("Turm,building,5x,10.0,mitte", "'Turm' needs lat and lon"),
        ("Turm,building,nan,10.0,mitte", "'Turm' needs lat and lon"),
        ("Turm,building,53.0,10.0,mitte", "'Turm' lies in none of the city's areas"),
        ("Turm,building,52.0,10.0,rand", "the area 'rand' is not in areas.geojson"),
        (",building,52.0,10.0,mitte", "a name needs 1 to 160 characters"),
        ("Marktplatz,square,52.0,10.0,mitte", "'Marktplatz' (square) stands twice"),
    ],
)
def test_a_faulty_name_is_told_with_its_line(tmp_path: Path, line: str, sentence: str) -> None:
    pack = shutil.copytree(PACKS / "small", tmp_path / "small")
    with (pack / "names.csv").open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")
    faults = [str(fault) for fault in check_pack(pack)]
    assert len(faults) == 1
    assert faults[0].startswith("names.csv:4: ")
    assert sentence in faults[0]


def test_a_missing_column_is_told(tmp_path: Path) -> None:
    pack = shutil.copytree(PACKS / "small", tmp_path / "small")
    (pack / "names.csv").write_text("name,lat,lon\nX,52,10\n", encoding="utf-8")
    assert [str(fault) for fault in check_pack(pack)] == ["names.csv:1: the first line has to name the columns; kind is missing"]


def test_loading_a_pack_twice_doubles_no_name(tmp_path: Path) -> None:
    pack = shutil.copytree(PACKS / "small", tmp_path / "small")
    city = load_pack(pack)
    text = (pack / "names.csv").read_text(encoding="utf-8")
    (pack / "names.csv").write_text(text.replace("52.01", "52.02"), encoding="utf-8")
    city = load_pack(pack)
    rows = PlaceName.objects.of(city).order_by("name").values_list("name", "lat")
    assert list(rows) == [("Marktplatz", 52.0), ("Mühlenkamp", 52.02)]
    assert find_spots(city, "muehl")[0].lat == 52.02


@pytest.mark.parametrize("slug", ["hamburg", "kassel"])
def test_the_cities_bring_names_of_every_part(slug: str) -> None:
    with (ROOT / "cities" / slug / "names.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) >= 80
    assert {row["kind"] for row in rows} >= {"station", "square", "street", "park", "water", "bridge", "market", "school", "culture"}
