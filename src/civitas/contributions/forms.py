"""What people type when they give a contribution."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from django import forms
from django.core import signing
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from civitas.cities.queries import areas_of
from civitas.contributions.actions import LONGEST_TEXT, LONGEST_TITLE, checked_texts, placed
from civitas.kit.ids import uuid7
from civitas.kit.translated import Translated
from civitas.kit.verdicts import Refused
from civitas.people.models import Organisation
from civitas.processes.queries import categories_of
from civitas.services.models import Service

if TYPE_CHECKING:
    from uuid import UUID

    from civitas.cities.models import Area
    from civitas.people.actors import Actor
    from civitas.processes.models import Step

LONGEST_NAME = 60
# What an action calls a field, where the form calls it otherwise.
_PLACE_OF = {"place": "place_name"}
_SEAL = signing.Signer(salt="civitas.contributions.form")


def sealed(uid: UUID) -> str:
    """The proof that this form came from us: whoever sends it again with the same `uid` is the person who got it."""
    return _SEAL.signature(str(uid))


class GiveForm(forms.Form):
    """Give an idea or an improvement in a step. Its fields follow the step's settings and who is giving."""

    kind = forms.ChoiceField(
        label=_("What would you like to give?"), widget=forms.RadioSelect, error_messages={"required": _("Please choose one of the two.")}
    )
    title = forms.CharField(
        label=_("In one sentence"),
        help_text=_("As you would tell it to a neighbour."),
        error_messages={"required": _("Please give your contribution a title.")},
    )
    text = forms.CharField(
        label=_("Tell us more"), widget=forms.Textarea(attrs={"rows": 6}), error_messages={"required": _("Please write what it is about.")}
    )
    category = forms.ChoiceField(label=_("Subject"), required=False)
    service = forms.ChoiceField(label=_("Which service is it about?"), help_text=_("Only for an improvement."), required=False)
    lat = forms.FloatField(widget=forms.HiddenInput, required=False)
    lon = forms.FloatField(widget=forms.HiddenInput, required=False)
    area = forms.ChoiceField(required=False)
    place_name = forms.CharField(
        label=_("Place"), help_text=_("A street, a square, a stop. Never your own address."), max_length=160, required=False
    )
    picture = forms.FileField(
        label=_("A picture"),
        help_text=_("JPEG, PNG or WebP, at most 12 MB. We remove place and time from the file."),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    alt = forms.CharField(
        label=_("What is to be seen in it?"), help_text=_("For people who cannot see the picture."), max_length=300, required=False
    )
    rights = forms.BooleanField(
        label=_("I took the picture myself or may use it, and everybody who can be recognised agrees."), required=False
    )
    organisation = forms.ChoiceField(label=_("Who is speaking?"), required=False)
    pseudonym = forms.CharField(
        label=_("Your name"),
        help_text=_("As it will stand beside your contribution. A first name or an invented one is fine."),
        max_length=LONGEST_NAME,
        required=False,
    )
    mail = forms.EmailField(
        label=_("Your mail address"),
        help_text=_("Then we can write to you when something comes of it. Nobody else sees it."),
        required=False,
        error_messages={"invalid": _("This does not look like a mail address. Please check it, or leave it empty.")},
    )
    homepage = forms.CharField(
        label=_("Leave this empty"), required=False, widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"})
    )
    uid = forms.UUIDField(widget=forms.HiddenInput)
    seal = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, actor: Actor, step: Step, *args: Any, settings: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.actor, self.step, self.settings, self.city = actor, step, settings, actor.city
        uid = uuid7()
        self.initial = {"uid": uid, "seal": sealed(uid), **self.initial}
        self._choose_kinds()
        self._choose_subjects()
        self._choose_places()
        self._choose_names()
        if not settings.photos:
            self._drop("picture", "alt", "rights")

    def _drop(self, *names: str) -> None:
        for name in names:
            del self.fields[name]

    def _choose_kinds(self) -> None:
        offered = {"idea": _("An idea for something new"), "improvement": _("An improvement of something that exists")}
        self.kinds = [kind for kind in offered if kind in self.settings.kinds]
        if len(self.kinds) == 1:
            self._drop("kind")
        else:
            self._choice("kind").choices = [(kind, offered[kind]) for kind in self.kinds]
            self.initial.setdefault("kind", self.kinds[0])

    def _choose_subjects(self) -> None:
        self.categories = {row.key: row for row in categories_of(self.city, self.step.process)}
        self._choice("category").choices = [("", _("Please choose")), *((key, str(row.name)) for key, row in self.categories.items())]
        self.services: dict[str, Service] = {}
        if "improvement" in self.kinds:
            rows = Service.objects.of(self.city).order_by("key")
            self.services = {row.key: row for row in rows}
        ordered = sorted(((key, str(row.name)) for key, row in self.services.items()), key=lambda pair: pair[1].casefold())
        self._choice("service").choices = [("", _("None of these, or I do not know")), *ordered]
        if self.kinds == ["improvement"]:
            self.fields["service"].help_text = ""
        if not self.categories:
            self._drop("category")
        if not self.services:
            self._drop("service")

    def _choose_places(self) -> None:
        self.areas: dict[str, Area] = {}
        if self.settings.place == "none":
            self._drop("lat", "lon", "area", "place_name")
            return
        self.areas = {row.key: row for row in areas_of(self.city)}
        self._choice("area").choices = [("", _("Please choose")), *_area_choices(list(self.areas.values()))]
        self.fields["area"].label = str(Translated(self.city.config.area_name))
        if not self.areas:
            self._drop("area")

    def _choose_names(self) -> None:
        person, own = self.actor.participant, self.actor.organisation_ids
        self.organisations = (
            {str(row.pk): row for row in Organisation.objects.of(self.city).filter(pk__in=own).order_by("name")} if own else {}
        )
        if self.organisations:
            self._choice("organisation").choices = [
                ("", _("I speak for myself")),
                *((key, row.name) for key, row in self.organisations.items()),
            ]
        else:
            self._drop("organisation")
        if person is not None and not person.is_guest:
            self._drop("mail")
            if person.pseudonym:
                self._drop("pseudonym")
        if "pseudonym" in self.fields:
            self.fields["pseudonym"].required = not self.settings.anonymous
            self.fields["pseudonym"].error_messages["required"] = _("Please give a name; this step wants one.")
        if person is not None:
            self.initial = {"pseudonym": person.pseudonym, "mail": person.guest_mail, **self.initial}

    def _choice(self, name: str) -> forms.ChoiceField:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        return field

    def clean(self) -> dict[str, Any]:
        """Limits and places as the actions know them, and what belongs together: a picture with its words and rights."""
        data = super().clean() or {}
        if "title" in data and "text" in data:
            self._ask(checked_texts, data["title"], data["text"])
        if "place_name" in self.fields:
            self._check_place(data)
        if data.get("picture"):
            if not data.get("alt"):
                self.add_error("alt", _("Please say in a few words what the picture shows."))
            if not data.get("rights"):
                self.add_error("rights", _("Please confirm that you may show this picture."))
        if data.get("homepage"):
            self.add_error(None, _("This looks like a machine filled it in. Please leave the hidden field empty and send it once more."))
        return data

    def _check_place(self, data: dict[str, Any]) -> None:
        lat, lon = data.get("lat"), data.get("lon")
        if (lat is None) != (lon is None) or not all(math.isfinite(value) for value in (lat, lon) if value is not None):
            data["lat"] = data["lon"] = lat = lon = None
        self._ask(placed, self.city, lat, lon, self.areas.get(data.get("area", "")))
        if self.settings.place == "required" and lat is None and not data.get("area") and not data.get("place_name"):
            self.add_error("place_name", _("Please say where it is: on the map, by its district, or in words."))

    def _ask(self, check: Any, *values: Any) -> None:
        try:
            check(*values)
        except Refused as refusal:
            self.refuse(refusal)

    def refuse(self, refusal: Refused) -> None:
        """Put an action's refusal beside the fields it names, or above the form."""
        for name, sentence in refusal.fields.items():
            field = _PLACE_OF.get(name, name)
            if field in self.errors:
                continue
            self.add_error(field if field in self.fields else None, str(sentence))
        if not refusal.fields:
            self.add_error(None, str(refusal.reason))

    @property
    def chosen(self) -> dict[str, Any]:
        """The checked values as `submit_contribution` takes them."""
        data = self.cleaned_data
        return {
            "uid": data["uid"],
            "kind": data.get("kind") or self.kinds[0],
            "title": data["title"],
            "text": data["text"],
            "category": self.categories.get(data.get("category", "")),
            "service": self.services.get(data.get("service", "")),
            "lat": data.get("lat"),
            "lon": data.get("lon"),
            "area": self.areas.get(data.get("area", "")),
            "place_name": data.get("place_name", ""),
            "organisation": self.organisations.get(data.get("organisation", "")),
        }

    @property
    def is_sealed(self) -> bool:
        """Whether the uid is one that we gave to this very form."""
        return constant_time_compare(self.data.get("seal", ""), sealed(self.data.get("uid", "")))


def _area_choices(areas: list[Area]) -> list[Any]:
    quarters = [area for area in areas if area.level == "quarter"]
    districts = [area for area in areas if area.level == "district"]
    if not districts or not quarters:
        return [(area.key, area.name) for area in areas]
    grouped: list[Any] = [
        (district.name, [(area.key, area.name) for area in quarters if area.parent_id == district.pk]) for district in districts
    ]
    alone = [(area.key, area.name) for area in quarters if area.parent_id is None]
    return [*(group for group in grouped if group[1]), *alone]


def kept_texts(data: Any) -> dict[str, str]:
    """What a form that comes too late had in it, to copy: title and text, cut at their limits."""
    return {"title": str(data.get("title", ""))[: LONGEST_TITLE * 2], "text": str(data.get("text", ""))[: LONGEST_TEXT * 2]}
