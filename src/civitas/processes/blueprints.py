"""What a new process can start from: a template of the house, or a process that the city already has."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from civitas.kit.packs import Pack, PackError
from civitas.kit.translated import Translated
from civitas.processes.models import Process, Step
from civitas.processes.packs import check_process
from civitas.processes.registry import methods

if TYPE_CHECKING:
    from civitas.cities.models import City

FOLDER = Path(__file__).parent / "templates_builtin"
# Of a process that serves as a pattern; question, title, result and dates are the new one's own.
_TEXTS = ("lead", "say_note", "contact", "owner_title")
_PATTERN_STARTS_IN = dt.timedelta(days=7)


@dataclass(frozen=True)
class Blueprint:
    """Texts, how much say, and steps as a process file has them (`opens` and `closes` in days from today)."""

    title: Translated
    lead: Translated
    say: int = Process.Say.VOICE
    texts: dict[str, Translated] = field(default_factory=dict)
    steps: list[dict[str, Any]] = field(default_factory=list)


@cache
def house_blueprints() -> dict[str, Blueprint]:
    """The templates that come with the house, by key."""
    pack = Pack(FOLDER)
    return {data["slug"]: _of_file(data) for data in (pack.toml(name) for name in pack.files if name.endswith(".toml"))}


def blueprint_of_file(path: Path) -> Blueprint:
    """A process file of one's own as a template; raises PackError with the first fault, by line."""
    pack = Pack(path.parent)
    fault = next(check_process(pack, path.name), None)
    if fault is not None:
        raise PackError(fault)
    return _of_file(pack.toml(path.name))


def _of_file(data: dict[str, Any]) -> Blueprint:
    texts = {name: Translated(data[name]) for name in _TEXTS if name in data}
    return Blueprint(Translated(data["title"]), Translated(data["lead"]), data.get("say", Process.Say.VOICE), texts, data.get("step", []))


def blueprint_of(city: City, process: Process) -> Blueprint:
    """A process of the city as a pattern: its steps keep their lengths and gaps, the first opens in a week."""
    steps = list(Step.objects.of(city).filter(process=process).order_by("position"))
    first = min((step.opens_at for step in steps if step.opens_at), default=timezone.now())
    texts = {name: getattr(process, name) for name in _TEXTS}
    return Blueprint(process.title, process.lead, process.say, texts, [_entry(step, first) for step in steps if step.method in methods()])


def _entry(step: Step, first: dt.datetime) -> dict[str, Any]:
    entry = {"key": step.key, "method": step.method, "title": step.title, "intro": step.intro, "settings": step.settings}
    for name, moment in (("opens", step.opens_at), ("closes", step.closes_at)):
        if moment:
            entry[name] = round((moment - first + _PATTERN_STARTS_IN) / dt.timedelta(days=1))
    return entry
