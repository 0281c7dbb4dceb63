"""Reports of illegal content, the matters they belong to, complaints, sealed evidence, and the figures of a year.

Articles are those of the Digital Services Act, Regulation (EU) 2022/2065.
"""

from __future__ import annotations

import re
import secrets

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from civitas.cities.models import CityRow
from civitas.kit.ids import uuid7

ADDRESS_LENGTH = 300
_NUMBERED = re.compile(r"/beitrag/(\d+)(\?kommentar=\d+)?")


def random_token() -> str:
    """A part of an address that cannot be guessed (192 bits): who has the link may read and answer."""
    return secrets.token_urlsafe(24)


class Ground(models.TextChoices):
    """Why something may be against the law; what is reported, and what is found."""

    HATE = "hate", _("Incitement to hatred or violence")
    INSULT = "insult", _("Insult or slander")
    THREAT = "threat", _("Threat, or a call to commit crimes")
    SYMBOLS = "symbols", _("Forbidden symbols or propaganda")
    CHILDREN = "children", _("Sexual abuse of children")
    SEXUAL = "sexual", _("Sexual harassment or intimate pictures")
    PRIVACY = "privacy", _("Private things about somebody, or their picture")
    COPYRIGHT = "copyright", _("Somebody else’s text or picture")
    FRAUD = "fraud", _("Fraud")
    OTHER = "other", _("Another law")


class Matter(CityRow):
    """One thing that was reported as illegal, with all reports of it until it is decided; reported again it is a new matter.

    Once decided it is the statement of reasons (Article 17): what was done, on which facts, by which norm.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Not decided yet")
        ASKED = "asked", _("A question is with who reported it")
        DECIDED = "decided", _("Decided")

    class Outcome(models.TextChoices):
        ILLEGAL = "illegal", _("Against the law: not shown any more")
        RULES = "rules", _("Against our rules: not shown any more")
        LAWFUL = "lawful", _("Not against the law: it stays as it is")

    token = models.CharField(max_length=40, default=random_token)  # in the address of the statement that the author gets
    contribution = models.ForeignKey("contributions.Contribution", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    address = models.CharField(max_length=ADDRESS_LENGTH)  # as reported, without host and language
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    ground = models.CharField(max_length=12, choices=Ground)  # of the first report; once decided, what was found
    report_count = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField(default=timezone.now)

    outcome = models.CharField(max_length=8, choices=Outcome, blank=True)
    norm = models.CharField(max_length=200, blank=True)  # the paragraph of the law, or the rule of dialogue
    facts = models.TextField(blank=True)
    # How the thing stood before it was taken out of sight; the same for all decisions that hold it so at once.
    was_visibility = models.CharField(max_length=12, blank=True)
    was_reason = models.CharField(max_length=300, blank=True)  # that was shown while it was hidden before; the team's words
    author = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    decided_by = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(null=True, blank=True)  # a complaint turned the decision round
    told_police_on = models.DateField(null=True, blank=True)  # Article 18: a danger to life was told to the police
    erased_at = models.DateTimeField(null=True, blank=True)  # the thing was erased for good, after its evidence was sealed

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "token"], name="one_matter_per_token"),
            models.UniqueConstraint(
                fields=["city", "contribution"], name="one_open_matter_each", condition=~Q(state="decided") & Q(contribution__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["city", "address"], name="one_open_matter_per_page", condition=~Q(state="decided") & Q(contribution__isnull=True)
            ),
            models.CheckConstraint(
                condition=Q(state="decided", decided_at__isnull=False) & ~Q(outcome="") | ~Q(state="decided") & Q(outcome=""),
                name="a_decided_matter_has_an_outcome",
            ),
        ]
        indexes = [
            models.Index(fields=["city", "state", "id"], name="matters_newest"),
            models.Index(fields=["city", "state", "ground", "id"], name="matters_by_ground"),
            models.Index(fields=["city", "decided_at"], name="matters_of_year"),
            models.Index(fields=["city", "author", "id"], name="matters_of_author"),
            models.Index(fields=["city", "contribution", "id"], name="matters_of_contribution"),
        ]

    def __str__(self) -> str:
        return self.address

    @property
    def subject(self) -> str:
        """What it is about, as the journal names it."""
        return f"contribution:{self.contribution_id}" if self.contribution_id else f"matter:{self.pk}"

    @property
    def place(self) -> str:
        """Where it stands, in words that hold none of its own: 'Contribution 12'; the address of any other page."""
        found = _NUMBERED.fullmatch(self.address)
        if found is None:
            return self.address
        said = gettext("Comment on contribution %(number)s") if found[2] else gettext("Contribution %(number)s")
        return said % {"number": found[1]}

    @property
    def is_decided(self) -> bool:
        """Whether the team has decided."""
        return self.state == self.State.DECIDED

    @property
    def is_restricted(self) -> bool:
        """Whether the decision takes the thing out of sight."""
        return self.outcome in {self.Outcome.ILLEGAL, self.Outcome.RULES}

    @property
    def path(self) -> str:
        """Where the author reads the decision with its reasons, without language."""
        return f"/rechtswidriges-melden/entscheidung/{self.token}"


class Report(CityRow):
    """Somebody says that something here is illegal (Article 16). They are no participant: name and mail serve this report alone.

    Name, mail and words go some time after the last decision about it.
    """

    uid = models.UUIDField(default=uuid7)  # of the form; the recipient of this report's news
    number = models.PositiveBigIntegerField()  # the file number, per city
    token = models.CharField(max_length=40, default=random_token)
    ground = models.CharField(max_length=12, choices=Ground)
    explanation = models.TextField(blank=True)
    name = models.CharField(max_length=120, blank=True)
    mail = models.EmailField(blank=True)
    wants_mail = models.BooleanField(default=True)
    with_name = models.BooleanField(default=False)  # stays for the figures when the name has gone
    language = models.CharField(max_length=12, default="de")
    participant = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    at = models.DateTimeField(default=timezone.now)
    emptied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "uid"], name="one_report_per_form"),
            models.UniqueConstraint(fields=["city", "number"], name="one_report_per_number"),
            models.UniqueConstraint(fields=["city", "token"], name="one_report_per_token"),
        ]
        indexes = [
            models.Index(fields=["city", "at"], name="reports_of_year"),
            models.Index(fields=["city", "participant", "id"], name="reports_of_person"),
        ]

    def __str__(self) -> str:
        return self.file_number

    @property
    def file_number(self) -> str:
        """What the reporter names when they call: 'R-12'."""
        return f"R-{self.number}"

    @property
    def path(self) -> str:
        """Where the reporter follows the report, without language and without a login."""
        return f"/rechtswidriges-melden/stand/{self.token}"


class Mention(CityRow):
    """That a report names a thing; a report may name several."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="mentions", db_index=False)
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="mentions", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "report", "matter"], name="one_mention_each")]
        indexes = [models.Index(fields=["city", "matter", "id"], name="mentions_of_matter")]

    def __str__(self) -> str:
        return f"{self.report_id} {self.matter_id}"


class Question(CityRow):
    """What the team has to know before it can decide, and what the reporter answers."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="questions", db_index=False)
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="questions", db_index=False)
    text = models.TextField(blank=True)
    asked_by = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["city", "report", "id"], name="questions_of_report"),
            models.Index(fields=["city", "matter", "id"], name="questions_of_matter"),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class Complaint(CityRow):
    """A reporter or the author does not agree with a decision (Article 20); somebody else looks at it. `report` is None for the author."""

    class Outcome(models.TextChoices):
        KEPT = "kept", _("The decision stands")
        CHANGED = "changed", _("The decision was changed")

    uid = models.UUIDField(default=uuid7)
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="complaints", db_index=False)
    report = models.ForeignKey(Report, models.CASCADE, null=True, blank=True, related_name="complaints", db_index=False)
    text = models.TextField(blank=True)
    at = models.DateTimeField(default=timezone.now)
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True)
    reasons = models.TextField(blank=True)
    decided_by = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "uid"], name="one_complaint_per_form"),
            models.UniqueConstraint(fields=["city", "matter", "report"], name="one_complaint_each", condition=Q(report__isnull=False)),
            models.UniqueConstraint(fields=["city", "matter"], name="one_complaint_of_author", condition=Q(report__isnull=True)),
        ]
        indexes = [
            models.Index(fields=["city", "outcome", "id"], name="complaints_newest"),
            models.Index(fields=["city", "at"], name="complaints_of_year"),
        ]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.outcome}"


class Evidence(CityRow):
    """What may be criminal, kept under a key that is not in the database until a date.

    One person puts it in, another seals it; from then on the thing itself may be erased. On the date its parts go, the row stays.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Waits for a second person")
        SEALED = "sealed", _("Sealed")
        REFUSED = "refused", _("Not kept")
        DELETED = "deleted", _("Deleted")

    uid = models.UUIDField(default=uuid7)
    number = models.PositiveBigIntegerField()
    matter = models.ForeignKey(Matter, models.SET_NULL, null=True, blank=True, related_name="evidence", db_index=False)
    state = models.CharField(max_length=8, choices=State, default=State.PROPOSED)
    norm = models.CharField(max_length=200)  # the legal basis of keeping it
    case_number = models.CharField(max_length=80, blank=True)  # of the police or the public prosecutor, where there is one
    bytes = models.PositiveBigIntegerField(null=True, default=0)  # of the archive; NULL once that is gone
    digest = models.CharField(max_length=64, blank=True)  # SHA-256 of the parts as they lie here; the journal has it too
    proposed_by = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+")
    proposed_at = models.DateTimeField(default=timezone.now)
    sealed_by = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+")
    sealed_at = models.DateTimeField(null=True, blank=True)
    delete_on = models.DateField()
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "uid"], name="one_evidence_per_uid"),
            models.UniqueConstraint(fields=["city", "number"], name="one_evidence_per_number"),
            models.UniqueConstraint(fields=["city", "matter"], name="one_evidence_at_work", condition=Q(state__in=["proposed", "sealed"])),
            models.CheckConstraint(
                condition=Q(sealed_by__isnull=True) | Q(proposed_by__isnull=True) | ~Q(sealed_by=F("proposed_by")),
                name="evidence_is_sealed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "sealed"], bytes__isnull=False)
                | Q(state__in=["refused", "deleted"], bytes__isnull=True),
                name="evidence_is_there_or_gone",
            ),
        ]
        indexes = [
            models.Index(fields=["city", "state", "id"], name="evidence_newest"),
            models.Index(fields=["city", "state", "delete_on"], name="evidence_to_delete"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """Its number as the team says it: 'B-3'."""
        return f"B-{self.number}"

    @property
    def is_there(self) -> bool:
        """Whether there is an archive."""
        return self.state in {self.State.PROPOSED, self.State.SEALED}


class EvidencePart(CityRow):
    """A piece of the locked archive, so large that memory holds it easily; in the order of their numbers they are the archive."""

    evidence = models.ForeignKey(Evidence, models.CASCADE, related_name="parts", db_index=False)
    number = models.PositiveIntegerField()
    payload = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "evidence", "number"], name="one_evidence_part_per_number")]

    def __str__(self) -> str:
        return f"{self.evidence_id} {self.number}"


class Access(CityRow):
    """One person asks to open sealed evidence, to hand it out, or to keep it longer; another grants it."""

    class Kind(models.TextChoices):
        OPEN = "open", _("Read the evidence")
        HAND_OUT = "hand_out", _("Hand it out to the police or the public prosecutor")
        EXTEND = "extend", _("Keep it longer")

    evidence = models.ForeignKey(Evidence, models.CASCADE, related_name="accesses", db_index=False)
    kind = models.CharField(max_length=8, choices=Kind)
    reason = models.CharField(max_length=300)
    delete_on = models.DateField(null=True, blank=True)  # the new date, of 'extend'
    asked_by = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    granted_by = models.ForeignKey("people.Participant", models.SET_NULL, null=True, blank=True, related_name="+")
    granted_at = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)  # how long it may be read

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(granted_by__isnull=True) | Q(asked_by__isnull=True) | ~Q(granted_by=F("asked_by")),
                name="access_is_granted_by_another",
            ),
        ]
        indexes = [models.Index(fields=["city", "evidence", "id"], name="accesses_of_evidence")]

    def __str__(self) -> str:
        return self.kind


class YearCount(CityRow):
    """That a year was counted; one that is over is counted once more after its end and then never again."""

    year = models.PositiveSmallIntegerField()
    is_final = models.BooleanField(default=False)
    counted_at = models.DateTimeField(default=timezone.now)
    median_hours = models.PositiveIntegerField(null=True, blank=True)  # from the first report to the decision

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "year"], name="one_count_per_year")]

    def __str__(self) -> str:
        return str(self.year)


class Figure(CityRow):
    """One figure of a year: how many of a group ('reports_by_ground', 'hate')."""

    year = models.PositiveSmallIntegerField()
    table = models.CharField(max_length=30)
    group = models.CharField(max_length=30)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "year", "table", "group"], name="one_figure")]

    def __str__(self) -> str:
        return f"{self.year} {self.table} {self.group} {self.count}"
