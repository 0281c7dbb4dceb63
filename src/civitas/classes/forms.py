"""What the team types about a class, and what a pupil types at the door."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from civitas.classes.actions import MOST_SEATS
from civitas.classes.queries import processes_to_choose
from civitas.kit.fields import DayField
from civitas.kit.sealed_forms import SealedForm, SignedForm
from civitas.people.leaving import Texts
from civitas.people.names import LONGEST_NAME

if TYPE_CHECKING:
    from civitas.cities.models import City

USUAL_SEATS, USUAL_WEEKS = 30, 6


def end_of(city: City, day: dt.date) -> dt.datetime:
    """The moment at which a day of the city is over."""
    return city.begins(day + dt.timedelta(days=1))


class ClassForm(SealedForm):
    """A new class: what it is called, where it takes part, how many and how long."""

    name = forms.CharField(
        label=_("Name of the class or group"),
        help_text=_("For example “Klasse 8b, Stadtteilschule Veddel”. No name of a pupil or a teacher."),
        max_length=60,
        error_messages={"required": _("Please give the class a name.")},
    )
    process = forms.ChoiceField(
        label=_("Where does the class take part?"),
        help_text=_("Only there can it give something. It can read everything."),
        error_messages={"required": _("Please choose a process that is public.")},
    )
    seats = forms.IntegerField(
        label=_("How many seats at most?"),
        help_text=_("One for each pupil, and some to spare."),
        min_value=1,
        max_value=MOST_SEATS,
        initial=USUAL_SEATS,
        error_messages={
            "required": _("Please give a number."),
            "invalid": _("Please give a number."),
            "min_value": _("At least one seat, please."),
            "max_value": _("At most %(limit_value)d seats. Larger groups are made as two classes."),
        },
    )
    opens_on = DayField(label=_("First day"))
    closes_on = DayField(label=_("Last day"))
    waits = forms.BooleanField(
        label=_("The team reads first what the class writes"),
        help_text=_("Recommended: so nobody of the class is named by mistake."),
        required=False,
        initial=True,
    )

    def __init__(self, city: City, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.city = city
        self.processes = {row.slug: row for row in processes_to_choose(city)}
        field = self.fields["process"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(slug, str(row)) for slug, row in self.processes.items()]
        today = timezone.localdate()
        self.initial = {"opens_on": today, "closes_on": today + dt.timedelta(weeks=USUAL_WEEKS), **self.initial}

    @property
    def chosen(self) -> dict[str, Any]:
        """The values as `make_class` takes them."""
        data = self.cleaned_data
        return {
            "uid": data["uid"],
            "process": self.processes[data["process"]],
            "name": data["name"],
            "seats": data["seats"],
            "opens_at": self.city.begins(data["opens_on"]),
            "closes_at": end_of(self.city, data["closes_on"]),
            "waits": data["waits"],
        }


class ExtendForm(forms.Form):
    """Until when a class takes part."""

    closes_on = DayField(label=_("New last day"))


class TakeAwayForm(forms.Form):
    """What becomes of the words of somebody whose seat is taken away."""

    texts = forms.ChoiceField(
        label=_("What shall become of the texts?"),
        choices=[(Texts.STAY, _("They stay for the others, without a name.")), (Texts.GO, _("They go too."))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose what shall become of the texts.")},
    )


class CodeForm(forms.Form):
    """The code of the class, of a slip, or of the teacher."""

    code = forms.CharField(
        label=_("Your code"),
        help_text=_("It stands on the blackboard or on your slip. Small or capital letters are all the same."),
        max_length=30,
        error_messages={"required": _("Please type the code.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


class NameForm(SignedForm):
    """How somebody is called here; sent twice it is one seat."""

    pseudonym = forms.CharField(
        label=_("Your made-up name"),
        help_text=_("Everybody can read it. So please take no name that you really have."),
        max_length=LONGEST_NAME,
        required=False,
        error_messages={"max_length": _("Please choose a name of at most %(limit_value)d characters.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    own_device = forms.BooleanField(
        label=_("This device is mine alone. It shall remember me."),
        required=False,
    )
