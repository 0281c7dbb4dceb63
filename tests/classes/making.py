"""Classes and pupils for tests."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from tests.factories import make_actor

from civitas.classes import actions
from civitas.classes.models import SchoolClass
from civitas.people.actors import Actor, actor_of
from civitas.people.leaving import erase_some
from civitas.people.models import Departure, Participant

DAY = dt.timedelta(days=1)


def make_class(step: Any, name: str = "Klasse 8b", **fields: Any) -> SchoolClass:
    """A class that takes part in the step's process since yesterday, for a month."""
    now = timezone.now()
    values = {"seats": 3, "opens_at": now - DAY, "closes_at": now + 30 * DAY} | fields
    return actions.make_class(make_actor(step.city, "owner"), step.process, name=name, **values)


def sit(school_class: SchoolClass, pseudonym: str = "Mutiger Otter", **fields: Any) -> actions.Taken:
    """A pupil at a free seat."""
    return actions.take_seat(Actor(school_class.city), school_class, pseudonym=pseudonym, language="de", **fields)


def pupil(school_class: SchoolClass, pseudonym: str = "Mutiger Otter") -> Actor:
    """The actor of a pupil who has just sat down."""
    person: Participant = Participant.objects.of(school_class.city).get(pk=sit(school_class, pseudonym).participant.pk)
    return actor_of(person)


def a_minute_later(school_class: SchoolClass) -> None:
    """The last sheet was printed more than a minute ago."""
    SchoolClass.objects.of(school_class.city).filter(pk=school_class.pk).update(printed_at=timezone.now() - dt.timedelta(seconds=61))


def worker_erases(city: Any) -> None:
    """What is left to be erased of those who have gone."""
    for departure in list(Departure.objects.of(city).order_by("pk")):
        while erase_some(city, departure.pk):
            pass
