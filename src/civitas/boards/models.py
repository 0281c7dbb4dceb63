"""Board, the log of its updates, and who sits at it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from civitas.cities.models import CityRow
from civitas.kit.ids import uuid7


class Board(CityRow):
    """What people work on together in a step: one for all, or one for each table. `sequence` counts the updates of its log."""

    uid = models.UUIDField(default=uuid7)
    step = models.ForeignKey("processes.Step", models.CASCADE, related_name="boards", db_index=False)
    table = models.PositiveSmallIntegerField(default=0)  # 0: the one board for all
    phase = models.CharField(max_length=30, blank=True)  # a key of the method's
    phase_ends_at = models.DateTimeField(null=True, blank=True)
    time_left = models.PositiveIntegerField(null=True, blank=True)  # seconds, while the timer is stopped
    paused_at = models.DateTimeField(null=True, blank=True)  # who leads lets everybody only read for a while
    sequence = models.PositiveBigIntegerField(default=0)
    relaid = models.PositiveBigIntegerField(default=0)  # the update that laid every thing anew; who knew less meant things that are gone
    version = models.PositiveIntegerField(default=1)  # grows with whatever changes who may do what: phase, timer, seats
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "uid"], name="one_board_per_uid"),
            models.UniqueConstraint(fields=["city", "step", "table"], name="one_board_per_table"),
        ]

    def __str__(self) -> str:
        return str(self.uid)


class Seat(CityRow):
    """Who sits at a board. `alias` stands in the document as author; without a participant the person has left or was erased."""

    board = models.ForeignKey(Board, models.CASCADE, related_name="seats", db_index=False)
    participant = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    alias = models.CharField(max_length=8)
    name = models.CharField(max_length=40, blank=True)  # a nickname for this board; '': the person's own name
    is_renamed = models.BooleanField(default=False)  # by who leads the board: the person takes no other one
    colour = models.CharField(max_length=10)
    place = models.PositiveIntegerField()
    taken_at = models.DateTimeField(auto_now_add=True)
    sent_away_at = models.DateTimeField(null=True, blank=True)  # by who leads the board

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "board", "alias"], name="one_seat_per_alias"),
            models.UniqueConstraint(fields=["city", "board", "place"], name="one_seat_per_place"),
            models.UniqueConstraint(
                fields=["city", "board", "participant"], name="one_seat_per_person", condition=Q(participant__isnull=False)
            ),
        ]
        indexes = [models.Index(fields=["city", "participant", "id"], name="board_seats_of_person")]

    def __str__(self) -> str:
        return self.alias

    @property
    def shown_name(self) -> str:
        """The nickname, else the person's name; '' for who has left."""
        return self.name or (self.participant.shown_name if self.participant else "")


class BoardUpdate(CityRow):
    """One entry of the log: what a Yjs update brought to the board, or to the drawer of a seat."""

    board = models.ForeignKey(Board, models.CASCADE, related_name="+", db_index=False)
    drawer = models.ForeignKey(Seat, models.CASCADE, null=True, blank=True, related_name="+", db_index=False)
    sequence = models.PositiveBigIntegerField()
    author = models.ForeignKey(Seat, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)  # None: the server
    data = models.BinaryField()
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "board", "sequence"], name="one_update_per_sequence")]

    def __str__(self) -> str:
        return str(self.sequence)


class BoardSnapshot(CityRow):
    """All that the log brought to the board or to a drawer up to a sequence, as one update; compaction writes it."""

    board = models.ForeignKey(Board, models.CASCADE, related_name="+", db_index=False)
    drawer = models.ForeignKey(Seat, models.CASCADE, null=True, blank=True, related_name="+", db_index=False)
    sequence = models.PositiveBigIntegerField()
    data = models.BinaryField()

    class Meta:
        constraints = [
            # Two constraints, since SQLite takes every NULL as different.
            models.UniqueConstraint(fields=["city", "board"], name="one_snapshot_per_board", condition=Q(drawer__isnull=True)),
            models.UniqueConstraint(fields=["city", "board", "drawer"], name="one_snapshot_per_drawer", condition=Q(drawer__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"to {self.sequence}"


class BoardClient(CityRow):
    """Which seat writes under a Yjs client number: nobody else can, so that no edit is taken for another's or swallowed by it."""

    board = models.ForeignKey(Board, models.CASCADE, related_name="+", db_index=False)
    client = models.PositiveBigIntegerField()
    seat = models.ForeignKey(Seat, models.CASCADE, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "board", "client"], name="one_seat_per_client")]

    def __str__(self) -> str:
        return str(self.client)


# Django finds the models of a room here.
from civitas.boards.brought_models import Brought  # noqa: E402, F401  (see above)
from civitas.boards.canvas_models import CanvasRegionRow, CanvasRow  # noqa: E402, F401  (see above)
from civitas.boards.conclusion_models import ConcludedLink, Conclusion  # noqa: E402, F401
from civitas.boards.flag_models import CardFlag, FlaggedCard  # noqa: E402, F401  (see above)
from civitas.boards.hall_models import JoinCode  # noqa: E402, F401  (see above)
from civitas.boards.picture_models import BoardPicture  # noqa: E402, F401  (see above)
