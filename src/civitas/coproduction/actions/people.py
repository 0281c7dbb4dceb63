"""Who writes along: ask, be taken in, come by an invitation, leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core import signing
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from civitas.coproduction.actions.beginning import ensure_concept, follow_own
from civitas.coproduction.actions.holding import hold_concept
from civitas.coproduction.models import Concept, Member
from civitas.coproduction.queries import concept_leaders, member_of
from civitas.coproduction.rules import leads_concepts, may_ask, may_come, may_take_in, may_write
from civitas.journal.actions import record
from civitas.kit.ids import uuid7
from civitas.kit.texts import cleaned_line
from civitas.kit.verdicts import Refused
from civitas.notices.actions import notify
from civitas.people.rates import spend

if TYPE_CHECKING:
    from civitas.contributions.models import Contribution
    from civitas.people.actors import Actor
    from civitas.people.models import Organisation

LONGEST_WORDS = 300
_LINK = signing.Signer(salt="civitas.coproduction.invitation")
State = Member.State
# What can be answered to whom.
_ANSWERS = {State.ASKED: {State.IN, State.REFUSED}, State.REFUSED: {State.IN}, State.IN: {State.LEFT}}


def ask_to_write(actor: Actor, row: Contribution, *, words: str = "", organisation: Organisation | None = None) -> Member:
    """Ask to write along; who leads concepts for the city is in at once. Asking again changes the words.

    Raises Refused.
    """
    concept = ensure_concept(actor, row)
    words = cleaned_line(words)
    if len(words) > LONGEST_WORDS:
        sentence = _("Please shorten the text to %(limit)d characters; it has %(count)d.") % {"limit": LONGEST_WORDS, "count": len(words)}
        raise Refused(sentence, status=400, fields={"words": sentence})
    with transaction.atomic():
        hold_concept(actor.city.pk, concept.pk)
        mine = member_of(actor, concept)
        may_ask(actor, concept, mine).require()
        if mine is not None and mine.state == State.IN:
            return mine
        made = _put(actor, concept, State.IN if leads_concepts(actor) else State.ASKED, words=words, organisation=organisation)
        if made.state == State.ASKED:
            inside = Member.objects.of(actor.city).filter(concept=concept, state=State.IN).values_list("participant__uid", flat=True)
            told = list(inside) or [person.uid for person in concept_leaders(actor.city)]
            notify(actor.city, told, "coproduction.asked", f"contribution:{row.pk}", f"member-{made.pk}")
    return made


def _put(actor: Actor, concept: Concept, state: str, *, words: str = "", organisation: Organisation | None = None) -> Member:
    if actor.participant is None:
        raise Refused(_("Please sign in first."))
    if organisation is not None and organisation.pk not in actor.organisation_ids:
        raise Refused(_("You cannot speak for this organisation."))
    name = organisation.name if organisation else ""
    values = {"state": state, "words": words, "organisation": organisation, "organisation_name": name, "at": timezone.now()}
    with transaction.atomic():
        spend(actor, "join")
        made, _new = Member.objects.of(actor.city).update_or_create(
            concept=concept, participant=actor.participant, defaults=values, create_defaults={"city": actor.city, **values}
        )
        if state == State.IN:
            follow_own(actor, concept)
        record(actor.city, by=actor.uid, verb=f"concept.{state}", subject=f"contribution:{concept.contribution_id}")
    return made


def decide_on_member(actor: Actor, concept: Concept, key: int, *, state: str, seen: str = State.ASKED) -> Member:
    """Take somebody in who asked, or not: they hear of it once. Or let them go again: links of invitation that they know are void then.

    `seen` is how they stood when whoever decides looked: who was not taken in is taken in after all by who knows that. Raises Refused.
    """
    may_take_in(actor, concept, member_of(actor, concept)).require()
    if state not in {State.IN, State.REFUSED, State.LEFT}:
        raise Refused(_("Please choose one of the answers."), status=400)
    with transaction.atomic():
        hold_concept(actor.city.pk, concept.pk)
        rows = Member.objects.of(actor.city).select_for_update(of=("self",)).select_related("participant")
        row = rows.filter(concept=concept, pk=key).first()
        if row is None:
            raise Refused(_("We cannot find this person among those who write."), status=404)
        if row.state == state:
            return row
        if state not in _ANSWERS.get(row.state, ()) or (row.state == State.REFUSED) != (seen == State.REFUSED):
            raise Refused(_("Somebody decided about this meanwhile."), status=409)
        if state == State.LEFT and not leads_concepts(actor) and row.participant_id == concept.contribution.author_id:
            raise Refused(_("Whoever began a concept stays in it until they leave themselves."))
        row.state = state
        if state == State.REFUSED:  # invitations that are made from now on count (`may_come`)
            row.at = timezone.now()
        row.save(update_fields=["state", "at"])
        details = {"member": row.pk, "state": state}
        record(actor.city, by=actor.uid, verb="concept.member_decided", subject=f"contribution:{concept.contribution_id}", details=details)
        if state == State.LEFT:
            _change_key(concept)
        else:
            kind = "coproduction.taken_in" if state == State.IN else "coproduction.not_taken_in"
            notify(actor.city, [row.participant.uid], kind, f"contribution:{concept.contribution_id}", f"member-{row.pk}-{state}")
    return row


def leave(actor: Actor, concept: Concept) -> None:
    """No longer write along; what one wrote stays. Who only asked takes that back."""
    mine = member_of(actor, concept)
    if mine is None:
        return
    if mine.state == State.ASKED:
        Member.objects.of(actor.city).filter(pk=mine.pk, state=State.ASKED).delete()
    else:
        Member.objects.of(actor.city).filter(pk=mine.pk, state=State.IN).update(state=State.LEFT)


def invitation_token(concept: Concept) -> str:
    """What stands in the link by which those who write invite others."""
    return _LINK.sign(f"{concept.contribution.number}-{concept.invite_key.hex}").rpartition(":")[2]


def renew_invitation(actor: Actor, concept: Concept) -> None:
    """Make a new link of invitation; the one before leads nowhere from now on."""
    may_write(actor, concept, member_of(actor, concept)).require()
    _change_key(concept)


def _change_key(concept: Concept) -> None:
    Concept.objects.of(concept.city_id).filter(pk=concept.pk).update(invite_key=uuid7())


def come_by_invitation(actor: Actor, concept: Concept, token: str, *, organisation: Organisation | None = None) -> Member:
    """Write along since somebody who does gave one the link; raises Refused (404) for one that is no longer good."""
    if not constant_time_compare(token, invitation_token(concept)):
        raise Refused(_("This invitation is no longer good. You can ask to write along."), status=404)
    with transaction.atomic():
        held = hold_concept(actor.city.pk, concept.pk)
        if held.invite_key != concept.invite_key:  # it was made void in this very instant
            raise Refused(_("This invitation is no longer good. You can ask to write along."), status=404)
        mine = member_of(actor, concept)
        may_come(actor, concept, mine).require()
        if mine is not None and mine.state == State.IN:
            return mine
        return _put(actor, concept, State.IN, organisation=organisation)
