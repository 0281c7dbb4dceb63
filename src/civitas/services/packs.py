"""The pack's service catalogue: checked and loaded by key. What the team changed in the browser stays as it is."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from civitas.cities.models import Area, Place
from civitas.kit.packs import Fault, Pack, translations_missing
from civitas.kit.translated import Translated
from civitas.people.models import Organisation
from civitas.services.actions import count_anew, place_in, plan_looks, write_service, write_state
from civitas.services.codes import ACCESS, LANGUAGES, joined
from civitas.services.models import WORDS, Indicator, Service, ServicePlace, ServiceState

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from civitas.cities.models import City

FILE = "services.toml"
# A place names the services that people meet there.
PLACES = "places.toml"
_AREAS = "areas.geojson"
_KNOWN = {
    *WORDS, "key", "organisation", "responsible", "status", "url", "phone", "email", "languages", "accessibility", "areas", "budget",
    "started", "indicator",
}  # fmt: skip
_CODES = {"languages": LANGUAGES, "accessibility": ACCESS}


def check_services(pack: Pack) -> Iterator[Fault]:
    """Faults of services.toml: missing or doubled keys, unknown providers, areas, codes and states, missing languages."""
    providers = {entry.get("key") for _line, entry in pack.entries("organisations.toml", "organisation")}
    areas = {feature.get("properties", {}).get("key") for feature in (pack.json(_AREAS) or {}).get("features", [])}
    seen: set[str] = set()
    for line, entry in pack.entries(FILE, "service"):
        key = entry.get("key", "")
        if not key:
            yield Fault(FILE, line, "a service needs a key")
        if key in seen:
            yield Fault(FILE, line, f"the key '{key}' stands twice")
        seen.add(key)
        yield from _check_words(line, entry)
        for name in ("organisation", "responsible"):
            if entry.get(name) and entry[name] not in providers:
                yield Fault(FILE, line, f"the {name} '{entry[name]}' is not in organisations.toml")
        for area in entry.get("areas", []):
            if area not in areas:
                yield Fault(FILE, line, f"the area '{area}' is not in {_AREAS}")
        yield from _check_values(line, entry)
    for line, entry in pack.entries(PLACES, "place"):
        for key in entry.get("services", []):
            if key not in seen:
                yield Fault(PLACES, line, f"the service '{key}' is not in {FILE}")


def _check_words(line: int, entry: Mapping[str, Any]) -> Iterator[Fault]:
    for name in sorted(entry.keys() - _KNOWN):
        yield Fault(FILE, line, f"'{name}' is not known here")
    for name in WORDS:
        words = entry.get(name)
        if isinstance(words, dict) and not all(isinstance(text, str) for text in words.values()):
            yield Fault(FILE, line, f"the {name} of '{entry.get('key', '')}' holds something else than texts")
        # Packs from before the pages of services have a summary in some languages or none.
        asked = name == "name" or (name in entry and name != "summary")
        if asked and (missing := translations_missing(entry.get(name))):
            yield Fault(FILE, line, f"the {name} of '{entry.get('key', '')}' lacks {', '.join(missing)}")
    if entry.get("status", "operation") not in Service.Status.values:
        yield Fault(FILE, line, f"'{entry['status']}' is no status of a service ({', '.join(Service.Status.values)})")


def _check_values(line: int, entry: Mapping[str, Any]) -> Iterator[Fault]:
    for name, known in _CODES.items():
        for code in entry.get(name, []):
            if code not in known:
                yield Fault(FILE, line, f"'{code}' in {name} is not known ({', '.join(known)})")
    if entry.get("email"):
        try:
            validate_email(entry["email"])
        except ValidationError:
            yield Fault(FILE, line, f"'{entry['email']}' is no mail address")
    if "budget" in entry and not (_is_number(entry["budget"]) and entry["budget"] >= 0):
        yield Fault(FILE, line, "'budget' is a number of euros a year")
    if "started" in entry and (not isinstance(entry["started"], dt.date) or isinstance(entry["started"], dt.datetime)):
        yield Fault(FILE, line, "'started' is a day, as 2024-03-01")
    keys = []
    for indicator in entry.get("indicator", []):
        keys.append(indicator.get("key", ""))
        if missing := translations_missing(indicator.get("name")):
            yield Fault(FILE, line, f"the indicator '{keys[-1]}' lacks a name in {', '.join(missing)}")
        if "target" in indicator and not _is_number(indicator["target"]):
            yield Fault(FILE, line, f"the target of the indicator '{keys[-1]}' is no number")
    if not all(keys) or len(set(keys)) != len(keys):
        yield Fault(FILE, line, "each indicator has a key of its own")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


@transaction.atomic
def load_services(city: City, pack: Pack) -> None:
    """Write the pack's services, updating by key; what the pack no longer names stays, and so does what was changed in the browser."""
    providers = {row.key: row for row in Organisation.objects.of(city)}
    areas = {row.key: row for row in Area.objects.of(city).defer("boundary")}
    known = {row.key: row for row in Service.objects.of(city).select_related("organisation", "responsible")}
    for _line, entry in pack.entries(FILE, "service"):
        service = known.get(entry["key"]) or Service(city=city, key=entry["key"])
        service.city = city
        _load_one(service, entry, providers)
        if "areas" in entry and "areas" not in service.handmade:
            place_in(service, [areas[key] for key in dict.fromkeys(entry["areas"])])
        _load_indicators(service, entry)
    _load_places(city, pack)
    count_anew(city)


def _load_one(service: Service, entry: Mapping[str, Any], providers: Mapping[str, Organisation]) -> None:
    is_new, kept = service.pk is None, service.handmade
    values: dict[str, Any] = {name: Translated(entry[name]) for name in WORDS if name in entry}
    values |= {name: entry[name] for name in ("url", "phone", "email", "budget") if name in entry}
    values |= {name: joined(entry[name]) for name in _CODES if name in entry}
    values |= {name: providers.get(entry[name]) for name in ("organisation", "responsible") if name in entry}
    if "started" in entry:
        values["started_on"] = entry["started"]
    for name, value in values.items():
        if name not in kept:
            setattr(service, name, value)
    status = entry.get("status", Service.Status.OPERATION)
    if is_new:
        service.status = status
    write_service(service)
    if is_new and service.started_on and status == Service.Status.OPERATION:
        at = timezone.make_aware(dt.datetime.combine(service.started_on, dt.time(9)))
        ServiceState.objects.create(city_id=service.city_id, service=service, status=status, at=at)
    elif not is_new and "status" in entry and status != service.status and "status" not in kept:
        write_state(service, status)


def _load_indicators(service: Service, entry: Mapping[str, Any]) -> None:
    if "indicators" in service.handmade:
        return
    for given in entry.get("indicator", []):
        values = {"name": Translated(given["name"]), "unit": Translated(given.get("unit", {})), "target": given.get("target")}
        rows = Indicator.objects.of(service.city_id)
        rows.update_or_create(service=service, key=given["key"], defaults={"city": service.city, **values})
    if entry.get("indicator"):
        plan_looks(service)


def _load_places(city: City, pack: Pack) -> None:
    services = {row.key: row for row in Service.objects.of(city)}
    places = {row.key: row for row in Place.objects.of(city)}
    for _line, entry in pack.entries(PLACES, "place"):
        if "services" not in entry:
            continue
        place = places[entry["key"]]
        # Where somebody chose a service's places in the browser, the pack neither adds nor removes any.
        free = [row for row in services.values() if "places" not in row.handmade]
        offered = [row for key in dict.fromkeys(entry["services"]) if (row := services[key]) in free]
        rows = ServicePlace.objects.of(city).filter(place=place, service__in=free)
        rows.exclude(service__in=offered).delete()
        for service in offered:
            ServicePlace.objects.of(city).get_or_create(city=city, place=place, service=service)
