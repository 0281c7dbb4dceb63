"""The team's desk: what waits, and every contribution with its history, publish and hide. Answers have a desk of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from civitas.contributions.actions import set_visibility
from civitas.contributions.desk_forms import ShowForm
from civitas.contributions.gallery import media_of
from civitas.contributions.models import Contribution, Revision
from civitas.contributions.queries import contribution_by_number, pictures, staff_page, tallies, waiting_pile
from civitas.contributions.rules import may_answer, may_describe, may_enter, may_moderate, may_publish, may_see, may_work
from civitas.contributions.sections import render_pause_of
from civitas.kit.refusals import show_refusal, take_up
from civitas.kit.rooms import rooms
from civitas.kit.verdicts import Refused

if TYPE_CHECKING:
    from django.http import HttpRequest

    from civitas.cities.models import City
    from civitas.kit.verdicts import Verdict
    from civitas.people.actors import Actor

Visibility = Contribution.Visibility
PAGE_SIZE = 30
LONGEST_WORDS = 100


def _enter(request: HttpRequest, rule: Any) -> City:
    if request.city is None:
        raise Http404
    verdict: Verdict = rule(request.actor)
    verdict.require()
    return request.city


@never_cache
@require_safe
def show_overview(request: HttpRequest) -> HttpResponse:
    """What other rooms say is to be done, and how much there is."""
    city = _enter(request, may_enter)
    counts = tallies(city)
    by_status = counts.get("status", {})
    context = {
        "total": counts.get("all", {}).get("", 0),
        "statuses": [{"state": state.value, "count": by_status.get(state.value, 0)} for state in Contribution.Status],
        # The rooms nearest to what people gave come last in the house, and first on this page.
        "sections": [html for room in reversed(rooms()) for section in room.staff_sections if (html := section(request))],
    }
    return render(request, "contributions/desk.html", context)


@never_cache
@require_safe
def show_list(request: HttpRequest) -> HttpResponse:
    """Every contribution and comment in one visibility, newest first, by words or number."""
    city = _enter(request, may_work)
    moderates = bool(may_moderate(request.actor))
    tabs = _tabs(request, city)
    tab = next((each for each in tabs if each["current"]), tabs[0])
    words = " ".join(request.GET.get("q", "").split())[:LONGEST_WORDS]
    page = staff_page(
        city,
        visibility=tab["key"],
        words=words,
        cursor=request.GET.get("nach", ""),
        size=PAGE_SIZE,
    )
    asked = {"ansicht": tab["key"], **({"q": words} if words else {})}
    context = {
        "tabs": tabs,
        "tab": tab,
        "rows": page.rows,
        "words": words,
        "moderates": moderates,
        "me": request.actor.participant,
        "answers": request.actor.is_staff,
        "next_url": f"?{urlencode({**asked, 'nach': page.next_cursor})}" if page.next_cursor else "",
        "size": PAGE_SIZE,
        "here": request.get_full_path(),
    }
    return render(request, "contributions/staff_list.html", context)


def _tabs(request: HttpRequest, city: City) -> list[dict[str, Any]]:
    counts: dict[str, int | None] = {
        "waiting": waiting_pile(city).count,
        "published": None,
        "hidden": None,
        "withdrawn": None,
    }
    names = {
        "waiting": _("Waiting"),
        "published": _("Published"),
        "hidden": _("Hidden"),
        "withdrawn": _("Taken back"),
    }
    keys = list(names) if may_moderate(request.actor) else ["published"]
    asked = request.GET.get("ansicht", "")
    current = asked if asked in keys else keys[0] if not request.GET.get("q") else "published"
    address = reverse("staff_contributions")
    return [
        {"key": key, "label": names[key], "url": f"{address}?ansicht={key}", "current": key == current, "count": counts[key]}
        for key in keys
    ]


def _found(request: HttpRequest, number: int | None, key: int | None) -> Contribution:
    city = _enter(request, may_work)
    row: Contribution | None
    if key is None:
        row = contribution_by_number(city, number or 0)
    else:
        rows = Contribution.objects.of(city).select_related(
            "process", "process__organisation", "step", "author", "organisation", "area", "root"
        )
        row = rows.prefetch_related(pictures(city)).filter(pk=key, kind=Contribution.Kind.COMMENT).first()
    if row is None:
        raise Http404
    may_see(request.actor, row).require()
    return row


def _page(request: HttpRequest, row: Contribution, *, show: ShowForm | None = None, status: int = 200) -> HttpResponse:
    actor: Actor = request.actor
    is_comment = row.kind == Contribution.Kind.COMMENT
    events = [] if is_comment else list(row.events.of(row.city_id).select_related("organisation", "person").order_by("at", "pk"))
    revisions = list(Revision.objects.of(row.city_id).filter(contribution=row).select_related("by").order_by("version")[:50])
    context = {
        "row": row,
        **media_of(row, may_describe=bool(may_moderate(actor, row))),
        "describe_url": reverse("describe_files", args=[row.number]) if not is_comment and may_describe(actor, row) else "",
        "title": row.title or (row.root.title if row.root else ""),
        "is_comment": is_comment,
        "events": events,
        "revisions": revisions,
        "answers": not is_comment and row.visibility == Visibility.PUBLISHED and bool(may_answer(actor, row)),
        "moderates": bool(may_moderate(actor, row)),
        "publishes": bool(may_publish(actor, row)),
        "hide": show
        if show and show.data.get("visibility") == "hidden"
        else ShowForm(initial={"visibility": "hidden", "version": row.version}),
        "changed": status == 409,
        "pause": render_pause_of(request, row),
        "preview_url": reverse("preview_comment_decision", args=[row.pk]) if is_comment else reverse("preview_decision", args=[row.number]),
        "show_url": reverse("show_comment", args=[row.pk]) if is_comment else reverse("show", args=[row.number]),
    }
    return render(request, "contributions/staff_contribution.html", context, status=status)


@never_cache
@require_safe
def show_one(request: HttpRequest, number: int | None = None, key: int | None = None) -> HttpResponse:
    """One contribution or comment with its history, and what can be decided."""
    return _page(request, _found(request, number, key))


@require_POST
def decide(request: HttpRequest, number: int | None = None, key: int | None = None) -> HttpResponse:
    """Publish or hide, and back to where the decision was made."""
    row = _found(request, number, key)
    may_moderate(request.actor, row).require()
    form = ShowForm(request.POST)
    if not form.is_valid():
        return _page(request, row, show=form, status=422)
    data = form.cleaned_data
    try:
        set_visibility(request.actor, row, data["visibility"], reason=data["reason"], version=data["version"])
    except Refused as refused:
        show_refusal(form, refused)
        if data["visibility"] != "hidden":
            messages.error(request, str(refused.reason))
        if refused.status == 409:
            take_up(form, row.version)
        return _page(request, row, show=form, status=422 if refused.fields else refused.status)
    messages.success(
        request, _("It is published.") if data["visibility"] == Visibility.PUBLISHED else _("It is hidden. The author reads the reason.")
    )
    back = request.POST.get("back", "")
    if back and url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return redirect(back)
    return redirect("staff_comment", key=row.pk) if row.number is None else redirect("staff_contribution", number=row.number)
