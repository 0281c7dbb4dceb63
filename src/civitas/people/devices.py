"""Where somebody is signed in: browsers are noted when one signs in, told of when they are new, and can be signed out from afar."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.kit import days
from civitas.kit.rooms import Worded
from civitas.kit.verdicts import Refused
from civitas.notices.addresses import host_of
from civitas.notices.mails import send_words
from civitas.outbox.actions import enqueue
from civitas.people.models import Device, Participant

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from civitas.cities.models import City
    from civitas.people.models import User

# What a browser calls itself by -> its family; the first that fits, since most name others beside themselves.
_FAMILIES = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
KEPT = timedelta(days=365)


def browser_family(agent: str) -> str:
    """'Firefox' of what a browser says about itself; '' for one that we do not know. No version, no system."""
    return next((family for sign, family in _FAMILIES if sign in agent), "")


@transaction.atomic
def note_device(city: City, user: User, *, uids: Sequence[UUID], agent: str, session_key: str, way: str, came_before: bool) -> Device:
    """Note that the user's session is open in a browser, known by one of its `uids`, and by which `way` they came in.

    Who `came_before` is told by mail of a browser that is new.
    """
    now = timezone.now()
    known = Device.objects.select_for_update().filter(uid__in=uids, user=user, city=city).first() if uids else None
    if known is None:
        known = Device.objects.create(
            user=user, city=city, browser=browser_family(agent), session_key=session_key, way=way, first_at=now, last_at=now
        )
        if came_before:
            enqueue(city, "people.tell_of_device", {"device": known.pk}, key=f"device:{known.pk}")
        return known
    known.browser, known.session_key, known.way, known.last_at = browser_family(agent), session_key, way, now
    known.save(update_fields=["browser", "session_key", "way", "last_at"])
    return known


def open_devices(user: User) -> list[Device]:
    """The browsers in which the user is signed in now, in all cities, the latest first."""
    rows = list(Device.objects.filter(user=user).exclude(session_key="").select_related("city").order_by("-last_at", "-pk"))
    live = set(
        Session.objects.filter(session_key__in=[row.session_key for row in rows], expire_date__gt=timezone.now()).values_list(
            "session_key", flat=True
        )
    )
    return [row for row in rows if row.session_key in live]


@transaction.atomic
def sign_out_device(user: User, uid: UUID) -> None:
    """End the session in one of the user's browsers; raises Refused (404) for somebody else's."""
    device = Device.objects.select_for_update().filter(user=user, uid=uid).first()
    if device is None:
        raise Refused(_("We cannot find this browser. It may be signed out already."), status=404)
    _end([device])


@transaction.atomic
def sign_out_others(user: User, *, but: str) -> int:
    """End all of the user's sessions in all cities but the one of this key; returns how many browsers were signed out."""
    others = list(Device.objects.select_for_update().filter(user=user).exclude(session_key__in=["", but]).order_by("pk"))
    _end(others)
    return len(others)


def sign_out_city(user: int, city: City) -> None:
    """End and forget the sessions of a user in one city."""
    rows = Device.objects.filter(user=user, city=city)
    _end(list(rows.order_by("pk")))
    rows.delete()


def _end(devices: list[Device]) -> None:
    Session.objects.filter(session_key__in=[device.session_key for device in devices]).delete()
    Device.objects.filter(pk__in=[device.pk for device in devices]).update(session_key="")


def tell_of_device(city: City, device: int) -> None:
    """Write to the account's address that somebody signed in from a new browser, once; the house keeps no more of it than its family."""
    row = Device.objects.filter(pk=device, city=city, told_at=None).select_related("user").first()
    if row is None:
        return
    person = Participant.objects.of(city).filter(user=row.user).first()
    language = person.language if person else "de"
    send_words(city, lambda: _word(city, row), to=row.user.email, language=language, message_id=f"<{row.uid}.device@{host_of(city)}>")
    Device.objects.filter(pk=row.pk).update(told_at=timezone.now())


def _word(city: City, device: Device) -> Worded:
    values = {
        "city": str(city),
        "browser": device.browser or _("a browser that we do not know"),
        "day": days.day(timezone.localtime(device.first_at)),
        "time": timezone.localtime(device.first_at).strftime("%H:%M"),
    }
    return Worded(
        _("New sign-in at %(city)s") % values,
        (
            _("Somebody signed in to your account from a browser in which you had not been before: %(browser)s, on %(day)s at %(time)s.")
            % values,
            _("If that was you, you need not do anything."),
            _("If it was not you, open the page below, sign that browser out, and tell us."),
        ),
        "/konto/sicherheit",
        _("See where I am signed in"),
    )


def forget_devices() -> None:
    """Forget browsers that nobody has signed in with for a year."""
    Device.objects.filter(last_at__lt=timezone.now() - KEPT).delete()
