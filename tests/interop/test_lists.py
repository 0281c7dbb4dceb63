"""Lists as files, as they are filtered."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Any

import pytest
from tests.factories import make_area, make_browser, make_city, make_contribution, make_process, make_staff, make_step

if TYPE_CHECKING:
    from civitas.cities.models import City

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> City:
    found = make_city("hamburg")
    step = make_step(make_process(found))
    veddel = make_area(found, "Veddel", key="veddel")
    make_contribution(step, "Schatten", area=veddel)
    make_contribution(step, "=1+1", area=veddel, status="planned")
    make_contribution(step, "Anderswo", status="planned")
    make_contribution(step, "Noch nicht gelesen", visibility="waiting")
    make_contribution(step, "Verborgen", visibility="hidden")
    return found


def rows_of(answer: Any) -> list[dict[str, str]]:
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    answer.close()
    return list(csv.DictReader(io.StringIO(text)))


def test_explore_goes_out_as_it_is_filtered_and_only_what_is_shown(city: City) -> None:
    guest = make_browser(city)
    assert [row["title"] for row in rows_of(guest.post("/entdecken/datei.csv"))] == ["Schatten", "'=1+1", "Anderswo"]
    assert [row["title"] for row in rows_of(guest.post("/entdecken/datei.csv?area=veddel&status=planned"))] == ["'=1+1"]
    for ending, start in (("xlsx", b"PK"), ("geojson", b'{"type": "FeatureCollection"')):
        answer = guest.post(f"/entdecken/datei.{ending}")
        assert b"".join(answer.streaming_content).startswith(start)
        answer.close()
    assert guest.post("/entdecken/datei.exe").status_code == 404
    assert guest.get("/entdecken/datei.csv").status_code in {302, 405}


def test_the_page_offers_the_files_under_its_filters(city: City) -> None:
    page = make_browser(city).get("/entdecken?area=veddel").content.decode()
    assert re.findall(r'formaction="(/entdecken/datei[^"]*)"', page) == [
        f"/entdecken/datei.{ending}?area=veddel" for ending in ("xlsx", "csv", "geojson")
    ]


def test_too_many_files_in_a_row_have_to_wait(city: City, settings: Any) -> None:
    settings.RATE_FACTOR = 0.02
    guest = make_browser(city)
    found = [guest.post("/entdecken/datei.csv") for _ in range(4)]
    assert 429 in {answer.status_code for answer in found}
    for answer in found:
        answer.close()


def test_the_teams_list_goes_out_by_view_and_words_and_what_is_hidden_to_editors_alone(city: City) -> None:
    jule, expert = make_browser(city, make_staff(city, "moderator")), make_browser(city, make_staff(city, "expert"))
    address = "/verwaltung/beitraege/datei.csv"
    assert [row["title"] for row in rows_of(jule.post(f"{address}?ansicht=waiting"))] == ["Noch nicht gelesen"]
    assert [row["title"] for row in rows_of(jule.post(f"{address}?ansicht=hidden&q=borgen"))] == ["Verborgen"]
    assert len(rows_of(expert.post(address))) == 3
    assert expert.post(f"{address}?ansicht=hidden").status_code == 403
    assert jule.post(f"{address}?ansicht=erased").status_code == 404


def test_the_team_takes_its_list_in_the_columns_of_dipas(city: City) -> None:
    expert = make_browser(city, make_staff(city, "expert"))
    answer = expert.post("/verwaltung/beitraege/datei.dipas")
    assert answer.headers["Content-Disposition"].endswith('.csv"')
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    answer.close()
    assert [row["Title"] for row in csv.DictReader(io.StringIO(text), delimiter=";")] == ["Schatten", "'=1+1", "Anderswo"]
    assert "datei.dipas" in expert.get("/verwaltung/beitraege").text
    assert make_browser(city).post("/entdecken/datei.dipas").status_code == 404
