"""Noting news for people, finding the channels it goes by, and marking it as seen."""

from __future__ import annotations

from base64 import b64decode, b64encode
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.core import signing
from django.db import transaction
from django.utils import timezone

from civitas.cities.models import City
from civitas.kit.rooms import NOW, notice_kind, rooms
from civitas.notices.addresses import addresses_of, host_of, is_declined, rhythm_of
from civitas.notices.models import Delivery, Digest, DigestRound, Notice
from civitas.notices.tokens import read_token
from civitas.outbox.actions import enqueue, enqueue_many

if TYPE_CHECKING:
    from collections.abc import Iterable

# So many are written while the person waits; more are written by the worker.
_WRITTEN_AT_ONCE = 200
_WRITTEN_PER_ROW = 500
_ROUTED_AT_ONCE = 500
_REMOVED_AT_ONCE = 500
# The channel of a mail by itself; the digests' channels are called as their rhythm.
MAIL = "mail"
# How long news is kept, and the addresses in its mails work.
KEPT = timedelta(days=730)


def notify(city: City, recipients: Iterable[UUID], kind: str, subject: str, event: str) -> int:
    """Tell participants (by uid) that `event` happened to `subject`, each once however often it is said.

    Call it in the action's transaction. Returns how many people it is meant for; raises KeyError for an unknown kind.
    """
    notice_kind(kind)
    people = list(dict.fromkeys(recipients))
    if len(people) <= _WRITTEN_AT_ONCE:
        write_notices(city, people, kind, subject, event)
    else:
        parts = (people[start : start + _WRITTEN_PER_ROW] for start in range(0, len(people), _WRITTEN_PER_ROW))
        enqueue_many(city, "notices.write", ({"kind": kind, "subject": subject, "event": event, "to": packed(part)} for part in parts))
    return len(people)


def notify_each(city: City, news: Iterable[tuple[UUID, str, str, str]]) -> None:
    """Tell many people different things at once, each once: (recipient, kind, subject, event). Call it in the action's transaction."""
    rows = [Notice(city=city, recipient=uid, kind=kind, subject=subject, event=event) for uid, kind, subject, event in news]
    for kind in {row.kind for row in rows}:
        notice_kind(kind)
    if rows:
        enqueue(city, "notices.deliver", {}, key="deliver")
        Notice.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)


def packed(people: Iterable[UUID]) -> str:
    """Uids as one short text, for a row of the outbox."""
    return b64encode(b"".join(uid.bytes for uid in people)).decode()


def unpacked(text: str) -> list[UUID]:
    """The uids of a packed text."""
    raw = b64decode(text)
    return [UUID(bytes=raw[start : start + 16]) for start in range(0, len(raw), 16)]


def write_notices(city: City, recipients: list[UUID], kind: str, subject: str, event: str) -> None:
    """Write the notices that are not there yet, and have their delivery looked after; in a transaction."""
    if recipients:
        enqueue(city, "notices.deliver", {}, key="deliver")
        rows = [Notice(city=city, recipient=uid, kind=kind, subject=subject, event=event) for uid in recipients]
        Notice.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)


def route_notices(city: City) -> None:
    """Decide for new notices by which channel they go, some at a time, and have each mail sent that does not wait for a digest."""
    with transaction.atomic():
        # The lock keeps a second worker from sending the same mail.
        notices = list(Notice.objects.of(city).unrouted().select_for_update(skip_locked=True).order_by("pk")[:_ROUTED_AT_ONCE])
        if not notices:
            return
        addresses = addresses_of(city, {notice.recipient for notice in notices})
        host = host_of(city)
        deliveries = []
        for notice in notices:
            address, skipped, channel = addresses.get(notice.recipient), "", MAIL
            if not notice_kind(notice.kind).by_mail:
                skipped = Delivery.Skipped.NOT_BY_MAIL
            elif address is None or not address.mail:
                skipped = Delivery.Skipped.NO_ADDRESS
            elif is_declined(address, notice.kind):
                skipped = Delivery.Skipped.DECLINED
            else:
                rhythm = rhythm_of(address, notice.kind)
                channel = MAIL if rhythm == NOW else rhythm
            message_id = f"<{notice.uid}@{host}>"
            deliveries.append(Delivery(city=city, notice=notice, channel=channel, message_id=message_id, skipped=skipped))
        Delivery.objects.bulk_create(deliveries, batch_size=500)
        Notice.objects.of(city).filter(pk__in=[notice.pk for notice in notices]).update(routed_at=timezone.now())
        at_once = (delivery for delivery in deliveries if delivery.channel == MAIL and not delivery.skipped)
        enqueue_many(city, "notices.send", ({"delivery": delivery.pk} for delivery in at_once))
        if len(notices) == _ROUTED_AT_ONCE:
            enqueue(city, "notices.deliver", {}, key="deliver")


def mark_seen(city: City, recipient: UUID, *, up_to: int) -> int:
    """Mark a recipient's notices up to this key as seen, so that none vanishes that arrived meanwhile; returns how many."""
    return Notice.objects.of(city).to(recipient).unseen().filter(pk__lte=up_to).update(seen_at=timezone.now())


def unsubscribe(city: City, token: str) -> str:
    """Send no more mails of the token's kind to its recipient; returns the kind. Raises signing.BadSignature."""
    recipient, kind = read_token(city, token)
    declines = [room.decline for room in rooms() if room.decline]
    if not declines:
        raise signing.BadSignature("nobody here can be written to")
    for decline in declines:  # each knows its own recipients
        decline(city, recipient, kind)
    return kind


def erase_notices(city: City, recipient: UUID) -> None:
    """Remove all news of a recipient, and that there were digests."""
    Digest.objects.of(city).filter(recipient=recipient).delete()
    while keys := list(Notice.objects.of(city).to(recipient).order_by("pk").values_list("pk", flat=True)[:_REMOVED_AT_ONCE]):
        _remove(city, keys)


def adopt_notices(city: City, *, old: UUID, new: UUID) -> None:
    """Hand a guest's news over to the account that claimed it; what both were told stays with the account."""
    told = set(Notice.objects.of(city).to(new).values_list("kind", "subject", "event"))
    theirs = Notice.objects.of(city).to(old).values_list("pk", "kind", "subject", "event")
    fresh = [pk for pk, *what in theirs if tuple(what) not in told]
    Notice.objects.of(city).filter(pk__in=fresh).update(recipient=new)
    erase_notices(city, old)


def prune_notices(*, older_than: timedelta) -> None:
    """Remove old news with its deliveries."""
    before = timezone.now() - older_than
    for city in City.objects.order_by("pk"):
        old = Notice.objects.of(city).filter(created_at__lt=before).order_by("created_at").values_list("pk", flat=True)
        while keys := list(old[:_REMOVED_AT_ONCE]):
            _remove(city, keys)
        Digest.objects.of(city).filter(period_on__lt=before.date()).delete()
        DigestRound.objects.of(city).filter(period_on__lt=before.date()).delete()


def _remove(city: City, keys: list[int]) -> None:
    with transaction.atomic():
        Delivery.objects.of(city).filter(notice__in=keys).delete()
        Notice.objects.of(city).filter(pk__in=keys).delete()
