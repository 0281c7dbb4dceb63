"""A process for research: random ids, days and places only as fine as ten contributions allow, what reaches a person blacked out.

For each row the finest pair of time and place is taken that holds for at least ten rows of the export (k = 10, decision 27). Rows with
finer pairs lie within it, so that whoever knows roughly when and where somebody gave something finds ten candidates at least.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from typing import TYPE_CHECKING

from civitas.contributions.models import Contribution
from civitas.interop.exports import in_batches
from civitas.kit.cells import defused
from civitas.kit.personal import blackened, personal_in
from civitas.kit.privacy import LEAST, told

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from django.db.models import QuerySet

    from civitas.cities.models import City

OTHER = "other"
# Finest first: a cell of about a kilometre and a day; nothing at all is always common enough.
_LEVELS = (("cell", 10), ("area", 10), ("cell", 7), ("area", 7), ("area", 4), ("", 7), ("", 4), ("area", 0), ("", 0))
_CELL = 100  # cells a degree


class Grouped:
    """What of a set of contributions is common enough to be told, counted in one pass."""

    def __init__(self, city: City, rows: QuerySet[Contribution]) -> None:
        self._zone = city.zone
        self._pairs: Counter[tuple[str, str]] = Counter()
        self._categories: Counter[int | None] = Counter()
        self._languages: Counter[str] = Counter()
        columns = ("given_at", "lat", "lon", "area__name", "category", "language")
        for given_at, lat, lon, area, category, language in rows.order_by("newest_key").values_list(*columns).iterator(chunk_size=2_000):
            self._pairs.update({self._pair(level, given_at, lat, lon, area or "") for level in _LEVELS})
            self._categories[category] += 1
            self._languages[language] += 1

    def _pair(self, level: tuple[str, int], at: dt.datetime, lat: float | None, lon: float | None, area: str) -> tuple[str, str]:
        kind, digits = level
        place = f"area:{area}" if kind == "area" and area else ""
        if kind == "cell" and lat is not None and lon is not None:
            place = f"cell:{int(lat * _CELL // 1) / _CELL:.2f},{int(lon * _CELL // 1) / _CELL:.2f}"
        return at.astimezone(self._zone).date().isoformat()[:digits], place

    def time_and_place(self, row: Contribution) -> tuple[str, str]:
        """The finest pair that ten rows share."""
        area = row.area.name if row.area else ""
        pairs = (self._pair(level, row.given_at, row.lat, row.lon, area) for level in _LEVELS)
        return next((pair for pair in pairs if self._pairs[pair] >= LEAST), ("", ""))

    def category(self, row: Contribution) -> str:
        """The topic, where ten rows have it."""
        if row.category is None:
            return ""
        return defused(row.category.name.in_language("de")) if self._categories[row.category_id] >= LEAST else OTHER

    def language(self, row: Contribution) -> str:
        """The language, where ten rows are written in it."""
        return row.language if self._languages[row.language] >= LEAST else OTHER


class Ids:
    """Random ids of one export: nobody can make them again once its key is gone."""

    def __init__(self, key: str) -> None:
        self._key = bytes.fromhex(key)

    def of(self, kind: str, number: int | None) -> str:
        """The id of a row; '' for none."""
        if number is None:
            return ""
        return hmac.new(self._key, f"{kind} {number}".encode(), hashlib.sha256).hexdigest()[:12]


def blacked(text: str) -> tuple[str, str]:
    """A text without what reaches or marks a person, and how many passages that were."""
    spans = personal_in(text)
    return defused(blackened(text, spans)), str(len(spans))


def _people(count: int) -> str:
    shown = told(count)
    return "0-9" if shown is None else str(shown)


def research_rows(city: City, rows: QuerySet[Contribution], ids: Ids) -> Iterator[dict[str, str]]:
    """Contributions as research gets them, streamed."""
    grouped = Grouped(city, rows)
    for batch in in_batches(rows.select_related("category", "area")):
        for row in batch:
            time, place = grouped.time_and_place(row)
            text, passages = blacked("\n\n".join(part for part in (row.title, row.text, row.audience, row.proposal, row.benefit) if part))
            yield {
                "id": ids.of("row", row.pk),
                "person": ids.of("person", row.author_id),
                "kind": row.kind,
                "time": time,
                "place": place,
                "category": grouped.category(row),
                "language": grouped.language(row),
                "as_organisation": str(int(row.organisation_id is not None)),
                "status": row.status,
                "support": _people(row.support_count + row.imported_support),
                "comments": _people(row.comment_count),
                "text": text,
                "blacked": passages,
            }


def research_comments(city: City, rows: QuerySet[Contribution], ids: Ids) -> Iterator[dict[str, str]]:
    """Comments as research gets them, streamed; a reply to what is not shown is one to the contribution."""
    zone = city.zone
    common: Counter[str] = Counter()
    for at in rows.order_by("newest_key").values_list("given_at", flat=True).iterator(chunk_size=2_000):
        day = at.astimezone(zone).date().isoformat()
        common.update((day[:7], day[:4]))
    for batch in in_batches(rows.select_related("parent")):
        for row in batch:
            day = row.given_at.astimezone(zone).date().isoformat()
            text, passages = blacked(row.text)
            shown = row.parent is not None and row.parent.visibility == Contribution.Visibility.PUBLISHED
            yield {
                "id": ids.of("row", row.pk),
                "contribution": ids.of("row", row.root_id),
                "reply_to": ids.of("row", row.parent_id if shown else row.root_id),
                "person": ids.of("person", row.author_id),
                "time": next((part for part in (day[:7], day[:4]) if common[part] >= LEAST), ""),
                "stance": row.stance,
                "text": text,
                "blacked": passages,
            }
