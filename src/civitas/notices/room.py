"""What the notices declare to the ground: what they keep of a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from civitas.kit.rooms import PersonalData, Quotes, Retention, Room
from civitas.notices.actions import KEPT, adopt_notices, erase_notices
from civitas.notices.models import MailboxMail, Notice

if TYPE_CHECKING:
    from civitas.cities.models import City


def export_person(city: City, participant: Any) -> dict[str, Any]:
    """What a participant was told, and when."""
    notices = Notice.objects.of(city).to(participant.uid).order_by("pk")
    return {
        "notices": [{"kind": row.kind, "subject": row.subject, "event": row.event, "at": row.created_at.isoformat()} for row in notices]
    }


def erase_person(city: City, participant: Any) -> None:
    """Remove a participant's news."""
    erase_notices(city, participant.uid)


def adopt_person(city: City, old: Any, new: Any) -> None:
    """Hand a claimed guest's news over."""
    adopt_notices(city, old=old.uid, new=new.uid)


def _mailbox(_city: City, _ids: list[int]) -> Any:
    # The demo's mail program; mails that were really sent are out of reach.
    return MailboxMail.objects.all()


def old_news(city: City, before: Any) -> Any:
    """News that is older than that moment."""
    return Notice.objects.of(city).filter(created_at__lt=before)


ROOM = Room(
    key="notices",
    personal_data=PersonalData(export_person, erase_person, adopt_person),
    quotes=(Quotes(_mailbox, ("subject", "text", "html", "headers"), anywhere=True),),
    retention=(Retention(_("News for people"), old_news, days=KEPT.days, said=_("News that we sent you")),),
)
