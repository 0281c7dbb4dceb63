"""Which contributions were brought to which board: to lie there as cards as long as the city shows them."""

from __future__ import annotations

from django.db import models

from civitas.cities.models import CityRow


class Brought(CityRow):
    """A contribution that somebody, or the method itself, brought to a board; the order of these rows is that of its cards."""

    board = models.ForeignKey("boards.Board", models.CASCADE, related_name="+", db_index=False)
    contribution = models.ForeignKey(
        "contributions.Contribution", models.DO_NOTHING, related_name="+", db_index=False
    )  # no contribution is ever deleted
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "board", "contribution"], name="one_card_per_contribution")]
        indexes = [models.Index(fields=["city", "contribution"], name="boards_of_contribution")]

    def __str__(self) -> str:
        return f"{self.pk}"
