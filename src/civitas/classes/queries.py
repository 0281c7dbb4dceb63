"""Reading classes: the city's with their counts, one with its seats, the one behind a code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q

from civitas.classes.codes import key_of
from civitas.classes.models import SchoolClass, Seat
from civitas.processes.models import Process
from civitas.processes.registry import UnknownMethod, method_of

if TYPE_CHECKING:
    from civitas.cities.models import City
    from civitas.people.models import Participant
    from civitas.processes.models import Step

LONGEST_LIST = 200


def _counted(city: City) -> Any:
    """Classes with how many seats they have and how many are taken."""
    own = Q(places__city=city)
    rows = SchoolClass.objects.of(city).filter(process__city=city).select_related("process")
    return rows.annotate(seats=Count("places", filter=own), taken=Count("places__participant", filter=own))


def classes_of(city: City) -> list[SchoolClass]:
    """The city's classes, the last to end first; one query, at most 200."""
    return list(_counted(city).order_by("-closes_at", "-pk")[:LONGEST_LIST])


def class_by_key(city: City, key: int) -> SchoolClass | None:
    """One class with its counts; None when the city has none of this key."""
    found: SchoolClass | None = _counted(city).filter(pk=key).first()
    return found


def class_by_code(city: City, code: str) -> SchoolClass | None:
    """The class of a code that opens a seat."""
    return SchoolClass.objects.of(city).filter(code=code, process__city=city).select_related("process").first()


def class_by_teacher(city: City, code: str) -> SchoolClass | None:
    """The class of a teacher's code."""
    found: SchoolClass | None = _counted(city).filter(teacher_key=key_of(city, code)).exclude(teacher_key="").first()
    return found


def _seats(city: City) -> Any:
    rows = Seat.objects.of(city).filter(school_class__city=city, school_class__process__city=city)
    rows = rows.exclude(participant__erased_at__isnull=False)
    return rows.select_related("school_class__process", "participant")


def seat_by_code(city: City, code: str) -> Seat | None:
    """The seat of a slip."""
    found: Seat | None = _seats(city).filter(key=key_of(city, code)).exclude(key="").first()
    return found


def seat_of(person: Participant) -> Seat | None:
    """Where somebody sits."""
    found: Seat | None = _seats(person.city).filter(participant=person).first()
    return found


def seats_of(school_class: SchoolClass) -> list[Seat]:
    """All seats by number; one query."""
    rows = Seat.objects.of(school_class.city_id).filter(school_class=school_class).select_related("participant").order_by("number")
    return list(rows)


def seat_in(school_class: SchoolClass, number: int) -> Seat | None:
    """The seat of this number."""
    return Seat.objects.of(school_class.city_id).filter(school_class=school_class, number=number).select_related("participant").first()


def processes_to_choose(city: City) -> list[Process]:
    """The processes in which a class can take part: those that are public, the Bürgersensor among them."""
    rows = Process.objects.of(city).filter(state=Process.State.PUBLISHED).order_by("-published_at", "-pk")
    return list(rows[:LONGEST_LIST])


def steps_for_accounts(process: Process) -> list[Step]:
    """The steps in which a class only reads, since they ask for an account; one query."""
    found = []
    for step in process.steps.of(process.city_id).order_by("position"):
        step.process = process
        try:
            settings = method_of(step).settings_of(step)
        except (UnknownMethod, ValueError):
            continue
        if settings.who == "signed_in":
            found.append(step)
    return found
