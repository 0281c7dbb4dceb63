"""A form made from a pydantic schema: a method's settings become fields with labels, hints and errors in the person's language.

Titles and descriptions of the schema are marked with `gettext_noop`. `json_schema_extra` of a setting may say more:
`choices` {value: words}, `section` the key of the section it stands in, `with` the setting whose group it joins, `label` what
stands at the field where the title names the whole group. The schema's own `json_schema_extra` has `sections` {key: title}.
"""

from __future__ import annotations

import datetime as dt
import types
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin

import pydantic
from django import forms
from django.utils.formats import date_format, number_format, time_format
from django.utils.translation import gettext as _

from civitas.kit.fields import DayField

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from pydantic.fields import FieldInfo

MOST_RADIOS = 5
LONGEST_LINE = 2_000
LONGEST_LINES = 50_000
# Before each setting's name in what the browser sends: a step's own form stands on the same page.
PREFIX = "setting"
# The field that says whether a setting follows the one above it or has its own value.
_SOURCE = "{}_from"
ABOVE, OWN = "above", "own"


class UnknownShape(TypeError):
    """The schema has a setting of a type that no field exists for."""


@dataclass(frozen=True)
class Group:
    """A setting as the form shows it: one field, or several under a legend (one for each language, or settings that belong
    together). `source` asks whether it follows the setting above it."""

    name: str
    legend: str
    hint: str
    fields: list[forms.BoundField]
    source: forms.BoundField | None = None

    @property
    def is_translated(self) -> bool:
        """Whether there is a field for each language."""
        return self.fields[0].name != self.name

    @property
    def has_legend(self) -> bool:
        """Whether several fields stand under one legend."""
        return self.is_translated or len(self.fields) > 1


@dataclass(frozen=True)
class Section:
    """Settings that stand below one heading; '' where the schema names no sections."""

    key: str
    title: str
    groups: list[Group]


class SchemaForm(forms.Form):
    """The settings of a schema. `languages` are the keys and names of the languages that texts are written in.

    `only` names the settings to show, the others stay as in `value`. Where `value` keeps only what differs from settings above
    it, those are `above`: each setting is then asked whether it follows them, and `above_words` says whose they are ("As the city").

    `offers` are the choices of settings that are no list in the schema, since a city makes them: name -> (value, words) pairs.

    After `is_valid()`, `value` holds all settings as JSON, `typed` those that were shown and have a value of their own, and
    `followed` the names of those that follow the ones above.
    """

    def __init__(
        self,
        schema: type[pydantic.BaseModel],
        data: Any = None,
        *,
        value: Mapping[str, Any],
        languages: Sequence[tuple[str, str]],
        only: Collection[str] | None = None,
        above: Mapping[str, Any] | None = None,
        above_words: str = "",
        offers: Mapping[str, Sequence[tuple[str, str]]] | None = None,
    ) -> None:
        super().__init__(data, prefix=PREFIX)
        self.offers = offers or {}
        self.schema, self.languages, self.above = schema, list(languages), above
        self.names = [name for name in schema.model_fields if only is None or name in only]
        self.value: dict[str, Any] = {}
        self.typed: dict[str, Any] = {}
        self.followed: list[str] = []
        held = schema.model_validate({**(above or {}), **value})
        self._held = held.model_dump(mode="json")
        for name in self.names:
            info = schema.model_fields[name]
            if above is not None and not _extra(info, "with"):
                self._add_source(name, OWN if name in value else ABOVE, above_words)
            shown = getattr(held, name)
            self._add(name, info, shown if isinstance(shown, dt.date | dt.time) else self._held[name])

    def _add_source(self, name: str, chosen: str, above_words: str) -> None:
        held = self.schema.model_validate(self.above or {})
        words = in_words(self.schema, held, name)
        choices = [(ABOVE, f"{above_words}: {words}" if above_words else words), (OWN, _("Otherwise"))]
        title = _words(self.schema.model_fields[name].title or name)
        self.fields[_SOURCE.format(name)] = forms.ChoiceField(label=title, choices=choices, widget=forms.RadioSelect)
        self.initial[_SOURCE.format(name)] = chosen

    def _add(self, name: str, info: FieldInfo, shown: Any) -> None:
        label, hint = _words(_extra(info, "label") or info.title or name), _words(info.description or "")
        if _is_translated(info):
            for key, language in self.languages:
                self.fields[f"{name}_{key}"] = forms.CharField(label=language, required=False, max_length=LONGEST_LINE)
                self.initial[f"{name}_{key}"] = (shown or {}).get(key, "")
            return
        field = forms.ChoiceField(choices=self._offered(name, shown), widget=forms.Select) if name in self.offers else _field_of(name, info)
        field.label, field.help_text = label, "" if name in self._leaders else hint
        if self.above is not None:
            field.required = False  # what follows the setting above needs no value here
        self.fields[name] = field
        self.initial[name] = "\n".join(shown) if _is_lines(info) else shown

    def _offered(self, name: str, shown: Any) -> list[tuple[str, str]]:
        """What somebody can choose; what is chosen stays to be seen, also when nobody offers it any more."""
        found = list(self.offers[name])
        return found if any(value == shown for value, _words in found) else [(str(shown), str(shown)), *found]

    @property
    def _leaders(self) -> set[str]:
        """The settings in whose group others stand."""
        return {leader for name in self.names if (leader := _extra(self.schema.model_fields[name], "with"))}

    @property
    def groups(self) -> list[Group]:
        """The settings in the schema's order."""
        found = []
        for name in self.names:
            info = self.schema.model_fields[name]
            if _extra(info, "with") in self.names:
                continue
            names = [f"{name}_{key}" for key, _language in self.languages] if _is_translated(info) else [name]
            names += [each for each in self.names if _extra(self.schema.model_fields[each], "with") == name]
            source = self[_SOURCE.format(name)] if _SOURCE.format(name) in self.fields else None
            bound = [self[each] for each in names]
            found.append(Group(name, _words(info.title or name), _words(info.description or ""), bound, source))
        return found

    @property
    def sections(self) -> list[Section]:
        """The groups below their headings, in the order in which the schema names the sections."""
        groups = self.groups
        keys = list(dict.fromkeys(["", *sections_of(self.schema)]))
        kept = [(key, [group for group in groups if _extra(self.schema.model_fields[group.name], "section") == key]) for key in keys]
        titles = sections_of(self.schema)
        return [Section(key, titles.get(key, ""), found) for key, found in kept if found]

    def clean(self) -> dict[str, Any]:
        """Ask the schema; each fault stands beside its field."""
        data = super().clean() or {}
        if self.errors:
            return data
        self.followed = [name for name in self.names if self._follows(name, data)]
        given = {name: self._given(name, self.schema.model_fields[name], data) for name in self.names if name not in self.followed}
        above = self.schema.model_validate(self.above).model_dump(mode="json") if self.above is not None else {}
        try:
            whole = self.schema.model_validate({**self._held, **{name: above[name] for name in self.followed}, **given})
        except pydantic.ValidationError as error:
            for fault in error.errors():
                self._refuse(str(fault["loc"][0]) if fault["loc"] else "", sentence_of(fault))
            return data
        self.value = whole.model_dump(mode="json")
        self.typed = {name: self.value[name] for name in given}
        return data

    def _follows(self, name: str, data: dict[str, Any]) -> bool:
        leader = _extra(self.schema.model_fields[name], "with") or name
        return data.get(_SOURCE.format(leader)) == ABOVE

    def refuse(self, fields: Mapping[str, Any], reason: Any = "") -> None:
        """Put an action's refusal beside the settings that it names, or above the form."""
        for name, sentence in fields.items():
            self._refuse(name, str(sentence))
        if not fields and reason:
            self.add_error(None, str(reason))

    def _given(self, name: str, info: FieldInfo, data: dict[str, Any]) -> Any:
        if _is_translated(info):
            return {key: text for key, _language in self.languages if (text := data.get(f"{name}_{key}", ""))}
        value = data.get(name)
        if _is_lines(info):
            return [line.strip() for line in str(value or "").splitlines() if line.strip()]
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


def _is_lines(info: FieldInfo) -> bool:
    annotation = _bare(info.annotation)
    return get_origin(annotation) is list and get_args(annotation) == (str,)


def _extra(info: FieldInfo, key: str) -> str:
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    return str(extra.get(key, ""))


def sections_of(schema: type[pydantic.BaseModel]) -> dict[str, str]:
    """The titles of a schema's sections by key, in their order."""
    extra = schema.model_config.get("json_schema_extra")
    named = extra.get("sections", {}) if isinstance(extra, dict) else {}
    return {str(key): _words(str(title)) for key, title in named.items()} if isinstance(named, dict) else {}


def names_in(schema: type[pydantic.BaseModel], section: str) -> list[str]:
    """The settings that stand in a section."""
    return [name for name, info in schema.model_fields.items() if _extra(info, "section") == section]


def title_of(schema: type[pydantic.BaseModel], name: str) -> str:
    """A setting's title in the person's language."""
    return _words(schema.model_fields[name].title or name)


def in_words(schema: type[pydantic.BaseModel], held: pydantic.BaseModel, name: str) -> str:
    """A setting's value for people, with those that stand in its group."""
    joined = [each for each, info in schema.model_fields.items() if _extra(info, "with") == name]
    words = [_value_in_words(schema.model_fields[each], getattr(held, each)) for each in (name, *joined)]
    return _("%(start)s to %(end)s") % {"start": words[0], "end": words[1]} if joined and all(words) else words[0] or _("none")


def _value_in_words(info: FieldInfo, value: Any) -> str:
    annotation = _bare(info.annotation)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dt.time):
        return str(time_format(value, "TIME_FORMAT"))
    if isinstance(value, dt.date):
        return str(date_format(value, "DATE_FORMAT"))
    if isinstance(value, int | float):
        return str(number_format(value, force_grouping=True))
    if _is_lines(info):
        return str(number_format(len(value))) if value else ""
    literal = annotation if get_origin(annotation) is Literal else next(iter(get_args(annotation)), None)
    if get_origin(literal) is Literal:
        words = dict(_choices(literal, info))
        return ", ".join(words[str(each)] for each in (value if isinstance(value, list) else [value]) if each is not None)
    if isinstance(value, dict):
        return next((text for text in value.values() if text), "")
    return "" if value is None else str(value)


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
    if _is_lines(info):
        return forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 8}), max_length=LONGEST_LINES)
    if annotation is dt.date:
        return DayField(required=needed)
    if annotation is dt.time:
        clock = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
        faulty = {"invalid": _("Please give a time, such as 17:30.")}
        return forms.TimeField(required=needed, widget=clock, input_formats=["%H:%M", "%H:%M:%S"], error_messages=faulty)
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
    if kind == "missing" or fault.get("input", "") is None:
        return _("Please fill this in.")
    if kind == "value_error":
        return _(str(limits.get("error", "")) or "This does not fit.")
    return _("This does not fit. Please choose something else.")
