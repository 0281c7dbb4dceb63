"""What concluding a step made of it, under keys that stay: so that a second time mends what the first one made."""

from __future__ import annotations

import hashlib

from django.db import models

from civitas.cities.models import CityRow


def mark_of(title: str, text: str) -> str:
    """What words are known again by, so that those which people changed since are left alone."""
    return hashlib.sha256(f"{title}\n\n{text}".encode()).hexdigest()[:32]


class Conclusion(CityRow):
    """A contribution that concluding a step made, by the key of what it was made of (`group:<id>`)."""

    step = models.ForeignKey("processes.Step", models.PROTECT, related_name="+", db_index=False)
    key = models.CharField(max_length=60)
    contribution = models.ForeignKey("contributions.Contribution", models.DO_NOTHING, related_name="+")  # no contribution is ever deleted
    is_gone = models.BooleanField(default=False)  # hidden since a later time did not want it any more, and by nobody else
    mark = models.CharField(max_length=32, blank=True)  # of the words that concluding gave it last; '' of those from before it was kept
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "step", "key"], name="one_conclusion_per_key")]

    def __str__(self) -> str:
        return self.key


class ConcludedLink(CityRow):
    """A link that concluding a step made, and may take back; what the team linked by hand is not among them."""

    step = models.ForeignKey("processes.Step", models.PROTECT, related_name="+", db_index=False)
    # The ends of the link: it may be taken away by others, who need not know of this.
    source = models.PositiveBigIntegerField()
    target = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=20)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "step", "source", "target", "kind"], name="one_concluded_link")]

    def __str__(self) -> str:
        return f"{self.source} {self.kind} {self.target}"
