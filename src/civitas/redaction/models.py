"""That something was blacked out, why, and how much of it. What it was stands nowhere."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from civitas.cities.models import CityRow


class Redaction(CityRow):
    """One time that the team blacked out parts of a contribution or comment."""

    class Reason(models.TextChoices):
        CONTACT = "contact", _("Contact details that everybody could have used")
        OTHERS = "others", _("Private details about other people")
        FACES = "faces", _("Faces or number plates in a picture")
        OTHER = "other", _("Other private details")

    contribution = models.ForeignKey("contributions.Contribution", models.CASCADE, related_name="+", db_index=False)
    person = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    at = models.DateTimeField(auto_now_add=True)
    reason = models.CharField(max_length=12, choices=Reason)
    passages = models.PositiveIntegerField(default=0)  # of its texts
    areas = models.PositiveIntegerField(default=0)  # of its pictures and documents
    elsewhere = models.PositiveIntegerField(default=0)  # rows that repeated it: versions, quotations, flags

    class Meta:
        indexes = [
            models.Index(fields=["city", "contribution", "id"], name="redactions_of_contribution"),
            models.Index(fields=["city", "person", "id"], name="redactions_by_person"),
        ]

    def __str__(self) -> str:
        return f"{self.contribution_id} {self.passages}+{self.areas}"
