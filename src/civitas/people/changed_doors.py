"""What changed about how somebody signs in: written to the account's address, and noted in the journal of the city in whose pages it was.

An account serves all cities, a journal one: the others' say nothing of it, so that none tells where else somebody takes part (decision 43).
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civitas.journal.actions import record
from civitas.kit import days
from civitas.kit.ids import uuid7
from civitas.kit.rooms import Worded
from civitas.notices.addresses import host_of
from civitas.notices.mails import send_words
from civitas.outbox.actions import enqueue
from civitas.people.models import Participant, User

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from civitas.cities.models import City

TELL_OF_CHANGE = "people.tell_of_change"


class Change(StrEnum):
    """What can change; the value is the verb in the journal."""

    PASSKEY_ADDED = "passkey.added"
    PASSKEY_REMOVED = "passkey.removed"
    FACTOR_STARTED = "second_step.started"
    FACTOR_ENDED = "second_step.ended"
    CODES_RENEWED = "recovery_codes.renewed"
    PASSWORD_SET = "password.set"  # noqa: S105  # a verb
    PASSWORD_CHANGED = "password.changed"  # noqa: S105  # a verb
    PASSWORD_REMOVED = "password.removed"  # noqa: S105  # a verb
    IDENTITY_LINKED = "identity.linked"
    IDENTITY_UNLINKED = "identity.unlinked"


# What happened, as the mail says it in its subject and in a sentence.
_SAID: dict[str, tuple[_StrPromise, _StrPromise]] = {
    Change.PASSKEY_ADDED: (
        gettext_lazy("A passkey was added"),
        gettext_lazy("A passkey was added to your account. It can be used to sign in from now on."),
    ),
    Change.PASSKEY_REMOVED: (
        gettext_lazy("A passkey was removed"),
        gettext_lazy("A passkey was removed from your account. It opens nothing any more."),
    ),
    Change.FACTOR_STARTED: (
        gettext_lazy("The second step is switched on"),
        gettext_lazy("Signing in to your account asks for a code from an app as well from now on."),
    ),
    Change.FACTOR_ENDED: (
        gettext_lazy("The second step is switched off"),
        gettext_lazy("Signing in to your account asks for no code from an app any more. If you had a password, it is gone too."),
    ),
    Change.CODES_RENEWED: (
        gettext_lazy("There are new recovery codes"),
        gettext_lazy("New recovery codes were made for your account. Those from before are worth nothing any more."),
    ),
    Change.PASSWORD_SET: (gettext_lazy("A password was set"), gettext_lazy("Your account has a password from now on.")),
    Change.PASSWORD_CHANGED: (gettext_lazy("The password was changed"), gettext_lazy("Your account has another password from now on.")),
    Change.PASSWORD_REMOVED: (gettext_lazy("The password was removed"), gettext_lazy("Your account has no password any more.")),
    Change.IDENTITY_LINKED: (
        gettext_lazy("A sign-in service was connected"),
        gettext_lazy("Your account is connected with the city’s sign-in service. It can be used to sign in from now on."),
    ),
    Change.IDENTITY_UNLINKED: (
        gettext_lazy("A sign-in service was disconnected"),
        gettext_lazy("Your account is not connected with the city’s sign-in service any more."),
    ),
}


def door_changed(city: City, user: User, change: Change) -> None:
    """Note a change in the journal and let its owner be told by mail; call it in the action's transaction."""
    person = Participant.objects.of(city).filter(user=user).first()
    if person is not None:
        record(city, by=person.uid, verb=change.value, subject=f"participant:{person.pk}")
    at = timezone.now().isoformat()
    enqueue(city, TELL_OF_CHANGE, {"user": user.pk, "change": change.value, "uid": uuid7().hex, "at": at})


def tell_of_change(city: City, *, user: int, change: str, uid: str, at: str) -> None:
    """Write to the account's address what changed and what to do if it was somebody else; nothing once the account is gone."""
    owner = User.objects.filter(pk=user).first()
    if owner is None:
        return
    person = Participant.objects.of(city).filter(user=owner).first()
    when = dt.datetime.fromisoformat(at)
    send_words(
        city,
        lambda: _word(city, change, when),
        to=owner.email,
        language=person.language if person else "de",
        message_id=f"<{uid}.door@{host_of(city)}>",
    )


def _word(city: City, change: str, at: dt.datetime) -> Worded:
    subject, sentence = _SAID[change]
    local = timezone.localtime(at)
    where = _("That was on %(day)s at %(time)s, on the pages of %(city)s.") % {
        "day": days.day(local),
        "time": local.strftime("%H:%M"),
        "city": str(city),
    }
    return Worded(
        str(subject),
        (
            f"{sentence} {where}",
            _("If that was you, you need not do anything."),
            _("If it was not you, open the page below: sign out all other browsers, remove what you do not know, and tell us."),
        ),
        "/konto/sicherheit",
        _("Check how I sign in"),
    )
