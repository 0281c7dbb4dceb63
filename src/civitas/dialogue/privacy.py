"""What a step takes of who comments and supports, for its notice on privacy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from civitas.kit.rooms import Taken
from civitas.processes.registry import Ability

if TYPE_CHECKING:
    from civitas.processes.models import Step
    from civitas.processes.registry import Method


def taken_in_dialogue(_step: Step, method: Method, settings: Any) -> list[Taken]:
    """Comments and supports, where the step is open to them."""
    taken = []
    if Ability.COMMENT in method.abilities and settings.comments:
        taken.append(Taken(_("Your comments. Everybody can read them.")))
    if Ability.SUPPORT in method.abilities and settings.support:
        taken.append(Taken(_("What you support. Everybody sees how many do, nobody sees who.")))
    return taken
