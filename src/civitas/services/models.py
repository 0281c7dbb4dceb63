"""Service: a row of the city's catalogue."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from civitas.cities.models import CityRow
from civitas.kit.translated import TranslatedField


class Service(CityRow):
    """Something the city or a partner offers, with its provider."""

    class Status(models.TextChoices):
        IDEA = "idea", _("Idea")
        CONCEPT = "concept", _("Concept")
        TRIAL = "trial", _("Being tried")
        OPERATION = "operation", _("In operation")
        IMPROVING = "improving", _("Being improved")
        TRANSFORMED = "transformed", _("Transformed")
        ENDED = "ended", _("Ended")

    key = models.SlugField(max_length=80)
    name = TranslatedField()
    summary = TranslatedField()
    organisation = models.ForeignKey("people.Organisation", models.SET_NULL, null=True, blank=True, related_name="+")
    status = models.CharField(max_length=20, choices=Status, default=Status.OPERATION)
    url = models.URLField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "key"], name="one_service_per_key")]

    def __str__(self) -> str:
        return str(self.name)


class ServicePlace(CityRow):
    """Where people meet a service: a place of the city, at which an improvement of it may begin."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="+")
    place = models.ForeignKey("cities.Place", models.CASCADE, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "place", "service"], name="one_service_per_place")]

    def __str__(self) -> str:
        return f"{self.service_id} {self.place_id}"
