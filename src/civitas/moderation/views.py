"""Flag something; the team's list of what was flagged, and its decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from civitas.contributions.models import Contribution
from civitas.kit.redirects import SeeOther
from civitas.kit.refusals import show_refusal
from civitas.kit.templatetags.kit import localized
from civitas.kit.verdicts import Refused
from civitas.meeting.queries import letter_by_uid, letters_before
from civitas.moderation.actions import close_case, flag_contribution, flag_letter
from civitas.moderation.forms import DecisionForm, FlagForm
from civitas.moderation.models import Case
from civitas.moderation.queries import CASES_A_PAGE, case_by_key, cases_page, flags_of, open_pile, reasons_of
from civitas.moderation.rules import may_decide, may_flag, may_flag_letter

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from django.http import HttpRequest

    from civitas.meeting.models import Letter
    from civitas.moderation.models import Flag


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def flag(request: HttpRequest, number: int | None = None, key: int | None = None) -> HttpResponse:
    """Flag a contribution (by number) or a comment (by key); nobody has to sign in."""
    rows = Contribution.objects.of(request.city) if request.city else Contribution.objects.none()
    rows = rows.select_related("author", "organisation", "root")
    row = (rows.filter(number=number) if key is None else rows.filter(pk=key, kind=Contribution.Kind.COMMENT)).first()
    if row is None:
        raise Http404
    title = row.title or (row.root.title if row.root else "")
    shown = {"title": title, "text": row.teaser, "who": row.organisation or row.author, "language": row.language, "letter": None}
    allowed = may_flag(request.actor, row)
    if request.GET.get("danke") and allowed.status != 404:
        return render(request, "moderation/flagged.html", {"back": row.path})
    return _flag_page(request, allowed, shown, row.path, lambda **typed: flag_contribution(request.actor, row, **typed))


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def flag_a_letter(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Flag a letter that one got: then the team reads it, and the page says so."""
    if request.city is None:
        raise Http404
    if request.actor.participant is None:
        return redirect_to_login(request.get_full_path())
    letter = letter_by_uid(request.city, uid)
    if letter is None:
        raise Http404
    shown = {
        "title": letter.conversation.contribution.title,
        "text": letter.text,
        "who": letter.organisation or letter.author,
        "language": letter.language,
        "letter": letter,
    }
    allowed = may_flag_letter(request.actor, letter)
    if allowed.status == 404:
        raise Http404
    if request.GET.get("danke"):
        return render(request, "moderation/flagged.html", {"back": letter.conversation.path})
    return _flag_page(request, allowed, shown, letter.conversation.path, lambda **typed: flag_letter(request.actor, letter, **typed))


def _flag_page(request: HttpRequest, allowed: Any, shown: dict[str, Any], back: str, do: Callable[..., Flag]) -> HttpResponse:
    if allowed.status == 404:
        raise Http404
    form = FlagForm(request.POST if request.method == "POST" else None)
    status = 200 if allowed else allowed.status
    if request.method == "POST" and allowed:
        status = 422
        if form.is_valid():
            try:
                do(**{name: form.cleaned_data[name] for name in ("uid", "reason", "words")})
            except Refused as refused:
                show_refusal(form, refused)
                status = 422 if refused.fields else refused.status
            else:
                return SeeOther(f"{request.path}?danke=1")
    context = {"form": form, "allowed": allowed, "back": back, **shown}
    return render(request, "moderation/flag.html", context, status=status)


@never_cache
@require_safe
def show_flags(request: HttpRequest) -> HttpResponse:
    """What was flagged and waits for the team, the most flagged first; or what was decided."""
    if request.city is None:
        raise Http404
    may_decide(request.actor).require()
    state = Case.State.CLOSED if request.GET.get("ansicht") == Case.State.CLOSED else Case.State.OPEN
    page = cases_page(request.city, state=state, cursor=request.GET.get("nach", ""))
    reasons = reasons_of(request.city, page.rows)
    address = reverse("flags")
    tabs = [
        {"label": _("Waiting"), "url": address, "current": state == Case.State.OPEN, "count": open_pile(request.city).count},
        {"label": _("Decided"), "url": f"{address}?ansicht=closed", "current": state == Case.State.CLOSED, "count": None},
    ]
    context = {
        "tabs": tabs,
        "state": str(state),
        "lines": [{"case": case, "reasons": reasons.get(case.pk, [])} for case in page.rows],
        "next_url": f"?ansicht={state}&nach={page.next_cursor}" if page.next_cursor else "",
        "size": CASES_A_PAGE,
    }
    return render(request, "moderation/flags.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show_case(request: HttpRequest, key: int) -> HttpResponse:
    """One flagged thing with all its flags, and the team's decision."""
    if request.city is None:
        raise Http404
    may_decide(request.actor).require()
    case = case_by_key(request.city, key)
    if case is None:
        raise Http404
    form = DecisionForm(case, request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            try:
                close_case(request.actor, case, decision=data["decision"], text=data["text"], takes_out=data.get("takes_out", ""))
            except Refused as refused:
                show_refusal(form, refused)
                status = 422 if refused.fields else refused.status
            else:
                messages.success(request, _("Decided. Who flagged it and can be reached hears of it."))
                return redirect("flags")
    return render(request, "moderation/case.html", _case_context(case, form), status=status)


def _case_context(case: Case, form: DecisionForm) -> dict[str, Any]:
    row: Contribution | None = case.contribution
    letter: Letter | None = case.letter
    staff_url = ""
    if row is not None:
        staff_url = reverse("staff_contribution", args=[row.number]) if row.number else reverse("staff_comment", args=[row.pk])
    return {
        "case": case,
        "row": row,
        # Once decided, a letter is private again.
        "letters": [*letters_before(letter), letter] if letter is not None and case.is_open else [],
        "letter": letter,
        "flags": flags_of(case),
        "form": form if case.is_open else None,
        "staff_url": staff_url,
        "title": (row.title or (row.root.title if row.root else "")) if row else letter.conversation.contribution.title if letter else "",
    }


def render_card(request: HttpRequest) -> str:
    """The box of the team's overview: how many flagged things wait, and since when."""
    if not may_decide(request.actor):
        return ""
    return render_to_string("moderation/_card.html", {"pile": open_pile(request.city)}, request=request)


def render_foot(request: HttpRequest, row: Contribution) -> str:
    """The quiet link below a contribution by which anybody flags it."""
    if not may_flag(request.actor, row):
        return ""
    return render_to_string("moderation/_foot.html", {"url": localized(f"/melden/{row.number}")}, request=request)
