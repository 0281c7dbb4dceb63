"""Who may see a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from civitas.kit.verdicts import YES, Verdict, no
from civitas.people.models import Role
from civitas.people.pupils import Feature, may_have

if TYPE_CHECKING:
    from civitas.media.models import MediaFile
    from civitas.people.actors import Actor


def may_send_file(actor: Actor) -> Verdict:
    """Everybody sends files but who came with a school class: people could be recognised in them."""
    return may_have(actor.participant, Feature.FILES)


def may_see_file(actor: Actor, file: MediaFile) -> Verdict:
    """Public files are for all of the city's visitors; others for who uploaded them and the editorial team."""
    owns = actor.participant is not None and file.owner_id == actor.participant.pk
    if file.city_id == actor.city.pk and (file.is_public or owns or actor.has(Role.MODERATOR)):
        return YES
    return no(_("We cannot find this file."), status=404)
