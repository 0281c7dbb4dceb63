"""The demo's school classes: who made them, where they take part, who sits there already. Checked with file and line."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction

from civitas.classes.actions import LONGEST_TIME, MOST_SEATS, make_class, take_seat
from civitas.classes.models import SchoolClass
from civitas.kit.packs import Fault
from civitas.people.actors import city_actor, on_behalf
from civitas.people.models import Role
from civitas.processes.models import Process

if TYPE_CHECKING:
    from collections.abc import Iterator

    from civitas.interop.demo_city import Demo
    from civitas.kit.packs import Pack

CLASSES = "demo/classes.toml"
_PEOPLE = "demo/people.toml"
_NEEDED = ("key", "person", "process", "name", "seats", "until_in")


def check_classes(pack: Pack) -> Iterator[Fault]:
    """Faults of the pack's file of classes; a pack without one has none."""
    roles = {str(entry.get("key")): set(entry.get("roles") or []) for _line, entry in pack.entries(_PEOPLE, "person")}
    files, public = map(pack.toml, pack.below("processes", ".toml")), Process.State.PUBLISHED
    processes = {data.get("slug") for data in files if data.get("state", public) == public}
    for line, entry in pack.entries(CLASSES, "class"):
        for key in sorted(entry.keys() - {*_NEEDED, "pupils"}):
            yield Fault(CLASSES, line, f"'{key}' is not known here")
        for key in _NEEDED:
            if entry.get(key) in {None, ""}:
                yield Fault(CLASSES, line, f"'{key}' is missing")
        if not roles.get(str(entry.get("person")), set()) & {Role.OWNER, Role.ADMINISTRATOR}:
            yield Fault(CLASSES, line, f"'{entry.get('person')}' makes no classes: it takes an owner or administrator of {_PEOPLE}")
        if str(entry.get("process")) not in processes:
            yield Fault(CLASSES, line, f"the pack has no public process '{entry.get('process')}'")
        days = entry.get("until_in")
        if not isinstance(days, int) or not 1 <= days <= LONGEST_TIME.days:
            yield Fault(CLASSES, line, f"'until_in' is a number of days from 1 to {LONGEST_TIME.days}")
        seats = entry.get("seats")
        if not isinstance(seats, int) or not max(1, len(entry.get("pupils", []))) <= seats <= MOST_SEATS:
            yield Fault(CLASSES, line, f"'seats' is a number up to {MOST_SEATS}, with one for each of the pupils")


def load_classes(demo: Demo) -> None:
    """Make the classes that are not there yet, and let their pupils sit down."""
    for _line, entry in demo.pack.entries(CLASSES, "class"):
        uid = demo.uid(f"class/{entry['key']}")
        if SchoolClass.objects.of(demo.city).filter(uid=uid).exists():
            continue
        process = Process.objects.of(demo.city).select_related("city").get(slug=entry["process"])
        with transaction.atomic():
            row = make_class(
                on_behalf(demo.people[entry["person"]]),
                process,
                name=entry["name"],
                seats=entry["seats"],
                opens_at=demo.now,
                closes_at=demo.now + dt.timedelta(days=entry["until_in"]),
                uid=uid,
            )
            for name in entry.get("pupils", []):
                take_seat(city_actor(demo.city), row, pseudonym=name, language="de")
