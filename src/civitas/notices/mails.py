"""Notices as mails: worded at the last moment, in the recipient's language, with a Message-ID that never changes."""

from __future__ import annotations

import logging
import re
import smtplib
import traceback
from contextlib import contextmanager
from email.utils import formataddr, parseaddr
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import get_script_prefix, reverse, set_script_prefix
from django.utils import timezone, translation

from civitas.kit.languages import html_language, path_in_language
from civitas.kit.rooms import notice_kind
from civitas.kit.texts import cleaned_line
from civitas.notices.addresses import addresses_of, is_declined, site_of
from civitas.notices.looks import colours_of
from civitas.notices.models import Delivery
from civitas.notices.queries import in_active_language, worded
from civitas.notices.tokens import make_token
from civitas.outbox.tasks import TaskFault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from django.core.mail.backends.base import BaseEmailBackend

    from civitas.cities.models import City
    from civitas.kit.rooms import Address, Worded
    from civitas.notices.models import Notice

_log = logging.getLogger(__name__)
_REFUSED_FOR_GOOD = 500
TIMEOUT_SECONDS = 20
_EMPTY_LINES = re.compile(r"\n\s*\n")


class NotNow(Exception):
    """The mail server does not take a mail for now; names the kind of its error, never the address."""


def send_deliveries(city: City, keys: list[int]) -> None:
    """Send these deliveries' mails over one connection; each is noted as sent before the next one goes.

    Raises TaskFault when some could not be sent, so that they are tried again; those that were sent are not.
    """
    pending = Delivery.objects.of(city).filter(sent_at=None, skipped="")
    deliveries = list(pending.filter(pk__in=keys).select_related("notice").order_by("pk"))
    addresses = addresses_of(city, {delivery.notice.recipient for delivery in deliveries})
    connection = get_connection(timeout=TIMEOUT_SECONDS)
    failed = 0
    try:
        for delivery in deliveries:
            # Somebody else may have sent it since, if our lease ran out while the machine slept.
            if pending.filter(pk=delivery.pk).exists():
                failed += not _deliver(city, delivery, addresses.get(delivery.notice.recipient), connection)
    finally:
        connection.close()
    if failed:
        raise TaskFault(f"{failed} of {len(deliveries)} mails could not be sent")


def _deliver(city: City, delivery: Delivery, address: Address | None, connection: BaseEmailBackend) -> bool:
    skipped, fields = "", {}
    try:
        if address is None or not address.mail:
            skipped = Delivery.Skipped.NO_ADDRESS
        elif is_declined(address, delivery.notice.kind):
            skipped = Delivery.Skipped.DECLINED
        else:
            mail = make_mail(city, delivery, address)
            if mail is None:
                skipped = Delivery.Skipped.NOTHING_TO_SAY
            elif hand_over(mail, connection):
                fields = {"sent_at": timezone.now()}
            else:
                skipped = Delivery.Skipped.REFUSED
    except NotNow as error:
        return _note_failure(city, delivery, error)
    except TaskFault as error:
        _note_failure(city, delivery, error)
        raise
    except Exception as error:  # noqa: BLE001  (one notice that cannot be worded must not hold up the others)
        _log.error("delivery %s met a fault in the code\n%s", delivery.pk, "".join(traceback.format_tb(error.__traceback__)))
        return _note_failure(city, delivery, error)
    with transaction.atomic():
        Delivery.objects.of(city).filter(pk=delivery.pk).update(attempts=F("attempts") + 1, skipped=skipped, **fields)
        if fields:
            tell_sent(city, [delivery.notice])
    return True


def tell_sent(city: City, notices: Sequence[Notice]) -> None:
    """Let the rooms hear which of their news went out, as they were worded; in the transaction that notes it."""
    for key in dict.fromkeys(notice.kind for notice in notices):
        if sent := notice_kind(key).sent:
            sent(city, [notice for notice in notices if notice.kind == key])


def hand_over(mail: EmailMultiAlternatives, connection: BaseEmailBackend) -> bool:
    """Give a mail to the mail server; False where the address is refused for good.

    Raises NotNow when this mail should be tried again later, TaskFault when the server cannot be reached at all.
    """
    mail.connection = connection
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as error:
        if any(code < _REFUSED_FOR_GOOD for code, _reason in error.recipients.values()):
            raise NotNow(type(error).__name__) from None
        return False
    except (OSError, smtplib.SMTPServerDisconnected) as error:
        if isinstance(error, smtplib.SMTPResponseException):
            connection.close()
            # The error's own text may hold the address.
            raise NotNow(type(error).__name__) from None
        raise TaskFault("the mail server cannot be reached") from error
    return True


def _note_failure(city: City, delivery: Delivery, error: Exception) -> bool:
    _log.warning("delivery %s failed: %s", delivery.pk, str(error) if isinstance(error, NotNow) else type(error).__name__)
    Delivery.objects.of(city).filter(pk=delivery.pk).update(attempts=F("attempts") + 1)
    return False


def make_mail(city: City, delivery: Delivery, address: Address) -> EmailMultiAlternatives | None:
    """The mail in plain text and HTML; None when there is nothing left to say."""
    notice, language = delivery.notice, spoken(city, address.language)
    with speaking(city, language):
        found = worded(city, [notice])
        if not found:
            return None
        unsubscribe = site_of(city) + reverse("unsubscribe", args=[make_token(city, notice.recipient, notice.kind)])
        mail = compose(
            city, found[0].words, link=site_of(city) + found[0].mail_path, to=address.mail, language=language, unsubscribe=unsubscribe
        )
    mail.extra_headers |= headers_of(delivery.message_id, unsubscribe)
    return mail


def headers_of(message_id: str, unsubscribe: str) -> dict[str, str]:
    """What a mail carries that can be ended by one click in the mail program (RFC 8058)."""
    return {"Message-ID": message_id, "List-Unsubscribe": f"<{unsubscribe}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def compose(city: City, words: Worded, *, link: str, to: str, language: str, unsubscribe: str) -> EmailMultiAlternatives:
    """Words as a mail in the city's name, in the active language; `unsubscribe` is '' where nobody asked to be told."""
    subject = cleaned_line(words.subject)
    context = {
        "subject": subject,
        "paragraphs": words.paragraphs,
        # In HTML each stands by itself, with room around it, also those inside somebody's words.
        "pieces": [piece for paragraph in words.paragraphs for piece in _EMPTY_LINES.split(paragraph.strip()) if piece],
        "action": words.action,
        "link": link,
        "unsubscribe": unsubscribe,
    }
    return printed(city, ("notices/mail.txt", "notices/mail.html"), context, to=to, language=language)


def printed(city: City, templates: tuple[str, str], context: dict[str, Any], *, to: str, language: str) -> EmailMultiAlternatives:
    """A mail in the city's name and look, made of a template for plain text and one for HTML; the language is already active."""
    text, html = templates
    context |= {"city_name": str(city.name), "look": colours_of(city), "language": html_language(language)}
    mail = EmailMultiAlternatives(
        subject=context["subject"],
        body=render_to_string(text, context),
        from_email=formataddr((cleaned_line(str(city.name)), parseaddr(settings.DEFAULT_FROM_EMAIL)[1])),
        to=[to],
        headers={"Auto-Submitted": "auto-generated", "Content-Language": html_language(language)},
    )
    mail.attach_alternative(render_to_string(html, context), "text/html")
    return mail


def send_words(city: City, word: Callable[[], Worded], *, to: str, language: str, message_id: str) -> bool:
    """Send one mail that is no news of what a person follows: a code, an invitation. `word` is asked in the reader's language.

    Called by a task that notes when it was done. Returns False when the address is refused for good; raises TaskFault when the
    mail server should be asked again.
    """
    language = spoken(city, language)
    with speaking(city, language):
        words = word()
        link = site_of(city) + in_active_language(words.mail_path or words.path)
        mail = compose(city, words, link=link, to=to, language=language, unsubscribe="")
    mail.extra_headers["Message-ID"] = message_id
    mail.connection = get_connection(timeout=TIMEOUT_SECONDS)
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as error:
        if any(code < _REFUSED_FOR_GOOD for code, _reason in error.recipients.values()):
            raise TaskFault("the mail server refuses the address for now") from None
        return False
    except (OSError, smtplib.SMTPException):
        # The error's own text may hold the address.
        raise TaskFault("the mail could not be sent") from None
    return True


def spoken(city: City, language: str) -> str:
    """The language in which the city writes to somebody who wants this one: German where it speaks none of theirs."""
    return language if language in city.config.languages else "de"


@contextmanager
def speaking(city: City, language: str) -> Iterator[None]:
    """Words, paths and times as a page of the city shows them in this language."""
    # As the middleware does for a page: `reverse` puts the language's prefix before every path.
    before = get_script_prefix()
    set_script_prefix(path_in_language("/", language))
    try:
        with translation.override(language), timezone.override(city.zone):
            yield
    finally:
        set_script_prefix(before)
