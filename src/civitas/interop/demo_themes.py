"""Themes of the demo: voices of its people that the team has gathered by hand. Checked with file and line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from civitas.contributions.actions import write_keys
from civitas.contributions.models import Contribution, newest_key
from civitas.kit.packs import Fault
from civitas.people.actors import on_behalf
from civitas.themes.actions import gather, make_theme, publish_theme

if TYPE_CHECKING:
    from collections.abc import Iterator

    from civitas.interop.demo_city import Demo
    from civitas.kit.packs import Pack

THEMES = "demo/themes.toml"
_KNOWN = {"key", "process", "step", "by", "title", "text", "voices", "days_ago", "published"}
_NEEDED = ("key", "process", "step", "by", "title", "text", "voices", "days_ago")


def check_themes(pack: Pack) -> Iterator[Fault]:
    """Faults of the pack's themes file; a pack without one has none."""
    people = {str(entry.get("key")) for _line, entry in pack.entries("demo/people.toml", "person")}
    given = {str(entry.get("key")) for _line, entry in pack.entries("demo/contributions.toml", "contribution")}
    steps = {
        (data.get("slug"), step.get("key"))
        for name in pack.below("processes", ".toml")
        if (data := pack.toml(name))
        for step in data.get("step", [])
    }
    for line, entry in pack.entries(THEMES, "theme"):
        for key in sorted(entry.keys() - _KNOWN):
            yield Fault(THEMES, line, f"'{key}' is not known here")
        for key in _NEEDED:
            if entry.get(key) in (None, "", []):
                yield Fault(THEMES, line, f"'{key}' is missing")
        if entry.get("by") not in people:
            yield Fault(THEMES, line, f"'{entry.get('by')}' is not in demo/people.toml")
        if (entry.get("process"), entry.get("step")) not in steps:
            yield Fault(THEMES, line, f"the process '{entry.get('process')}' has no step '{entry.get('step')}'")
        for key in entry.get("voices", []):
            if key not in given:
                yield Fault(THEMES, line, f"the contribution '{key}' is not in demo/contributions.toml")


def load_themes(demo: Demo) -> None:
    """Bring in what is not there yet."""
    for _line, entry in demo.pack.entries(THEMES, "theme"):
        if not Contribution.objects.of(demo.city).filter(uid=demo.uid(entry["key"])).exists():
            with transaction.atomic():
                _bring_in(demo, entry)


def _bring_in(demo: Demo, entry: dict[str, Any]) -> None:
    actor = on_behalf(demo.people[entry["by"]])
    step = demo.steps[entry["process"], entry["step"]]
    theme = make_theme(actor, step, uid=demo.uid(entry["key"]), title=entry["title"], text=entry["text"].strip())
    theme.given_at = demo.moment(entry["days_ago"], entry["key"])
    theme.newest_key = newest_key(theme.given_at, theme.pk)
    theme.save(update_fields=["given_at"])
    write_keys(demo.city, [theme])
    uids = [demo.uid(key) for key in entry["voices"]]
    voices = Contribution.objects.of(demo.city).filter(uid__in=uids).order_by("newest_key")
    gather(actor, theme, list(voices.values_list("pk", flat=True)), uid=demo.uid(f"{entry['key']}/gathered"))
    if entry.get("published", True):
        publish_theme(actor, theme)
