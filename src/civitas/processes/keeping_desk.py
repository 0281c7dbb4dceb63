"""The page of what goes by rule: how much tonight, which things, what is put off; and what another period would take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from civitas.kit.fields import DayField
from civitas.kit.ids import read_key
from civitas.kit.refusals import carry_out
from civitas.processes.models import Postponement, Process
from civitas.processes.policies import Rules, rules_of
from civitas.processes.postponing import LONGEST_WORDS, kept_with_a_process, named, postponables, postpone, put_off_now, release
from civitas.processes.retention import before_of, declared, due_of, held_of
from civitas.processes.rules import may_postpone, may_read_rules, may_set_rules

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest, HttpResponse

    from civitas.cities.models import City
    from civitas.kit.rooms import Retention
    from civitas.processes.retention import Held

EXAMPLES = 5
MOST_PROCESSES = 200


@never_cache
@require_safe
def show_keeping(request: HttpRequest) -> HttpResponse:
    """What goes tonight by each rule, with some examples; with `?<setting>=<months>` what another period would take."""
    if request.city is None:
        raise Http404
    may_read_rules(request.actor).require()
    city = request.city
    rules, now, held = rules_of(city), timezone.now(), held_of(city)
    tried = _tried(request, rules)
    context = {
        "kinds": [_kind(city, each, rules, tried, now, held) for each in declared()],
        "tried": tried is not None,
        "put_off": _put_off(city),
        "postpones": bool(may_postpone(request.actor)),
        "sets": bool(may_set_rules(request.actor)),
        "processes": list(Process.objects.of(city).exclude(state=Process.State.DRAFT).order_by("-made_at", "-pk")[:MOST_PROCESSES]),
    }
    return render(request, "processes/staff_keeping.html", context)


def _tried(request: HttpRequest, rules: Rules) -> Rules | None:
    """The rules with the periods that the address asks for, within their limits; None where it asks for none."""
    changed = {}
    for setting in {each.setting for each in declared() if each.setting}:
        months = read_key(request.GET.get(setting, ""))
        if months is None or months == getattr(rules, setting):
            continue
        low, high = limits_of(setting)
        changed[setting] = min(max(months, low), high)
    return rules.model_copy(update=changed) if changed else None


def limits_of(setting: str) -> tuple[int, int]:
    """The fewest and most months that a rule takes."""
    limits = {type(each).__name__: each for each in Rules.model_fields[setting].metadata}
    return limits["Ge"].ge, limits["Le"].le


def _kind(city: City, each: Retention, rules: Rules, tried: Rules | None, now: dt.datetime, held: dict[str, Held]) -> dict[str, Any]:
    before = before_of(each, tried or rules, now)
    changes = bool(tried and each.setting and getattr(tried, each.setting) != getattr(rules, each.setting))
    due = due_of(city, each, before_of(each, rules, now), held).count()
    then = due_of(city, each, before, held).count() if changes else due
    shown: list[Any] = []
    if each.postponing:
        shown = each.postponing.show(due_of(city, each, before, held)[:EXAMPLES])
    return {
        "label": each.label,
        "setting": each.setting,
        "months": getattr(rules, each.setting) if each.setting else 0,
        "tried": getattr(tried or rules, each.setting) if each.setting else 0,
        "limits": limits_of(each.setting) if each.setting else (0, 0),
        "days": each.days,
        "due": due,
        "then": then,
        "changes": changes,
        "more": max(then - due, 0),
        "fewer": max(due - then, 0),
        "examples": shown,
        "left": max(then - len(shown), 0) if shown else 0,
        "key": each.postponing.key if each.postponing else "",
    }


def _put_off(city: City) -> list[dict[str, Any]]:
    """What is put off, each with its name; a query or two for each kind that is."""
    rows = put_off_now(city)
    names: dict[tuple[str, int], str] = {}
    kinds = postponables()
    for kind in {row.kind for row in rows if row.kind}:
        found = named(city, kind, [row.key for row in rows if row.kind == kind and row.key])
        names |= {(kind, key): going.title for key, going in found.items()}
    return [
        {
            "row": row,
            "title": str(row.process) if row.process else names.get((row.kind, row.key or 0), _("It is gone meanwhile")),
            "kind": _("All of this process") if row.process else str(kinds[row.kind].label) if row.kind in kinds else "",
        }
        for row in rows
    ]


class PutOffForm(forms.Form):
    """Why something is kept longer, and until when."""

    why = forms.ChoiceField(
        label=gettext_lazy("Reason"), choices=Postponement.Why, widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Please choose a reason."), "invalid_choice": gettext_lazy("Please choose a reason.")},
    )  # fmt: skip
    words = forms.CharField(
        label=gettext_lazy("In a sentence"),
        help_text=gettext_lazy("For colleagues. Please name no private people."),
        max_length=LONGEST_WORDS,
        error_messages={"required": gettext_lazy("Please say in a sentence why it is kept.")},
    )
    until = DayField(
        label=gettext_lazy("Keep it up to and with"),
        error_messages={
            "required": gettext_lazy("Please give the day until which it is kept."),
            "invalid": gettext_lazy("Please give the day until which it is kept."),
        },
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def put_off(request: HttpRequest) -> HttpResponse:
    """Put one thing off (`?art=` its kind, `?nr=` its key), or all of a process (`?beteiligung=` its slug)."""
    if request.city is None:
        raise Http404
    may_postpone(request.actor).require()
    city, slug, kind = request.city, request.GET.get("beteiligung", ""), request.GET.get("art", "")
    key = read_key(request.GET.get("nr", "")) or 0
    process = Process.objects.of(city).filter(slug=slug).first() if slug else None
    title = str(process) if process else ""
    if process is None:
        going = named(city, kind, [key]).get(key)
        if going is None:
            raise Http404
        title = going.title
    form = PutOffForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status, made = carry_out(
            form,
            lambda: postpone(request.actor, **form.cleaned_data, kind="" if process else kind, key=0 if process else key, process=process),
        )
        if made:
            messages.success(request, _("It is put off. The record says so, with the reason and the day."))
            return redirect("keeping")
    label = _("All of this process") if process else postponables()[kind].label
    context = {"form": form, "title": title, "kind": label, "with_it": kept_with_a_process() if process else []}
    return render(request, "processes/staff_put_off.html", context, status=status)


@require_POST
def let_go(request: HttpRequest, key: int) -> HttpResponse:
    """Let something go by its rule again."""
    if request.city is None:
        raise Http404
    may_postpone(request.actor).require()
    row = Postponement.objects.of(request.city).filter(pk=key).first()
    if row is None:
        raise Http404
    release(request.actor, row)
    messages.success(request, _("It goes by its rule again."))
    return redirect(f"{reverse('keeping')}#put-off")
