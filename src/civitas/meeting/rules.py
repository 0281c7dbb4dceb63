"""Who may join in, offer help, and write to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from civitas.contributions.models import Contribution
from civitas.contributions.rules import is_author, may_see
from civitas.contributions.waiting import reads_everything
from civitas.kit.verdicts import YES, Verdict, no
from civitas.meeting.models import Joining
from civitas.meeting.queries import is_reachable, standing
from civitas.people.pupils import Feature, may_have
from civitas.people.suspensions import may_take_part
from civitas.processes.models import Step

if TYPE_CHECKING:
    from civitas.cities.models import City
    from civitas.meeting.models import Conversation
    from civitas.meeting.queries import Standing
    from civitas.people.actors import Actor
    from civitas.people.models import Participant

# The status of a refusal that signing in would change.
SIGN_IN = 401


def may_join(actor: Actor, contribution: Contribution, *, stands: Standing | None = None) -> Verdict:
    """Joining in and offering help are open on every published contribution of others, also after its step."""
    visible = may_see(actor, contribution)
    if not visible:
        return visible
    if contribution.visibility != Contribution.Visibility.PUBLISHED or contribution.kind == Contribution.Kind.COMMENT:
        return no(_("This contribution is not published."), status=409)
    if is_author(actor, contribution):
        return no(_("This is your own contribution. Here you see who joins you."))
    if not (consents := _may_meet(actor, contribution)):
        return consents
    if not (taking_part := may_take_part(actor)):
        return taking_part
    if (stands or standing(actor, contribution)).is_blocked:
        return no(_("Joining in is not possible here at the moment."))
    return YES


def _may_meet(actor: Actor, contribution: Contribution) -> Verdict:
    """Nobody arranges to meet somebody of a school class, whichever of the two asks."""
    if contribution.author is not None and contribution.author.is_pupil:
        return no(_("This comes from a school class. You can comment and support it; nobody joins in or offers help here."))
    return may_have(actor.participant, Feature.MEETING)


def reads_first(city: City, contribution: Contribution) -> bool:
    """Whether the team reads before everybody does, as step or rules ask; then the words of who joins go to the author alone."""
    step = Step.objects.of(city).select_related("process").filter(pk=contribution.step_id).first()
    return reads_everything(city, step, what="comments", process=step.process if step else contribution.process)


def may_write(actor: Actor, contribution: Contribution, to: Participant | None, *, stands: Standing | None = None) -> Verdict:
    """People write to the author of a published contribution, and its author to those who joined in; only where an answer can come back."""
    visible = may_see(actor, contribution)
    if not visible:
        return visible
    if contribution.visibility != Contribution.Visibility.PUBLISHED or contribution.kind == Contribution.Kind.COMMENT:
        return no(_("This contribution is not published."), status=409)
    if not (consents := _may_correspond(actor.participant, to)):
        return consents
    if to is None or contribution.is_from_elsewhere:
        return no(_("We have no address at which a letter would reach this person."), status=409)
    if actor.participant is not None and actor.participant.pk == to.pk:
        return no(_("This is you."))
    if contribution.author_id != to.pk and not (is_author(actor, contribution) and _joined(contribution, to)):
        return no(_("You can write to the author, and as author to those who join you."))
    return _towards(actor, stands or standing(actor, contribution, other=to.pk))


def may_reply(actor: Actor, conversation: Conversation, to: Participant | None) -> Verdict:
    """The two of a conversation go on writing, whatever became of the contribution."""
    if to is None:
        return no(_("This person has left. A letter would not arrive any more."), status=409)
    if not (consents := _may_correspond(actor.participant, to)):
        return consents
    return _towards(actor, standing(actor, conversation.contribution, other=to.pk))


def _may_correspond(writer: Participant | None, to: Participant | None) -> Verdict:
    """No letters go to or from somebody of a school class."""
    if to is not None and to.is_pupil:
        return no(_("This comes from a school class. Its pupils get no letters; a comment is possible."))
    return may_have(writer, Feature.LETTERS)


def _towards(actor: Actor, stands: Standing) -> Verdict:
    if not (taking_part := may_take_part(actor)):
        return taking_part
    if not stands.is_reachable:
        return no(_("We have no address at which a letter would reach this person."), status=409)
    if stands.has_blocked:
        return no(_("You have blocked this person. If you want to write, lift the block first."), status=409)
    if stands.switched_off:
        return no(_("You want no letters just now. If you want to write, switch them on first."), status=409)
    if stands.wants_none:
        return no(_("This person would rather receive no letters at the moment. A comment is still possible."))
    if actor.participant is None or not is_reachable(actor.participant):
        return no(_("Please sign in first with your mail address. Otherwise no answer could reach you."), status=SIGN_IN)
    return YES


def _joined(contribution: Contribution, person: Participant) -> bool:
    rows = Joining.objects.of(contribution.city_id).filter(contribution=contribution, participant=person, hidden_at=None)
    return bool(rows.exists())
