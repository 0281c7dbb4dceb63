"""The pack's service catalogue: checked and loaded by key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from civitas.cities.models import Place
from civitas.kit.packs import Fault, Pack, translations_missing
from civitas.kit.translated import Translated
from civitas.people.models import Organisation
from civitas.services.models import Service, ServicePlace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from civitas.cities.models import City

FILE = "services.toml"
# A place names the services that people meet there.
PLACES = "places.toml"


def check_services(pack: Pack) -> Iterator[Fault]:
    """Faults of services.toml: missing or doubled keys, unknown providers and states, missing languages."""
    providers = {entry.get("key") for _line, entry in pack.entries("organisations.toml", "organisation")}
    seen: set[str] = set()
    for line, entry in pack.entries(FILE, "service"):
        key = entry.get("key", "")
        if not key:
            yield Fault(FILE, line, "a service needs a key")
        if key in seen:
            yield Fault(FILE, line, f"the key '{key}' stands twice")
        seen.add(key)
        if missing := translations_missing(entry.get("name")):
            yield Fault(FILE, line, f"the name of '{key}' lacks {', '.join(missing)}")
        if entry.get("organisation") and entry["organisation"] not in providers:
            yield Fault(FILE, line, f"the organisation '{entry['organisation']}' is not in organisations.toml")
        if entry.get("status", "operation") not in Service.Status.values:
            yield Fault(FILE, line, f"'{entry['status']}' is no status of a service ({', '.join(Service.Status.values)})")
    for line, entry in pack.entries(PLACES, "place"):
        for key in entry.get("services", []):
            if key not in seen:
                yield Fault(PLACES, line, f"the service '{key}' is not in {FILE}")


def load_services(city: City, pack: Pack) -> None:
    """Write the pack's services, updating by key; what the pack no longer names stays."""
    providers = {row.key: row for row in Organisation.objects.of(city)}
    for _line, entry in pack.entries(FILE, "service"):
        Service.objects.of(city).update_or_create(
            key=entry["key"],
            defaults={
                "city": city,
                "name": Translated(entry["name"]),
                "summary": Translated(entry.get("summary", {})),
                "organisation": providers.get(entry.get("organisation", "")),
                "status": entry.get("status", "operation"),
                "url": entry.get("url", ""),
            },
        )
    _load_places(city, pack)


def _load_places(city: City, pack: Pack) -> None:
    services = {row.key: row for row in Service.objects.of(city)}
    places = {row.key: row for row in Place.objects.of(city)}
    for _line, entry in pack.entries(PLACES, "place"):
        if "services" not in entry:
            continue
        place = places[entry["key"]]
        offered = [services[key] for key in dict.fromkeys(entry["services"])]
        ServicePlace.objects.of(city).filter(place=place).exclude(service__in=offered).delete()
        for service in offered:
            ServicePlace.objects.of(city).get_or_create(city=city, place=place, service=service)
