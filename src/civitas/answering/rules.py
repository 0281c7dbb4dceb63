"""Who sees the answer desk, assigns, notes, asks, drafts, releases, and who keeps its rules, templates and bodies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from civitas.answering.models import AnswerDraft, Assignment, Batch, Question
from civitas.contributions.models import Contribution
from civitas.contributions.rules import may_answer, may_see, may_work
from civitas.kit.verdicts import YES, Verdict, no
from civitas.people.models import Role
from civitas.processes.policies import in_election_mode, rules_of

if TYPE_CHECKING:
    from civitas.cities.models import City
    from civitas.people.actors import Actor
    from civitas.processes.models import Process

_STEERING = (Role.MODERATOR, Role.OWNER)


def may_look(actor: Actor, contribution: Contribution) -> Verdict:
    """The team looks at what the city shows, on its answer desk; comments are answered below their contribution."""
    works = may_work(actor)
    if not works:
        return works
    if contribution.kind == Contribution.Kind.COMMENT:
        return no(_("We cannot find this contribution."), status=404)
    return may_see(actor, contribution)


def may_assign(actor: Actor, contribution: Contribution, assignment: Assignment | None) -> Verdict:
    """Editorial team and owners assign everything; experts what lies with nobody, with themselves or with their department."""
    looks = may_look(actor, contribution)
    if not looks or actor.has(*_STEERING) or _is_ours(actor, assignment):
        return looks
    return no(_("This lies with another department. It or the editorial team passes it on."))


def may_assign_many(actor: Actor) -> Verdict:
    """Editorial team and owners assign many at once."""
    return YES if actor.has(*_STEERING) else no(_("Only the editorial team and process owners assign many at once."))


def _is_ours(actor: Actor, assignment: Assignment | None) -> bool:
    if assignment is None or (assignment.person_id is None and assignment.organisation_id is None):
        return True
    mine = actor.participant is not None and assignment.person_id == actor.participant.pk
    return mine or assignment.organisation_id in actor.organisation_ids


def may_draft(actor: Actor, contribution: Contribution, assignment: Assignment | None) -> Verdict:
    """Whom the city's rules let answer; experts what lies with nobody, with themselves or with their department."""
    looks = may_look(actor, contribution)
    if not looks:
        return looks
    answers = may_answer(actor, contribution)
    if not answers:
        return answers
    if contribution.visibility != Contribution.Visibility.PUBLISHED:
        return no(_("Only what is published is answered officially."), status=409)
    if actor.has(*_STEERING) or _is_ours(actor, assignment):
        return YES
    return no(_("This lies with another department. Write it a note, or have it assigned to yours."))


def needs_two(city: City, process: Process | None = None) -> bool:
    """Whether an answer is released by somebody else than who wrote it: the city's rule, and around an election always."""
    return rules_of(city, process).release_by_two or in_election_mode(city)


def may_release(actor: Actor, contribution: Contribution, draft: AnswerDraft, assignment: Assignment | None) -> Verdict:
    """Who may answer releases; where two are needed, not who wrote it last."""
    drafts = may_draft(actor, contribution, assignment)
    if not drafts:
        return drafts
    if not draft.is_open:
        return no(_("This answer is no longer waiting."), status=409)
    if needs_two(actor.city, contribution.process) and _is_same(actor, draft.by_id):
        return no(_("You wrote this yourself. A colleague releases it."))
    return YES


def may_release_batch(actor: Actor, batch: Batch) -> Verdict:
    """A colleague of who wrote it releases one answer to many; of each contribution `may_send` is asked again."""
    if batch.city_id != actor.city.pk:
        return no(_("We cannot find this."), status=404)
    if not actor.has(*_STEERING):
        return no(_("Only the editorial team and process owners answer many at once."))
    if batch.state != Batch.State.WAITING:
        return no(_("This is no longer waiting."), status=409)
    if _is_same(actor, batch.by_id):
        return no(_("You wrote this yourself. A colleague releases it."))
    return YES


def may_send(actor: Actor, contribution: Contribution, batch: Batch, assignment: Assignment | None) -> Verdict:
    """Whether one answer to many goes out to this one: asked of who wrote it and of who released it, each for themselves. No query."""
    many = may_answer_many(actor)
    drafts = may_draft(actor, contribution, assignment) if many else many
    return may_answer(actor, contribution, organisation=batch.organisation) if drafts else drafts


def may_answer_many(actor: Actor) -> Verdict:
    """Editorial team and owners give one answer to many; of each contribution `may_answer` is asked again."""
    return YES if actor.has(*_STEERING) else no(_("Only the editorial team and process owners answer many at once."))


def may_see_batch(actor: Actor, batch: Batch) -> Verdict:
    """Who may begin one sees how it goes."""
    return may_answer_many(actor) if batch.city_id == actor.city.pk else no(_("We cannot find this."), status=404)


def _is_same(actor: Actor, person: int | None) -> bool:
    return actor.participant is None or actor.participant.pk == person


def may_reply(actor: Actor, question: Question) -> Verdict:
    """Who speaks for the department that was asked replies, and the editorial team and owners for it."""
    if question.city_id != actor.city.pk:
        return no(_("We cannot find this."), status=404)
    known = Question.contribution.is_cached(question)
    row: Contribution = question.contribution if known else Contribution.objects.of(actor.city).get(pk=question.contribution_id)
    looks = may_look(actor, row)
    if not looks:
        return looks
    if question.organisation_id in actor.organisation_ids or actor.has(*_STEERING):
        return YES
    return no(_("This question goes to another department."))


def may_keep(actor: Actor) -> Verdict:
    """Editorial team, owners and administrators keep templates, bodies and the rules of who gets what."""
    return YES if actor.has(*_STEERING) else no(_("Only the editorial team and process owners change this."))
