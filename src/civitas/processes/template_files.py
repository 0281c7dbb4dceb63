"""Process templates as files: TOML, as packs have their processes. Read whole or not at all, written so that they read back."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

import pydantic
from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field

from civitas.kit.svg import EMPTY, SvgFault, cleaned_svg
from civitas.kit.translated import Translated
from civitas.processes.models import Process
from civitas.processes.packs import KNOWN
from civitas.processes.registry import methods

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

VERSION = 1
MOST_TOPICS = 40
LARGEST = 200_000  # bytes
MOST_FAULTS = 20
_TEN_YEARS = 3_660
_BARE = re.compile(r"[A-Za-z0-9_-]+")

Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Line = Annotated[str, Field(max_length=240)]
Words = Annotated[str, Field(max_length=20_000)]
Days = Annotated[int, Field(ge=-_TEN_YEARS, le=_TEN_YEARS)]


@dataclass(frozen=True)
class Blueprint:
    """Texts, how much say, and steps as a process file has them (`opens` and `closes` in days from today)."""

    title: Translated
    lead: Translated
    question: Translated = field(default_factory=Translated)
    say: int = Process.Say.VOICE
    texts: dict[str, Translated] = field(default_factory=dict)
    steps: list[dict[str, Any]] = field(default_factory=list)
    categories: list[dict[str, Any]] = field(default_factory=list)  # key, name and icon of subjects of its own
    drawing: str = ""  # SVG, cleaned

    @property
    def methods(self) -> list[str]:
        """The building blocks of its steps, by name."""
        return [str(methods()[step["method"]].name) for step in self.steps]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Title(_Strict):
    de: Annotated[str, Field(min_length=1, max_length=240)]
    en: Line = ""
    simple: Line = ""


class _Text(_Strict):
    de: Words = ""
    en: Words = ""
    simple: Words = ""


class _StepEntry(_Strict):
    key: Slug
    method: Annotated[str, Field(max_length=60)]
    mode: str = ""
    title: _Title
    intro: _Text | None = None
    privacy: _Text | None = None
    settings: dict[str, Any] = Field(default_factory=dict)
    opens: Days | None = None
    closes: Days | None = None


class _CategoryEntry(_Strict):
    key: Slug
    name: _Title
    icon: Annotated[str, Field(max_length=40)] = ""


class _Template(_Strict):
    """What a template says; of a whole process of a pack the rest is left out, since it is that process's own."""

    version: int = VERSION
    slug: Slug | None = None
    title: _Title
    question: _Title | None = None
    lead: _Text | None = None
    say: Annotated[int, Field(ge=1, le=5)] = 2
    say_note: _Text | None = None
    contact: _Text | None = None
    owner_title: _Text | None = None
    step: Annotated[list[_StepEntry], Field(max_length=50)] = Field(default_factory=list)
    category: Annotated[list[_CategoryEntry], Field(max_length=MOST_TOPICS)] = Field(default_factory=list)
    drawing: str = ""


class TemplateFaults(ValueError):
    """A template file cannot be used; `sentences` say each fault for the person."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


def read_template(raw: str | bytes) -> dict[str, Any]:
    """What a template file says, as `write_steps` takes its steps. Raises TemplateFaults with all that does not fit, named one by one."""
    data = _parsed(raw)
    version = data.get("version", VERSION)
    if version != VERSION:  # what a later version means by its words nobody here knows
        raise TemplateFaults(
            [_("The file is of version %(version)s. Here version %(known)s is read.") % {"version": version, "known": VERSION}]
        )
    told = {name: value for name, value in data.items() if name in _Template.model_fields or name not in KNOWN}
    try:
        template = _Template.model_validate(told)
    except pydantic.ValidationError as error:
        raise TemplateFaults([_said(fault) for fault in error.errors()][:MOST_FAULTS]) from None
    if faults := [*_of_steps(template.step), *_of_categories(template.category), *_of_drawing(template.drawing)]:
        raise TemplateFaults(faults[:MOST_FAULTS])
    return template.model_dump(exclude_unset=True, exclude_none=True, exclude={"version"})


def _parsed(raw: str | bytes) -> dict[str, Any]:
    if len(raw) > LARGEST:
        raise TemplateFaults([_("This file is too large for a template.")])
    try:
        text = raw if isinstance(raw, str) else raw.decode("utf-8-sig")
        return tomllib.loads(text)
    except UnicodeDecodeError:
        raise TemplateFaults([_("This file is no text in UTF-8.")]) from None
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise TemplateFaults([_("This is no template: %(fault)s") % {"fault": str(error)[:200]}]) from None


def _said(fault: Any) -> str:
    where = [str(part) for part in fault["loc"]]
    name = where[-1] if where else ""
    place = _("Step %(number)s") % {"number": int(where[1]) + 1} if where[:1] == ["step"] and len(where) > 2 else ".".join(where[:-1])
    sentence = {
        "extra_forbidden": _("“%(name)s” is not known here."),
        "missing": _("“%(name)s” is missing."),
        "string_too_short": _("“%(name)s” is empty."),
    }.get(fault["type"], _("“%(name)s” does not fit."))
    return (f"{place}: " if place else "") + sentence % {"name": name}


def _of_steps(steps: list[_StepEntry]) -> Iterator[str]:
    seen: set[str] = set()
    for number, step in enumerate(steps, 1):
        place = _("Step %(number)s") % {"number": number} + ": "
        if step.key in seen:
            yield place + _("the key “%(key)s” stands twice.") % {"key": step.key}
        seen.add(step.key)
        method = methods().get(step.method)
        if method is None:
            known = ", ".join(sorted(methods()))
            yield place + _("the building block “%(method)s” is not installed here. There are: %(known)s.") % {
                "method": step.method,
                "known": known,
            }
            continue
        if step.mode and step.mode not in method.modes:
            yield place + _("“%(method)s” has no mode “%(mode)s”.") % {"method": method.name, "mode": step.mode}
        if step.opens is not None and step.closes is not None and step.closes <= step.opens:
            yield place + _("it closes before it opens.")
        try:
            method.settings.model_validate(step.settings)
        except pydantic.ValidationError as error:
            for fault in error.errors():
                name = ".".join(str(part) for part in fault["loc"])
                yield place + _("“%(method)s” has no setting “%(name)s” like that.") % {"method": method.name, "name": name}


def _of_categories(categories: list[_CategoryEntry]) -> Iterator[str]:
    keys = [each.key for each in categories]
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        yield _("Subjects: the key “%(key)s” stands twice.") % {"key": key}


def _of_drawing(drawing: str) -> Iterator[str]:
    try:
        cleaned_svg(drawing or EMPTY)
    except SvgFault:
        yield _("We cannot take this drawing. It has to be an SVG of shapes, without scripts, pictures and texts.")


def write_template(blueprint: Blueprint, slug: str) -> str:
    """The pattern as a file that `read_template` reads back to the same."""
    lines = [f"version = {VERSION}", f"slug = {_value(slug)}", f"say = {blueprint.say}"]
    for name, text in (("title", blueprint.title), ("question", blueprint.question), ("lead", blueprint.lead), *blueprint.texts.items()):
        lines += _table(name, text)
    if blueprint.drawing and len(blueprint.drawing) <= LARGEST // 2:
        lines.insert(3, f"drawing = {_value(blueprint.drawing)}")
    for each in blueprint.categories:
        lines += ["", "[[category]]", f"key = {_value(each['key'])}"]
        lines += [f"icon = {_value(each['icon'])}"] if each.get("icon") else []
        lines += _table("category.name", each["name"])
    for step in blueprint.steps:
        lines += ["", "[[step]]"]
        lines += [
            f"{name} = {_value(step[name])}" for name in ("key", "method", "mode", "opens", "closes") if step.get(name) not in (None, "")
        ]
        for name in ("title", "intro", "privacy", "settings"):
            lines += _table(f"step.{name}", step.get(name, {}))
    return "\n".join(lines) + "\n"


def _table(name: str, values: Mapping[str, Any]) -> list[str]:
    kept = {key: value for key, value in values.items() if value not in (None, "")}
    return ["", f"[{name}]", *(f"{_key(key)} = {_value(value)}" for key, value in kept.items())] if kept else []


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _value(name)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(key)} = {_value(each)}" for key, each in value.items() if each is not None) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(each) for each in value) + "]"
    return str(value)
