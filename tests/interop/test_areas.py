from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from tests.factories import make_contribution
from tests.interop.desks import PACKS
from tests.real import real_data

from civitas.cities.models import Area, City
from civitas.cities.queries import forget_cities
from civitas.contributions.counts import miscounts
from civitas.contributions.models import Contribution
from civitas.interop.areas import cities_of, read_boundaries, replace_areas
from civitas.interop.packs import load_pack
from civitas.interop.tables import Unreadable
from civitas.kit.verdicts import Refused
from civitas.people.actors import Actor, city_actor
from civitas.processes.models import Step

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.django_db


def square(west: float, south: float, size: float = 0.02) -> list[list[list[float]]]:
    east, north = west + size, south + size
    return [[[west, south], [east, south], [east, north], [west, north], [west, south]]]


def write(folder: Path, *features: tuple[str, Any], key: str = "name", **more: Any) -> Path:
    path = folder / "areas.geojson"
    found = [
        {"type": "Feature", "properties": {key: name}, "geometry": {"type": "Polygon", "coordinates": rings}} for name, rings in features
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": found, **more}), encoding="utf-8")
    return path


def contribute(city: City, lat: float, lon: float) -> Contribution:
    from civitas.cities.queries import area_at

    step = Step.objects.of(city).select_related("process", "process__city").filter(process__slug="raddialog").get()
    area = area_at(city, lat, lon)
    return make_contribution(step, lat=lat, lon=lon, area=area, is_outside=area is None)


def test_boundaries_change_and_rows_keys_and_counts_stay(bonn: City, tmp_path: Path) -> None:
    before = dict(Area.objects.of(bonn).values_list("key", "pk"))
    row = contribute(bonn, 50.73, 7.10)
    outside = contribute(bonn, 50.64, 7.04)
    assert (row.area.key if row.area else "", outside.is_outside) == ("bonn", True)
    path = write(
        tmp_path,
        ("BEUEL", square(7.09, 50.72)),
        ("Beuel", square(7.11, 50.72)),
        ("Beuel", square(7.11, 50.72)),
        ("Neuland", square(7.03, 50.63)),
    )
    done = replace_areas(city_actor(bonn), path)
    # 'BEUEL' and 'Beuel' are two names in the file, but one area; the last one would win, so both are dissolved.
    assert (done.level, done.new, done.kept) == ("district", ["Neuland"], ["Bad Godesberg", "Bonn", "Hardtberg"])
    after = dict(Area.objects.of(bonn).values_list("key", "pk"))
    assert {key: after[key] for key in before} == before
    assert sorted(after.keys() - before.keys()) == ["neuland"]
    rows = {row.pk: row for row in Contribution.objects.of(bonn).select_related("area")}
    assert [(each.area.key if each.area else "", each.is_outside) for each in (rows[row.pk], rows[outside.pk])] == [
        ("beuel", False),
        ("neuland", False),
    ]
    assert (done.contributions, done.moved) == (2, 2)
    assert miscounts(bonn) == []


def test_the_city_says_that_its_boundaries_are_official_and_a_pack_loaded_again_keeps_them(bonn: City, tmp_path: Path) -> None:
    replace_areas(city_actor(bonn), write(tmp_path, ("Beuel", square(7.09, 50.72))))
    boundary = Area.objects.of(bonn).get(key="beuel").boundary
    again = load_pack(PACKS / "bonn")
    assert again.config.map.boundaries == "official"
    assert Area.objects.of(again).get(key="beuel").boundary == boundary
    assert City.objects.get(pk=bonn.pk).config.map.boundaries == "official"


def test_broken_geometry_is_mended(bonn: City, tmp_path: Path) -> None:
    bow = [[[7.09, 50.72], [7.11, 50.74], [7.11, 50.72], [7.09, 50.74], [7.09, 50.72]]]
    found = read_boundaries(write(tmp_path, ("Beuel", bow)))
    assert found["Beuel"].is_valid
    assert found["Beuel"].area == pytest.approx(0.0002)


def test_the_city_is_found_by_where_the_areas_lie(bonn: City, tmp_path: Path) -> None:
    small = load_pack(PACKS / "small")
    path = write(tmp_path, ("Mitte", square(10.0, 52.0)))
    assert cities_of([bonn, small], path) == [small]
    forget_cities()
    with pytest.raises(Unreadable, match="None of these areas lies in Bonn"):
        replace_areas(city_actor(bonn), path)


@pytest.mark.parametrize(
    ("features", "more", "sentence"),
    [
        ([("Beuel", square(370_000, 5_620_000, 500))], {}, "metres of a national grid"),
        ([("Beuel", square(7.1, 50.7))], {"crs": {"properties": {"name": "urn:ogc:def:crs:EPSG::25832"}}}, "EPSG::25832"),
        ([("", square(7.1, 50.7))], {}, "No property of areas.geojson is known to be a name"),
        ([], {}, "holds no feature"),
    ],
)
def test_what_cannot_be_read_is_said(bonn: City, tmp_path: Path, features: list[Any], more: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Unreadable, match=sentence):
        replace_areas(city_actor(bonn), write(tmp_path, *features, **more))


def test_wgs84_may_be_named(bonn: City, tmp_path: Path) -> None:
    path = write(tmp_path, ("Beuel", square(7.1, 50.7)), crs={"properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}})
    assert list(read_boundaries(path)) == ["Beuel"]


def test_the_name_may_stand_in_any_property(bonn: City, tmp_path: Path) -> None:
    path = write(tmp_path, ("Beuel", square(7.1, 50.7)), key="bezirksname_lang")
    with pytest.raises(Unreadable, match="there are: bezirksname_lang"):
        read_boundaries(path)
    assert list(read_boundaries(path, name_property="bezirksname_lang")) == ["Beuel"]


def test_only_the_city_replaces_its_areas(bonn: City, tmp_path: Path) -> None:
    with pytest.raises(Refused):
        replace_areas(Actor(bonn), write(tmp_path, ("Beuel", square(7.1, 50.7))))


def test_hamburgs_181_features_become_its_104_quarters_and_7_districts() -> None:
    quarters, districts = real_data("areas", "hamburg-quarters.geojson"), real_data("areas", "hamburg-districts.geojson")
    hamburg = load_pack(PACKS.parents[1] / "cities" / "hamburg")
    before = dict(Area.objects.of(hamburg).values_list("key", "parent"))
    done = replace_areas(city_actor(hamburg), quarters)
    assert (done.level, done.replaced, done.new, done.kept) == ("quarter", 104, [], [])
    done = replace_areas(city_actor(hamburg), districts)
    assert (done.level, done.replaced, done.new, done.kept) == ("district", 7, [], [])
    assert dict(Area.objects.of(hamburg).values_list("key", "parent")) == before
