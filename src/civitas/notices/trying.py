"""The daily and weekly mail as it would read: as a preview, and as a test mail to who words it, with their own news or with samples."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.mail import get_connection
from django.utils.translation import gettext as _

from civitas.kit.rooms import Worded
from civitas.notices.addresses import addresses_of, host_of
from civitas.notices.digests import LISTED, printed_digest
from civitas.notices.mails import TIMEOUT_SECONDS, NotNow, hand_over, speaking, spoken
from civitas.notices.models import Notice
from civitas.notices.previews import HIDDEN_LINK
from civitas.notices.queries import WordedNotice, worded
from civitas.outbox.tasks import TaskFault

if TYPE_CHECKING:
    from uuid import UUID

    from django.core.mail import EmailMultiAlternatives

    from civitas.cities.models import City
    from civitas.notices.wordings import Frame

TEST = "notices.send_test"


def tried_digest(city: City, recipient: UUID, rhythm: str, frame: Frame, language: str, *, to: str = "") -> EmailMultiAlternatives:
    """A digest with the recipient's newest news, seen or not, or with samples where there is none; no link in it ends anything."""
    language = spoken(city, language)
    with speaking(city, language):
        newest = Notice.objects.of(city).to(recipient).order_by("-pk")[:LISTED]
        said = worded(city, newest) or _samples(city, recipient)
        return printed_digest(city, rhythm, said, frame, to=to, language=language, unsubscribe=HIDDEN_LINK)


def _samples(city: City, recipient: UUID) -> list[WordedNotice]:
    words = (
        (_("An answer to “More shade on the square”"), _("We plant four trees in autumn, and a bench below each.")),
        (_("Three people support your idea"), ""),
        (_("New: “A book box at the bus stop”"), _("Whoever waits could read. We would look after it.")),
    )
    return [
        WordedNotice(Notice(city=city, recipient=recipient, kind=""), Worded(subject, (subject,), brief=brief)) for subject, brief in words
    ]


def address_for_tests(city: City, recipient: UUID) -> str:
    """Where a test mail to somebody goes; '' where we know no address."""
    address = addresses_of(city, [recipient]).get(recipient)
    return address.mail if address else ""


def send_test(city: City, *, uid: str, recipient: UUID, rhythm: str, frame: Frame, language: str) -> None:
    """Send a test mail; it says in its subject that it is one. Raises TaskFault when the mail server should be asked again."""
    to = address_for_tests(city, recipient)
    if not to:
        return
    mail = tried_digest(city, recipient, rhythm, frame, language, to=to)
    with speaking(city, spoken(city, language)):
        mail.subject = _("Test: %(subject)s") % {"subject": mail.subject}
    mail.extra_headers["Message-ID"] = f"<{uid}@{host_of(city)}>"
    connection = get_connection(timeout=TIMEOUT_SECONDS)
    try:
        hand_over(mail, connection)
    except NotNow as error:
        raise TaskFault(str(error)) from None
    finally:
        connection.close()
