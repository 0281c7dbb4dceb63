"""Reading flags: the open cases, the most flagged first, and one case with all its flags."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from civitas.kit.keyset import KeysetPage, keyset_page
from civitas.moderation.models import Case, Flag

if TYPE_CHECKING:
    import datetime as dt

    from civitas.cities.models import City

CASES_A_PAGE = 30
MOST_FLAGS = 100
_COUNTED = 10_000


def cases_page(city: City, *, state: str = Case.State.OPEN, cursor: str = "", size: int = CASES_A_PAGE) -> KeysetPage[Case]:
    """Open cases with the most flagged first, or decided ones with the newest first; each with `reasons`. Two queries."""
    by = ("flag_count", "pk") if state == Case.State.OPEN else ("pk",)
    page: KeysetPage[Case] = keyset_page(_cases(city).filter(state=state), by=by, cursor=cursor, size=size)
    return page


def case_by_key(city: City, key: int) -> Case | None:
    """A case with the thing it is about."""
    return _cases(city).filter(pk=key).first()


def _cases(city: City) -> Any:
    things = ("contribution", "contribution__root", "contribution__author", "contribution__organisation", "closed_by")
    letters = ("letter", "letter__author", "letter__organisation", "letter__conversation", "letter__conversation__contribution")
    return Case.objects.of(city).select_related(*things, *letters)


def flags_of(case: Case) -> list[Flag]:
    """All flags of a case with who gave them, the first first, at most 100."""
    rows = Flag.objects.of(case.city_id).filter(case=case).select_related("participant")
    return list(rows.order_by("pk")[:MOST_FLAGS])


def reasons_of(city: City, cases: list[Case]) -> dict[int, list[str]]:
    """The different reasons given in each case, in words; one query."""
    found: dict[int, list[str]] = {}
    labels = dict(Flag.Reason.choices)
    rows = Flag.objects.of(city).filter(case__in=[case.pk for case in cases]).order_by("case", "reason")
    for case, reason in rows.values_list("case", "reason").distinct():
        found.setdefault(case, []).append(str(labels.get(reason, reason)))
    return found


@dataclass(frozen=True)
class Pile:
    """How much waits, and since when."""

    count: int
    oldest: dt.datetime | None


def open_pile(city: City) -> Pile:
    """How many cases are open (counted up to 10,000) and when the oldest was opened; two queries at most."""
    rows = Case.objects.of(city).filter(state=Case.State.OPEN)
    count = rows.values("pk")[:_COUNTED].count()
    return Pile(count, rows.order_by("pk").values_list("opened_at", flat=True).first() if count else None)
