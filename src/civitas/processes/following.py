"""Following a process: the box on its page, and what is pressed there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from civitas.kit.redirects import SeeOther
from civitas.kit.verdicts import Refused
from civitas.people.guests import taking_part
from civitas.processes.followers import follow_by_mail, follow_process, follows, unfollow_process
from civitas.processes.models import Process
from civitas.processes.rules import may_follow

if TYPE_CHECKING:
    from django.http import HttpRequest


class MailForm(forms.Form):
    """Where news of a process goes for who has no account."""

    mail = forms.EmailField(
        label=_("Your mail address"),
        max_length=254,
        error_messages={
            "required": _("Please give your mail address."),
            "invalid": _("This does not look like a mail address. Please check it."),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


def follow_context(request: HttpRequest, process: Process, **more: Any) -> dict[str, Any]:
    """What `processes/_follow.html` takes: whether one may follow and does, and for guests where their mail stands; one query at most."""
    person, following = request.actor.participant, follows(request.actor, process)
    asks_mail = following and person is not None and person.is_guest and not person.guest_mail_confirmed_at
    return {
        "process": process,
        "may_follow": bool(may_follow(request.actor, process)),
        "following": following,
        "mail_form": MailForm(initial={"mail": person.guest_mail}) if asks_mail and person else None,
        "waits_for": person.guest_mail if asks_mail and person else "",
        "refusal": "",
    } | more


def _process(request: HttpRequest, slug: str) -> Process:
    city = request.city
    found: Process | None = Process.objects.of(city).filter(slug=slug).first() if city and city.has_module("processes") else None
    if found is None:
        raise Http404
    may_follow(request.actor, found).require()
    found.city = city
    return found  # who follows it is asked after the press


@login_not_required
@require_POST
def change_follow(request: HttpRequest, slug: str) -> HttpResponse:
    """Follow a process, or no longer; who is new here becomes a guest."""
    process = _process(request, slug)
    try:
        with taking_part(request) as visitor:
            (unfollow_process if request.POST.get("back") else follow_process)(visitor.actor, process)
    except Refused as refused:
        if "HX-Request" not in request.headers:
            raise
        return _answer(request, process, refusal=refused.reason)
    request.actor = visitor.actor
    if request.POST.get("next") == "mine":
        return visitor.remember(SeeOther(reverse("my_follows")))
    return visitor.remember(_answer(request, process))


@login_not_required
@require_POST
def follow_with_mail(request: HttpRequest, slug: str) -> HttpResponse:
    """Follow as a guest by mail; what is wrong with the address is said beside it."""
    process, form = _process(request, slug), MailForm(request.POST)
    if not form.is_valid():
        return _answer(request, process, status=422, mail_form=form)
    try:
        with taking_part(request) as visitor:
            follow_by_mail(visitor.actor, process, form.cleaned_data["mail"])
    except Refused as refused:
        form.add_error("mail", str(refused.reason))
        return _answer(request, process, status=refused.status, mail_form=form)
    request.actor = visitor.actor
    person = request.actor.participant
    if person is not None:
        person.refresh_from_db(fields=["guest_mail", "guest_mail_confirmed_at"])
    return visitor.remember(_answer(request, process))


def _answer(request: HttpRequest, process: Process, *, status: int = 200, **more: Any) -> HttpResponse:
    """The box for a swap; without a script the process's page, or where something is wrong the box as a page of its own."""
    if "HX-Request" in request.headers:
        return render(request, "processes/_follow.html", follow_context(request, process, **more))
    if status != 200:
        return render(request, "processes/follow.html", follow_context(request, process, **more), status=status)
    return SeeOther(f"{reverse('process', args=[process.slug])}#folgen")
