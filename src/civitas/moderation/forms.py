"""What people say when they flag something, object or answer; what the team decides."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from civitas.cities.models import Place
from civitas.cities.queries import areas_of
from civitas.kit.fields import needed
from civitas.kit.sealed_forms import SealedForm
from civitas.moderation.models import Flag, Reason, Verb
from civitas.moderation.orders import Order
from civitas.processes.models import Category, Process, Step

if TYPE_CHECKING:
    from civitas.people.actors import Actor

_SMALL = {"class": "is-small"}
MOST_PLACES = 200


class FlagForm(SealedForm):
    """Why something should be looked at."""

    reason = forms.ChoiceField(
        label=_("What is wrong with it?"),
        choices=Flag.Reason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose what is wrong with it.")},
    )
    words = forms.CharField(
        label=_("What should the team know?"),
        help_text=_("Only the team reads this."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, **_SMALL}),
    )


class OrderForm(forms.Form):
    """A decision with its reason and the words that the author reads; the action says what is missing."""

    verb = forms.ChoiceField(label=_("Your decision"), choices=Verb.choices, widget=forms.RadioSelect)
    reason = forms.ChoiceField(label=_("Reason"), required=False, widget=forms.RadioSelect)
    text = forms.CharField(label=_("A word to the author"), required=False, widget=forms.Textarea(attrs={"rows": 3, **_SMALL}), strip=False)
    category = forms.ChoiceField(label=_("Subject"), required=False)
    area = forms.ChoiceField(label=_("District"), required=False)
    place = forms.ChoiceField(
        label=_("Place"), help_text=_("It then lies there on the map. With a district alone it has no point."), required=False
    )
    step = forms.ChoiceField(label=_("Process"), required=False)
    suspend_days = forms.TypedChoiceField(
        label=_("Shut the author out as well?"),
        choices=[
            ("", _("No")),
            ("7", _("For a week")),
            ("30", _("For a month")),
            ("0", _("For good")),
        ],
        required=False,
        coerce=int,
        empty_value=None,
    )
    stamp = forms.CharField(required=False, widget=forms.HiddenInput)
    takes_over = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, actor: Actor, *args: Any, places: Places, **options: Any) -> None:
        super().__init__(*args, **options)
        self.actor, self.places = actor, places
        verb = self.data.get("verb") or self.initial.get("verb")
        hides = verb == Verb.HIDE
        if verb == Verb.ASK:
            self.fields["text"].label = _("Your question")
            needed(self.fields["text"])
        self._choose("reason", Reason.choices if hides else [("", _("No reason")), *Reason.choices])
        self.fields["reason"].required = hides
        self.fields["reason"].error_messages["required"] = _("Please choose the reason. The author will read it.")
        self._choose("category", [("", _("as it is")), *((str(row.pk), str(row.name)) for row in places.categories)])
        self._choose("area", [("", _("as it is")), *((str(row.pk), row.name) for row in places.areas)])
        self._choose("place", [("", _("as it is")), *((str(row.pk), row.name) for row in places.places)])
        self._choose("step", [("", _("as it is")), *((str(row.pk), str(row.process.title)) for row in places.steps)])

    def _choose(self, name: str, choices: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    @property
    def order(self) -> Order:
        """The checked values as the decisions take them; what belongs to another decision than the chosen one is left out."""
        data, verb = self.cleaned_data, self.cleaned_data["verb"]
        order = Order(verb, text=data["text"], takes_over=data["takes_over"])
        if verb in {Verb.HIDE, Verb.SPAM}:
            return replace(order, reason=data["reason"], suspend_days=data["suspend_days"])
        if verb == Verb.MOVE:
            category, area = _picked(self.places.categories, data["category"]), _picked(self.places.areas, data["area"])
            place, step = _picked(self.places.places, data["place"]), _picked(self.places.steps, data["step"])
            return replace(order, category=category, area=area, place=place, step=step)
        return order


def _picked(rows: list[Any], key: str) -> Any:
    return next((row for row in rows if str(row.pk) == key), None)


class Places:
    """Where something can be moved to in a city: its subjects, districts and places, and the first step of each process; three queries."""

    def __init__(self, actor: Actor) -> None:
        city = actor.city
        self.categories = list(Category.objects.of(city).order_by("position", "pk"))
        self.areas = sorted(areas_of(city), key=lambda area: area.name)
        self.places = list(Place.objects.of(city).exclude(lat=None).order_by("name", "pk")[:MOST_PLACES])
        steps = Step.objects.of(city).select_related("process").filter(process__state=Process.State.PUBLISHED)
        first: dict[int, Step] = {}
        for step in steps.order_by("process", "position"):
            step.process.city = city
            first.setdefault(step.process_id, step)
        self.steps = list(first.values())


class WordsForm(forms.Form):
    """An answer to what the team asks."""

    text = needed(forms.CharField(label=_("Your answer"), required=False, widget=forms.Textarea(attrs={"rows": 5}), strip=False))


class ObjectionForm(forms.Form):
    """Why somebody objects, where they say it."""

    words = forms.CharField(
        label=_("What should they know?"), required=False, widget=forms.Textarea(attrs={"rows": 3, **_SMALL}), strip=False
    )


class ViewForm(forms.Form):
    """A name for what somebody wants to see again."""

    name = forms.CharField(label=_("Name"), max_length=60)
    query = forms.CharField(max_length=500, required=False, widget=forms.HiddenInput)
