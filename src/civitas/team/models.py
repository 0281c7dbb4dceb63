"""Invitations into the team, absences with deputies, and notes for who comes next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from civitas.cities.models import CityRow
from civitas.kit.ids import uuid7
from civitas.people.models import Role

if TYPE_CHECKING:
    import datetime as dt


class Invitation(CityRow):
    """A role offered to a mail address. The address is blank once it was used, taken back or ran out.

    `round` counts how often it was sent anew; `sent_round` is the last that went out, so that a worker that starts over sends none twice.
    """

    uid = models.UUIDField(default=uuid7)
    mail = models.EmailField(blank=True)
    language = models.CharField(max_length=12, default="de")
    role = models.CharField(max_length=20, choices=Role)
    organisation = models.ForeignKey("people.Organisation", models.CASCADE, null=True, blank=True, related_name="+", db_index=False)
    ends_on = models.DateField(null=True, blank=True)  # the last day of the role; None: for good
    by = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    renewed_at = models.DateTimeField()
    until = models.DateTimeField()
    round = models.PositiveSmallIntegerField(default=1)
    sent_round = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)
    used_by = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+")
    refused_at = models.DateTimeField(null=True, blank=True)  # the mail server knows no such address
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "uid"], name="one_invitation_per_uid"),
            # Two constraints, since SQLite takes every NULL as different.
            models.UniqueConstraint(
                fields=["city", "mail", "role", "organisation"],
                name="one_open_invitation",
                condition=Q(organisation__isnull=False) & ~Q(mail=""),
            ),
            models.UniqueConstraint(
                fields=["city", "mail", "role"], name="one_open_city_invitation", condition=Q(organisation__isnull=True) & ~Q(mail="")
            ),
        ]
        indexes = [models.Index(fields=["city", "until"], name="invitations_by_end")]

    def __str__(self) -> str:
        return f"{self.role} {self.uid}"


class Absence(CityRow):
    """Days on which somebody of the team is away, both ends included, and who does their work meanwhile."""

    participant = models.ForeignKey("people.Participant", models.CASCADE, related_name="+", db_index=False)
    starts_on = models.DateField()
    ends_on = models.DateField()
    deputy = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "participant", "starts_on"], name="one_absence_per_start"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="absence_ends_after_it_starts"),
        ]
        indexes = [models.Index(fields=["city", "ends_on", "starts_on"], name="absences_by_day")]

    def __str__(self) -> str:
        return f"{self.starts_on} – {self.ends_on}"

    def covers(self, day: dt.date) -> bool:
        """Whether the person is away on this day."""
        return self.starts_on <= day <= self.ends_on


class ShiftNote(CityRow):
    """A line for who comes next: what to know, what to look after. Only the team reads it."""

    uid = models.UUIDField()  # of the form
    text = models.CharField(max_length=500)
    by = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    pinned_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "uid"], name="one_shift_note_per_form")]
        indexes = [
            models.Index(fields=["city", "done_at", "id"], name="shift_notes_by_done"),
            models.Index(fields=["city", "at"], name="shift_notes_by_age"),
        ]

    def __str__(self) -> str:
        return self.text


class BarrierReport(CityRow):
    """What kept somebody from using a page: answered by the team until `due_on`, by mail where they left an address."""

    uid = models.UUIDField()  # of the form
    path = models.CharField(max_length=300, blank=True)  # of the page, without host
    text = models.TextField()
    mail = models.EmailField(blank=True)
    language = models.CharField(max_length=12, default="de")
    participant = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    at = models.DateTimeField()
    due_on = models.DateField()
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+")
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "uid"], name="one_barrier_report_per_form")]
        indexes = [
            models.Index(fields=["city", "answered_at", "id"], name="barrier_reports_by_answer"),
            models.Index(fields=["city", "participant"], name="barrier_reports_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.path} {self.due_on}"

    @property
    def is_late(self) -> bool:
        """Whether the answer that was promised is overdue."""
        return self.answered_at is None and self.due_on < timezone.localdate()
