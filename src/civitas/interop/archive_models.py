"""A process's data as one archive, made by the worker and kept for a month."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from civitas.cities.models import CityRow
from civitas.kit.ids import uuid7


class Archive(CityRow):
    """An archive of a process: public, for the team, or for research.

    `part` is how far it is, `key` mixes its random ids while it is made. `edition` grows each time it has to be made anew, since something
    that stood in it was blacked out or is gone; each edition has a folder of its own.
    """

    class Kind(models.TextChoices):
        PUBLIC = "public", _("Everything that people can see")
        TEAM = "team", _("For the team, with what is not shown")
        RESEARCH = "research", _("For research, without names, days and places of few")

    class State(models.TextChoices):
        MAKING = "making", _("Being put together")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Did not work")

    uid = models.UUIDField(default=uuid7)  # of the form; also the name of its folder
    process = models.ForeignKey("processes.Process", models.CASCADE, related_name="+", db_index=False)
    by = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    kind = models.CharField(max_length=8, choices=Kind)
    state = models.CharField(max_length=8, choices=State, default=State.MAKING)
    edition = models.PositiveIntegerField(default=0)
    part = models.PositiveSmallIntegerField(default=0)
    counts = models.JSONField(default=dict)  # name of a file in it -> rows
    key = models.CharField(max_length=64, blank=True)
    bytes = models.PositiveBigIntegerField(default=0)
    at = models.DateTimeField(auto_now_add=True)
    ready_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "uid"], name="one_archive_per_form")]
        indexes = [models.Index(fields=["city", "id"], name="archives_newest")]

    def __str__(self) -> str:
        return f"{self.process_id} {self.kind}"

    @property
    def rows(self) -> int:
        """How many rows it holds in all."""
        return sum(self.counts.values())
