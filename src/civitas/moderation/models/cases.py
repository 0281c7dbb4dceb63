"""The queue: what waits for a look with its flags and signals, and the views of it that somebody of the team keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from civitas.cities.models import CityRow

if TYPE_CHECKING:
    from civitas.contributions.models import Contribution

# The event of the news to who flagged something that came to be hidden without a decision of the queue.
HIDDEN_OTHERWISE = "hidden"


class Case(CityRow):
    """An item of the team's queue about one thing: a contribution, a comment or a letter. Open until the team decides."""

    class State(models.TextChoices):
        OPEN = "open", _("Waiting")
        ASKED = "asked", _("Asked back")
        CLOSED = "closed", _("Decided")

    class Why(models.TextChoices):
        WAITING = "waiting", _("Waits before it is shown")
        NEW = "new", _("New, nobody has looked at it")
        TEAM = "team", _("Taken up by the team")
        FLAGGED = "flagged", _("Flagged")
        APPEAL = "appeal", _("Objection")
        REPORT = "report", _("Reported as illegal")

    contribution = models.ForeignKey("contributions.Contribution", models.CASCADE, null=True, blank=True, related_name="+", db_index=False)
    letter = models.ForeignKey("meeting.Letter", models.CASCADE, null=True, blank=True, related_name="+", db_index=False)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    why = models.CharField(max_length=8, choices=Why, default=Why.FLAGGED)
    weight = models.IntegerField(default=0)  # the heaviest first; `weighing` says of what it is made
    flag_count = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)  # counts decisions, and other words or another reason why it is here
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    # Who is on it just now, and until when.
    held_by = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    held_until = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(contribution__isnull=False, letter__isnull=True) | Q(contribution__isnull=True, letter__isnull=False),
                name="case_is_about_one_thing",
            ),
            models.UniqueConstraint(
                fields=["city", "contribution"], name="one_open_case_each", condition=~Q(state="closed") & Q(contribution__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["city", "letter"], name="one_open_case_a_letter", condition=~Q(state="closed") & Q(letter__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["city", "state", "-weight", "id"], name="cases_in_order"),
            models.Index(fields=["city", "state", "why", "-weight", "id"], name="cases_by_why"),
            models.Index(fields=["city", "state", "opened_at"], name="cases_oldest"),
            models.Index(fields=["city", "state", "closed_at", "id"], name="cases_decided"),
            models.Index(fields=["city", "contribution", "id"], name="cases_of_contribution"),
            models.Index(fields=["city", "held_by", "held_until"], name="cases_held"),
            models.Index(fields=["city", "closed_by"], name="cases_closed_by"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.state}"

    @property
    def subject(self) -> str:
        """What it is about, as the journal and the news name it: 'contribution:12', 'letter:7'."""
        return f"contribution:{self.contribution_id}" if self.contribution_id else f"letter:{self.letter_id}"

    @property
    def is_open(self) -> bool:
        """Whether the team has yet to decide, be it that the author was asked."""
        return self.state != self.State.CLOSED

    @property
    def thing(self) -> Contribution | None:
        """The contribution or comment; None for a letter."""
        return self.contribution

    @property
    def stamp(self) -> str:
        """What somebody looked at who decides: it changes with the words, with each decision and with a new reason why it is here."""
        return f"{self.version}-{self.contribution.version if self.contribution else 0}"


class Flag(CityRow):
    """One person says why a thing should be looked at. Without a login it has no participant."""

    class Reason(models.TextChoices):
        RULES = "rules", _("It insults or threatens people")
        PERSONAL = "personal", _("It tells private things about somebody")
        SPAM = "spam", _("It is advertising or makes no sense")
        PLACE = "place", _("It is at the wrong place here")
        OTHER = "other", _("Something else is wrong with the text")

    uid = models.UUIDField()  # of the form
    case = models.ForeignKey(Case, models.CASCADE, related_name="flags", db_index=False)
    participant = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    reason = models.CharField(max_length=12, choices=Reason)
    words = models.CharField(max_length=1000, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "uid"], name="one_flag_per_form"),
            models.UniqueConstraint(fields=["city", "case", "participant"], name="one_flag_each", condition=Q(participant__isnull=False)),
        ]
        indexes = [
            models.Index(fields=["city", "case", "id"], name="flags_of_case"),
            models.Index(fields=["city", "participant", "id"], name="flags_of_person"),
        ]

    def __str__(self) -> str:
        return self.reason


class Signal(CityRow):
    """What a machine noticed about a case. It orders the queue and hides nothing."""

    class Kind(models.TextChoices):
        MAIL = "mail", _("names a mail address")
        PHONE = "phone", _("names a telephone number")
        IBAN = "iban", _("names a bank account")
        PLATE = "plate", _("names a number plate")
        WORDS = "words", _("has a word of the city's list")
        SPAM = "spam", _("looks like advertising")
        SAME = "same", _("reads like others")
        LINKS = "links", _("has links")
        NEW = "new", _("first text of a new account")

    case = models.ForeignKey(Case, models.CASCADE, related_name="signals", db_index=False)
    kind = models.CharField(max_length=8, choices=Kind)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "case", "kind"], name="one_signal_per_kind")]
        indexes = [models.Index(fields=["city", "kind", "case"], name="signals_by_kind")]

    def __str__(self) -> str:
        return self.kind


class SavedView(CityRow):
    """A filter of the queue that somebody of the team keeps under a name."""

    participant = models.ForeignKey("people.Participant", models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=500)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "participant", "name"], name="one_view_per_name")]

    def __str__(self) -> str:
        return self.name
