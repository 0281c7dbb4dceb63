"""What was put together and by whom; what was proposed and what the authors say to it; pairs that a machine found; what was split."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from civitas.cities.models import CityRow

LONGEST_REASON = 600


class Proposal(CityRow):
    """The team proposes to put some contributions together with another, the head, and asks their authors until a day."""

    class State(models.TextChoices):
        ASKED = "asked", _("The authors are asked")
        DONE = "done", _("Put together")
        DROPPED = "dropped", _("Not put together")

    uid = models.UUIDField()  # of the form
    head = models.ForeignKey("contributions.Contribution", models.CASCADE, related_name="+", db_index=False)
    reason = models.CharField(max_length=LONGEST_REASON)  # in the team's words, for the authors
    by = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=8, choices=State, default=State.ASKED)
    at = models.DateTimeField()
    until = models.DateTimeField()  # silence until then counts as yes
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "uid"], name="one_proposal_per_form")]
        indexes = [
            models.Index(fields=["city", "state", "until"], name="proposals_due"),
            models.Index(fields=["city", "state", "id"], name="proposals_newest"),
            models.Index(fields=["city", "head"], name="proposals_of_head"),
        ]

    def __str__(self) -> str:
        return f"{self.head_id} {self.state}"

    @property
    def is_open(self) -> bool:
        """Whether an author can still answer."""
        return self.state == self.State.ASKED


class Consent(CityRow):
    """What becomes of one contribution of a proposal, and what its author says to that."""

    class Answer(models.TextChoices):
        OPEN = "", _("No answer yet")
        YES = "yes", _("Yes")
        NO = "no", _("No")
        SILENT = "silent", _("No answer by the day")
        UNREACHABLE = "unreachable", _("Nobody to ask")
        GONE = "gone", _("No longer shown")

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="consents", db_index=False)
    contribution = models.ForeignKey("contributions.Contribution", models.CASCADE, related_name="+", db_index=False)
    author = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    answer = models.CharField(max_length=12, choices=Answer, blank=True)
    words = models.CharField(max_length=LONGEST_REASON, blank=True)  # of the author, for the team alone
    answered_at = models.DateTimeField(null=True, blank=True)
    # Set while the question is open, so that one contribution is asked about once at a time.
    is_open = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "proposal", "contribution"], name="one_consent_each"),
            models.UniqueConstraint(fields=["city", "contribution"], name="one_open_question_each", condition=Q(is_open=True)),
        ]
        indexes = [models.Index(fields=["city", "author", "is_open"], name="consents_of_author")]

    def __str__(self) -> str:
        return f"{self.contribution_id} {self.answer}"


class Merge(CityRow):
    """One contribution was put together with another. The merges in force are a forest: a contribution lies in the last of its chain."""

    contribution = models.ForeignKey("contributions.Contribution", models.CASCADE, related_name="+", db_index=False)
    head = models.ForeignKey("contributions.Contribution", models.CASCADE, related_name="+", db_index=False)
    proposal = models.ForeignKey(Proposal, models.SET_NULL, null=True, blank=True, related_name="+")
    by = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+")
    # The author wants it back: the team decides.
    objected_at = models.DateTimeField(null=True, blank=True)
    objection = models.CharField(max_length=LONGEST_REASON, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "contribution"], name="one_merge_in_force", condition=Q(undone_at__isnull=True)),
            models.CheckConstraint(condition=~Q(contribution=F("head")), name="merge_of_two"),
        ]
        indexes = [
            models.Index(fields=["city", "head", "undone_at"], name="merges_into_head"),
            models.Index(fields=["city", "id"], name="merges_newest"),
            models.Index(
                fields=["city", "objected_at"],
                name="merges_objected",
                condition=Q(objected_at__isnull=False, undone_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contribution_id} in {self.head_id}"


class Suggestion(CityRow):
    """A pair that a machine found alike; people decide. What it found is read from the texts again when it is shown."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        DISMISSED = "dismissed", _("Different")
        TAKEN = "taken", _("Taken up")

    first = models.ForeignKey("contributions.Contribution", models.CASCADE, related_name="+", db_index=False)  # the older one
    second = models.ForeignKey("contributions.Contribution", models.CASCADE, related_name="+", db_index=False)
    score = models.PositiveSmallIntegerField()  # 0 to 1000
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "first", "second"], name="one_suggestion_per_pair"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="suggestion_in_order"),
        ]
        indexes = [
            models.Index(fields=["city", "state", "score", "id"], name="suggestions_likest"),
            models.Index(fields=["city", "second"], name="suggestions_of_second"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} {self.second_id} {self.score}"


class Split(CityRow):
    """A contribution that holds several thoughts was split; its parts are linked from it (`Link.Kind.SPLIT_INTO`)."""

    uid = models.UUIDField()  # of the form
    contribution = models.ForeignKey("contributions.Contribution", models.CASCADE, related_name="+", db_index=False)
    by = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "uid"], name="one_split_per_form"),
            models.UniqueConstraint(fields=["city", "contribution"], name="one_split_in_force", condition=Q(undone_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.contribution_id}"


class SplitPart(CityRow):
    """One of the contributions that a split made."""

    split = models.ForeignKey(Split, models.CASCADE, related_name="parts", db_index=False)
    contribution = models.ForeignKey("contributions.Contribution", models.CASCADE, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "split", "contribution"], name="one_part_each")]
        indexes = [models.Index(fields=["city", "contribution"], name="split_of_part")]

    def __str__(self) -> str:
        return f"{self.split_id} {self.contribution_id}"
