"""The forms of a report: one section, and its release."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from civitas.kit.texts import cleaned

if TYPE_CHECKING:
    from civitas.reporting.models import Section


class SectionForm(forms.Form):
    """The text of a section; `version` is the one that its writer had before them."""

    text = forms.CharField(
        label=_("Text of this section"),
        help_text=_("Markdown: **bold**, - list, ### heading. [[12]] names contribution 12, [[zitat 12]] on a line of its own quotes it."),
        widget=forms.Textarea(attrs={"rows": 18}),
        required=False,
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)

    def __init__(self, section: Section, *args: Any, **options: Any) -> None:
        options.setdefault("initial", {"text": section.text, "version": section.version})
        super().__init__(*args, **options)

    def clean_text(self) -> str:
        """As it will be kept."""
        return cleaned(self.cleaned_data["text"])


class ReleaseForm(forms.Form):
    """What changed since the last edition; `stamp` is what was looked at."""

    changes = forms.CharField(
        label=_("What has changed?"),
        help_text=_("One sentence. It stands beside the date of this edition."),
        max_length=500,
        required=False,
    )
    stamp = forms.CharField(widget=forms.HiddenInput, max_length=60, required=False)
