"""Who joins in, letters between two people about a contribution, and who wants none."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from civitas.cities.models import CityRow
from civitas.kit.ids import uuid7


class Joining(CityRow):
    """One participant joins in with a contribution or offers help with it, once each, and says in a few words what they bring."""

    class Role(models.TextChoices):
        JOIN = "join", _("joins in")
        HELP = "help", _("offers help")

    contribution = models.ForeignKey("contributions.Contribution", models.CASCADE, related_name="joinings", db_index=False)
    participant = models.ForeignKey("people.Participant", models.CASCADE, related_name="+", db_index=False)
    organisation = models.ForeignKey("people.Organisation", models.SET_NULL, null=True, blank=True, related_name="+")
    role = models.CharField(max_length=8, choices=Role)
    words = models.CharField(max_length=300, blank=True)
    language = models.CharField(max_length=12, default="de")
    is_private = models.BooleanField(default=False)  # its words go to the author and the team only
    at = models.DateTimeField(auto_now_add=True)
    hidden_at = models.DateTimeField(null=True, blank=True)  # taken away by the team

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "contribution", "participant", "role"], name="one_joining_per_role")]
        indexes = [
            models.Index(fields=["city", "contribution", "role", "id"], name="joinings_of_contribution"),
            models.Index(fields=["city", "participant", "id"], name="joinings_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} {self.role} {self.contribution_id}"

    @property
    def shown_name(self) -> str:
        """The organisation spoken for, else the pseudonym."""
        return self.organisation.name if self.organisation else self.participant.shown_name

    @property
    def is_official(self) -> bool:
        """Whether a part of the administration speaks."""
        return self.organisation is not None and self.organisation.is_department


class Turnout(CityRow):
    """How many shown people join in with a contribution and how many offer help, kept by the actions."""

    contribution = models.ForeignKey("contributions.Contribution", models.CASCADE, related_name="+", db_index=False)
    joins = models.PositiveIntegerField(default=0)
    helps = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "contribution"], name="one_turnout")]

    def __str__(self) -> str:
        return f"{self.joins}+{self.helps}"


class Conversation(CityRow):
    """Letters between two participants about one contribution. When they have been kept long enough, a nameless row is left."""

    uid = models.UUIDField(default=uuid7)
    contribution = models.ForeignKey("contributions.Contribution", models.CASCADE, related_name="+", db_index=False)
    pair = models.CharField(max_length=40)  # the keys of both participants, the smaller first: '12-34'
    begun_at = models.DateTimeField(auto_now_add=True)
    last_at = models.DateTimeField(null=True, blank=True)  # of the newest letter; empty once the letters have gone

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "uid"], name="one_conversation_per_uid"),
            models.UniqueConstraint(fields=["city", "contribution", "pair"], name="one_conversation_per_pair"),
        ]
        indexes = [models.Index(fields=["city", "last_at"], name="conversations_by_last")]

    def __str__(self) -> str:
        return str(self.uid)

    @property
    def path(self) -> str:
        """The address without language."""
        return f"/konto/briefe/{self.uid}"


class Seat(CityRow):
    """One of the two in a conversation, with what is new for them."""

    # A conversation goes only when two become one, and its seats before it; a cascade would not name the city.
    conversation = models.ForeignKey(Conversation, models.DO_NOTHING, related_name="seats", db_index=False)
    participant = models.ForeignKey("people.Participant", models.CASCADE, related_name="+", db_index=False)
    last_letter = models.BigIntegerField(default=0)  # key of the newest letter: sorts the list
    unread = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "conversation", "participant"], name="one_seat_each")]
        indexes = [
            models.Index(fields=["city", "participant", "last_letter"], name="seats_newest"),
            models.Index(fields=["city", "participant"], condition=Q(unread__gt=0), name="seats_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} {self.unread}"


class Letter(CityRow):
    """One letter. Without words when its writer left or the team took them out."""

    uid = models.UUIDField(default=uuid7)
    conversation = models.ForeignKey(Conversation, models.DO_NOTHING, related_name="letters", db_index=False)
    author = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    organisation = models.ForeignKey("people.Organisation", models.SET_NULL, null=True, blank=True, related_name="+")
    text = models.TextField(blank=True)
    language = models.CharField(max_length=12, default="de")
    at = models.DateTimeField(auto_now_add=True)
    taken_out_at = models.DateTimeField(null=True, blank=True)  # by the team

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "uid"], name="one_letter_per_uid")]
        indexes = [
            models.Index(fields=["city", "conversation", "id"], name="letters_in_order"),
            models.Index(fields=["city", "author", "id"], name="letters_by_author"),
        ]

    def __str__(self) -> str:
        return str(self.uid)

    @property
    def shown_name(self) -> str:
        """The organisation spoken for, else the writer's pseudonym; 'Someone' for who has left."""
        if self.organisation:
            return self.organisation.name
        return self.author.shown_name if self.author else str(_("Someone"))


class LettersOff(CityRow):
    """This participant wants no letters."""

    participant = models.ForeignKey("people.Participant", models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "participant"], name="one_letters_off")]

    def __str__(self) -> str:
        return str(self.participant_id)


class Block(CityRow):
    """One participant does not want to hear from another; the other is not told."""

    blocker = models.ForeignKey("people.Participant", models.CASCADE, related_name="+", db_index=False)
    blocked = models.ForeignKey("people.Participant", models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "blocker", "blocked"], name="one_block")]
        indexes = [models.Index(fields=["city", "blocked"], name="blocks_of_blocked")]

    def __str__(self) -> str:
        return f"{self.blocker_id} {self.blocked_id}"
