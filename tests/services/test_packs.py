from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from tests.interop.desks import PACKS

from civitas.interop.packs import check_pack, load_pack
from civitas.services.models import ServicePlace

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
