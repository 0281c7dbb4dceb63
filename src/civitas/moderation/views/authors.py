"""What authors see of a decision: the reason, one click to object, and the question that the team asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from civitas.contributions.models import Contribution
from civitas.contributions.rules import is_author
from civitas.kit.redirects import SeeOther
from civitas.kit.refusals import carry_out
from civitas.moderation.appeals import answer_question, appeal_decision
from civitas.moderation.forms import ObjectionForm, WordsForm
from civitas.moderation.models import Appeal, Decision, Verb
from civitas.moderation.queries import questions_to
from civitas.moderation.rules import may_answer_question, may_appeal
from civitas.moderation.wording import friendly

if TYPE_CHECKING:
    from django.http import HttpRequest

    from civitas.people.models import Participant


def _found(request: HttpRequest, key: int) -> Decision:
    """A decision about what the reader gave; for everybody else it does not exist."""
    if request.city is None:
        raise Http404
    rows = Decision.objects.of(request.city).select_related("case", "contribution", "contribution__root", "suspension")
    decision: Decision | None = rows.filter(pk=key).first()
    if decision is None or decision.contribution is None or not is_author(request.actor, decision.contribution):
        raise Http404
    return decision


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show_decision(request: HttpRequest, key: int) -> HttpResponse:
    """Why something is not shown or was moved, and the button to object. Guests are known by their browser."""
    if request.city is not None and request.actor.participant is None:
        return redirect_to_login(request.get_full_path())
    decision = _found(request, key)
    form = ObjectionForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status, made = carry_out(form, lambda: appeal_decision(request.actor, decision, words=form.cleaned_data["words"]))
        if made is not None:
            messages.success(request, _("Thank you. Another person of the team looks at it, and we write to you."))
            return SeeOther(request.path)
    row = decision.contribution
    assert row is not None  # `_found` asks for it
    appeal = Appeal.objects.of(request.city).select_related("outcome_decision").filter(decision=decision, side=Appeal.Side.AUTHOR).first()
    context = {
        "decision": decision,
        "row": row,
        "name": _title_of(row),
        "friendly": friendly(decision.reason),
        "appeal": appeal,
        "allowed": appeal is None and bool(may_appeal(request.actor, decision)),
        "hides": decision.hides,
        "form": form,
    }
    return render(request, "moderation/decision.html", context, status=status)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show_question(request: HttpRequest, key: int) -> HttpResponse:
    """What the team asks, and the author's answer, which goes to the team alone."""
    if request.city is not None and request.actor.participant is None:
        return redirect_to_login(request.get_full_path())
    decision = _found(request, key)
    allowed = may_answer_question(request.actor, decision)
    if allowed.status == 404:
        raise Http404
    form = WordsForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status, _made = carry_out(form, lambda: answer_question(request.actor, decision, text=form.cleaned_data["text"]))
        if status == 200:
            messages.success(request, _("Thank you for your answer. The team reads it now."))
            return SeeOther(request.path)
    row = decision.contribution
    assert row is not None  # `_found` asks for it
    context = {
        "decision": decision,
        "row": row,
        "name": _title_of(row),
        "form": form,
        "allowed": allowed,
    }
    return render(request, "moderation/question.html", context, status=status)


def _title_of(row: Contribution) -> str:
    """What a contribution is called, a comment by what it is about."""
    return row.title or (row.root.title if row.root else "")


def render_mine(request: HttpRequest, row: Contribution) -> str:
    """On their own contribution's page: why it is not shown, and what the team asks, be it shown or not."""
    if not is_author(request.actor, row):
        return ""
    last = Decision.objects.of(row.city_id).filter(contribution=row, undone_at=None).select_related("case").order_by("-pk").first()
    if last is None:
        return ""
    last.contribution = row
    asks = last.verb == Verb.ASK
    is_said = bool(may_answer_question(request.actor, last)) if asks else row.visibility != Contribution.Visibility.PUBLISHED
    if last.verb == Verb.PUBLISH or not is_said:
        return ""
    name = "question" if asks else "decision"
    return render_to_string("moderation/_mine.html", {"decision": last, "url": reverse(name, args=[last.pk])}, request=request)


def render_questions(request: HttpRequest, participant: Participant | None) -> str:
    """On "my page": what the team asks about what one gave, comments too; one query."""
    rows = questions_to(participant) if participant is not None else []
    questions = [{"row": row, "title": _title_of(row.contribution)} for row in rows if row.contribution is not None]
    return render_to_string("moderation/_my_questions.html", {"questions": questions}, request=request) if questions else ""
