from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.journal.test_actions import make_sealed
from tests.outbox.factories import make_city

from civitas.journal import views
from civitas.journal.actions import verify_all

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

pytestmark = pytest.mark.django_db
HOST = {"HTTP_HOST": "teststadt.localhost"}


def test_anyone_reads_the_last_fingerprints_without_signing_in(client: Client) -> None:
    city = make_city()
    make_sealed(city, 2, 1)
    page = client.get("/nachweisbuch", **HOST)
    assert page.status_code == 200
    assert page.context["last_seal"].root in page.text.replace("<wbr>", "")
    assert "Nachweisbuch" in page.text


def test_the_page_is_there_before_the_first_seal_and_in_three_languages(client: Client) -> None:
    make_city()
    said = {"": "Noch ist nichts versiegelt", "/en": "Nothing has been sealed yet", "/einfach": "Noch ist nichts gesichert"}
    for prefix, word in said.items():
        page = client.get(f"{prefix}/nachweisbuch", **HOST)
        assert page.status_code == 200
        assert word in page.text


def test_the_published_list_is_the_anchor_file_page_by_page(client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "_LISTED", 2)
    city = make_city()
    make_sealed(city, 1, 1, 1)
    first = client.get("/nachweisbuch.json", **HOST)
    assert [seal["number"] for seal in first.json()["seals"]] == [1, 2]
    second = client.get(first.json()["next"], **HOST)
    assert [seal["number"] for seal in second.json()["seals"]] == [3]
    assert second.json()["next"] is None
    file = tmp_path / "anchor.json"
    file.write_bytes(second.content)
    assert verify_all(file) == []


@pytest.mark.parametrize("after", ["-1", "x", "", "9" * 30, "1.5", "٣"])
def test_a_mangled_cursor_shows_the_start(client: Client, after: str) -> None:
    make_sealed(make_city(), 1)
    answer = client.get("/nachweisbuch.json", {"after": after}, **HOST)
    assert len(answer.json()["seals"]) == 1


def test_another_city_shows_its_own_record_only_and_the_bare_host_none(client: Client) -> None:
    make_sealed(make_city(), 1)
    make_city("other")
    assert client.get("/nachweisbuch.json", HTTP_HOST="other.localhost").json()["seals"] == []
    assert client.get("/nachweisbuch", HTTP_HOST="localhost").status_code == 404
    assert client.get("/nachweisbuch.json", HTTP_HOST="localhost").status_code == 404


@pytest.mark.parametrize("seals", [1, 3])
def test_the_page_costs_the_same_for_many_seals(client: Client, django_assert_num_queries: object, seals: int) -> None:
    make_sealed(make_city(), *[1] * seals)
    client.get("/nachweisbuch", **HOST)
    with django_assert_num_queries(1):
        client.get("/nachweisbuch", **HOST)
