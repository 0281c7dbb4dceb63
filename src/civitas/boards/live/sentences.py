"""What a person hears when their connection is ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

FAREWELLS: dict[str, str | _StrPromise] = {
    "unknown": _("We cannot find this board."),
    "garbage": _("Something came that is no change of a board. Please load the page anew."),
    "large": _("That was too large for one change. Please do it in smaller steps."),
    "fast": _("That was a lot in a short time. Please wait a moment; what you did is kept on your device."),
    "left": _("You have signed out or signed in anew in another window. Please load the page again; what you did is kept on your device."),
    "slow": _("Your connection is slow at the moment. We try again."),
    "full": _("There is no seat left at this board. Please try again later."),
    "unwell": _("The board cannot be reached at the moment. What you did is kept on your device."),
}


def farewell(code: str, language: str) -> str:
    """The sentence for a code, in a language."""
    with translation.override(language):
        return str(FAREWELLS[code])
