"""Digests: what waited for somebody, in one mail on their city's morning: each day, or each Monday.

A round is begun once for each morning; it notes one digest for each person who has something waiting, and each is sent on its own.
So a worker that dies leaves out nobody, and writes to nobody twice but for the one mail that it had just handed over.
"""

from __future__ import annotations

import datetime as dt
import logging
import traceback
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from django.core.mail import get_connection
from django.db import transaction
from django.db.models import F, Max, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.cities.models import City
from civitas.kit.rooms import DAILY, WEEKLY, digest_key
from civitas.notices.addresses import addresses_of, host_of, is_declined, site_of
from civitas.notices.mails import TIMEOUT_SECONDS, NotNow, hand_over, headers_of, printed, speaking, spoken, tell_sent
from civitas.notices.models import Delivery, Digest, DigestRound, Notice
from civitas.notices.queries import kind_label, worded
from civitas.notices.tokens import make_token
from civitas.notices.wordings import frame_in, frames_of, house_frame
from civitas.outbox.actions import enqueue, enqueue_many
from civitas.outbox.tasks import TaskFault

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from django.core.mail import EmailMultiAlternatives
    from django.core.mail.backends.base import BaseEmailBackend

    from civitas.kit.rooms import Address
    from civitas.notices.models import DigestWords
    from civitas.notices.queries import WordedNotice
    from civitas.notices.wordings import Frame

_log = logging.getLogger(__name__)
GATHER, SEND = "notices.gather", "notices.send_digest"
# O'clock in the city.
MORNING = 7
_GATHERED_AT_ONCE = 500
# So much stands in a digest; more is on the site. It looks further, since some may not be shown any more.
LISTED = 12
LOOKED_AT = 40


def begin_rounds(*, now: dt.datetime | None = None) -> None:
    """Begin the rounds of all cities whose morning has come, each once; a round that was slept through is begun later that day or week."""
    for city in City.objects.order_by("pk"):
        local = (now or timezone.now()).astimezone(city.zone)
        today = local.date() - dt.timedelta(days=local.hour < MORNING)
        begin_round(city, DAILY, today)
        begin_round(city, WEEKLY, today - dt.timedelta(days=today.weekday()))


def begin_round(city: City, rhythm: str, period_on: dt.date) -> None:
    """Begin the digests of one morning, unless they were; what comes to wait later is for the next."""
    if DigestRound.objects.of(city).filter(rhythm=rhythm, period_on=period_on).exists():
        return
    with transaction.atomic():
        last = Delivery.objects.of(city).pending().filter(channel=rhythm).aggregate(last=Max("pk"))["last"] or 0
        morning, made = DigestRound.objects.of(city).get_or_create(city=city, rhythm=rhythm, period_on=period_on, defaults={"up_to": last})
        if made and last:
            enqueue(city, GATHER, {"morning": morning.pk, "after": 0})


def gather_round(city: City, morning: int, *, after: int) -> None:
    """Note a digest for some of those for whom something waits, and go on with the next; nobody is noted twice."""
    with transaction.atomic():
        # The lock keeps a second worker from noting the same people.
        found = DigestRound.objects.of(city).select_for_update().filter(pk=morning).first()
        if found is None:
            return
        waiting = Delivery.objects.of(city).pending().filter(channel=found.rhythm, pk__gt=after, pk__lte=found.up_to)
        rows = list(waiting.order_by("pk").values_list("pk", "notice__recipient")[:_GATHERED_AT_ONCE])
        people = dict.fromkeys(recipient for _pk, recipient in rows)
        same = {"rhythm": found.rhythm, "period_on": found.period_on}
        known = set(Digest.objects.of(city).filter(recipient__in=list(people), **same).values_list("recipient", flat=True))
        new = [Digest(city=city, recipient=uid, up_to=found.up_to, **same) for uid in people if uid not in known]
        Digest.objects.bulk_create(new)
        enqueue_many(city, SEND, ({"digest": digest.pk} for digest in new))
        if len(rows) == _GATHERED_AT_ONCE:
            enqueue(city, GATHER, {"morning": morning, "after": rows[-1][0]})


def send_digests(city: City, keys: list[int]) -> None:
    """Send these digests over one connection; each is noted as sent before the next one goes.

    Raises TaskFault when some could not be sent, so that they are tried again; those that were sent are not.
    """
    waiting = Digest.objects.of(city).filter(sent_at=None, skipped="")
    digests = list(waiting.filter(pk__in=keys).order_by("pk"))
    addresses = addresses_of(city, {digest.recipient for digest in digests})
    filled, worded_by = _fill(city, digests, addresses), frames_of(city)
    connection = get_connection(timeout=TIMEOUT_SECONDS)
    failed = 0
    try:
        for each in filled:
            # Somebody else may have sent it since, if our lease ran out while the machine slept.
            if waiting.filter(pk=each.digest.pk).exists():
                failed += not _send(city, each, worded_by.get(each.digest.rhythm), connection)
    finally:
        connection.close()
    if failed:
        raise TaskFault(f"{failed} of {len(digests)} digests could not be sent")


@dataclass
class _Filled:
    """A digest with what it tells: `said` in words, `unsaid` the notices about which there is nothing left to say."""

    digest: Digest
    address: Address | None
    said: list[WordedNotice] = field(default_factory=list)
    unsaid: list[int] = field(default_factory=list)


def _waiting(city: City, digest: Digest) -> Any:
    return Delivery.objects.of(city).pending().filter(channel=digest.rhythm, pk__lte=digest.up_to)


def _fill(city: City, digests: list[Digest], addresses: dict[Any, Address]) -> list[_Filled]:
    """What each digest tells, the newest of each person; as many queries for 50 people as for one of each language and morning."""

    def sort(each: _Filled) -> tuple[str, int, str]:
        return each.digest.rhythm, each.digest.up_to, spoken(city, each.address.language if each.address else "de")

    filled = sorted((_Filled(digest, addresses.get(digest.recipient)) for digest in digests), key=sort)
    for (_rhythm, _up_to, language), same in groupby(filled, key=sort):
        group = {each.digest.recipient: each for each in same}
        waiting = _waiting(city, next(iter(group.values())).digest)
        read = Notice.objects.of(city).filter(recipient__in=list(group), seen_at__isnull=False)
        waiting.filter(notice__in=read.values("pk")).update(skipped=Delivery.Skipped.SEEN)
        rank = Window(RowNumber(), partition_by=F("notice__recipient"), order_by=F("pk").desc())
        rows = waiting.filter(notice__recipient__in=list(group)).annotate(rank=rank).filter(rank__lte=LOOKED_AT)
        notices = [row.notice for row in rows.select_related("notice").order_by("-pk")]
        wanted = [notice for notice in notices if not _declines(group[notice.recipient].address, notice.kind)]
        with speaking(city, language):
            words = {each.notice.pk: each for each in worded(city, wanted)}
        for notice in wanted:
            each = group[notice.recipient]
            if notice.pk in words:
                each.said.append(words[notice.pk])
            else:
                each.unsaid.append(notice.pk)
    return filled


def _declines(address: Address | None, kind: str) -> bool:
    return address is not None and is_declined(address, kind)


def _send(city: City, filled: _Filled, words: DigestWords | None, connection: BaseEmailBackend) -> bool:
    digest, address = filled.digest, filled.address
    skipped = ""
    try:
        if address is None or not address.mail:
            skipped = Delivery.Skipped.NO_ADDRESS
        elif not filled.said:
            skipped = Delivery.Skipped.NOTHING_TO_SAY
        elif not hand_over(make_digest(city, digest, address, filled.said, words), connection):
            skipped = Delivery.Skipped.REFUSED
    except (NotNow, TaskFault) as error:
        _note_failure(city, digest)
        if isinstance(error, TaskFault):
            raise
        return False
    except Exception as error:  # noqa: BLE001  (one digest that cannot be worded must not hold up the others)
        _log.error("digest %s met a fault in the code\n%s", digest.pk, "".join(traceback.format_tb(error.__traceback__)))
        _note_failure(city, digest)
        return False
    _close(city, filled, skipped)
    return True


def _note_failure(city: City, digest: Digest) -> None:
    _log.warning("digest %s could not be sent", digest.pk)
    Digest.objects.of(city).filter(pk=digest.pk).update(attempts=F("attempts") + 1)


@transaction.atomic
def _close(city: City, filled: _Filled, skipped: str) -> None:
    """Note how a digest went, with all that waited for it."""
    digest, address, now = filled.digest, filled.address, timezone.now()
    sent_at = None if skipped else now
    Digest.objects.of(city).filter(pk=digest.pk).update(attempts=F("attempts") + 1, skipped=skipped, sent_at=sent_at)
    mine, waiting = Notice.objects.of(city).to(digest.recipient), _waiting(city, digest)
    waiting.filter(notice__in=filled.unsaid).update(skipped=Delivery.Skipped.NOTHING_TO_SAY)
    if address and "*" not in address.declined:
        declined = mine.filter(kind__in=address.declined) if address.declined else mine.none()
    else:
        declined = mine
    if address and address.declined:
        waiting.filter(notice__in=declined.values("pk")).update(skipped=Delivery.Skipped.DECLINED)
    # Where nothing could be said of what was looked at, older news may still be told tomorrow.
    if skipped != Delivery.Skipped.NOTHING_TO_SAY:
        waiting.filter(notice__in=mine.values("pk")).update(skipped=skipped, sent_at=sent_at)
    if sent_at:
        tell_sent(city, [each.notice for each in filled.said])


def make_digest(
    city: City, digest: Digest, address: Address, said: list[WordedNotice], words: DigestWords | None = None
) -> EmailMultiAlternatives:
    """The digest in plain text and HTML, in its reader's language and the city's `words`; what it tells is worded already."""
    language, site = spoken(city, address.language), site_of(city)
    with speaking(city, language):
        unsubscribe = site + reverse("unsubscribe", args=[make_token(city, digest.recipient, digest_key(digest.rhythm))])
        mail = printed_digest(
            city, digest.rhythm, said, frame_in(words, language), to=address.mail, language=language, unsubscribe=unsubscribe
        )
    mail.extra_headers |= headers_of(f"<{digest.uid}@{host_of(city)}>", unsubscribe)
    return mail


def printed_digest(
    city: City, rhythm: str, said: list[WordedNotice], frame: Frame, *, to: str, language: str, unsubscribe: str
) -> EmailMultiAlternatives:
    """A digest as it reads in the active language; an empty text of the frame is the house's own."""
    site, own, ours = site_of(city), frame.filled(city, len(said)), house_frame(city, rhythm)
    context = {
        "subject": own.subject or ours.subject,
        "greeting": own.greeting or ours.greeting,
        "closing": own.closing or ours.closing,
        "daily": rhythm == DAILY,
        "parts": list(_parts(site, said[:LISTED])),
        "more": len(said) > LISTED,
        "action": _("All news for you"),
        "link": site + reverse("notice_list"),
        "choose": site + reverse("account") + "#my-news",
        "unsubscribe": unsubscribe,
    }
    return printed(city, ("notices/digest/mail.txt", "notices/digest/mail.html"), context, to=to, language=language)


def _parts(site: str, said: list[WordedNotice]) -> Iterator[dict[str, Any]]:
    """What is told, by kind of news, the kind with the newest first."""
    for kind in dict.fromkeys(each.notice.kind for each in said):
        of_kind = [each for each in said if each.notice.kind == kind]
        items = [{"title": each.words.subject, "brief": each.words.brief, "link": site + each.mail_path} for each in of_kind]
        yield {"title": kind_label(kind), "items": items}
