"""What process owners type: texts in every language of the city, windows of time, the choice of a building block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from civitas.kit.fields import DayField
from civitas.kit.languages import LABELS
from civitas.kit.translated import KEYS, Translated
from civitas.people.models import Organisation
from civitas.processes.blueprints import house_blueprints
from civitas.processes.models import Process, Step
from civitas.processes.registry import methods

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.utils.functional import _StrPromise

    from civitas.cities.models import City
    from civitas.kit.verdicts import Refused

LONGEST_LINE, LONGEST_TEXT = 240, 20_000


@dataclass(frozen=True)
class Row:
    """A text side by side in the city's languages, or one field alone."""

    legend: str
    hint: str
    fields: list[forms.BoundField]

    @property
    def is_translated(self) -> bool:
        """Whether each language has a field."""
        return bool(self.legend)


class CityForm(forms.Form):
    """A form with texts in several languages. `texts` names them: (name, label, hint, whether it is long, whether German must be there)."""

    texts: tuple[tuple[str, str | _StrPromise, str | _StrPromise, bool, bool], ...] = ()
    order: tuple[str, ...] = ()

    def __init__(self, city: City, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.city = city
        self.languages = [(KEYS[code], LABELS[code]) for code in city.config.languages]
        for name, label, _hint, is_long, needed in self.texts:
            for key, language in self.languages:
                self.fields[f"{name}_{key}"] = forms.CharField(
                    label=language,
                    required=needed and key == "de",
                    max_length=LONGEST_TEXT if is_long else LONGEST_LINE,
                    widget=forms.Textarea(attrs={"rows": 4, "lang": "en" if key == "en" else "de"})
                    if is_long
                    else forms.TextInput(attrs={"lang": "en" if key == "en" else "de"}),
                    error_messages={"required": _("Please give at least the German text: %(text)s.") % {"text": label}},
                )

    def fill(self, name: str, text: Translated) -> None:
        """Show a text that is already there."""
        for key, _language in self.languages:
            self.initial.setdefault(f"{name}_{key}", text.get(key, ""))

    def translated(self, name: str, before: Translated | None = None) -> Translated:
        """What was typed, by language; languages that the city does not show keep what they had."""
        typed = {key: self.cleaned_data.get(f"{name}_{key}", "").strip() for key, _language in self.languages}
        if name in {text[0] for text in self.texts if not text[3]}:  # one line, however it was typed
            typed = {key: " ".join(text.split()) for key, text in typed.items()}
        return Translated({key: text for key, text in {**(before or {}), **typed}.items() if text})

    @property
    def rows(self) -> list[Row]:
        """The form from top to bottom."""
        known = {name: (label, hint) for name, label, hint, _long, _needed in self.texts}
        rows = []
        for name in self.order:
            if name in known:
                label, hint = known[name]
                rows.append(Row(str(label), str(hint), [self[f"{name}_{key}"] for key, _language in self.languages]))
            elif name in self.fields:
                rows.append(Row("", "", [self[name]]))
        return rows

    def refuse(self, refusal: Refused) -> None:
        """Put an action's refusal beside the fields it names, or above the form."""
        for name, sentence in refusal.fields.items():
            field = name if name in self.fields else f"{name}_de"
            self.add_error(field if field in self.fields else None, str(sentence))
        if not refusal.fields:
            self.add_error(None, str(refusal.reason))


_TITLE = ("title", _("Title"), _("Short, as it stands in lists."), False, True)


class NewProcessForm(CityForm):
    """A new process: what it starts from, its title and its question."""

    like = forms.ChoiceField(label=_("What do you start from?"), widget=forms.RadioSelect)
    file = forms.FileField(label=_("Template file"), help_text=_("A .toml file, as the desk of a process writes it."), required=False)
    texts = (_TITLE, ("question", _("Question"), _("What you ask people, as you would ask them at the door."), False, True))
    order = ("title", "question")

    def __init__(self, city: City, *args: Any, existing: Iterable[Process], **options: Any) -> None:
        super().__init__(city, *args, **options)
        self.existing = {f"process:{row.slug}": row for row in existing}
        house = [(f"house:{key}", str(blueprint.title)) for key, blueprint in house_blueprints().items()]
        own = [(key, _("Like “%(title)s”") % {"title": row.title}) for key, row in self.existing.items()]
        field = self.fields["like"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [*house, *own, ("file", _("A template from a file")), ("empty", _("An empty process"))]
        self.initial.setdefault("like", house[0][0])
        if self.is_bound and self.data.get("like") == "file":  # the file has its own
            for name in ("title_de", "question_de"):
                self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        """Who starts from a file has to choose one."""
        data = super().clean() or {}
        if data.get("like") == "file" and not data.get("file") and "file" not in self.errors:
            self.add_error("file", _("Please choose a file."))
        return data

    @property
    def starts(self) -> list[dict[str, Any]]:
        """The templates of the house as cards: the choice, what it is for, and its building blocks."""
        house = house_blueprints()
        found = []
        for choice in self["like"]:
            blueprint = house.get(str(choice.data["value"]).removeprefix("house:"))
            if blueprint is not None:
                found.append({"choice": choice, "lead": str(blueprint.lead), "methods": blueprint.methods})
        return found

    @property
    def others(self) -> list[Any]:
        """The choices that are other processes of the city."""
        return [choice for choice in self["like"] if choice.data["value"] in self.existing]

    @property
    def bare(self) -> dict[str, Any]:
        """The choices to start from a file and from nothing."""
        return {str(choice.data["value"]): choice for choice in self["like"] if choice.data["value"] in {"file", "empty"}}


# What stands in each part of the desk that is worded there.
PARTS: dict[str, tuple[str, ...]] = {
    "worum": ("title", "question", "lead"),
    "wer": ("owner_name", "owner_title", "organisation", "contact", "say", "say_note"),
    "verfahren": ("formality", "formal_url", "formal_deadline_on", "formal_note"),
    "ergebnis": ("result",),
}
_PLAIN = ("owner_name", "organisation", "say", "formality", "formal_url", "formal_deadline_on")


class ProcessForm(CityForm):
    """What a process tells of itself: one part of its desk (see `PARTS`)."""

    organisation = forms.ChoiceField(label=_("Responsible organisation"), required=False)
    owner_name = forms.CharField(
        label=_("Who answers for it"), help_text=_("A person whom people can turn to."), max_length=120, required=False
    )
    say = forms.TypedChoiceField(label=_("How much say do people have?"), choices=Process.Say, coerce=int, widget=forms.RadioSelect)
    formality = forms.ChoiceField(label=_("What kind of participation is it?"), choices=Process.Formality, widget=forms.RadioSelect)
    formal_url = forms.URLField(label=_("Link to the statutory procedure"), required=False, assume_scheme="https")
    formal_deadline_on = DayField(label=_("Deadline of the statutory procedure"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)
    texts: tuple[tuple[str, str | _StrPromise, str | _StrPromise, bool, bool], ...] = (
        _TITLE,
        ("question", _("Question"), _("What you ask people, as you would ask them at the door."), False, True),
        ("lead", _("In a few sentences"), _("What it is about, for whom, and what there is to shape."), True, False),
        ("owner_title", _("Their office"), _("It stands below the name."), False, False),
        ("contact", _("How to reach them"), _("Telephone, mail, hours."), False, False),
        ("say_note", _("What that means here"), _("One sentence: what people decide, and what you decide."), False, False),
        ("formal_note", _("Note on the procedure"), "", True, False),
        ("result", _("Result"), _("It is shown when every step is over. Markdown is possible."), True, False),
    )

    def __init__(self, city: City, *args: Any, process: Process, part: str, **options: Any) -> None:
        self.order = PARTS[part]
        self.texts = tuple(text for text in type(self).texts if text[0] in self.order)
        super().__init__(city, *args, **options)
        self.process = process
        for key, _language in self.languages if "question" in self.order else ():  # a question is longer than a line in three columns
            self.fields[f"question_{key}"].widget = forms.Textarea(
                attrs={"rows": 2, "class": "is-small", "lang": "en" if key == "en" else "de"}
            )
        for name in [name for name in _PLAIN if name not in self.order]:
            del self.fields[name]
        self.organisations = (
            {row.key: row for row in Organisation.objects.of(city).order_by("name")} if "organisation" in self.fields else {}
        )
        field = self.fields.get("organisation")
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("None")), *((key, row.name) for key, row in self.organisations.items())]
            self.initial.setdefault("organisation", process.organisation.key if process.organisation else "")
        for name, *_rest in self.texts:
            self.fill(name, getattr(process, name))
        for name in ("owner_name", "say", "formality", "formal_url", "formal_deadline_on", "version"):
            self.initial.setdefault(name, getattr(process, name))

    @property
    def values(self) -> dict[str, Any]:
        """The checked values as `set_process` takes them."""
        values = {name: self.cleaned_data[name] for name in _PLAIN if name in self.fields}
        if "organisation" in values:
            values["organisation"] = self.organisations.get(values["organisation"])
        return values | {name: self.translated(name, getattr(self.process, name)) for name, *_rest in self.texts}


def moment_field(label: str | _StrPromise, hint: str | _StrPromise = "", *, required: bool = False) -> forms.DateTimeField:
    """A day with its time on the city's clock."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(
        label=label,
        help_text=hint,
        required=required,
        widget=widget,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y"],
        error_messages={
            "invalid": _("Please give a day and a time, such as 12.05.2026 17:00."),
            "required": _("Please give a day and a time, such as 12.05.2026 17:00."),
        },
    )


class StepForm(CityForm):
    """A step's texts and window; times are the city's."""

    opens_at = moment_field(_("Opens"), _("Empty: it waits until you open it by hand."))
    closes_at = moment_field(_("Closes"), _("From this moment on it takes nothing more. Empty: it stays open."))
    mode = forms.ChoiceField(label=_("Where does it happen?"), choices=[("", _("Not said yet")), *Step.Where.choices], required=False)
    texts: tuple[tuple[str, str | _StrPromise, str | _StrPromise, bool, bool], ...] = (
        _TITLE,
        ("intro", _("What people do here"), _("Two sentences at most."), True, False),
        (
            "privacy",
            _("Privacy notice"),
            _(
                "Why you ask, and on which legal basis. Empty: the house says that it is a public task. "
                "What the step takes stands below by itself."
            ),
            True,
            False,
        ),
    )
    order: tuple[str, ...] = ("title", "intro", "mode", "opens_at", "closes_at", "privacy")

    def __init__(self, city: City, *args: Any, step: Step | None = None, **options: Any) -> None:
        super().__init__(city, *args, **options)
        self.step = step
        if step:
            self.fill("title", step.title)
            self.fill("intro", step.intro)
            self.fill("privacy", step.privacy)
            self.initial.setdefault("opens_at", step.opens_at)
            self.initial.setdefault("closes_at", step.closes_at)
            self.initial.setdefault("mode", step.mode)
            method, field = methods().get(step.method), self.fields["mode"]
            if method is not None and isinstance(field, forms.ChoiceField):
                field.choices = [("", _("Not said yet")), *((key, word) for key, word in Step.Where.choices if key in method.modes)]


class NewStepForm(StepForm):
    """A new step: its building block first."""

    texts = StepForm.texts[:2]

    method = forms.ChoiceField(
        label=_("Building block"), widget=forms.RadioSelect, error_messages={"required": _("Please choose a building block.")}
    )

    def __init__(self, city: City, *args: Any, **options: Any) -> None:
        super().__init__(city, *args, **options)
        field = self.fields["method"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(key, str(method.name)) for key, method in sorted(methods().items())]
