"""The team's pages of decisions: what waits, setting up gates, deciding, correcting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from civitas.contributions.differences import differences
from civitas.contributions.rules import may_see
from civitas.coproduction.actions.beginning import ensure_concept
from civitas.coproduction.actions.gates import add_gate, change_gate, correct, decide, lay_before, remove_gate, take_back
from civitas.coproduction.forms import DecisionForm, GateForm
from civitas.coproduction.models import Decider, Gate
from civitas.coproduction.queries import (
    colleagues,
    concept_of,
    concepts_page,
    gates_of,
    lead_at,
    member_of,
    open_gates,
    texts_at,
    voices_of,
    waiting_for,
    written_sections,
    wrote_in,
)
from civitas.coproduction.reading import blocks_of
from civitas.coproduction.rules import leads_concepts, may_decide, may_see_gates, may_steer
from civitas.coproduction.sections import all_sections, usual_gates
from civitas.coproduction.views.finding import found_gate, found_row
from civitas.kit.redirects import SeeOther
from civitas.kit.refusals import carry_out, take_up
from civitas.kit.verdicts import Refused

if TYPE_CHECKING:
    from django.http import HttpRequest

    from civitas.contributions.models import Contribution
    from civitas.coproduction.queries import GateView


@never_cache
@require_safe
def show_gates(request: HttpRequest) -> HttpResponse:
    """What waits for me, what waits for others, and concepts for which no decision is planned."""
    if request.city is None:
        raise Http404
    may_see_gates(request.actor).require()
    mine = waiting_for(request.actor.participant) if request.actor.participant else []
    others = [gate for gate in open_gates(request.city) if gate.pk not in {each.pk for each in mine}]
    steers = leads_concepts(request.actor)
    context = {
        "mine": mine,
        "others": others,
        "steers": steers,
        "concepts": concepts_page(request.city, cursor=request.GET.get("nach", "")) if steers else None,
    }
    return render(request, "coproduction/gates.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request: HttpRequest, number: int) -> HttpResponse:
    """The gates of one concept: those there are, and one more, from the usual ones or of one's own (`?wie=`)."""
    row = found_row(request, number)
    may_steer(request.actor).require()
    people = colleagues(request.city)
    usual = next((each for each in usual_gates() if each.key == request.GET.get("wie", "")), None)
    initial = {"title": str(usual.title), "question": str(usual.question)} if usual else {}
    form = GateForm(people, request.POST if request.method == "POST" else None, initial=initial)
    status = 200
    if request.method == "POST":
        status, made = carry_out(form, lambda: add_gate(request.actor, ensure_concept(request.actor, row), form.plan))
        if made is not None:
            messages.success(request, _("The decision point is set up. Lay the concept before it when it is ready."))
            return SeeOther(reverse("set_up_gates", args=[number]))
    return _set_up_page(request, row, form, status=status)


def _set_up_page(request: HttpRequest, row: Contribution, form: GateForm, *, gate: Gate | None = None, status: int = 200) -> HttpResponse:
    concept = concept_of(request.city, row)
    context = {
        "item": row,
        "views": gates_of(concept) if concept else [],
        "form": form,
        "gate": gate,
        "usual": usual_gates(),
        "is_open": bool(form.is_bound or gate or "wie" in request.GET),
    }
    return render(request, "coproduction/set_up.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit_gate(request: HttpRequest, key: int) -> HttpResponse:
    """Change what a gate is about and who decides."""
    gate = found_gate(request, key)
    may_steer(request.actor, gate.concept).require()
    form = GateForm(colleagues(request.city), request.POST if request.method == "POST" else None, gate=gate)
    status = 200
    if request.method == "POST":
        status, made = carry_out(form, lambda: change_gate(request.actor, gate, form.plan))
        if made is not None:
            messages.success(request, _("Saved."))
            return SeeOther(reverse("set_up_gates", args=[gate.concept.contribution.number]))
    return _set_up_page(request, gate.concept.contribution, form, gate=gate, status=status)


@require_POST
def move_gate(request: HttpRequest, key: int, does: str) -> HttpResponse:
    """Lay the concept before those who decide (`vorlegen`), take that back (`zuruecknehmen`), or take the gate away (`entfernen`)."""
    acts: dict[str, tuple[Any, str]] = {
        "vorlegen": (lay_before, _("It waits for its decision now. Those who decide hear of it.")),
        "zuruecknehmen": (take_back, _("It does not wait any more.")),
        "entfernen": (remove_gate, _("The decision point is gone.")),
    }
    if does not in acts:
        raise Http404
    gate = found_gate(request, key)
    act, said = acts[does]
    try:
        act(request.actor, gate)
    except Refused as refused:
        if refused.status != 409:
            raise
        messages.error(request, str(refused.reason))
    else:
        messages.success(request, said)
    return SeeOther(reverse("set_up_gates", args=[gate.concept.contribution.number]))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show_gate(request: HttpRequest, key: int) -> HttpResponse:
    """Read what is to be decided, and decide; after that, correct. Whoever is refused keeps their text."""
    gate = found_gate(request, key)
    may_see_gates(request.actor).require()
    may_see(request.actor, gate.concept.contribution).require()
    person = request.actor.participant
    named = person is not None and Decider.objects.of(request.city).filter(gate=gate, participant=person).exists()
    member, wrote = member_of(request.actor, gate.concept), wrote_in(request.actor, gate.concept)
    allowed = may_decide(request.actor, gate, member, named=named, wrote=wrote)
    view = gates_of(gate.concept, only=gate.pk)[0]
    corrects = gate.state == Gate.State.DECIDED
    if request.method != "POST":
        form = DecisionForm(gate, view.decision, edition=gate.concept.edition)
        return _gate_page(request, gate, view, form, allowed=allowed)
    form = DecisionForm(
        gate, view.decision if request.POST.get("version", "0") != "0" else None, request.POST, edition=gate.concept.edition
    )
    edition = form.cleaned_data["edition"] if form.is_valid() else 0

    def act() -> Any:
        data = form.cleaned_data
        if data["version"]:
            return correct(request.actor, gate, form.decided, why=data["correction"], version=data["version"])
        return decide(request.actor, gate, form.decided, edition=edition)

    status, made = carry_out(form, act)
    if made is not None:
        said = _("The decision is corrected. The earlier one stays readable.") if corrects else _("The decision is published. Thank you.")
        messages.success(request, said)
        return SeeOther(reverse("gate", args=[key]))
    gate = found_gate(request, key)
    view = gates_of(gate.concept, only=gate.pk)[0]
    return _gate_page(request, gate, view, form, allowed=allowed, status=status, read=edition)


def _gate_page(
    request: HttpRequest, gate: Gate, view: GateView, form: DecisionForm, *, allowed: Any, status: int = 200, read: int | None = None
) -> HttpResponse:
    concept = gate.concept
    since = read if status == 409 and read is not None else concept.edition
    voices, voice_count = voices_of(concept.contribution)
    if status == 409 and gate.state == Gate.State.WAITING:  # they have now seen what changed: sending again is meant
        form.data = {**{name: form.data[name] for name in form.data}, "edition": str(concept.edition)}
    corrects = gate.state == Gate.State.DECIDED and "correction" in form.fields
    if status == 409 and corrects:
        take_up(form, gate.version)
    sends = bool(allowed) and (corrects or gate.state == Gate.State.WAITING or not form.is_bound)
    context = {
        "gate": gate,
        "item": concept.contribution,
        "view": view,
        "form": form if form.is_bound or (allowed and gate.state != Gate.State.PLANNED) else None,
        "refusal": "" if allowed else str(allowed.reason),
        "corrects": corrects,
        "too_late": not sends,
        "parts": [
            {"title": str(each.section.title), "blocks": blocks_of(each.text), "key": each.section.key}
            for each in written_sections(concept)
            if each.text
        ],
        "changes": _changes_since(gate, since) if since != concept.edition else [],
        "voices": voices,
        "voice_count": voice_count,
    }
    return render(request, "coproduction/gate.html", context, status=status)


def _changes_since(gate: Gate, edition: int) -> list[dict[str, Any]]:
    old, new = texts_at(gate.concept, edition), texts_at(gate.concept, gate.concept.edition)
    lead, row = lead_at(gate.concept, edition), gate.concept.contribution
    words = [(_("Title"), lead.title, row.title), (_("Lead"), lead.text, row.text)] if lead else []
    return [{"title": title, "parts": differences(before, after)} for title, before, after in words if before != after] + [
        {"title": str(each.title), "parts": differences(old.get(each.key, ""), new.get(each.key, ""))}
        for each in all_sections()
        if old.get(each.key, "") != new.get(each.key, "")
    ]
