"""The team's list of pairs, questions and merges, and where one begins from a single contribution."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from civitas.contributions.models import Contribution
from civitas.contributions.neighbours import found_by
from civitas.merging.actions import dismiss_suggestion, drop_proposal, keep_merge, undo_merge
from civitas.merging.alike import LEAST, alike, shared_words
from civitas.merging.models import Proposal
from civitas.merging.queries import (
    A_PAGE,
    NAMED,
    merge_by_key,
    merge_of,
    merges_of,
    merges_page,
    objected_merges,
    open_pairs,
    pair_of,
    pairs_page,
    proposal_by_key,
    proposals_page,
    question_about,
    related_to,
    since,
    split_of,
    suggestion_by_key,
)
from civitas.merging.rules import may_arrange, may_undo

if TYPE_CHECKING:
    from django.http import HttpRequest

    from civitas.cities.models import City
    from civitas.kit.verdicts import Refused
    from civitas.merging.models import Merge

LONGEST_WORDS = 100
MOST_ALIKE = 5


def entered(request: HttpRequest) -> City:
    """The city whose team this is; everybody else is turned away."""
    if request.city is None:
        raise Http404
    may_arrange(request.actor).require()
    city: City = request.city
    return city


def by_number(request: HttpRequest, number: int) -> Contribution:
    """The contribution with this number, for the team."""
    rows = Contribution.objects.of(entered(request)).filter(number=number)
    row: Contribution | None = rows.select_related("author", "organisation", "area", "category", "process", "merged_into").first()
    if row is None or row.visibility == Contribution.Visibility.ERASED:
        raise Http404
    return row


@never_cache
@require_safe
def show_merging(request: HttpRequest) -> HttpResponse:
    """What a machine found alike; what authors are asked; what was put together, with what authors want back on top."""
    city = entered(request)
    view = request.GET.get("ansicht", "")
    view = view if view in {"gefragt", "zusammen"} else "vorschlaege"
    cursor = request.GET.get("nach", "")
    context: dict[str, Any] = {"view": view, "pairs": [], "proposals": [], "merges": [], "objected": [], "size": A_PAGE}
    page: Any
    if view == "gefragt":
        page = proposals_page(city, cursor=cursor)
        context["proposals"] = page.rows
    elif view == "zusammen":
        page = merges_page(city, cursor=cursor)
        context["merges"] = page.rows
    else:
        page = pairs_page(city, cursor=cursor)
        context["pairs"] = [pair_of(row) for row in page.rows]
    context["objected"] = objected_merges(city)
    context["tabs"] = _tabs(city, view)
    context["next_url"] = f"?{urlencode({'ansicht': view, 'nach': page.next_cursor})}" if page.next_cursor else ""
    return render(request, "merging/merging.html", context)


def _tabs(city: City, view: str) -> list[dict[str, Any]]:
    address = reverse("merging")
    asked = Proposal.objects.of(city).filter(state=Proposal.State.ASKED).count()
    tabs = (
        ("vorschlaege", _("Suggestions"), open_pairs(city)),
        ("gefragt", _("Authors are asked"), asked),
        ("zusammen", _("Put together"), None),
    )
    return [{"label": label, "url": f"{address}?ansicht={key}", "current": view == key, "count": count} for key, label, count in tabs]


@never_cache
@require_safe
def show_one(request: HttpRequest, number: int) -> HttpResponse:
    """Begin from one contribution: what resembles it, what a search finds, what lies in it, and how to split or link it."""
    return page_of(request, by_number(request, number))


def page_of(request: HttpRequest, row: Contribution, *, typed: str = "", refused: Refused | None = None) -> HttpResponse:
    """The page of one contribution at this desk; `typed` is a number that came back with a reason."""
    city = request.city
    assert city is not None  # `by_number` has found the row in it
    words = " ".join(request.GET.get("q", "").split())[:LONGEST_WORDS]
    likest = {key: like for key, like in alike(city, row)[:MOST_ALIKE] if like.score >= LEAST} if row.is_listed and not words else {}
    others = Contribution.objects.of(city).select_related("area", "author").in_bulk(list(likest))
    context = {
        "row": row,
        "words": words,
        "alike": [
            {"row": others[key], "words": shared_words(row, others[key])[:NAMED], "metres": like.metres}
            for key, like in likest.items()
            if key in others
        ],
        "found": found_by(city, words, but=row) if words else [],
        "question": question_about(row),
        "merge": merge_of(row) if row.merged_into_id else None,
        "inside": merges_of(city, [row.number or 0]),
        "split": split_of(row),
        "related": related_to(row),
        "typed": typed,
        "refusal": refused.reason if refused else "",
    }
    return render(request, "merging/one.html", context, status=refused.status if refused else 200)


@require_POST
def dismiss(request: HttpRequest, key: int) -> HttpResponse:
    """These two are different: not suggested again."""
    suggestion = suggestion_by_key(entered(request), key)
    if suggestion is None:
        raise Http404
    dismiss_suggestion(request.actor, suggestion)
    messages.success(request, _("Noted. These two will not be suggested again."))
    return redirect("merging")


@require_POST
def drop(request: HttpRequest, key: int) -> HttpResponse:
    """Ask no further."""
    proposal = proposal_by_key(entered(request), key)
    if proposal is None:
        raise Http404
    drop_proposal(request.actor, proposal)
    messages.success(request, _("The question is taken back. Those who were asked hear of it."))
    return redirect(f"{reverse('merging')}?ansicht=gefragt")


def _merge(request: HttpRequest, key: int) -> Merge:
    merge = merge_by_key(entered(request), key)
    if merge is None:
        raise Http404
    return merge


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: HttpRequest, key: int) -> HttpResponse:
    """Undo a merge, after a look at what stays where."""
    merge = _merge(request, key)
    if request.method == "POST":
        undo_merge(request.actor, merge)
        messages.success(request, _("Undone. Both stand on their own again, and their authors hear of it."))
        return redirect(f"{reverse('merging')}?ansicht=zusammen")
    allowed = may_undo(request.actor, merge)
    return render(request, "merging/undo.html", {"merge": merge, "since": since(merge), "allowed": allowed})


@require_POST
def keep(request: HttpRequest, key: int) -> HttpResponse:
    """Leave together what an author wanted back."""
    keep_merge(request.actor, _merge(request, key))
    messages.success(request, _("It stays together."))
    return redirect(f"{reverse('merging')}?ansicht=zusammen")
