"""Terms: what people agree to by sending something, version by version."""

from __future__ import annotations

from django.db import models

from civitas.cities.models import CityRow
from civitas.kit.translated import TranslatedField


class Terms(CityRow):
    """What people agree to by sending something, as it stood from a day on: the licence and its text. No version is ever changed."""

    number = models.PositiveSmallIntegerField()
    licence = models.CharField(max_length=20)
    text = TranslatedField()
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "number"], name="one_terms_per_number")]

    def __str__(self) -> str:
        return f"{self.licence} {self.number}"
