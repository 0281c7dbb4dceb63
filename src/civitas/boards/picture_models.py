"""A picture on a card: the document holds its name alone, who may see it is decided here."""

from __future__ import annotations

from django.db import models

from civitas.cities.models import CityRow


class BoardPicture(CityRow):
    """A picture that somebody put up at a board, with what it shows in words. Hiding it takes it from the board at once."""

    class State(models.TextChoices):
        SHOWN = "shown"
        WAITING = "waiting"  # the editorial team looks at it first, where the step says so
        HIDDEN = "hidden"

    board = models.ForeignKey("boards.Board", models.CASCADE, related_name="+", db_index=False)
    file = models.ForeignKey("media.MediaFile", models.CASCADE, related_name="+", db_index=False)
    seat = models.ForeignKey("boards.Seat", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    alt = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.SHOWN)
    card = models.CharField(max_length=16, blank=True)  # where it hung when it was hidden
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "file"], name="one_board_picture_per_file")]
        indexes = [
            models.Index(fields=["city", "board", "id"], name="board_pictures"),
            models.Index(fields=["city", "state", "id"], name="board_pictures_by_state"),
        ]

    def __str__(self) -> str:
        return self.alt
