"""What people type when they comment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from civitas.contributions.models import Contribution
from civitas.kit.sealed_forms import SignedForm
from civitas.people.models import Organisation

if TYPE_CHECKING:
    from civitas.people.actors import Actor


class CommentForm(SignedForm):
    """A comment or a reply. A guest may add a name, once; who speaks for an organisation chooses for whom."""

    text = forms.CharField(
        label=_("What would you like to add?"),
        widget=forms.Textarea(attrs={"rows": 3, "class": "is-small"}),
        error_messages={"required": _("Please write something.")},
    )
    stance = forms.ChoiceField(
        label=_("Where do you stand?"),
        choices=Contribution.Stance.choices,
        required=False,
        initial=Contribution.Stance.NEUTRAL,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Please choose one of the answers.")},
    )
    organisation = forms.ChoiceField(label=_("Who is speaking?"), required=False)
    pseudonym = forms.CharField(
        label=_("Your name"),
        help_text=_("A first name or an invented one is fine."),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )
    parent = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=2**62)

    def __init__(self, actor: Actor, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if options.get("initial", {}).get("text"):
            self.fields["text"].widget.attrs["data-quoted"] = ""
        own = actor.organisation_ids
        rows = Organisation.objects.of(actor.city).filter(pk__in=own).order_by("name") if own else []
        self.organisations = {str(row.pk): row for row in rows}
        field = self.fields["organisation"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("I speak for myself")), *((key, row.name) for key, row in self.organisations.items())]
        if not self.organisations:
            del self.fields["organisation"]
        if actor.participant is not None and actor.participant.pseudonym:
            del self.fields["pseudonym"]

    def clean_stance(self) -> str:
        """Who chooses no side takes none."""
        return self.cleaned_data["stance"] or Contribution.Stance.NEUTRAL.value

    @property
    def chosen_organisation(self) -> Organisation | None:
        """For whom the person speaks; None for themselves."""
        return self.organisations.get(self.cleaned_data.get("organisation", ""))
