"""Who may have the sensor tell them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from civitas.kit.verdicts import YES, no
from civitas.people.pupils import Feature, may_have

if TYPE_CHECKING:
    from civitas.kit.verdicts import Verdict
    from civitas.people.actors import Actor


def may_save_search(actor: Actor) -> Verdict:
    """Who signed in, and guests whose address is confirmed: others could not be told."""
    person = actor.participant
    if not (consents := may_have(person, Feature.FOLLOWING)):
        return consents
    if person is None or (person.is_guest and not person.guest_mail_confirmed_at):
        return no(_("Please sign in, so that we can tell you. Guests can too, once they have confirmed their mail address."))
    return YES
