"""The concept or gate of an address; another city's, and what this person may not see, do not exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404

from civitas.contributions.rules import may_see
from civitas.coproduction.actions.beginning import ensure_concept
from civitas.coproduction.models import Concept, Gate
from civitas.coproduction.queries import concept_by_number, concept_of, member_of
from civitas.coproduction.rules import may_read
from civitas.coproduction.sections import section_by_key
from civitas.people.guests import taking_part

if TYPE_CHECKING:
    from django.http import HttpRequest

    from civitas.contributions.models import Contribution
    from civitas.coproduction.sections import Section


def found_row(request: HttpRequest, number: int) -> Contribution:
    """The contribution of kind concept with this number."""
    row = concept_by_number(request.city, number) if request.city else None
    if row is None:
        raise Http404
    visible = may_see(request.actor, row)
    if not visible:
        may_read(request.actor, row, member_of(request.actor, concept_of(request.city, row))).require()
    return row


def found_concept(request: HttpRequest, number: int) -> Concept:
    """The concept with this number; 404 where nobody opened it for work yet."""
    concept = concept_of(request.city, found_row(request, number))
    if concept is None:
        raise Http404
    return concept


def opened_concept(request: HttpRequest, number: int) -> Concept:
    """The concept with this number; a POST opens it for work where nobody did."""
    return ensure_concept(request.actor, found_row(request, number))


def take_part(request: HttpRequest) -> None:
    """Whoever is signed in and sends something for the first time in this city takes part from now on."""
    if request.method == "POST" and request.actor.participant is None:
        with taking_part(request) as visitor:
            request.actor = visitor.actor


def found_section(key: str) -> Section:
    """The section with this key."""
    section = section_by_key(key)
    if section is None:
        raise Http404
    return section


def found_gate(request: HttpRequest, key: int) -> Gate:
    """The gate with this key, with its concept."""
    rows = Gate.objects.of(request.city) if request.city else Gate.objects.none()
    related = ("concept", "concept__contribution", "concept__contribution__author", "concept__contribution__process")
    gate: Gate | None = rows.select_related(*related).filter(pk=key).first()
    if gate is None:
        raise Http404
    return gate
