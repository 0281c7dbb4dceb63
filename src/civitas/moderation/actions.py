"""Flag something; decide about what was flagged. Nothing is hidden by a number of flags: people decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.journal.actions import record
from civitas.kit.texts import cleaned
from civitas.kit.verdicts import Refused
from civitas.meeting.letters import take_out_letter
from civitas.moderation.models import Case, Flag
from civitas.moderation.rules import may_decide, may_flag, may_flag_letter
from civitas.notices.actions import notify
from civitas.people.rates import spend

if TYPE_CHECKING:
    from uuid import UUID

    from civitas.cities.models import City
    from civitas.contributions.models import Contribution
    from civitas.meeting.models import Letter
    from civitas.people.actors import Actor
    from civitas.people.models import Participant

LONGEST_WORDS = 1_000
LONGEST_DECISION = 500


def flag_contribution(actor: Actor, contribution: Contribution, *, uid: UUID, reason: str, words: str = "") -> Flag:
    """Ask the team to look at a contribution or comment, once per person as long as the case is open."""
    may_flag(actor, contribution).require()
    return _keep(actor, {"contribution": contribution}, uid=uid, reason=reason, words=words)


def flag_letter(actor: Actor, letter: Letter, *, uid: UUID, reason: str, words: str = "") -> Flag:
    """Ask the team to look at a letter that one got; from now on the team may read it, with the two letters before."""
    may_flag_letter(actor, letter).require()
    return _keep(actor, {"letter": letter}, uid=uid, reason=reason, words=words)


def _keep(actor: Actor, thing: dict[str, Contribution | Letter], *, uid: UUID, reason: str, words: str) -> Flag:
    words = checked_flag(reason, words)
    known: Flag | None = Flag.objects.of(actor.city).filter(uid=uid).first()
    if known is not None:  # the same form, sent twice
        return known
    try:
        with transaction.atomic():
            spend(actor, "flag")
            case = _open_case(actor.city, thing)
            mine = Flag.objects.of(actor.city).filter(case=case, participant=actor.participant) if actor.participant else None
            if mine is not None and mine.update(reason=reason, words=words):
                return mine.get()
            flag = Flag.objects.create(city=actor.city, uid=uid, case=case, participant=actor.participant, reason=reason, words=words)
            Case.objects.of(actor.city).filter(pk=case.pk).update(flag_count=F("flag_count") + 1)
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
    sentence = ""
    if len(words) > LONGEST_WORDS:
        sentence = _("Please shorten the text to %(limit)d characters; it has %(count)d.") % {"limit": LONGEST_WORDS, "count": len(words)}
    elif reason == Flag.Reason.OTHER and not words:
        sentence = _("Please say in a few words what is wrong.")
    if sentence:
        raise Refused(sentence, status=400, fields={"words": sentence})
    return words


def _open_case(city: City, thing: dict[str, Contribution | Letter]) -> Case:
    rows = Case.objects.of(city).filter(state=Case.State.OPEN, **thing)
    case: Case | None = rows.first()
    if case is not None:
        return case
    try:
        with transaction.atomic():
            made: Case = Case.objects.create(city=city, **thing)
            return made
    except IntegrityError:  # two people flagged it in the same instant
        twin: Case = rows.get()
        return twin


def close_case(actor: Actor, case: Case, *, decision: str, text: str = "", takes_out: str = "") -> None:
    """Decide about what was flagged and tell those who flagged it. `takes_out` 'yes' takes the words out of a flagged letter.

    Raises Refused (409) when somebody was quicker.
    """
    may_decide(actor, case).require()
    text = cleaned(text)
    if decision not in Case.Decision.values:
        raise Refused(_("Please choose a decision."), status=400, fields={"decision": _("Please choose a decision.")})
    if len(text) > LONGEST_DECISION:
        sentence = _("Please shorten the text to %(limit)d characters; it has %(count)d.") % {"limit": LONGEST_DECISION, "count": len(text)}
        raise Refused(sentence, status=400, fields={"text": sentence})
    with transaction.atomic():
        still_open = Case.objects.of(actor.city).filter(pk=case.pk, state=Case.State.OPEN)
        closed = still_open.update(
            state=Case.State.CLOSED, decision=decision, decision_text=text, closed_at=timezone.now(), closed_by=actor.participant
        )
        if not closed:
            raise Refused(_("Somebody of the team has already decided this."), status=409)
        taken_out = case.letter is not None and takes_out == "yes"
        if taken_out and case.letter is not None:
            take_out_letter(actor, case.letter)
        record(
            actor.city,
            by=actor.uid,
            verb="flag.decided",
            subject=case.subject,
            details={"decision": decision, "flags": case.flag_count, "taken_out": taken_out},
        )
        flags = Flag.objects.of(actor.city).filter(case=case, participant__isnull=False)
        notify(
            actor.city,
            list(flags.order_by("pk").values_list("participant__uid", flat=True)),
            "moderation.decided",
            f"case:{case.pk}",
            "decided",
        )


def export_flags(city: City, participant: Participant) -> dict[str, object]:
    """What a participant flagged."""
    rows = Flag.objects.of(city).filter(participant=participant).order_by("pk")
    return {"flags": list(rows.values("reason", "words", "at", "case__contribution__number"))}


def erase_flags(city: City, participant: Participant) -> None:
    """Make a participant's flags nameless; their words go."""
    Flag.objects.of(city).filter(participant=participant).update(participant=None, words="")
    Case.objects.of(city).filter(closed_by=participant).update(closed_by=None)


@transaction.atomic
def adopt_flags(city: City, old: Participant, new: Participant) -> None:
    """Give `new` the flags of `old`; where both flagged the same, the earlier stays nameless."""
    both = Flag.objects.of(city).filter(participant=new).values("case")
    Flag.objects.of(city).filter(participant=old, case__in=both).update(participant=None)
    Flag.objects.of(city).filter(participant=old).update(participant=new)
