"""What the team decides at its desk on what is shown."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class ShowForm(forms.Form):
    """Publish, or hide with the reason that the author reads."""

    visibility = forms.ChoiceField(choices=[("published", _("Publish")), ("hidden", _("Hide"))], widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The author reads it."),
        max_length=300,
        error_messages={"required": _("Please give the reason. The author will read it.")},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.data.get("visibility") == "published":
            self.fields["reason"].required = False
