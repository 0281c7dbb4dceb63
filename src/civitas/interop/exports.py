"""A process's published contributions and comments as files (CSV, XLSX, GeoJSON), streamed; what is exported can be imported again."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING

from django.db.models import Q

from civitas.cities.models import Area
from civitas.contributions.drawings import drawing_text
from civitas.contributions.intake import COMMENT_KEY
from civitas.contributions.models import ANSWERS, Contribution, StatusEvent
from civitas.contributions.queries import Filters, count_listed
from civitas.interop.files import write_file
from civitas.interop.tables import restored, write_table
from civitas.kit.cells import defused
from civitas.processes.models import Category

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from django.db.models import QuerySet

    from civitas.cities.models import City
    from civitas.processes.models import Process

CONTRIBUTION_COLUMNS = (
    "id",
    "number",
    "kind",
    "title",
    "text",
    *ANSWERS,
    "category",
    "service",
    "organisation",
    "created",
    "url",
    "area",
    "place_name",
    "lat",
    "lon",
    "drawing",
    "language",
    "status",
    "answer",
    "answered_by",
    "answered_at",
    "votes",
    "support_count",
    "comments",
    "merged_into",
)
COMMENT_COLUMNS = ("id", "reply_to", "contribution_id", "text", "created", "url", "language", "organisation", "stance")
# The columns of DIPAS, Hamburg's platform, in its order.
DIPAS_COLUMNS = (
    "Node ID",
    "Category",
    "Rubric",
    "Created (UTC)",
    "Rating",
    "Total votes",
    "Upvotes",
    "Downvotes",
    "Comments",
    "Title",
    "Contributiontext",
    "Location",
    "Contribution Type",
    "Selected Keywords",
    "Suggested Keywords",
)
_AT_ONCE = 500
# What a page hands out at once; a process whole is made by the worker.
MOST_OF_A_LIST = 10_000


def export_contributions(process: Process, path: Path, *, progress: Callable[[int, int], None]) -> int:
    """Write what the process shows, oldest first, what was merged into another among it; returns how many.

    Hidden, waiting and withdrawn ones stay here.
    """
    total = count_listed(process.city, Filters(process=process))
    rows = contribution_rows(process.city, shown_contributions(process), process=process)
    return write_file(path, CONTRIBUTION_COLUMNS, rows, progress=lambda done: progress(done, max(done, total)))


def export_dipas(process: Process, path: Path, *, progress: Callable[[int, int], None]) -> int:
    """Write the same rows as a CSV file of DIPAS: semicolons, UTF-8 with a mark; returns how many.

    Nobody votes against a contribution here, so all votes are up; what we do not keep (rating, keywords) stays empty.
    """
    total = count_listed(process.city, Filters(process=process))
    rows = contribution_rows(process.city, shown_contributions(process), process=process)
    return write_table(path, DIPAS_COLUMNS, map(_of_dipas, rows), progress=lambda done: progress(done, max(done, total)), separator=";")


def _of_dipas(row: Mapping[str, str]) -> dict[str, str]:
    votes = str(int(row["votes"]) + int(row["support_count"]))
    place = f"POINT ({row['lon']} {row['lat']})" if row["lat"] else ""
    created = dt.datetime.fromisoformat(row["created"]).astimezone(dt.UTC)
    return dict.fromkeys(DIPAS_COLUMNS, "") | {
        "Node ID": row["id"],
        "Category": row["category"],
        "Rubric": row["kind"],
        "Created (UTC)": f"{created:%Y-%m-%d %H:%M:%S}",
        "Total votes": votes,
        "Upvotes": votes,
        "Downvotes": "0",
        "Comments": row["comments"],
        "Title": row["title"],
        # It has one text for all that we ask.
        "Contributiontext": defused("\n\n".join(part for name in ("text", *ANSWERS) if (part := restored(row[name])))),
        "Location": row["drawing"] or place,
    }


def export_comments(process: Process, path: Path, *, progress: Callable[[int, int], None]) -> int:
    """Write the published comments on what the process shows, oldest first; returns how many."""
    return write_file(path, COMMENT_COLUMNS, comment_rows(process), progress=lambda done: progress(done, done))


def shown_contributions(process: Process) -> QuerySet[Contribution]:
    """What a process shows, what was merged into another among it."""
    return (
        Contribution.objects.of(process.city)
        .filter(process=process, visibility=Contribution.Visibility.PUBLISHED)
        .exclude(kind=Contribution.Kind.COMMENT)
    )


def in_batches(rows: QuerySet[Contribution]) -> Iterator[list[Contribution]]:
    """Rows in the order in which they were given, some hundreds at a time."""
    rows, last = rows.order_by("newest_key"), -1
    while batch := list(rows.filter(newest_key__gt=last)[:_AT_ONCE]):
        yield batch
        last = batch[-1].newest_key or 0


def contribution_rows(
    city: City, rows: QuerySet[Contribution], *, process: Process | None = None, hidden: bool = False
) -> Iterator[dict[str, str]]:
    """Contributions by the columns of an export, oldest first, streamed; with `hidden` also whether each is shown, and why not."""
    zone = city.zone
    # A name that stands for two rows is given as its key, so that an import finds the right one.
    areas = Counter(Area.objects.of(city).values_list("name", flat=True))
    known = Category.objects.of(city)
    known = known.filter(Q(process=None) | Q(process=process)) if process else known
    categories = Counter(row.name.in_language("de") for row in known.order_by("pk"))
    for batch in in_batches(rows.select_related("category", "service", "organisation", "area", "merged_into")):
        answers = _last_answers(city, batch)
        for row in batch:
            cells = contribution_cells(row, answers.get(row.pk), zone, areas=areas, categories=categories)
            yield cells | {"visibility": row.visibility, "hidden_reason": defused(row.hidden_reason)} if hidden else cells


def contribution_cells(
    row: Contribution, answer: StatusEvent | None, zone: ZoneInfo, *, areas: Mapping[str, int], categories: Mapping[str, int]
) -> dict[str, str]:
    """One contribution by the columns of an export."""
    name = row.category.name.in_language("de") if row.category else ""
    return {
        "id": key_of(row),
        "number": str(row.number or ""),
        "kind": row.kind,
        "title": defused(row.title),
        "text": defused(row.text),
        **{name: defused(getattr(row, name)) for name in ANSWERS},
        "category": defused(name if categories[name] == 1 else row.category.key) if row.category else "",
        "service": row.service.key if row.service else "",
        "organisation": defused(row.organisation.name) if row.organisation else "",
        "created": _moment(row.given_at, zone),
        "url": row.source_url,
        "area": (row.area.name if areas[row.area.name] == 1 else row.area.key) if row.area else "",
        "place_name": defused(row.place_name),
        "lat": "" if row.lat is None else repr(row.lat),
        "lon": "" if row.lon is None else repr(row.lon),
        "drawing": drawing_text(row.drawing),
        "language": row.language,
        "status": row.status,
        "answer": defused(answer.text) if answer else "",
        "answered_by": defused(answer.organisation.name) if answer and answer.organisation else "",
        "answered_at": _moment(answer.at, zone) if answer else "",
        "votes": str(row.imported_support),
        "support_count": str(row.support_count),
        "comments": str(row.comment_count),
        "merged_into": key_of(row.merged_into) if row.merged_into else "",
    }


def export_list(city: City, rows: QuerySet[Contribution], path: Path, *, process: Process | None = None) -> int:
    """Write a list as it is filtered, up to 10,000, oldest first; returns how many."""
    found = islice(contribution_rows(city, rows, process=process), MOST_OF_A_LIST)
    return write_file(path, CONTRIBUTION_COLUMNS, found, progress=lambda _done: None)


def export_dipas_list(city: City, rows: QuerySet[Contribution], path: Path, *, process: Process | None = None) -> int:
    """Write a list as `export_list` does, in the columns of DIPAS."""
    found = islice(contribution_rows(city, rows, process=process), MOST_OF_A_LIST)
    return write_table(path, DIPAS_COLUMNS, map(_of_dipas, found), progress=lambda _done: None, separator=";")


def _last_answers(city: City, batch: list[Contribution]) -> dict[int, StatusEvent]:
    events = (
        StatusEvent.objects.of(city)
        .filter(contribution__in=[row.pk for row in batch])
        .exclude(text="")
        .select_related("organisation")
        .order_by("at", "pk")
    )
    return {event.contribution_id: event for event in events}


def shown_comments(process: Process) -> QuerySet[Contribution]:
    """The comments that are shown on what a process shows."""
    published = Contribution.Visibility.PUBLISHED
    of_process = Contribution.objects.of(process.city).filter(process=process, kind=Contribution.Kind.COMMENT)
    return of_process.filter(visibility=published, root__visibility=published)


def comment_rows(process: Process) -> Iterator[dict[str, str]]:
    """The comments of a process by the columns of an export, oldest first, streamed."""
    zone = process.city.zone
    for batch in in_batches(shown_comments(process).select_related("root", "parent", "organisation")):
        for row in batch:
            root = row.root or row
            # What is not shown stays here: its replies go out as replies to the contribution.
            above = row.parent if row.parent and row.parent.visibility == Contribution.Visibility.PUBLISHED else root
            yield {
                "id": key_of(row),
                "reply_to": key_of(above),
                "contribution_id": key_of(root),
                "text": defused(row.text),
                "created": _moment(row.given_at, zone),
                "url": row.source_url,
                "language": row.language,
                "organisation": defused(row.organisation.name) if row.organisation else "",
                "stance": row.stance,
            }


def key_of(row: Contribution) -> str:
    """The id under which a row goes out and comes in again: the one it came with, else its uid."""
    key = defused(row.source_key.removeprefix(COMMENT_KEY) if row.kind == Contribution.Kind.COMMENT else row.source_key)
    return key or str(row.uid)


def _moment(at: dt.datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).isoformat()
