"""Support and Follow. Comments are contributions of kind `comment`."""

from __future__ import annotations

from django.db import models

from civitas.cities.models import CityRow


class Support(CityRow):
    """One participant supports one contribution, once."""

    contribution = models.ForeignKey("contributions.Contribution", models.CASCADE, related_name="supports", db_index=False)
    participant = models.ForeignKey("people.Participant", models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "contribution", "participant"], name="one_support_each")]
        indexes = [models.Index(fields=["city", "participant", "-at"], name="support_by_person")]

    def __str__(self) -> str:
        return f"{self.participant_id} {self.contribution_id}"


class Follow(CityRow):
    """One participant wants news of one contribution."""

    contribution = models.ForeignKey("contributions.Contribution", models.CASCADE, related_name="follows", db_index=False)
    participant = models.ForeignKey("people.Participant", models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "contribution", "participant"], name="one_follow_each")]
        indexes = [models.Index(fields=["city", "participant", "-at"], name="follow_by_person")]

    def __str__(self) -> str:
        return f"{self.participant_id} {self.contribution_id}"
