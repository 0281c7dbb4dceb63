"""Objecting to a decision with one click, and answering what the team asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.journal.actions import record
from civitas.kit.refusals import too_long
from civitas.kit.texts import cleaned
from civitas.kit.verdicts import Refused
from civitas.moderation.cases import open_case
from civitas.moderation.models import Appeal, Case, Decision
from civitas.moderation.rules import may_answer_question, may_appeal, may_be_appealed
from civitas.moderation.weighing import REPLIED

if TYPE_CHECKING:
    from civitas.cities.models import City
    from civitas.people.actors import Actor
    from civitas.people.models import Participant

LONGEST_WORDS = 1_000
LONGEST_REPLY = 4_000


def appeal_decision(actor: Actor, decision: Decision, *, words: str = "") -> Appeal:
    """The author objects: another person of the team looks at it again. A second click gives the same objection."""
    known = _known(actor.city, decision, Appeal.Side.AUTHOR)
    may_appeal(actor, decision).require()
    return known or open_appeal(actor.city, decision, side=Appeal.Side.AUTHOR, participant=actor.participant, words=words)


def open_appeal(city: City, decision: Decision, *, side: str, participant: Participant | None, words: str = "") -> Appeal:
    """Put an objection to a decision into the queue, once for each side; who may object, the caller has asked.

    Raises Refused when the decision no longer stands, or is about a letter.
    """
    words = cleaned(words)
    if sentence := too_long(words, LONGEST_WORDS):
        raise Refused(sentence, status=400, fields={"words": sentence})
    known = _known(city, decision, side)
    if known is not None:
        return known
    may_be_appealed(decision).require()
    if decision.contribution is None:
        raise Refused(_("We cannot find this decision."), status=404)
    with transaction.atomic():
        case = open_case(city, why=Case.Why.APPEAL, contribution=decision.contribution)
        appeal: Appeal
        appeal, made = Appeal.objects.of(city).get_or_create(
            decision=decision, side=side, defaults={"city": city, "case": case, "participant": participant, "words": words}
        )
        if made:
            record(
                city,
                by=participant.uid if participant else None,
                verb="moderation.appealed",
                subject=case.subject,
                details={"decision": decision.pk},
            )
    return appeal


def _known(city: City, decision: Decision, side: str) -> Appeal | None:
    known: Appeal | None = Appeal.objects.of(city).filter(decision=decision, side=side).first()
    return known


def answer_question(actor: Actor, decision: Decision, *, text: str) -> None:
    """Answer what the team asked: the case comes back to the queue with the answer."""
    may_answer_question(actor, decision).require()
    text = cleaned(text)
    if sentence := too_long(text, LONGEST_REPLY) if text else _("Please write your answer."):
        raise Refused(sentence, status=400, fields={"text": sentence})
    with transaction.atomic():
        rows = Decision.objects.of(actor.city).filter(pk=decision.pk, replied_at=None)
        if rows.update(reply=text, replied_at=timezone.now()):
            back = Case.objects.of(actor.city).filter(pk=decision.case_id, state=Case.State.ASKED)
            back.update(state=Case.State.OPEN, weight=F("weight") + REPLIED, version=F("version") + 1)
            record(actor.city, by=actor.uid, verb="moderation.replied", subject=decision.case.subject, details={"decision": decision.pk})
