"""Form fields that say more than Django's."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.forms import Field

Kind = TypeVar("Kind", bound="Field")


class DayField(forms.DateField):
    """A day, picked in the browser or typed as 12.05.2026."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")  # browsers take no other writing of it
    input_formats = ("%Y-%m-%d", "%d.%m.%Y")
    default_error_messages = {"invalid": _("Please give a day, such as 12.05.2026.")}


def needed(field: Kind) -> Kind:
    """A field that its form lets through empty, since a draft may be kept or the action says why it is needed: its label says not
    that it is optional."""
    vars(field)["needed"] = True
    return field


def speak_plainly() -> None:
    """Give Django's fields our sentences for what is missing or not on offer; a field's own `error_messages` go before."""
    forms.Field.default_error_messages["required"] = _("Please fill this in.")
    MaxLengthValidator.message = _("Please shorten this to %(limit_value)d characters; it has %(show_value)d.")
    for kind in (forms.ChoiceField, forms.TypedChoiceField, forms.MultipleChoiceField):
        chosen = {"required": _("Please choose one."), "invalid_choice": _("This is no longer on offer. Please choose again.")}
        kind.default_error_messages = {**kind.default_error_messages, **chosen}
    forms.BooleanField.default_error_messages = {**forms.BooleanField.default_error_messages, "required": _("Please tick this.")}
    forms.DateField.default_error_messages = {**forms.DateField.default_error_messages, "required": _("Please give a day.")}
