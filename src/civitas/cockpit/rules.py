"""Who may see the cockpit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from civitas.kit.verdicts import YES, Verdict, no
from civitas.people.models import Role

if TYPE_CHECKING:
    from civitas.people.actors import Actor


def may_steer_city(actor: Actor) -> Verdict:
    """Who sees the figures of the whole city: who owns processes, and who leads the city.

    Editors and facilitators have what waits for them on the overview. Nothing here is about a single member of the team.
    """
    if actor.has(Role.OWNER):
        return YES
    return no(_("The cockpit is for those who own processes, and for the city's administrators."))
