"""How many codes may be asked for and how often a code may be guessed, so that an attack on a mail address does not shut its owner out.

What is counted stands in the database (`counting.count_tries`), by a hash under the day's key. A browser in which the owner of the address
has signed in before has a share of its own: strangers who ask for codes in the same name, from however many networks, take nothing of it.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.kit import days
from civitas.kit.verdicts import Refused
from civitas.people.counting import count_tries, start_of
from civitas.people.models import Device, MailedCode, RateWindow
from civitas.people.sources import hashed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from django.utils.functional import _StrPromise

    from civitas.cities.models import City

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
# Codes that are mailed: window and how many.
CODES_OF_BROWSER = ((HOUR, 6), (DAY, 20))  # the owner's own browser
CODES_OF_ADDRESS = ((HOUR, 6), (DAY, 30))  # to one mail address, asked for in all other browsers together
CODES_OF_PAIR = ((HOUR, 3),)  # to one mail address from one network
CODES_OF_RANGES = (((HOUR, 60), (DAY, 300)), ((HOUR, 600), (DAY, 3000)))  # a narrow range of addresses, a wide one
CODES_OF_CITY = ((HOUR, 10_000),)
# From so many in a city in an hour on, each range has so few left: a wave from many networks leaves room for those who come besides.
CODES_ARE_MANY = 1000
CODES_OF_RANGES_THEN = (((HOUR, 6),), ((HOUR, 60),))
# Tries of a code.
TRIES_OF_WAY = 5  # of the code that one browser asked for
WRONG_OF_RANGES = (((HOUR, 100),), ((HOUR, 1000),))
WRONG_OF_CITY = 2000  # an hour; from then on a code has
TRIES_UNDER_ATTACK = 2
# Tries of what does not change with every sign-in: a password, the second step.
SECRETS_OF_BROWSER = ((HOUR, 10),)
SECRETS_OF_ADDRESS = ((HOUR, 20), (DAY, 60))
SECRETS_OF_PAIR = ((dt.timedelta(minutes=10), 5),)
# The newest code that was mailed opens also where no further one is mailed.
STANDS = HOUR

_Limits = tuple[tuple[dt.timedelta, int], ...]


@dataclass(frozen=True)
class Asker:
    """Who stands at a door: the hashed ranges of the address, the narrow one first; `browser` is '' where the mail address is not known."""

    city: City
    ranges: tuple[str, ...] = ()
    browser: str = ""


@dataclass
class Tried:
    """What was counted of a try, so that a right one can be taken back."""

    city: City
    counted: list[tuple[str, dt.datetime]]

    def forgive(self) -> None:
        """It was right: count it no more."""
        for key, starts_at in self.counted:
            RateWindow.objects.of(self.city).filter(key=key, starts_at=starts_at).update(tries=F("tries") - 1)


def asker_for(city: City, mail: str, *, ranges: tuple[str, ...], browsers: Sequence[UUID]) -> Asker:
    """Who asks in the name of a mail address; a browser counts as known when that address has signed in there, in this city."""
    rows = Device.objects.filter(uid__in=browsers, user__email=mail.lower(), city=city).values_list("uid", flat=True)
    known = rows.first() if browsers else None
    return Asker(city, ranges, str(known) if known else "")


def spend_code(asker: Asker, mail: str) -> bool:
    """Count that a code is asked for: True to mail one, False where the newest that was mailed will do.

    Raises Refused (429) when too many were asked for in the network or the city, or to this address and none of them is good any more.
    """
    mail = hashed(mail.lower())
    if asker.browser:
        until = _over(asker, f"codes:browser:{asker.browser}:{mail}", CODES_OF_BROWSER)
    else:
        are_many = count_tries(asker.city, *_window("codes:city", HOUR), 0) > CODES_ARE_MANY * settings.RATE_FACTOR
        if until := _over_ranges(asker, "codes", CODES_OF_RANGES_THEN if are_many else CODES_OF_RANGES):
            raise Refused(_too_many_codes(until), status=429)
        if until := _over(asker, "codes:city", CODES_OF_CITY):
            raise Refused(_too_many_codes(until), status=429)
        # The network's own share first: one network cannot use up what all others have.
        pair = _over(asker, f"codes:pair:{asker.ranges[:1]}:{mail}", CODES_OF_PAIR)
        until = pair or _over(asker, f"codes:address:{mail}", CODES_OF_ADDRESS)
    if until and not _newest(asker.city, mail):
        sentence = _("Several codes were sent to this address. From %(time)s on we send another. A passkey or a password opens at once.")
        raise Refused(sentence % {"time": _moment(until)}, status=429)
    return until is None


def keep_newest(city: City, mail: str, code: str) -> None:
    """Note the newest code that went to an address, locked by that address: it opens in each browser that asks for one too many."""
    key = hashed(mail.lower())
    locked = _lock(key).encrypt(code.encode()).decode()
    MailedCode.objects.of(city).update_or_create(city=city, key=key, defaults={"code": locked, "mailed_at": timezone.now()})


def use_up_newest(city: City, mail: str) -> None:
    """The newest code has opened: it opens nowhere else."""
    MailedCode.objects.of(city).filter(key=hashed(mail.lower())).delete()


def newest_code(city: City, mail: str) -> str:
    """The newest code that went to an address within the hour; '' without one."""
    return _newest(city, hashed(mail.lower()))


def _newest(city: City, key: str) -> str:
    row = MailedCode.objects.of(city).filter(key=key, mailed_at__gt=timezone.now() - STANDS).first()
    try:
        return _lock(key).decrypt(row.code.encode()).decode() if row else ""
    except InvalidToken:  # the installation has another key since
        return ""


def try_code(asker: Asker, way: str) -> Tried:
    """Count a try of the code on one `way` in, before it is looked at: a thousand at the same moment are counted as a thousand.

    Raises Refused: 403 when this way has had its tries, 429 when the network has.
    """
    if not asker.browser and (until := _over_ranges(asker, "wrong", WRONG_OF_RANGES)):
        sentence = _("Many wrong codes came from your network. From %(time)s on it works again. A passkey opens at once.")
        raise Refused(sentence % {"time": _moment(until)}, status=429)
    counted = [_window(f"wrong:range:{each}", HOUR) for each in asker.ranges if not asker.browser]
    everybody = _window("wrong:city", HOUR)
    under_attack = count_tries(asker.city, *everybody) > WRONG_OF_CITY * settings.RATE_FACTOR
    tries = TRIES_UNDER_ATTACK if under_attack and not asker.browser else TRIES_OF_WAY
    # A way lives for minutes: one day's window holds it whole but for those at midnight.
    if count_tries(asker.city, hashed(f"way:{way}"), start_of(DAY)) > tries:
        raise Refused(_("That was not the code, several times. Please ask for a new one."))
    return Tried(asker.city, [*counted, everybody])


def try_secret(asker: Asker, whose: str, *, otherwise: str | _StrPromise) -> Tried:
    """Count a try of somebody's password or second step, before it is looked at.

    Raises Refused (429) after too many, which says what one can do `otherwise`.
    """
    whose = hashed(whose.lower())
    if asker.browser:
        shares: list[tuple[str, _Limits]] = [(f"secret:browser:{asker.browser}:{whose}", SECRETS_OF_BROWSER)]
    else:
        shares = [(f"secret:pair:{asker.ranges[:1]}:{whose}", SECRETS_OF_PAIR), (f"secret:address:{whose}", SECRETS_OF_ADDRESS)]
        if until := _over_ranges(asker, "wrong", WRONG_OF_RANGES):
            raise Refused(_wrong_several_times(until, otherwise), status=429)
    counted = [_window(f"wrong:range:{each}", HOUR) for each in asker.ranges if not asker.browser]
    for name, limits in shares:
        if until := _over(asker, name, limits):
            raise Refused(_wrong_several_times(until, otherwise), status=429)
        counted += [_window(name, window) for window, _most in limits]
    return Tried(asker.city, counted)


def spend_door(asker: Asker) -> None:
    """Count that a door is tried whose key nobody can guess; only what it costs the house is limited. Raises Refused (429)."""
    if until := _over_ranges(asker, "door", (((HOUR, 600),), ((HOUR, 6000),))):
        raise Refused(_too_many_codes(until), status=429)


def _over(asker: Asker, name: str, limits: _Limits) -> dt.datetime | None:
    """Count once in each window, the short one first: what it refuses takes nothing of the long one. When the window ends, or None."""
    for window, most in limits:
        key, starts_at = _window(name, window)
        if count_tries(asker.city, key, starts_at) > most * settings.RATE_FACTOR:
            return starts_at + window
    return None


def _over_ranges(asker: Asker, what: str, limits: Sequence[_Limits]) -> dt.datetime | None:
    ends = [_over(asker, f"{what}:range:{each}", allowed) for each, allowed in zip(asker.ranges, limits, strict=False)]
    return max(filter(None, ends), default=None)


def _window(name: str, window: dt.timedelta) -> tuple[str, dt.datetime]:
    """Under which hash something is counted in the window in which we are now, and when that began.

    The day is a part of it: what was counted on one day cannot be joined to another. So is the window's length: an hour and a day that
    begin at the same moment count apart.
    """
    starts_at = start_of(window)
    return hashed(f"{starts_at:%Y-%m-%d}:{window}:{name}"), starts_at


def _lock(key: str) -> Fernet:
    secret = hashlib.blake2b(key.encode(), key=settings.SECRET_KEY.encode()[:64], person=b"mailed-code", digest_size=32).digest()
    return Fernet(base64.urlsafe_b64encode(secret))


def _moment(until: dt.datetime) -> str:
    local = timezone.localtime(until)
    if local.date() == timezone.localdate():
        return days.clock(local)
    return days.day_and_time(local)


def _too_many_codes(until: dt.datetime) -> str:
    sentence = _("Very many codes were asked for just now. From %(time)s on it works again. A passkey or a password opens at once.")
    return sentence % {"time": _moment(until)}


def _wrong_several_times(until: dt.datetime, otherwise: str | _StrPromise) -> str:
    sentence = _("That was wrong several times. From %(time)s on you can try again. %(otherwise)s")
    return sentence % {"time": _moment(until), "otherwise": otherwise}
