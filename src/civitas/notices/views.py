"""The list of one's news, unsubscribing without signing in, and the demo's mailbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csp.constants import NONE, UNSAFE_INLINE
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from civitas.kit.ids import read_key
from civitas.notices import actions
from civitas.notices.models import MailboxMail
from civitas.notices.queries import kind_label, mailbox_page, notices_of, worded
from civitas.notices.tokens import read_token

if TYPE_CHECKING:
    from django.http import HttpRequest


@login_not_required
@require_safe
def notice_list(request: HttpRequest) -> HttpResponse:
    """News of who is signed in or takes part as a guest, newest first."""
    if request.city is None:
        raise Http404
    participant = request.actor.participant
    if participant is None:
        return render(request, "notices/notice_list.html", {"known": False, "notices": [], "newest": 0, "unseen": False, "next_url": ""})
    page = notices_of(request.city, participant.uid, cursor=request.GET.get("nach", ""))
    context = {
        "known": True,
        "notices": worded(request.city, page.rows),
        "newest": page.rows[0].pk if page.rows else 0,
        "unseen": any(notice.seen_at is None for notice in page.rows),
        "next_url": _next_url(page.next_cursor),
    }
    return render(request, "notices/notice_list.html", context)


@login_not_required
@require_POST
def notices_seen(request: HttpRequest) -> HttpResponse:
    """Mark what the person saw in the list as seen."""
    if request.city is None:
        raise Http404
    newest = read_key(request.POST.get("newest", ""))
    if request.actor.participant and newest is not None:
        actions.mark_seen(request.city, request.actor.participant.uid, up_to=newest)
    return redirect("notice_list")


# The token says who asks; a mail program that posts for its reader (RFC 8058) has no session and no other token.
@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """No more mails of one kind, by one click in the mail: asked on GET, done on POST."""
    if request.city is None:
        raise Http404
    try:
        if request.method == "POST":
            kind = actions.unsubscribe(request.city, token)
        else:
            _recipient, kind = read_token(request.city, token)
    except signing.SignatureExpired:
        problem = _("This link is too old. A newer mail has one that works.")
        return render(request, "notices/unsubscribe.html", {"problem": problem, "kind": "", "done": False}, status=410)
    except signing.BadSignature:
        problem = _("This link is not complete. Please open it from the mail once more.")
        return render(request, "notices/unsubscribe.html", {"problem": problem, "kind": "", "done": False}, status=404)
    context = {"problem": "", "kind": kind_label(kind), "done": request.method == "POST"}
    return render(request, "notices/unsubscribe.html", context)


@login_not_required
@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """All mail that the demo 'sent', newest first."""
    page = mailbox_page(cursor=request.GET.get("nach", ""))
    return render(request, "notices/mailbox.html", {"mails": page.rows, "next_url": _next_url(page.next_cursor)})


@login_not_required
@require_safe
def mailbox_mail(request: HttpRequest, key: int) -> HttpResponse:
    """One mail of the demo as text."""
    crumbs = [{"label": _("Mailbox of the demo"), "url": reverse("mailbox")}]
    context = {"mail": get_object_or_404(MailboxMail, pk=key), "crumbs": crumbs}
    return render(request, "notices/mailbox_mail.html", context)


@login_not_required
@require_safe
def mailbox_html(request: HttpRequest, key: int) -> HttpResponse:
    """One mail of the demo as a mail program would show it."""
    mail = get_object_or_404(MailboxMail.objects.exclude(html=""), pk=key)
    response = HttpResponse(mail.html)
    # It brings its look along; nothing else in it may be fetched or run, as in a mail program.
    policy = {"default-src": [NONE], "style-src": [UNSAFE_INLINE], "form-action": [NONE], "frame-ancestors": [NONE]}
    response._csp_config = policy  # type: ignore[attr-defined]  # where django-csp looks for it
    return response


def _next_url(cursor: str) -> str:
    return f"?nach={cursor}" if cursor else ""
