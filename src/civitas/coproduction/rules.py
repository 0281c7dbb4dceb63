"""Who may begin a concept, write along, take others in, set up gates and decide at them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from civitas.contributions.models import Contribution
from civitas.contributions.rules import is_author, may_see
from civitas.coproduction.models import Concept, Gate, Member
from civitas.kit.ids import made_at
from civitas.kit.verdicts import YES, Verdict, no
from civitas.people.models import Role
from civitas.people.pupils import Feature, may_have
from civitas.people.suspensions import may_take_part

if TYPE_CHECKING:
    from civitas.people.actors import Actor

Visibility = Contribution.Visibility


def may_begin(actor: Actor) -> Verdict:
    """Everybody with an account begins concepts: others write along, so it has to be known who writes."""
    if not (consents := may_have(actor.participant, Feature.CONCEPTS)):
        return consents
    if actor.participant is None or actor.participant.is_guest:
        return no(_("Please sign in to begin a concept. Several people will write it, so each needs a name."))
    return may_take_part(actor)


def leads_concepts(actor: Actor) -> bool:
    """Whether the actor steers concepts for the city: process owners, facilitators, administrators."""
    return actor.has(Role.OWNER, Role.FACILITATOR)


def may_open(actor: Actor, row: Contribution) -> Verdict:
    """Who may have what a canvas made opened for work: everybody with an account who may see it."""
    if row.kind != Contribution.Kind.CONCEPT:
        return no(_("We cannot find this concept."), status=404)
    visible = may_see(actor, row)
    return may_begin(actor) if visible else visible


def may_read(actor: Actor, row: Contribution, member: Member | None) -> Verdict:
    """What waits for the team is seen by those who write it and who leads concepts as well."""
    visible = may_see(actor, row)
    if visible or row.city_id != actor.city.pk or row.visibility != Visibility.WAITING:
        return visible
    return YES if leads_concepts(actor) or (member is not None and member.state == Member.State.IN) else visible


def may_write(actor: Actor, concept: Concept, member: Member | None) -> Verdict:
    """Those who are in write, and who leads concepts, as long as it is neither stopped nor a service, nor out of sight."""
    row = concept.contribution
    visible = may_read(actor, row, member)
    if not visible:
        return visible
    if not (leads_concepts(actor) or (member is not None and member.state == Member.State.IN)):
        return no(_("Those who write along change this concept. You can ask to be one of them."))
    if row.visibility not in {Visibility.PUBLISHED, Visibility.WAITING}:
        return no(_("This concept is not shown at the moment, so it cannot be changed."), status=409)
    if concept.stage == Concept.Stage.STOPPED:
        return no(_("It was decided to stop this concept. It can be read, and not changed any more."), status=409)
    if concept.stage == Concept.Stage.SERVICE:
        return no(_("This concept became a service. It can be read, and not changed any more."), status=409)
    return may_take_part(actor)


def may_ask(actor: Actor, concept: Concept, member: Member | None) -> Verdict:
    """Whoever has an account and does not write along yet may ask, as long as it is written."""
    signed_in = may_begin(actor)
    if not signed_in:
        return signed_in
    if concept.contribution.visibility != Visibility.PUBLISHED:
        return no(_("This concept is not shown at the moment."), status=409)
    if concept.stage in {Concept.Stage.STOPPED, Concept.Stage.SERVICE}:
        return no(_("Nobody writes on this concept any more."), status=409)
    if member is not None and member.state == Member.State.REFUSED:
        return no(_("The people who write this concept did not take you in."), status=409)
    return YES


def may_come(actor: Actor, concept: Concept, member: Member | None) -> Verdict:
    """Whoever may ask comes by an invitation; who was not taken in, by one that was made since."""
    if member is not None and member.state == Member.State.REFUSED and made_at(concept.invite_key) > member.at:
        return may_ask(actor, concept, None)
    return may_ask(actor, concept, member)


def may_take_in(actor: Actor, concept: Concept, member: Member | None) -> Verdict:
    """Those who write along decide who joins them; where nobody does, and besides, who leads concepts."""
    return may_write(actor, concept, member)


def may_steer(actor: Actor, concept: Concept | None = None) -> Verdict:
    """Who leads concepts sets up gates, names who decides, and lays concepts before them."""
    if concept is not None and concept.city_id != actor.city.pk:
        return no(_("We cannot find this concept."), status=404)
    if concept is not None and not (visible := may_see(actor, concept.contribution)):
        return visible
    if not leads_concepts(actor):
        return no(_("Only process owners, facilitators and administrators set up decision points."))
    return YES


def may_see_gates(actor: Actor) -> Verdict:
    """The pages of decisions are for the city's team."""
    return YES if actor.is_staff else no(_("This page is for the city's team."))


def may_decide(actor: Actor, gate: Gate, member: Member | None, *, named: bool, wrote: bool) -> Verdict:
    """Only who was named decides, as long as they work for the city; nobody about a concept in which they wrote themselves."""
    if gate.city_id != actor.city.pk:
        return no(_("We cannot find this decision point."), status=404)
    if not (visible := may_see(actor, gate.concept.contribution)):
        return visible
    if not named or not actor.is_staff:
        return no(_("Only the people who are named at this decision point decide."))
    if is_author(actor, gate.concept.contribution):
        return no(_("You began this concept yourself. Another person decides about it."))
    if wrote or (member is not None and member.state in {Member.State.IN, Member.State.LEFT}):
        return no(_("You wrote this concept with others. Another person decides about it."))
    return YES


def may_reply(actor: Actor, concept: Concept, member: Member | None) -> Verdict:
    """Those who write a concept, or wrote it, answer what was decided about it."""
    visible = may_see(actor, concept.contribution)
    if not visible:
        return visible
    if is_author(actor, concept.contribution) or (member is not None and member.state in {Member.State.IN, Member.State.LEFT}):
        return may_take_part(actor)
    return no(_("Those who wrote the concept answer here. Everybody can comment on it."))
