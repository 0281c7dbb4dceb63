"""Forms that anybody may send: filled in by people, and made by us."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core import signing
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from civitas.kit.ids import uuid7

if TYPE_CHECKING:
    from uuid import UUID

_SEAL = signing.Signer(salt="civitas.contributions.form")  # named after its first form; forms that are open keep their seal


def sealed(uid: UUID) -> str:
    """The proof that this form came from us: whoever sends it again with the same `uid` is the person who got it."""
    return _SEAL.signature(str(uid))


class TrapForm(forms.Form):
    """A form with a field that people do not see and leave empty."""

    homepage = forms.CharField(
        label=_("Leave this empty"), required=False, widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"})
    )

    def clean_homepage(self) -> str:
        """Only machines fill in what nobody sees."""
        if self.cleaned_data["homepage"]:
            raise forms.ValidationError(
                _("This looks like a machine filled it in. Please leave the hidden field empty and send it once more.")
            )
        return ""


class SignedForm(TrapForm):
    """A form with an id of its own, so that sent twice it is one, and our seal on it."""

    uid = forms.UUIDField(widget=forms.HiddenInput)
    seal = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        uid = uuid7()
        self.initial = {"uid": uid, "seal": sealed(uid), **self.initial}

    def renew(self) -> None:
        """Let the bound form go on as a new one with what was typed: its uid belongs to something else by now."""
        uid = uuid7()
        self.data = {**{name: self.data[name] for name in self.data}, "uid": str(uid), "seal": sealed(uid)}

    @property
    def is_sealed(self) -> bool:
        """Whether the uid is one that we gave to this very form."""
        return constant_time_compare(str(self.data.get("seal", "")), sealed(self.data.get("uid", "")))


class SealedForm(SignedForm):
    """A form that is taken with our seal alone."""

    def clean(self) -> dict[str, Any] | None:
        """The form came from us: its uid carries our seal."""
        if not self.is_sealed:
            raise forms.ValidationError(_("This form is too old or was changed. Your text is kept: please send it once more."))
        return super().clean()
