"""What the team types about itself: an invitation, an absence, a note."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from civitas.kit.fields import DayField
from civitas.kit.ids import uuid7
from civitas.kit.languages import LABELS
from civitas.kit.sealed_forms import SealedForm
from civitas.kit.translated import KEYS
from civitas.people.models import Organisation, Role
from civitas.team.actions.notes import LONGEST_NOTE
from civitas.team.queries import possible_deputies

if TYPE_CHECKING:
    from civitas.cities.models import City
    from civitas.notices.models import DigestWords
    from civitas.people.models import Participant

# As the form offers them: the everyday ones first, the one that may do everything last.
OFFERED = (Role.MODERATOR, Role.EXPERT, Role.OWNER, Role.FACILITATOR, Role.MEMBER, Role.ADMINISTRATOR)


class RoleForm(forms.Form):
    """A role, and for whom it is held."""

    role = forms.ChoiceField(
        label=_("Role"),
        choices=[(role.value, role.label) for role in OFFERED],
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose a role.")},
    )
    organisation = forms.ChoiceField(
        label=_("Department or organisation"),
        help_text=_("Needed for department experts and members of organisations."),
        required=False,
    )
    ends_on = DayField(
        label=_("Last day of the role"),
        help_text=_("Leave it empty if the role has no end. Two weeks before, the person and you are told."),
        required=False,
    )

    def __init__(self, city: City, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.organisations = {str(row.pk): row for row in Organisation.objects.of(city).order_by("name", "pk")}
        field = self.fields["organisation"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("For the city as a whole")), *((key, row.name) for key, row in self.organisations.items())]

    @property
    def chosen(self) -> dict[str, Any]:
        """Role, organisation and last day as the actions take them."""
        data = self.cleaned_data
        return {"role": data["role"], "organisation": self.organisations.get(data["organisation"]), "ends_on": data["ends_on"]}


class InviteForm(RoleForm):
    """Who is invited, to which role, in which language the mail comes."""

    mail = forms.EmailField(
        label=_("Mail address"),
        max_length=254,
        error_messages={
            "required": _("Please give the mail address of the person."),
            "invalid": _("This does not look like a mail address. Please check it."),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    language = forms.ChoiceField(label=_("Language of the invitation"))

    field_order = ("mail", "role", "organisation", "ends_on", "language")

    def __init__(self, city: City, *args: Any, **options: Any) -> None:
        super().__init__(city, *args, **options)
        field = self.fields["language"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(code, LABELS[code]) for code in city.config.languages]

    @property
    def chosen(self) -> dict[str, Any]:
        """The values as `invite` takes them."""
        return {**super().chosen, "mail": self.cleaned_data["mail"], "language": self.cleaned_data["language"]}


class EndForm(forms.Form):
    """Until when somebody holds a role."""

    ends_on = DayField(
        label=_("Last day of the role"),
        help_text=_("Leave it empty if the role has no end."),
        required=False,
    )


class AcceptForm(forms.Form):
    """Under which name somebody joins the team; `anyway` is asked where the address is another than the invited one."""

    name = forms.CharField(
        label=_("Your name"),
        help_text=_("The team and citizens read it beside what you answer and decide, and beside what you gave here before."),
        max_length=60,
        error_messages={"required": _("Please say how you are called. The team and citizens read it.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    anyway = forms.CharField(required=False, widget=forms.HiddenInput)


class AbsenceForm(forms.Form):
    """From when until when, and who stands in."""

    starts_on = DayField(
        label=_("First day"),
        error_messages={"required": _("Please give the first day.")},
    )
    ends_on = DayField(
        label=_("Last day"),
        error_messages={"required": _("Please give the last day.")},
    )
    deputy = forms.ChoiceField(
        label=_("Who stands in?"),
        help_text=_("They hold the same role or a higher one. What comes in meanwhile goes to them."),
        required=False,
    )

    def __init__(self, city: City, person: Participant, *args: Any, **options: Any) -> None:
        options.setdefault("initial", {"starts_on": city.today})
        super().__init__(*args, **options)
        self.deputies = {str(each.uid): each for each in possible_deputies(city, person)}
        field = self.fields["deputy"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Nobody yet")), *((key, each.shown_name) for key, each in self.deputies.items())]

    @property
    def chosen(self) -> dict[str, Any]:
        """The values as `set_absence` takes them."""
        data = self.cleaned_data
        return {"starts_on": data["starts_on"], "ends_on": data["ends_on"], "deputy": self.deputies.get(data["deputy"])}


class BarrierForm(SealedForm):
    """What did not work, and on which page."""

    text = forms.CharField(
        label=_("What did not work?"),
        help_text=_("For example: a picture without words, a button that the keyboard does not reach, a text that is hard to understand."),
        error_messages={"required": _("Please write what did not work.")},
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    path = forms.CharField(label=_("On which page?"), required=False, max_length=300)
    mail = forms.EmailField(
        label=_("Your mail address"),
        help_text=_("So that we can answer you. For nothing else."),
        required=False,
        error_messages={"invalid": _("This does not look like a mail address. Please check it.")},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class BarrierAnswerForm(forms.Form):
    """The team's answer."""

    text = forms.CharField(
        label=_("Your answer"),
        error_messages={"required": _("Please write an answer.")},
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class NoteForm(forms.Form):
    """A line for who comes next."""

    text = forms.CharField(
        label=_("What should the next shift know?"),
        max_length=LONGEST_NOTE,
        error_messages={"required": _("Please write what the next shift should know.")},
        widget=forms.Textarea(attrs={"rows": 3, "class": "is-small"}),
    )
    uid = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial = {"uid": uuid7(), **self.initial}


# The texts of a digest's frame: name, label, what it is for, and whether it has several lines.
DIGEST_TEXTS = (
    ("subject", _("Subject line"), "", False),
    ("greeting", _("Greeting"), _("Stands above the news."), True),
    ("closing", _("Closing"), _("Stands below the news."), True),
)


class DigestWordsForm(forms.Form):
    """The frame of a digest in the city's languages, and the language in which it is looked at."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    language = forms.ChoiceField(label=_("Look at it in"))

    def __init__(self, city: City, row: DigestWords | None, data: Any = None) -> None:
        self.keys = [(KEYS[code], LABELS[code]) for code in city.config.languages]
        super().__init__(data, initial={"version": row.version if row else 0, "language": city.config.languages[0]})
        field = self.fields["language"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(code, LABELS[code]) for code in city.config.languages]
        for name, _label, _hint, is_long in DIGEST_TEXTS:
            for key, language in self.keys:
                attributes = {"lang": "en" if key == "en" else "de", "class": "is-small"}
                widget = forms.Textarea(attrs={**attributes, "rows": 3}) if is_long else forms.TextInput(attrs=attributes)
                self.fields[f"{name}_{key}"] = forms.CharField(label=language, required=False, max_length=2_000, widget=widget)
                self.initial[f"{name}_{key}"] = getattr(row, name).get(key, "") if row else ""

    @property
    def rows(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """Label, hint and the fields of each language, from top to bottom."""
        return [
            (str(label), str(hint), [self[f"{name}_{key}"] for key, _language in self.keys]) for name, label, hint, _long in DIGEST_TEXTS
        ]

    @property
    def texts(self) -> dict[str, dict[str, str]]:
        """What was typed, by name and language."""
        return {name: {key: self.cleaned_data[f"{name}_{key}"] for key, _language in self.keys} for name, *_rest in DIGEST_TEXTS}
