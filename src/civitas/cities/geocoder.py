"""Addresses from a service that the city chose (Photon or Nominatim): asked by the server alone, so that it learns of nobody.

It is help and no need: when it is slow, gone or talks nonsense, the city's own names still answer, and it is left alone for a while.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from dataclasses import dataclass
from http.client import HTTPException
from typing import TYPE_CHECKING, Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from civitas.cities.gazetteer import LONGEST_QUERY, MOST_HITS, Spot, find_spots, with_area
from civitas.cities.queries import area_at
from civitas.kit.folding import folded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from civitas.cities.models import City

SECONDS = 2.0
LONGEST_ANSWER = 256 * 1024
# So many failures in a row, and the service rests so many seconds.
FAILURES = 3
REST_SECONDS = 60.0
KEPT_SECONDS = 600.0
MOST_KEPT = 500
# Requests under way at once in this process; who comes later gets the city's own names alone.
MOST_AT_ONCE = 2
SHORTEST_QUERY = 4
_log = logging.getLogger(__name__)
_under_way = threading.BoundedSemaphore(MOST_AT_ONCE)


@dataclass
class _Circuit:
    failures: int = 0
    rests_until: float = 0.0


_circuits: dict[str, _Circuit] = {}
_answers: dict[tuple[str, int, str], tuple[float, list[Spot]]] = {}


class _StayHere(HTTPRedirectHandler):
    """A redirect is no answer: the city named one address, and no other is asked."""

    def redirect_request(self, *_arguments: Any) -> None:
        return None


_OPENER = build_opener(_StayHere, ProxyHandler())


def find_places(city: City, query: str, *, most: int = MOST_HITS) -> list[Spot]:
    """The city's own areas, places and names for a query, then addresses from its address service where there is one."""
    found = find_spots(city, query, most=most)
    known = {folded(spot.said) for spot in found}
    for spot in addresses(city, query) if len(found) < most else []:
        if len(found) < most and folded(spot.said) not in known:
            known.add(folded(spot.said))
            found.append(spot)
    return found


def addresses(city: City, query: str) -> list[Spot]:
    """What the city's address service knows, within the city; [] when there is none, it rests, or it fails."""
    config, wanted = city.config.map, folded(query[:LONGEST_QUERY])
    if not config.geocoder or len(wanted) < SHORTEST_QUERY:
        return []
    key, now = (config.geocoder_url, city.pk, wanted), time.monotonic()
    kept = _answers.get(key)
    if kept and kept[0] > now:
        return kept[1]
    circuit = _circuits.setdefault(config.geocoder_url, _Circuit())
    if circuit.rests_until > now or not _under_way.acquire(blocking=False):
        return []
    try:
        found = [spot for spot in _read(config.geocoder, _ask(city, query[:LONGEST_QUERY])) if _is_in(city, spot)][:MOST_HITS]
    except (OSError, URLError, HTTPException, ValueError, TypeError, KeyError, AttributeError) as error:
        circuit.failures += 1
        if circuit.failures >= FAILURES:
            circuit.failures, circuit.rests_until = 0, time.monotonic() + REST_SECONDS
        # Never what was looked for: it may be somebody's address.
        _log.warning("The address service of %s gave no answer (%s).", city.slug, type(error).__name__)
        return []
    finally:
        _under_way.release()
    circuit.failures = 0
    found = [with_area(city, spot) for spot in found]
    if len(_answers) >= MOST_KEPT:
        _answers.clear()
    _answers[key] = (now + KEPT_SECONDS, found)
    return found


def forget_answers() -> None:
    """Ask every address service afresh; for tests."""
    _answers.clear()
    _circuits.clear()


def _ask(city: City, query: str) -> Any:
    config = city.config.map
    west, south, east, north = config.bounds
    if config.geocoder == "photon":
        asked: dict[str, Any] = {"q": query, "limit": MOST_HITS, "lang": "de", "bbox": f"{west},{south},{east},{north}"}
    else:
        asked = {"q": query, "limit": MOST_HITS, "format": "jsonv2", "bounded": 1, "viewbox": f"{west},{north},{east},{south}"}
    headers = {"User-Agent": "Civitas Digitalis", "Accept": "application/json"}
    request = Request(f"{config.geocoder_url}?{urlencode(asked)}", headers=headers)  # noqa: S310  (the schema lets only http and https in)
    ends_at = time.monotonic() + SECONDS
    body = b""
    with _OPENER.open(request, timeout=SECONDS) as answer:
        # In pieces: a service that drips one byte a second would never run into the socket's own limit.
        while piece := answer.read1(16_384):
            body += piece
            if len(body) > LONGEST_ANSWER:
                raise ValueError("the answer is too long")
            if time.monotonic() > ends_at:
                raise TimeoutError
    return json.loads(body)


def _read(service: str, answer: Any) -> Iterator[Spot]:
    if service == "photon":
        for feature in answer["features"]:
            own, (lon, lat) = feature["properties"], feature["geometry"]["coordinates"][:2]
            yield _address(own.get("name"), own.get("street"), own.get("housenumber"), lat, lon)
        return
    for entry in answer:
        head = str(entry["display_name"]).split(",")
        # Nominatim puts the number first: '12, Große Bergstraße, Altona-Altstadt, …'.
        number, street = (head[0].strip(), head[1].strip()) if len(head) > 1 and head[0].strip()[:1].isdigit() else ("", head[0].strip())
        yield _address(street, None, number, entry["lat"], entry["lon"])


def _address(name: Any, street: Any, number: Any, lat: Any, lon: Any) -> Spot:
    line = str(name or "") or " ".join(str(part) for part in (street, number) if part)
    if name and not street and number:
        line = f"{name} {number}"
    return Spot("address", " ".join(line.split())[:160], "", float(lat), float(lon))


def _is_in(city: City, spot: Spot) -> bool:
    # Answers in NaN or beyond the city are dropped before they reach anybody.
    return bool(spot.name) and spot.lat is not None and spot.lon is not None and area_at(city, spot.lat, spot.lon) is not None
