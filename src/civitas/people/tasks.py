"""What the worker does for people: forget tries that no limit asks for any more, ended sessions, addresses that never came in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from civitas.cities.models import City
from civitas.cities.walls import across_cities
from civitas.outbox.actions import enqueue
from civitas.outbox.lanes import Lane
from civitas.outbox.tasks import periodic, task
from civitas.people.archives import ARCHIVE_FAILED, MAKE_ARCHIVE, drop_archives, fail_archive, make_archive
from civitas.people.changed_doors import TELL_OF_CHANGE, tell_of_change
from civitas.people.devices import forget_devices, tell_of_device
from civitas.people.guesses import STANDS
from civitas.people.leaving import DROP_DEPARTURE, END_SESSIONS_OF, ERASE, SAY_ERASED, drop_departure, erase_some, say_erased
from civitas.people.models import MailedCode, RateWindow, User
from civitas.people.roles import end_roles

KEPT = timedelta(days=1)


@periodic("people.forget_tries", every=timedelta(hours=1))
def forget_tries() -> None:
    """Remove counted tries after a day, longer than any limit looks back, and mailed codes that open nothing any more."""
    before, mailed_before = timezone.now() - KEPT, timezone.now() - STANDS
    for city in City.objects.only("pk").order_by("pk"):
        RateWindow.objects.of(city).filter(starts_at__lt=before).delete()
        MailedCode.objects.of(city).filter(mailed_at__lt=mailed_before).delete()


@periodic("people.end_roles", every=timedelta(minutes=1))
def end_roles_of_all() -> None:
    """Take away roles whose end has come, and see to the work that lay with who held them."""
    for city in City.objects.order_by("pk"):
        end_roles(city)


@periodic("people.end_sessions", every=timedelta(days=1))
def end_sessions() -> None:
    """Remove sessions that have ended."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()


@task(MAKE_ARCHIVE, lane=Lane.FILES, given_up=ARCHIVE_FAILED)
def make_archive_of(city: City, archive: int) -> None:
    """Pack what somebody asked for."""
    make_archive(city, archive)


@task(ARCHIVE_FAILED)
def tell_archive_failed(city: City, archive: int) -> None:
    """Say on its owner's page that it could not be packed."""
    fail_archive(city, archive)


@periodic("people.drop_archives", every=timedelta(hours=1))
def drop_old_archives() -> None:
    """Remove archives whose time is over, with their bytes."""
    for city in City.objects.order_by("pk"):
        drop_archives(city, now=timezone.now())


@task(ERASE)
def erase_who_left(city: City, departure: int) -> None:
    """Erase some more of what somebody gave who has left, and note the rest for later."""
    if erase_some(city, departure):
        with transaction.atomic():
            enqueue(city, ERASE, {"departure": departure}, key=f"departure-{departure}")


@task(SAY_ERASED, lane=Lane.AWAITED, given_up=DROP_DEPARTURE)
def tell_who_left(city: City, departure: int) -> None:
    """Write to who has left that it is done."""
    say_erased(city, departure)


@task(DROP_DEPARTURE)
def forget_who_left(city: City, departure: int) -> None:
    """Forget the address that could not be written to."""
    drop_departure(city, departure)


@task(END_SESSIONS_OF)
def end_sessions_of(_city: City, user: int) -> None:
    """Remove what sessions remember of a login that was erased, also those that were only on their way in."""
    with across_cities("sessions belong to no city"):
        rows = Session.objects.filter(expire_date__gte=timezone.now()).order_by("pk")
        ended = [row.pk for row in rows.iterator(chunk_size=1_000) if str(user) in _logins_in(row.get_decoded())]
        for start in range(0, len(ended), 500):
            Session.objects.filter(pk__in=ended[start : start + 500]).delete()


def _logins_in(session: dict[str, Any]) -> set[str]:
    """The logins that a session is about: signed in, or asked for a code."""
    asked = [each for each in session.values() if isinstance(each, dict)]
    return {str(session.get("_auth_user_id")), *(str(each.get(name)) for each in asked for name in ("user_id", "user_pk"))}


@task("people.tell_of_device", lane=Lane.AWAITED)
def tell(city: City, **payload: int) -> None:
    """Write to somebody that they, or somebody else, signed in from a new browser."""
    tell_of_device(city, payload["device"])


@task(TELL_OF_CHANGE, lane=Lane.AWAITED)
def tell_of_changed_door(city: City, **payload: Any) -> None:
    """Write to somebody that a way into their account has changed."""
    tell_of_change(city, **payload)


@periodic("people.forget_devices", every=timedelta(days=1))
def forget_old_devices() -> None:
    """Remove browsers in which nobody has signed in for a year."""
    forget_devices()


@periodic("people.forget_addresses", every=timedelta(hours=6))
def forget_addresses() -> None:
    """Remove logins of addresses that asked for a code a day ago and never entered one."""
    unused = User.objects.filter(last_login=None, joined_at__lt=timezone.now() - KEPT, is_operator=False)
    with across_cities("a login serves all cities; one without a participant anywhere was never used"):
        unused.filter(participants=None).delete()
