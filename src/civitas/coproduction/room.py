"""What the room coproduction declares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from civitas.contributions.models import Contribution, Link
from civitas.coproduction.actions.gates import HOP
from civitas.coproduction.actions.holding import hold_concept
from civitas.coproduction.actions.talking import tell_of_answers
from civitas.coproduction.actions.writing import renew_sections
from civitas.coproduction.calls import calls_of
from civitas.coproduction.models import Decider, Gate, GateDecision, Member, SectionText, Wording
from civitas.coproduction.notices import KINDS
from civitas.coproduction.pages import render_concept, render_my_concepts, render_paper, render_stage, render_waiting_gates
from civitas.coproduction.personal import adopt_concepts, erase_concepts, export_concepts, leave_concepts
from civitas.coproduction.queries import (
    SHOWN,
    concept_of,
    is_shared,
    member_of,
    places_of_remarks,
    words_of_sections,
    written_by_hand,
    written_sections,
)
from civitas.coproduction.rules import may_see_gates, may_write
from civitas.coproduction.stages import miscounts, recount
from civitas.coproduction.stations import decisions_in_words, stations_of_concepts
from civitas.kit.rooms import ContributionSection, FurtherText, MySection, NavItem, PersonalData, Quotes, Recount, Room

if TYPE_CHECKING:
    from collections.abc import Mapping

# Over so many hops words of a voice are looked for in concepts: voice, theme, concept.
_HOPS = 3


def _concepts(city: Any, ids: list[int]) -> set[int]:
    """The contributions in whose sections words of these may stand: themselves, and what became of them."""
    found, front = set(ids), set(ids)
    for _hop in range(_HOPS):
        links = Link.objects.of(city).exclude(kind=Link.Kind.RELATED_TO).filter(source__in=front)
        front = set(links.values_list("target", flat=True)) - found
        if not front:
            break
        found |= front
    return found


def _texts(city: Any, ids: list[int]) -> Any:
    return SectionText.objects.of(city).filter(concept__contribution__in=_concepts(city, ids))


def _wordings(city: Any, ids: list[int]) -> Any:
    return Wording.objects.of(city).filter(concept__contribution__in=_concepts(city, ids))


def sections_to_black_out(city: Any, row: Contribution, hold: bool) -> list[FurtherText]:  # noqa: FBT001  # as `Room.further_texts` says
    """The sections of a concept, each by itself, with every wording that it had."""
    concept = concept_of(city, row) if row.kind == Contribution.Kind.CONCEPT else None
    if concept is None:
        return []
    if hold:
        hold_concept(city.pk, concept.pk)
    wordings = Wording.objects.of(city).filter(concept=concept)
    return [
        FurtherText(f"section-{each.row.pk}", str(each.section), each.row, "text", each.version, wordings.filter(key=each.section.key))
        for each in written_sections(concept)
        if each.row is not None
    ]


def workshop_of(actor: Any, row: Contribution) -> str:
    """The workshop of a concept, for who may write it; '' for everybody else."""
    if row.kind != Contribution.Kind.CONCEPT or (concept := concept_of(row.city, row)) is None:
        return ""
    return reverse("concept", args=[row.number]) if may_write(actor, concept, member_of(actor, concept)) else ""


def _members(city: Any, ids: list[int]) -> Any:
    return Member.objects.of(city).filter(concept__contribution__in=ids)


def _gates(city: Any, ids: list[int]) -> Any:
    return Gate.objects.of(city).filter(concept__contribution__in=_concepts(city, ids))


def _decisions(city: Any, ids: list[int]) -> Any:
    return GateDecision.objects.of(city).filter(gate__concept__contribution__in=_concepts(city, ids))


def gates_by_person(city: Any) -> Mapping[int, list[tuple[Any, int]]]:
    """How many gates wait for whom of the team."""
    counts: dict[int, int] = {}
    shown = {f"gate__{way}": state for way, state in SHOWN.items()}
    waiting = Decider.objects.of(city).filter(gate__state=Gate.State.WAITING, **shown)
    for person in waiting.values_list("participant", flat=True):
        counts[person] = counts.get(person, 0) + 1
    words = ngettext_lazy("%(count)s decision about a concept", "%(count)s decisions about concepts", "count")
    return {person: [(words, count)] for person, count in counts.items()}


ROOM = Room(
    key="coproduction",
    foot_navigation=(NavItem(_("Concepts"), "concepts", module="sensor", order=60),),
    staff_navigation=(NavItem(_("Decisions"), "gates", may=lambda actor: bool(may_see_gates(actor)), order=45, menu="processes"),),
    notice_kinds=KINDS,
    personal_data=PersonalData(export_concepts, erase_concepts, adopt_concepts, nameless=leave_concepts),
    my_sections=(MySection(render_my_concepts, order=30),),
    contribution_sections=(
        ContributionSection("head", render_stage, order=20),
        ContributionSection("body", render_concept, order=20, paper=render_paper),
    ),
    staff_sections=(render_waiting_gates,),
    calls=(calls_of,),
    workload=gates_by_person,
    on_given=(tell_of_answers,),
    on_linked=("coproduction.linked",),
    on_role_lost=("coproduction.hand_over",),
    stations=stations_of_concepts,
    hops={HOP: decisions_in_words},
    comment_places=places_of_remarks,
    keeps_words=written_by_hand,
    further_words=words_of_sections,
    writes_on=workshop_of,
    further_texts=sections_to_black_out,
    is_shared=is_shared,
    recounts=(Recount(miscounts, recount),),
    quotes=(
        Quotes(_texts, ("text", "from_canvas"), lines=True, found_by="concept__contribution", renew=renew_sections),
        Quotes(_wordings, ("text",), lines=True),
        Quotes(_members, ("words", "organisation_name")),
        Quotes(_gates, ("title", "question", "body")),
        Quotes(_decisions, ("reason", "body", "correction", "paper_url")),
    ),
)
