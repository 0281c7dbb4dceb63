"""What the team types at its desk: an official answer, a decision on what is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from civitas.contributions.models import Contribution
from civitas.people.models import Organisation, Role

if TYPE_CHECKING:
    import datetime as dt

    from civitas.people.actors import Actor


class AnswerForm(forms.Form):
    """Status, answer, department, what comes next and by when; `version` is the state that was looked at."""

    status = forms.ChoiceField(label=_("Status"), choices=Contribution.Status.choices)
    text = forms.CharField(
        label=_("Answer"),
        help_text=_("Address the person, say first what you do. 'Not possible' needs the reason."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    organisation = forms.ChoiceField(label=_("Who answers?"), required=False)
    next_step = forms.CharField(label=_("What happens next"), max_length=240, required=False)
    due_on = forms.DateField(
        label=_("By when"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Please give a day, such as 31.12.2026.")},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)

    def __init__(self, actor: Actor, row: Contribution, *args: Any, **options: Any) -> None:
        own = actor.organisation_ids
        rows = Organisation.objects.of(actor.city).order_by("name", "pk")
        rows = rows.filter(kind=Organisation.Kind.DEPARTMENT) if actor.has(Role.MODERATOR, Role.OWNER) else rows.filter(pk__in=own)
        self.organisations = {str(each.pk): each for each in rows}
        mine = next((key for key, each in self.organisations.items() if each.pk in own), "")
        options.setdefault("initial", {"status": row.status, "organisation": mine, "version": row.version})
        super().__init__(*args, **options)
        field = self.fields["organisation"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("The city as a whole")), *((key, each.name) for key, each in self.organisations.items())]

    def clean_due_on(self) -> dt.date | None:
        """A promise lies ahead."""
        day: dt.date | None = self.cleaned_data["due_on"]
        if day and day < timezone.localdate():
            raise forms.ValidationError(_("Please choose a day that is still to come."))
        return day

    @property
    def chosen(self) -> dict[str, Any]:
        """The checked values as `answer_contribution` takes them."""
        data = self.cleaned_data
        names = ("status", "text", "next_step", "due_on", "version")
        return {name: data[name] for name in names} | {"organisation": self.organisations.get(data["organisation"])}


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
