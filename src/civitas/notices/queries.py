"""Reading notices and the words for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import get_script_prefix
from django.utils.translation import gettext_lazy as _

from civitas.kit.keyset import keyset_page
from civitas.kit.rooms import DAILY, WEEKLY, digest_key, rooms
from civitas.notices.models import MailboxMail, Notice

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from civitas.cities.models import City
    from civitas.kit.keyset import KeysetPage
    from civitas.kit.rooms import Worded

PAGE_SIZE = 20
# How an address for unsubscribing names the digests.
DIGESTS = {digest_key(DAILY): _("News once a day"), digest_key(WEEKLY): _("News once a week")}
_COUNTED = 100


@dataclass(frozen=True)
class WordedNotice:
    """A notice with its words in the active language."""

    notice: Notice
    words: Worded

    @property
    def path(self) -> str:
        """The path of the page it is about, with the active language's prefix; rooms give it with or without."""
        return in_active_language(self.words.path)

    @property
    def mail_path(self) -> str:
        """Where the mail leads, likewise: mostly to the same page."""
        return in_active_language(self.words.mail_path or self.words.path)


def in_active_language(path: str) -> str:
    """A path with the active language's prefix, which it may have already."""
    prefix = get_script_prefix()
    return path if path.startswith(prefix) else prefix + path.lstrip("/")


def notices_of(city: City, recipient: UUID, *, cursor: str = "", size: int = PAGE_SIZE) -> KeysetPage[Notice]:
    """A recipient's notices, newest first."""
    return keyset_page(Notice.objects.of(city).to(recipient), by=["pk"], cursor=cursor, size=size)


def unseen_notices(city: City, recipient: UUID, *, most: int) -> list[Notice]:
    """What a recipient has not seen yet, newest first, at most `most`; one query."""
    return list(Notice.objects.of(city).to(recipient).unseen().order_by("-pk")[:most])


def unseen_count(city: City, recipient: UUID | None) -> int:
    """How many notices a recipient has not seen, counted up to 100; for the bell in the page frame."""
    if recipient is None:
        return 0
    return Notice.objects.of(city).to(recipient).unseen().values("pk")[:_COUNTED].count()


def worded(city: City, notices: Iterable[Notice]) -> list[WordedNotice]:
    """Notices in words, in the order given; those about which there is nothing left to say are left out.

    What the wording of a kind needs is fetched for all its notices at once where the kind offers it (`prepare`).
    """
    known = {kind.key: kind for room in rooms() for kind in room.notice_kinds}
    # A kind may be gone with the method that declared it.
    rows = [notice for notice in notices if notice.kind in known]
    for key in dict.fromkeys(notice.kind for notice in rows):
        prepare = known[key].prepare
        if prepare:
            prepare(city, [notice for notice in rows if notice.kind == key])
    found = ((notice, known[notice.kind].word(city, notice)) for notice in rows)
    return [WordedNotice(notice, words) for notice, words in found if words]


def kind_label(key: str) -> str:
    """What a kind of news, or a digest, is called on screen; a general word for a kind that is gone."""
    if key in DIGESTS:
        return str(DIGESTS[key])
    return next((str(kind.label) for room in rooms() for kind in room.notice_kinds if kind.key == key), str(_("News")))


def mailbox_page(*, cursor: str = "", size: int = PAGE_SIZE) -> KeysetPage[MailboxMail]:
    """What the demo 'sent', newest first."""
    return keyset_page(MailboxMail.objects.defer("html", "headers"), by=["pk"], cursor=cursor, size=size)
