"""What a step takes of who works on its board, for its notice on privacy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from civitas.kit.rooms import Taken

if TYPE_CHECKING:
    from civitas.processes.models import Step
    from civitas.processes.registry import Method


def taken_on_boards(_step: Step, method: Method, _settings: Any) -> list[Taken]:
    """What lies on the board, with its name and its pictures."""
    if not method.board:
        return []
    said = (
        _("What you put on the board and move there, with the name that you choose for it. Everybody at the board sees it."),
        _("Pictures, if you add some. We take place, camera and time out of them."),
    )
    return [Taken(each) for each in said]
