"""The contribution's page, and what people do on it: comment, support, follow; what someone gave, supports and follows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import conditional_page, require_POST, require_safe

from civitas.contributions.gallery import pictures_on_paper
from civitas.contributions.models import Contribution
from civitas.contributions.neighbours import nearby, resembling
from civitas.contributions.queries import MOST_WORDINGS, contribution_by_number, given_lately, head_of, together, wordings_page
from civitas.contributions.rules import may_read
from civitas.dialogue.actions import add_comment, follow, support, unfollow, unsupport
from civitas.dialogue.forms import CommentForm
from civitas.dialogue.page import address_of, page_context, support_context, wording_context
from civitas.dialogue.queries import followed_by, given_by, supported_by
from civitas.dialogue.rules import may_comment
from civitas.dialogue.sections import paper_sections
from civitas.dialogue.threads import newest_comments
from civitas.kit.feeds import FeedItem, atom
from civitas.kit.languages import html_language
from civitas.kit.pdf import may_print, pdf_page
from civitas.kit.qr import qr_code
from civitas.kit.redirects import SeeOther
from civitas.kit.refusals import show_refusal
from civitas.kit.templatetags.kit import localized
from civitas.kit.verdicts import Refused
from civitas.lineage.hops import hops
from civitas.people.actors import remember_guest
from civitas.people.guests import taking_part
from civitas.people.rates import spend
from civitas.people.tabs import account_tabs
from civitas.processes.followers import processes_followed_by

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from civitas.people.actors import Actor
    from civitas.people.models import Participant


def _found(request: HttpRequest, number: int) -> Contribution:
    """The contribution of this address; another city's, and what this person may not see, do not exist."""
    row = contribution_by_number(request.city, number) if request.city else None
    if row is None:
        raise Http404
    may_read(request.actor, row).require()
    return row


def _shown_head(row: Contribution) -> Contribution | None:
    """What a contribution was merged into, where both are shown; its author and the team see the page of one that is not itself."""
    head = head_of(row)
    published = Contribution.Visibility.PUBLISHED
    return head if row.visibility == head.visibility == published else None


def _going_on(request: HttpRequest, number: int) -> Contribution:
    """The contribution of this address, or what it was merged into since the page was loaded."""
    row = _found(request, number)
    head = _shown_head(row) if row.merged_into_id else None
    return row if head is None else _found(request, head.number or 0)


@login_not_required
@require_safe
def show_contribution(request: HttpRequest, number: int, slug: str = "") -> HttpResponse:
    """One contribution like a short article; an address with an old or missing title leads to the right one, that of a contribution
    which was merged into another to its wording there."""
    row = _found(request, number)
    if row.merged_into_id and (head := _shown_head(row)):
        query = request.META.get("QUERY_STRING", "")
        mark = "kommentare" if "kommentar" in request.GET else f"beitrag-{row.number}"
        return HttpResponseRedirect(localized(head.path) + (f"?{query}" if query else "") + f"#{mark}")
    if slug != row.slug:
        query = request.META.get("QUERY_STRING", "")
        return HttpResponsePermanentRedirect(localized(row.path) + (f"?{query}" if query else ""))
    return _page(request, row)


def _page(request: HttpRequest, row: Contribution, *, form: CommentForm | None = None, kept: str = "", status: int = 200) -> HttpResponse:
    return render(request, "dialogue/contribution.html", page_context(request, row, form=form, kept=kept), status=status)


@login_not_required
@require_POST
def print_contribution(request: HttpRequest, number: int) -> HttpResponse:
    """One contribution with its way and answers as PDF, to print or to pass on. Making it costs seconds: so by POST and counted."""
    row = _found(request, number)
    may_print().require()
    spend(request.actor, "print")
    context = page_context(request, row) | {"code": qr_code(address_of(request, row)), "papers": paper_sections(request, row)}
    name = f"{request.city.slug}-{row.number}"
    return pdf_page(request, "dialogue/contribution_pdf.html", context, name=name, pictures=pictures_on_paper(row))


@login_not_required
@require_safe
def show_wordings(request: HttpRequest, number: int) -> HttpResponse:
    """What was put together with a contribution, page by page, for those that its own page has no room for."""
    row = _found(request, number)
    page = wordings_page(request.city, row, cursor=request.GET.get("nach", ""))
    context = {
        "item": row,
        "wordings": [wording_context(request.actor, each) for each in page.rows],
        "next_url": f"?nach={page.next_cursor}" if page.next_cursor else "",
        "size": MOST_WORDINGS,
    }
    return render(request, "dialogue/wordings.html", context)


@login_not_required
@require_safe
@conditional_page
def show_comments_feed(request: HttpRequest, number: int) -> HttpResponse:
    """The newest comments as a feed, which is the same for everybody: so there is none of what is not shown to all."""
    row = _found(request, number)
    if not row.is_listed:
        raise Http404
    page = localized(row.path)
    items = (
        FeedItem(
            key=request.build_absolute_uri(f"{row.path}#k-{comment.pk}"),
            path=f"{page}?kommentar={comment.pk}#k-{comment.pk}",
            title=comment.speaker or _("A comment"),
            summary=escape(comment.text),
            at=comment.given_at,
            author=comment.speaker,
        )
        for comment in newest_comments(row)
    )
    return atom(request, items, title=_("Comments: %(title)s") % {"title": row.title}, page=f"{page}#kommentare")


@login_not_required
@require_safe
def show_point(request: HttpRequest, number: int) -> JsonResponse:
    """The contribution's own mark for its small map, and those of the wordings that lie in it."""
    row = _found(request, number)
    cells = [
        {"lon": each.lon, "lat": each.lat, "n": 1, "number": each.number, "title": each.title}
        for each in (row, *row.merged_wordings)
        if each.has_place
    ]
    return JsonResponse({"cells": cells, "points": True, "capped": False})


@login_not_required
@require_safe
def show_code(request: HttpRequest, number: int) -> HttpResponse:
    """The contribution's address as a QR code, to show or (`?laden=1`) to keep."""
    row = _found(request, number)
    response = HttpResponse(qr_code(address_of(request, row)), content_type="image/svg+xml")
    patch_cache_control(response, private=True, max_age=3_600)
    if request.GET.get("laden"):
        response["Content-Disposition"] = f'attachment; filename="{request.city.slug}-{row.number}-qr.svg"'
    return response


@login_not_required
@require_safe
def show_neighbours(request: HttpRequest, number: int) -> HttpResponse:
    """What is like this contribution and what lies near it: a part that its page fetches late, or a page of its own without a script."""
    row = _found(request, number)
    linked = {hop.other.pk for hop in hops(request.city, row)}
    alike = [other for other in resembling(request.city, row) if other.pk not in linked]
    seen = linked | {other.pk for other in alike}
    close = [each for each in nearby(request.city, row) if each.row.pk not in seen]
    template = "dialogue/_neighbours.html" if "HX-Request" in request.headers else "dialogue/neighbours.html"
    response = render(request, template, {"item": row, "alike": alike, "close": close})
    patch_vary_headers(response, ["HX-Request"])
    return response


@login_not_required
@require_POST
def change_support(request: HttpRequest, number: int) -> HttpResponse:
    """Support a contribution, or take it back; who is new here becomes a guest."""
    return _press(request, number, support, unsupport)


@login_not_required
@require_POST
def change_follow(request: HttpRequest, number: int) -> HttpResponse:
    """Follow a contribution, or no longer."""
    return _press(request, number, follow, unfollow)


def _press(
    request: HttpRequest, number: int, do: Callable[[Actor, Contribution], None], undo: Callable[[Actor, Contribution], None]
) -> HttpResponse:
    row = _going_on(request, number)
    swaps = "HX-Request" in request.headers
    visitor, refusal = None, ""
    try:
        with taking_part(request) as visitor:
            (undo if request.POST.get("back") else do)(visitor.actor, row)
        request.actor = visitor.actor
    except Refused as refused:
        if not swaps:
            raise
        refusal = str(refused.reason)
    if not swaps:
        response: HttpResponse = SeeOther(f"{localized(row.path)}#unterstuetzen")
    else:
        row.refresh_from_db(fields=["support_count", "merged_support", "support_total"])
        context = support_context(request, row) | {"refusal": refusal}
        response = render(request, "dialogue/_support.html", context)
    return visitor.remember(response) if visitor and not refusal else response


@login_not_required
@require_POST
def comment(request: HttpRequest, number: int) -> HttpResponse:
    """Comment or reply. What cannot be taken comes back with the reason and everything typed."""
    row = _going_on(request, number)
    form = CommentForm(request.actor, request.POST)
    known = _sent_before(request, form)
    if known is not None:
        return _thank(request, row, known)
    allowed = may_comment(request.actor, row)
    if not allowed:
        # The step closed while they typed: their words are shown to copy.
        return _page(request, row, kept=request.POST.get("text", "")[:20_000], status=allowed.status)
    if not form.is_valid():
        return _page(request, row, form=form, status=422)
    known = given_lately(
        request.city, request.actor.participant, root__in=together(row), parent=_parent(row, form) or row, text=form.cleaned_data["text"]
    )
    if known is not None:
        return _thank(request, row, known)
    try:
        with taking_part(request, pseudonym=form.cleaned_data.get("pseudonym", "")) as visitor:
            made = add_comment(
                visitor.actor,
                row,
                uid=form.cleaned_data["uid"],
                text=form.cleaned_data["text"],
                stance=form.cleaned_data["stance"],
                parent=_parent(row, form),
                organisation=form.chosen_organisation,
                language=html_language(request.language),
            )
    except Refused as refused:
        known = _sent_before(request, form)  # the same form, sent twice in the same instant
        if known is not None:
            return _thank(request, row, known)
        show_refusal(form, refused)
        return _page(request, row, form=form, status=422 if refused.fields else refused.status)
    return visitor.remember(_thank(request, row, made))


def _thank(request: HttpRequest, row: Contribution, made: Contribution) -> HttpResponse:
    response = SeeOther(f"{localized(row.path)}?neu={made.pk}#danke")
    if request.actor.participant is None and made.author and made.author.is_guest:
        # The seal says that this browser sent it; the first answer with the token may never have reached it.
        remember_guest(response, made.author)
    return response


def _parent(row: Contribution, form: CommentForm) -> Contribution | None:
    key = form.cleaned_data.get("parent")
    if not key:
        return None
    parent: Contribution | None = Contribution.objects.of(row.city_id).filter(pk=key, root__in=together(row)).select_related("root").first()
    if parent is None:
        raise Http404
    return parent


def _sent_before(request: HttpRequest, form: CommentForm) -> Contribution | None:
    """The comment that this very form has already made: the seal says that the form is ours."""
    try:
        uid = UUID(request.POST.get("uid", ""))
    except ValueError:
        return None
    if not form.is_sealed:
        return None
    known: Contribution | None = (
        Contribution.objects.of(request.city).filter(uid=uid, kind=Contribution.Kind.COMMENT).select_related("author").first()
    )
    return known


def _mine(request: HttpRequest) -> Participant | None:
    if request.city is None:
        raise Http404
    person: Participant | None = request.actor.participant
    return person


def _list(request: HttpRequest, name: str, template: str, fetch: Callable[..., Any], **more: Any) -> HttpResponse:
    person = _mine(request)
    if person is None:
        return redirect_to_login(request.get_full_path())
    page = fetch(person, cursor=request.GET.get("nach", ""))
    context = {"tabs": account_tabs(request, name), "rows": page.rows, "next_url": f"?nach={page.next_cursor}" if page.next_cursor else ""}
    return render(request, template, context | more)


@login_not_required
@never_cache
@require_safe
def my_contributions(request: HttpRequest) -> HttpResponse:
    """What the person gave, in any state."""
    return _list(request, "my_contributions", "dialogue/my_contributions.html", given_by)


@login_not_required
@never_cache
@require_safe
def my_support(request: HttpRequest) -> HttpResponse:
    """What the person supports."""
    return _list(request, "my_support", "dialogue/my_support.html", supported_by)


@login_not_required
@never_cache
@require_safe
def my_follows(request: HttpRequest) -> HttpResponse:
    """What the person follows: processes first, then contributions."""
    person = _mine(request)
    processes = processes_followed_by(person) if person else []
    return _list(request, "my_follows", "dialogue/my_follows.html", followed_by, processes=processes)
