"""News for somebody, its deliveries by mail and by digest, and the demo's mailbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import models
from django.db.models import Q

from civitas.cities.models import CityRow, CityRows
from civitas.kit.ids import uuid7
from civitas.kit.translated import TranslatedField

if TYPE_CHECKING:
    from uuid import UUID


_PENDING = Q(sent_at=None, skipped="")


class NoticeRows(CityRows):
    """Notices by whose they are and how far they came."""

    def to(self, recipient: UUID) -> Self:
        """Notices of one recipient."""
        return self.filter(recipient=recipient)

    def unseen(self) -> Self:
        """Notices that the recipient has not marked as seen."""
        return self.filter(seen_at=None)

    def unrouted(self) -> Self:
        """Notices for which nobody has looked yet by which channels they go."""
        return self.filter(routed_at=None)


class Notice(CityRow):
    """That something (`event`) happened to something (`subject`, 'contribution:123') which concerns a recipient. It holds no words."""

    uid = models.UUIDField(default=uuid7)
    recipient = models.UUIDField()
    kind = models.CharField(max_length=60)
    subject = models.CharField(max_length=80)
    event = models.CharField(max_length=80)
    created_at = models.DateTimeField(auto_now_add=True)
    routed_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)

    # What a room's `prepare` read for many notices at once, for its own `word`.
    fetched: dict[str, Any] | None = None

    objects: ClassVar[Any] = NoticeRows.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "recipient", "kind", "subject", "event"], name="one_notice_per_event"),
        ]
        indexes = [
            models.Index(fields=["city", "recipient", "id"], name="notices_of_recipient"),
            models.Index(fields=["city", "recipient"], condition=Q(seen_at=None), name="notices_unseen"),
            models.Index(fields=["city", "id"], condition=Q(routed_at=None), name="notices_unrouted"),
            models.Index(fields=["city", "created_at"], name="notices_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class DeliveryRows(CityRows):
    """Deliveries by how far they came."""

    def pending(self) -> Self:
        """Those that are still to go out."""
        return self.filter(_PENDING)


class Delivery(CityRow):
    """One notice by one channel: a mail of its own ('mail'), or the 'daily' or 'weekly' digest.

    `message_id` stays the same however often it is tried; `skipped` says why nothing was sent.
    """

    class Skipped(models.TextChoices):
        NO_ADDRESS = "no_address"
        DECLINED = "declined"
        NOT_BY_MAIL = "not_by_mail"
        NOTHING_TO_SAY = "nothing_to_say"
        REFUSED = "refused"
        SEEN = "seen"

    # The action that removes notices removes these first, city by city; a cascade would not name the city.
    notice = models.ForeignKey(Notice, models.DO_NOTHING, related_name="deliveries")
    channel = models.CharField(max_length=20, default="mail")
    message_id = models.CharField(max_length=320)
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    skipped = models.CharField(max_length=20, blank=True, choices=Skipped)

    objects: ClassVar[Any] = DeliveryRows.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "notice", "channel"], name="one_delivery_per_channel")]
        indexes = [models.Index(fields=["city", "channel", "id"], condition=_PENDING, name="deliveries_pending")]

    def __str__(self) -> str:
        return self.message_id


class DigestRound(CityRow):
    """That the digests of a morning were begun: they tell of what waited up to the delivery `up_to`."""

    rhythm = models.CharField(max_length=8)
    period_on = models.DateField()
    up_to = models.BigIntegerField()
    begun_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "rhythm", "period_on"], name="one_round_per_morning")]

    def __str__(self) -> str:
        return f"{self.rhythm} {self.period_on}"


class Digest(CityRow):
    """One person's digest of one morning; there is one at most. `skipped` says why nothing was sent."""

    uid = models.UUIDField(default=uuid7)
    recipient = models.UUIDField()
    rhythm = models.CharField(max_length=8)
    period_on = models.DateField()
    up_to = models.BigIntegerField()
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    skipped = models.CharField(max_length=20, blank=True, choices=Delivery.Skipped)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "recipient", "rhythm", "period_on"], name="one_digest_per_person_and_morning"),
        ]
        indexes = [models.Index(fields=["city", "period_on"], name="digests_by_age")]

    def __str__(self) -> str:
        return f"{self.rhythm} {self.period_on} {self.pk}"


class DigestWords(CityRow):
    """How a city words the frame of its daily or weekly mail; where a text is empty in a language, the house's own stands."""

    rhythm = models.CharField(max_length=8)
    subject = TranslatedField()
    greeting = TranslatedField()
    closing = TranslatedField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "rhythm"], name="one_wording_per_digest")]

    def __str__(self) -> str:
        return self.rhythm


class MailboxMail(models.Model):
    """A mail that the demo 'sent'. It stands for everybody's mail program, so it is of no city."""

    sent_at = models.DateTimeField(auto_now_add=True)
    sender = models.CharField(max_length=320)
    recipients = models.CharField(max_length=1000)
    subject = models.CharField(max_length=400)
    message_id = models.CharField(max_length=320, blank=True)
    headers = models.JSONField(default=dict)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.subject
