"""Who gives it: a person under the name they like, or somebody who speaks for an organisation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from civitas.people.models import Organisation

if TYPE_CHECKING:
    from civitas.contributions.forms.base import StepForm

LONGEST_NAME = 60


def add_names(form: StepForm) -> None:
    """Put in what is not known yet about who gives: organisation, name, mail address."""
    person, own = form.actor.participant, form.actor.organisation_ids
    form.organisations = {}
    if own:
        form.organisations = {str(row.pk): row for row in Organisation.objects.of(form.city).filter(pk__in=own).order_by("name")}
    if form.organisations:
        named = [(key, row.name) for key, row in form.organisations.items()]
        form.fields["organisation"] = forms.ChoiceField(
            label=_("Who is speaking?"), required=False, choices=[("", _("I speak for myself")), *named]
        )
    if person is not None and person.is_pupil:
        return
    is_known = person is not None and not person.is_guest
    if not (is_known and person and person.pseudonym):
        form.fields["pseudonym"] = forms.CharField(
            label=_("Your name"),
            help_text=_("As it will stand beside your contribution. A first name or an invented one is fine."),
            max_length=LONGEST_NAME,
            required=not form.settings.anonymous,
            error_messages={"required": _("Please give a name; this step wants one.")},
        )
    if not is_known:
        form.fields["mail"] = forms.EmailField(
            label=_("Your mail address"),
            help_text=_("Then we can write to you when something comes of it. Nobody else sees it."),
            required=False,
            error_messages={"invalid": _("This does not look like a mail address. Please check it, or leave it empty.")},
        )
    if person is not None:
        form.initial = {"pseudonym": person.pseudonym, "mail": person.guest_mail, **form.initial}


def chosen_names(form: StepForm, data: dict[str, Any]) -> dict[str, Any]:
    """The organisation as `submit_contribution` takes it."""
    return {"organisation": form.organisations.get(data.get("organisation", ""))}
