"""A class and its seats. Nobody's name stands here: a seat knows a participant, who goes by a name they made up."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from civitas.cities.models import CityRow
from civitas.classes.codes import CLASS
from civitas.kit.ids import uuid7


class SchoolClass(CityRow):
    """A group that the city lets take part in one process, from one moment to another: a school class, a youth club."""

    uid = models.UUIDField(default=uuid7)  # of the form: pressed twice, it is one class
    process = models.ForeignKey("processes.Process", models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(max_length=60)  # of the group: "Klasse 8b, Stadtteilschule Veddel"
    code = models.CharField(max_length=CLASS)  # opens a seat that is free, so it may be read on the blackboard
    teacher_key = models.CharField(max_length=32, blank=True)  # hash of the code that opens the teacher's page; '' before it was printed
    waits = models.BooleanField(default=True)  # whether the team reads first what the class writes
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    made_by = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    made_at = models.DateTimeField(auto_now_add=True)
    printed_at = models.DateTimeField(null=True, blank=True)
    printed_by_teacher = models.BooleanField(default=False)  # the last sheet

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "code"], name="one_class_per_code"),
            models.UniqueConstraint(fields=["city", "uid"], name="one_class_per_uid"),
        ]
        indexes = [
            models.Index(fields=["city", "-closes_at"], name="classes_by_end"),
            models.Index(fields=["city", "teacher_key"], name="classes_by_teacher"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_over(self) -> bool:
        """Whether its time is over, by the date or since somebody closed it."""
        return self.closes_at <= timezone.now()

    @property
    def is_coming(self) -> bool:
        """Whether its time has not begun."""
        return timezone.now() < self.opens_at


class Seat(CityRow):
    """A place in a class, and who took it. Its slip's code opens it on every device, so only a hash of it is kept."""

    school_class = models.ForeignKey(SchoolClass, models.CASCADE, related_name="places", db_index=False)
    number = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=32, blank=True)  # hash of the slip's code; '' = no slip opens it
    participant = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    taken_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "school_class", "number"], name="one_seat_per_number"),
            models.UniqueConstraint(fields=["city", "key"], name="one_seat_per_slip", condition=~Q(key="")),
            models.UniqueConstraint(fields=["city", "participant"], name="one_class_seat_each", condition=Q(participant__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.number}"

    @property
    def sitting(self) -> Any:
        """Who sits there; None where nobody does, and where they have left and the worker has not come by yet."""
        return self.participant if self.participant and self.participant.erased_at is None else None
