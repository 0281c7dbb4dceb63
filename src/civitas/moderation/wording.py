"""The reasons of the rules of dialogue in friendly words to the author: what the matter is, and what would help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from civitas.moderation.models import Reason

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

FRIENDLY: dict[str, _StrPromise] = {
    Reason.INSULT: _("Your text attacks people. Please say the same about the matter; then we gladly show it."),
    Reason.PRIVATE: _("Your text names a person or how to reach them. We protect them. Without that it can be shown."),
    Reason.SPAM: _("To us your text reads like advertising, or we do not understand it. Tell us if we are wrong."),
    Reason.PLACE: _("Your text does not fit here. Perhaps there is a better place for it on this platform."),
    Reason.TWICE: _("The same is already here. Please support that contribution, or add a comment to it."),
    Reason.COPIED: _("The text or picture seems to belong to somebody else. Please use your own."),
    Reason.UNLAWFUL: _("What you wrote may break the law. That is why we may not show it."),
    Reason.OTHER: _("It does not go with the rules of dialogue."),
}


def friendly(reason: str) -> str:
    """The sentences for a reason; '' for none."""
    return str(FRIENDLY.get(reason, ""))
