"""What a step takes of who gives something in it, for its notice on privacy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from civitas.contributions.recognised import PICTURES
from civitas.kit.rooms import Taken
from civitas.processes.registry import Ability

if TYPE_CHECKING:
    from civitas.processes.models import Step
    from civitas.processes.registry import Method


def taken_with_words(_step: Step, method: Method, settings: Any) -> list[Taken]:
    """The words, their place and their pictures; what lies on a board the boards say."""
    if method.board or Ability.SUBMIT not in method.abilities:
        return []
    taken = [Taken(_("What you write. Everybody can read it."))]
    place = getattr(settings, "place", "none")
    if place == "required":
        taken.append(Taken(_("The place that you are writing about.")))
    elif place != "none":
        taken.append(Taken(_("A place, if you want to give one.")))
    if getattr(settings, "photos", False):
        taken.append(Taken(_("Pictures and files, if you add some. We take place, camera and time out of them."), PICTURES))
    return taken
