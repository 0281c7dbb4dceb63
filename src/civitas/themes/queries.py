"""Reading themes: one, its voices, the lists of the public and of the team, and what came out of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from civitas.boards.conclusion_models import Conclusion
from civitas.contributions.models import Contribution, Link
from civitas.contributions.queries import Filters, count_listed, listed_page
from civitas.kit.keyset import KeysetPage, keyset_page
from civitas.themes.models import Gathering, GatheringItem, Theme, ThemeFigure

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from civitas.cities.models import City
    from civitas.processes.models import Process

A_PAGE = 20
VOICES_A_PAGE = 20
MOST_WORDS = 24
LATELY = 3


@dataclass(frozen=True)
class ThemeView:
    """A theme in a list: its contribution and its row, which is missing for a moment after a board was concluded."""

    contribution: Contribution
    row: Theme | None
    is_from_board: bool = False

    @property
    def voices(self) -> int:
        """How many voices it shows."""
        return self.row.voice_count if self.row else 0


def written_by_hand(city: City, keys: Collection[int]) -> set[int]:
    """Which of these contributions are themes that the team has named or described by hand; one query."""
    rows = Theme.objects.of(city).filter(contribution__in=keys, is_written=True)
    return set(rows.values_list("contribution_id", flat=True))


def theme_by_number(city: City, number: int) -> Contribution | None:
    """A theme in any visibility, with its process; the rule decides who sees it."""
    rows = Contribution.objects.of(city).filter(number=number, kind=Contribution.Kind.THEME)
    found: Contribution | None = rows.select_related("process", "process__organisation", "step", "organisation", "author").first()
    return found


def theme_row(contribution: Contribution) -> Theme | None:
    """What the room keeps of a theme."""
    row: Theme | None = Theme.objects.of(contribution.city_id).filter(contribution=contribution).select_related("made_by").first()
    return row


def is_from_board(contribution: Contribution) -> bool:
    """Whether concluding a board made it."""
    return Conclusion.objects.of(contribution.city_id).filter(contribution=contribution).exists()


def voices_of(
    city: City, theme: Contribution, *, cursor: str = "", size: int = VOICES_A_PAGE, sort: str = "newest"
) -> KeysetPage[Contribution]:
    """The voices that a theme shows, page by page; three queries at most."""
    return listed_page(city, Filters(gathered_in=theme.pk), sort=sort, cursor=cursor, size=size)


def count_voices(city: City, theme: Contribution) -> int:
    """How many voices a theme shows now, counted up to 10,000."""
    return count_listed(city, Filters(gathered_in=theme.pk))


def in_theme(city: City, theme: Contribution, rows: Iterable[Contribution]) -> set[int]:
    """Which of these lie in the theme, themselves or by what was merged into them; one query."""
    keys = [row.pk for row in rows]
    links = Link.objects.of(city).filter(target=theme, kind=Link.Kind.GROUPED_INTO)
    heads = links.filter(source__merged_into__in=keys).values_list("source__merged_into", flat=True)
    return set(links.filter(source__in=keys).values_list("source", flat=True).union(heads))


def themes_page(city: City, *, cursor: str = "") -> KeysetPage[Contribution]:
    """The published themes, newest first; one query."""
    rows = Contribution.objects.of(city).filter(listed=1, kind=Contribution.Kind.THEME)
    shown = rows.select_related("process", "organisation", "author", "category", "area")
    shown = shown.defer("process__lead", "process__question", "process__picture", "area__boundary")
    return keyset_page(shown, by=("newest_key",), cursor=cursor, size=A_PAGE)


def themes_of(process: Process, most: int) -> list[ThemeView]:
    """The newest published themes of a process; one query."""
    city = process.city
    rows = Theme.objects.of(city).filter(contribution__city=city, contribution__process=process, contribution__listed=1)
    newest = rows.select_related("contribution").order_by("-contribution__newest_key")[:most]
    return [ThemeView(row.contribution, row) for row in newest]


def count_themes_of(process: Process) -> int:
    """How many published themes a process has."""
    rows = Theme.objects.of(process.city_id).filter(contribution__city=process.city_id, contribution__process=process)
    count: int = rows.filter(contribution__listed=1).count()
    return count


def staff_themes_page(city: City, visibility: str, *, cursor: str = "") -> KeysetPage[Contribution]:
    """The themes in one visibility for the team, newest first; one query."""
    rows = Contribution.objects.of(city).filter(kind=Contribution.Kind.THEME, merged_into=None, visibility=visibility)
    return keyset_page(rows.select_related("process"), by=("newest_key",), cursor=cursor, size=A_PAGE)


def count_themes(city: City, visibility: str) -> int:
    """How many themes there are in one visibility, counted up to 1,000."""
    rows = Contribution.objects.of(city).filter(kind=Contribution.Kind.THEME, merged_into=None, visibility=visibility)
    return rows.order_by("pk")[:1000].values("pk").count()


def with_rows(city: City, contributions: Iterable[Contribution]) -> list[ThemeView]:
    """Themes with what the room keeps of each; two queries."""
    found = list(contributions)
    keys = [row.pk for row in found]
    rows = {row.contribution_id: row for row in Theme.objects.of(city).filter(contribution__in=keys).select_related("made_by")}
    boards = set(Conclusion.objects.of(city).filter(contribution__in=keys).values_list("contribution", flat=True))
    return [ThemeView(row, rows.get(row.pk), row.pk in boards) for row in found]


def figures_of(theme: Theme) -> dict[str, list[tuple[str, int]]]:
    """The kept figures by dimension: weeks in order of time, areas and words by their count; one query."""
    found: dict[str, list[tuple[str, int]]] = {dimension: [] for dimension in ThemeFigure.Dimension}
    rows = ThemeFigure.objects.of(theme.city_id).filter(theme=theme).order_by("-count", "value")
    for dimension, value, count in rows.values_list("dimension", "value", "count"):
        found[dimension].append((value, count))
    found[ThemeFigure.Dimension.WEEK].sort()
    return found


def gatherings_of(theme: Theme) -> list[Gathering]:
    """The last presses that brought voices into a theme, newest first."""
    return list(Gathering.objects.of(theme.city_id).filter(theme=theme).select_related("by").order_by("-at", "-pk")[:LATELY])


def gathering_by_key(city: City, theme: Theme, key: int) -> Gathering | None:
    """One press that brought voices into a theme."""
    row: Gathering | None = Gathering.objects.of(city).filter(pk=key, theme=theme).select_related("by", "theme").first()
    return row


def refused_in(gathering: Gathering) -> list[Contribution]:
    """The first of a gathering that cannot be in the theme."""
    rows = GatheringItem.objects.of(gathering.city_id).filter(gathering=gathering, state=GatheringItem.State.REFUSED)
    return [item.contribution for item in rows.select_related("contribution").order_by("pk")[:20]]
