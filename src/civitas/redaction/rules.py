"""Who may black out, and what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from civitas.contributions.models import Contribution
from civitas.contributions.rules import may_moderate
from civitas.kit.verdicts import Verdict, no

if TYPE_CHECKING:
    from civitas.people.actors import Actor


def may_redact(actor: Actor, contribution: Contribution) -> Verdict:
    """The editorial team blacks out in what its city has, shown or not; of what is erased nothing is left."""
    allowed = may_moderate(actor, contribution)
    if allowed and contribution.visibility == Contribution.Visibility.ERASED:
        return no(_("This has been erased for good."), status=409)
    return allowed
