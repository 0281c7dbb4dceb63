"""How news of meeting reads: somebody joins, somebody has written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civitas.contributions.models import Contribution
from civitas.contributions.notices import about, event_key, fetch_about
from civitas.kit.rooms import PEOPLE, NoticeKind, Worded
from civitas.meeting.models import Joining, Letter
from civitas.people.actions import claim_token
from civitas.people.models import Participant

if TYPE_CHECKING:
    from civitas.cities.models import City
    from civitas.notices.models import Notice

# How much of a letter the mail shows.
BEGINNING = 1_000


def word_joined(city: City, notice: Notice) -> Worded | None:
    """Somebody joins in with what one gave, or offers help."""
    row = about(city, notice)
    if row is None or row.visibility != Contribution.Visibility.PUBLISHED:
        return None
    joining = notice.fetched["joining"] if notice.fetched else _joinings(city).filter(pk=event_key(notice)).first()
    if joining is None:
        return None
    values = {"who": joining.shown_name, "title": row.title}
    helps = joining.role == Joining.Role.HELP
    first = _("%(who)s offers help with “%(title)s”.") % values if helps else _("%(who)s joins in with “%(title)s”.") % values
    words = (f"„{joining.words}“",) if joining.words else ()
    last = _("Write to each other: from an idea more becomes when people meet.")
    subject = _("Help for “%(title)s”") % values if helps else _("Somebody joins in with “%(title)s”") % values
    return Worded(subject, (first, *words, last), f"/beitrag/{row.number}/dabei", _("See who is in"))


def fetch_joined(city: City, notices: list[Notice]) -> None:
    """Read what many notices are about, and the joinings, in two queries."""
    fetch_about(city, notices)
    found = _joinings(city).in_bulk({event_key(notice) for notice in notices})
    for notice in notices:
        notice.fetched = {**(notice.fetched or {}), "joining": found.get(event_key(notice))}


def _joinings(city: City) -> Any:
    return Joining.objects.of(city).filter(hidden_at=None).select_related("participant", "organisation")


def word_letter(city: City, notice: Notice) -> Worded | None:
    """Somebody has written a letter; nothing to say once its words are gone."""
    fetched = notice.fetched or {
        "letter": _letters(city).filter(pk=event_key(notice)).first(),
        "guest": _guests(city).filter(uid=notice.recipient).first(),
    }
    letter, guest = fetched["letter"], fetched["guest"]
    if letter is None or not letter.text:
        return None
    values = {"who": letter.shown_name, "title": letter.conversation.contribution.title}
    first = _("%(who)s has written to you about “%(title)s”:") % values if values["title"] else _("%(who)s has written to you:") % values
    text = letter.text if len(letter.text) <= BEGINNING else letter.text[:BEGINNING].rpartition(" ")[0] + " …"
    last = _("Please answer on the page and not to this mail. So nobody sees your address.")
    path = letter.conversation.path
    # A guest reads on any device: the link proves that the address is theirs.
    by_mail = f"{path}/{claim_token(guest, by_mail=True)}" if guest and guest.guest_mail else ""
    return Worded(_("A letter from %(who)s") % values, (first, *text.split("\n\n"), last), path, _("Read and answer"), mail_path=by_mail)


def fetch_letters(city: City, notices: list[Notice]) -> None:
    """Read many letters that notices are about, and which of their readers are guests, in two queries."""
    letters = _letters(city).in_bulk({event_key(notice) for notice in notices})
    guests = {row.uid: row for row in _guests(city).filter(uid__in={notice.recipient for notice in notices})}
    for notice in notices:
        notice.fetched = {"letter": letters.get(event_key(notice)), "guest": guests.get(notice.recipient)}


def _letters(city: City) -> Any:
    return Letter.objects.of(city).select_related("author", "organisation", "conversation", "conversation__contribution")


def _guests(city: City) -> Any:
    return Participant.objects.of(city).filter(user=None)


KINDS = (
    NoticeKind("meeting.joined", gettext_lazy("People who join your contributions"), word_joined, prepare=fetch_joined, topic=PEOPLE),
    NoticeKind("meeting.letter", gettext_lazy("Letters to you"), word_letter, prepare=fetch_letters, topic=PEOPLE),
)
