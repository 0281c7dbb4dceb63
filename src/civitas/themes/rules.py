"""Who gathers voices into themes, and which voices a theme can take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from civitas.contributions.models import Contribution
from civitas.kit.verdicts import YES, Verdict, no
from civitas.people.models import Role
from civitas.processes.models import Process
from civitas.processes.rules import takes_more

if TYPE_CHECKING:
    from civitas.people.actors import Actor


def may_gather(actor: Actor, theme: Contribution | None = None) -> Verdict:
    """The editorial team, who leads workshops and who owns processes gather voices into the themes of their city."""
    if theme is not None and (theme.city_id != actor.city.pk or theme.kind != Contribution.Kind.THEME):
        return no(_("We cannot find this theme."), status=404)
    if not actor.has(Role.MODERATOR, Role.FACILITATOR, Role.OWNER):
        return no(_("Only the team gathers voices into themes."))
    if theme is not None and theme.visibility in {Contribution.Visibility.ERASED, Contribution.Visibility.WITHDRAWN}:
        return no(_("We cannot find this theme."), status=404)
    return YES


def may_change(actor: Actor, theme: Contribution) -> Verdict:
    """What the editorial team has hidden is not changed, so that nobody gets round its decision; nor what is put away in the archive."""
    allowed = may_gather(actor, theme)
    if allowed and theme.merged_into_id:
        return no(_("This theme was put together with another one. Please work on that one."), status=409)
    if allowed and theme.visibility in {Contribution.Visibility.HIDDEN, Contribution.Visibility.WAITING}:
        return no(_("The editorial team has taken this theme out of sight. Please ask it first."), status=409)
    return takes_more(theme.process) if allowed else allowed


def may_show(actor: Actor, theme: Contribution, voices: int) -> Verdict:
    """A theme is published with a name and at least one voice."""
    allowed = may_change(actor, theme)
    if not allowed:
        return allowed
    if theme.visibility == Contribution.Visibility.PUBLISHED:
        return no(_("This theme is published already."), status=409)
    if theme.process.state == Process.State.DRAFT:
        return no(_("The process of this theme is a draft, which nobody sees. Please publish that first."), status=409)
    if not voices:
        return no(_("There is no voice in this theme yet. Please gather some first."), status=409)
    return YES


def may_put_back(actor: Actor, theme: Contribution) -> Verdict:
    """What is published can be made a draft again."""
    allowed = may_change(actor, theme)
    if allowed and theme.visibility != Contribution.Visibility.PUBLISHED:
        return no(_("This theme is not published."), status=409)
    return allowed
