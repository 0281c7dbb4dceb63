"""The mail that somebody will get, as it will read, before anything is decided and without sending it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from civitas.kit.languages import html_language
from civitas.kit.rooms import notice_kind
from civitas.notices.addresses import addresses_of, is_declined, site_of
from civitas.notices.mails import compose, speaking, spoken
from civitas.notices.models import Notice
from civitas.notices.queries import in_active_language

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from civitas.cities.models import City

# A link of a mail that only its reader may have; who looks at a preview does not get it.
HIDDEN_LINK = "…"
_FOOT = "\n-- \n"


@dataclass(frozen=True)
class PreviewedMail:
    """A mail as it will be worded: `text` and `foot` are what a mail program shows as plain text, in the reader's language.

    `by_mail` is False where no mail goes out, since there is no address or this kind is not wanted; the news then stands on the site alone.
    """

    sender: str
    subject: str
    text: str
    foot: str
    language: str
    by_mail: bool


def preview_mail(city: City, kind: str, recipient: UUID, *, subject: str, event: str, fetched: Mapping[str, Any]) -> PreviewedMail | None:
    """The mail of this kind to this recipient about something that has not happened yet; None where it would have nothing to say.

    `fetched` holds what the kind's `prepare` would have read: rows as they will be, which need not be saved. One or two queries.
    Raises KeyError for an unknown kind.
    """
    address = addresses_of(city, [recipient]).get(recipient)
    declared = notice_kind(kind)
    language = spoken(city, address.language if address else "de")
    notice = Notice(city=city, recipient=recipient, kind=kind, subject=subject, event=event)
    notice.fetched = dict(fetched)
    with speaking(city, language):
        words = declared.word(city, notice)
        if words is None:
            return None
        link = HIDDEN_LINK if words.mail_path else site_of(city) + in_active_language(words.path)
        mail = compose(city, words, link=link, to="", language=language, unsubscribe=HIDDEN_LINK)
    text, _mark, foot = str(mail.body).rpartition(_FOOT)
    return PreviewedMail(
        sender=str(city.name),
        subject=str(mail.subject),
        text=text.strip(),
        foot=foot.strip(),
        language=html_language(language),
        by_mail=bool(declared.by_mail and address and address.mail and not is_declined(address, kind)),
    )
