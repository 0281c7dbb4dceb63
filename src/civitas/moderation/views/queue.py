"""The team's queue: the list, one item, and the decision about it. It works as plain pages; an island adds the keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from civitas.contributions.gallery import media_of
from civitas.contributions.models import Contribution
from civitas.contributions.queries import pictures
from civitas.contributions.rules import held_hidden
from civitas.contributions.sections import render_pause_of
from civitas.contributions.words import further_words
from civitas.kit.redirects import SeeOther
from civitas.kit.refusals import show_refusal
from civitas.kit.verdicts import Refused
from civitas.meeting.queries import letters_before
from civitas.moderation.claims import claim_case, holder_of, release_case, taken_by
from civitas.moderation.decisions import decide
from civitas.moderation.forms import OrderForm, Places, ViewForm
from civitas.moderation.marking import marked
from civitas.moderation.models import Case, Decision, Flag, Signal, Verb
from civitas.moderation.queries import (
    CASES_A_PAGE,
    MOST_CASES,
    appealed_by,
    appeals_of,
    case_by_key,
    count_under,
    decisions_about,
    family_size,
    filters_from,
    flags_of,
    last_decision_of,
    neighbour,
    open_pile,
    queue_page,
    signals_of,
)
from civitas.moderation.rules import is_held_by_another, may_decide, may_decide_so
from civitas.moderation.saving import forget_view, keep_view, views_of
from civitas.moderation.undoing import undo_decision
from civitas.processes.models import Process
from civitas.processes.policies import rules_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from civitas.cities.models import City
    from civitas.moderation.queries import Filters
    from civitas.people.actors import Actor

# What the machine's signals look like in the list: the first that a case has is shown.
SERIOUS = (Signal.Kind.IBAN, Signal.Kind.PHONE, Signal.Kind.MAIL, Signal.Kind.PLATE, Signal.Kind.WORDS, Signal.Kind.SPAM, Signal.Kind.SAME)


def enter(request: HttpRequest) -> City:
    """The city, for who decides in it; 404 on the bare host, 403 for everybody else."""
    if request.city is None:
        raise Http404
    may_decide(request.actor).require()
    city: City = request.city
    return city


def found_case(request: HttpRequest, key: int) -> Case:
    """A case of this city, or 404."""
    case = case_by_key(enter(request), key)
    if case is None:
        raise Http404
    return case


@never_cache
@require_safe
def show_queue(request: HttpRequest) -> HttpResponse:
    """The queue, with its first item opened beside the list."""
    enter(request)
    filters = filters_from(request.GET)
    page = queue_page(request.actor, filters, cursor=request.GET.get("nach", ""))
    theirs = appealed_by(request.actor, page.rows)
    free = next((case for case in page.rows if case.pk not in theirs and not is_held_by_another(request.actor, case)), None)
    return _render(request, filters, page, free or (page.rows[0] if page.rows else None), opened=False)


@never_cache
@require_safe
def show_case(request: HttpRequest, key: int) -> HttpResponse:
    """One item of the queue, with the list beside it."""
    case = found_case(request, key)
    filters = filters_from(request.GET)
    return _render(request, filters, queue_page(request.actor, filters, cursor=request.GET.get("nach", "")), case, opened=True)


def _render(
    request: HttpRequest, filters: Filters, page: Any, case: Case | None, *, opened: bool, form: OrderForm | None = None, status: int = 200
) -> HttpResponse:
    actor: Actor = request.actor
    city = actor.city
    shown = [*page.rows, *([case] if case is not None and case not in page.rows else [])]
    signals = signals_of(city, shown)
    theirs = appealed_by(actor, page.rows)
    places = form.places if form else Places(actor)
    query, cursor = filters.query, request.GET.get("nach", "")
    views = views_of(actor)
    here = "&".join(part for part in (query, f"nach={cursor}" if cursor else "") if part)
    context = {
        "title": _("Editorial desk"),
        "filters": filters,
        "query": query,
        "here": f"?{here}" if here else "",
        "lines": [_line(actor, each, signals.get(each.pk, []), theirs) for each in page.rows],
        "next_url": f"{reverse('queue')}?{'&'.join(part for part in (query, f'nach={page.next_cursor}') if part)}"
        if page.next_cursor
        else "",
        "size": CASES_A_PAGE,
        "count": count_under(actor, filters),
        "most": MOST_CASES,
        "pile": open_pile(city),
        "look_hours": rules_of(city).look_hours,
        "choices": _choices(places, city),
        "views": views,
        "kept": next((view for view in views if query and view.query == query), None),
        "tabs": _tabs(filters),
        "last": last_decision_of(actor),
        "opened": opened,
        "case": case,
        **(_item(request, case, signals.get(case.pk, []), places, form) if case is not None else {}),
    }
    return render(request, "moderation/queue.html", context, status=status)


def _tabs(filters: Filters) -> list[dict[str, Any]]:
    address = reverse("queue")
    return [
        {
            "label": label,
            "url": f"{address}?state={state}" if state != Case.State.OPEN else address,
            "current": filters.state == state,
            "count": None,
        }
        for state, label in Case.State.choices
    ]


def _choices(places: Places, city: City) -> dict[str, list[tuple[str, str]]]:
    """What the filters offer."""
    processes = Process.objects.of(city).exclude(state=Process.State.DRAFT).order_by("pk")
    kinds = [(kind, label) for kind, label in Contribution.Kind.choices]
    return {
        "why": [(value, str(label)) for value, label in Case.Why.choices],
        "kind": [*((value, str(label)) for value, label in kinds), ("letter", _("Letter"))],
        "signal": [(value, str(label)) for value, label in Signal.Kind.choices],
        "process": [(process.slug, str(process.title)) for process in processes],
        "category": list({row.key: (row.key, str(row.name)) for row in places.categories}.values()),
        "area": [(area.key, area.name) for area in places.areas],
        "held": [("me", _("I am on it")), ("nobody", _("Nobody is on it"))],
    }


def _line(actor: Actor, case: Case, signals: list[str], theirs: set[int]) -> dict[str, Any]:
    labels = dict(Signal.Kind.choices)
    serious = next((kind for kind in SERIOUS if kind in signals), "")
    return {
        "case": case,
        "title": title_of(case),
        "sign": str(labels[serious]) if serious else "",
        "holder": holder_of(case) if is_held_by_another(actor, case) else None,
        "for_another": case.pk in theirs,
    }


def title_of(case: Case) -> str:
    """What a case is called in lists."""
    if case.letter is not None:
        return _("Letter about “%(title)s”") % {"title": case.letter.conversation.contribution.title}
    row = case.contribution
    if row is None or row.visibility == Contribution.Visibility.ERASED:
        return _("A contribution that is gone")
    return (row.teaser if row.root_id else row.title) or _("A contribution that is gone")


def _item(request: HttpRequest, case: Case, signals: list[str], places: Places, form: OrderForm | None) -> dict[str, Any]:
    actor, row, letter = request.actor, case.contribution, case.letter
    labels = dict(Signal.Kind.choices)
    flags = flags_of(case) if case.flag_count else []
    family = family_size(case) if Signal.Kind.SAME in signals else 0
    appeals = appeals_of(case)
    held = held_hidden(actor.city, [row]).get(row.pk) if row is not None and row.visibility == row.Visibility.HIDDEN else None
    appealed: set[int | None] = {
        appeal.decision.by_id if appeal.decision.by_id is not None else -1 for appeal in appeals if not appeal.outcome
    }
    verdicts = {verb: may_decide_so(actor, case, row, verb, appealed=appealed, held=held) for verb in Verb.values}
    reported = case.is_open and case.why == Case.Why.REPORT
    return {
        "row": row,
        "letter": letter,
        # Once decided, a letter is private again.
        "letters": [*letters_before(letter), letter] if letter is not None and case.is_open else [],
        "name": title_of(case),
        "text": marked(row.text) if row is not None else "",
        "more": [(label, marked(value)) for label, value in _more(actor.city, row)] if row is not None else [],
        "media": _media(actor.city, row) if row is not None and not row.root_id else {},
        "signals": [(kind, str(labels[kind])) for kind in signals],
        "personal": [
            str(labels[kind]) for kind in signals if kind in {Signal.Kind.MAIL, Signal.Kind.PHONE, Signal.Kind.IBAN, Signal.Kind.PLATE}
        ],
        "family": family,
        "flags": flags,
        "flag_reasons": sorted({str(dict(Flag.Reason.choices)[flag.reason]) for flag in flags}),
        "history": decisions_about(case),
        "appeals": appeals,
        "holder": holder_of(case) if is_held_by_another(actor, case) else None,
        "mine": holder_of(case) is not None and not is_held_by_another(actor, case),
        "held_words": taken_by(case) if is_held_by_another(actor, case) else "",
        "may": {verb: bool(verdict) for verb, verdict in verdicts.items()},
        "why_not": next((verdict.reason for verdict in verdicts.values() if not verdict), "") if not any(verdicts.values()) else "",
        "reported": verdicts[Verb.PUBLISH].reason if reported else "",
        "held": held.reason if held is not None else "",
        "forms": {
            verb: form
            if form is not None and form.data.get("verb") == verb
            else OrderForm(actor, places=places, auto_id=f"{verb}-%s", initial={"verb": verb, "stamp": case.stamp, "reason": ""})
            for verb in Verb.values
        },
        "pause": render_pause_of(request, row, back=reverse("case", args=[case.pk])) if row is not None else "",
        "failed": form.data.get("verb", "") if form is not None else request.GET.get("tun", ""),
        "form": form,
        "redact_url": _redact_url(request, case, row) if row is not None else "",
        "merge_url": f"/verwaltung/zusammenlegen/{row.number}" if row is not None and row.number else "",
    }


def _redact_url(request: HttpRequest, case: Case, row: Contribution) -> str:
    """Where something is blacked out; from there the way leads back to this place in the queue."""
    query = filters_from(request.GET).query
    back = f"{reverse('case', args=[case.pk])}{f'?{query}' if query else ''}"
    return f"/verwaltung/schwaerzen/{row.number or f'kommentar/{row.pk}'}?{urlencode({'back': back})}"


def _media(city: City, row: Contribution) -> dict[str, Any]:
    prefetch_related_objects([row], pictures(city))
    return media_of(row, may_describe=False)


def _more(city: City, row: Contribution) -> list[tuple[str, str]]:
    asked = (
        (_("Whom would it help?"), row.audience),
        (_("What should be done?"), row.proposal),
        (_("What would be better then?"), row.benefit),
        (_("What its sections say"), further_words(city, [row]).get(row.pk, "")),
    )
    return [(label, text) for label, text in asked if text]


@require_POST
def decide_case(request: HttpRequest, key: int) -> HttpResponse:
    """Decide, and go on to the next item; who was overtaken sees what changed and keeps what they typed."""
    case = found_case(request, key)
    filters = filters_from(request.GET)
    places = Places(request.actor)
    verb = request.POST.get("verb", "")
    form = OrderForm(request.actor, request.POST, places=places, auto_id=f"{verb}-%s")
    status = 422
    if form.is_valid():
        following = neighbour(request.actor, filters, case)
        order = form.order
        try:
            made = decide(
                request.actor, case, order.verb, reason=order.reason, text=order.text, stamp=form.cleaned_data["stamp"],
                category=order.category, area=order.area, place=order.place, step=order.step,
                suspend_days=order.suspend_days, takes_over=order.takes_over,
            )  # fmt: skip
        except Refused as refused:
            show_refusal(form, refused)
            status = 422 if refused.fields else refused.status
        else:
            messages.success(request, said(made))
            query = f"?{filters.query}" if filters.query else ""
            return SeeOther(f"{reverse('case', args=[following.pk])}{query}" if following else f"{reverse('queue')}{query}")
    case = found_case(request, key)
    if status == 409:
        # They have now seen what changed; sending once more is meant.
        form.data = {**{name: form.data[name] for name in form.data}, "stamp": case.stamp, "takes_over": "yes"}
    return _render(request, filters, queue_page(request.actor, filters), case, opened=True, form=form, status=status)


def said(decision: Decision) -> str:
    """A decision in a few words, for who made it."""
    return {
        Verb.PUBLISH: _("Everybody can read it. You can take this back."),
        Verb.HIDE: _("It is hidden, and the author reads why. You can take this back."),
        Verb.SPAM: _("It is hidden, and the machine has learned. You can take this back."),
        Verb.MOVE: _("It is moved. You can take this back."),
        Verb.ASK: _("Your question is on its way. The item comes back with the answer."),
    }[Verb(decision.verb)]


@require_POST
def claim(request: HttpRequest, key: int) -> HttpResponse:
    """Take an item for the next minutes, or take it over on purpose; the island asks when an item is opened."""
    case = found_case(request, key)
    wants_json = request.headers.get("Accept", "") == "application/json"
    try:
        if request.POST.get("release"):
            release_case(request.actor, case)
        else:
            claim_case(request.actor, case, takes_over=request.POST.get("takes_over", ""))
    except Refused as refused:
        if wants_json:
            # One that is decided by now cannot be taken over.
            return JsonResponse({"said": str(refused.reason), "open": found_case(request, key).is_open}, status=refused.status)
        messages.error(request, str(refused.reason))
    if wants_json:
        return JsonResponse({"said": ""})
    query = filters_from(request.GET).query
    return SeeOther(f"{reverse('case', args=[case.pk])}{f'?{query}' if query else ''}")


@require_POST
def undo(request: HttpRequest, key: int) -> HttpResponse:
    """Take a decision back, and show the item again."""
    city = enter(request)
    decision = Decision.objects.of(city).select_related("case").filter(pk=key).first()
    if decision is None:
        raise Http404
    try:
        undo_decision(request.actor, decision)
    except Refused as refused:
        messages.error(request, str(refused.reason))
    else:
        messages.success(request, _("Taken back. Everything is as it was before."))
    query = filters_from(request.GET).query
    return SeeOther(f"{reverse('case', args=[decision.case_id])}{f'?{query}' if query else ''}")


@require_POST
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep what one sees under a name, or forget it."""
    enter(request)
    if request.POST.get("forget", "").isdecimal():
        forget_view(request.actor, int(request.POST["forget"][:18]))
        return redirect("queue")
    form = ViewForm(request.POST)
    query = filters_from(QueryDict(request.POST.get("query", ""))).query
    if form.is_valid():
        try:
            keep_view(request.actor, name=form.cleaned_data["name"], query=query)
        except Refused as refused:
            messages.error(request, str(refused.reason))
    else:
        messages.error(request, _("Please give the view a name of at most 60 characters."))
    return SeeOther(f"{reverse('queue')}{f'?{query}' if query else ''}")


@never_cache
@require_safe
def old_flags(request: HttpRequest, key: int | None = None) -> HttpResponse:
    """The old addresses of flags lead to the queue."""
    enter(request)
    return redirect("case", key=found_case(request, key).pk) if key is not None else redirect(f"{reverse('queue')}?why=flagged")
