"""Who may flag what, who decides, and who objects to a decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.contributions.models import Contribution
from civitas.contributions.rules import is_author, may_moderate, may_publish, may_see
from civitas.kit.verdicts import YES, Verdict, no
from civitas.meeting.queries import seat_of
from civitas.moderation.models import Case, Verb

if TYPE_CHECKING:
    from collections.abc import Collection

    from civitas.meeting.models import Letter
    from civitas.moderation.models import Decision
    from civitas.people.actors import Actor

Visibility = Contribution.Visibility
_IN_SIGHT = {Visibility.PUBLISHED, Visibility.WAITING}


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
    """The editorial team looks through the queue of its own city, and decides."""
    if case is not None and case.city_id != actor.city.pk:
        return no(_("We cannot find this."), status=404)
    return may_moderate(actor)


def may_take_up(actor: Actor, row: Contribution) -> Verdict:
    """The editorial team takes up what stands in the archive, shown or hidden; what its author took back stays so."""
    decides = may_moderate(actor, row)
    if decides and row.visibility not in {*_IN_SIGHT, Visibility.HIDDEN}:
        return no(_("This was taken back meanwhile."), status=409)
    return decides


def may_decide_so(
    actor: Actor, case: Case, row: Contribution | None, verb: str, *, appealed: set[int | None], held: Verdict | None = None
) -> Verdict:
    """Whether this can be decided about what is as it is now; `row` is the contribution, `appealed` who decided what is objected to,
    `held` why it must stay out of sight (`contributions.rules.held_hidden`).

    The one rule for a single decision, for a whole run and for a command. No query.
    """
    decides = may_decide(actor, case)
    if not decides:
        return decides
    if not case.is_open:
        return no(_("Somebody of the team has already decided this."), status=409)
    if case.why == Case.Why.REPORT and not (verb == Verb.HIDE and row is not None and row.visibility in _IN_SIGHT):
        return no(_("This was reported as illegal. It is decided with its reasons, which both sides get."), status=409)
    me = actor.participant.pk if actor.participant else None
    if case.why == Case.Why.APPEAL and me in appealed:
        return no(_("You decided this yourself. Another person of the team looks at the objection."))
    if _is_own(actor, case, row):
        return no(_("You wrote this yourself. Another person of the team decides."))
    if row is None:
        fits = verb in {Verb.PUBLISH, Verb.HIDE}
        return YES if fits else no(_("A letter stays as it is, or its words are taken out."), status=400)
    if row.visibility in {Visibility.ERASED, Visibility.WITHDRAWN, Visibility.DRAFT}:
        return no(_("This was taken back meanwhile."), status=409)
    if verb == Verb.MOVE and row.kind == Contribution.Kind.COMMENT:
        return no(_("A comment goes where its contribution goes."), status=400)
    if verb == Verb.ASK and (row.author is None or row.author.erased_at is not None):
        return no(_("There is nobody to ask: we do not know who gave this."), status=409)
    return may_publish(actor, row, held=held) if verb == Verb.PUBLISH else YES


def _is_own(actor: Actor, case: Case, row: Contribution | None) -> bool:
    """Whether the actor wrote what a case is about."""
    me = actor.participant.pk if actor.participant else None
    author = row.author_id if row is not None else case.letter.author_id if case.letter is not None else None
    return me is not None and me == author


def may_undo(
    actor: Actor, decision: Decision, row: Contribution | None, *, is_last: bool, appealed: Collection[int | None], held: Verdict | None
) -> Verdict:
    """The team takes back its last decision about something, as long as nothing else has changed it since.

    `appealed` made the decisions to which this one is the answer, `held` says why it must stay out of sight, if it must. No query.
    """
    decides = may_decide(actor, decision.case)
    if not decides:
        return decides
    me = actor.participant.pk if actor.participant else None
    if _is_own(actor, decision.case, row):
        return no(_("You wrote this yourself. Another person of the team decides."))
    if me is not None and me in appealed and me != decision.by_id:
        return no(_("You decided this yourself. Another person of the team looks at the objection."))
    if held is not None and decision.hides and decision.was_visibility in _IN_SIGHT:
        return held
    if decision.undone_at is not None:
        return no(_("This has already been taken back."), status=409)
    if not is_last:
        return no(_("Something else was decided since. Please take that back first."), status=409)
    if row is None:
        return YES if not decision.hides else no(_("Words that were taken out of a letter are gone for good."), status=409)
    if row.visibility in {Visibility.ERASED, Visibility.WITHDRAWN, Visibility.DRAFT}:
        return no(_("This was taken back meanwhile."), status=409)
    now = {Verb.PUBLISH: Visibility.PUBLISHED, Verb.HIDE: Visibility.HIDDEN, Verb.SPAM: Visibility.HIDDEN}.get(Verb(decision.verb))
    if now is not None and row.visibility != now:
        return no(_("This was shown or hidden by somebody else since."), status=409)
    return YES


def may_appeal(actor: Actor, decision: Decision) -> Verdict:
    """Authors object once to a decision about what they gave, as long as it stands."""
    row = decision.contribution
    if decision.city_id != actor.city.pk or row is None or not is_author(actor, row):
        return no(_("We cannot find this decision."), status=404)
    return may_be_appealed(decision)


def may_be_appealed(decision: Decision) -> Verdict:
    """Whether a decision is one to which somebody can object now; no query."""
    if decision.undone_at is not None:
        return no(_("This decision was taken back. There is nothing to object to any more."), status=409)
    if decision.verb == Verb.ASK:
        return no(_("This is a question. Please just answer it."), status=409)
    return YES


def may_answer_question(actor: Actor, decision: Decision) -> Verdict:
    """Authors answer what the team asked them about what they gave, once, while the team waits."""
    row = decision.contribution
    if decision.city_id != actor.city.pk or decision.verb != Verb.ASK or row is None or not is_author(actor, row):
        return no(_("We cannot find this question."), status=404)
    if decision.replied_at is not None:
        return no(_("You have already answered. Thank you."), status=409)
    if decision.undone_at is not None or not decision.case.is_open:
        return no(_("The team has decided meanwhile. Your answer is no longer needed."), status=409)
    return YES


def is_held_by_another(actor: Actor, case: Case) -> bool:
    """Whether somebody else of the team is on the case just now."""
    me = actor.participant.pk if actor.participant else None
    return bool(case.held_by_id and case.held_by_id != me and case.held_until and case.held_until > timezone.now())
