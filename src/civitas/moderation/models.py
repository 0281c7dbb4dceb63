"""What people flag: each flag, and the case that gathers the flags of one thing until the team decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from civitas.cities.models import CityRow

if TYPE_CHECKING:
    from civitas.contributions.models import Contribution


class Case(CityRow):
    """One flagged thing: a contribution, a comment or a letter. It is open until the team decides; flagged again it is a new case."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Decided")

    class Decision(models.TextChoices):
        FINE = "fine", _("Nothing wrong with it")
        DEALT_WITH = "dealt_with", _("Dealt with")

    contribution = models.ForeignKey("contributions.Contribution", models.CASCADE, null=True, blank=True, related_name="+", db_index=False)
    letter = models.ForeignKey("meeting.Letter", models.CASCADE, null=True, blank=True, related_name="+", db_index=False)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    flag_count = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField(auto_now_add=True)
    decision = models.CharField(max_length=12, choices=Decision, blank=True)
    decision_text = models.CharField(max_length=500, blank=True)  # for those who flagged
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(contribution__isnull=False, letter__isnull=True) | Q(contribution__isnull=True, letter__isnull=False),
                name="case_is_about_one_thing",
            ),
            models.UniqueConstraint(
                fields=["city", "contribution"], name="one_open_case_each", condition=Q(state="open", contribution__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["city", "letter"], name="one_open_case_a_letter", condition=Q(state="open", letter__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["city", "state", "flag_count", "id"], name="cases_most_flagged"),
            models.Index(fields=["city", "state", "id"], name="cases_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.state}"

    @property
    def subject(self) -> str:
        """What it is about, as the journal and the news name it: 'contribution:12', 'letter:7'."""
        return f"contribution:{self.contribution_id}" if self.contribution_id else f"letter:{self.letter_id}"

    @property
    def is_open(self) -> bool:
        """Whether the team has yet to decide."""
        return self.state == self.State.OPEN

    @property
    def thing(self) -> Contribution | None:
        """The contribution or comment; None for a letter."""
        return self.contribution


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
