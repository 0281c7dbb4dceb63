"""Inviting into the team, and the link by which somebody accepts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from civitas.kit.redirects import SeeOther
from civitas.kit.refusals import show_refusal
from civitas.kit.verdicts import Refused
from civitas.people.models import User
from civitas.team.actions import accept_invitation, invitation_by_token, invite, withdraw_invitation
from civitas.team.forms import AcceptForm, InviteForm
from civitas.team.models import Invitation
from civitas.team.queries import STAFF_ROLES
from civitas.team.rules import GONE, may_accept, may_lead
from civitas.team.views.colleagues import role_choices
from civitas.team.views.doors import enter
from civitas.team.words import RIGHTS, role_in_words

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invite_somebody(request: HttpRequest) -> HttpResponse:
    """The form of an invitation; sent, its link goes out by mail."""
    city = enter(request, may_lead)
    form = InviteForm(city, request.POST if request.method == "POST" else None, initial={"language": request.language})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                row = invite(request.actor, **form.chosen)
            except Refused as refused:
                show_refusal(form, refused)
                status = 422 if refused.fields else refused.status
            else:
                messages.success(request, _("The invitation to %(mail)s goes out now. The link holds for 14 days.") % {"mail": row.mail})
                return redirect("team")
    return render(request, "team/invite.html", {"form": form, "role_choices": role_choices(form)}, status=status)


def _open_row(request: HttpRequest, uid: UUID) -> Invitation:
    city = enter(request, may_lead)
    return get_object_or_404(Invitation.objects.of(city).select_related("organisation"), uid=uid)


@require_POST
def renew(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Send an invitation once more; from now on it holds for 14 days."""
    row = _open_row(request, uid)
    if row.used_at or row.withdrawn_at or not row.mail:
        messages.error(request, _("This invitation is over. Please invite the person anew."))
    else:
        try:
            invite(request.actor, mail=row.mail, role=row.role, organisation=row.organisation, ends_on=row.ends_on, language=row.language)
        except Refused as refused:  # the role's last day is over by now, or they hold it already
            messages.error(request, str(refused.reason))
        else:
            messages.success(request, _("The invitation to %(mail)s goes out now. The link holds for 14 days.") % {"mail": row.mail})
    return redirect("team")


@require_POST
def withdraw(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take an invitation back."""
    row = _open_row(request, uid)
    withdraw_invitation(request.actor, row)
    messages.success(request, _("Taken back. The link in the mail leads nowhere any more."))
    return redirect("team")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """What the link offers; who is signed in accepts by one press, under a name. A link that does not hold says why."""
    if request.city is None:
        raise Http404
    try:
        row = invitation_by_token(request.city, token)
    except Refused as refused:
        return _nothing(request, refused)
    person = request.actor.participant
    if row.used_at and person is not None and row.used_by_id == person.pk:
        return redirect(_door(row))
    holds = may_accept(row)
    if not holds:
        return _nothing(request, Refused(holds.reason, status=holds.status))
    user = request.user if isinstance(request.user, User) else None
    form = AcceptForm(request.POST if request.method == "POST" else None, initial={"name": person.pseudonym if person and user else ""})
    status = 200
    if request.method == "POST":
        if user is None:
            return redirect("answer_invitation", token=token)
        status = 422
        if form.is_valid():
            try:
                accept_invitation(request.city, user, row, language=request.language, **form.cleaned_data)
            except Refused as refused:
                if refused.status == GONE:
                    return _nothing(request, refused)
                show_refusal(form, refused)
                status = 422 if refused.fields else refused.status
            else:
                messages.success(request, _("Welcome to the team, %(name)s.") % {"name": form.cleaned_data["name"]})
                return SeeOther(reverse(_door(row)))
    context: dict[str, Any] = {
        "row": row,
        "role": role_in_words(row.role, row.organisation),
        "rights": RIGHTS[row.role],
        "form": form,
        "mail": user.email if user else "",
        "is_other": user is not None and user.email.lower() != row.mail,
        "here": request.get_full_path(),
    }
    return render(request, "team/accept.html", context, status=status)


def _door(row: Invitation) -> str:
    return "staff" if row.role in STAFF_ROLES else "account"


def _nothing(request: HttpRequest, refused: Refused) -> HttpResponse:
    return render(request, "team/no_invitation.html", {"problem": str(refused.reason)}, status=refused.status)
