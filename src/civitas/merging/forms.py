"""What the team says when it proposes, splits and links; what an author answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from civitas.kit.ids import uuid7
from civitas.merging.splitting import FEWEST_PARTS, MOST_PARTS, Part
from civitas.processes.models import Category

if TYPE_CHECKING:
    from collections.abc import Sequence

    from civitas.contributions.models import Contribution


class MergeForm(forms.Form):
    """Which contribution stays on top, and why they belong together."""

    head = forms.TypedChoiceField(
        label=_("Which one stays on top?"),
        help_text=_("Its page shows all of them. The others lead there."),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose one."), "invalid_choice": _("Please choose one of these.")},
    )
    reason = forms.CharField(
        label=_("Why do they belong together?"),
        help_text=_("The authors read this."),
        error_messages={"required": _("Please say why they belong together. The authors read it.")},
        widget=forms.Textarea(attrs={"rows": 3, "class": "is-small"}),
    )
    uid = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, rows: Sequence[Contribution], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial = {"uid": uuid7(), **self.initial}
        field = self.fields["head"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [(row.number, _("No. %(number)s: %(title)s") % {"number": row.number, "title": row.title}) for row in rows]


class AnswerForm(forms.Form):
    """Yes or no of an author, with a word to the team."""

    answer = forms.ChoiceField(
        label=_("May your contribution be put together with it?"),
        choices=[("yes", _("Yes, that is all right with me")), ("no", _("No, mine should stay on its own"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose yes or no."), "invalid_choice": _("Please choose yes or no.")},
    )
    words = forms.CharField(
        label=_("What should the team know?"),
        help_text=_("Only the team reads this."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "class": "is-small"}),
    )


class ObjectionForm(forms.Form):
    """Why an author wants their contribution back on its own."""

    words = forms.CharField(
        label=_("What should the team know?"),
        help_text=_("Only the team reads this."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "class": "is-small"}),
    )


class SplitForm(forms.Form):
    """The parts of one contribution; those left empty are none."""

    uid = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, row: Contribution, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial = {"uid": uuid7(), **self.initial}
        categories = Category.objects.of(row.city_id).filter(process=None) | Category.objects.of(row.city_id).filter(process=row.process_id)
        self.categories = {category.pk: category for category in categories.order_by("pk")}
        choices = [("", _("None")), *((key, str(category.name)) for key, category in self.categories.items())]
        for index in range(MOST_PARTS):
            needed = index < FEWEST_PARTS
            self.fields[f"title-{index}"] = forms.CharField(
                label=_("Title"), required=needed, error_messages={"required": _("Please give this part a title.")}
            )
            self.fields[f"text-{index}"] = forms.CharField(
                label=_("Words of the original"),
                required=needed,
                widget=forms.Textarea(attrs={"rows": 5, "class": "is-small"}),
                error_messages={"required": _("Please copy the words of this part here.")},
            )
            self.fields[f"category-{index}"] = forms.TypedChoiceField(
                label=_("Subject"), choices=choices, required=False, coerce=int, empty_value=None, initial=row.category_id
            )
            if row.has_place:
                self.fields[f"place-{index}"] = forms.BooleanField(label=_("At the place of the original"), required=False, initial=True)

    @property
    def blocks(self) -> list[dict[str, Any]]:
        """The fields part by part, for the page."""
        names = [name for name in ("title", "text", "category", "place") if f"{name}-0" in self.fields]
        return [{"number": index + 1, "fields": [self[f"{name}-{index}"] for name in names]} for index in range(MOST_PARTS)]

    @property
    def parts(self) -> list[Part]:
        """The parts that were filled in."""
        data = self.cleaned_data
        return [
            Part(
                data[f"title-{index}"],
                data[f"text-{index}"],
                self.categories.get(data.get(f"category-{index}") or 0),
                bool(data.get(f"place-{index}")),
            )
            for index in range(MOST_PARTS)
            if data[f"title-{index}"].strip() or data[f"text-{index}"].strip()
        ]
