"""Who works for the city: the list with departments, absences and workload, and one person with their roles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from civitas.kit import days
from civitas.kit.redirects import SeeOther
from civitas.kit.refusals import carry_out, show_refusal
from civitas.kit.verdicts import Refused
from civitas.people.models import Membership, Participant
from civitas.people.queries import memberships_of
from civitas.people.roles import change_end, give_role, take_role
from civitas.team.actions.invitations import check_role
from civitas.team.forms import EndForm, NoteForm, RoleForm
from civitas.team.queries import (
    colleague_by_uid,
    coming_absences,
    done_notes,
    open_invitations,
    open_notes,
    speakers,
    team_of,
)
from civitas.team.rules import may_lead, may_see_team, may_set_absence
from civitas.team.views.doors import enter
from civitas.team.words import RIGHTS
from civitas.team.workload import said_of, totals_of, unattended, workload_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

    from civitas.cities.models import City
    from civitas.team.queries import Colleague


@never_cache
@require_safe
def show_team(request: HttpRequest) -> HttpResponse:
    """Everybody who works here by department, who is away, how much lies where, notes and open invitations."""
    return team_page(request)


def team_page(request: HttpRequest, *, note: NoteForm | None = None) -> HttpResponse:
    """The team's page, with a note's form as it was typed."""
    city = enter(request, may_see_team)
    team, workload = team_of(city), workload_of(city)
    leads = bool(may_lead(request.actor))
    figures = city.shows_staff_figures
    context = {
        "groups": _groups(team, workload if figures else {}),
        "count": len(team),
        "away_count": sum(1 for each in team if each.absence),
        "leads": leads,
        "me": request.actor.participant,
        "figures": figures,
        "totals": totals_of(team, workload),
        "unattended": unattended(team, workload),
        "works_out": any(workload.values()),
        "invitations": open_invitations(city) if leads else [],
        "speakers": speakers(city) if leads else [],
        "notes": open_notes(city),
        "done": done_notes(city),
        "form": note or NoteForm(),
        "today": city.today,
    }
    return render(request, "team/team.html", context, status=422 if note else 200)


def _groups(team: list[Colleague], workload: dict[int, Any]) -> list[dict[str, Any]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for each in team:
        name = each.department.name if each.department else ""
        groups.setdefault(name, []).append({"who": each, "loads": said_of(workload.get(each.person.pk, []))})
    # Who works for the city as a whole comes last, since it is said by no name.
    return [{"name": name, "lines": groups[name]} for name in sorted(groups, key=lambda name: (not name, name.casefold()))]


def _person(city: City, uid: UUID) -> Participant:
    return get_object_or_404(Participant.objects.of(city).filter(erased_at=None).select_related("city"), uid=uid)


def colleague_page(request: HttpRequest, person: Participant, *, form: RoleForm | None = None) -> HttpResponse:
    """One person with their roles and absences; a form as it was typed."""
    city, leads = person.city, bool(may_lead(request.actor))
    colleague = colleague_by_uid(city, person.uid)
    memberships = memberships_of(city, person)
    # Who only takes part is nobody's business here; who speaks for an organisation is the administrators'.
    if colleague is None and not (leads and memberships):
        raise Http404
    loads = workload_of(city).get(person.pk, []) if city.shows_staff_figures else []
    roles = form or (RoleForm(city) if leads else None)
    context = {
        "person": person,
        "colleague": colleague,
        "memberships": [{"row": row, "rights": RIGHTS[row.role]} for row in memberships],
        "loads": said_of(loads),
        "leads": leads,
        "absences": coming_absences(city, person),
        "may_absent": colleague is not None and bool(may_set_absence(request.actor, person)),
        "form": roles,
        "role_choices": role_choices(roles) if roles else [],
        "today": city.today,
    }
    return render(request, "team/colleague.html", context, status=422 if form else 200)


def role_choices(form: RoleForm) -> list[dict[str, Any]]:
    """The roles of a form, each with what it may do."""
    return [{"choice": choice, "rights": RIGHTS[choice.data["value"]]} for choice in form["role"]]


@never_cache
@require_safe
def show_colleague(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One of the team."""
    return colleague_page(request, _person(enter(request, may_see_team), uid))


@require_POST
def give_to_colleague(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Let somebody who is here already hold one more role."""
    city = enter(request, may_lead)
    person = _person(city, uid)
    form = RoleForm(city, request.POST)
    if not form.is_valid():
        return colleague_page(request, person, form=form)
    try:
        check_role(city, form.chosen["role"], form.chosen["organisation"])
        give_role(request.actor, person, **form.chosen)
    except Refused as refused:
        show_refusal(form, refused)
        return colleague_page(request, person, form=form)
    messages.success(request, _("Done. It holds from the next page that they open."))
    return redirect("colleague", uid=person.uid)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change_role_end(request: HttpRequest, key: int) -> HttpResponse:
    """Until when somebody holds a role; on POST another day, or none."""
    city = enter(request, may_lead)
    row = Membership.objects.of(city).filter(pk=key).select_related("participant", "organisation").first()
    if row is None:
        raise Http404
    form = EndForm(request.POST if request.method == "POST" else None, initial={"ends_on": row.ends_on})
    status = 200
    if request.method == "POST":
        status, _done = carry_out(form, lambda: change_end(request.actor, row, form.cleaned_data["ends_on"]))
        if status == 200:
            ends_on = form.cleaned_data["ends_on"]
            said = _("Done. The role holds until %(day)s.") % {"day": days.day(ends_on)} if ends_on else _("Done. The role has no end.")
            messages.success(request, said)
            return SeeOther(reverse("colleague", args=[row.participant.uid]))
    context = {"row": row, "form": form, "is_me": row.participant == request.actor.participant}
    return render(request, "team/role_end.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def take_from_colleague(request: HttpRequest, key: int) -> HttpResponse:
    """Ask whether a role shall be taken away, and take it."""
    city = enter(request, may_lead)
    row = Membership.objects.of(city).filter(pk=key).select_related("participant", "organisation").first()
    if row is None:
        raise Http404
    problem = ""
    if request.method == "POST":
        try:
            take_role(request.actor, row)
        except Refused as refused:
            problem = str(refused.reason)
        else:
            messages.success(request, _("Done. %(who)s does not hold this role any more.") % {"who": row.participant.shown_name})
            left = bool(memberships_of(city, row.participant)) and bool(may_lead(request.actor))
            return redirect("colleague", uid=row.participant.uid) if left else redirect("team")
    context = {"row": row, "rights": RIGHTS[row.role], "problem": problem, "is_me": row.participant == request.actor.participant}
    return render(request, "team/take_role.html", context, status=409 if problem else 200)
