"""The page of a cluster step: that of every step with a board, and the facilitator's wish for a proposal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.utils.translation import gettext as _

from civitas.boards.steps import show_step as show_board_step
from civitas.kit.redirects import SeeOther
from civitas.methods.cluster.actions import ask_for_proposal

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from civitas.processes.models import Step

PROPOSE = "propose"


def show_step(request: HttpRequest, step: Step) -> HttpResponse:
    """The board's door; who leads asks the machine for groups of what lies free."""
    if request.method == "POST" and request.POST.get("do") == PROPOSE:
        ask_for_proposal(request.actor, step)
        messages.success(request, _("The machine looks for words that cards share. Its groups lie on the board in a moment, dashed."))
        return SeeOther(request.get_full_path())
    return show_board_step(request, step, context={"tools": [(PROPOSE, _("Propose groups"))]})
