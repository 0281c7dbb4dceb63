"""Comments on a section, and the answer of those who wrote to what was decided. Each is a comment like any other, with its place."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from civitas.contributions.models import Contribution
from civitas.contributions.waiting import why_waiting
from civitas.coproduction.models import Concept, Decider, Gate, Member, Remark
from civitas.coproduction.rules import may_reply, may_write
from civitas.coproduction.sections import section_by_key
from civitas.dialogue.actions import comment_of_form, write_comment
from civitas.dialogue.rules import may_comment, opening
from civitas.kit.verdicts import Refused, Verdict
from civitas.notices.actions import notify_each
from civitas.processes.registry import Ability

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from civitas.cities.models import City
    from civitas.contributions.waiting import Wait
    from civitas.people.actors import Actor
    from civitas.people.models import Organisation, Participant


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
    """What those who wrote the concept say to a decision; it stands beside it. Raises Refused."""
    known = comment_of_form(actor, uid)
    if known is not None:
        return known
    may_reply(actor, gate.concept, member).require()
    if gate.state != Gate.State.DECIDED:
        raise Refused(_("Nothing was decided here yet."), status=409)
    with transaction.atomic():
        comment = _said(actor, gate.concept, uid=uid, text=text, organisation=organisation)
        Remark.objects.get_or_create(city=actor.city, comment=comment, defaults={"concept": gate.concept, "gate": gate})
    return comment


def why_answer_waits(actor: Actor, concept: Concept) -> Wait | None:
    """Why an answer to a decision would wait for the team; None where it appears at once."""
    row = concept.contribution
    _verdict, step = opening(actor, row, Ability.COMMENT)
    return why_waiting(actor, step, what="comments", process=row.process)


def tell_of_answers(city: City, rows: Iterable[Contribution]) -> None:
    """For `Room.on_given`: those who decide hear of an answer once everybody can read it; two queries at most."""
    shown = {row.pk: row for row in rows if row.kind == Contribution.Kind.COMMENT and row.visibility == Contribution.Visibility.PUBLISHED}
    found = Remark.objects.of(city).filter(comment__in=shown, gate__isnull=False).order_by("pk") if shown else Remark.objects.none()
    answers = list(found.values_list("gate", "comment"))
    deciders: defaultdict[int, list[Participant]] = defaultdict(list)
    if answers:
        named = Decider.objects.of(city).filter(gate__in={gate for gate, _comment in answers}, participant__erased_at=None)
        for each in named.select_related("participant").order_by("pk"):
            deciders[each.gate_id].append(each.participant)
    news = [
        (person.uid, "coproduction.gate_answered", f"gate:{gate}", f"comment-{comment}")
        for gate, comment in answers
        for person in deciders[gate]
        if person.pk != shown[comment].author_id
    ]
    notify_each(city, news)


def _said(actor: Actor, concept: Concept, *, uid: UUID, text: str, organisation: Organisation | None) -> Contribution:
    row = concept.contribution
    _verdict, step = opening(actor, row, Ability.COMMENT)
    return write_comment(actor, row, step, uid=uid, text=text, organisation=organisation, stance="neutral")
