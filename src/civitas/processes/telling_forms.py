"""What is typed of news, dates and documents, in every language of the city, and until when a step lasts longer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from civitas.cities.models import Place
from civitas.processes.forms import CityForm, moment_field

if TYPE_CHECKING:
    from civitas.cities.models import City
    from civitas.kit.translated import Translated
    from civitas.processes.models import Document, Event, News


def _texts(form: NewsForm | EventForm | DocumentForm, *names: str) -> dict[str, Translated]:
    return {name: form.translated(name, getattr(form.row, name, None)) for name in names}


class NewsForm(CityForm):
    """News: a title, its words, and from when they stand there."""

    published_at = moment_field(_("Appears"), _("Empty: at once. A later moment waits until then."))
    texts = (
        ("title", _("Heading"), _("What is new, in a few words."), False, True),
        ("body", _("Text"), _("Markdown is possible: lists, links, bold."), True, True),
    )
    order = ("title", "body", "published_at")

    def __init__(self, city: City, *args: Any, row: News | None = None, **options: Any) -> None:
        super().__init__(city, *args, **options)
        self.row = row
        if row:
            self.fill("title", row.title)
            self.fill("body", row.body)
            self.initial.setdefault("published_at", row.published_at)

    @property
    def values(self) -> dict[str, Any]:
        """As `telling.put_news` takes them."""
        return {**_texts(self, "title", "body"), "published_at": self.cleaned_data["published_at"]}


class EventForm(CityForm):
    """A date: when and where, and what happens there."""

    starts_at = moment_field(_("Begins"), required=True)
    ends_at = moment_field(_("Ends"), required=True)
    place = forms.ChoiceField(label=_("Place of the city"), required=False)
    where = forms.CharField(label=_("Or another place"), help_text=_("Address, room, stop close by."), max_length=240, required=False)
    url = forms.URLField(label=_("Link"), help_text=_("To the video meeting or to more about it."), required=False, assume_scheme="https")
    texts = (
        ("title", _("What happens"), "", False, True),
        ("description", _("Good to know"), _("Who it is for, what to bring, whether one gets in without steps."), True, False),
    )
    order = ("title", "starts_at", "ends_at", "place", "where", "description", "url")

    def __init__(self, city: City, *args: Any, row: Event | None = None, **options: Any) -> None:
        super().__init__(city, *args, **options)
        self.row = row
        self.places = {each.key: each for each in Place.objects.of(city).order_by("name")}
        field = self.fields["place"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("None of these")), *((key, each.name) for key, each in self.places.items())]
        if row:
            self.fill("title", row.title)
            self.fill("description", row.description)
            for name in ("starts_at", "ends_at", "where", "url"):
                self.initial.setdefault(name, getattr(row, name))
            self.initial.setdefault("place", row.place.key if row.place else "")

    @property
    def values(self) -> dict[str, Any]:
        """As `telling.put_event` takes them."""
        data = self.cleaned_data
        place = self.places.get(data["place"])
        plain = {name: data[name] for name in ("starts_at", "ends_at", "url")}
        where = "" if place else data["where"]
        return {**plain, **_texts(self, "title", "description"), "place": place, "where": where}


class DocumentForm(CityForm):
    """A document: its name, and where it lies or the file."""

    url = forms.URLField(label=_("Address"), help_text=_("Where it already lies on the web."), required=False, assume_scheme="https")
    file = forms.FileField(
        label=_("Or a file"),
        help_text=_("A PDF or a picture. Please check that a screen reader can read it: real text, headings, descriptions of pictures."),
        required=False,
    )
    texts = (("title", _("Name"), _("Say what stands in it: “Traffic count at the market, May” rather than “Annex 3”."), False, True),)
    order = ("title", "url", "file")

    def __init__(self, city: City, *args: Any, row: Document | None = None, **options: Any) -> None:
        super().__init__(city, *args, **options)
        self.row = row
        if row:
            self.fill("title", row.title)
            self.initial.setdefault("url", row.url)

    @property
    def values(self) -> dict[str, Any]:
        """As `telling.put_document` takes them, but for the file."""
        return {**_texts(self, "title"), "url": self.cleaned_data["url"]}


class ExtendForm(forms.Form):
    """Until which moment a step lasts, and what becomes of those after it."""

    closes_at = moment_field(_("New end"), required=True)
    following = forms.ChoiceField(
        label=_("The steps after it"),
        choices=[("move", _("move by as many days")), ("stay", _("keep their days"))],
        widget=forms.RadioSelect,
        initial="move",
    )
