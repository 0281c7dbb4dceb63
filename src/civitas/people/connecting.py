"""The end of the first way over the city's sign-in service: whoever typed the mailed code is connected with whom the service named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.utils.translation import gettext as _

from civitas.kit.verdicts import Refused
from civitas.people.identities import link_identity
from civitas.people.on_the_way import note_goodbye, take_agreed
from civitas.people.provider import provider_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from civitas.people.models import User


def connect_waiting(request: HttpRequest, user: User) -> None:
    """Connect the account that was just opened by a mailed code, if that was agreed to; a refusal is said, and the sign-in stands."""
    said, provider = take_agreed(request, user), provider_of(request.city)
    if said is None or provider is None or said.issuer != provider.config.issuer:
        return
    note_goodbye(request, said, provider)
    try:
        link_identity(request.city, user, said, name=provider.name)
    except Refused as refused:
        messages.warning(request, str(refused.reason))
        return
    messages.success(request, _("From now on you can sign in with {name}.").format(name=provider.name))
