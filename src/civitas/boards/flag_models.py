"""A card that people flagged: the card lies in the document, what is said and decided about it stands here."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from civitas.cities.models import CityRow
from civitas.moderation.models import Flag, Reason


class FlaggedCard(CityRow):
    """A card at which the team looks, or has looked. What it said is kept while it is hidden, so that it can come back."""

    class State(models.TextChoices):
        OPEN = "open"
        KEPT = "kept"
        HIDDEN = "hidden"

    board = models.ForeignKey("boards.Board", models.CASCADE, related_name="+", db_index=False)
    card = models.CharField(max_length=16)
    seat = models.ForeignKey("boards.Seat", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)  # who wrote it
    state = models.CharField(max_length=6, choices=State, default=State.OPEN)
    text = models.CharField(max_length=500, blank=True)
    picture = models.CharField(max_length=80, blank=True)  # that hung on it when it was hidden
    reason = models.CharField(max_length=8, choices=Reason, blank=True)
    decision = models.PositiveBigIntegerField(null=True, blank=True)  # of moderation, that hid with it what was made of it
    opened_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "board", "card"], name="one_open_flagging_a_card", condition=Q(state="open")),
        ]
        indexes = [
            models.Index(fields=["city", "state", "id"], name="flagged_cards_by_state"),
            models.Index(fields=["city", "board", "card"], name="flagged_cards_of_board"),
        ]

    def __str__(self) -> str:
        return f"{self.card} {self.state}"


class CardFlag(CityRow):
    """One person says why a card should be looked at. Without a login it has no participant."""

    uid = models.UUIDField()  # of the form
    flagged = models.ForeignKey(FlaggedCard, models.CASCADE, related_name="flags", db_index=False)
    participant = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    reason = models.CharField(max_length=12, choices=Flag.Reason)
    words = models.CharField(max_length=1000, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "uid"], name="one_card_flag_per_form"),
            models.UniqueConstraint(
                fields=["city", "flagged", "participant"], name="one_card_flag_each", condition=Q(participant__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["city", "flagged", "id"], name="card_flags_of_card"),
            models.Index(fields=["city", "participant", "id"], name="card_flags_of_person"),
        ]

    def __str__(self) -> str:
        return self.reason
