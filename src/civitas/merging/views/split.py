"""Split a contribution, undo that, link two without putting them together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from civitas.contributions.models import Contribution
from civitas.kit.ids import read_number
from civitas.kit.refusals import show_refusal
from civitas.kit.verdicts import Refused
from civitas.merging.forms import SplitForm
from civitas.merging.queries import split_by_key
from civitas.merging.rules import may_split, may_undo_split
from civitas.merging.splitting import relate, split_contribution, undo_split, unrelate
from civitas.merging.views.desk import by_number, entered, page_of

if TYPE_CHECKING:
    from django.http import HttpRequest


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def split(request: HttpRequest, number: int) -> HttpResponse:
    """Make parts of a contribution, of its own words."""
    row = by_number(request, number)
    allowed = may_split(request.actor, row)
    form = SplitForm(row, request.POST if request.method == "POST" else None)
    status = 200 if allowed else allowed.status
    if request.method == "POST" and allowed:
        status = 422
        if form.is_valid():
            try:
                split_contribution(request.actor, row, form.parts, uid=form.cleaned_data["uid"])
            except Refused as refused:
                show_refusal(form, refused)
                status = 422 if refused.fields else refused.status
            else:
                messages.success(request, _("Split. The author and those who support it hear of it."))
                return redirect("merge_start", number=row.number)
    return render(request, "merging/split.html", {"row": row, "form": form, "allowed": allowed}, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsplit(request: HttpRequest, key: int) -> HttpResponse:
    """Undo a split, after a look at its parts."""
    made = split_by_key(entered(request), key)
    if made is None:
        raise Http404
    if request.method == "POST":
        undo_split(request.actor, made)
        messages.success(request, _("Undone. The parts are no longer shown."))
        return redirect("merge_start", number=made.contribution.number)
    parts = Contribution.objects.of(made.city_id).filter(pk__in=made.parts.of(made.city_id).values("contribution")).order_by("newest_key")
    context = {"split": made, "parts": list(parts), "allowed": may_undo_split(request.actor, made)}
    return render(request, "merging/unsplit.html", context)


@require_POST
def link(request: HttpRequest, number: int) -> HttpResponse:
    """Say that two belong together, by the other's number; or take it back."""
    row = by_number(request, number)
    typed = request.POST.get("number", "")[:40]
    sought = read_number(typed)
    others = Contribution.objects.of(request.city).exclude(kind=Contribution.Kind.COMMENT)
    other = others.filter(number=sought).first() if sought is not None else None
    try:
        if other is None:
            raise Refused(_("There is no contribution with this number. Please look at it once more."), status=422)
        (unrelate if request.POST.get("back") else relate)(request.actor, row, other)
    except Refused as refused:
        return page_of(request, row, typed=typed, refused=refused)
    messages.success(request, _("Both pages show it now.") if not request.POST.get("back") else _("They are no longer linked."))
    return redirect("merge_start", number=row.number)
