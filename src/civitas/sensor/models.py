"""What the front door keeps itself: searches that people follow, and the city's questions that open the mind."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from civitas.cities.models import CityRow
from civitas.kit.ids import uuid7
from civitas.kit.translated import TranslatedField

NAME_LENGTH = 80
ASKED_LENGTH = 600


class SavedSearch(CityRow):
    """A search that somebody keeps; with `tells` they hear of each new contribution that fits.

    `asked` is the address' query as it was. What is known of a contribution when it is given stands in columns, so that a
    new one finds the searches it fits; an empty column asks for nothing.
    """

    uid = models.UUIDField(default=uuid7)
    participant = models.ForeignKey("people.Participant", models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(max_length=NAME_LENGTH)
    asked = models.CharField(max_length=ASKED_LENGTH)
    tells = models.BooleanField(default=True)
    made_at = models.DateTimeField(auto_now_add=True)

    area = models.ForeignKey("cities.Area", models.CASCADE, null=True, related_name="+", db_index=False)
    category = models.ForeignKey("processes.Category", models.CASCADE, null=True, related_name="+", db_index=False)
    process = models.ForeignKey("processes.Process", models.CASCADE, null=True, related_name="+", db_index=False)
    service = models.ForeignKey("services.Service", models.CASCADE, null=True, related_name="+", db_index=False)
    kind = models.CharField(max_length=20, blank=True)
    with_picture = models.PositiveSmallIntegerField(default=0)
    words = models.CharField(max_length=120, blank=True)
    west = models.FloatField(null=True)  # a part of the map, WGS84 degrees
    south = models.FloatField(null=True)
    east = models.FloatField(null=True)
    north = models.FloatField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "uid"], name="one_search_per_uid"),
            models.UniqueConstraint(fields=["city", "participant", "asked"], name="one_search_of_its_kind"),
        ]
        indexes = [models.Index(fields=["city", "area", "category"], name="searches_that_tell", condition=Q(tells=True))]

    def __str__(self) -> str:
        return self.name


class Prompt(CityRow):
    """A question of the city's for who has no idea yet; of a category, or of none."""

    key = models.SlugField(max_length=80)
    position = models.PositiveIntegerField(default=0)
    category = models.ForeignKey("processes.Category", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    text = TranslatedField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "key"], name="one_prompt_per_key")]

    def __str__(self) -> str:
        return str(self.text)
