"""Join in, offer help, take it back; the page of all who do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from civitas.contributions.queries import contribution_by_number
from civitas.contributions.rules import is_author, may_moderate, may_see
from civitas.kit.languages import html_language
from civitas.kit.redirects import SeeOther
from civitas.kit.refusals import show_refusal
from civitas.kit.templatetags.kit import localized
from civitas.kit.verdicts import Refused
from civitas.meeting.actions import hide_joining, join, leave
from civitas.meeting.forms import JoinForm
from civitas.meeting.letters import block
from civitas.meeting.models import Joining
from civitas.meeting.queries import JOININGS_A_PAGE, blocked_among, is_reachable, joining_by_key, joinings_page, turnout
from civitas.meeting.rules import may_join, reads_first
from civitas.meeting.sections import meeting_context
from civitas.people.guests import taking_part

if TYPE_CHECKING:
    from django.http import HttpRequest

    from civitas.contributions.models import Contribution

ANCHOR = "#dabei"


def found(request: HttpRequest, number: int) -> Contribution:
    """The contribution of this address; another city's, and what this person may not see, do not exist."""
    row = contribution_by_number(request.city, number) if request.city else None
    if row is None:
        raise Http404
    may_see(request.actor, row).require()
    return row


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def join_in(request: HttpRequest, number: int) -> HttpResponse:
    """Join in or offer help; who is new here becomes a guest with a name. What cannot be taken comes back with the reason.

    Asked for with `?role=` it is the form: a part that the band fetches when it is opened, or a page of its own without a script.
    """
    row = found(request, number)
    role = (request.POST if request.method == "POST" else request.GET).get("role", "")
    if role not in Joining.Role.values:
        raise Http404
    if request.method != "POST":
        return _form(request, row, role)
    form = JoinForm(request.actor, role, request.POST)
    if not form.is_valid():
        return _again(request, row, form, 422)
    try:
        with taking_part(request, pseudonym=form.cleaned_data.get("pseudonym", "")) as visitor:
            made = join(
                visitor.actor,
                row,
                role=role,
                words=form.cleaned_data["words"],
                organisation=form.chosen_organisation,
                language=html_language(request.language),
            )
    except Refused as refused:
        show_refusal(form, refused)
        return _again(request, row, form, 422 if refused.fields else refused.status)
    request.actor = visitor.actor
    if "HX-Request" in request.headers:
        return visitor.remember(_band(request, row, thanks=role))
    notes = {
        Joining.Role.JOIN.value: _("You are in. You will hear when something happens here."),
        Joining.Role.HELP.value: _("Thank you for offering help. Its author hears of it."),
    }
    messages.success(request, notes[role])
    if made.is_private and made.words:
        messages.info(request, _("Your words go to the author and the team. Others see your name."))
    return visitor.remember(SeeOther(localized(row.path) + ANCHOR))


@login_not_required
@require_POST
def take_back(request: HttpRequest, number: int) -> HttpResponse:
    """No longer join in, or no longer offer help."""
    row = found(request, number)
    leave(request.actor, row, role=request.POST.get("role", ""))
    if "HX-Request" in request.headers:
        return _band(request, row, thanks="left")
    messages.success(request, _("Taken back. You can join again at any time."))
    return SeeOther(localized(row.path) + ANCHOR)


def _form(request: HttpRequest, row: Contribution, role: str) -> HttpResponse:
    swaps = "HX-Request" in request.headers
    may_join(request.actor, row).require()
    context = {"item": row, "form": JoinForm(request.actor, role), "role": role, "reads_first": reads_first(request.city, row)}
    template = "meeting/_join_form.html" if swaps else "meeting/join.html"
    response = render(request, template, context | {"swaps": swaps})
    patch_vary_headers(response, ["HX-Request"])
    return response


def _band(request: HttpRequest, row: Contribution, **said: Any) -> HttpResponse:
    return render(request, "meeting/_meet.html", meeting_context(request, row, **said))


def _again(request: HttpRequest, row: Contribution, form: JoinForm, status: int) -> HttpResponse:
    """The form once more: inside the page where it was swapped, as a small page of its own without a script."""
    if "HX-Request" in request.headers:
        allowed = may_join(request.actor, row)
        return _band(request, row, form=form, refusal="" if allowed else str(allowed.reason))
    context = {"item": row, "form": form, "role": form.for_role, "reads_first": reads_first(request.city, row)}
    return render(request, "meeting/join.html", context, status=status)


@login_not_required
@require_safe
def show_joinings(request: HttpRequest, number: int) -> HttpResponse:
    """Everybody who joins in or offers help, newest first."""
    row = found(request, number)
    page = joinings_page(row, cursor=request.GET.get("nach", ""))
    counts = turnout(row)
    me = request.actor.participant
    blocked = blocked_among(me, [each.participant_id for each in page.rows])
    moderates = bool(may_moderate(request.actor))
    context = {
        "item": row,
        "lines": [
            {
                "row": each,
                "writes": is_author(request.actor, each.contribution)
                and is_reachable(each.participant)
                and each.participant_id not in blocked,
                "reads": not each.is_private or moderates or is_author(request.actor, each.contribution),
                "came_with": each.contribution.title if each.contribution_id != row.pk else "",
                "blocks": me is not None and me.pk != each.participant_id,
                "is_blocked": each.participant_id in blocked,
            }
            for each in page.rows
        ],
        "joins": counts[Joining.Role.JOIN.value],
        "helps": counts[Joining.Role.HELP.value],
        "moderates": moderates,
        "next_url": f"?nach={page.next_cursor}" if page.next_cursor else "",
        "size": JOININGS_A_PAGE,
    }
    return render(request, "meeting/joinings.html", context)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def block_joined(request: HttpRequest, number: int, key: int) -> HttpResponse:
    """Say what a block does and what it cannot do, then block somebody who joined in."""
    row = found(request, number)
    joining = joining_by_key(request.city, key)
    me = request.actor.participant
    if joining is None or joining.contribution_id != row.pk or joining.hidden_at or me is None or me.pk == joining.participant_id:
        raise Http404
    back = localized(reverse("joinings", args=[row.number]))
    if request.method != "POST":
        context = {"item": row, "joining": joining, "back_url": back}
        return render(request, "meeting/block.html", context)
    block(request.actor, joining.participant)
    messages.success(request, _("You will hear nothing more from this person. We do not tell them."))
    return SeeOther(back)


@require_POST
def hide(request: HttpRequest, key: int) -> HttpResponse:
    """The team takes somebody's line away."""
    joining = joining_by_key(request.city, key) if request.city else None
    if joining is None:
        raise Http404
    hide_joining(request.actor, joining)
    messages.success(request, _("It is no longer shown."))
    return SeeOther(localized(f"/beitrag/{joining.contribution.number}/dabei"))
