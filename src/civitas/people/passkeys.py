"""Passkeys: keys in people's devices that sign them in on one host. The web's own rules for them are kept by `fido2`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from civitas.kit.texts import cleaned_line
from civitas.kit.verdicts import Refused
from civitas.people.changed_doors import Change, door_changed
from civitas.people.models import Passkey

if TYPE_CHECKING:
    from civitas.cities.models import City
    from civitas.people.models import User

MOST = 20
_MOST_LETTERS = 20_000


@dataclass(frozen=True)
class Door:
    """The host whose keys open, its origin as browsers say it ('https://hamburg.example'), and the name it shows."""

    host: str
    origin: str
    name: str

    @property
    def server(self) -> Fido2Server:
        """Who checks the keys' answers: they must come from this very origin."""
        return Fido2Server(PublicKeyCredentialRpEntity(id=self.host, name=self.name), verify_origin=lambda origin: origin == self.origin)


def ask_for_new(door: Door, user: User) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the browser needs to make a key, and what the house has to remember meanwhile."""
    known = Passkey.objects.filter(user=user, host=door.host).order_by("pk").values_list("credential", flat=True)
    options, state = door.server.register_begin(
        PublicKeyCredentialUserEntity(id=f"user:{user.pk}".encode(), name=user.email, display_name=user.email),
        [PublicKeyCredentialDescriptor(type=PublicKeyCredentialType.PUBLIC_KEY, id=websafe_decode(each)) for each in known],
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return dict(options), state


def add_passkey(city: City, door: Door, user: User, *, name: str, answer: str, state: dict[str, Any] | None) -> Passkey:
    """Keep a key that a browser has made; raises Refused when it is not for this host or was not asked for."""
    refusal = Refused(_("The passkey could not be added. Please try once more; nothing has changed."))
    if state is None:
        raise refusal
    try:
        made = door.server.register_complete(state, _read(answer))
    except Exception as error:
        raise refusal from error
    data = made.credential_data
    if data is None:
        raise refusal
    if Passkey.objects.filter(user=user, host=door.host).count() >= MOST:
        raise Refused(_("You have many passkeys here. Please remove one that you no longer need."))
    try:
        with transaction.atomic():
            key = Passkey.objects.create(
                user=user,
                host=door.host,
                name=cleaned_line(name)[:60] or _("My passkey"),
                credential=websafe_encode(data.credential_id),
                data=websafe_encode(bytes(data)),
                uses=made.counter,
                made_at=timezone.now(),
            )
            door_changed(city, user, Change.PASSKEY_ADDED)
            return key
    except IntegrityError:
        raise Refused(_("This passkey is known already.")) from None


def ask_for_key(door: Door) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the browser needs to use a key of this host, whosever it is, and what the house has to remember meanwhile."""
    options, state = door.server.authenticate_begin(user_verification=UserVerificationRequirement.REQUIRED)
    return dict(options), state


def use_passkey(door: Door, *, answer: str, state: dict[str, Any] | None) -> User:
    """Whose key this is; raises Refused for one of another host, a forged answer, or one that was given before."""
    refusal = Refused(_("This passkey does not open {place}. Please take another one, or have a code sent.").format(place=door.name))
    if state is None:
        raise refusal
    try:
        read = _read(answer)
        given = AuthenticationResponse.from_dict(read)
        credential = websafe_encode(given.raw_id)
        counter = given.response.authenticator_data.counter
    except Exception as error:
        raise refusal from error
    with transaction.atomic():
        key = Passkey.objects.select_for_update(of=("self",)).select_related("user").filter(host=door.host, credential=credential).first()
        if key is None:
            raise refusal
        try:
            door.server.authenticate_complete(state, [AttestedCredentialData(websafe_decode(key.data))], read)
        except Exception as error:
            raise refusal from error
        # A counter that does not go on is a copy's.
        if (counter or key.uses) and counter <= key.uses:
            raise refusal
        key.uses, key.used_at = counter, timezone.now()
        key.save(update_fields=["uses", "used_at"])
        return key.user


def rename_passkey(user: User, passkey: int, name: str) -> None:
    """Call a key otherwise; an empty name changes nothing. Raises Refused (404) for somebody else's."""
    row = _own(user, passkey)
    row.name = cleaned_line(name)[:60] or row.name
    row.save(update_fields=["name"])


@transaction.atomic
def remove_passkey(city: City, user: User, passkey: int) -> None:
    """Let a key open nothing any more. Raises Refused (404) for somebody else's."""
    _own(user, passkey).delete()
    door_changed(city, user, Change.PASSKEY_REMOVED)


def _own(user: User, passkey: int) -> Passkey:
    row = Passkey.objects.filter(user=user, pk=passkey).first()
    if row is None:
        raise Refused(_("We cannot find this passkey. It may be removed already."), status=404)
    return row


def _read(answer: str) -> dict[str, Any]:
    if len(answer) > _MOST_LETTERS:
        raise ValueError("too long for a key's answer")
    read = json.loads(answer)
    if not isinstance(read, dict):
        raise TypeError("no answer of a key")
    return read
