"""What a new process can start from: a template of the house, a file, or a process that the city already has."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from civitas.kit.svg import cleaned_svg
from civitas.kit.translated import Translated
from civitas.processes.models import Category, Process, Step
from civitas.processes.registry import methods
from civitas.processes.template_files import MOST_TOPICS, Blueprint, read_template

if TYPE_CHECKING:
    from civitas.cities.models import City

FOLDER = Path(__file__).parent / "templates_builtin"
# Of a process that serves as a pattern; question, title, result and dates are the new one's own.
_TEXTS = ("say_note", "contact", "owner_title")
_PATTERN_STARTS_IN = dt.timedelta(days=7)


@cache
def house_blueprints() -> dict[str, Blueprint]:
    """The templates that come with the house, by key."""
    return {path.stem: blueprint_of_text(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.toml"))}


def blueprint_of_text(text: str | bytes) -> Blueprint:
    """A template file as a pattern; raises TemplateFaults with everything in it that does not fit."""
    data = read_template(text)
    texts = {name: Translated(data[name]) for name in _TEXTS if name in data}
    lead, question = Translated(data.get("lead", {})), Translated(data.get("question", {}))
    drawing = cleaned_svg(data["drawing"]) if data.get("drawing") else ""
    say, steps, categories = data.get("say", Process.Say.VOICE), data.get("step", []), data.get("category", [])
    return Blueprint(Translated(data["title"]), lead, question, say, texts, steps, categories, drawing)


def blueprint_of(city: City, process: Process) -> Blueprint:
    """A process of the city as a pattern: its steps keep their lengths and gaps, the first opens in a week."""
    steps = list(Step.objects.of(city).filter(process=process).order_by("position"))
    first = min((step.opens_at for step in steps if step.opens_at), default=timezone.now())
    texts = {name: text for name in _TEXTS if (text := getattr(process, name))}
    entries = [_entry(step, first) for step in steps if step.method in methods()]
    own = Category.objects.of(city).filter(process=process).order_by("position", "key")
    categories = [{"key": row.key, "name": row.name, "icon": row.icon} for row in own[:MOST_TOPICS]]
    return Blueprint(process.title, process.lead, process.question, process.say, texts, entries, categories, process.picture)


def _entry(step: Step, first: dt.datetime) -> dict[str, Any]:
    entry = {
        "key": step.key,
        "method": step.method,
        "title": step.title,
        "intro": step.intro,
        "privacy": step.privacy,
        "settings": step.settings,
    }
    if step.mode:
        entry["mode"] = step.mode
    for name, moment in (("opens", step.opens_at), ("closes", step.closes_at)):
        if moment:
            entry[name] = round((moment - first + _PATTERN_STARTS_IN) / dt.timedelta(days=1))
    if "opens" in entry and "closes" in entry and entry["closes"] <= entry["opens"]:
        entry["closes"] = entry["opens"] + 1  # shorter than a day: a pattern counts in days
    return entry
