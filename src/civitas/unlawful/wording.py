"""How a thing stands after a decision, in words for its author and for who reported it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from civitas.contributions.models import Contribution

if TYPE_CHECKING:
    from civitas.unlawful.models import Matter

Visibility = Contribution.Visibility


def is_shown(matter: Matter) -> bool:
    """Whether everybody can read what a matter is about; a page that is no contribution always stands there."""
    return matter.contribution is None or matter.contribution.visibility == Visibility.PUBLISHED


def after_turning(matter: Matter) -> str:
    """For the author: what became of their text when a complaint turned the decision round."""
    row = matter.contribution
    if is_shown(matter):
        return _("Everybody can read your text again.")
    if row is not None and row.visibility == Visibility.WAITING:
        return _("As before, the editorial team looks at your text first. Then it is shown.")
    if row is not None and row.visibility == Visibility.HIDDEN:
        return _("It stays hidden for another reason: %(reason)s") % {"reason": row.hidden_reason}
    return _("You have taken it back yourself, so nobody else sees it.")
