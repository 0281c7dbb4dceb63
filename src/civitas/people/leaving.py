"""Leaving: the account is closed at once, the worker erases room by room, and a mail says when that is done (decision 44)."""

from __future__ import annotations

import datetime as dt
import time
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.cities.walls import across_cities
from civitas.kit.rooms import Room, Worded, rooms
from civitas.kit.verdicts import Refused
from civitas.notices.addresses import host_of
from civitas.notices.mails import send_words
from civitas.notices.models import MailboxMail
from civitas.outbox.actions import enqueue
from civitas.people.archives import drop_archives_of
from civitas.people.devices import sign_out_city, sign_out_others
from civitas.people.models import Departure, Identity, Participant, Passkey
from civitas.people.queries import participants_of
from civitas.people.roles import leave_roles, refuse_last_administrator

if TYPE_CHECKING:
    from civitas.cities.models import City
    from civitas.people.models import User

ERASE = "people.erase"
SAY_ERASED = "people.say_erased"
DROP_DEPARTURE = "people.drop_departure"
END_SESSIONS_OF = "people.end_sessions_of"
# By when all is erased, as the page says it.
WITHIN = dt.timedelta(days=1)
_SLICE_SECONDS = 5.0


class Texts(StrEnum):
    """What becomes of what somebody gave when they leave."""

    GO = "go"
    STAY = "stay"  # without a name


@transaction.atomic
def leave(city: City, participant: Participant, *, texts: Texts = Texts.GO) -> Departure:
    """Close somebody's account in a city: no name, roles, keys or sessions any more. What they gave is erased by the worker from now on.

    The login goes too when no other city knows it. Raises Refused for the last administrator, whose city would be left without
    anybody to lead it.
    """
    refuse_last_administrator(city, participant.pk)
    known: Departure | None = Departure.objects.of(city).filter(participant=participant).first()
    if known is not None and participant.erased_at is not None:  # the button was pressed twice
        return known
    user = participant.user
    confirmed = participant.guest_mail if participant.guest_mail_confirmed_at else ""
    departure: Departure = Departure.objects.of(city).update_or_create(
        participant=participant,
        defaults={
            "city": city,
            "texts": texts.value,
            "mail": user.email if user else confirmed,
            "asked_at": timezone.now(),
            "room": "",
            "erased_at": None,
        },
    )[0]
    close(city, participant)
    if user is not None:
        with across_cities("a login serves all cities; it is erased with the last participant"):
            if not user.participants.exists():
                sign_out_others(user, but="")
                enqueue(city, END_SESSIONS_OF, {"user": user.pk})
                user.delete()
    enqueue(city, ERASE, {"departure": departure.pk}, key=f"departure-{departure.pk}")
    return departure


@transaction.atomic
def leave_everywhere(user: User, *, texts: Texts = Texts.GO) -> None:
    """Leave every city in which the user takes part, all or none; raises Refused as `leave` does, naming the city."""
    for person in participants_of(user):
        try:
            leave(person.city, person, texts=texts)
        except Refused as refused:
            raise Refused(f"{person.city}: {refused.reason}", status=refused.status) from None


def close(city: City, participant: Participant) -> None:
    """Blank the participant, with keys, sessions and archives in this city. From now on nobody is known by it; safe to do twice."""
    if mail := participant.user.email if participant.user else participant.guest_mail:
        MailboxMail.objects.filter(recipients__icontains=mail).delete()
    if participant.user_id is not None:
        sign_out_city(participant.user_id, city)
        hosts = list(city.hosts.order_by("pk").values_list("host", flat=True))
        Passkey.objects.filter(user=participant.user_id, host__in=hosts).delete()
        Identity.objects.of(city).filter(user=participant.user_id).delete()
    Participant.objects.of(city).filter(taken_over_by=participant).update(taken_over_by=None)
    drop_archives_of(city, participant)
    leave_roles(city, participant)
    participant.user, participant.pseudonym, participant.guest_mail, participant.home_area_id = None, "", "", None
    participant.class_until, participant.class_process, participant.class_waits = None, "", False
    participant.erased_at = participant.erased_at or timezone.now()
    blanked = ["user", "pseudonym", "guest_mail", "home_area", "class_until", "class_process", "class_waits", "erased_at"]
    participant.save(update_fields=blanked)


def erase_some(city: City, departure: int) -> bool:
    """Go on with erasing for some seconds, each page in a transaction of its own; whether there is more. Safe to run twice."""
    began = time.monotonic()
    while time.monotonic() - began < _SLICE_SECONDS:
        if not _erase_page(city, departure):
            return False
    return True


@transaction.atomic
def _erase_page(city: City, departure: int) -> bool:
    rows = Departure.objects.of(city).select_for_update(of=("self",)).select_related("participant")
    row: Departure | None = rows.filter(pk=departure, erased_at=None).first()
    if row is None:
        return False
    left = _rooms_after(row.room)
    person, data = row.participant, left[0].personal_data
    person.city = city
    assert data is not None
    stay = row.texts == Texts.STAY
    if data.erase_some is not None and data.erase_some(city, person, stay):
        return True
    (data.nameless if stay and data.nameless else data.erase)(city, person)
    row.room = left[0].key
    if len(left) == 1:
        row.erased_at = timezone.now()
        enqueue(city, SAY_ERASED, {"departure": row.pk})
        for room in rooms():
            for kind in room.on_erased:
                enqueue(city, kind, {})
    row.save(update_fields=["room", "erased_at"])
    return len(left) > 1


def _rooms_after(key: str) -> list[Room]:
    """The rooms that are still to erase, people's last: those above find their rows by the participant as it was."""
    keeping = [room for room in reversed(rooms()) if room.personal_data]
    done = next((place + 1 for place, room in enumerate(keeping) if room.key == key), 0)
    return keeping[done:]


def say_erased(city: City, departure: int) -> None:
    """Write to who has left that everything is erased, as the last thing that the house does with the address."""
    rows = Departure.objects.of(city).exclude(erased_at=None).select_related("participant")
    row = rows.filter(pk=departure).first()
    if row is not None and row.mail:
        stay = row.texts == Texts.STAY
        send_words(
            city,
            lambda: _word_erased(city, stay=stay),
            to=row.mail,
            language=row.participant.language,
            message_id=f"<{row.pk}.erased@{host_of(city)}>",
        )
    drop_departure(city, departure)


def drop_departure(city: City, departure: int) -> None:
    """Forget the address of who has left, once nothing is to be done or said any more."""
    Departure.objects.of(city).exclude(erased_at=None).filter(pk=departure).delete()


def _word_erased(city: City, *, stay: bool) -> Worded:
    values: dict[str, Any] = {"city": str(city)}
    texts = (
        _("Your texts stay readable for others. Nothing leads from them to you.")
        if stay
        else _("Your texts and pictures are gone, too. Where others answered you, an empty place without a name is left.")
    )
    return Worded(
        _("Everything about you is erased in %(city)s") % values,
        (
            _("You have left %(city)s. Everything that said something about you is erased.") % values,
            texts,
            _("This was our last mail: now we forget this address, too. Thank you for having been here. The door stays open."),
        ),
        "/",
        _("To the front page"),
    )
