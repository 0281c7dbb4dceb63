"""User, Participant, Organisation, Membership and the counters behind rate limits."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from civitas.cities.models import CityRow, CityRows
from civitas.kit.ids import uuid7
from civitas.kit.rooms import DAILY, NOW, WEEKLY
from civitas.kit.translated import TranslatedField


class Users(BaseUserManager["User"]):
    """Makes users by mail address; there are no user names."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A user with this mail address; without a password sign-in is by mailed code."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A login: a mail address and nothing else. One login serves all cities, with a participant in each."""

    email = models.EmailField(unique=True)
    is_active = models.BooleanField(default=True)
    is_operator = models.BooleanField(default=False)
    joined_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    objects = Users()

    def __str__(self) -> str:
        return self.email


class Organisation(CityRow):
    """A department, company, group or institute; its verified page shows who speaks for it."""

    class Kind(models.TextChoices):
        DEPARTMENT = "department", _("Department of the city")
        COMPANY = "company", _("Company")
        CIVIL_SOCIETY = "civil_society", _("Civil society")
        SCIENCE = "science", _("Science")

    key = models.SlugField(max_length=80)
    name = models.CharField(max_length=160)
    kind = models.CharField(max_length=20, choices=Kind)
    verified_at = models.DateTimeField(null=True, blank=True)
    description = TranslatedField()
    url = models.URLField(blank=True)
    email = models.EmailField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "key"], name="one_organisation_per_key")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_department(self) -> bool:
        """Whether this is a part of the administration."""
        return self.kind == self.Kind.DEPARTMENT


class Participant(CityRow):
    """Who gives in a city. A guest has no user; claiming sets it; erasing blanks the row and keeps it as a nameless author."""

    uid = models.UUIDField(default=uuid7)
    user = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="participants")
    pseudonym = models.CharField(max_length=60, blank=True)
    language = models.CharField(max_length=12, default="de")
    home_area = models.ForeignKey("cities.Area", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    # A guest's address for news, given on sending and confirmed by the claim link.
    guest_mail = models.EmailField(blank=True)
    guest_mail_confirmed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    erased_at = models.DateTimeField(null=True, blank=True)
    # Of a guest whose contributions an account took over: that account. Links in the guest's mails are about it since.
    taken_over_by = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    # Until then this person gives, comments, writes and joins nothing; kept by `people.suspensions`.
    suspended_until = models.DateTimeField(null=True, blank=True)
    # Somebody of a school class, who came by a code: until when they take part, in which process (its slug), and whether their words
    # wait for the team. Kept by the room `classes`; None is for everybody else.
    class_until = models.DateTimeField(null=True, blank=True)
    class_process = models.SlugField(max_length=80, blank=True, db_index=False)
    class_waits = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "uid"], name="one_participant_per_uid"),
            models.UniqueConstraint(fields=["city", "user"], name="one_participant_per_user", condition=Q(user__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.shown_name

    @property
    def shown_name(self) -> str:
        """The pseudonym, or 'Someone' where there is none (a shy guest, an erased person)."""
        return self.pseudonym or str(_("Someone"))

    @property
    def is_guest(self) -> bool:
        """Whether nobody has signed in for this participant."""
        return self.user_id is None

    @property
    def is_pupil(self) -> bool:
        """Whether they came by the code of a school class, and take part without what needs consent."""
        return self.class_until is not None


class Suspension(CityRow):
    """The city's team has shut somebody out from giving, for a time or for good, and when and by whom that was lifted."""

    participant = models.ForeignKey(Participant, models.CASCADE, related_name="suspensions", db_index=False)
    reason = models.CharField(max_length=12)  # a code of the rules of dialogue
    until = models.DateTimeField(null=True, blank=True)  # None: for good
    made_at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(Participant, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(Participant, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)

    class Meta:
        indexes = [
            models.Index(fields=["city", "participant", "id"], name="suspensions_of_person"),
            models.Index(fields=["city", "id"], name="suspensions_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} {self.reason}"


class Declined(CityRow):
    """A kind of news that a participant does not want by mail; '*' is all."""

    participant = models.ForeignKey(Participant, models.CASCADE, related_name="declined")
    kind = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "participant", "kind"], name="one_declined_per_kind")]

    def __str__(self) -> str:
        return self.kind


class NewsRhythm(CityRow):
    """When a participant wants a kind of news by mail, where they chose another rhythm than the kind's own."""

    participant = models.ForeignKey(Participant, models.CASCADE, related_name="rhythms", db_index=False)
    kind = models.CharField(max_length=60)
    rhythm = models.CharField(max_length=8, choices=[(NOW, NOW), (DAILY, DAILY), (WEEKLY, WEEKLY)])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "participant", "kind"], name="one_rhythm_per_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {self.rhythm}"


class Consent(CityRow):
    """Somebody agreed to what the law leaves to them: the purpose, the version of the wording that they read, by which channel, from when
    until when. Rows stay when it is withdrawn, since the city has to show that it had been given."""

    participant = models.ForeignKey(Participant, models.CASCADE, related_name="consents", db_index=False)
    purpose = models.CharField(max_length=20)
    version = models.PositiveSmallIntegerField()
    channel = models.CharField(max_length=8)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["city", "participant", "purpose"], name="one_consent_that_holds", condition=Q(withdrawn_at__isnull=True)
            )
        ]
        indexes = [
            models.Index(fields=["city", "purpose", "participant"], name="consents_to_purpose", condition=Q(withdrawn_at__isnull=True)),
            models.Index(fields=["city", "participant", "id"], name="consents_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.version}"


class Role(models.TextChoices):
    """What someone may do beyond taking part."""

    MEMBER = "member", _("Member of an organisation")
    MODERATOR = "moderator", _("Editorial team")
    FACILITATOR = "facilitator", _("Facilitator")
    EXPERT = "expert", _("Department expert")
    OWNER = "owner", _("Process owner")
    ADMINISTRATOR = "administrator", _("City administrator")


class HeldRoles(models.Manager.from_queryset(CityRows)):  # type: ignore[misc]  # Django makes the class when it is asked
    """The roles that hold now: whose end has come is left out everywhere, also before the worker takes it away."""

    def get_queryset(self) -> Any:
        """Every list begins here, as do the memberships of a participant or an organisation."""
        return super().get_queryset().filter(Q(ends_at=None) | Q(ends_at__gt=timezone.now()))


class Membership(CityRow):
    """A role of a participant, in an organisation where the role has one, for good or until it ends.

    `objects` are those that hold now. Lookups through a participant (`memberships__role`) would find the others, too: no code uses them.
    """

    participant = models.ForeignKey(Participant, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)
    organisation = models.ForeignKey(Organisation, models.CASCADE, null=True, blank=True, related_name="memberships")
    given_at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(Participant, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)  # who gave it
    ends_at = models.DateTimeField(null=True, blank=True)  # the first moment in which it does not hold any more
    told_at = models.DateTimeField(null=True, blank=True)  # when the person and their lead were told that it ends soon

    objects: ClassVar[Any] = HeldRoles()
    every = CityRows.as_manager()

    class Meta:
        default_manager_name = "objects"
        indexes = [models.Index(fields=["city", "ends_at"], name="roles_by_end")]
        constraints = [
            # Two constraints, since SQLite takes every NULL as different.
            models.UniqueConstraint(
                fields=["city", "participant", "role", "organisation"], name="one_membership", condition=Q(organisation__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["city", "participant", "role"], name="one_city_membership", condition=Q(organisation__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.get_role_display()

    @property
    def ends_on(self) -> dt.date | None:
        """The last day on which it holds, in the city's zone; None for a role without an end."""
        return timezone.localdate(self.ends_at - dt.timedelta(seconds=1)) if self.ends_at else None


class RateWindow(CityRow):
    """How often something was tried in a window of time, by a hash of who; old windows are pruned."""

    key = models.CharField(max_length=64)
    starts_at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "key", "starts_at"], name="one_rate_window")]

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.tries}"


class MailedCode(CityRow):
    """The newest sign-in code that went to a mail address, both known by hash and lock alone; pruned within hours."""

    key = models.CharField(max_length=64)
    code = models.CharField(max_length=200)
    mailed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "key"], name="one_newest_code")]

    def __str__(self) -> str:
        return self.key[:8]


class Archive(CityRow):
    """All that the city keeps of somebody, packed for them; it lies in the storage under a random name until it is too old."""

    class State(models.TextChoices):
        MAKING = "making"
        READY = "ready"
        FAILED = "failed"

    uid = models.UUIDField(default=uuid7)
    participant = models.ForeignKey(Participant, models.CASCADE, related_name="+", db_index=False)
    state = models.CharField(max_length=8, choices=State, default=State.MAKING)
    name = models.CharField(max_length=48, blank=True)  # in the storage; '' until it is made
    bytes = models.PositiveBigIntegerField(default=0)
    asked_at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "uid"], name="one_archive_per_uid"),
            models.UniqueConstraint(fields=["city", "participant"], name="one_archive_each"),
        ]
        indexes = [models.Index(fields=["city", "until"], name="old_archives")]

    def __str__(self) -> str:
        return f"{self.state} {self.bytes}"


class Departure(CityRow):
    """Somebody who has left while the worker still erases what they gave: how far it is, and where it is said at last. Then it goes."""

    participant = models.ForeignKey(Participant, models.CASCADE, related_name="+", db_index=False)
    texts = models.CharField(max_length=4)  # what becomes of them: "go" or "stay"
    mail = models.EmailField(blank=True)
    asked_at = models.DateTimeField()
    room = models.CharField(max_length=40, blank=True)  # the last room that is through
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "participant"], name="one_departure_each")]

    def __str__(self) -> str:
        return f"{self.texts} {self.room}"


class Device(models.Model):
    """A browser in which somebody signed in to a city: its family, since when, and the session that is open in it ('' = none).

    It belongs to the login, which serves all cities; no address of the network is kept.
    """

    uid = models.UUIDField(default=uuid7, unique=True)
    user = models.ForeignKey(User, models.CASCADE, related_name="devices")
    city = models.ForeignKey("cities.City", models.CASCADE, related_name="+")
    browser = models.CharField(max_length=20, blank=True)
    session_key = models.CharField(max_length=40, blank=True)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    way = models.CharField(max_length=10, blank=True)  # by which door they came in: "code", "passkey", "password" or "service"
    told_at = models.DateTimeField(null=True, blank=True)  # when its owner was told by mail that it is new

    def __str__(self) -> str:
        return f"{self.browser} {self.uid}"


class Passkey(models.Model):
    """A key in somebody's device that signs them in on one host, and on no other."""

    user = models.ForeignKey(User, models.CASCADE, related_name="passkeys")
    host = models.CharField(max_length=253)
    name = models.CharField(max_length=60)
    credential = models.CharField(max_length=1400)  # the key's id, base64url
    data = models.TextField()  # the public key with what belongs to it (AttestedCredentialData), base64url
    uses = models.PositiveBigIntegerField(default=0)  # the key's own counter; many always say 0
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["host", "credential"], name="one_passkey_per_host")]

    def __str__(self) -> str:
        return self.name


class Identity(CityRow):
    """Who somebody is by the count of the city's sign-in service: its issuer and subject, and nothing else that it says of them.

    The mail address that the service knows is not kept: it opens nothing, and it may change hands.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="identities", db_index=False)
    issuer = models.CharField(max_length=260)
    subject = models.CharField(max_length=255)
    linked_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "issuer", "subject"], name="one_account_per_identity"),
            models.UniqueConstraint(fields=["city", "user", "issuer"], name="one_identity_per_account"),
        ]

    def __str__(self) -> str:
        return f"{self.issuer} {self.subject}"
