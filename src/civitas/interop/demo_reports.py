"""Reports of the demo: put together from its data, written by its people, released. Checked with file and line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from civitas.kit.packs import Fault
from civitas.people.actors import on_behalf
from civitas.reporting.actions import put_together, release, stamp_of, write_section
from civitas.reporting.models import Chapter, Edition
from civitas.reporting.queries import editions_of, process_by_slug, sections_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from civitas.interop.demo_city import Demo
    from civitas.kit.packs import Pack

REPORTS = "demo/reports.toml"
# Where the words from the data stand in what somebody wrote.
DATA = "{data}"
_KNOWN = {"process", "by", "released_by", "days_ago", "section"}
_NEEDED = ("process", "by", "released_by", "days_ago")


def check_reports(pack: Pack) -> Iterator[Fault]:
    """Faults of the pack's file about reports; a pack without one has none."""
    people = {str(entry.get("key")) for _line, entry in pack.entries("demo/people.toml", "person")}
    processes = {data.get("slug") for name in pack.below("processes", ".toml") if (data := pack.toml(name))}
    for line, entry in pack.entries(REPORTS, "report"):
        for key in sorted(entry.keys() - _KNOWN):
            yield Fault(REPORTS, line, f"'{key}' is not known here")
        for key in _NEEDED:
            if entry.get(key) in (None, ""):
                yield Fault(REPORTS, line, f"'{key}' is missing")
        for key in ("by", "released_by"):
            if entry.get(key) not in people:
                yield Fault(REPORTS, line, f"'{entry.get(key)}' is not in demo/people.toml")
        if entry.get("process") not in processes:
            yield Fault(REPORTS, line, f"there is no process '{entry.get('process')}'")
        for chapter in entry.get("section", {}).keys() - set(Chapter.values):
            yield Fault(REPORTS, line, f"'{chapter}' is no section of a report ({', '.join(Chapter.values)})")


def load_reports(demo: Demo) -> None:
    """Bring in what is not there yet."""
    for _line, entry in demo.pack.entries(REPORTS, "report"):
        process = process_by_slug(demo.city, entry["process"])
        if process is not None and not editions_of(process):
            with transaction.atomic():
                _bring_in(demo, entry, process)


def _bring_in(demo: Demo, entry: dict[str, Any], process: Any) -> None:
    writer = on_behalf(demo.people[entry["by"]])
    report = put_together(writer, process)
    report.process = process
    for section in sections_of(report):
        if text := entry.get("section", {}).get(section.chapter):
            write_section(writer, report, section.chapter, text=text.replace(DATA, section.text).strip(), version=section.version)
    edition = release(on_behalf(demo.people[entry["released_by"]]), report, changes="", stamp=stamp_of(sections_of(report)))
    if edition is not None:
        Edition.objects.of(demo.city).filter(pk=edition.pk).update(released_at=demo.moment(entry["days_ago"], f"report/{process.slug}"))
