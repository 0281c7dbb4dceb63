"""The queue: cases with their flags and signals; decisions and whole runs of them; what the machine has learned and noticed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from civitas.cities.models import CityRow
from civitas.kit.refusals import in_readers_words

if TYPE_CHECKING:
    from civitas.contributions.models import Contribution


# The event of the news to who flagged something that came to be hidden without a decision of the queue.
HIDDEN_OTHERWISE = "hidden"


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


class Case(CityRow):
    """An item of the team's queue about one thing: a contribution, a comment or a letter. Open until the team decides."""

    class State(models.TextChoices):
        OPEN = "open", _("Waiting")
        ASKED = "asked", _("Waiting for the author")
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


class Trace(CityRow):
    """What of a text is kept to find those alike: hashes of its words and of their overlapping groups, never the words."""

    contribution = models.ForeignKey("contributions.Contribution", models.CASCADE, related_name="+", db_index=False)
    words = models.BigIntegerField()  # of the words exactly as they stand
    sketch = models.BinaryField(max_length=128)  # 16 least hashes of groups of three words; empty for a short text
    family = models.BigIntegerField()  # the contribution to whose text this one is alike, or itself

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "contribution"], name="one_trace_each")]
        indexes = [models.Index(fields=["city", "family", "contribution"], name="traces_of_family")]

    def __str__(self) -> str:
        return f"{self.contribution_id} {self.family}"


class Band(CityRow):
    """Where texts alike are looked up: a hash of some of the least hashes, and the family that has it."""

    value = models.BigIntegerField()
    family = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "value", "family"], name="one_band_per_family")]
        indexes = [models.Index(fields=["city", "family"], name="bands_of_family")]

    def __str__(self) -> str:
        return f"{self.value} {self.family}"


class Token(CityRow):
    """In how many texts a word stood that the team called spam or fine, by the word's keyed hash; hash 0 counts the texts."""

    hash = models.BigIntegerField()
    spam = models.IntegerField(default=0)
    fine = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "hash"], name="one_token_per_hash")]

    def __str__(self) -> str:
        return f"{self.spam}:{self.fine}"


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


class SavedView(CityRow):
    """A filter of the queue that somebody of the team keeps under a name."""

    participant = models.ForeignKey("people.Participant", models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=500)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "participant", "name"], name="one_view_per_name")]

    def __str__(self) -> str:
        return self.name


class HourCount(CityRow):
    """How many decisions of a kind stand that were made in an hour; kept by the decisions."""

    hour = models.DateTimeField()
    verb = models.CharField(max_length=8, choices=Verb)
    count = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "hour", "verb"], name="one_count_per_hour")]

    def __str__(self) -> str:
        return f"{self.hour:%Y-%m-%d %H} {self.verb} {self.count}"


class Alert(CityRow):
    """Something that the team should know at once: much more than usual comes in, or something waits longer than promised."""

    class Kind(models.TextChoices):
        SPIKE = "spike", _("Much more than usual comes in")
        LATE = "late", _("Something waits longer than promised")

    kind = models.CharField(max_length=8, choices=Kind)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    count = models.PositiveIntegerField(default=0)
    usual = models.PositiveIntegerField(default=0)  # of a spike: how many come in an hour as a rule

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "kind"], name="one_alert_at_a_time", condition=Q(ended_at__isnull=True))]

    def __str__(self) -> str:
        return self.kind
