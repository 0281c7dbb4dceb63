"""Report something illegal, follow it over a link, answer, complain; the statement of reasons. Nobody has to sign in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from civitas.kit.redirects import SeeOther
from civitas.kit.refusals import carry_out
from civitas.kit.templatetags.kit import localized
from civitas.notices.addresses import site_of
from civitas.unlawful.actions.decisions import complain
from civitas.unlawful.actions.reports import answer_question, report_unlawful
from civitas.unlawful.forms import ComplaintForm, ReportForm, WordsForm
from civitas.unlawful.models import Matter, Question, Report
from civitas.unlawful.queries import complaints_of, matter_by_token, matters_of, questions_of, report_by_token
from civitas.unlawful.rules import complaints_until, may_complain
from civitas.unlawful.wording import after_turning, is_shown

if TYPE_CHECKING:
    from django.forms import BaseForm
    from django.http import HttpRequest

    from civitas.unlawful.models import Complaint

TYPED = ("uid", "addresses", "ground", "explanation", "name", "mail", "without_name", "in_good_faith")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """Article 16: anybody reports what may be illegal; the answer is a receipt with a file number and a link."""
    if request.city is None:
        raise Http404
    form = ReportForm(request.POST if request.method == "POST" else None, initial=_prefilled(request))
    status = 200
    if request.method == "POST":
        status, made = carry_out(
            form, lambda: report_unlawful(request.actor, language=request.language, **{name: form.cleaned_data[name] for name in TYPED})
        )
        if made is not None:
            return SeeOther(f"{localized(made.path)}?danke=1")
    return render(request, "unlawful/report.html", {"form": form}, status=status)


def _prefilled(request: HttpRequest) -> dict[str, str]:
    """The address from which somebody came, and who is signed in."""
    path = request.GET.get("adresse", "")[:300]
    person = request.actor.participant
    return {
        "addresses": f"{site_of(request.city)}{path}" if path.startswith("/") and not path.startswith("//") else "",
        "name": person.pseudonym if person and person.user else "",
        "mail": person.user.email if person and person.user else "",
    }


@login_not_required
@never_cache
@require_safe
def show_report(request: HttpRequest, token: str) -> HttpResponse:
    """What became of a report, for whoever has its link; right after sending it is the receipt (Article 16(4))."""
    return _report_page(request, _found(request, token))


def _found(request: HttpRequest, token: str) -> Report:
    row = report_by_token(request.city, token) if request.city else None
    if row is None:
        raise Http404
    return row


def _report_page(
    request: HttpRequest, row: Report, *, forms: dict[tuple[str, int], BaseForm] | None = None, status: int = 200
) -> HttpResponse:
    forms = forms or {}
    complaints = {complaint.matter_id: complaint for complaint in complaints_of(row.city, report=row)}
    asked = questions_of(row.city, report=row)
    parts = []
    matters = list(matters_of(row))
    for matter in matters:
        known: Complaint | None = complaints.get(matter.pk)
        parts.append(
            {
                "matter": matter,
                "questions": [
                    {
                        "row": each,
                        "form": None
                        if each.answered_at
                        else forms.get(("question", each.pk)) or WordsForm(auto_id=f"question{each.pk}_%s"),
                    }
                    for each in asked
                    if each.matter_id == matter.pk
                ],
                "complaint": known,
                "form": forms.get(("matter", matter.pk)) or ComplaintForm(auto_id=f"complaint{matter.pk}_%s")
                if may_complain(matter, row, known)
                else None,
                "until": complaints_until(matter),
            }
        )
    context = {
        "report": row,
        "parts": parts,
        # Who comes back by this address reads what became of it, and no thanks any more.
        "thanks": bool(request.GET.get("danke")) and not any(matter.is_decided for matter in matters),
        "link": f"{site_of(row.city)}{localized(row.path)}",
    }
    return render(request, "unlawful/state.html", context, status=status)


@login_not_required
@never_cache
@require_POST
def answer(request: HttpRequest, token: str, key: int) -> HttpResponse:
    """The reporter answers the team's question."""
    row = _found(request, token)
    question = Question.objects.of(row.city).filter(report=row, pk=key).first()
    if question is None:
        raise Http404
    form = WordsForm(request.POST, auto_id=f"question{key}_%s")
    status, _made = carry_out(form, lambda: answer_question(request.actor, row, question, text=form.cleaned_data["text"]))
    return SeeOther(localized(row.path)) if status == 200 else _report_page(request, row, forms={("question", key): form}, status=status)


@login_not_required
@never_cache
@require_POST
def complain_as_reporter(request: HttpRequest, token: str, key: int) -> HttpResponse:
    """Article 20: the reporter does not agree with a decision."""
    row = _found(request, token)
    matter = next((each for each in matters_of(row) if each.pk == key), None)
    if matter is None:
        raise Http404
    form = ComplaintForm(request.POST, auto_id=f"complaint{key}_%s")
    status, _made = carry_out(
        form, lambda: complain(request.actor, matter, row, uid=form.cleaned_data["uid"], text=form.cleaned_data["text"])
    )
    return SeeOther(localized(row.path)) if status == 200 else _report_page(request, row, forms={("matter", key): form}, status=status)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show_statement(request: HttpRequest, token: str) -> HttpResponse:
    """Article 17: the author reads why their text is not shown, and complains here (Article 20)."""
    matter = matter_by_token(request.city, token) if request.city else None
    if matter is None or not matter.is_decided or (not matter.is_restricted and matter.changed_at is None):
        raise Http404
    known = next(iter(complaints_of(matter.city, matter=matter, report=None)), None)
    form: ComplaintForm | None = None
    status = 200
    if request.method == "POST":
        form = ComplaintForm(request.POST)
        typed = form
        status, _made = carry_out(
            form, lambda: complain(request.actor, matter, None, uid=typed.cleaned_data["uid"], text=typed.cleaned_data["text"])
        )
        if status == 200:
            return SeeOther(localized(matter.path))
    elif may_complain(matter, None, known):
        form = ComplaintForm()
    context = {
        "matter": matter,
        "complaint": known,
        "form": form,
        "until": complaints_until(matter),
        "thing": _thing(matter),
        "is_shown": is_shown(matter),
        "after": "" if matter.is_restricted else after_turning(matter),
    }
    return render(request, "unlawful/statement.html", context, status=status)


def _thing(matter: Matter) -> str:
    """What the author's text is called, as long as there are words."""
    row = matter.contribution
    if row is None or row.visibility == row.Visibility.ERASED:
        return ""
    return row.title or (row.root.title if row.root else "")
