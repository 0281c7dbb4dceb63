"""Which account belongs to whom the city's sign-in service says: connecting the two, and parting them again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.kit.verdicts import Refused
from civitas.people.changed_doors import Change, door_changed
from civitas.people.models import Identity, User

if TYPE_CHECKING:
    from civitas.cities.models import City
    from civitas.people.oidc import Said


def user_of_identity(city: City, said: Said) -> User | None:
    """Whose account in this city it is that the service speaks of; None for somebody who is new here. Notes that it was used."""
    row = Identity.objects.of(city).filter(issuer=said.issuer, subject=said.subject).select_related("user").first()
    if row is None:
        return None
    row.used_at = timezone.now()
    row.save(update_fields=["used_at"])
    found: User = row.user
    return found


def identities_of(city: City, user: User) -> list[Identity]:
    """With which services the user's account in this city is connected, the oldest first."""
    return list(Identity.objects.of(city).filter(user=user).order_by("pk"))


def link_identity(city: City, user: User, said: Said, *, name: str) -> Identity:
    """Let the service sign the user in here; a second time changes nothing.

    The caller has made sure that the person owns the account: they are signed in to it, or have just typed the code that was mailed.
    Raises Refused when the identity belongs to another account, or the account to another person at the service (`name`).
    """
    try:
        with transaction.atomic():
            User.objects.select_for_update().get(pk=user.pk)
            known = Identity.objects.of(city).filter(issuer=said.issuer, subject=said.subject).first()
            if known is not None and known.user_id == user.pk:
                return known
            if known is not None:
                raise _of_another(name)
            if Identity.objects.of(city).filter(issuer=said.issuer, user=user).exists():
                sentence = _(
                    "Your account here is already connected with somebody else at {name}. "
                    "Please disconnect the two under “Security” first, if that was you as well."
                )
                raise Refused(sentence.format(name=name), status=409)
            row = Identity.objects.create(city=city, user=user, issuer=said.issuer, subject=said.subject, linked_at=timezone.now())
            door_changed(city, user, Change.IDENTITY_LINKED)
            return row
    except IntegrityError:  # somebody connected it in the same instant
        raise _of_another(name) from None


def _of_another(name: str) -> Refused:
    sentence = _("Whoever you are at {name} is already connected with another account here. Please sign out here, and sign in with {name}.")
    return Refused(sentence.format(name=name), status=409)


@transaction.atomic
def unlink_identity(city: City, user: User, identity: int) -> None:
    """Let a service sign the user in no more; the mailed code stays, so nobody is locked out. Raises Refused (404) for somebody else's."""
    gone, _rows = Identity.objects.of(city).filter(user=user, pk=identity).delete()
    if not gone:
        raise Refused(_("We cannot find this connection. It may be gone already."), status=404)
    door_changed(city, user, Change.IDENTITY_UNLINKED)
