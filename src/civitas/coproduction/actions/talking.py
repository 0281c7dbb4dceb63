"""Comments on a section, and the answer of those who wrote to what was decided. Each is a comment like any other, with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from civitas.coproduction.models import Concept, Gate, Member, Remark
from civitas.coproduction.rules import may_reply, may_write
from civitas.coproduction.sections import section_by_key
from civitas.dialogue.actions import comment_of_form, write_comment
from civitas.dialogue.rules import may_comment, opening
from civitas.kit.verdicts import Refused, Verdict
from civitas.notices.actions import notify
from civitas.processes.registry import Ability

if TYPE_CHECKING:
    from uuid import UUID

    from civitas.contributions.models import Contribution
    from civitas.people.actors import Actor
    from civitas.people.models import Organisation


def may_remark(actor: Actor, concept: Concept, member: Member | None) -> Verdict:
    """Those who write along comment on sections at any time, others where comments are open."""
    return may_write(actor, concept, member) or may_comment(actor, concept.contribution)


def remark_on_section(
    actor: Actor, concept: Concept, member: Member | None, key: str, *, uid: UUID, text: str, organisation: Organisation | None = None
) -> Contribution:
    """Comment on one section. The same uid sent twice gives the comment that is there; raises Refused."""
    known = comment_of_form(actor, uid)
    if known is not None:
        return known
    may_remark(actor, concept, member).require()
    if section_by_key(key) is None:
        raise Refused(_("We cannot find this section."), status=404)
    with transaction.atomic():
        comment = _said(actor, concept, uid=uid, text=text, organisation=organisation)
        Remark.objects.get_or_create(city=actor.city, comment=comment, defaults={"concept": concept, "key": key})
    return comment


def reply_to_gate(
    actor: Actor, gate: Gate, member: Member | None, *, uid: UUID, text: str, organisation: Organisation | None = None
) -> Contribution:
    """What those who wrote the concept say to a decision; it stands beside it, and those who decided hear of it. Raises Refused."""
    known = comment_of_form(actor, uid)
    if known is not None:
        return known
    may_reply(actor, gate.concept, member).require()
    if gate.state != Gate.State.DECIDED:
        raise Refused(_("Nothing was decided here yet."), status=409)
    with transaction.atomic():
        comment = _said(actor, gate.concept, uid=uid, text=text, organisation=organisation)
        Remark.objects.get_or_create(city=actor.city, comment=comment, defaults={"concept": gate.concept, "gate": gate})
        told = [person for person in gate.deciders.of(actor.city).values_list("participant__uid", flat=True) if person != actor.uid]
        notify(actor.city, told, "coproduction.gate_answered", f"gate:{gate.pk}", f"comment-{comment.pk}")
    return comment


def _said(actor: Actor, concept: Concept, *, uid: UUID, text: str, organisation: Organisation | None) -> Contribution:
    row = concept.contribution
    _verdict, step = opening(actor, row, Ability.COMMENT)
    return write_comment(actor, row, step, uid=uid, text=text, organisation=organisation, stance="neutral")
