"""The pack's questions that open the mind: `prompts.toml`, checked with file and line, loaded by key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from civitas.kit.packs import Fault, translations_missing
from civitas.kit.translated import Translated
from civitas.processes.queries import categories_of
from civitas.sensor.models import Prompt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from civitas.cities.models import City
    from civitas.kit.packs import Pack

FILE = "prompts.toml"
LONGEST = 160


def check_prompts(pack: Pack) -> Iterator[Fault]:
    """Faults of prompts.toml: missing or doubled keys, missing languages, unknown categories, texts too long to stand large."""
    categories = {entry.get("key") for _line, entry in pack.entries("categories.toml", "category")}
    seen: set[str] = set()
    for line, entry in pack.entries(FILE, "prompt"):
        key = str(entry.get("key", ""))
        if not key or key in seen:
            yield Fault(FILE, line, "a prompt needs a key of its own")
        seen.add(key)
        if missing := translations_missing(entry.get("text")):
            yield Fault(FILE, line, f"the text of '{key}' lacks {', '.join(missing)}")
        elif any(len(text) > LONGEST for text in entry["text"].values()):
            yield Fault(FILE, line, f"the text of '{key}' is longer than {LONGEST} characters")
        if entry.get("category") and entry["category"] not in categories:
            yield Fault(FILE, line, f"the category '{entry['category']}' is not in categories.toml")


def load_prompts(city: City, pack: Pack) -> None:
    """Write the pack's prompts, updating by key. What the pack no longer names goes: nothing else refers to a prompt."""
    categories = {row.key: row for row in categories_of(city, None)}
    keys = []
    for position, (_line, entry) in enumerate(pack.entries(FILE, "prompt")):
        values = {"city": city, "position": position, "category": categories.get(entry.get("category", ""))}
        Prompt.objects.of(city).update_or_create(key=entry["key"], defaults={**values, "text": Translated(entry["text"])})
        keys.append(entry["key"])
    Prompt.objects.of(city).exclude(key__in=keys).delete()
