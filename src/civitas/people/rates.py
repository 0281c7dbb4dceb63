"""Limits on how often a person or an address range may do something; counted in the database, so they hold over processes."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.kit.verdicts import Refused
from civitas.people.counting import count_tries, start_of
from civitas.people.sources import hashed

if TYPE_CHECKING:
    from civitas.people.actors import Actor
    from civitas.people.models import Participant

# what -> (window, tries of one person, tries of one address range)
LIMITS = {
    "submit": (dt.timedelta(minutes=10), 10, 60),
    "unproved": (dt.timedelta(minutes=10), 10, 20),  # texts from browsers that did no proof of work
    "write": (dt.timedelta(minutes=10), 60, 600),  # sections of concepts
    "comment": (dt.timedelta(minutes=10), 20, 120),
    "support": (dt.timedelta(minutes=10), 120, 600),
    "follow": (dt.timedelta(minutes=10), 120, 600),
    "upload": (dt.timedelta(minutes=10), 30, 120),
    "upload_part": (dt.timedelta(minutes=10), 300, 900),
    # Of files, since a minute's limit alone would still fill a disk in days.
    "megabytes": (dt.timedelta(days=1), 1000, 8000),
    "export": (dt.timedelta(minutes=10), 20, 60),
    "print": (dt.timedelta(minutes=10), 20, 60),
    "search": (dt.timedelta(minutes=10), 20, 120),
    "claim": (dt.timedelta(hours=1), 10, 40),
    "join": (dt.timedelta(minutes=10), 20, 120),
    "new_joining": (dt.timedelta(days=1), 20, 200),  # each is a mail to somebody, also after leaving
    "conversation": (dt.timedelta(days=1), 10, 60),
    "letter": (dt.timedelta(hours=1), 30, 200),
    "invite": (dt.timedelta(days=1), 60, 300),  # each is a mail to an address that somebody typed
    "guest_mail": (dt.timedelta(days=1), 6, 60),  # so is each of these
    "test_mail": (dt.timedelta(hours=1), 10, 60),
    "flag": (dt.timedelta(hours=1), 10, 30),
    "report": (dt.timedelta(hours=1), 10, 30),
    "sit": (dt.timedelta(minutes=10), 20, 1500),  # a hall full of people may come from one address
    "board": (dt.timedelta(minutes=10), 300, 6000),  # changes on a board by its forms
    "code": (dt.timedelta(minutes=10), 20, 60),  # codes of boards that were wrong
    "class_code": (dt.timedelta(minutes=10), 20, 60),  # codes of school classes that were wrong
    "archive": (dt.timedelta(hours=1), 6, 60),
    "rating": (dt.timedelta(minutes=10), 20, 200),  # a poster at a place is scanned by many from one network
}
# what -> tries of everybody in the city together, where many addresses could do what one may not
LIMITS_IN_ALL = {"code": 3000, "class_code": 3000, "unproved": 300}
# Mails a day to an address that somebody typed and nobody has confirmed, whoever typed it: it may be a stranger's.
MAILS_UNCONFIRMED = 3


def spend(actor: Actor, what: str, *, amount: int = 1) -> None:
    """Count one try of `what`, or `amount` of what is weighed; 0 only asks whether there is one left.

    Raises Refused (429) when the person or the address range had too many in the window.

    Imports and commands are not limited.
    """
    if actor.channel not in {"page", "api", "live"}:
        return
    window, person_limit, source_limit = LIMITS[what]
    starts_at = start_of(window)
    tries = []
    if actor.participant:
        tries.append((hashed(f"{what}:person:{actor.participant.uid}"), person_limit))
    if actor.source:
        tries.append((hashed(f"{what}:source:{actor.source}"), source_limit))
    if what in LIMITS_IN_ALL:
        tries.append((hashed(f"{what}:all"), LIMITS_IN_ALL[what]))
    for key, limit in tries:
        # Who asks needs one more.
        if count_tries(actor.city, key, starts_at, amount) + (not amount) > limit * settings.RATE_FACTOR:
            raise Refused(_wait(window), status=429)


def may_mail(actor: Actor, person: Participant) -> bool:
    """Whether one more mail that this person's own doing brings may go to them, which is counted where the address is a guest's that
    nobody has confirmed.

    One more than a few a day is not sent, from however many browsers it comes; the page answers the same. Always for imports and commands.
    """
    if actor.channel not in {"page", "api", "live"} or not person.is_guest:
        return True
    if not person.guest_mail or person.guest_mail_confirmed_at:
        return True
    name, _at, host = person.guest_mail.strip().lower().partition("@")
    mailbox = f"{name.partition('+')[0]}@{host}"  # what stands behind a plus is the same mailbox
    starts_at = start_of(dt.timedelta(days=1))
    return count_tries(actor.city, hashed(f"unconfirmed:{mailbox}"), starts_at) <= MAILS_UNCONFIRMED * settings.RATE_FACTOR


def first_today(actor: Actor, what: str) -> bool:
    """Whether the person does `what` for the first time this day, which is noted by a hash alone; always for imports and commands."""
    if actor.channel not in {"page", "api", "live"} or actor.participant is None:
        return True
    day = timezone.localdate()
    starts_at = dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)
    return count_tries(actor.city, hashed(f"{what}:day:{actor.participant.uid}"), starts_at) == 1


def _wait(window: dt.timedelta) -> str:
    if window >= dt.timedelta(days=1):
        return _("That was a lot for one day. Please send it again tomorrow; your text is kept.")
    if window >= dt.timedelta(hours=1):
        return _("That was a lot in a short time. Please wait an hour and send it again; your text is kept.")
    return _("That was a lot in a short time. Please wait ten minutes and send it again; your text is kept.")
