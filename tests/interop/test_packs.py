from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest
import time_machine
from tests.factories import make_actor
from tests.interop.desks import PACKS, ROOT
from tests.walking import walk

from civitas.cities.models import Area, City, CityHost
from civitas.interop.demo import load_demo
from civitas.interop.packs import FaultyPack, check_pack, load_pack
from civitas.kit.packs import Pack
from civitas.kit.translated import Translated
from civitas.processes.actions import set_process, set_step
from civitas.processes.models import News, Process, Step
from civitas.processes.telling import put_news, remove_told
from civitas.processes.topics import put_topic, topics_of

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

pytestmark = pytest.mark.django_db
SMALL = PACKS / "small"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A copy of the small pack, to break."""
    return shutil.copytree(SMALL, tmp_path / "small")


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(
    "folder", [PACKS / "bonn", SMALL, ROOT / "cities" / "hamburg", ROOT / "cities" / "kassel"], ids=lambda path: path.name
)
def test_the_packs_have_no_faults(folder: Path) -> None:
    assert check_pack(folder) == []


FAULTS: list[tuple[str, str, str, str]] = [
    ("city.toml", 'slug = "klein"', "", "city.toml: 'slug' is missing"),
    ("city.toml", "zoom = 12", "zoom = 99", "city.toml:13: map.zoom: Input should be less than or equal to 20"),
    ("city.toml", "zoom = 12", "zoom = = 12", "city.toml:13: is no valid TOML"),
    (
        "city.toml",
        "[look]",
        "[rules]\nlook_hours = 0\n\n[look]",
        "city.toml:17: rules.look_hours: Input should be greater than or equal to 1",
    ),
    ("city.toml", "[look]", "[rules]\nhours = 9\n\n[look]", "city.toml:17: rules.hours: Extra inputs are not permitted"),
    (
        "city.toml",
        "[look]",
        "[rules]\nquiet_from = 22:00:00\n\n[look]",
        "city.toml:16: rules.quiet_until: Please give both, or leave both empty.",
    ),
    ("city.toml", 'logo = "images/logo.svg"', 'logo = "images/nirgends.svg"', "images/nirgends.svg: is missing"),
    ("city.toml", 'logo = "images/logo.svg"', 'logo = "../../../secret"', "../../../secret: lies outside the pack"),
    ("images/logo.svg", "<path", "<script>alert(1)</script><path", "city.toml:16: the drawing has a <script>, which is not allowed"),
    (
        "images/logo.svg",
        "<path",
        '<path onload="alert(1)"',
        "city.toml:16: the drawing has the attribute 'onload' on <path>, which is not allowed",
    ),
    (
        "areas.geojson",
        '"level":"quarter"',
        '"level":"dorf"',
        "areas.geojson:2: the area 'mitte' needs key, name and level (district or quarter)",
    ),
    ("areas.geojson", "[9.95,51.95],[10.05,51.95]", "[995,51.95],[10.05,51.95]", "areas.geojson:2: the geometry of 'mitte' is not"),
    ("categories.toml", 'name.simple = "Anderes"', "", "categories.toml:1: the name of 'sonstiges' lacks simple"),
    ("organisations.toml", 'kind = "department"', 'kind = "verein"', "organisations.toml:1: 'verein' is no kind of organisation"),
    (
        "processes/buergersensor.toml",
        'method = "collect"',
        'method = "wuerfeln"',
        "processes/buergersensor.toml:20: the method 'wuerfeln' is not installed",
    ),
    (
        "processes/buergersensor.toml",
        "opens = -300",
        "opens = -300\ncloses = -301",
        "processes/buergersensor.toml:20: the step closes before it opens",
    ),
    ("demo/people.toml", 'roles = ["expert", "moderator"]', 'roles = ["koenigin"]', "demo/people.toml:11: 'koenigin' is no role"),
    (
        "demo/people.toml",
        'login = "alice@klein.example.org"',
        'login = "alice"',
        "demo/people.toml:1: the login 'alice' is no mail address",
    ),
    (
        "demo/people.toml",
        'organisation = "rathaus"',
        'organisation = "amt"',
        "demo/people.toml:11: the organisation 'amt' is not in organisations.toml",
    ),
    (
        "demo/contributions.toml",
        'category = "sonstiges"',
        'category = "x"',
        "demo/contributions.toml:1: the category 'x' is not in categories.toml or the process",
    ),
    ("demo/contributions.toml", 'area = "mitte"', 'area = "rand"', "demo/contributions.toml:1: the area 'rand' is not in areas.geojson"),
    (
        "demo/contributions.toml",
        "lat = 52.0",
        "lat = 53.0",
        "demo/contributions.toml:1: the place 53.0, 10.0 lies in none of the city's areas",
    ),
    (
        "demo/contributions.toml",
        "lat = 52.0",
        'drawing = "LINESTRING (10 53, 10.1 53)"\nlat = 52.0',
        "demo/contributions.toml:1: the drawing lies in none of the city's areas",
    ),
    (
        "demo/contributions.toml",
        "lat = 52.0",
        'drawing = "ein Kringel"\nlat = 52.0',
        "demo/contributions.toml:1: the drawing is no point, line or area in WKT",
    ),
    (
        "demo/contributions.toml",
        'author = "alice"',
        'author = "niemand"',
        "demo/contributions.toml:1: the author 'niemand' is not in demo/people.toml",
    ),
    ("demo/contributions.toml", "support = 5", "suport = 5", "demo/contributions.toml:1: 'suport' is not known here"),
    (
        "demo/contributions.toml",
        'author = "bob"',
        'author = "bop"',
        "demo/contributions.toml:18: the author 'bop' is not in demo/people.toml",
    ),
    (
        "demo/contributions.toml",
        "reply = 0",
        "reply = 4",
        "demo/contributions.toml:23: 'reply' counts the earlier comments from 0; there is no 4",
    ),
    ("demo/contributions.toml", 'status = "done"', 'status = "fertig"', "demo/contributions.toml:35: 'fertig' is no status"),
    ("demo/contributions.toml", 'picture_alt = "Eine Bank"', "", "demo/contributions.toml:1: a picture needs a picture_alt"),
    (
        "demo/contributions.toml",
        'guest = "Charlie"',
        "",
        "demo/contributions.toml:44: a contribution needs an author or a guest, one of both",
    ),
    (
        "demo/contributions.toml",
        'hidden_reason = "Das ist Werbung."',
        "",
        "demo/contributions.toml:53: what is hidden needs a hidden_reason",
    ),
    (
        "demo/contributions.toml",
        'target = "bank"',
        'target = "banc"',
        "demo/contributions.toml:94: the target 'banc' is no contribution of this file",
    ),
    ("demo/images/bank.svg", "<rect", "<image", "demo/contributions.toml:1: the drawing has a <image>, which is not allowed"),
]


@pytest.mark.parametrize(
    ("name", "old", "new", "sentence"), FAULTS, ids=[f"{name}: {new or old}"[:50] for name, old, new, _sentence in FAULTS]
)
def test_a_fault_is_named_with_file_and_line_and_nothing_is_loaded(pack: Path, name: str, old: str, new: str, sentence: str) -> None:
    edit(pack / name, old, new)
    found = [str(fault) for fault in check_pack(pack)]
    assert [line for line in found if line.startswith(sentence)], found
    with pytest.raises(FaultyPack):
        load_pack(pack)
    assert not City.objects.exists()


def test_a_kept_search_names_a_person_with_a_login_and_what_the_pack_has(pack: Path) -> None:
    (pack / "demo" / "searches.toml").write_text('[[search]]\nperson = "x"\nname = "A"\nasked = "category=x&sort=fair"\nwhy = ""\n')
    assert {str(fault).partition(" (")[0] for fault in check_pack(pack)} == {
        "demo/searches.toml:1: 'why' is not known here",
        "demo/searches.toml:1: 'x' has no login in demo/people.toml, so nobody finds the search again",
        "demo/searches.toml:1: the category 'x' is not in categories.toml",
        "demo/searches.toml:1: nobody can search by 'sort'",
    }


def test_all_faults_are_named_at_once(pack: Path) -> None:
    edit(pack / "city.toml", "zoom = 12", "zoom = 99")
    edit(pack / "categories.toml", 'name.en = "Other"', "")
    (pack / "texts" / "imprint.de.md").unlink()
    assert {fault.file for fault in check_pack(pack)} == {"city.toml", "categories.toml", "texts/imprint.de.md"}


def test_a_pack_loaded_again_updates_loses_nothing_and_moves_no_date(pack: Path) -> None:
    from tests.factories import make_category, make_contribution

    with time_machine.travel("2026-05-01T10:00Z", tick=False):
        city = load_pack(pack)
        load_demo(city, Pack(pack))
        step = Step.objects.of(city).select_related("process", "process__city").get()
        make_contribution(step, "Von Hand gegeben")
        make_category(city, "Von Hand")
        Process.objects.of(city).update(state="archived")
    before = dict(Step.objects.of(city).values_list("key", "opens_at"))
    edit(pack / "processes" / "buergersensor.toml", 'de = "Was fehlt?"', 'de = "Was fehlt hier?"')
    edit(pack / "areas.geojson", '"name":"Mitte"', '"name":"Stadtmitte"')
    with time_machine.travel("2026-06-01T10:00Z", tick=False):
        again = load_pack(pack)
    assert again.pk == city.pk
    process = Process.objects.of(city).get()
    assert (str(process), process.state) == ("Was fehlt hier?", "archived")
    assert dict(Step.objects.of(city).values_list("key", "opens_at")) == before
    assert [(area.key, area.name) for area in Area.objects.of(city)] == [("mitte", "Stadtmitte")]
    from civitas.contributions.models import Contribution
    from civitas.processes.models import Category

    assert Contribution.objects.of(city).filter(title="Von Hand gegeben").exists()
    assert Category.objects.of(city).count() == 2


def test_another_citys_host_is_not_taken_over(pack: Path) -> None:
    city = load_pack(pack)
    other = shutil.copytree(pack, pack.parent / "other")
    edit(other / "city.toml", 'slug = "klein"', 'slug = "gross"')
    with pytest.raises(FaultyPack, match=re.escape("the host 'klein.localhost' belongs to the city 'klein'")):
        load_pack(other)
    assert CityHost.objects.get(host="klein.localhost").city == city


def test_a_city_with_the_sensor_alone_has_no_dead_link(client: Client) -> None:
    city = load_pack(SMALL)
    load_demo(city, Pack(SMALL))
    assert city.config.modules == ["sensor"]
    seen = walk(client, "klein.localhost")
    assert (seen.dead, seen.lost_fragments) == ([], [])
    assert len(seen.statuses) > 20
    assert client.get("/beteiligungen", headers={"host": "klein.localhost"}).status_code == 404


def test_what_people_changed_on_the_desk_or_took_away_a_pack_leaves_alone(pack: Path) -> None:
    path = pack / "processes" / "buergersensor.toml"
    path.write_text(
        path.read_text(encoding="utf-8")
        + "".join(
            f"""
[[news]]
key = "news-{number}"
title = {{ de = "Neues {number}", en = "News {number}", simple = "Neues {number}" }}
body = {{ de = "Text", en = "Text", simple = "Text" }}
"""
            for number in (1, 2, 3)
        )
        + """
[[category]]
key = "baum"
name = { de = "Baum", en = "Tree", simple = "Baum" }
""",
        encoding="utf-8",
    )
    city = load_pack(pack)
    owner = make_actor(city, "owner")
    process = Process.objects.of(city).get(slug="buergersensor")
    lead = process.lead
    result = Translated({"de": "Das kam heraus."})
    set_process(
        owner, process, version=process.version, values={"title": Translated({"de": "Unser Sensor"}), "result": result, "lead": lead}
    )
    step = Step.objects.of(city).select_related("process").get(process=process)
    set_step(
        owner, step, version=step.version, settings=step.settings, title=Translated({"de": "Sagen Sie es"}), intro=step.intro,
        opens_at=step.opens_at, closes_at=step.closes_at,
    )  # fmt: skip
    news = {row.key: row for row in News.objects.of(city).filter(process=process)}
    put_news(
        owner, process, title=Translated({"de": "Von Hand"}), body=news["news-1"].body, published_at=None, row=news["news-1"],
        version=news["news-1"].version,
    )  # fmt: skip
    remove_told(owner, process, news["news-2"], version=news["news-2"].version)
    (tree,) = topics_of(city, process)
    put_topic(owner, process, name=Translated({"de": "Bäume"}), after="", row=tree, was="Baum")
    edit(path, "Neues 3", "Ganz Neues 3")
    load_pack(pack)
    process = Process.objects.of(city).get(slug="buergersensor")
    assert (process.title["de"], process.result) == ("Unser Sensor", result)
    assert process.handmade == {"title", "result", "news:news-2", "category"}
    assert Step.objects.of(city).get(process=process).title["de"] == "Sagen Sie es"
    assert {row.key: row.title["de"] for row in News.objects.of(city).filter(process=process)} == {
        "news-1": "Von Hand", "news-3": "Ganz Neues 3",
    }  # fmt: skip
    assert [row.name["de"] for row in topics_of(city, process)] == ["Bäume"]
