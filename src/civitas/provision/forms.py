"""What people say of a service, and what the team types about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from civitas.kit.fields import DayField
from civitas.kit.sealed_forms import SealedForm
from civitas.processes.blueprints import house_blueprints
from civitas.processes.forms import CityForm
from civitas.provision.models import Rating, ServiceProcess
from civitas.services.codes import ACCESS, LANGUAGES, joined
from civitas.services.models import WORDS, Service

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from civitas.cities.models import Area, City, Place
    from civitas.people.models import Organisation
    from civitas.provision.queries.desk import Offer

LONGEST_WORDS = 10_000


class FeedbackForm(SealedForm):
    """How it was, what should be better, and where; ten seconds, no login."""

    face = forms.ChoiceField(label=_("How was it?"), choices=Rating.Face, required=False, widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("What should be better?"),
        help_text=_("What you write is public, under “Someone” or your name. Please name nobody else."),
        required=False,
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    where = forms.ChoiceField(label=_("Where was it?"), required=False)

    def __init__(self, *args: Any, places: Iterable[Place], areas: Iterable[Area], **options: Any) -> None:
        super().__init__(*args, **options)
        self.places = {f"place:{row.key}": row for row in places}
        self.areas = {f"area:{row.key}": row for row in areas}
        choices = [(key, str(row)) for key, row in self.places.items()] + [(key, row.apart) for key, row in self.areas.items()]
        field = self.fields["where"]
        assert isinstance(field, forms.ChoiceField)
        if choices:
            field.choices = [("", _("I would rather not say")), *choices]
        else:
            del self.fields["where"]

    @property
    def place(self) -> Place | None:
        """The place that was chosen."""
        return self.places.get(self.cleaned_data.get("where", ""))

    @property
    def area(self) -> Area | None:
        """The part of the city that was chosen."""
        return self.areas.get(self.cleaned_data.get("where", ""))


class ServiceForm(CityForm):
    """What the catalogue says of a service, in the city's languages."""

    texts = (
        ("name", _("Name"), _("As people call it."), False, True),
        ("summary", _("In one sentence"), "", False, False),
        ("about", _("What it is"), _("What people get, and how it works."), True, False),
        ("audience", _("For whom"), "", False, False),
        ("hours", _("Hours"), "", True, False),
        ("contact", _("Contact in words"), "", True, False),
        ("access_note", _("More about accessibility"), "", True, False),
        ("budget_note", _("What the money is for"), "", False, False),
    )
    organisation = forms.ChoiceField(label=_("Provided by"), required=False)
    responsible = forms.ChoiceField(
        label=_("Answers for it"), help_text=_("Only where it is somebody else than the provider."), required=False
    )
    owner = forms.ChoiceField(
        label=_("In the care of"), help_text=_("Is reminded when an indicator is looked at again. Not public."), required=False
    )
    phone = forms.CharField(label=_("Telephone"), required=False, max_length=40)
    email = forms.EmailField(label=_("Mail address"), required=False)
    url = forms.URLField(label=_("Page of the service"), required=False, assume_scheme="https")
    spoken = forms.MultipleChoiceField(label=_("Languages"), choices=LANGUAGES.items(), required=False, widget=forms.CheckboxSelectMultiple)
    accessibility = forms.MultipleChoiceField(
        label=_("Accessibility"), choices=ACCESS.items(), required=False, widget=forms.CheckboxSelectMultiple
    )
    places = forms.MultipleChoiceField(label=_("Places where people meet it"), required=False, widget=forms.CheckboxSelectMultiple)
    areas = forms.MultipleChoiceField(
        label=_("Parts of the city"),
        help_text=_("None ticked: it is for the whole city."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    budget = forms.IntegerField(label=_("Euros a year in regular operation"), required=False, min_value=0, max_value=2_000_000_000)
    started_on = DayField(label=_("In regular operation since"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)
    order = (
        "name", "summary", "about", "audience", "organisation", "responsible", "owner", "hours", "phone", "email", "url", "contact",
        "spoken", "accessibility", "access_note", "places", "areas", "budget", "budget_note", "started_on",
    )  # fmt: skip

    def __init__(self, city: City, *args: Any, offer: Offer, **options: Any) -> None:
        super().__init__(city, *args, **options)
        self.offer = offer
        nobody = ("", _("Nobody"))
        for name in ("organisation", "responsible"):
            self._choices(name, [nobody, *((str(row.pk), row.name) for row in offer.organisations)])
        self._choices("owner", [nobody, *((str(row.pk), row.shown_name) for row in offer.people)])
        for name, named in (
            ("places", {row.key: str(row) for row in offer.places}),
            ("areas", {row.key: row.apart for row in offer.areas}),
        ):
            ticked = self.initial.get(name, ())  # what is ticked stands first: a long list shows its beginning alone
            self._choices(name, sorted(named.items(), key=lambda choice: choice[0] not in ticked))
            if not named:
                del self.fields[name]

    def _choices(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    @classmethod
    def of(cls, service: Service, data: Any, *, offer: Offer, places: Iterable[Place], areas: Iterable[Area]) -> ServiceForm:
        """The form about a service as it is, or as somebody sent it."""
        initial = {
            "organisation": str(service.organisation_id or ""),
            "responsible": str(service.responsible_id or ""),
            "owner": str(service.owner_id or ""),
            "spoken": service.languages.split(),
            "accessibility": service.accessibility.split(),
            "places": [row.key for row in places],
            "areas": [row.key for row in areas],
            **{name: getattr(service, name) for name in ("phone", "email", "url", "budget", "started_on", "version")},
        }
        form = cls(service.city, data, offer=offer, initial=initial)
        for name in WORDS:
            form.fill(name, getattr(service, name))
        return form

    def values(self, service: Service) -> dict[str, Any]:
        """What was typed, as columns of a service."""
        data = self.cleaned_data
        found: dict[str, Any] = {name: self.translated(name, getattr(service, name)) for name in WORDS}
        found |= {name: data[name] for name in ("phone", "email", "url", "budget", "started_on")}
        found |= {"languages": joined(data["spoken"]), "accessibility": joined(data["accessibility"])}
        organisations = {str(row.pk): row for row in self.offer.organisations}
        found |= {name: organisations.get(data[name]) for name in ("organisation", "responsible")}
        found["owner"] = {str(row.pk): row for row in self.offer.people}.get(data["owner"])
        return found

    def chosen(self, name: str) -> list[Any] | None:
        """The places or areas that were ticked; None where the city has none to choose from."""
        if name not in self.fields:
            return None
        rows: Sequence[Any] = self.offer.places if name == "places" else self.offer.areas
        return [row for row in rows if row.key in self.cleaned_data[name]]


class NewServiceForm(CityForm):
    """A service that is new in the catalogue."""

    texts = (("name", _("Name"), _("As people call it."), False, True), ("summary", _("In one sentence"), "", False, False))
    status = forms.ChoiceField(label=_("State"), choices=Service.Status)
    organisation = forms.ChoiceField(label=_("Provided by"), required=False)
    order: tuple[str, ...] = ("name", "summary", "status", "organisation")

    def __init__(self, city: City, *args: Any, organisations: Sequence[Organisation], **options: Any) -> None:
        super().__init__(city, *args, **options)
        self.organisations = {str(row.pk): row for row in organisations}
        field = self.fields["organisation"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Nobody")), *((key, row.name) for key, row in self.organisations.items())]

    @property
    def organisation_chosen(self) -> Organisation | None:
        """Who provides it."""
        return self.organisations.get(self.cleaned_data["organisation"])


class StoryForm(NewServiceForm):
    """What a concept becomes: a service that is new in the catalogue, or one that is there already."""

    service = forms.ChoiceField(
        label=_("Which service?"),
        help_text=_("A service that people use already stays in its state, whatever is chosen below."),
        required=False,
    )
    order = ("service", "name", "summary", "status", "organisation")

    def __init__(self, city: City, *args: Any, services: Sequence[Service], **options: Any) -> None:
        super().__init__(city, *args, **options)
        self.services = {row.key: row for row in services}
        field = self.fields["service"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("A new one")), *((key, str(row.name)) for key, row in self.services.items())]
        self.fields["name_de"].required = False  # the action asks for it where the service is new

    @property
    def service_chosen(self) -> Service | None:
        """The service that is there already; None for a new one."""
        return self.services.get(self.cleaned_data["service"])


class StateForm(CityForm):
    """A state that a service comes into, with the reason that people read."""

    texts = (("reason", _("Why"), _("Everybody reads it on the page of the service."), True, True),)
    status = forms.ChoiceField(label=_("New state"), choices=Service.Status)
    body = forms.CharField(label=_("Who decided it"), help_text=_("A committee or an office, no person."), required=False, max_length=160)
    version = forms.IntegerField(widget=forms.HiddenInput)
    order = ("status", "reason", "body")


class IndicatorForm(CityForm):
    """By what a service is measured."""

    texts = (
        ("indicator", _("What is counted"), _("For example: loans a month."), False, True),
        ("unit", _("Unit"), "", False, False),
    )
    target = forms.DecimalField(label=_("What is hoped for"), required=False, max_digits=14, decimal_places=2, localize=True)
    order = ("indicator", "unit", "target")


class LookForm(CityForm):
    """What somebody found when they looked at an indicator."""

    texts = (("note", _("What it means"), "", True, False),)
    value = forms.DecimalField(label=_("What was found"), max_digits=14, decimal_places=2, localize=True)
    looked_on = DayField(label=_("Looked at on"))
    next_on = DayField(label=_("Next look"), help_text=_("Empty: 6 and 12 months after the start, then each year."), required=False)
    order = ("value", "looked_on", "note", "next_on")


class ProviderForm(forms.Form):
    """A provider that leaves: since when, and who answers now."""

    left_on = DayField(label=_("Since when"))
    responsible = forms.ChoiceField(label=_("Who answers now"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, organisations: Sequence[Organisation], **options: Any) -> None:
        super().__init__(*args, **options)
        self.organisations = {str(row.pk): row for row in organisations}
        field = self.fields["responsible"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Nobody yet")), *((key, row.name) for key, row in self.organisations.items())]

    @property
    def chosen(self) -> Organisation | None:
        """Who answers from now on."""
        return self.organisations.get(self.cleaned_data["responsible"])


class BeginForm(forms.Form):
    """A process about a service: what for, and what it starts from."""

    purpose = forms.ChoiceField(label=_("What is it about?"), choices=ServiceProcess.Purpose, widget=forms.RadioSelect)
    like = forms.ChoiceField(label=_("What do you start from?"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["like"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(key, str(blueprint.title)) for key, blueprint in house_blueprints().items()]
