"""A form made from a pydantic schema: a method's settings become fields with labels, hints and errors in the person's language.

Titles and descriptions of the schema are marked with `gettext_noop`; the words of a choice stand in
`json_schema_extra={"choices": {value: words}}`.
"""

from __future__ import annotations

import types
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin

import pydantic
from django import forms
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic.fields import FieldInfo

MOST_RADIOS = 5
LONGEST_LINE = 2_000
# Before each setting's name in what the browser sends: a step's own form stands on the same page.
PREFIX = "setting"


class UnknownShape(TypeError):
    """The schema has a setting of a type that no field exists for."""


@dataclass(frozen=True)
class Group:
    """A setting as the form shows it: one field, or one for each language under a legend."""

    name: str
    legend: str
    hint: str
    fields: list[forms.BoundField]

    @property
    def is_translated(self) -> bool:
        """Whether there is a field for each language."""
        return len(self.fields) > 1 or self.fields[0].name != self.name


class SchemaForm(forms.Form):
    """The settings of a schema. `languages` are the keys and names of the languages that texts are written in.

    After `is_valid()`, `value` holds the settings as JSON.
    """

    def __init__(
        self, schema: type[pydantic.BaseModel], data: Any = None, *, value: dict[str, Any], languages: Sequence[tuple[str, str]]
    ) -> None:
        super().__init__(data, prefix=PREFIX)
        self.schema, self.languages = schema, list(languages)
        self.value: dict[str, Any] = {}
        shown = schema.model_validate(value).model_dump(mode="json")
        for name, info in schema.model_fields.items():
            self._add(name, info, shown.get(name))

    def _add(self, name: str, info: FieldInfo, shown: Any) -> None:
        label, hint = _words(info.title or name), _words(info.description or "")
        if _is_translated(info):
            for key, language in self.languages:
                self.fields[f"{name}_{key}"] = forms.CharField(label=language, required=False, max_length=LONGEST_LINE)
                self.initial[f"{name}_{key}"] = (shown or {}).get(key, "")
            return
        field = _field_of(name, info)
        field.label, field.help_text = label, hint
        self.fields[name] = field
        self.initial[name] = shown

    @property
    def groups(self) -> list[Group]:
        """The settings in the schema's order."""
        found = []
        for name, info in self.schema.model_fields.items():
            names = [f"{name}_{key}" for key, _language in self.languages] if _is_translated(info) else [name]
            found.append(Group(name, _words(info.title or name), _words(info.description or ""), [self[each] for each in names]))
        return found

    def clean(self) -> dict[str, Any]:
        """Ask the schema; each fault stands beside its field."""
        data = super().clean() or {}
        if self.errors:
            return data
        given = {name: self._given(name, info, data) for name, info in self.schema.model_fields.items()}
        try:
            self.value = self.schema.model_validate(given).model_dump(mode="json")
        except pydantic.ValidationError as error:
            for fault in error.errors():
                self._refuse(str(fault["loc"][0]) if fault["loc"] else "", sentence_of(fault))
        return data

    def _given(self, name: str, info: FieldInfo, data: dict[str, Any]) -> Any:
        if _is_translated(info):
            return {key: text for key, _language in self.languages if (text := data.get(f"{name}_{key}", ""))}
        value = data.get(name)
        return None if value in ("", None) and _is_optional(info) else value

    def _refuse(self, name: str, sentence: str) -> None:
        field = name if name in self.fields else f"{name}_{self.languages[0][0]}"
        self.add_error(field if field in self.fields else None, sentence)


def _words(text: str) -> str:
    return _(text) if text else ""  # an empty msgid would give the catalogue's head


def _bare(annotation: Any) -> Any:
    """The type without None."""
    if get_origin(annotation) in {Union, types.UnionType}:
        rest = [each for each in get_args(annotation) if each is not type(None)]
        return rest[0] if len(rest) == 1 else annotation
    return annotation


def _is_optional(info: FieldInfo) -> bool:
    return type(None) in get_args(info.annotation)


def _is_translated(info: FieldInfo) -> bool:
    annotation = _bare(info.annotation)
    return get_origin(annotation) is dict and get_args(annotation) == (str, str)


def _field_of(name: str, info: FieldInfo) -> forms.Field:
    annotation = _bare(info.annotation)
    needed = info.is_required() and not _is_optional(info)
    if annotation is bool:
        return forms.BooleanField(required=False)
    if get_origin(annotation) is Literal:
        choices = _choices(annotation, info)
        widget = forms.RadioSelect if len(choices) <= MOST_RADIOS else forms.Select
        return forms.ChoiceField(
            choices=choices, widget=widget, required=not _is_optional(info), error_messages={"required": _("Please choose one.")}
        )
    if get_origin(annotation) is list and get_origin(get_args(annotation)[0]) is Literal:
        return forms.MultipleChoiceField(
            choices=_choices(get_args(annotation)[0], info),
            widget=forms.CheckboxSelectMultiple,
            required=any(getattr(limit, "min_length", 0) for limit in info.metadata),
            error_messages={"required": _("Please choose at least one.")},
        )
    if annotation is int:
        return forms.IntegerField(required=needed or not _is_optional(info))
    if annotation is float:
        return forms.FloatField(required=needed or not _is_optional(info))
    if annotation is str:
        return forms.CharField(required=needed, max_length=LONGEST_LINE, empty_value="")
    raise UnknownShape(f"the setting '{name}' has the type {annotation}, for which there is no field")


def _choices(literal: Any, info: FieldInfo) -> list[tuple[str, str]]:
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    words = extra.get("choices")
    known = words if isinstance(words, dict) else {}
    return [(str(value), _words(str(known.get(str(value), value)))) for value in get_args(literal)]


def sentence_of(fault: Any) -> str:
    """A fault that pydantic found, as a sentence for people."""
    limits = {**fault.get("ctx", {})}
    kind = fault["type"]
    if kind in {"greater_than_equal", "greater_than"}:
        return _("Please give a larger number: the smallest is %(limit)s.") % {"limit": limits.get("ge", limits.get("gt"))}
    if kind in {"less_than_equal", "less_than"}:
        return _("Please give a smaller number: the largest is %(limit)s.") % {"limit": limits.get("le", limits.get("lt"))}
    if kind in {"too_short", "string_too_short"}:
        return _("Please choose at least one.") if kind == "too_short" else _("This is too short.")
    if kind in {"too_long", "string_too_long"}:
        return _("This is too long.")
    if kind == "missing":
        return _("Please fill this in.")
    if kind == "value_error":
        return _(str(limits.get("error", "")) or "This does not fit.")
    return _("This does not fit. Please choose something else.")
