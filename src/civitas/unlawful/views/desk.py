"""The team's desk for what was reported as illegal: the list, one matter, questions, decisions, complaints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from civitas.contributions.gallery import media_of
from civitas.contributions.queries import pictures
from civitas.kit.refusals import carry_out
from civitas.unlawful.actions.decisions import decide_complaint, decide_matter, note_police_told
from civitas.unlawful.actions.evidence import erase_for_good, propose_evidence
from civitas.unlawful.actions.reports import ask_reporters, take_up
from civitas.unlawful.forms import ComplaintDecisionForm, DecisionForm, PoliceForm, QuestionForm, SecureForm, TakeUpForm
from civitas.unlawful.models import Complaint, Ground, Matter
from civitas.unlawful.queries import (
    A_PAGE,
    complaints_of,
    counted,
    evidence_of,
    matter_by_key,
    matters_page,
    matters_with_complaints,
    open_pile,
    questions_of,
    reports_of,
)
from civitas.unlawful.rules import may_decide_complaint, may_erase, may_keep_evidence
from civitas.unlawful.views.entering import enter, found

if TYPE_CHECKING:
    from django.forms import BaseForm
    from django.http import HttpRequest, HttpResponse

COMPLAINTS = "complaints"


@never_cache
@require_safe
def show_matters(request: HttpRequest) -> HttpResponse:
    """What was reported as illegal, by state and ground, the newest first; complaints that wait are a view of their own."""
    city = enter(request)
    asked, ground = request.GET.get("ansicht", ""), request.GET.get("grund", "")
    view = asked if asked in {*Matter.State.values, COMPLAINTS} else Matter.State.OPEN.value
    ground = ground if ground in Ground.values else ""
    cursor = request.GET.get("nach", "")
    matters, complaints, after = [], [], ""
    if view == COMPLAINTS:
        waiting = matters_with_complaints(city, cursor=cursor)
        complaints, after = waiting.rows, waiting.next_cursor
    else:
        page = matters_page(city, state=view, ground=ground, cursor=cursor)
        matters, after = page.rows, page.next_cursor
    kept = {"ansicht": view, **({"grund": ground} if ground else {})}
    context = {
        "tabs": _tabs(request, view),
        "view": view,
        "matters": matters,
        "complaints": complaints,
        "ground": ground,
        "grounds": Ground.choices,
        "next_url": f"?{urlencode({**kept, 'nach': after})}" if after else "",
        "size": A_PAGE,
    }
    return render(request, "unlawful/matters.html", context)


@never_cache
@require_safe
def go_to_matter(request: HttpRequest, contribution: int) -> HttpResponse:
    """From the queue to the reports of a contribution or comment (by its key), the newest matter first."""
    matter = found(Matter.objects.of(enter(request)).filter(contribution=contribution).order_by("-pk").first())
    return redirect("matter", key=matter.pk)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def take_something_up(request: HttpRequest) -> HttpResponse:
    """Take up what nobody has reported: from then on it is decided, secured and told like a reported one."""
    enter(request)
    form = TakeUpForm(request.POST if request.method == "POST" else None, initial={"address": request.GET.get("adresse", "")[:300]})
    status = 200
    if request.method == "POST":
        status, matter = carry_out(form, lambda: take_up(request.actor, **form.cleaned_data))
        if matter is not None:
            return redirect("matter", key=matter.pk)
    return render(request, "unlawful/take_up.html", {"form": form}, status=status)


def _tabs(request: HttpRequest, view: str) -> list[dict[str, Any]]:
    waiting = counted(Complaint.objects.of(request.city).filter(outcome=""))
    names: dict[str, tuple[str, int | None]] = {
        Matter.State.OPEN: (_("To decide"), open_pile(request.city).count),
        Matter.State.ASKED: (_("Asked"), None),
        COMPLAINTS: (_("Complaints"), waiting),
        Matter.State.DECIDED: (_("Decided"), None),
    }
    address = reverse("matters")
    return [
        {"label": label, "url": f"{address}?ansicht={key}", "current": key == view, "count": count} for key, (label, count) in names.items()
    ]


def _found(request: HttpRequest, key: int) -> Matter:
    return found(matter_by_key(enter(request), key))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show_matter(request: HttpRequest, key: int) -> HttpResponse:
    """One reported thing with all reports, and the decision with its reasons (Article 17)."""
    matter = _found(request, key)
    if request.method != "POST":
        return _page(request, matter)
    form = DecisionForm(request.POST)
    status, _made = carry_out(form, lambda: decide_matter(request.actor, matter, **form.cleaned_data))
    if status == 200:
        messages.success(request, _("Decided. The author and those who reported it hear of it, with the reasons."))
        return redirect("matter", key=key)
    return _page(request, matter_by_key(matter.city, key) or matter, decision=form, status=status)


def _page(
    request: HttpRequest,
    matter: Matter,
    *,
    decision: BaseForm | None = None,
    question: BaseForm | None = None,
    police: BaseForm | None = None,
    secured: BaseForm | None = None,
    complaint: tuple[int, BaseForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    row = matter.contribution
    evidence = evidence_of(matter)
    is_gone = row is None or row.visibility == row.Visibility.ERASED
    if row is not None:
        prefetch_related_objects([row], pictures(matter.city))
    context = {
        "matter": matter,
        "row": None if is_gone else row,
        "is_gone": is_gone and matter.erased_at is not None,
        "media": media_of(row, may_describe=False) if row is not None and not is_gone else {},
        "title": "" if row is None or is_gone else row.title or (row.root.title if row.root else ""),
        "staff_url": _staff_url(matter) if not is_gone else "",
        "reports": reports_of(matter),
        "questions": questions_of(matter.city, matter=matter),
        "complaints": [
            {
                "row": each,
                "allowed": may_decide_complaint(request.actor, each),
                "form": complaint[1] if complaint and complaint[0] == each.pk else ComplaintDecisionForm(auto_id=f"complaint{each.pk}_%s"),
            }
            for each in complaints_of(matter.city, matter=matter)
        ],
        "decision": None if matter.is_decided and decision is None else decision or DecisionForm(initial={"ground": matter.ground}),
        "question": question or QuestionForm(auto_id="question_%s"),
        "police": police or PoliceForm(auto_id="police_%s", initial={"told_on": matter.told_police_on}),
        "secured": secured
        or SecureForm(auto_id="secure_%s", initial={"norm": matter.norm if matter.outcome == Matter.Outcome.ILLEGAL else ""}),
        "evidence": evidence,
        "may_secure": may_keep_evidence(request.actor),
        "may_erase": may_erase(request.actor, matter, evidence),
    }
    return render(request, "unlawful/matter.html", context, status=status)


def _staff_url(matter: Matter) -> str:
    row = matter.contribution
    if row is None:
        return ""
    return reverse("staff_contribution", args=[row.number]) if row.number else reverse("staff_comment", args=[row.pk])


@never_cache
@require_POST
def ask(request: HttpRequest, key: int) -> HttpResponse:
    """Ask those who reported it for more."""
    matter = _found(request, key)
    form = QuestionForm(request.POST, auto_id="question_%s")
    status, _made = carry_out(form, lambda: ask_reporters(request.actor, matter, text=form.cleaned_data["text"]))
    if status == 200:
        messages.success(request, _("Your question is out."))
        return redirect("matter", key=key)
    return _page(request, matter, question=form, status=status)


@never_cache
@require_POST
def police(request: HttpRequest, key: int) -> HttpResponse:
    """Article 18: note that the police know of a danger to somebody's life."""
    matter = _found(request, key)
    form = PoliceForm(request.POST, auto_id="police_%s")
    status, _made = carry_out(form, lambda: note_police_told(request.actor, matter, on=form.cleaned_data["told_on"]))
    if status == 200:
        messages.success(request, _("Noted."))
        return redirect("matter", key=key)
    return _page(request, matter, police=form, status=status)


@never_cache
@require_POST
def secure(request: HttpRequest, key: int) -> HttpResponse:
    """Put what may be criminal into the evidence store; a second person seals it."""
    matter = _found(request, key)
    form = SecureForm(request.POST, auto_id="secure_%s")
    status, evidence = carry_out(form, lambda: propose_evidence(request.actor, matter, **form.cleaned_data))
    if evidence is not None:
        messages.success(request, _("Secured. A second person of the team now seals it."))
        return redirect("evidence", key=evidence.pk)
    return _page(request, matter, secured=form, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest, key: int) -> HttpResponse:
    """Ask, then erase for good what is in the sealed evidence."""
    matter = _found(request, key)
    may_erase(request.actor, matter, evidence_of(matter)).require()
    if request.method != "POST":
        return render(request, "unlawful/erase.html", {"matter": matter, "evidence": evidence_of(matter)})
    erase_for_good(request.actor, matter)
    messages.success(request, _("Erased for good. The sealed evidence alone still holds it."))
    return redirect("matter", key=key)


@never_cache
@require_POST
def decide_one_complaint(request: HttpRequest, key: int) -> HttpResponse:
    """Article 20: another person looks at a complaint."""
    complaint = found(next(iter(complaints_of(enter(request), pk=key)), None))
    matter = _found(request, complaint.matter_id)
    form = ComplaintDecisionForm(request.POST, auto_id=f"complaint{key}_%s")
    status, _made = carry_out(form, lambda: decide_complaint(request.actor, complaint, **form.cleaned_data))
    if status == 200:
        messages.success(request, _("Decided. Who complained hears of it, with the reasons."))
        return redirect("matter", key=matter.pk)
    return _page(request, matter, complaint=(key, form), status=status)
