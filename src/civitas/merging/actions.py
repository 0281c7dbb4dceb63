"""Propose to put contributions together, ask their authors, do it, and undo it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.contributions.circles import check_circle, circle_among, hold_links
from civitas.contributions.linking import links_changed
from civitas.contributions.models import Contribution, Link
from civitas.journal.actions import record
from civitas.kit.texts import cleaned
from civitas.kit.verdicts import Refused
from civitas.merging.forest import locked, put_in, root_of, take_out
from civitas.merging.models import LONGEST_REASON, Consent, Merge, Proposal, Suggestion
from civitas.merging.rules import MOST_AT_ONCE, fits, is_reachable, may_answer_question, may_arrange, may_merge, may_object, may_undo
from civitas.notices.actions import notify
from civitas.people.models import Declined, Participant
from civitas.processes.policies import rules_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from civitas.cities.models import City
    from civitas.people.actors import Actor

Answer = Consent.Answer


def propose_merge(actor: Actor, head: Contribution, others: Sequence[Contribution], *, uid: UUID, reason: str) -> Proposal:
    """Propose to put `others` together with `head`. Authors who can be reached are asked; the rest is put together at once.

    The same uid sent twice gives the proposal that is there. Raises Refused with a sentence per field.
    """
    known = _known(actor, uid)
    if known is not None:
        return known
    may_arrange(actor, head, *others).require()
    reason = checked_reason(reason)
    if not others or len(others) > MOST_AT_ONCE:
        sentence = _("Please choose one to %(count)d contributions to put together with this one.") % {"count": MOST_AT_ONCE}
        raise Refused(sentence, status=400, fields={"others": sentence})
    try:
        with transaction.atomic():
            rows = locked(actor.city, [head.pk, *(row.pk for row in others)])
            hold_links(actor.city)
            for row in others:
                may_merge(actor, rows[row.pk], rows[head.pk]).require()
                check_circle(actor.city, (), together=(row.pk, head.pk), field="others")
            days = rules_of(actor.city, head.process).merge_days
            now = timezone.now()
            proposal = Proposal.objects.create(
                city=actor.city, uid=uid, head=head, reason=reason, by=actor.participant, at=now, until=now + dt.timedelta(days=days)
            )
            consents = _ask(actor, proposal, [rows[row.pk] for row in others])
            _take_up_suggestions(actor, [head.pk, *(row.pk for row in others)])
            asked = [consent for consent in consents if consent.is_open]
            details: dict[str, int | list[str | int | bool | None]] = {"others": [row.pk for row in others], "asked": len(asked)}
            record(actor.city, by=actor.uid, verb="merge.proposed", subject=f"contribution:{head.pk}", details=details)
            for consent in consents:
                if not consent.is_open:
                    _settle(actor.city, consent, by=actor.participant)
            _close_when_settled(actor.city, proposal)
    except IntegrityError:  # the form sent twice, or another of the team asks the same author in the same instant
        known = _known(actor, uid)
        if known is None:
            raise Refused(_("Somebody of the team already asks about one of these contributions."), status=409) from None
        return known
    return proposal


def _known(actor: Actor, uid: UUID) -> Proposal | None:
    found: Proposal | None = Proposal.objects.of(actor.city).filter(uid=uid).first()
    return found


def checked_reason(reason: str) -> str:
    """The reason as kept; raises Refused when it is empty or too long."""
    reason = cleaned(reason)
    sentence = ""
    if not reason:
        sentence = _("Please say why they belong together. The authors read it.")
    elif len(reason) > LONGEST_REASON:
        sentence = _("Please shorten the text to %(limit)d characters; it has %(count)d.") % {"limit": LONGEST_REASON, "count": len(reason)}
    if sentence:
        raise Refused(sentence, status=400, fields={"reason": sentence})
    return reason


def reachable_authors(city: City, rows: Sequence[Contribution]) -> set[int]:
    """The ids of those authors of the contributions who can be asked; two queries."""
    people = Participant.objects.of(city).filter(pk__in={row.author_id for row in rows if row.author_id}).select_related("user")
    declined: dict[int, list[str]] = {}
    for person, kind in Declined.objects.of(city).filter(participant__in=people.values("pk")).values_list("participant", "kind"):
        declined.setdefault(person, []).append(kind)
    return {person.pk for person in people.order_by("pk") if is_reachable(person, declined.get(person.pk, []))}


def _ask(actor: Actor, proposal: Proposal, others: Sequence[Contribution]) -> list[Consent]:
    reachable = reachable_authors(actor.city, others)
    consents = []
    for row in others:
        own = actor.participant is not None and row.author_id == actor.participant.pk
        answer = Answer.YES if own else Answer.OPEN if row.author_id in reachable else Answer.UNREACHABLE
        consents.append(
            Consent.objects.create(
                city=actor.city,
                proposal=proposal,
                contribution=row,
                author=row.author,
                answer=answer,
                is_open=answer == Answer.OPEN,
                answered_at=None if answer == Answer.OPEN else proposal.at,
            )
        )
        if answer == Answer.OPEN and row.author is not None:
            notify(actor.city, [row.author.uid], "merging.asked", f"consent:{consents[-1].pk}", "asked")
    return consents


def _take_up_suggestions(actor: Actor, keys: Sequence[int]) -> None:
    pairs = Suggestion.objects.of(actor.city).filter(first__in=keys, second__in=keys, state=Suggestion.State.OPEN)
    pairs.update(state=Suggestion.State.TAKEN, decided_by=actor.participant)


def answer_question(actor: Actor, consent: Consent, *, answer: str, words: str = "") -> Consent:
    """Say yes or no to what the team proposes for one's own contribution. A yes puts it together at once; a no leaves it as it is.

    The same answer sent twice changes nothing; raises Refused (409) when the question is closed.
    """
    words = cleaned(words)
    if answer not in {Answer.YES, Answer.NO}:
        sentence = _("Please choose yes or no.")
        raise Refused(sentence, status=400, fields={"answer": sentence})
    if len(words) > LONGEST_REASON:
        sentence = _("Please shorten the text to %(limit)d characters; it has %(count)d.") % {"limit": LONGEST_REASON, "count": len(words)}
        raise Refused(sentence, status=400, fields={"words": sentence})
    with transaction.atomic():
        held = Consent.objects.of(actor.city).select_for_update(of=("self",))
        row: Consent = held.select_related("proposal", "proposal__by", "author").get(pk=consent.pk)
        if not row.is_open and row.answer == answer and actor.participant is not None and row.author_id == actor.participant.pk:
            return row
        may_answer_question(actor, row).require()
        row.answer, row.words, row.is_open, row.answered_at = answer, words, False, timezone.now()
        row.save(update_fields=["answer", "words", "is_open", "answered_at"])
        record(actor.city, by=actor.uid, verb="merge.answered", subject=f"contribution:{row.contribution_id}", details={"answer": answer})
        _settle(actor.city, row, by=row.proposal.by)
        _close_when_settled(actor.city, row.proposal)
    return row


def _settle(city: City, consent: Consent, *, by: Participant | None) -> None:
    """Do what an answered question asks for, and tell the author once what came of it; in a transaction."""
    if consent.answer != Answer.NO:
        rows = locked(city, [consent.contribution_id, consent.proposal.head_id])
        row, head = rows[consent.contribution_id], root_of(city, rows[consent.proposal.head_id])
        if fits(row, head) and not circle_among(city, (), together=(row.pk, head.pk)):
            _merge(city, row, head, proposal=consent.proposal, by=by)
        else:
            Consent.objects.of(city).filter(pk=consent.pk).update(answer=Answer.GONE)
    if consent.author is not None and consent.answer != Answer.UNREACHABLE:
        notify(city, [consent.author.uid], "merging.outcome", f"consent:{consent.pk}", "outcome")


def _merge(city: City, row: Contribution, head: Contribution, *, proposal: Proposal | None, by: Participant | None) -> Merge:
    merge = Merge.objects.create(city=city, contribution=row, head=head, proposal=proposal, by=by, at=timezone.now())
    put_in(city, row, head)
    links_changed(city, [(row.pk, head.pk, Link.Kind.MERGED_INTO)], made=True, by=by.uid if by else None)
    record(city, by=by.uid if by else None, verb="merge.done", subject=f"contribution:{row.pk}", details={"head": head.pk})
    if head.author is not None and head.author_id != row.author_id:
        notify(city, [head.author.uid], "merging.received", f"contribution:{head.pk}", f"merge-{merge.pk}")
    return merge


def merge_contributions(actor: Actor, head: Contribution, others: Sequence[Contribution]) -> list[Merge]:
    """Put contributions together at once, without asking: for what the city brings in with its merges."""
    may_arrange(actor, head, *others).require()
    made = []
    with transaction.atomic():
        for other in others:
            rows = locked(actor.city, [head.pk, other.pk])
            target = root_of(actor.city, rows[head.pk])
            may_merge(actor, rows[other.pk], target).require()
            hold_links(actor.city)
            check_circle(actor.city, (), together=(other.pk, target.pk))
            made.append(_merge(actor.city, rows[other.pk], target, proposal=None, by=actor.participant))
    return made


def _close_when_settled(city: City, proposal: Proposal) -> None:
    if Consent.objects.of(city).filter(proposal=proposal, is_open=True).exists():
        return
    done = Consent.objects.of(city).filter(proposal=proposal, answer__in=(Answer.YES, Answer.SILENT, Answer.UNREACHABLE)).exists()
    state = Proposal.State.DONE if done else Proposal.State.DROPPED
    Proposal.objects.of(city).filter(pk=proposal.pk, state=Proposal.State.ASKED).update(state=state, closed_at=timezone.now())
    proposal.refresh_from_db()


def complete_due(city: City, now: dt.datetime) -> int:
    """Take silence for yes where the day has come; returns how many questions that closed. Safe to run twice."""
    due = Consent.objects.of(city).filter(is_open=True, proposal__state=Proposal.State.ASKED, proposal__until__lte=now)
    closed = 0
    for key in list(due.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            held = Consent.objects.of(city).select_for_update(of=("self",)).select_related("proposal", "proposal__by", "author")
            row: Consent | None = held.filter(pk=key, is_open=True).first()
            if row is None:
                continue
            row.answer, row.is_open, row.answered_at = Answer.SILENT, False, now
            row.save(update_fields=["answer", "is_open", "answered_at"])
            _settle(city, row, by=row.proposal.by)
            _close_when_settled(city, row.proposal)
            closed += 1
    return closed


def drop_proposal(actor: Actor, proposal: Proposal) -> None:
    """Ask no further: what is still open stays as it is, and its authors hear of it. What was put together stays together."""
    may_arrange(actor, proposal.head).require()
    with transaction.atomic():
        held: Proposal = Proposal.objects.of(actor.city).select_for_update().get(pk=proposal.pk)
        if not held.is_open:
            raise Refused(_("This question is already closed."), status=409)
        for consent in Consent.objects.of(actor.city).filter(proposal=held, is_open=True).select_related("author").order_by("pk"):
            Consent.objects.of(actor.city).filter(pk=consent.pk).update(answer=Answer.GONE, is_open=False, answered_at=timezone.now())
            if consent.author is not None:
                notify(actor.city, [consent.author.uid], "merging.outcome", f"consent:{consent.pk}", "outcome")
        record(actor.city, by=actor.uid, verb="merge.dropped", subject=f"contribution:{held.head_id}")
        _close_when_settled(actor.city, held)


def undo_merge(actor: Actor, merge: Merge) -> None:
    """Take a contribution out again: all rows are as before, but for what people have given since, which stays where they gave it."""
    may_undo(actor, merge).require()
    with transaction.atomic():
        held: Merge = Merge.objects.of(actor.city).select_for_update().get(pk=merge.pk)
        may_undo(actor, held).require()
        _undo(actor.city, held, by=actor.participant)


def _undo(city: City, merge: Merge, *, by: Participant | None) -> None:
    row = locked(city, [merge.contribution_id])[merge.contribution_id]
    links_changed(city, [(row.pk, root_of(city, row).pk, Link.Kind.MERGED_INTO)], made=False, by=by.uid if by else None)
    take_out(city, row)
    Merge.objects.of(city).filter(pk=merge.pk).update(undone_at=timezone.now(), undone_by=by)
    record(city, by=by.uid if by else None, verb="merge.undone", subject=f"contribution:{row.pk}", details={"head": merge.head_id})
    people = {person.uid for person in (row.author, Participant.objects.of(city).filter(pk=_author(city, merge.head_id)).first()) if person}
    notify(city, sorted(people), "merging.undone", f"contribution:{row.pk}", f"merge-{merge.pk}")


def _author(city: City, key: int) -> int | None:
    return Contribution.objects.of(city).filter(pk=key).values_list("author", flat=True).first()


def release_wordings(city: City, head: int) -> None:
    """Give back what was put into a contribution that is not shown any more; safe to run twice."""
    with transaction.atomic():
        rows = locked(city, [head])
        if head not in rows or rows[head].visibility == Contribution.Visibility.PUBLISHED or rows[head].merged_into_id:
            return
        for merge in Merge.objects.of(city).filter(head=head, undone_at=None).select_for_update(of=("self",)).order_by("pk"):
            _undo(city, merge, by=None)


def object_to_merge(actor: Actor, merge: Merge, *, words: str = "") -> None:
    """Ask the team to undo that one's own contribution was put together with another."""
    words = cleaned(words)
    if len(words) > LONGEST_REASON:
        sentence = _("Please shorten the text to %(limit)d characters; it has %(count)d.") % {"limit": LONGEST_REASON, "count": len(words)}
        raise Refused(sentence, status=400, fields={"words": sentence})
    with transaction.atomic():
        held: Merge = Merge.objects.of(actor.city).select_for_update(of=("self",)).select_related("contribution").get(pk=merge.pk)
        may_object(actor, held).require()
        Merge.objects.of(actor.city).filter(pk=held.pk).update(objected_at=timezone.now(), objection=words)
        record(actor.city, by=actor.uid, verb="merge.objected", subject=f"contribution:{held.contribution_id}")


def keep_merge(actor: Actor, merge: Merge) -> None:
    """Leave together what an author wanted back, after the team has talked with them."""
    may_undo(actor, merge).require()
    with transaction.atomic():
        held = Merge.objects.of(actor.city).filter(pk=merge.pk, undone_at=None, objected_at__isnull=False)
        if held.update(objected_at=None, objection=""):
            record(actor.city, by=actor.uid, verb="merge.kept", subject=f"contribution:{merge.contribution_id}")


def dismiss_suggestion(actor: Actor, suggestion: Suggestion) -> None:
    """Say that two contributions are different: the pair is not suggested again."""
    may_arrange(actor).require()
    with transaction.atomic():
        rows = Suggestion.objects.of(actor.city).filter(pk=suggestion.pk).exclude(state=Suggestion.State.DISMISSED)
        if rows.update(state=Suggestion.State.DISMISSED, decided_by=actor.participant):
            pair = [suggestion.first_id, suggestion.second_id]
            record(actor.city, by=actor.uid, verb="merge.dismissed", subject=f"contribution:{pair[1]}", details={"other": pair[0]})


def questions_gone(city: City, participant: Participant) -> None:
    """Close the open questions to somebody who leaves: nobody can be asked any more, so what they gave is put together at once."""
    mine = Consent.objects.of(city).filter(author=participant)
    open_ones = mine.filter(is_open=True).select_related("proposal", "proposal__by").order_by("pk")
    for consent in list(open_ones):
        Consent.objects.of(city).filter(pk=consent.pk).update(
            answer=Answer.UNREACHABLE, is_open=False, answered_at=timezone.now(), author=None
        )
        consent.answer, consent.author = Answer.UNREACHABLE, None
        _settle(city, consent, by=consent.proposal.by)
        _close_when_settled(city, consent.proposal)
    mine.update(author=None, words="")
    Merge.objects.of(city).filter(contribution__author=participant).update(objection="")
    given = Contribution.objects.of(city).filter(author=participant).values("pk")
    Suggestion.objects.of(city).filter(Q(first__in=given) | Q(second__in=given)).delete()
