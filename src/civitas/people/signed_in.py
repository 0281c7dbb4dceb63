"""What a browser's session says about the person in it: which device it is, and how lately they proved who they are."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from uuid import UUID

from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.core import signing

from civitas.people.devices import KEPT, note_device
from civitas.people.guesses import Asker, asker_for
from civitas.people.passkeys import Door
from civitas.people.sources import ranges_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from civitas.people.models import Device, User

_COOKIE, _SALT = "device", "civitas.people.device"
# People who take turns at one browser, as a team at its desk.
MOST_AT_A_BROWSER = 12
FRESH_SECONDS = 20 * 60
# How the sign-in names what somebody did -> the door that it opens.
_WAYS = {"code": "code", "password": "password", "webauthn": "passkey", "service": "service"}


def note_browser(request: HttpRequest, user: User, *, came_before: bool) -> Device:
    """Note that the user is signed in in this browser under the session's key of now."""
    if not request.session.session_key:
        request.session.save()
    return note_device(
        request.city,
        user,
        uids=uids_of(request),
        agent=request.headers.get("User-Agent", ""),
        session_key=request.session.session_key or "",
        way=_way_of(request, user),
        came_before=came_before,
    )


def _way_of(request: HttpRequest, user: User) -> str:
    """The door that was opened last; the code of an app is a second step and no door."""
    ways = [_WAYS.get(record.get("type") or record["method"], "") for record in get_authentication_records(request, user)]
    return next((way for way in reversed(ways) if way), "")


def know_again(request: HttpRequest, response: HttpResponse, device: Device) -> None:
    """Give the browser a token by which it is known again, also after signing out; beside those of others who share it."""
    others = [each for each in uids_of(request) if each != device.uid]
    response.set_cookie(
        _COOKIE,
        signing.dumps([str(each) for each in (device.uid, *others)][:MOST_AT_A_BROWSER], salt=_SALT),
        max_age=int(KEPT.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def uids_of(request: HttpRequest) -> list[UUID]:
    """What the browser is known by, one for each person and city, who came last first; none for one in which nobody has signed in.

    They lie in the browser alone: the house does not note who shares one.
    """
    try:
        kept = signing.loads(request.COOKIES.get(_COOKIE, ""), salt=_SALT, max_age=int(KEPT.total_seconds()))
        return [UUID(each) for each in (kept if isinstance(kept, list) else [kept])]
    except (signing.BadSignature, ValueError):
        return []


def asker_of(request: HttpRequest, mail: str = "") -> Asker:
    """Who stands at a door in the name of a mail address."""
    return asker_for(request.city, mail, ranges=ranges_of(request), browsers=uids_of(request))


def is_fresh(request: HttpRequest, user: User) -> bool:
    """Whether the person proved within twenty minutes who they are; a window left open does not change how one signs in."""
    records = get_authentication_records(request, user)
    return any(time.time() - record.get("at", 0) < FRESH_SECONDS for record in records)


def is_fresh_everywhere(request: HttpRequest, user: User) -> bool:
    """Whether one of these proofs was the person's own, and not the word of a city's sign-in service.

    That counts in its city alone; a password, a second step and leaving hold in all cities.
    """
    records = [each for each in get_authentication_records(request, user) if each.get("method") != "service"]
    return any(time.time() - record.get("at", 0) < FRESH_SECONDS for record in records)


def door_of(request: HttpRequest) -> Door:
    """The host that people came to, for passkeys."""
    host = request.get_host()
    return Door(host.rpartition(":")[0] or host, f"{settings.SITE_SCHEME}://{host}", str(request.city))
