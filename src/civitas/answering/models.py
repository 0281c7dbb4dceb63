"""Who answers by when, the draft on its way, what the team says among itself, and what it answers with: templates, rules, bodies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Case, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from civitas.cities.models import CityRow
from civitas.contributions.models import Contribution
from civitas.kit.ids import uuid7
from civitas.kit.refusals import in_readers_words
from civitas.kit.translated import TranslatedField

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from civitas.people.models import Participant

# Low bits of `due_key`: the contribution, so that two that are due on one day stay apart.
_KEY_BITS = 40


def due_key(due_on: dt.date, contribution: int) -> int:
    """The number that sorts assignments by the day they are due, unique among the active ones."""
    return (due_on.toordinal() << _KEY_BITS) | contribution


class AssignmentRule(CityRow):
    """What goes to whom: the first rule by position that fits. Empty means any; a district holds its quarters too."""

    position = models.PositiveIntegerField(default=0)
    category = models.ForeignKey("processes.Category", models.CASCADE, null=True, blank=True, related_name="+")
    area = models.ForeignKey("cities.Area", models.CASCADE, null=True, blank=True, related_name="+")
    service = models.ForeignKey("services.Service", models.CASCADE, null=True, blank=True, related_name="+")
    process = models.ForeignKey("processes.Process", models.CASCADE, null=True, blank=True, related_name="+")
    organisation = models.ForeignKey("people.Organisation", models.CASCADE, related_name="+")
    person = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)  # of what it says, not of its place among the others

    class Meta:
        indexes = [models.Index(fields=["city", "position", "id"], name="assignment_rules")]

    def __str__(self) -> str:
        return f"{self.position}"


class Assignment(CityRow):
    """That a contribution waits for an answer: with a department, a person, or nobody yet, and by when. One is active at a time."""

    class State(models.TextChoices):
        OPEN = "open", _("To be answered")
        PROMISED = "promised", _("A next step is promised")
        ANSWERED = "answered", _("Answered")
        MOVED = "moved", _("Passed on")

    contribution = models.ForeignKey("contributions.Contribution", models.CASCADE, related_name="assignments", db_index=False)
    organisation = models.ForeignKey("people.Organisation", models.SET_NULL, null=True, blank=True, related_name="+")
    person = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+")
    # The action that removes a rule lets go of it first; a cascade would not name the city.
    rule = models.ForeignKey(AssignmentRule, models.DO_NOTHING, null=True, blank=True, related_name="+")
    by = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+")  # empty: by rule
    due_on = models.DateField()
    due_key = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    # 1 while something is to be done. A number, since SQLite uses no index for a bare boolean.
    active = models.GeneratedField(
        expression=Case(When(Q(state__in=["open", "promised"]), then=Value(1)), default=Value(0)),
        output_field=models.SmallIntegerField(),
        db_persist=True,
    )
    made_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["city", "contribution"], name="one_active_assignment", condition=Q(state__in=["open", "promised"])
            ),
        ]
        indexes = [
            models.Index(fields=["city", "active", "due_key"], name="assignments_by_day"),
            models.Index(fields=["city", "active", "person", "due_key"], name="assignments_of_person"),
            models.Index(fields=["city", "active", "organisation", "due_key"], name="assignments_of_department"),
            models.Index(fields=["city", "contribution", "id"], name="assignments_of_one"),
        ]

    def __str__(self) -> str:
        return f"{self.contribution_id} {self.state} {self.due_on}"

    @property
    def is_overdue(self) -> bool:
        """Whether the promised day is over."""
        return self.state in {self.State.OPEN, self.State.PROMISED} and self.due_on < timezone.localdate()

    @property
    def with_whom(self) -> str:
        """The person, else the department, in a name; '' for nobody yet."""
        return self.person.shown_name if self.person else self.organisation.name if self.organisation else ""


class Note(CityRow):
    """What the team writes to itself about a contribution. Never public."""

    uid = models.UUIDField(default=uuid7)  # of the form
    contribution = models.ForeignKey("contributions.Contribution", models.CASCADE, related_name="+", db_index=False)
    author = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+")
    text = models.TextField(blank=True)
    file = models.ForeignKey("media.MediaFile", models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    meant_for: Sequence[Participant] = ()  # the colleagues it is meant for, where `queries.notes_of` has asked

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "uid"], name="one_note_per_form")]
        indexes = [models.Index(fields=["city", "contribution", "id"], name="notes_of_contribution")]

    def __str__(self) -> str:
        return f"{self.contribution_id}"


class Mention(CityRow):
    """A colleague whom a note is meant for."""

    # As above: the action that removes a note removes these first.
    note = models.ForeignKey(Note, models.DO_NOTHING, related_name="mentions", db_index=False)
    person = models.ForeignKey("people.Participant", models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "note", "person"], name="one_mention_per_note")]

    def __str__(self) -> str:
        return f"{self.note_id} {self.person_id}"


class Question(CityRow):
    """A question to another department, with the day by which its answer is needed."""

    contribution = models.ForeignKey("contributions.Contribution", models.CASCADE, related_name="+", db_index=False)
    organisation = models.ForeignKey("people.Organisation", models.CASCADE, related_name="+", db_index=False)
    asked_by = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+")
    text = models.TextField()
    due_on = models.DateField()
    asked_at = models.DateTimeField(auto_now_add=True)
    reply = models.TextField(blank=True)
    replied_by = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+")
    replied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["city", "contribution", "id"], name="questions_of_contribution"),
            models.Index(fields=["city", "organisation", "id"], name="questions_to_department", condition=Q(replied_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.contribution_id} {self.due_on}"

    @property
    def is_overdue(self) -> bool:
        """Whether the day is over and there is no reply."""
        return self.replied_at is None and self.due_on < timezone.localdate()


class Body(CityRow):
    """Somebody outside of the city's administration who can do what it cannot: a transport association, the state, the railway."""

    name = models.CharField(max_length=160)
    contact = models.CharField(max_length=300)  # how people reach it, in public words: page, mail, telephone
    url = models.URLField(max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "name"], name="one_body_per_name")]

    def __str__(self) -> str:
        return self.name


class AnswerDraft(CityRow):
    """The answer on its way: written, perhaps waiting for a colleague's release, then said. One open draft for a contribution."""

    class State(models.TextChoices):
        WRITING = "writing", _("Being written")
        WAITING = "waiting", _("Waiting for release")
        SAID = "said", _("Published")
        DROPPED = "dropped", _("Thrown away")

    contribution = models.ForeignKey("contributions.Contribution", models.CASCADE, related_name="+", db_index=False)
    state = models.CharField(max_length=8, choices=State, default=State.WRITING)
    status = models.CharField(max_length=20, choices=Contribution.Status, blank=True)
    text = models.TextField(blank=True)
    organisation = models.ForeignKey("people.Organisation", models.SET_NULL, null=True, blank=True, related_name="+")
    next_step = models.CharField(max_length=240, blank=True)
    due_on = models.DateField(null=True, blank=True)
    part_of = models.CharField(max_length=120, blank=True)  # a contribution's number, or words to look for it, as typed
    part_of_process = models.ForeignKey("processes.Process", models.SET_NULL, null=True, blank=True, related_name="+")
    body = models.ForeignKey(Body, models.SET_NULL, null=True, blank=True, related_name="+")
    sent = models.TextField(blank=True)  # for the team: what was sent where
    by = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+")  # who wrote last
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(auto_now=True)
    sent_back = models.CharField(max_length=500, blank=True)  # what the colleague asked to change
    released_by = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+")
    event = models.ForeignKey("contributions.StatusEvent", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "contribution"], name="one_open_answer", condition=Q(state__in=["writing", "waiting"])),
        ]
        indexes = [
            models.Index(fields=["city", "state", "id"], name="answer_drafts"),
            models.Index(fields=["city", "contribution", "id"], name="answer_drafts_of_one"),
        ]

    def __str__(self) -> str:
        return f"{self.contribution_id} {self.state} {self.version}"

    @property
    def is_open(self) -> bool:
        """Whether it is still on its way."""
        return self.state in {self.State.WRITING, self.State.WAITING}


class Template(CityRow):
    """Words that the team answers with again and again, with blanks (`answering.blanks`), by language."""

    title = models.CharField(max_length=120)
    status = models.CharField(max_length=20, choices=Contribution.Status, blank=True)
    text = TranslatedField()
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "title"], name="one_template_per_title")]

    def __str__(self) -> str:
        return self.title


class Batch(CityRow):
    """One answer to many contributions, or many given to one department: worked off by the worker, some at a time."""

    class Kind(models.TextChoices):
        ANSWER = "answer", _("One answer to many")
        ASSIGN = "assign", _("Assigned together")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting for release")
        RUNNING = "running", _("Running")
        DONE = "done", pgettext_lazy("task", "Done")
        DROPPED = "dropped", _("Thrown away")

    uid = models.UUIDField()  # of the form: sent twice it is one
    kind = models.CharField(max_length=8, choices=Kind)
    state = models.CharField(max_length=8, choices=State, default=State.RUNNING)
    status = models.CharField(max_length=20, choices=Contribution.Status, blank=True)
    # By language; each author gets the one they read (`languages.spoken`).
    text = TranslatedField()
    next_step = TranslatedField()
    due_on = models.DateField(null=True, blank=True)
    organisation = models.ForeignKey("people.Organisation", models.SET_NULL, null=True, blank=True, related_name="+")
    person = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+")
    by = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+")
    released_by = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "uid"], name="one_batch_per_form")]
        indexes = [models.Index(fields=["city", "state", "id"], name="answer_batches")]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class BatchItem(CityRow):
    """One contribution of a batch, and how it went."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits")
        DONE = "done", pgettext_lazy("task", "Done")
        FAILED = "failed", _("Not possible")

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="items", db_index=False)
    contribution = models.ForeignKey("contributions.Contribution", models.CASCADE, related_name="+", db_index=False)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    reason = models.CharField(max_length=300, blank=True)  # why not, as the rule says it, in source words
    # Before the reason where the colleague who released it may not answer this one.
    UNRELEASED = "Not released: "

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "batch", "contribution"], name="one_batch_item")]
        indexes = [models.Index(fields=["city", "batch", "state", "id"], name="batch_items")]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.contribution_id} {self.state}"

    @property
    def why(self) -> str:
        """Why it was not possible, in the reader's language."""
        if self.reason.startswith(self.UNRELEASED):
            return gettext("Not released: %(reason)s") % {"reason": in_readers_words(self.reason.removeprefix(self.UNRELEASED))}
        return in_readers_words(self.reason)
