"""What is typed of a process's own subjects, and the drawing it is known by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from civitas.kit.svg import SvgFault, cleaned_svg
from civitas.processes.forms import CityForm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from civitas.cities.models import City
    from civitas.processes.models import Category


class TopicForm(CityForm):
    """A subject: its name in every language, and after which other it stands."""

    after = forms.ChoiceField(label=_("Its place"), required=False)
    was = forms.CharField(widget=forms.HiddenInput, required=False)
    texts = (("name", _("Name"), _("One or two words, as people would look for it."), False, True),)
    order = ("name", "after", "was")

    def __init__(self, city: City, *args: Any, topics: Sequence[Category], row: Category | None = None, **options: Any) -> None:
        super().__init__(city, *args, **options)
        self.row = row
        others = [each for each in topics if row is None or each.pk != row.pk]
        field = self.fields["after"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("First")), *((each.key, _("After “%(name)s”") % {"name": each.name}) for each in others)]
        before = [each.key for each in others if row is None or each.position < row.position]
        self.initial.setdefault("after", before[-1] if before else "")
        if row:
            self.fill("name", row.name)
            self.initial.setdefault("was", row.name.in_language("de"))

    @property
    def values(self) -> dict[str, Any]:
        """As `topics.put_topic` takes them."""
        name = self.translated("name", self.row.name if self.row else None)
        return {"name": name, "after": self.cleaned_data["after"], "was": self.cleaned_data["was"]}


class DrawingForm(forms.Form):
    """The drawing of a process, as a file of shapes."""

    drawing = forms.FileField(
        label=_("Drawing (SVG)"),
        help_text=_("It stands on the card of the process. Shapes alone, wider than high, with colours that show on light and dark."),
        error_messages={"required": _("Please choose a file."), "empty": _("This file is empty.")},
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
    order = ("drawing",)

    def clean_drawing(self) -> str:
        """The drawing, made safe to stand inside a page; '' where none is asked for."""
        file = self.cleaned_data["drawing"]
        try:
            return cleaned_svg(file.read(500_000).decode("utf-8")) if file else ""
        except (SvgFault, UnicodeDecodeError):
            sentence = gettext("We cannot take this drawing. It has to be an SVG of shapes, without scripts, pictures and texts.")
            raise forms.ValidationError(sentence) from None
