"""What the team decides about cases, one by one and in runs, how it is counted, and who objects."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from civitas.cities.models import CityRow
from civitas.kit.refusals import in_readers_words
from civitas.moderation.models.cases import Case


class Reason(models.TextChoices):
    """What of the rules of dialogue a decision goes by."""

    INSULT = "insult", _("It insults or threatens people")
    PRIVATE = "private", _("It tells private things about somebody")
    SPAM = "spam", _("It is advertising or makes no sense")
    PLACE = "place", _("It does not belong to this topic")
    TWICE = "twice", _("It is already here")
    COPIED = "copied", _("Somebody else made it and was not asked")
    UNLAWFUL = "unlawful", _("It may break the law")
    OTHER = "other", _("Another reason")


class Verb(models.TextChoices):
    """What the team can decide about a case."""

    PUBLISH = "publish", _("Publish")
    HIDE = "hide", _("Hide")
    MOVE = "move", _("Move")
    ASK = "ask", _("Ask the author")
    SPAM = "spam", _("Spam: hide and learn")


class Run(CityRow):
    """One decision about many cases, which the worker carries out some at a time."""

    class State(models.TextChoices):
        RUNNING = "running", _("Under way")
        DONE = "done", pgettext_lazy("task", "Done")
        UNDOING = "undoing", _("Is being taken back")
        UNDONE = "undone", _("Taken back")

    uid = models.UUIDField()  # of the form
    verb = models.CharField(max_length=8, choices=Verb)
    reason = models.CharField(max_length=12, choices=Reason, blank=True)
    text = models.CharField(max_length=1000, blank=True)
    category = models.ForeignKey("processes.Category", models.SET_NULL, null=True, blank=True, related_name="+")
    area = models.ForeignKey("cities.Area", models.SET_NULL, null=True, blank=True, related_name="+")
    place = models.ForeignKey("cities.Place", models.SET_NULL, null=True, blank=True, related_name="+")
    step = models.ForeignKey("processes.Step", models.SET_NULL, null=True, blank=True, related_name="+")
    suspend_days = models.IntegerField(null=True, blank=True)  # None: nobody is shut out; 0: for good
    by = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=8, choices=State, default=State.RUNNING)
    total = models.PositiveIntegerField(default=0)
    done_count = models.PositiveIntegerField(default=0)
    failed_count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "uid"], name="one_run_per_form")]
        indexes = [models.Index(fields=["city", "id"], name="runs_newest"), models.Index(fields=["city", "by"], name="runs_by")]

    def __str__(self) -> str:
        return f"{self.verb} {self.total}"


class RunItem(CityRow):
    """One case of a run: still to do, done, or not possible and why."""

    class State(models.TextChoices):
        TODO = "todo", _("to do")
        DONE = "done", _("done")
        FAILED = "failed", _("not possible")
        UNDONE = "undone", _("taken back")

    run = models.ForeignKey(Run, models.CASCADE, related_name="items", db_index=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="+", db_index=False)
    stamp = models.CharField(max_length=24, blank=True)  # what was looked at
    state = models.CharField(max_length=8, choices=State, default=State.TODO)
    fault = models.CharField(max_length=300, blank=True)  # in source words

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "run", "case"], name="one_item_per_case")]
        indexes = [models.Index(fields=["city", "run", "state", "id"], name="items_of_run")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.state}"

    @property
    def why(self) -> str:
        """Why it was not possible, in the reader's language."""
        return in_readers_words(self.fault)


class Decision(CityRow):
    """What somebody of the team decided about a case, and how things stood before, by ids alone, so that it can be taken back."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="decisions", db_index=False)
    contribution = models.ForeignKey("contributions.Contribution", models.CASCADE, null=True, blank=True, related_name="+", db_index=False)
    verb = models.CharField(max_length=8, choices=Verb)
    reason = models.CharField(max_length=12, choices=Reason, blank=True)
    text = models.CharField(max_length=1000, blank=True)  # the team's own words to the author
    by = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    at = models.DateTimeField()
    run = models.ForeignKey(Run, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    # How it stood before.
    was_why = models.CharField(max_length=8, choices=Case.Why)
    was_visibility = models.CharField(max_length=12, blank=True)
    was_reason = models.CharField(max_length=300, blank=True)  # that was shown while hidden; the team's words
    was_category = models.BigIntegerField(null=True, blank=True)
    was_step = models.BigIntegerField(null=True, blank=True)
    was_revision = models.BigIntegerField(null=True, blank=True)  # which keeps how it lay on the map
    suspension = models.ForeignKey("people.Suspension", models.SET_NULL, null=True, blank=True, related_name="+")
    # What the author answered when asked.
    reply = models.TextField(blank=True)
    replied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["city", "case", "id"], name="decisions_of_case"),
            models.Index(fields=["city", "contribution", "id"], name="decisions_of_contribution"),
            models.Index(fields=["city", "by", "id"], name="decisions_by"),
            models.Index(fields=["city", "run", "id"], name="decisions_of_run"),
            models.Index(fields=["city", "at"], name="decisions_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.case_id}"

    @property
    def hides(self) -> bool:
        """Whether it takes something out of sight."""
        return self.verb in {Verb.HIDE, Verb.SPAM}


class Appeal(CityRow):
    """Somebody asks that another person of the team looks at a decision again: the author, or who reported the thing."""

    class Side(models.TextChoices):
        AUTHOR = "author", _("Author")
        REPORTER = "reporter", _("Who reported it")

    class Outcome(models.TextChoices):
        STAYS = "stays", _("The decision stays")
        CHANGED = "changed", _("The decision was changed")

    decision = models.ForeignKey(Decision, models.CASCADE, related_name="appeals", db_index=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="appeals", db_index=False)
    side = models.CharField(max_length=8, choices=Side, default=Side.AUTHOR)
    participant = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    words = models.CharField(max_length=1000, blank=True)
    at = models.DateTimeField(auto_now_add=True)
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True)
    outcome_decision = models.ForeignKey(Decision, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "decision", "side"], name="one_appeal_each_side")]
        indexes = [
            models.Index(fields=["city", "case", "id"], name="appeals_of_case"),
            models.Index(fields=["city", "participant"], name="appeals_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.decision_id} {self.outcome}"


class HourCount(CityRow):
    """How many decisions of a kind stand that were made in an hour; kept by the decisions."""

    hour = models.DateTimeField()
    verb = models.CharField(max_length=8, choices=Verb)
    count = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "hour", "verb"], name="one_count_per_hour")]

    def __str__(self) -> str:
        return f"{self.hour:%Y-%m-%d %H} {self.verb} {self.count}"
