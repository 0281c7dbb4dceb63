"""What goes with it: a picture with its words and rights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from civitas.contributions.forms.give import GiveForm


def add_files(form: GiveForm) -> None:
    """Put in the fields of the picture, where the step takes pictures."""
    if not form.settings.photos:
        return
    form.fields |= {
        "picture": forms.FileField(
            label=_("A picture"),
            help_text=_("JPEG, PNG or WebP, at most 12 MB. We remove place and time from the file."),
            required=False,
            widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        ),
        "alt": forms.CharField(
            label=_("What is to be seen in it?"), help_text=_("For people who cannot see the picture."), max_length=300, required=False
        ),
        "rights": forms.BooleanField(
            label=_("I took the picture myself or may use it, and everybody who can be recognised agrees."), required=False
        ),
    }


def check_files(form: GiveForm, data: dict[str, Any]) -> None:
    """A picture comes with its words and rights."""
    if data.get("picture"):
        if not data.get("alt"):
            form.add_error("alt", _("Please say in a few words what the picture shows."))
        if not data.get("rights"):
            form.add_error("rights", _("Please confirm that you may show this picture."))
