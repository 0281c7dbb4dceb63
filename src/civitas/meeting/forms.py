"""What people type when they join in, offer help or write a letter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from civitas.kit.sealed_forms import SealedForm, TrapForm
from civitas.meeting.models import Joining
from civitas.people.models import Organisation

if TYPE_CHECKING:
    from civitas.people.actors import Actor

LONGEST_NAME = 60


def _offer_organisations(form: forms.Form, actor: Actor) -> dict[str, Organisation]:
    """Let members of organisations choose for whom they speak; their own first organisation is set, since they speak visibly for it."""
    own = actor.organisation_ids
    rows = list(Organisation.objects.of(actor.city).filter(pk__in=own).order_by("name")) if own else []
    field = form.fields["organisation"]
    assert isinstance(field, forms.ChoiceField)
    field.choices = [*((str(row.pk), row.name) for row in rows), ("", _("I speak for myself"))]
    if rows:
        form.initial.setdefault("organisation", str(rows[0].pk))
    else:
        del form.fields["organisation"]
    return {str(row.pk): row for row in rows}


class JoinForm(TrapForm):
    """Join in or offer help: what one brings, and a name where there is none yet."""

    role = forms.ChoiceField(choices=Joining.Role.choices, widget=forms.HiddenInput)
    words = forms.CharField(
        label=_("What do you bring along?"), required=False, widget=forms.Textarea(attrs={"rows": 2, "class": "is-small"})
    )
    organisation = forms.ChoiceField(label=_("Who is speaking?"), required=False)
    pseudonym = forms.CharField(
        label=_("Your name"),
        help_text=_("As others will read it. A first name or an invented one is fine."),
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
        error_messages={"required": _("Please say how others may call you. An invented name is fine.")},
    )

    def __init__(self, actor: Actor, role: str, *args: Any, **options: Any) -> None:
        options.setdefault("initial", {"role": role})
        super().__init__(*args, **options)
        self.auto_id = f"id_{role}_%s"
        self.for_role = role
        self.organisations = _offer_organisations(self, actor)
        field = self.fields["words"]
        if role == Joining.Role.HELP:
            field.label = _("What can you help with?")
            field.required, field.error_messages["required"] = True, _("Please say what you can help with.")
            field.help_text = _("Time, a room, a tool, something you know well. It stands beside the contribution.")
        else:
            field.help_text = _("One sentence. It stands beside the contribution.")
        if actor.participant is not None and actor.participant.pseudonym:
            del self.fields["pseudonym"]

    @property
    def chosen_organisation(self) -> Organisation | None:
        """For whom the person speaks; None for themselves."""
        return self.organisations.get(self.cleaned_data.get("organisation", ""))


class LetterForm(SealedForm):
    """A letter. Who speaks for an organisation chooses for whom."""

    text = forms.CharField(
        label=_("Your letter"),
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Please write something.")},
    )
    organisation = forms.ChoiceField(label=_("Who is speaking?"), required=False)

    def __init__(self, actor: Actor, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.organisations = _offer_organisations(self, actor)

    @property
    def chosen_organisation(self) -> Organisation | None:
        """For whom the person speaks; None for themselves."""
        return self.organisations.get(self.cleaned_data.get("organisation", ""))
