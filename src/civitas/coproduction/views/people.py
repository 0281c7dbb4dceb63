"""Who writes along: ask, be taken in, invite, leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from civitas.coproduction.actions.people import (
    ask_to_write,
    come_by_invitation,
    decide_on_member,
    invitation_token,
    leave,
    renew_invitation,
)
from civitas.coproduction.forms import AskForm
from civitas.coproduction.models import Member
from civitas.coproduction.queries import concept_of, member_of, members_of, writers_of
from civitas.coproduction.rules import may_ask, may_begin, may_take_in
from civitas.coproduction.views.finding import found_concept, found_row, take_part
from civitas.kit.redirects import SeeOther
from civitas.kit.refusals import carry_out
from civitas.kit.templatetags.kit import localized
from civitas.kit.verdicts import Refused

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, number: int) -> HttpResponse:
    """Ask to write along."""
    row = found_row(request, number)
    concept = concept_of(request.city, row)
    take_part(request)
    allowed = may_ask(request.actor, concept, member_of(request.actor, concept)) if concept else may_begin(request.actor)
    form = AskForm(request.actor, request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status, made = carry_out(
            form, lambda: ask_to_write(request.actor, row, words=form.cleaned_data["words"], organisation=form.speaker)
        )
        if made is not None:
            said = _("You are in. Choose a section and begin.")
            if made.state == Member.State.ASKED:
                said = _("Your request is on its way. Those who write decide about it, and you hear from them.")
            messages.success(request, said)
            return SeeOther(reverse("concept", args=[number]))
    elif request.actor.participant is not None:
        allowed.require()
    return render(request, "coproduction/ask.html", {"item": row, "form": form}, status=status)


@require_POST
def leave_concept(request: HttpRequest, number: int) -> HttpResponse:
    """No longer write along."""
    concept = found_concept(request, number)
    leave(request.actor, concept)
    messages.success(request, _("You no longer write along. What you wrote stays, and you can come back."))
    return SeeOther(localized(concept.contribution.path))


@never_cache
@require_http_methods(["GET", "HEAD"])
def show_people(request: HttpRequest, number: int) -> HttpResponse:
    """Who writes, who asks to, and the link by which others come."""
    concept = found_concept(request, number)
    may_take_in(request.actor, concept, member_of(request.actor, concept)).require()
    members = members_of(concept)
    link = reverse("concept_invitation", args=[number, invitation_token(concept)])
    context = {
        "item": concept.contribution,
        "asking": [each for each in members if each.state == Member.State.ASKED],
        "refused": [each for each in members if each.state == Member.State.REFUSED],
        "writers": writers_of(concept, members),
        "me": request.actor.participant,
        "invitation": request.build_absolute_uri(link),
    }
    return render(request, "coproduction/people.html", context)


@require_POST
def renew_link(request: HttpRequest, number: int) -> HttpResponse:
    """Make the old link of invitation void."""
    renew_invitation(request.actor, found_concept(request, number))
    messages.success(request, _("There is a new link. The old one leads nowhere any more."))
    return SeeOther(reverse("concept_people", args=[number]))


@require_POST
def decide(request: HttpRequest, number: int, key: int) -> HttpResponse:
    """Take somebody in who asked, or not, or let them go."""
    concept = found_concept(request, number)
    try:
        row = decide_on_member(
            request.actor, concept, key, state=request.POST.get("state", ""), seen=request.POST.get("seen", Member.State.ASKED)
        )
    except Refused as refused:
        if refused.status != 409:
            raise
        messages.error(request, str(refused.reason))
    else:
        said = _("Done. %(who)s hears of it.")
        if row.state == Member.State.LEFT:
            said = _("Done. %(who)s no longer writes along. The old link of invitation leads nowhere any more.")
        messages.success(request, said % {"who": row.shown_name})
    return SeeOther(reverse("concept_people", args=[number]))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def come(request: HttpRequest, number: int, token: str) -> HttpResponse:
    """Come by the link that somebody who writes passed on."""
    concept = found_concept(request, number)
    take_part(request)
    form = AskForm(request.actor, request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return render(request, "coproduction/come.html", {"item": concept.contribution, "form": form})
    status, made = carry_out(form, lambda: come_by_invitation(request.actor, concept, token, organisation=form.speaker))
    if made is None:
        return render(request, "coproduction/come.html", {"item": concept.contribution, "form": form}, status=status)
    messages.success(request, _("You are in. Choose a section and begin."))
    return SeeOther(reverse("concept", args=[number]))
