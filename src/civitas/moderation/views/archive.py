"""From the archive to the queue, and the mail that a decision there leads to, shown before it is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from civitas.contributions.models import Contribution
from civitas.kit.ids import read_key
from civitas.kit.redirects import SeeOther, own_address
from civitas.kit.verdicts import Refused
from civitas.moderation.archive import decide_about, take_up_contribution
from civitas.moderation.forms import OrderForm, Places
from civitas.moderation.models import Verb
from civitas.moderation.previews import mail_about
from civitas.moderation.views.queue import enter, found_case, said

if TYPE_CHECKING:
    from django.http import HttpRequest


@require_POST
def take_up(request: HttpRequest, key: int) -> HttpResponse:
    """Publish what lies in the archive at once, or take it up in the queue, where it is hidden, moved or asked about."""
    city = enter(request)
    rows = Contribution.objects.of(city).select_related("author", "root")
    row: Contribution | None = rows.exclude(visibility=Contribution.Visibility.ERASED).filter(pk=key).first()
    if row is None:
        raise Http404
    verb = request.POST.get("verb", "")
    try:
        if verb != Verb.PUBLISH:
            case = take_up_contribution(request.actor, row)
            opened = f"?tun={verb}#do-{verb}" if verb in Verb.values else ""
            return SeeOther(f"{reverse('case', args=[case.pk])}{opened}")
        made = decide_about(request.actor, row, verb, version=read_key(request.POST.get("version", "")))
    except Refused as refused:
        messages.error(request, str(refused.reason))
    else:
        messages.success(request, said(made))
    there = reverse("staff_contribution", args=[row.number]) if row.number else reverse("staff_comment", args=[row.pk])
    return SeeOther(own_address(request, request.POST.get("back", "")) or there)


@never_cache
@require_POST
def preview_order(request: HttpRequest, key: int) -> HttpResponse:
    """The mail to the author from the fields of the form that decides; nothing is sent or kept."""
    case = found_case(request, key)
    if case.contribution is None:
        raise Http404
    form = OrderForm(request.actor, request.POST, places=Places(request.actor))
    form.full_clean()
    data = form.cleaned_data
    mail = mail_about(
        case, data.get("verb", ""), reason=data.get("reason", ""), text=data.get("text", ""), suspend_days=data.get("suspend_days")
    )
    template = "notices/_mail_preview.html" if request.headers.get("HX-Request") else "contributions/mail_preview.html"
    return render(request, template, {"mail": mail, "row": case.contribution})
