"""Concepts beside their contributions: sections with every wording they had, who writes, and the gates at which people decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from civitas.cities.models import CityRow
from civitas.kit.ids import uuid7

if TYPE_CHECKING:
    from civitas.people.models import Organisation, Participant


class Concept(CityRow):
    """What a contribution of kind `concept` has beyond title and lead. Made when somebody begins one, or opens one for work."""

    class Stage(models.TextChoices):
        WRITING = "writing", _("Being written")
        DECIDING = "deciding", _("Before a decision")
        GOING_ON = "going_on", _("Going on")
        TO_CHANGE = "to_change", _("To be changed")
        STOPPED = "stopped", _("Stopped")
        SERVICE = "service", _("Became a service")

    contribution = models.ForeignKey("contributions.Contribution", models.CASCADE, related_name="concept", db_index=False)
    stage = models.CharField(max_length=12, choices=Stage, default=Stage.WRITING)  # kept by the actions; see `stages.stage_of`
    edition = models.PositiveIntegerField(default=0)  # counts every change of a section, and of title or lead
    invite_key = models.UUIDField(default=uuid7)  # what makes links of invitation; another one makes the old links void
    begun_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "contribution"], name="one_concept_per_contribution")]
        indexes = [models.Index(fields=["city", "stage", "contribution"], name="concepts_by_stage")]

    def __str__(self) -> str:
        return f"{self.contribution_id} {self.stage}"


class SectionText(CityRow):
    """How a section of a concept reads now. `version` counts its wordings; a section that nobody wrote has no row."""

    concept = models.ForeignKey(Concept, models.CASCADE, related_name="texts", db_index=False)
    key = models.CharField(max_length=40)  # of `sections.Section`
    text = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=0)
    # What a canvas last said for it, whether that was taken over or not: what is newer is offered.
    from_canvas = models.TextField(blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "concept", "key"], name="one_text_per_section")]

    def __str__(self) -> str:
        return f"{self.key} {self.version}"


class Wording(CityRow):
    """One wording of a section, the newest one too: who wrote it and when. Its edition places it among all changes of the concept."""

    concept = models.ForeignKey(Concept, models.CASCADE, related_name="wordings", db_index=False)
    edition = models.PositiveIntegerField()
    key = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    by = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    organisation = models.ForeignKey("people.Organisation", models.SET_NULL, null=True, blank=True, related_name="+")
    by_canvas = models.BooleanField(default=False)  # it came from a canvas and was written by nobody
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "concept", "edition"], name="one_wording_per_edition"),
            models.UniqueConstraint(fields=["city", "concept", "key", "version"], name="one_wording_per_version"),
        ]
        indexes = [models.Index(fields=["city", "by"], name="wordings_by_writer")]

    def __str__(self) -> str:
        return f"{self.key} {self.version}"

    @property
    def shown_name(self) -> str:
        """Who wrote it: the organisation spoken for, else the pseudonym; 'Someone' for who has left."""
        return _shown_name(self.by, self.organisation)


def _shown_name(person: Participant | None, organisation: Organisation | None) -> str:
    if organisation is not None:
        return organisation.name
    return person.shown_name if person is not None else str(_("Someone"))


class Member(CityRow):
    """Somebody who writes along, asks to, or did once; for an organisation, where they say so."""

    class State(models.TextChoices):
        ASKED = "asked", _("asks to write along")
        IN = "in", _("writes along")
        LEFT = "left", _("wrote along")
        REFUSED = "refused", _("was not taken in")

    concept = models.ForeignKey(Concept, models.CASCADE, related_name="members", db_index=False)
    participant = models.ForeignKey("people.Participant", models.CASCADE, related_name="+", db_index=False)
    organisation = models.ForeignKey("people.Organisation", models.SET_NULL, null=True, blank=True, related_name="+")
    organisation_name = models.CharField(max_length=160, blank=True)  # as it was called, for when it leaves
    state = models.CharField(max_length=8, choices=State)
    words = models.CharField(max_length=300, blank=True)  # what they want to bring; for who decides about it
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "concept", "participant"], name="one_membership_per_concept")]
        indexes = [models.Index(fields=["city", "participant", "state"], name="concepts_of_person")]

    def __str__(self) -> str:
        return f"{self.participant_id} {self.state}"

    @property
    def shown_name(self) -> str:
        """The organisation spoken for, as it was called then, else the pseudonym."""
        return self.organisation_name or self.participant.shown_name

    @property
    def is_official(self) -> bool:
        """Whether a part of the administration writes."""
        return self.organisation is not None and self.organisation.is_department


class Remark(CityRow):
    """That a comment on the concept is about one of its sections, or answers a decision. The comment itself is one like any other."""

    comment = models.ForeignKey("contributions.Contribution", models.CASCADE, related_name="+", db_index=False)
    concept = models.ForeignKey(Concept, models.CASCADE, related_name="remarks", db_index=False)
    key = models.CharField(max_length=40, blank=True)  # of the section
    # A gate goes only undecided, and so without replies; its deciders before it: a cascade would not name the city.
    gate = models.ForeignKey("coproduction.Gate", models.DO_NOTHING, null=True, blank=True, related_name="replies", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "comment"], name="one_remark_per_comment"),
            models.CheckConstraint(condition=Q(key="", gate__isnull=False) | (~Q(key="") & Q(gate__isnull=True)), name="remark_on_one"),
        ]
        indexes = [
            models.Index(fields=["city", "concept", "key", "id"], name="remarks_of_section"),
            models.Index(fields=["city", "gate", "id"], name="remarks_of_gate", condition=Q(gate__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.key or str(self.gate_id)


class Gate(CityRow):
    """A point at which named people decide how a concept goes on. One that changed its concept comes again as another gate."""

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        WAITING = "waiting", _("waits for its decision")
        DECIDED = "decided", _("decided")

    concept = models.ForeignKey(Concept, models.CASCADE, related_name="gates", db_index=False)
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    question = models.TextField(blank=True)  # what is decided here
    body = models.CharField(max_length=160, blank=True)  # who decides: a committee, a department
    state = models.CharField(max_length=8, choices=State, default=State.PLANNED)
    due_on = models.DateField(null=True, blank=True)
    laid_at = models.DateTimeField(null=True, blank=True)  # since when it waits
    decided_on = models.DateField(null=True, blank=True)  # of the decision that counts
    version = models.PositiveIntegerField(default=0)  # how often it was decided or corrected

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "concept", "position"], name="one_gate_per_position")]
        indexes = [models.Index(fields=["city", "state", "due_on"], name="gates_by_state")]

    def __str__(self) -> str:
        return self.title


class Decider(CityRow):
    """Somebody of the team who decides at a gate, by name."""

    gate = models.ForeignKey(Gate, models.DO_NOTHING, related_name="deciders", db_index=False)
    participant = models.ForeignKey("people.Participant", models.CASCADE, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "gate", "participant"], name="one_decider")]
        indexes = [models.Index(fields=["city", "participant"], name="gates_of_decider")]

    def __str__(self) -> str:
        return str(self.participant_id)


class GateDecision(CityRow):
    """What was decided at a gate. A correction is another row with the next version; the earlier one stays readable."""

    class Verdict(models.TextChoices):
        GO = "go", _("Go ahead")
        CHANGE = "change", _("Change")
        STOP = "stop", _("Stop")

    gate = models.ForeignKey(Gate, models.DO_NOTHING, related_name="decisions", db_index=False)
    version = models.PositiveIntegerField()
    verdict = models.CharField(max_length=8, choices=Verdict)
    reason = models.TextField()
    body = models.CharField(max_length=160)
    decided_on = models.DateField()
    paper_number = models.CharField(max_length=60, blank=True)  # of the printed matter in the council's information system
    paper_url = models.URLField(max_length=500, blank=True)
    correction = models.CharField(max_length=300, blank=True)  # why it was corrected; empty of the first
    edition = models.PositiveIntegerField(default=0)  # of the concept, on which was decided
    by = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "gate", "version"], name="one_decision_per_version")]
        indexes = [models.Index(fields=["city", "by"], name="decisions_by_person")]

    def __str__(self) -> str:
        return f"{self.verdict} {self.version}"
