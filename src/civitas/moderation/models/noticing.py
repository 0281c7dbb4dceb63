"""What the machine has learned of texts, and what the team should know at once."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from civitas.cities.models import CityRow


class Trace(CityRow):
    """What of a text is kept to find those alike: hashes of its words and of their overlapping groups, never the words."""

    contribution = models.ForeignKey("contributions.Contribution", models.CASCADE, related_name="+", db_index=False)
    words = models.BigIntegerField()  # of the words exactly as they stand
    sketch = models.BinaryField(max_length=128)  # 16 least hashes of groups of three words; empty for a short text
    family = models.BigIntegerField()  # the contribution to whose text this one is alike, or itself

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "contribution"], name="one_trace_each")]
        indexes = [models.Index(fields=["city", "family", "contribution"], name="traces_of_family")]

    def __str__(self) -> str:
        return f"{self.contribution_id} {self.family}"


class Band(CityRow):
    """Where texts alike are looked up: a hash of some of the least hashes, and the family that has it."""

    value = models.BigIntegerField()
    family = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "value", "family"], name="one_band_per_family")]
        indexes = [models.Index(fields=["city", "family"], name="bands_of_family")]

    def __str__(self) -> str:
        return f"{self.value} {self.family}"


class Token(CityRow):
    """In how many texts a word stood that the team called spam or fine, by the word's keyed hash; hash 0 counts the texts."""

    hash = models.BigIntegerField()
    spam = models.IntegerField(default=0)
    fine = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "hash"], name="one_token_per_hash")]

    def __str__(self) -> str:
        return f"{self.spam}:{self.fine}"


class Alert(CityRow):
    """Something that the team should know at once: much more than usual comes in, or something waits longer than promised."""

    class Kind(models.TextChoices):
        SPIKE = "spike", _("Much more than usual comes in")
        LATE = "late", _("Something waits longer than promised")

    kind = models.CharField(max_length=8, choices=Kind)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    count = models.PositiveIntegerField(default=0)
    usual = models.PositiveIntegerField(default=0)  # of a spike: how many come in an hour as a rule

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "kind"], name="one_alert_at_a_time", condition=Q(ended_at__isnull=True))]

    def __str__(self) -> str:
        return self.kind
