"""What it is about: the questions of giving, the subject, the service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from civitas.contributions.checks import checked_answers, checked_texts
from civitas.processes.queries import categories_of
from civitas.services.models import Service

if TYPE_CHECKING:
    from civitas.contributions.forms.base import StepForm

OFFERED = {"idea": _("An idea for something new"), "improvement": _("An improvement of something that exists")}


def answer_fields(*, rows: int = 3) -> dict[str, forms.Field]:
    """The questions that may stay open: for whom, what to do, what is better then."""
    return {
        "audience": forms.CharField(
            label=_("Whom would it help?"),
            help_text=_("For example: people with prams, night workers, all who live here."),
            required=False,
        ),
        "proposal": forms.CharField(
            label=_("What do you suggest?"),
            help_text=_("It may be rough. Others can think along."),
            widget=forms.Textarea(attrs={"rows": rows}),
            required=False,
        ),
        "benefit": forms.CharField(label=_("What would be better then?"), widget=forms.Textarea(attrs={"rows": rows - 1}), required=False),
    }


def add_words(form: StepForm) -> None:
    """Put in the questions, and the choices that the step, the city and its catalogue give."""
    form.fields |= {
        "kind": forms.ChoiceField(
            label=_("What would you like to give?"),
            widget=forms.RadioSelect,
            error_messages={"required": _("Please choose one of the two.")},
        ),
        "title": forms.CharField(
            label=_("In one sentence"),
            help_text=_("As you would tell it to a neighbour."),
            error_messages={"required": _("Please give your contribution a title.")},
            widget=forms.TextInput(attrs={"data-needed": _("Please give your contribution a title.")}),
        ),
        "text": forms.CharField(
            label=_("What is it about?"),
            help_text=_("What do you see, what is missing, what is in the way?"),
            widget=forms.Textarea(attrs={"rows": 5, "data-needed": _("Please write what it is about.")}),
            error_messages={"required": _("Please write what it is about.")},
        ),
        **answer_fields(),
    }
    form.kinds = [kind for kind in OFFERED if kind in form.settings.kinds]
    if len(form.kinds) == 1:
        del form.fields["kind"]
    else:
        form.choice("kind").choices = [(kind, OFFERED[kind]) for kind in form.kinds]
        form.initial.setdefault("kind", form.kinds[0])
    _add_subjects(form)


def _add_subjects(form: StepForm) -> None:
    form.categories = {row.key: row for row in categories_of(form.city, form.step.process)}
    if form.categories:
        named = [(key, str(row.name)) for key, row in form.categories.items()]
        form.fields["category"] = forms.ChoiceField(label=_("Subject"), required=False, choices=[("", _("Please choose")), *named])
    form.services = {}
    if "improvement" in form.kinds:
        form.services = {row.key: row for row in Service.objects.of(form.city).order_by("key")}
    if form.services:
        ordered = sorted(((key, str(row.name)) for key, row in form.services.items()), key=lambda pair: pair[1].casefold())
        form.fields["service"] = forms.ChoiceField(
            label=_("Which service is it about?"),
            help_text="" if form.kinds == ["improvement"] else _("Only for an improvement."),
            required=False,
            choices=[("", _("None of these, or I do not know")), *ordered],
        )


def check_words(form: StepForm, data: dict[str, Any]) -> None:
    """Limits as the actions know them."""
    if "title" in data and "text" in data:
        form.ask(checked_texts, data["title"], data["text"])
    form.ask(checked_answers, *(data.get(name, "") for name in ("audience", "proposal", "benefit")))


def chosen_words(form: StepForm, data: dict[str, Any]) -> dict[str, Any]:
    """The answers as `submit_contribution` takes them."""
    return {
        "kind": data.get("kind") or form.kinds[0],
        **{name: data[name] for name in ("title", "text", "audience", "proposal", "benefit")},
        "category": form.categories.get(data.get("category", "")),
        "service": form.services.get(data.get("service", "")),
    }
