"""What an author is asked: on a page of one's own, or by the link of a mail that works without a login."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from civitas.contributions.models import Contribution
from civitas.kit.redirects import SeeOther
from civitas.kit.refusals import show_refusal
from civitas.kit.templatetags.kit import localized
from civitas.kit.verdicts import Refused
from civitas.merging.actions import answer_question, object_to_merge
from civitas.merging.forms import AnswerForm, ObjectionForm
from civitas.merging.queries import consent_by_key, merge_of
from civitas.merging.rules import may_answer_question, may_object
from civitas.merging.tokens import consent_of_token
from civitas.people.actors import actor_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from civitas.merging.models import Consent
    from civitas.people.actors import Actor


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show_question(request: HttpRequest, key: int) -> HttpResponse:
    """The question to its author, signed in or known as a guest."""
    if request.city is None:
        raise Http404
    if request.actor.participant is None:
        return redirect_to_login(request.get_full_path())
    consent = consent_by_key(request.city, key)
    if consent is None:
        raise Http404
    return _question(request, request.actor, consent)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show_by_mail(request: HttpRequest, token: str) -> HttpResponse:
    """The same by the signed link of the mail."""
    consent = consent_of_token(request.city, token) if request.city else None
    if consent is None or consent.author is None:
        return render(request, "merging/no_question.html", status=404)
    return _question(request, actor_of(consent.author), consent)


def _question(request: HttpRequest, actor: Actor, consent: Consent) -> HttpResponse:
    allowed = may_answer_question(actor, consent)
    if allowed.status == 404 and not allowed:
        raise Http404
    form = AnswerForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                answer_question(actor, consent, answer=form.cleaned_data["answer"], words=form.cleaned_data["words"])
            except Refused as refused:
                show_refusal(form, refused)
                status = 422 if refused.fields else refused.status
            else:
                return SeeOther(request.path)
    context = {"consent": consent, "row": consent.contribution, "head": consent.proposal.head, "form": form, "allowed": allowed}
    return render(request, "merging/question.html", context, status=status)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def object_to(request: HttpRequest, number: int) -> HttpResponse:
    """An author asks the team to undo that their contribution was put together with another."""
    if request.city is None:
        raise Http404
    if request.actor.participant is None:
        return redirect_to_login(request.get_full_path())
    rows = Contribution.objects.of(request.city).filter(number=number, author=request.actor.participant)
    row: Contribution | None = rows.first()
    merge = merge_of(row) if row is not None else None
    if merge is None:
        raise Http404
    allowed = may_object(request.actor, merge)
    form = ObjectionForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST" and allowed:
        status = 422
        if form.is_valid():
            try:
                object_to_merge(request.actor, merge, words=form.cleaned_data["words"])
            except Refused as refused:
                show_refusal(form, refused)
                status = 422 if refused.fields else refused.status
            else:
                messages.success(request, _("Thank you. The team reads this and writes to you."))
                return SeeOther(localized(merge.contribution.path))
    return render(request, "merging/objection.html", {"merge": merge, "form": form, "allowed": allowed}, status=status)
