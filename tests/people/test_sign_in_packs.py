"""What a pack may say of the city's sign-in service, and what `civitas city check` says of the rest."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.people.signing_in import keep_secret

from civitas.cities.models import City
from civitas.interop.packs import check_pack, load_pack

SMALL = Path(__file__).resolve().parents[1] / "packs/small"
GOOD = """
[sign_in]
issuer = "https://id.example.de/realms/klein"
client_id = "civitas"
name = "BundID"

[sign_in.label]
de = "Mit BundID anmelden"
"""


@pytest.fixture
def pack(tmp_path: Path, settings: Any) -> Path:
    (tmp_path / "secrets").mkdir()
    settings.OIDC_SECRETS = str(keep_secret(tmp_path / "secrets", "klein"))
    return Path(shutil.copytree(SMALL, tmp_path / "klein"))


def write(pack: Path, *changes: tuple[str, str], extra: str = "") -> None:
    text = GOOD + extra
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    with (pack / "city.toml").open("a", encoding="utf-8") as file:
        file.write(text)


def faults(pack: Path) -> list[str]:
    return [fault.sentence for fault in check_pack(pack)]


@pytest.mark.django_db
def test_a_good_one_is_loaded_without_its_secret(pack: Path) -> None:
    write(pack)
    assert faults(pack) == []
    city = load_pack(pack)
    assert city.config.sign_in is not None
    assert (city.config.sign_in.name, city.config.sign_in.scopes) == ("BundID", ["openid", "email"])
    assert "geheim" not in str(City.objects.get().settings)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("https://id", "http://id"), "has to begin with https://"),
        (("https://id.example.de/realms/klein", "id.example.de"), "the service's https address"),
        (("/klein", "/klein?x=1"), "without a query"),
        (("/klein", "/klein\\u0000"), "the service's https address"),
        (("id.example.de", "name:word@id.example.de"), "the service's https address"),
        (('client_id = "civitas"', ""), "sign_in.client_id: Field required"),
        (('name = "BundID"', 'name = ""'), "sign_in.name: String should have at least 1 character"),
        (('name = "BundID"', 'name = "BundID"\nscopes = ["email"]'), "have to name 'openid'"),
        (('name = "BundID"', 'name = "BundID"\nscopes = ["openid", "a b"]'), "'a b' is no scope"),
        (('name = "BundID"', 'name = "BundID"\nclient_secret = "x"'), "a secret never stands in a pack"),
        (('de = "Mit BundID anmelden"', 'en = "Sign in with BundID"'), "sign_in: the label lacks de"),
        (('de = "Mit BundID anmelden"', 'de = ""'), "sign_in: the label lacks de"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_wrong_is_named(pack: Path, change: tuple[str, str], sentence: str) -> None:
    write(pack, change)
    assert any(sentence in each for each in faults(pack)), faults(pack)


def test_a_missing_secret_is_named_with_the_file_it_belongs_into(pack: Path, settings: Any) -> None:
    write(pack)
    (Path(settings.OIDC_SECRETS) / "klein").unlink()
    assert faults(pack) == [f"sign_in: the client's secret is missing; it belongs into the file 'klein' in {settings.OIDC_SECRETS}"]


def test_a_public_client_needs_none(pack: Path, settings: Any) -> None:
    settings.OIDC_SECRETS = ""
    write(pack, ('name = "BundID"', 'name = "BundID"\npublic = true'))
    assert faults(pack) == []


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1", "[::1]:8080", "id.localhost"])
def test_on_this_very_machine_a_service_needs_no_tls(pack: Path, host: str) -> None:
    write(pack, ("https://id.example.de", f"http://{host}"))
    assert faults(pack) == []
