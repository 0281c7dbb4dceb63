"""The address service, asked over real HTTP: answers, slow, garbage, broken, gone, huge, redirecting."""

from __future__ import annotations

import json
import logging
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import ValidationError
from tests.factories import SETTINGS, make_area, make_browser, make_city

from civitas.cities import geocoder
from civitas.cities.config import CityConfig
from civitas.cities.geocoder import addresses, find_places, forget_answers
from civitas.cities.models import City, PlaceName
from civitas.cities.queries import forget_cities

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.django_db


def photon(*places: tuple[str, float, float]) -> bytes:
    features = [
        {"type": "Feature", "properties": {"street": name, "housenumber": "7"}, "geometry": {"type": "Point", "coordinates": [lon, lat]}}
        for name, lat, lon in places
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


class Service:
    """A real HTTP server that answers as the test says."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.agents: list[str] = []
        self.status, self.body, self.location = 200, photon(("Bahrenfelder Straße", 53.55, 9.93)), ""
        self.hold = threading.Event()
        self.hold.set()
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                service.asked.append(self.path)
                service.agents.append(str(self.headers))
                service.hold.wait(20)
                try:
                    self.send_response(service.status)
                    if service.location:
                        self.send_header("Location", service.location)
                    self.send_header("Content-Length", str(len(service.body)))
                    self.end_headers()
                    self.wfile.write(service.body)
                except OSError:
                    pass  # whoever asked has hung up

            def log_message(self, *_arguments: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/api"

    def stop(self) -> None:
        self.hold.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def service() -> Iterator[Service]:
    forget_answers()
    service = Service()
    yield service
    service.stop()


@pytest.fixture
def make_asking(service: Service) -> Callable[..., City]:
    """Makes a city that asks the test's service."""

    def make(kind: str = "photon") -> City:
        city = make_city(settings={**SETTINGS, "map": {**SETTINGS["map"], "geocoder": kind, "geocoder_url": service.url}})
        make_area(city, "Ottensen")
        PlaceName.objects.create(city=city, name="Bahrenfelder Dreieck", kind="square", lat=53.56, lon=9.91)
        forget_cities()
        return city

    return make


def names(city: City, query: str = "Bahrenfelder") -> list[str]:
    return [spot.name for spot in find_places(city, query)]


def test_photons_addresses_come_after_the_citys_own_names(service: Service, make_asking: Callable[..., City]) -> None:
    city = make_asking()
    assert names(city) == ["Bahrenfelder Dreieck", "Bahrenfelder Straße 7"]
    asked = parse_qs(urlsplit(service.asked[0]).query)
    assert asked["q"] == ["Bahrenfelder"]
    assert asked["bbox"] == ["9.8,53.4,10.2,53.7"]
    assert find_places(city, "Bahrenfelder")[1].area == "Ottensen"


def test_nominatims_addresses_are_read_too(service: Service, make_asking: Callable[..., City]) -> None:
    service.body = json.dumps([{"display_name": "12, Große Bergstraße, Altona", "lat": "53.551", "lon": "9.94"}]).encode()
    assert names(make_asking("nominatim"), "große berg") == ["Große Bergstraße 12"]
    assert parse_qs(urlsplit(service.asked[0]).query)["viewbox"] == ["9.8,53.7,10.2,53.4"]


def test_what_lies_outside_the_city_is_left_out(service: Service, make_asking: Callable[..., City]) -> None:
    service.body = photon(("Berliner Straße", 52.5, 13.4), ("Nirgendwo", float("nan"), 9.9))
    assert names(make_asking()) == ["Bahrenfelder Dreieck"]


def test_nobody_is_asked_without_the_setting_or_for_a_few_letters(service: Service, make_asking: Callable[..., City]) -> None:
    assert addresses(make_city(), "Bahrenfelder") == []
    assert addresses(make_asking(), "Bah") == []
    assert service.asked == []


def test_the_service_learns_nothing_of_the_person_and_is_asked_once(service: Service, make_asking: Callable[..., City]) -> None:
    city = make_asking()
    browser = make_browser(city)
    for _ in range(3):
        page = browser.get("/ortssuche?q=Bahrenfelder", headers={"user-agent": "Idas Telefon", "cookie": "gast=1"})
        assert "Bahrenfelder Straße 7" in page.content.decode()
    assert len(service.asked) == 1
    assert "Telefon" not in service.agents[0]
    assert "gast" not in service.agents[0]
    assert "Civitas" in service.agents[0]


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b"oops"),
        (404, b""),
        (429, b""),
        (200, b"<html>not json"),
        (200, b"[1, 2"),
        (200, b"null"),
        (200, b'{"features": 5}'),
        (200, b'{"features": [{"properties": null, "geometry": {"coordinates": [9.9]}}]}'),
        (200, b"\xff\xfe" * 10),
        (200, b" " * 5_000_000),
    ],
)
def test_nonsense_leaves_the_citys_own_names(
    service: Service, make_asking: Callable[..., City], status: int, body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    service.status, service.body = status, body
    with caplog.at_level(logging.WARNING):
        assert names(make_asking()) == ["Bahrenfelder Dreieck"]
    assert "gave no answer" in caplog.text
    assert "Bahrenfelder" not in caplog.text


def test_a_redirect_is_not_followed(service: Service, make_asking: Callable[..., City]) -> None:
    service.status, service.location = 302, f"{service.url}/elsewhere"
    assert names(make_asking()) == ["Bahrenfelder Dreieck"]
    assert len(service.asked) == 1


def test_a_slow_service_is_not_waited_for(service: Service, make_asking: Callable[..., City], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(geocoder, "SECONDS", 0.2)
    service.hold.clear()
    assert names(make_asking()) == ["Bahrenfelder Dreieck"]


def test_a_service_that_is_gone_rests_after_three_failures(service: Service, make_asking: Callable[..., City]) -> None:
    service.status = 500
    city = make_asking()
    for number in range(5):
        assert addresses(city, f"Straße {number}") == []
    assert len(service.asked) == geocoder.FAILURES
    service.status = 200
    assert addresses(city, "Bahrenfelder") == []  # still resting


def test_a_service_that_cannot_be_reached_is_no_error(make_asking: Callable[..., City], service: Service) -> None:
    city = make_asking()
    service.server.server_close()
    assert names(city) == ["Bahrenfelder Dreieck"]


def test_an_answer_mends_the_count_of_failures(service: Service, make_asking: Callable[..., City]) -> None:
    city = make_asking()
    for number in range(6):
        service.status = 500 if number % 2 else 200
        addresses(city, f"Straße {number}")
    assert len(service.asked) == 6


@pytest.mark.parametrize("url", ["", "ftp://x/", "file:///etc/passwd", "//x", "https://user@host/", "https://host/?q="])
def test_an_address_service_needs_a_web_address(url: str) -> None:
    settings = {**SETTINGS, "map": {**SETTINGS["map"], "geocoder": "photon", "geocoder_url": url}}
    with pytest.raises(ValidationError):
        CityConfig.model_validate(settings)
