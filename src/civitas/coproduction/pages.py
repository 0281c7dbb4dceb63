"""What this room shows on other pages: the concept below its lead, on paper, on "my page", and what waits for a decision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string

from civitas.contributions.models import Contribution
from civitas.coproduction.models import Concept, Member, Remark
from civitas.coproduction.queries import (
    concept_of,
    gates_of,
    member_of,
    members_of,
    remark_counts,
    voices_of,
    waiting_for,
    writers_of,
    written_sections,
)
from civitas.coproduction.reading import beginning, blocks_of
from civitas.coproduction.rules import leads_concepts, may_ask, may_begin, may_reply, may_write
from civitas.coproduction.sections import NEED
from civitas.kit.ids import read_key

if TYPE_CHECKING:
    from django.http import HttpRequest

    from civitas.people.models import Participant

MOST_OWN = 5


def stage_of(concept: Concept | None) -> tuple[str, str]:
    """The stage of a concept as a code and in words; one that nobody opened yet is being written."""
    stage = concept.stage if concept else Concept.Stage.WRITING
    return str(stage), str(Concept.Stage(stage).label)


def concept_context(request: HttpRequest, row: Contribution) -> dict[str, Any]:
    """The public face of a concept: its sections, voices, gates and who writes; a bounded number of queries."""
    concept, actor = concept_of(request.city, row), request.actor
    member = member_of(actor, concept)
    sections = [each for each in written_sections(concept) if each.text]
    counts = remark_counts(concept) if concept else {}
    voices, voice_count = voices_of(row)
    members = members_of(concept) if concept else []
    gates = gates_of(concept) if concept else []
    stage, stage_words = stage_of(concept)
    writes = bool(concept and may_write(actor, concept, member))
    return {
        "item": row,
        "concept": concept,
        "stage": stage,
        "stage_words": stage_words,
        "parts": [
            {
                "key": each.section.key,
                "title": str(each.section.title),
                "blocks": blocks_of(beginning(each.text)),
                "is_long": len(each.text) > len(beginning(each.text)),
                "remarks": counts.get(each.section.key, 0),
                "voices": voices if each.section.key == NEED else [],
            }
            for each in sections
        ],
        "voices": [] if any(each.section.key == NEED for each in sections) else voices,
        "voice_count": voice_count,
        "gates": [{"view": view, "replies_open": bool(concept and may_reply(actor, concept, member))} for view in gates],
        "new_reply": _new_reply(request, concept),
        "writers": writers_of(concept, members) if concept else [],
        "waiting_members": sum(each.state == Member.State.ASKED for each in members) if writes else 0,
        "writes": writes,
        "member": member,
        "asks": bool(may_ask(actor, concept, member)) if concept else bool(may_begin(actor)),
        "signed_in": actor.participant is not None and not actor.participant.is_guest,
        "steers": leads_concepts(actor),
    }


def _new_reply(request: HttpRequest, concept: Concept | None) -> Remark | None:
    """The answer to a decision that its author has just sent; one query, and none of others."""
    key = read_key(request.GET.get("beantwortet", ""))
    if concept is None or key is None or request.actor.participant is None:
        return None
    mine = Remark.objects.of(request.city).filter(concept=concept, gate__isnull=False, comment__author=request.actor.participant)
    return mine.filter(comment=key).select_related("comment").first()


def render_concept(request: HttpRequest, row: Contribution) -> str:
    """Below the lead of a concept; nothing and no query on anything else."""
    if row.kind != Contribution.Kind.CONCEPT or row.visibility == Contribution.Visibility.ERASED:
        return ""
    return render_to_string("coproduction/_concept.html", concept_context(request, row), request=request)


def render_stage(request: HttpRequest, row: Contribution) -> str:
    """Above the title of a concept: where it stands. One query, none on anything else."""
    if row.kind != Contribution.Kind.CONCEPT:
        return ""
    stage, words = stage_of(concept_of(request.city, row))
    return render_to_string("coproduction/_stage.html", {"stage": stage, "stage_words": words, "leads": True}, request=request)


def render_paper(request: HttpRequest, row: Contribution) -> str:
    """A concept on paper: every section whole, and what was decided."""
    if row.kind != Contribution.Kind.CONCEPT:
        return ""
    concept = concept_of(request.city, row)
    context = {
        "parts": [{"title": str(each.section.title), "blocks": blocks_of(each.text)} for each in written_sections(concept) if each.text],
        "gates": gates_of(concept) if concept else [],
        "writers": writers_of(concept) if concept else [],
    }
    return render_to_string("coproduction/_concept_paper.html", context, request=request)


def render_my_concepts(request: HttpRequest, participant: Participant | None) -> str:
    """For "my page": the concepts that a person writes along, the last changed first; one query, '' without any."""
    if participant is None:
        return ""
    mine = Member.objects.of(request.city).filter(participant=participant, state=Member.State.IN)
    rows = mine.select_related("concept", "concept__contribution").order_by("-concept__changed_at")[:MOST_OWN]
    concepts = [row.concept for row in rows]
    return render_to_string("coproduction/_mine.html", {"concepts": concepts}, request=request) if concepts else ""


def render_waiting_gates(request: HttpRequest) -> str:
    """The box of the team's overview: what waits for this person's decision; '' where nothing does."""
    person = request.actor.participant
    gates = waiting_for(person) if person is not None and request.actor.is_staff else []
    return render_to_string("coproduction/_gates_wait.html", {"gates": gates}, request=request) if gates else ""
