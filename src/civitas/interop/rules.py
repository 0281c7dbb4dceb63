"""Who brings data in and takes them out again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from civitas.contributions.rules import may_moderate
from civitas.kit.verdicts import YES, Verdict, no
from civitas.people.models import Role

if TYPE_CHECKING:
    from civitas.interop.models import Import
    from civitas.people.actors import Actor
    from civitas.processes.models import Process


def may_import(actor: Actor, process: Process | None = None) -> Verdict:
    """Process owners and administrators bring files into the processes of their city."""
    if process is not None and process.city_id != actor.city.pk:
        return no(_("We cannot find this process."), status=404)
    if actor.has(Role.OWNER, Role.ADMINISTRATOR):
        return YES
    return no(_("Only process owners and administrators bring files in."))


def may_archive(actor: Actor, process: Process | None, kind: str) -> Verdict:
    """Process owners and administrators put archives of their city's processes together; what is not shown only those of the
    editorial team among them."""
    if process is not None and process.city_id != actor.city.pk:
        return no(_("We cannot find this process."), status=404)
    if not actor.has(Role.OWNER, Role.ADMINISTRATOR):
        return no(_("Only process owners and administrators put archives together."))
    if kind == "team" and not may_moderate(actor):
        return no(_("What is not shown goes only to the editorial team."))
    return YES


def may_undo_import(actor: Actor, unit: Import) -> Verdict:
    """Whoever may bring files in takes a whole import back, once it is complete or stopped."""
    if unit.city_id != actor.city.pk:
        return no(_("We cannot find this."), status=404)
    allowed = may_import(actor)
    if allowed and not unit.can_be_undone:
        return no(_("This import is still under way, has brought nothing in, or was taken back already."), status=409)
    return allowed
