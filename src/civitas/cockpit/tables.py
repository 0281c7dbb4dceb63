"""Tables that the cockpit gives to take along beside its panels: the portfolio whole, and each overdue answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from civitas.cockpit.definitions import DEFINITIONS
from civitas.cockpit.portfolio import SORTS, folio_of
from civitas.cockpit.queries import overdue_answers
from civitas.kit.templatetags.kit import localized
from civitas.notices.addresses import site_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.utils.functional import _StrPromise

    from civitas.cockpit.panels import Asked
    from civitas.cockpit.portfolio import Item

# So many rows at most, however much there is; a table that is cut off ends with "…".
MOST_ROWS = 2_000
_PORTION = 200


@dataclass(frozen=True)
class Table:
    """A table for spreadsheets: what it is called, what stands above its columns, and its rows."""

    key: str
    title: str
    headings: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]

    @property
    def definition(self) -> Sequence[str | _StrPromise]:
        """What it means, sentence by sentence."""
        return DEFINITIONS[self.key]


def portfolio_table(asked: Asked, sort: str) -> Table:
    """All of one sort as the portfolio lists it; as many queries for each two hundred."""
    site = site_of(asked.city)
    rows = [
        (item.title, item.stage, item.when, item.owner, str(item.light.word), item.light.reason, site + item.path)
        for item in _items(asked, sort)
    ]
    headings = (_("Title"), _("Where it stands"), _("When"), _("Responsible"), _("How it goes"), _("Why"), _("Address"))
    return Table("portfolio", str(SORTS[sort]), headings, _bounded(rows))


def _items(asked: Asked, sort: str) -> Iterator[Item]:
    cursor, count = "", 0
    while count <= MOST_ROWS:
        folio = folio_of(asked.city, sort, process=asked.process, cursor=cursor, size=_PORTION)
        yield from folio.items
        count, cursor = count + len(folio.items), folio.next_cursor
        if not cursor:
            return


def overdue_table(asked: Asked) -> Table:
    """Each answer that is overdue, the longest first: with which department, since when. Nobody of the team is named. One query."""
    site = site_of(asked.city)
    rows = [
        (
            row.contribution.title,
            str(row.contribution.process.title),
            row.organisation.name if row.organisation else _("With nobody yet"),
            row.due_on.isoformat(),
            str((asked.today - row.due_on).days),
            site + localized(row.contribution.path),
        )
        for row in overdue_answers(asked.city, process=asked.process)[: MOST_ROWS + 1]
    ]
    headings = (_("Title"), _("Process"), _("Department"), _("Was due on"), _("Days overdue"), _("Address"))
    return Table("overdue", _("Overdue answers"), headings, _bounded(rows))


def _bounded(rows: Sequence[tuple[str, ...]]) -> Sequence[tuple[str, ...]]:
    return rows if len(rows) <= MOST_ROWS else [*rows[:MOST_ROWS], ("…",)]
