"""Who may flag what, and who decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from civitas.contributions.models import Contribution
from civitas.contributions.rules import is_author, may_moderate, may_see
from civitas.kit.verdicts import YES, Verdict, no
from civitas.meeting.queries import seat_of

if TYPE_CHECKING:
    from civitas.meeting.models import Letter
    from civitas.moderation.models import Case
    from civitas.people.actors import Actor


def may_flag(actor: Actor, contribution: Contribution) -> Verdict:
    """Anybody flags what is published, also without a login; nobody their own."""
    visible = may_see(actor, contribution)
    if not visible:
        return visible
    if contribution.visibility != Contribution.Visibility.PUBLISHED:
        return no(_("This is not published. The team already looks at it."), status=409)
    if is_author(actor, contribution):
        return no(_("This is your own. You can take it back yourself."))
    return YES


def may_flag_letter(actor: Actor, letter: Letter) -> Verdict:
    """Who got a letter flags it; for everybody else it does not exist."""
    person = actor.participant
    if person is None or letter.city_id != actor.city.pk or seat_of(person, letter.conversation.uid) is None:
        return no(_("We cannot find this letter."), status=404)
    if letter.author_id == person.pk:
        return no(_("You wrote this letter yourself."))
    if not letter.text:
        return no(_("The words of this letter are already gone."), status=409)
    return YES


def may_decide(actor: Actor, case: Case | None = None) -> Verdict:
    """The editorial team decides about flags in its own city."""
    if case is not None and case.city_id != actor.city.pk:
        return no(_("We cannot find this."), status=404)
    return may_moderate(actor)
