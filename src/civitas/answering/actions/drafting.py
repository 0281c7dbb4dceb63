"""The draft of an answer: kept while it is written, asked to be released, sent back, and said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from civitas.answering.actions.assigning import settle
from civitas.answering.languages import language_of
from civitas.answering.models import AnswerDraft, Note
from civitas.answering.queries.one import assignment_of, draft_of
from civitas.answering.rules import may_draft, may_release, needs_two
from civitas.answering.wording import answer_of, check_day, check_words, filled
from civitas.contributions.linking import check_larger
from civitas.contributions.models import Contribution
from civitas.contributions.official import answer_contribution
from civitas.contributions.rules import may_answer
from civitas.journal.actions import record
from civitas.kit.ids import read_number
from civitas.kit.texts import cleaned, cleaned_line
from civitas.kit.verdicts import Refused
from civitas.notices.actions import notify
from civitas.people.actors import Actor, actor_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from civitas.answering.models import Body, Template
    from civitas.contributions.models import StatusEvent
    from civitas.people.models import Organisation
    from civitas.processes.models import Process

State = AnswerDraft.State
Status = Contribution.Status
LONGEST_DRAFT = 20_000


def save_draft(
    actor: Actor,
    contribution: Contribution,
    *,
    version: int,
    status: str = "",
    text: str = "",
    organisation: Organisation | None = None,
    next_step: str = "",
    due_on: dt.date | None = None,
    part_of: str = "",
    part_of_process: Process | None = None,
    body: Body | None = None,
    sent: str = "",
) -> AnswerDraft:
    """Keep an answer as it is typed; blanks may be open still. `version` is what was seen, 0 for none yet.

    What waits for release is written on by this. Raises Refused (409) when a colleague kept another wording since.
    """
    may_draft(actor, contribution, assignment_of(actor.city, contribution)).require()
    for row in (organisation, part_of_process, body):
        if row is not None and row.city_id != actor.city.pk:
            raise Refused(_("We cannot find this in this city."), status=404)
    if organisation is not None:
        may_answer(actor, contribution, organisation=organisation).require()
    if status and status not in Status.values:
        raise Refused(_("Please choose a status."), status=400, fields={"status": _("Please choose a status.")})
    values: dict[str, Any] = {
        "status": status, "text": cleaned(text)[:LONGEST_DRAFT], "organisation": organisation, "next_step": cleaned_line(next_step)[:240],
        "due_on": due_on, "part_of": cleaned_line(part_of)[:120], "part_of_process": part_of_process, "body": body,
        "sent": cleaned(sent)[:LONGEST_DRAFT],
    }  # fmt: skip
    try:
        with transaction.atomic():
            draft = _locked(actor, contribution)
            if draft is None:
                made: AnswerDraft = AnswerDraft.objects.create(city=actor.city, contribution=contribution, by=actor.participant, **values)
                return made
            if all(getattr(draft, name) == value for name, value in values.items()):
                return draft
            _check_version(draft, version)
            for name, value in values.items():
                setattr(draft, name, value)
            draft.by, draft.version, draft.state = actor.participant, draft.version + 1, State.WRITING
            draft.save()
    except IntegrityError as error:  # two began in the same instant
        raise _overtaken() from error
    return draft


def _locked(actor: Actor, contribution: Contribution) -> AnswerDraft | None:
    rows = AnswerDraft.objects.of(actor.city).filter(contribution=contribution, state__in=[State.WRITING, State.WAITING])
    draft: AnswerDraft | None = rows.select_for_update(of=("self",)).select_related("organisation", "body", "part_of_process", "by").first()
    return draft


def _check_version(draft: AnswerDraft, version: int) -> None:
    if draft.version != version:
        raise _overtaken()


def _overtaken() -> Refused:
    return Refused(_("A colleague has written on this answer meanwhile. Please compare; what you typed is kept."), status=409)


def insert_template(actor: Actor, contribution: Contribution, template: Template, *, version: int) -> AnswerDraft:
    """Put a template's words, in the author's language, below what is typed; its known blanks are filled at once."""
    draft = draft_of(actor.city, contribution)
    organisation = draft.organisation if draft else None
    said = filled(actor.city, template.text.in_language(language_of(contribution)), contribution, organisation)
    kept = {
        name: getattr(draft, name)
        for name in ("organisation", "next_step", "due_on", "part_of", "part_of_process", "body", "sent")
    } if draft else {}  # fmt: skip
    text = f"{draft.text}\n\n{said}" if draft and draft.text.strip() else said
    status = template.status or (draft.status if draft else "")
    return save_draft(actor, contribution, version=version, text=text, status=status, **kept)


def ask_release(actor: Actor, contribution: Contribution, *, version: int) -> AnswerDraft:
    """Hand a finished draft to the colleagues: they are told that it waits. It is checked as if it went out now."""
    may_draft(actor, contribution, assignment_of(actor.city, contribution)).require()
    with transaction.atomic():
        draft = _locked(actor, contribution)
        if draft is None:
            raise Refused(_("There is no draft any more."), status=409)
        _check_version(draft, version)
        check_draft(actor, contribution, draft)
        if draft.state == State.WRITING:
            draft.state, draft.version, draft.sent_back = State.WAITING, draft.version + 1, ""
            draft.save(update_fields=["state", "version", "sent_back", "changed_at"])
            record(
                actor.city, by=actor.uid, verb="answer.submitted", subject=f"contribution:{contribution.pk}", details={"draft": draft.pk}
            )
    return draft


def _note(actor: Actor, contribution: Contribution, verb: str, draft: AnswerDraft) -> None:
    subject = f"contribution:{contribution.pk}"
    record(actor.city, by=actor.uid, verb=f"answer.{verb}", subject=subject, details={"draft": draft.pk, "version": draft.version})


def send_back(actor: Actor, contribution: Contribution, *, words: str, version: int) -> AnswerDraft:
    """Give a draft back to who wrote it, with what should be different."""
    words = cleaned(words)[:500]
    with transaction.atomic():
        draft = _locked(actor, contribution)
        if draft is None:
            raise Refused(_("There is no draft any more."), status=409)
        may_release(actor, contribution, draft, assignment_of(actor.city, contribution)).require()
        _check_version(draft, version)
        if not words:
            sentence = _("Please say what should be different.")
            raise Refused(sentence, status=400, fields={"words": sentence})
        draft.state, draft.sent_back, draft.version = State.WRITING, words, draft.version + 1
        draft.save(update_fields=["state", "sent_back", "version", "changed_at"])
        if draft.by:
            notify(
                actor.city, [draft.by.uid], "answering.sent_back", f"contribution:{contribution.pk}", f"draft-{draft.pk}-{draft.version}"
            )
        _note(actor, contribution, "sent_back", draft)
    return draft


def reopen(actor: Actor, contribution: Contribution, *, version: int) -> AnswerDraft:
    """Write on at what waits for release; then it has to be asked for anew."""
    may_draft(actor, contribution, assignment_of(actor.city, contribution)).require()
    with transaction.atomic():
        draft = _locked(actor, contribution)
        if draft is None:
            raise Refused(_("There is no draft any more."), status=409)
        _check_version(draft, version)
        if draft.state == State.WAITING:
            draft.state, draft.version = State.WRITING, draft.version + 1
            draft.save(update_fields=["state", "version", "changed_at"])
    return draft


def drop_draft(actor: Actor, contribution: Contribution, *, version: int) -> None:
    """Throw a draft away."""
    may_draft(actor, contribution, assignment_of(actor.city, contribution)).require()
    with transaction.atomic():
        draft = _locked(actor, contribution)
        if draft is None:
            return
        _check_version(draft, version)
        AnswerDraft.objects.of(actor.city).filter(pk=draft.pk).update(state=State.DROPPED)


def check_draft(actor: Actor, contribution: Contribution, draft: AnswerDraft) -> Contribution | None:
    """Refuse a draft that must not go out, with a sentence at each field; returns the contribution that it becomes part of."""
    says_more = bool(draft.next_step or draft.due_on or draft.body)
    text = filled(actor.city, draft.text, contribution, draft.organisation)
    check_words(draft.status, text, was=contribution.status, says_more=says_more, typed=draft.text)
    check_day(draft.due_on)
    part_of = larger_one(actor, contribution, draft)
    check_larger(actor.city, contribution, draft.status, part_of)
    if draft.status == Status.PART_OF and part_of is None and draft.part_of_process is None:
        sentence = _("Please say which contribution (by its number) or process it is part of.")
        raise Refused(sentence, status=400, fields={"part_of": sentence})
    if draft.body and not draft.text.strip():
        sentence = _("Please tell the author in a few words why you hand it over.")
        raise Refused(sentence, status=400, fields={"text": sentence})
    return part_of


def larger_one(actor: Actor, contribution: Contribution, draft: AnswerDraft) -> Contribution | None:
    """The contribution that it becomes part of, by the number that was typed. Raises Refused when there is none of this number."""
    if not draft.part_of.strip("# "):
        return None
    found: Contribution | None = None
    number = read_number(draft.part_of)
    if number is not None:
        rows = Contribution.objects.of(actor.city).filter(number=number).exclude(kind=Contribution.Kind.COMMENT)
        found = rows.select_related("merged_into").first()
        sentence = _("We find no other contribution with the number “%(number)s” that is published.") % {"number": draft.part_of}
    else:
        sentence = _("Please look for it and choose one, or give its number.")
    if found is not None and found.merged_into is not None:
        both = {"number": found.number, "head": found.merged_into.number}
        sentence = _("Number %(number)s lies in number %(head)s now. Please take that one.") % both
    if found is None or found.pk == contribution.pk or not found.is_listed:
        raise Refused(sentence, status=400, fields={"part_of": sentence})
    return found


def release(actor: Actor, contribution: Contribution, *, version: int, seen: int) -> StatusEvent:
    """Say the answer officially: the event stands on the contribution, author and followers are told once, the desk is cleared.

    `version` is the draft's, `seen` the contribution's that was looked at. Where two are needed, another person than the
    writer does this. The same again gives the event that is there.
    """
    with transaction.atomic():
        draft = _locked(actor, contribution)
        if draft is None:
            return _said(actor, contribution, version)
        may_release(actor, contribution, draft, assignment_of(actor.city, contribution)).require()
        _check_version(draft, version)
        if draft.state != State.WAITING and needs_two(actor.city, contribution.process):
            raise Refused(_("This answer is still being written. A colleague asks for the release first."), status=409)
        part_of = check_draft(actor, contribution, draft)
        answer = answer_of(actor.city, contribution, draft, part_of=part_of)
        event = answer_contribution(_speaker(actor, draft), contribution, answer, version=seen)
        AnswerDraft.objects.of(actor.city).filter(pk=draft.pk).update(
            state=State.SAID, version=draft.version + 1, event=event, released_by=actor.participant
        )
        if draft.body:
            Note.objects.create(
                city=actor.city, contribution=contribution, author=actor.participant,
                text="\n".join(part for part in (_("Handed over to %(body)s.") % {"body": draft.body.name}, draft.sent) if part),
            )  # fmt: skip
        settle(actor.city, contribution.pk)
        record(
            actor.city, by=actor.uid, verb="answer.released", subject=f"contribution:{contribution.pk}",
            details={"event": event.pk, "draft": draft.pk, "body": draft.body_id},
        )  # fmt: skip
    return event


def publish(actor: Actor, contribution: Contribution, *, version: int, seen: int, **values: Any) -> StatusEvent:
    """Keep what was typed and say it at once, where one person is enough. The same form sent twice is said once."""
    if contribution.version != seen and (twin := _published(actor, contribution, values)):
        return twin
    try:
        with transaction.atomic():
            draft = save_draft(actor, contribution, version=version, **values)
            return release(actor, contribution, version=draft.version, seen=seen)
    except Refused as refused:  # the other of two clicks was quicker
        twin = _published(actor, contribution, values) if refused.status == 409 else None
        if twin is None:
            raise
        return twin


def _published(actor: Actor, contribution: Contribution, values: Mapping[str, Any]) -> StatusEvent | None:
    """What the actor said last about it, where these are the same words and nobody writes on another answer since."""
    if draft_of(actor.city, contribution) is not None:
        return None
    rows = AnswerDraft.objects.of(actor.city).filter(contribution=contribution, state=State.SAID, by=actor.participant)
    last = rows.select_related("event").order_by("-pk").first()
    organisation = values.get("organisation")
    said = (values.get("status"), cleaned(values.get("text", "")), organisation.pk if organisation else None)
    return last.event if last is not None and (last.status, last.text, last.organisation_id) == said else None


def _speaker(actor: Actor, draft: AnswerDraft) -> Actor:
    """Who wrote the answer speaks; who released it stands in the record."""
    if draft.by is None or (actor.participant and draft.by.pk == actor.participant.pk):
        return actor
    draft.by.city = actor.city
    return actor_of(draft.by)


def _said(actor: Actor, contribution: Contribution, version: int) -> StatusEvent:
    """The event of the draft with this version, which was released already: the same button pressed twice."""
    rows = AnswerDraft.objects.of(actor.city).filter(contribution=contribution, state=State.SAID, released_by=actor.participant)
    last = rows.select_related("event").order_by("-pk").first()
    if last is None or last.event is None or last.version != version + 1:
        raise Refused(_("There is no draft any more. Perhaps a colleague has released it."), status=409)
    return last.event
