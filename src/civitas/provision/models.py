"""How a service came to be, which processes are about it, and how people found it, as counts alone."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from civitas.cities.models import CityRow


class ServiceStory(CityRow):
    """The contribution that tells how a service came to be, and the concept that it was made of; one for each concept."""

    service = models.ForeignKey("services.Service", models.CASCADE, related_name="+", db_index=False)
    contribution = models.OneToOneField("contributions.Contribution", models.CASCADE, related_name="+")
    concept = models.OneToOneField("contributions.Contribution", models.CASCADE, related_name="+")
    made_at = models.DateTimeField()
    by = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["city", "service", "id"], name="service_stories")]

    def __str__(self) -> str:
        return f"{self.service_id} {self.contribution_id}"


class ServiceProcess(CityRow):
    """A process that asks about a service: to improve it, or to transform or end it. `opened_at` is when the service's state followed."""

    class Purpose(models.TextChoices):
        IMPROVE = "improve", _("Improve it")
        TRANSFORM = "transform", _("Transform or end it")

    service = models.ForeignKey("services.Service", models.CASCADE, related_name="+")
    process = models.OneToOneField("processes.Process", models.CASCADE, related_name="+")
    purpose = models.CharField(max_length=12, choices=Purpose)
    begun_at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+")
    opened_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["city", "opened_at", "id"], name="service_processes")]

    def __str__(self) -> str:
        return f"{self.service_id} {self.process_id}"


class Rating(CityRow):
    """How many people said in a month how a service was; nobody is kept."""

    class Face(models.TextChoices):
        GOOD = "good", _("Good")
        FAIR = "fair", _("So-so")
        BAD = "bad", _("Bad")

    service = models.ForeignKey("services.Service", models.CASCADE, related_name="+", db_index=False)
    month = models.DateField()
    face = models.CharField(max_length=8, choices=Face)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "service", "month", "face"], name="one_rating_count")]

    def __str__(self) -> str:
        return f"{self.service_id} {self.month:%Y-%m} {self.face} {self.count}"
