"""A new city from nothing: a few answers, a pack that the check accepts, and a front page that opens."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from django.test import Client

from civitas.cities.colours import contrast, readable
from civitas.cities.models import City, CityHost
from civitas.interop.packs import FaultyPack, check_pack, load_pack
from civitas.interop.starting import Answers, NoPack, fault_of, open_points, proposed_colour, start_pack
from civitas.kit.languages import PREFIXES
from civitas.project.cli import main

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.django_db
ANSWERS: dict[str, Any] = {
    "name": 'Auental „an der" Wippe',
    "host": "auental.localhost",
    "mail": "mitmachen@auental.example.org",
    "latitude": 51.16,
    "longitude": 9.92,
}
OPTIONS = [
    *("--name", "Auental", "--host", "auental.localhost", "--mail", "mitmachen@auental.example.org"),
    *("--latitude", "51.16", "--longitude", "9.92"),
]


def run(*arguments: str, words: str = "") -> Any:
    return CliRunner().invoke(main, ["city", *arguments], input=words)


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    folder = tmp_path / "auental"
    start_pack(folder, Answers(**ANSWERS))
    return folder


def test_a_new_city_opens_its_front_page_in_three_languages(pack: Path) -> None:
    assert check_pack(pack) == []
    load_pack(pack)
    browser = Client(headers={"host": ANSWERS["host"]})
    for prefix in PREFIXES.values():
        before = f"/{prefix}" if prefix else ""
        for path in ("/", "/entdecken", "/geben", "/beteiligungen", "/impressum", "/datenschutz", "/barrierefreiheit", "/speicher"):
            answer = browser.get(f"{before}{path}")
            assert (path, answer.status_code) == (path, 200)
    assert "Was fehlt in Auental „an der&quot; Wippe?" in browser.get("/").content.decode()
    assert "@@" not in "".join(path.read_text() for path in pack.rglob("*") if path.is_file())


def test_what_nobody_can_know_from_a_few_answers_is_named_with_its_place(pack: Path) -> None:
    points = [str(point) for point in open_points(pack)]
    assert "texts/imprint.de.md:10: [bitte ergänzen: Amt und Name]" in points
    assert {point.split("/")[0] for point in points} == {"processes", "texts"}
    told = run("check", str(pack))
    assert told.exit_code == 0
    assert "auental/texts/imprint.de.md:10: [bitte ergänzen: Amt und Name]\n" in told.output
    assert told.output.count("[bitte ergänzen: Telefon]") == 1


def test_given_answers_leave_only_what_the_law_of_the_state_says(tmp_path: Path) -> None:
    address = {"street": "Markt 1", "town": "12345 Auental", "phone": "0123 4567"}
    points = start_pack(tmp_path / "auental", Answers(**ANSWERS, **address))
    assert {point.file.rpartition("/")[2].split(".")[0] for point in points} == {"accessibility", "imprint", "privacy"}


def test_parts_of_the_city_come_from_a_file_and_say_where_its_middle_is(tmp_path: Path) -> None:
    parts = [
        {
            "type": "Feature",
            "properties": {"stadtteil": name},
            "geometry": {"type": "Polygon", "coordinates": [[[west, 51], [west + 1, 51], [west + 1, 52], [west, 51]]]},
        }
        for name, west in (("Nord", 9.0), ("Süd", 10.0))
    ]
    file = tmp_path / "teile.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": parts}))
    given = {name: value for name, value in ANSWERS.items() if name not in {"latitude", "longitude"}}
    start_pack(tmp_path / "auental", Answers(**given, areas=file))
    city = load_pack(tmp_path / "auental")
    assert (city.config.map.boundaries, city.config.map.center) == ("official", (10.0, 51.5))
    assert "Süd" in (tmp_path / "auental" / "areas.geojson").read_text()


def test_the_basemap_is_named_where_people_read_who_gets_their_address(tmp_path: Path) -> None:
    start_pack(tmp_path / "auental", Answers(**ANSWERS, basemap=True))
    city = load_pack(tmp_path / "auental")
    assert city.config.map.style_url.startswith("https://sgx.geodatenzentrum.de/")
    assert "Bundesamt für Kartographie" in Client(headers={"host": ANSWERS["host"]}).get("/datenschutz").content.decode()


BAD: list[tuple[str, Any, str]] = [
    ("name", "", "name is needed."),
    ("name", "Zwei\nZeilen", "name is one line of at most 120 characters."),
    ("host", "https://auental.de", "'https://auental.de' is no host name."),
    ("host", "auental.de:8000", "'auental.de:8000' is no host name."),
    ("mail", "niemand", "'niemand' is no mail address."),
    ("slug", "Auen Tal", "'Auen Tal' is no short name"),
    ("colour", "rot", "'rot' is no colour."),
    ("colour", "#ffcc00", "#ffcc00 on white, cannot be read well enough."),
    ("promise_days", 0, "The promise is between 1 and 365 days."),
    ("latitude", 95.0, "95.0 is no latitude"),
    ("longitude", 200.0, "200.0 is no longitude."),
    ("radius_km", 0.0, "The radius is between"),
    ("website", "auental.de", "'auental.de' is no address of a website."),
    ("time_zone", "Mitteleuropa", "'Mitteleuropa' is no time zone."),
]


@pytest.mark.parametrize(("name", "value", "said"), BAD)
def test_an_answer_that_does_not_do_is_said_and_nothing_is_written(tmp_path: Path, name: str, value: Any, said: str) -> None:
    with pytest.raises(NoPack) as refused:
        start_pack(tmp_path / "auental", Answers(**ANSWERS | {name: value}))
    assert said in refused.value.faults[name]
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_something_in_it_stays_as_it_is(pack: Path) -> None:
    before = sorted(path.name for path in pack.rglob("*"))
    with pytest.raises(NoPack) as refused:
        start_pack(pack, Answers(**ANSWERS))
    assert "lies something already" in str(refused.value)
    assert sorted(path.name for path in pack.rglob("*")) == before


@pytest.mark.parametrize(("option", "value"), [("--name", "Auental"), ("--host", "https://auental.de")])
def test_what_cannot_be_is_said_before_a_question_is_asked(pack: Path, tmp_path: Path, option: str, value: str) -> None:
    folder = pack if option == "--name" else tmp_path / "other"
    done = run("new", str(folder), option, value)
    assert (done.exit_code, "?" in done.output, "Nothing was written." in done.output) == (2, False, True)


def test_without_a_middle_and_without_parts_the_city_has_no_place(tmp_path: Path) -> None:
    given = {name: value for name, value in ANSWERS.items() if name != "latitude"}
    with pytest.raises(NoPack, match="middle"):
        start_pack(tmp_path / "auental", Answers(**given))


class TestCommand:
    def test_it_asks_nothing_where_everything_is_said(self, tmp_path: Path) -> None:
        told = run("new", str(tmp_path / "auental"), *OPTIONS, "--yes")
        assert told.exit_code == 0, told.output
        assert "is the pack of Auental, and the check accepts it." in told.output
        assert f"civitas city invite auental {ANSWERS['mail']}" in told.output

    def test_it_asks_again_until_an_answer_does_and_proposes_a_colour(self, tmp_path: Path) -> None:
        answers = ["Auental", "https://x", "auental.localhost", "a@b.example", "", "Markt 1", "12345 Auental", "0123", "51.16", "9.92"]
        told = run("new", str(tmp_path / "auental"), words="\n".join([*answers, "#ffcc00", "", ""]) + "\n")
        assert told.exit_code == 0, told.output
        assert "'https://x' is no host name." in told.output
        colour = proposed_colour("#ffcc00")
        assert f'harbour = "{colour}"' in (tmp_path / "auental" / "city.toml").read_text()

    def test_it_refuses_with_sentences(self, tmp_path: Path) -> None:
        told = run("new", str(tmp_path / "auental"), *OPTIONS, "--colour", "#ffcc00", "--yes")
        assert (told.exit_code, (tmp_path / "auental").exists()) == (2, False)
        assert f"{proposed_colour('#ffcc00')} would do." in told.stderr
        assert "Nothing was written." in told.stderr

    def test_the_usual_is_not_taken_for_what_has_none(self, tmp_path: Path) -> None:
        told = run("new", str(tmp_path / "auental"), "--yes")
        assert told.exit_code == 2
        assert "name is needed." in told.stderr


SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:x="http://www.w3.org/1999/xlink" viewBox="0 0 9 9">{}</svg>'
SCRIPTS = [
    (SVG.format("<script>alert(1)</script>"), "has a <script>"),
    (SVG.format('<path d="M0 0" onload="alert(1)"/>'), "the attribute 'onload'"),
    (SVG.format('<use x:href="https://example.org/a.svg#b"/>'), "refers to something outside"),
    (SVG.format('<a href="javascript:alert(1)"><path d="M0 0"/></a>'), "has a <a>"),
    (SVG.format("<foreignObject><b>x</b></foreignObject>"), "has a <foreignObject>"),
    (SVG.format("<style>path{background:url(https://example.org)}</style>"), "has a <style>"),
    (SVG.format('<path d="M0 0" fill="url(https://example.org/a)"/>'), "loads something from outside"),
    ("<!DOCTYPE svg [<!ENTITY a 'b'>]>" + SVG.format("&a;"), "declares a document type"),
    ("<html><script>alert(1)</script></html>", "is no SVG"),
    ("alert(1)", "is no valid SVG"),
]


@pytest.mark.parametrize(("drawing", "said"), SCRIPTS)
def test_a_logo_that_is_a_script_is_refused_in_a_sentence_and_nothing_is_loaded(pack: Path, drawing: str, said: str) -> None:
    (pack / "images" / "logo.svg").write_text(drawing)
    (fault,) = check_pack(pack)
    assert fault.file == "city.toml"
    assert said in fault.sentence
    with pytest.raises(FaultyPack):
        load_pack(pack)
    assert not City.objects.exists()


def test_a_logo_outside_the_pack_is_refused(pack: Path, tmp_path: Path) -> None:
    shutil.copy(pack / "images" / "logo.svg", tmp_path / "fremd.svg")
    file = pack / "city.toml"
    file.write_text(file.read_text().replace("images/logo.svg", "../fremd.svg"))
    assert [fault.sentence for fault in check_pack(pack)] == ["lies outside the pack"]


def test_colours_that_cannot_be_read_are_named_with_some_that_can(pack: Path) -> None:
    file = pack / "city.toml"
    file.write_text(file.read_text().replace('harbour = "#1d4560"', 'harbour = "#9ccbe8"', 1))
    faults = [str(fault) for fault in check_pack(pack)]
    assert len(faults) == 3
    assert faults[0].startswith("city.toml:")
    assert "harbour #9ccbe8 on paper #fff has a contrast of 1.7, and 4.5 is needed" in " ".join(faults)
    proposal = faults[0].rpartition("; ")[2].removesuffix(" would do")
    assert min(contrast(proposal, ground) for ground in ("#fff", "#f0f4f6")) >= 4.5


@pytest.mark.parametrize("colour", ["#ffcc00", "#e8743b", "#fff", "#888888", "#1d4560"])
def test_a_proposed_colour_can_be_read(colour: str) -> None:
    assert fault_of("colour", proposed_colour(colour)) == ""
    assert contrast(readable(colour, "#0a1822", least=7.0), "#0a1822") >= 7.0


def test_a_host_of_another_city_is_not_taken_over(pack: Path, tmp_path: Path) -> None:
    load_pack(pack)
    start_pack(tmp_path / "zweite", Answers(**ANSWERS | {"name": "Zweite"}))
    with pytest.raises(FaultyPack, match="belongs to the city"):
        load_pack(tmp_path / "zweite")
    assert CityHost.objects.count() == 1
