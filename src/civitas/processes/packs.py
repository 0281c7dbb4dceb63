"""The pack's categories and processes: checked with file and line, loaded by key. A process file is a process template."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import pydantic
from django.utils import timezone, translation

from civitas.cities.models import Place
from civitas.kit.packs import Fault, Pack, PackError, translations_missing
from civitas.kit.svg import SvgFault, cleaned_svg
from civitas.kit.translated import Translated
from civitas.people.models import Organisation
from civitas.processes.models import STANDING_SLUG, Category, Document, Event, News, Process, Step
from civitas.processes.policies import Rules, faults_of
from civitas.processes.registry import methods

if TYPE_CHECKING:
    from collections.abc import Iterator

    from civitas.cities.models import City

CITY = "city.toml"
CATEGORIES = "categories.toml"
FOLDER = "processes"
_MOMENT = re.compile(r"([+-]\d{1,4})T(\d{2}):(\d{2})")
KNOWN = {
    "slug", "title", "question", "lead", "organisation", "owner", "owner_title", "say", "say_note", "formal", "formal_note", "formal_url",
    "formal_deadline", "contact", "state", "picture", "picture_alt", "step", "category", "event", "news", "document", "result",
}  # fmt: skip


def check_categories(pack: Pack) -> Iterator[Fault]:
    """Faults of categories.toml."""
    yield from _keyed(pack, CATEGORIES, "category")


def check_rules(pack: Pack) -> Iterator[Fault]:
    """Faults of the rules in city.toml: unknown settings, values out of range, halves of what belongs together."""
    begins = pack.line_of(CITY, "[rules]") if pack.has(CITY) else 0
    try:
        rules = Rules.model_validate(pack.toml(CITY).get("rules", {}))
    except pydantic.ValidationError as error:
        for fault in error.errors():
            name = str(fault["loc"][0]) if fault["loc"] else ""
            yield Fault(CITY, _line_below(pack, begins, name), f"rules.{name}: {fault['msg']}")
        return
    with translation.override("en"):  # as all faults of a pack are said
        faults = faults_of(rules)
    for name, sentence in faults.items():
        yield Fault(CITY, _line_below(pack, begins, name), f"rules.{name}: {sentence}")


def _line_below(pack: Pack, begins: int, name: str) -> int:
    """The line below [rules] on which a setting stands, or that of [rules] itself."""
    lines = pack.text(CITY).split("\n")
    found = (number for number, line in enumerate(lines[begins:], begins + 1) if line.split("=")[0].strip() == name)
    return next(found, begins)


def check_processes(pack: Pack) -> Iterator[Fault]:
    """Faults of every process file; a pack with the Bürgersensor needs its standing process."""
    files = pack.below(FOLDER, ".toml")
    slugs = set()
    for name in files:
        slugs.add(pack.toml(name).get("slug"))
        yield from check_process(pack, name)
    if "sensor" in pack.toml(CITY).get("modules", []) and STANDING_SLUG not in slugs:
        yield Fault(f"{FOLDER}/{STANDING_SLUG}.toml", 0, "is missing: the Bürgersensor needs its standing process")


def check_process(pack: Pack, name: str) -> Iterator[Fault]:
    """Faults of one process file: unknown keys, missing languages, methods that are not installed, windows that contradict."""
    data = pack.toml(name)
    for key in data.keys() - KNOWN:
        yield Fault(name, pack.line_of(name, key), f"'{key}' is not known here")
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", str(data.get("slug", ""))):
        yield Fault(name, 1, "the slug must be lower case words joined by hyphens")
    for key in ("title", "question", "lead"):
        if missing := translations_missing(data.get(key)):
            yield Fault(name, pack.line_of(name, key), f"'{key}' lacks {', '.join(missing)}")
    if data.get("say", 2) not in Process.Say.values:
        yield Fault(name, pack.line_of(name, "say"), "'say' is a number from 1 (be informed) to 5 (carry out together)")
    if data.get("organisation") and data["organisation"] not in {
        entry.get("key") for _line, entry in pack.entries("organisations.toml", "organisation")
    }:
        yield Fault(name, pack.line_of(name, "organisation"), f"the organisation '{data['organisation']}' is not in organisations.toml")
    if data.get("picture"):
        try:
            cleaned_svg(pack.text(data["picture"]))
        except (PackError, SvgFault) as error:
            yield Fault(name, pack.line_of(name, "picture"), str(error))
    yield from _keyed(pack, name, "category")
    yield from _check_steps(pack, name)
    for line, entry in pack.entries(name, "event"):
        for key in ("starts", "ends"):
            if not _MOMENT.fullmatch(str(entry.get(key, ""))):
                yield Fault(name, line, f"'{key}' must read like +12T17:00 (days from loading, local time)")


def _check_steps(pack: Pack, name: str) -> Iterator[Fault]:
    given: set[str] = set()
    known = methods()
    keys: set[str] = set()
    for line, entry in pack.entries(name, "step"):
        if not entry.get("key") or entry["key"] in keys:
            yield Fault(name, line, "a step needs a key of its own")
        keys.add(entry.get("key", ""))
        method = known.get(entry.get("method", ""))
        if method is None:
            yield Fault(name, line, f"the method '{entry.get('method')}' is not installed ({', '.join(sorted(known))})")
            continue
        if missing := translations_missing(entry.get("title")):
            yield Fault(name, line, f"the step's title lacks {', '.join(missing)}")
        if "closes" in entry and entry["closes"] <= entry.get("opens", 0):
            yield Fault(name, line, "the step closes before it opens")
        if method.takes and not method.takes & given:
            yield Fault(name, line, f"the method '{method.key}' takes {', '.join(sorted(method.takes))}, which no earlier step gives")
        if entry.get("mode", "") not in {"", *method.modes}:
            yield Fault(name, line, f"the method '{method.key}' has no mode '{entry['mode']}' ({', '.join(sorted(method.modes))})")
        given |= method.gives
        try:
            method.settings.model_validate(entry.get("settings", {}))
        except pydantic.ValidationError as error:
            for fault in error.errors():
                yield Fault(name, line, f"settings.{'.'.join(map(str, fault['loc']))}: {fault['msg']}")


def _keyed(pack: Pack, name: str, table: str) -> Iterator[Fault]:
    seen: set[str] = set()
    for line, entry in pack.entries(name, table):
        key = entry.get("key", "")
        if not key:
            yield Fault(name, line, f"a {table} needs a key")
        if key in seen:
            yield Fault(name, line, f"the key '{key}' stands twice")
        seen.add(key)
        if missing := translations_missing(entry.get("name")):
            yield Fault(name, line, f"the name of '{key}' lacks {', '.join(missing)}")


def load_categories(city: City, pack: Pack) -> None:
    """Write the city's own categories, updating by key."""
    write_categories(city, None, [entry for _line, entry in pack.entries(CATEGORIES, "category")])


def write_categories(city: City, process: Process | None, entries: list[dict[str, Any]]) -> None:
    """Write subjects of a process, or the city's own, by key and in this order."""
    for position, entry in enumerate(entries):
        Category.objects.of(city).update_or_create(
            process=process,
            key=entry["key"],
            defaults={"city": city, "name": Translated(entry["name"]), "icon": entry.get("icon") or "", "position": position},
        )


def load_processes(city: City, pack: Pack) -> None:
    """Write the pack's processes by slug. Windows count from the first loading: a second one moves no date."""
    for name in pack.below(FOLDER, ".toml"):
        load_process(city, pack, name)


def load_process(city: City, pack: Pack, name: str) -> Process:
    """Make or update one process from its file; dates of what exists already stay, and so does all that people changed or took away."""
    data = pack.toml(name)
    organisations = {row.key: row for row in Organisation.objects.of(city)}
    owners = {entry["key"]: entry["pseudonym"] for _line, entry in pack.entries("demo/people.toml", "person")}
    texts = {
        key: Translated(data.get(key, {}))
        for key in ("title", "question", "lead", "owner_title", "contact", "say_note", "formal_note", "result")
    }
    deadline = data.get("formal_deadline")
    known = Process.objects.of(city).filter(slug=data["slug"]).first()
    kept = known.handmade if known else set()
    told = {
        **texts,
        "organisation": organisations.get(data.get("organisation", "")),
        "owner_name": owners.get(data.get("owner", ""), ""),
        "say": data.get("say", 2),
        "formality": data.get("formal", "informal"),
        "formal_url": data.get("formal_url", ""),
        "picture": cleaned_svg(pack.text(data["picture"])) if data.get("picture") else "",
    }
    free = {name: value for name, value in told.items() if name not in kept}
    process, made = Process.objects.of(city).update_or_create(slug=data["slug"], defaults={**free, "city": city})
    if made:
        process.state = data.get("state", "published")
        process.published_at = timezone.now() if process.state == Process.State.PUBLISHED else None
        process.formal_deadline_on = (timezone.now() + dt.timedelta(days=deadline)).date() if deadline is not None else None
        process.save(update_fields=["state", "published_at", "formal_deadline_on"])
    if "category" not in kept:
        write_categories(city, process, data.get("category", []))
    write_steps(city, process, data.get("step", []))
    _load_told(city, process, data)
    return process


def write_steps(city: City, process: Process, entries: list[dict[str, Any]]) -> None:
    """Write the steps of a process file, by key; `opens` and `closes` are days from today's midnight in the city.

    What people changed or took away stays so.
    """
    today = _midnight(city)
    for position, entry in enumerate(entries, 1):
        window = {
            "opens_at": today + dt.timedelta(days=entry["opens"]) if "opens" in entry else None,
            "closes_at": today + dt.timedelta(days=entry["closes"]) if "closes" in entry else None,
        }
        texts = {"title": Translated(entry["title"]), "intro": Translated(entry.get("intro", {}))}
        texts["privacy"] = Translated(entry.get("privacy", {}))
        fixed = {
            "method": entry["method"],
            "mode": entry.get("mode", ""),
            "position": position,
            "settings": methods()[entry["method"]].settings.model_validate(entry.get("settings", {})).model_dump(mode="json"),
        }
        _write_told(Step, process, entry["key"], texts, {**window, **fixed})


def _write_told(model: Any, process: Process, key: str, values: dict[str, Any], first: dict[str, Any]) -> None:
    """Make or update a part of a process by its key, with `first` where it is made. One that people changed or took away stays so."""
    if f"{model._meta.model_name}:{key}" in process.handmade:
        return
    row = model.objects.of(process.city_id).filter(process=process, key=key).first()
    if row is None:
        model.objects.create(city_id=process.city_id, process=process, key=key, **values, **first)
    elif row.version == 1:
        for name, value in values.items():
            setattr(row, name, value)
        row.save()


def _load_told(city: City, process: Process, data: dict[str, Any]) -> None:
    places = {row.key: row for row in Place.objects.of(city)}
    for entry in data.get("news", []):
        texts = {"title": Translated(entry["title"]), "body": Translated(entry["body"])}
        published = timezone.now() - dt.timedelta(days=entry.get("days_ago", 0))
        _write_told(News, process, entry["key"], texts, {"published_at": published})
    for position, entry in enumerate(data.get("document", [])):
        linked = {"title": Translated(entry["title"]), "url": entry.get("url", ""), "position": position}
        _write_told(Document, process, entry["key"], linked, {})
    for entry in data.get("event", []):
        place = places.get(entry.get("place", ""))
        told: dict[str, Any] = {
            "title": Translated(entry["title"]),
            "description": Translated(entry.get("description", {})),
            "place": place,
            "where": "" if place else entry.get("place", ""),
            "url": entry.get("url", ""),
        }
        times = {"starts_at": _moment(city, entry["starts"]), "ends_at": _moment(city, entry["ends"])}
        _write_told(Event, process, entry["key"], told, times)


def _midnight(city: City) -> dt.datetime:
    local = timezone.now().astimezone(city.zone)
    return local.replace(hour=0, minute=0, second=0, microsecond=0)


def _moment(city: City, text: str) -> dt.datetime:
    found = _MOMENT.fullmatch(text)
    assert found, text  # check_process has refused anything else
    days, hours, minutes = (int(part) for part in found.groups())
    return (_midnight(city) + dt.timedelta(days=days)).replace(hour=hours, minute=minutes)
