"""What people say when they flag something, and what the team decides."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from civitas.contributions.forms import sealed
from civitas.kit.ids import uuid7
from civitas.moderation.models import Case, Flag


class FlagForm(forms.Form):
    """Why something should be looked at."""

    reason = forms.ChoiceField(
        label=_("What is wrong with it?"),
        choices=Flag.Reason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose what is wrong with it.")},
    )
    words = forms.CharField(
        label=_("What should the team know?"),
        help_text=_("Only the team reads this."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "class": "is-small"}),
    )
    homepage = forms.CharField(
        label=_("Leave this empty"), required=False, widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"})
    )
    uid = forms.UUIDField(widget=forms.HiddenInput)
    seal = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        uid = uuid7()
        self.initial = {"uid": uid, "seal": sealed(uid), **self.initial}

    def clean_homepage(self) -> str:
        """Only machines fill in what nobody sees."""
        if self.cleaned_data["homepage"]:
            raise forms.ValidationError(
                _("This looks like a machine filled it in. Please leave the hidden field empty and send it once more.")
            )
        return ""

    def clean(self) -> dict[str, Any] | None:
        """The form came from us: its uid carries our seal."""
        if not constant_time_compare(str(self.data.get("seal", "")), sealed(self.data.get("uid", ""))):
            raise forms.ValidationError(_("This form is too old or was changed. Your text is kept: please send it once more."))
        return super().clean()


class DecisionForm(forms.Form):
    """What the team decides about a case."""

    decision = forms.ChoiceField(
        label=_("Your decision"),
        choices=Case.Decision.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose a decision.")},
    )
    takes_out = forms.ChoiceField(
        label=_("The letter"),
        choices=[("", _("Leave the letter as it is")), ("yes", _("Take the words out of the letter, for both"))],
        required=False,
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=_("A word to those who flagged it"),
        help_text=_("They also read your decision. Thanks are already in the message."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "class": "is-small"}),
    )

    def __init__(self, case: Case, *args: Any, **options: Any) -> None:
        options.setdefault("initial", {"takes_out": ""})
        super().__init__(*args, **options)
        if case.letter is None:
            del self.fields["takes_out"]
