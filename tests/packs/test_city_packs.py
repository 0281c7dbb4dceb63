"""The packs that ship: what they name exists, areas fit together, demo content reads like a city and not like a form."""

from __future__ import annotations

import json
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from shapely.geometry import Point, shape

PACKS = Path(__file__).resolve().parents[2] / "cities"
SLUGS = ["hamburg", "kassel"]
QUARTERS = {"hamburg": 104, "kassel": 23}
DISTRICTS = {"hamburg": 7, "kassel": 0}
PAGES = ["imprint", "privacy", "rules", "accessibility", "storage"]
STATES = {"in_review", "planned", "in_work", "done", "not_possible", "part_of"}
# An address of fiction or of the map background is fine, any other would send people somewhere.
MAILS = re.compile(r"[\w.+-]+@([\w.-]+\w)")


@cache
def toml(slug: str, name: str) -> dict[str, Any]:
    return tomllib.loads((PACKS / slug / name).read_text(encoding="utf-8"))


def keys(slug: str, name: str, table: str) -> set[str]:
    return {entry["key"] for entry in toml(slug, name)[table]}


def areas(slug: str, level: str) -> dict[str, Any]:
    features = json.loads((PACKS / slug / "areas.geojson").read_text(encoding="utf-8"))["features"]
    return {f["properties"]["key"]: shape(f["geometry"]) for f in features if f["properties"]["level"] == level}


def processes(slug: str) -> dict[str, dict[str, Any]]:
    return {path.stem: toml(slug, f"processes/{path.name}") for path in sorted((PACKS / slug / "processes").glob("*.toml"))}


def contributions(slug: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = toml(slug, "demo/contributions.toml")["contribution"]
    return entries


@pytest.mark.parametrize("slug", SLUGS)
def test_quarters_and_districts_are_complete_valid_and_do_not_overlap(slug: str) -> None:
    quarters, districts = areas(slug, "quarter"), areas(slug, "district")
    assert (len(quarters), len(districts)) == (QUARTERS[slug], DISTRICTS[slug])
    shapes = list(quarters.items())
    assert [key for key, area in [*shapes, *districts.items()] if not area.is_valid] == []
    overlaps = [(a, b) for i, (a, one) in enumerate(shapes) for b, other in shapes[:i] if one.intersection(other).area > 0]
    assert overlaps == []


@pytest.mark.parametrize("slug", SLUGS)
def test_each_district_is_the_union_of_its_quarters(slug: str) -> None:
    features = json.loads((PACKS / slug / "areas.geojson").read_text(encoding="utf-8"))["features"]
    for key, district in areas(slug, "district").items():
        parts = sum(shape(f["geometry"]).area for f in features if f["properties"]["parent"] == key)
        assert district.area == pytest.approx(parts)


@pytest.mark.parametrize("slug", SLUGS)
def test_every_text_page_stands_in_three_languages(slug: str) -> None:
    names = {path.name for path in (PACKS / slug / "texts").iterdir()}
    assert names == {f"{page}.{language}.md" for page in PAGES for language in ("de", "en", "simple")}


@pytest.mark.parametrize("slug", SLUGS)
def test_contributions_name_only_what_the_pack_has(slug: str) -> None:
    people, organisations = keys(slug, "demo/people.toml", "person"), keys(slug, "organisations.toml", "organisation")
    known_areas, services = {**areas(slug, "quarter"), **areas(slug, "district")}, keys(slug, "services.toml", "service")
    entries = contributions(slug)
    assert len({entry["key"] for entry in entries}) == len(entries)
    for entry in entries:
        process = processes(slug)[entry["process"]]
        categories = keys(slug, "categories.toml", "category") | {own["key"] for own in process.get("category", [])}
        said = [*entry.get("comment", []), *entry.get("event", [])]
        assert entry["category"] in categories, entry["key"]
        assert entry.get("area") is None or entry["area"] in known_areas, entry["key"]
        assert entry.get("service") is None or entry["service"] in services, entry["key"]
        assert ("author" in entry) != ("guest" in entry), entry["key"]
        assert {entry["author"]} <= people if "author" in entry else entry["guest"], entry["key"]
        assert {row["author"] for row in said if "author" in row} <= people, entry["key"]
        assert {row["person"] for row in said if row.get("person")} <= people, entry["key"]
        assert {row["organisation"] for row in said if row.get("organisation")} <= organisations, entry["key"]
        assert "picture" not in entry or ((PACKS / slug / entry["picture"]).is_file() and entry["picture_alt"]), entry["key"]
    linked = {end for link in toml(slug, "demo/contributions.toml")["link"] for end in (link["source"], link["target"])}
    assert linked <= {entry["key"] for entry in entries}


@pytest.mark.parametrize("slug", SLUGS)
def test_a_contributions_place_lies_in_its_area(slug: str) -> None:
    quarters = {**areas(slug, "district"), **areas(slug, "quarter")}
    elsewhere = [
        e["key"] for e in contributions(slug) if "lat" in e and e.get("area") and not quarters[e["area"]].covers(Point(e["lon"], e["lat"]))
    ]
    assert elsewhere == []


@pytest.mark.parametrize("slug", SLUGS)
def test_nothing_is_said_before_there_was_something_to_answer(slug: str) -> None:
    for entry in contributions(slug):
        events = [entry["days_ago"], *(event["days_ago"] for event in entry.get("event", []))]
        assert events == sorted(events, reverse=True), entry["key"]
        comments = entry.get("comment", [])
        assert all(comment["days_ago"] <= entry["days_ago"] for comment in comments), entry["key"]
        replies = [(comment["reply"], position, comment) for position, comment in enumerate(comments) if "reply" in comment]
        assert all(to < position and comments[to]["days_ago"] >= comment["days_ago"] for to, position, comment in replies), entry["key"]


@pytest.mark.parametrize("slug", SLUGS)
def test_the_demo_has_every_state_and_no_two_alike(slug: str) -> None:
    entries = contributions(slug)
    assert len(entries) >= 36
    assert {event["status"] for entry in entries for event in entry.get("event", [])} >= STATES
    assert {entry["visibility"] for entry in entries} == {"published", "waiting", "hidden", "withdrawn", "draft"}
    assert sum("picture" in entry for entry in entries) >= 6
    openings = [" ".join(entry["text"].split()[:4]).lower() for entry in entries]
    assert sorted({opening for opening in openings if openings.count(opening) > 1}) == []


@pytest.mark.parametrize("slug", SLUGS)
def test_each_city_has_a_process_in_every_phase(slug: str) -> None:
    found = processes(slug)
    assert "buergersensor" in found
    now = {
        step["method"]
        for process in found.values()
        for step in process["step"]
        if process["slug"] != "buergersensor" and step["opens"] <= 0 < step.get("closes", 1)
    }
    assert now >= {"collect", "discuss"}
    assert any(all(step["opens"] > 0 for step in process["step"]) for process in found.values())
    assert any("result" in process and all(step["closes"] < 0 for step in process["step"]) for process in found.values())


@pytest.mark.parametrize("path", sorted(PACKS.rglob("*.svg")), ids=lambda path: "/".join(path.relative_to(PACKS).parts))
def test_drawings_carry_no_style_script_text_or_id(path: Path) -> None:
    drawing = path.read_text(encoding="utf-8")
    assert re.findall(r"<(script|style|text|foreignObject|image|use)\b|\s(style|id|on\w+|href)=", drawing) == []


@pytest.mark.parametrize("slug", SLUGS)
def test_mail_addresses_are_of_fiction(slug: str) -> None:
    files = [path for path in (PACKS / slug).rglob("*") if path.suffix in {".toml", ".md"}]
    hosts = {host for path in files for host in MAILS.findall(path.read_text(encoding="utf-8"))}
    assert sorted(host for host in hosts if not host.endswith("example.org")) == []
