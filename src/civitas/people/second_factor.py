"""A second factor from an app, recovery codes, and the password that is there only beside them. The sums are allauth's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, validate_totp_code
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from civitas.kit.verdicts import Refused
from civitas.people.changed_doors import Change, door_changed
from civitas.people.models import User

if TYPE_CHECKING:
    from datetime import datetime

    from civitas.cities.models import City

LEAST_LETTERS = 12


def factor_since(user: User) -> datetime | None:
    """Since when the user's sign-in asks for a code from an app; None when it does not."""
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).values_list("created_at", flat=True).first()


@transaction.atomic
def start_factor(city: City, user: User, *, secret: str, code: str) -> None:
    """Ask for a code from the app from now on; `code` proves that the app has the secret. Makes recovery codes too."""
    User.objects.select_for_update().get(pk=user.pk)
    if factor_since(user):
        raise Refused(_("A second step is set up already."), status=409)
    if not validate_totp_code(secret, code):
        sentence = _("This is not the code that the app shows now. Please look again.")
        raise Refused(sentence, fields={"code": sentence})
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    door_changed(city, user, Change.FACTOR_STARTED)


@transaction.atomic
def end_factor(city: City, user: User) -> None:
    """Ask for no second step any more. The password goes with it, since it is no door of its own. A second time changes nothing."""
    gone, _rows = Authenticator.objects.filter(user=user).delete()
    _drop_password(user)
    if gone:
        door_changed(city, user, Change.FACTOR_ENDED)


def recovery_codes(user: User) -> list[str]:
    """The codes that are still good, each once."""
    row = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    return RecoveryCodes(row).get_unused_codes() if row else []


@transaction.atomic
def renew_codes(city: City, user: User) -> None:
    """Make ten new recovery codes; those from before are worth nothing any more."""
    if not factor_since(user):
        raise Refused(_("Please set up the second step first."), status=409)
    Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).delete()
    RecoveryCodes.activate(user)
    door_changed(city, user, Change.CODES_RENEWED)


@transaction.atomic
def choose_password(city: City, user: User, password: str) -> None:
    """Let this password sign in too, together with the second step; raises Refused for a weak one, or without a second step."""
    if not factor_since(user):
        raise Refused(_("Please set up the second step first."), status=409)
    if weak := _weakness(user, password):
        raise Refused(weak, fields={"password": weak})
    change = Change.PASSWORD_CHANGED if user.has_usable_password() else Change.PASSWORD_SET
    user.set_password(password)
    user.save(update_fields=["password"])
    door_changed(city, user, change)


def _weakness(user: User, password: str) -> str:
    if len(password) < LEAST_LETTERS:
        return _("Please take at least 12 letters or digits. Some words one after the other are easy to remember.")
    if password.lower() == user.email:
        return _("Please take something else than your mail address.")
    try:
        CommonPasswordValidator().validate(password)
    except ValidationError:
        return _("Many people have this password. Please take another one.")
    return ""


@transaction.atomic
def remove_password(city: City, user: User) -> None:
    """Let no password sign in any more. A second time changes nothing."""
    if _drop_password(user):
        door_changed(city, user, Change.PASSWORD_REMOVED)


def _drop_password(user: User) -> bool:
    if not user.has_usable_password():
        return False
    user.set_unusable_password()
    user.save(update_fields=["password"])
    return True
