"""Checking and loading city packs: every room's section in its order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from civitas.cities.models import CityHost
from civitas.cities.packs import FILE, ensure_city
from civitas.kit.packs import Fault, Pack, PackError
from civitas.kit.rooms import rooms

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from civitas.cities.models import City
    from civitas.kit.rooms import PackSection


def _sections() -> list[PackSection]:
    return sorted((section for room in rooms() for section in room.pack_sections), key=lambda section: section.order)


def check_pack(folder: Path) -> list[Fault]:
    """Every fault of the pack with file and line, sorted; empty when it can be loaded."""
    pack = Pack(folder)
    faults: list[Fault] = []
    for section in _sections():
        try:
            faults.extend(section.check(pack))
        except PackError as error:
            faults.append(error.fault)
    return sorted(set(faults), key=lambda fault: (fault.file, fault.line, fault.sentence))


class FaultyPack(Exception):
    """The pack was not loaded; `faults` says why."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


def _taken_hosts(pack: Pack) -> Iterator[Fault]:
    """Hosts that lead to another city of this house: a pack does not take them over."""
    data = pack.toml(FILE)
    hosts = [host.lower() for host in data["hosts"]]
    for row in CityHost.objects.select_related("city").filter(host__in=hosts).exclude(city__slug=data["slug"]).order_by("host"):
        yield Fault(FILE, pack.line_of(FILE, row.host), f"the host '{row.host}' belongs to the city '{row.city.slug}'")


def load_pack(folder: Path) -> City:
    """Load a pack or bring a loaded one up to date; loses nothing. Raises FaultyPack before anything is written."""
    pack = Pack(folder)
    faults = check_pack(folder) or list(_taken_hosts(pack))
    if faults:
        raise FaultyPack(faults)
    with transaction.atomic():
        city = ensure_city(pack)
        for section in _sections():
            section.load(city, pack)
    return city
