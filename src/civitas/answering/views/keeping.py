"""What the team keeps for its answers: templates, bodies to hand over to, the rules of who gets what with a preview."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.forms import ChoiceField
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from civitas.answering.actions import keeping
from civitas.answering.actions.many import apply_rules
from civitas.answering.blanks import KNOWN
from civitas.answering.forms import BodyForm, RuleForm, TemplateForm
from civitas.answering.models import AssignmentRule, Body, Template
from civitas.answering.queries.keeping import bodies_of, rules_in_order, templates_of, waiting_for_rules, would_go
from civitas.answering.rules import may_keep
from civitas.answering.views.desk import entered
from civitas.contributions.models import Contribution
from civitas.journal.queries import entries_about
from civitas.kit.languages import LABELS
from civitas.kit.refusals import show_refusal, take_up
from civitas.kit.translated import KEYS
from civitas.kit.verdicts import Refused

if TYPE_CHECKING:
    from django.forms import BoundField, Form
    from django.http import HttpRequest

    from civitas.cities.models import City

_READ_WRITE = require_http_methods(["GET", "HEAD", "POST"])
_KEY_LABELS = {key: LABELS[code] for code, key in KEYS.items()}


def _keeping(request: HttpRequest) -> City:
    city = entered(request)
    may_keep(request.actor).require()
    return city


def _one(rows: Any, key: int | None) -> Any:
    """The row with this key, None without one; another city's is not found."""
    if key is None:
        return None
    row = rows.filter(pk=key).first()
    if row is None:
        raise Http404
    return row


def _kept_or_gone(request: HttpRequest, rows: Any, key: int | None, verb: str) -> tuple[Any, bool]:
    """The row with this key, and whether a colleague removed it while somebody typed: what was typed is then shown for a new one."""
    row = None if key is None else rows.filter(pk=key).first()
    if row is not None or key is None:
        return row, False
    subject = f"{verb.partition('.')[0]}:{key}"
    if request.method != "POST" or not entries_about(request.actor.city, [subject], [verb], 1):
        raise Http404
    return None, True


@never_cache
@require_safe
def show_templates(request: HttpRequest) -> HttpResponse:
    """The city's answer templates; everybody at the answer desk reads them."""
    city = entered(request)
    statuses = dict(Contribution.Status.choices)
    lines = [
        {
            "template": row,
            "text": row.text.in_language("de"),
            "languages": [_KEY_LABELS.get(key, key) for key in row.text],
            "status": statuses.get(row.status, ""),
        }
        for row in templates_of(city)
    ]
    return render(request, "answering/templates.html", {"lines": lines, "keeps": bool(may_keep(request.actor))})


@never_cache
@_READ_WRITE
def edit_template(request: HttpRequest, key: int | None = None) -> HttpResponse:
    """One template: its words with blanks, checked on saving."""
    city = _keeping(request)
    template: Template | None
    template, gone = _kept_or_gone(request, Template.objects.of(city), key, "template.dropped")
    if gone and request.POST.get("do") == "drop":
        messages.success(request, _("The template is gone."))
        return redirect("answer_templates")
    form = TemplateForm(city, template, request.POST if request.method == "POST" else None)
    status, theirs = 409 if gone else 200, None
    if request.method == "POST" and not gone:
        status = 422
        try:
            if template and request.POST.get("do") == "drop":
                keeping.drop_template(request.actor, template, version=_seen(request))
                messages.success(request, _("The template is gone."))
                return redirect("answer_templates")
            if form.is_valid():
                keeping.save_template(request.actor, template, **form.values)
                messages.success(request, _("Saved."))
                return redirect("answer_templates")
        except Refused as refused:
            status = _refused(form, refused)
            if refused.status == 409 and template:
                template.refresh_from_db()
                theirs = _theirs(form, TemplateForm(city, template), template.version)
    blanks = [f"{{{name}}}" for name in KNOWN]
    context = {"form": form, "template": template, "blanks": blanks, "theirs": theirs, "gone": gone}
    return render(request, "answering/template.html", context, status=status)


def _seen(request: HttpRequest) -> int:
    """The version that somebody looked at who presses a button."""
    return _key(request.POST.get("version", ""))


def _refused(form: Form, refused: Refused) -> int:
    """Show in the form why not; returns the page's status."""
    show_refusal(form, refused)
    return 422 if refused.fields else refused.status


def _theirs(form: Form, now: Form, version: int) -> list[tuple[str, str]]:
    """How it stands since a colleague saved it, where that is not what was typed: label and words of each field.

    The form goes on from there: who sends it again has seen this.
    """
    take_up(form, version)
    fields = [field for field in now if not field.is_hidden]
    return [
        (str(field.label), _in_words(field) or "–") for field in fields if str(field.value() or "") != str(form[field.name].value() or "")
    ]


def _in_words(field: BoundField) -> str:
    value = str(field.value() or "")
    choices: Any = field.field.choices if isinstance(field.field, ChoiceField) else ()
    return str(dict(choices).get(value, value))


@never_cache
@require_safe
def show_bodies(request: HttpRequest) -> HttpResponse:
    """The bodies that things are handed over to."""
    city = entered(request)
    return render(request, "answering/bodies.html", {"bodies": bodies_of(city), "keeps": bool(may_keep(request.actor))})


@never_cache
@_READ_WRITE
def edit_body(request: HttpRequest, key: int | None = None) -> HttpResponse:
    """One body with how people reach it."""
    city = _keeping(request)
    body: Body | None = _one(Body.objects.of(city), key)
    form = BodyForm(body, request.POST if request.method == "POST" else None)
    status, theirs = 200, None
    if request.method == "POST":
        status = 422
        try:
            if body and request.POST.get("do") == "drop":
                keeping.retire_body(request.actor, body, version=_seen(request))
                messages.success(request, _("It is no longer offered."))
                return redirect("answer_bodies")
            if form.is_valid():
                keeping.save_body(request.actor, body, **form.values)
                messages.success(request, _("Saved."))
                return redirect("answer_bodies")
        except Refused as refused:
            status = _refused(form, refused)
            if refused.status == 409 and body:
                body.refresh_from_db()
                theirs = _theirs(form, BodyForm(body), body.version)
    return render(request, "answering/body.html", {"form": form, "body": body, "theirs": theirs}, status=status)


@never_cache
@_READ_WRITE
def show_rules(request: HttpRequest) -> HttpResponse:
    """The rules of who gets what, in order, with what of the open ones each would take; applied when somebody says so."""
    city = _keeping(request)
    if request.method == "POST":
        if request.POST.get("do") == "apply":
            gone = apply_rules(request.actor)
            messages.success(request, _("%(count)d are on their way to a department.") % {"count": gone})
        else:
            rule = _one(AssignmentRule.objects.of(city), _key(request.POST.get("rule", "")))
            if rule is not None:
                keeping.move_rule_up(request.actor, rule)
        return redirect("assignment_rules")
    rules = rules_in_order(city)
    waiting = waiting_for_rules(city)
    takes = would_go(city, rules, waiting)
    lines = [{"rule": rule, "takes": takes.get(rule.pk, [])[:5], "count": len(takes.get(rule.pk, []))} for rule in rules]
    gone = sum(len(rows) for rows in takes.values())
    return render(request, "answering/rules.html", {"lines": lines, "would_go": gone, "left": len(waiting) - gone})


def _key(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


@never_cache
@_READ_WRITE
def edit_rule(request: HttpRequest, key: int | None = None) -> HttpResponse:
    """One rule; before it is kept, the page can say which of the open ones would go there."""
    city = _keeping(request)
    rows = AssignmentRule.objects.of(city).select_related("organisation")
    rule: AssignmentRule | None
    rule, gone = _kept_or_gone(request, rows, key, "assignment_rule.dropped")
    if gone and request.POST.get("do") == "drop":
        messages.success(request, _("The rule is gone. What it gave out stays where it is."))
        return redirect("assignment_rules")
    form = RuleForm(city, rule, request.POST if request.method == "POST" else None)
    status, preview, theirs = 409 if gone else 200, None, None
    if request.method == "POST" and not gone:
        status = 422
        try:
            if rule and request.POST.get("do") == "drop":
                keeping.drop_rule(request.actor, rule, version=_seen(request))
                messages.success(request, _("The rule is gone. What it gave out stays where it is."))
                return redirect("assignment_rules")
            if form.is_valid() and request.POST.get("do") == "preview":
                status, preview = 200, _preview(city, rule, form)
            elif form.is_valid():
                keeping.save_rule(request.actor, rule, **form.values, version=form.seen)
                messages.success(request, _("Saved."))
                return redirect("assignment_rules")
        except Refused as refused:
            status = _refused(form, refused)
            if refused.status == 409 and rule:
                rule = rows.get(pk=rule.pk)
                theirs = _theirs(form, RuleForm(city, rule), rule.version)
    context = {"form": form, "rule": rule, "preview": preview, "theirs": theirs, "gone": gone}
    return render(request, "answering/rule.html", context, status=status)


def _preview(city: City, rule: AssignmentRule | None, form: RuleForm) -> dict[str, Any]:
    """Which of the open ones would go by the rule as it is typed, at its place among the others."""
    typed = AssignmentRule(city=city, position=rule.position if rule else 0, **form.values)
    rules = [typed if rule and each.pk == rule.pk else each for each in rules_in_order(city)]
    if rule is None:
        rules.append(typed)
    typed.pk = rule.pk if rule else 0
    taken = would_go(city, rules, waiting_for_rules(city)).get(typed.pk, [])
    return {"count": len(taken), "rows": taken[:8]}
