"""Flag something: the page that everybody finds below a text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from civitas.contributions.models import Contribution
from civitas.kit.redirects import SeeOther
from civitas.kit.refusals import carry_out
from civitas.kit.templatetags.kit import localized
from civitas.meeting.queries import letter_by_uid
from civitas.moderation.actions import flag_contribution, flag_letter
from civitas.moderation.forms import FlagForm
from civitas.moderation.rules import may_flag, may_flag_letter

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from django.http import HttpRequest

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
        status, kept = carry_out(form, lambda: do(**{name: form.cleaned_data[name] for name in ("uid", "reason", "words")}))
        if kept is not None:
            return SeeOther(f"{request.path}?danke=1")
    context = {"form": form, "allowed": allowed, "back": back, **shown}
    return render(request, "moderation/flag.html", context, status=status)


def render_foot(request: HttpRequest, row: Contribution) -> str:
    """The quiet link below a contribution by which anybody flags it."""
    if not may_flag(request.actor, row):
        return ""
    return render_to_string("moderation/_foot.html", {"url": localized(f"/melden/{row.number}")}, request=request)
