"""What happened to a contribution: its official way, its earlier versions, what it came from and what became of it."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from civitas.cities.models import CityRow
from civitas.contributions.models.contributions import AUDIENCE_LENGTH, TITLE_LENGTH, Contribution


class StatusEvent(CityRow):
    """A station of a contribution's official way: a status with its date and, as an official answer, words of a department."""

    contribution = models.ForeignKey(Contribution, models.CASCADE, related_name="events", db_index=False)
    status = models.CharField(max_length=20, choices=Contribution.Status)
    text = models.TextField(blank=True)
    organisation = models.ForeignKey("people.Organisation", models.SET_NULL, null=True, blank=True, related_name="+")
    person = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+")
    next_step = models.CharField(max_length=240, blank=True)
    due_on = models.DateField(null=True, blank=True)
    # What it is part of from now on.
    part_of = models.ForeignKey(Contribution, models.SET_NULL, null=True, blank=True, related_name="+")
    part_of_process = models.ForeignKey("processes.Process", models.SET_NULL, null=True, blank=True, related_name="+")
    # The link that it made to that; the action that removes a link lets go of it first, since a cascade would not name the city.
    link = models.ForeignKey("contributions.Link", models.DO_NOTHING, null=True, blank=True, related_name="+")
    # Another body that it was handed over to, as it was called then, and how people reach it.
    handed_to = models.CharField(max_length=160, blank=True)
    contact = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["city", "contribution", "at"], name="status_events")]

    def __str__(self) -> str:
        return f"{self.status} {self.at:%Y-%m-%d}"


class Revision(CityRow):
    """How a contribution read in an earlier version."""

    contribution = models.ForeignKey(Contribution, models.CASCADE, related_name="revisions", db_index=False)
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=TITLE_LENGTH, blank=True)
    text = models.TextField(blank=True)
    audience = models.CharField(max_length=AUDIENCE_LENGTH, blank=True)
    proposal = models.TextField(blank=True)
    benefit = models.TextField(blank=True)
    drawing = models.JSONField(null=True, blank=True)  # GeoJSON geometry, as `Contribution.drawing`
    # Where it lay until the team moved it to another place; empty where only words or drawing were changed.
    moved = models.BooleanField(default=False)
    lat = models.FloatField(null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)
    area = models.ForeignKey("cities.Area", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    place_name = models.CharField(max_length=160, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "contribution", "version"], name="one_revision_per_version")]

    def __str__(self) -> str:
        return f"{self.version}"


class Link(CityRow):
    """What became of what. All kinds but `related_to` are lineage and run from the earlier to the later."""

    class Kind(models.TextChoices):
        GROUPED_INTO = "grouped_into", _("grouped into")
        MERGED_INTO = "merged_into", _("merged into")
        SPLIT_INTO = "split_into", _("split into")
        DEVELOPED_INTO = "developed_into", _("developed into")
        LED_TO = "led_to", _("led to")
        RELATED_TO = "related_to", _("related to")

    source = models.ForeignKey(Contribution, models.CASCADE, related_name="links_out", db_index=False)
    target = models.ForeignKey(Contribution, models.CASCADE, related_name="links_in", db_index=False)
    kind = models.CharField(max_length=20, choices=Kind)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "source", "target", "kind"], name="one_link_per_kind"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="no_link_to_itself"),
        ]
        indexes = [models.Index(fields=["city", "target", "kind"], name="links_by_target")]

    def __str__(self) -> str:
        return f"{self.source_id} {self.kind} {self.target_id}"
