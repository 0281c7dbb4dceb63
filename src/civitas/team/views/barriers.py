"""Report a barrier from any page, without login or script; the team's list of them, and their answers."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from civitas.kit.redirects import SeeOther
from civitas.kit.refusals import carry_out
from civitas.team.actions.barriers import ANSWER_WITHIN, answer_barrier, report_barrier
from civitas.team.forms import BarrierAnswerForm, BarrierForm
from civitas.team.queries import barrier_by_key, barriers_of
from civitas.team.rules import may_answer_barrier
from civitas.team.views.doors import enter

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tell_barrier(request: HttpRequest) -> HttpResponse:
    """The form, with the address of the page one came from; after sending, until when the team answers."""
    if request.city is None:
        raise Http404
    if request.method != "POST":
        if request.GET.get("danke"):
            return render(request, "team/barrier_thanks.html", {"weeks": ANSWER_WITHIN.days // 7})
        form = BarrierForm(initial={"path": _came_from(request), "mail": _own_mail(request)})
        return render(request, "team/barrier.html", {"form": form, "weeks": ANSWER_WITHIN.days // 7})
    form = BarrierForm(request.POST)
    status, made = carry_out(
        form,
        lambda: report_barrier(
            request.actor, **{name: form.cleaned_data[name] for name in ("uid", "text", "path", "mail")}, language=request.language
        ),
    )
    if made is not None:
        return SeeOther(f"{request.path}?danke=1")
    return render(request, "team/barrier.html", {"form": form, "weeks": ANSWER_WITHIN.days // 7}, status=status)


def _came_from(request: HttpRequest) -> str:
    """The path of the page that one came from, if it is one of this host."""
    parts = urlsplit(request.headers.get("Referer", ""))
    return parts.path if parts.netloc == request.get_host() and parts.path != request.path else ""


def _own_mail(request: HttpRequest) -> str:
    return request.user.email if request.user.is_authenticated else ""


@never_cache
@require_safe
def show_barriers(request: HttpRequest) -> HttpResponse:
    """What waits for an answer, the oldest first, and what was answered lately."""
    city = enter(request, may_answer_barrier)
    return render(request, "team/barriers.html", barriers_of(city))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show_barrier(request: HttpRequest, key: int) -> HttpResponse:
    """One report; on POST the answer, which closes it."""
    city = enter(request, may_answer_barrier)
    report = barrier_by_key(city, key)
    if report is None:
        raise Http404
    form = BarrierAnswerForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status, _done = carry_out(form, lambda: answer_barrier(request.actor, report, text=form.cleaned_data["text"]))
        if status == 200:
            messages.success(
                request, _("Answered and closed.") if not report.mail else _("Answered and closed. The answer goes out by mail.")
            )
            return SeeOther(reverse("barriers"))
    return render(request, "team/barrier_case.html", {"report": report, "form": form}, status=status)
