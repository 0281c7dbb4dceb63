"""A process's report: its sections as they are written now, and the editions that were released."""

from __future__ import annotations

import hashlib

from django.db import models
from django.utils.translation import gettext_lazy as _

from civitas.cities.models import CityRow


class Chapter(models.TextChoices):
    """The sections of a report, in their order."""

    ASKED = "asked", _("What was asked")
    PEOPLE = "people", _("Who took part")
    SAID = "said", _("What was said")
    HAPPENS = "happens", _("What happens with it, and why")
    NOT = "not", _("What does not happen, and why")
    NEXT = "next", _("How it goes on")


class Report(CityRow):
    """The report on one process, while it is written. Who asked for its release waits for a second person before elections."""

    process = models.ForeignKey("processes.Process", models.PROTECT, related_name="reports", db_index=False)
    made_at = models.DateTimeField(auto_now_add=True)
    asked_by = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField(null=True, blank=True)
    asked_changes = models.CharField(max_length=500, blank=True)
    asked_stamp = models.CharField(max_length=60, blank=True)  # the versions of the sections that were to be released

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "process"], name="one_report_per_process")]

    def __str__(self) -> str:
        return str(self.process_id)


class Section(CityRow):
    """A section as it reads now: put together from the data, until somebody wrote in it; from then on new data are offered."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="sections", db_index=False)
    chapter = models.CharField(max_length=8, choices=Chapter)
    text = models.TextField(blank=True)  # Markdown; [[12]] names contribution 12, [[zitat 12]] quotes it; all marks: `reading`
    offer = models.TextField(blank=True)  # what the data say since, where somebody has written
    is_written = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "report", "chapter"], name="one_section_per_chapter")]

    def __str__(self) -> str:
        return self.chapter

    @property
    def offer_mark(self) -> str:
        """By which a form says which offer somebody has read."""
        return hashlib.sha256(self.offer.encode()).hexdigest()[:16]


class Edition(CityRow):
    """A report as it was released: it stays as it is."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="editions", db_index=False)
    number = models.PositiveIntegerField()
    released_at = models.DateTimeField()
    released_by = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+")
    seconded_by = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+")
    changes = models.CharField(max_length=500, blank=True)  # what changed since the one before

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "report", "number"], name="one_edition_per_number")]

    def __str__(self) -> str:
        return str(self.number)


class EditionText(CityRow):
    """A section of an edition."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="texts", db_index=False)
    chapter = models.CharField(max_length=8, choices=Chapter)
    text = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "edition", "chapter"], name="one_text_per_edition")]

    def __str__(self) -> str:
        return self.chapter
