"""Why something is blacked out; what is marked comes beside it (`marks`)."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from civitas.redaction.models import Redaction


class ReasonForm(forms.Form):
    """The reason, and the version of the text that was looked at."""

    reason = forms.ChoiceField(
        label=_("Why?"),
        help_text=_("The author reads this, in friendly words."),
        choices=Redaction.Reason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose why.")},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)
