"""The forms of themes: where one belongs, and its words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from civitas.contributions.checks import LONGEST_TITLE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from civitas.contributions.models import Contribution
    from civitas.processes.models import Process


class WordsForm(forms.Form):
    """A theme's name and description; `version` is the one that its writer had before them."""

    title = forms.CharField(
        label=_("What is the theme called?"),
        help_text=_("A few words in which people find themselves."),
        max_length=LONGEST_TITLE,
        error_messages={"required": _("Please give the theme a name in words.")},
    )
    text = forms.CharField(
        label=_("What is it about?"),
        help_text=_("Two or three sentences on what these voices have in common."),
        widget=forms.Textarea(attrs={"rows": 5}),
        required=False,
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)

    def __init__(self, row: Contribution | None, *args: Any, **options: Any) -> None:
        if row is not None:
            options.setdefault("initial", {"title": row.title, "text": row.text, "version": row.version})
        super().__init__(*args, **options)


class NewThemeForm(WordsForm):
    """The same for a new one, with the process that it belongs to."""

    process = forms.ChoiceField(label=_("Where does it belong?"))
    uid = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, processes: Iterable[Process], *args: Any, **options: Any) -> None:
        super().__init__(None, *args, **options)
        del self.fields["version"]
        field: Any = self.fields["process"]
        field.choices = [(process.slug, str(process.title)) for process in processes]
