"""What people type when they join in, offer help or write a letter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from civitas.contributions.forms import sealed
from civitas.kit.ids import uuid7
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


def _refuse_machines(value: str) -> str:
    """Only machines fill in what nobody sees."""
    if value:
        raise forms.ValidationError(_("This looks like a machine filled it in. Please leave the hidden field empty and send it once more."))
    return ""


class JoinForm(forms.Form):
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
    homepage = forms.CharField(
        label=_("Leave this empty"), required=False, widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"})
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

    def clean_homepage(self) -> str:
        """See `_refuse_machines`."""
        return _refuse_machines(self.cleaned_data["homepage"])

    @property
    def chosen_organisation(self) -> Organisation | None:
        """For whom the person speaks; None for themselves."""
        return self.organisations.get(self.cleaned_data.get("organisation", ""))


class LetterForm(forms.Form):
    """A letter. Who speaks for an organisation chooses for whom."""

    text = forms.CharField(
        label=_("Your letter"),
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Please write something.")},
    )
    organisation = forms.ChoiceField(label=_("Who is speaking?"), required=False)
    homepage = forms.CharField(
        label=_("Leave this empty"), required=False, widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"})
    )
    uid = forms.UUIDField(widget=forms.HiddenInput)
    seal = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, actor: Actor, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        uid = uuid7()
        self.initial = {"uid": uid, "seal": sealed(uid), **self.initial}
        self.organisations = _offer_organisations(self, actor)

    def clean_homepage(self) -> str:
        """See `_refuse_machines`."""
        return _refuse_machines(self.cleaned_data["homepage"])

    def clean(self) -> dict[str, Any] | None:
        """The form came from us: its uid carries our seal."""
        if not constant_time_compare(str(self.data.get("seal", "")), sealed(self.data.get("uid", ""))):
            raise forms.ValidationError(_("This form is too old or was changed. Your text is kept: please send it once more."))
        return super().clean()

    @property
    def chosen_organisation(self) -> Organisation | None:
        """For whom the person speaks; None for themselves."""
        return self.organisations.get(self.cleaned_data.get("organisation", ""))
