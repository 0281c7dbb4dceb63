"""The short code by which people in a hall come to a board."""

from __future__ import annotations

from django.db import models

from civitas.cities.models import CityRow


class JoinCode(CityRow):
    """The code of a board, until who leads it makes another."""

    board = models.ForeignKey("boards.Board", models.CASCADE, related_name="+", db_index=False)
    code = models.CharField(max_length=6)
    made_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "code"], name="one_board_per_code"),
            models.UniqueConstraint(fields=["city", "board"], name="one_code_per_board"),
        ]

    def __str__(self) -> str:
        return self.code
