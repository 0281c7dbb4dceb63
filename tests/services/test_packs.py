from __future__ import annotations

import datetime as dt
import shutil
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone
from tests.interop.desks import PACKS

from civitas.interop.packs import check_pack, load_pack
from civitas.kit.translated import Translated
from civitas.people.actors import city_actor
from civitas.provision.actions.catalogue import change_state, set_service
from civitas.services.actions import miscounts, next_look
from civitas.services.models import Indicator, Service, ServiceArea, ServicePlace, ServiceState

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.django_db

PLACE = '[[place]]\nkey = "haus"\nname = "Haus"\narea = "mitte"\nlat = 52.0\nlon = 10.0\nservices = ["{}"]\n'
SERVICES = "".join(
    f'[[service]]\nkey = "{key}"\nname.de = "{key}"\nname.en = "{key}"\nname.simple = "{key}"\n' for key in ("buecher", "werkzeug")
)


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """The small pack with two services and a place at which people meet the first."""
    folder = shutil.copytree(PACKS / "small", tmp_path / "small")
    (folder / "services.toml").write_text(SERVICES, encoding="utf-8")
    (folder / "places.toml").write_text(PLACE.format("buecher"), encoding="utf-8")
    return folder


def offered(city: object) -> list[tuple[str, str]]:
    return list(ServicePlace.objects.of(city).order_by("pk").values_list("place__key", "service__key"))  # type: ignore[arg-type]  # a city


def test_a_place_names_the_services_that_people_meet_there(pack: Path) -> None:
    city = load_pack(pack)
    assert offered(load_pack(pack)) == [("haus", "buecher")]
    (pack / "places.toml").write_text(PLACE.format("werkzeug"), encoding="utf-8")
    load_pack(pack)
    assert offered(city) == [("haus", "werkzeug")]


def test_a_place_with_an_unknown_service_is_a_fault(pack: Path) -> None:
    (pack / "places.toml").write_text(PLACE.format("kutsche"), encoding="utf-8")
    assert [str(fault) for fault in check_pack(pack)] == ["places.toml:1: the service 'kutsche' is not in services.toml"]


FULL = """[[service]]
key = "leihregal"
name.de = "Leihregal"
name.en = "Lending shelf"
name.simple = "Leih-Regal"
summary.de = "Dinge leihen"
hours.de = "Mittwoch"
hours.en = "Wednesday"
hours.simple = "Mittwoch"
languages = ["de", "tr"]
accessibility = ["lift"]
areas = ["mitte"]
phone = "040 1"
budget = 48000
started = 2024-02-29
[[service.indicator]]
key = "ausleihen"
name.de = "Ausleihen"
name.en = "Loans"
name.simple = "Ausleihen"
target = 400
"""


def loaded(pack: Path, text: str) -> Service:
    (pack / "services.toml").write_text(text, encoding="utf-8")
    (pack / "places.toml").unlink(missing_ok=True)
    return Service.objects.of(load_pack(pack)).get(key="leihregal")


def test_a_service_brings_hours_languages_areas_budget_and_what_it_is_measured_by(pack: Path) -> None:
    row = loaded(pack, FULL)
    assert (row.hours["de"], row.languages, row.accessibility, row.phone, row.budget) == ("Mittwoch", "de tr", "lift", "040 1", 48000)
    assert (row.started_on, row.status) == (dt.date(2024, 2, 29), "operation")
    assert list(ServiceArea.objects.of(row.city).values_list("area__key", flat=True)) == ["mitte"]
    indicator = Indicator.objects.of(row.city).get()
    assert (indicator.target, indicator.next_on) == (400, next_look(row.started_on, timezone.localdate()))
    assert ServiceState.objects.of(row.city).get().status == "operation"
    assert miscounts(row.city) == []


def test_what_was_changed_in_the_browser_stays_when_the_pack_is_loaded_again(pack: Path) -> None:
    row = loaded(pack, FULL)
    actor = city_actor(row.city)
    set_service(actor, row, version=row.version, values={"phone": "040 2"}, areas=[])
    row.refresh_from_db()
    change_state(actor, row, "improving", version=row.version, reason=Translated({"de": "Mehr Dinge"}))
    again = loaded(pack, FULL.replace('"040 1"', '"040 9"').replace("48000", "50000"))
    assert (again.phone, again.status, again.budget) == ("040 2", "improving", 50000)
    assert not ServiceArea.objects.of(row.city).exists()


def test_a_state_that_changes_in_the_pack_is_kept_in_the_history(pack: Path) -> None:
    row = loaded(pack, FULL)
    assert loaded(pack, FULL + "").version == row.version
    ended = loaded(pack, FULL.replace('areas = ["mitte"]', 'status = "ended"'))
    assert [state.status for state in ServiceState.objects.of(row.city).order_by("pk")] == ["operation", "ended"]
    assert (ended.status, Indicator.objects.of(row.city).get().next_on) == ("ended", None)


def test_a_pack_without_the_new_fields_takes_nothing_away(pack: Path) -> None:
    loaded(pack, FULL)
    row = loaded(pack, SERVICES.replace("buecher", "leihregal"))
    assert (row.name["de"], row.phone, row.languages, row.budget) == ("leihregal", "040 1", "de tr", 48000)


def test_faults_of_a_service_are_named_with_their_line(pack: Path) -> None:
    broken = {
        "hours.simple = ": ("hour.simple = ", "'hour' is not known here"),
        'hours.en = "Wednesday"': ("", "the hours of 'leihregal' lacks en"),
        '["de", "tr"]': ('["de", "xx"]', "'xx' in languages is not known"),
        '["lift"]': ('["elevator"]', "'elevator' in accessibility is not known"),
        '["mitte"]': ('["moon"]', "the area 'moon' is not in areas.geojson"),
        "48000": ('"much"', "'budget' is a number of euros a year"),
        "2024-02-29": ('"soon"', "'started' is a day, as 2024-03-01"),
        'name.en = "Loans"': ("", "the indicator 'ausleihen' lacks a name in en"),
        "target = 400": ('target = "many"', "the target of the indicator 'ausleihen' is no number"),
    }
    (pack / "places.toml").unlink()
    for whole, (part, sentence) in broken.items():
        (pack / "services.toml").write_text("# A catalogue.\n" + FULL.replace(whole, part), encoding="utf-8")
        said = [str(fault) for fault in check_pack(pack)]
        assert [fault for fault in said if fault.startswith(f"services.toml:2: {sentence}")], (sentence, said)


@pytest.mark.parametrize(
    ("started", "after", "day"),
    [
        ("2026-01-31", "2026-02-01", "2026-07-31"),
        ("2026-01-31", "2026-07-31", "2027-01-31"),
        ("2025-08-31", "2026-02-01", "2026-02-28"),
        ("2024-02-29", "2024-12-01", "2025-02-28"),
        ("2020-05-04", "2026-05-03", "2026-05-04"),
        ("2020-05-04", "2026-05-04", "2027-05-04"),
        ("2020-12-31", "2026-01-01", "2026-12-31"),
    ],
)
def test_indicators_are_looked_at_after_6_and_12_months_and_then_each_year(started: str, after: str, day: str) -> None:
    assert next_look(dt.date.fromisoformat(started), dt.date.fromisoformat(after)) == dt.date.fromisoformat(day)
