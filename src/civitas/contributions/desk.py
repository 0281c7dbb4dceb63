"""The team's desk: what waits, and every contribution with its history. It is decided about in the queue, and answered at its own desk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from civitas.contributions.gallery import media_of
from civitas.contributions.models import Contribution, Revision
from civitas.contributions.queries import contribution_by_number, pictures, staff_page, tallies, waiting_pile
from civitas.contributions.rules import held_hidden, may_answer, may_describe, may_enter, may_moderate, may_publish, may_see, may_work
from civitas.contributions.sections import render_pause_of
from civitas.kit.files import FILES
from civitas.kit.rooms import rooms

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
        "held": held_hidden(city, [row for row in page.rows if row.visibility == Visibility.HIDDEN]),
        "me": request.actor.participant,
        "answers": request.actor.is_staff,
        "next_url": f"?{urlencode({**asked, 'nach': page.next_cursor})}" if page.next_cursor else "",
        "size": PAGE_SIZE,
        "files": [(word, f"{reverse(f'staff_list_{ending}')}?{urlencode(asked)}") for word, ending in (*FILES, ("DIPAS", "dipas"))],
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


@never_cache
@require_safe
def show_one(request: HttpRequest, number: int | None = None, key: int | None = None) -> HttpResponse:
    """One contribution or comment with its history, and what can be decided."""
    row = _found(request, number, key)
    actor: Actor = request.actor
    is_comment = row.kind == Contribution.Kind.COMMENT
    held = held_hidden(row.city, [row]).get(row.pk) if row.visibility == Visibility.HIDDEN else None
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
        "publishes": bool(may_publish(actor, row, held=held)),
        "held": held.reason if held is not None else "",
        "pause": render_pause_of(request, row),
    }
    return render(request, "contributions/staff_contribution.html", context)
