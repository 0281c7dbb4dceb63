"""MediaFile, an upload under a random name, and its Derivatives."""

from __future__ import annotations

import secrets

from django.db import models

from civitas.cities.models import CityRow
from civitas.kit.ids import uuid7

DRAWING = "image/svg+xml"


def random_name() -> str:
    """A name that cannot be guessed (192 bits)."""
    return secrets.token_urlsafe(24)


class MediaFile(CityRow):
    """An upload. The original is never served: only derivatives are, which carry no metadata."""

    uid = models.UUIDField(default=uuid7)
    name = models.CharField(max_length=40, default=random_name)
    mime = models.CharField(max_length=80)
    bytes = models.PositiveBigIntegerField(default=0)
    owner = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+")
    is_public = models.BooleanField(default=False)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "uid"], name="one_media_file_per_uid"),
            models.UniqueConstraint(fields=["city", "name"], name="one_media_file_per_name"),
        ]

    def __str__(self) -> str:
        return f"{self.mime} {self.name[:6]}"

    @property
    def is_picture(self) -> bool:
        """Whether it is shown as a picture."""
        return self.mime.startswith("image/")


class Derivative(CityRow):
    """A served version of a file: a picture of one width as WebP, or a document as it came."""

    file = models.ForeignKey(MediaFile, models.CASCADE, related_name="derivatives", db_index=False)
    name = models.CharField(max_length=48, default=random_name)
    mime = models.CharField(max_length=80)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    bytes = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "name"], name="one_derivative_per_name"),
            models.UniqueConstraint(fields=["city", "file", "width"], name="one_derivative_per_width"),
        ]

    def __str__(self) -> str:
        return f"{self.mime} {self.width}"
