"""MediaFile, an upload under a random name, its Derivatives, and the Parts of one that is still on its way."""

from __future__ import annotations

import secrets

from django.db import models

from civitas.cities.models import CityRow
from civitas.kit.ids import uuid7

DRAWING = "image/svg+xml"
DOCUMENT = "application/pdf"
CAPTIONS = "text/vtt"


def random_name() -> str:
    """A name that cannot be guessed (192 bits)."""
    return secrets.token_urlsafe(24)


class MediaFile(CityRow):
    """An upload. The original is never served: only derivatives are, which carry no metadata."""

    class State(models.TextChoices):
        READY = "ready"
        WAITING = "waiting"  # the worker looks into it and writes it anew
        REFUSED = "refused"  # it turned out not to be what it seemed

    class Fault(models.TextChoices):
        LOCKED = "locked"
        MANY_PAGES = "many_pages"
        DAMAGED = "damaged"
        LONG = "long"
        CODEC = "codec"
        LARGE = "large"
        UNREADABLE = "unreadable"
        UNCHECKED = "unchecked"  # it asks for more than it may have, or every attempt failed

    uid = models.UUIDField(default=uuid7)
    name = models.CharField(max_length=40, default=random_name)
    mime = models.CharField(max_length=80)
    bytes = models.PositiveBigIntegerField(default=0)
    owner = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+")
    is_public = models.BooleanField(default=False)
    made_at = models.DateTimeField(auto_now_add=True)

    state = models.CharField(max_length=8, choices=State, default=State.READY)
    fault = models.CharField(max_length=12, choices=Fault, blank=True)  # why it was refused
    title = models.CharField(max_length=160, blank=True)  # a document's name
    pages = models.PositiveIntegerField(null=True)  # of a document
    seconds = models.PositiveIntegerField(null=True)  # of a video
    raw = models.CharField(max_length=48, blank=True)  # where a video or document lies until it is written anew; never served
    # Until then it waits for the form that it was uploaded for; empty once something shows it.
    loose_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "uid"], name="one_media_file_per_uid"),
            models.UniqueConstraint(fields=["city", "name"], name="one_media_file_per_name"),
        ]
        indexes = [models.Index(fields=["city", "loose_until"], name="loose_files", condition=models.Q(loose_until__isnull=False))]

    def __str__(self) -> str:
        return f"{self.mime} {self.name[:6]}"

    @property
    def is_picture(self) -> bool:
        """Whether it is shown as a picture."""
        return self.mime.startswith("image/")

    @property
    def is_video(self) -> bool:
        """Whether it is played."""
        return self.mime.startswith("video/")

    @property
    def is_document(self) -> bool:
        """Whether it is downloaded."""
        return self.mime == DOCUMENT


class Derivative(CityRow):
    """A served version of a file: a picture of one width as WebP, a video or a document without its metadata."""

    file = models.ForeignKey(MediaFile, models.CASCADE, related_name="derivatives", db_index=False)
    name = models.CharField(max_length=48, default=random_name)
    mime = models.CharField(max_length=80)
    width = models.PositiveIntegerField(null=True)  # px; of pictures alone
    height = models.PositiveIntegerField(null=True)
    bytes = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "name"], name="one_derivative_per_name"),
            models.UniqueConstraint(fields=["city", "file", "width"], name="one_derivative_per_width"),
        ]

    def __str__(self) -> str:
        return f"{self.mime} {self.width}"


class Part(CityRow):
    """A piece of an upload that is on its way; `upload` is the id that the browser made for it."""

    upload = models.UUIDField()
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=48, default=random_name)
    bytes = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "upload", "number"], name="one_part_per_number")]
        indexes = [models.Index(fields=["city", "made_at"], name="old_parts")]

    def __str__(self) -> str:
        return f"{self.number}"
