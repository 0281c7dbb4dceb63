"""Flag something. Nothing is hidden by a number of flags: people decide, in `decisions`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from civitas.kit.refusals import too_long
from civitas.kit.texts import cleaned
from civitas.kit.verdicts import Refused
from civitas.moderation.cases import count_flag, open_case
from civitas.moderation.models import Case, Flag
from civitas.moderation.rules import may_flag, may_flag_letter
from civitas.people.rates import spend

if TYPE_CHECKING:
    from uuid import UUID

    from civitas.contributions.models import Contribution
    from civitas.meeting.models import Letter
    from civitas.people.actors import Actor

LONGEST_WORDS = 1_000


def flag_contribution(actor: Actor, contribution: Contribution, *, uid: UUID, reason: str, words: str = "") -> Flag:
    """Ask the team to look at a contribution or comment, once per person as long as the case is open."""
    may_flag(actor, contribution).require()
    return _keep(actor, {"contribution": contribution}, uid=uid, reason=reason, words=words)


def flag_letter(actor: Actor, letter: Letter, *, uid: UUID, reason: str, words: str = "") -> Flag:
    """Ask the team to look at a letter that one got; from now on the team may read it, with the two letters before."""
    may_flag_letter(actor, letter).require()
    return _keep(actor, {"letter": letter}, uid=uid, reason=reason, words=words)


def _keep(actor: Actor, thing: dict[str, Any], *, uid: UUID, reason: str, words: str) -> Flag:
    words = checked_flag(reason, words)
    known: Flag | None = Flag.objects.of(actor.city).filter(uid=uid).first()
    if known is not None:  # the same form, sent twice
        return known
    try:
        with transaction.atomic():
            spend(actor, "flag")
            case = open_case(actor.city, why=Case.Why.FLAGGED, **thing)
            mine = Flag.objects.of(actor.city).filter(case=case, participant=actor.participant) if actor.participant else None
            if mine is not None and mine.update(reason=reason, words=words):
                return mine.get()
            flag = Flag.objects.create(city=actor.city, uid=uid, case=case, participant=actor.participant, reason=reason, words=words)
            count_flag(actor.city, case)
    except IntegrityError:
        known = Flag.objects.of(actor.city).filter(uid=uid).first()
        if known is None:
            raise
        return known
    return flag


def checked_flag(reason: str, words: str) -> str:
    """The words of a flag as kept; raises Refused without a reason, with too many words, or with 'something else' and none."""
    words = cleaned(words)
    if reason not in Flag.Reason.values:
        raise Refused(_("Please choose what is wrong with it."), status=400, fields={"reason": _("Please choose what is wrong with it.")})
    sentence = too_long(words, LONGEST_WORDS)
    if reason == Flag.Reason.OTHER and not words:
        sentence = _("Please say in a few words what is wrong.")
    if sentence:
        raise Refused(sentence, status=400, fields={"words": sentence})
    return words
