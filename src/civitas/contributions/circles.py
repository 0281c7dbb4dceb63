"""Lineage runs one way: whatever would lead back to where it began is refused, and the path is shown."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from civitas.cities.models import City
from civitas.contributions.models import Contribution
from civitas.contributions.walking import walk
from civitas.kit.verdicts import Refused

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

# So many stations of a path are named; of a longer one the first and the last.
MOST_NAMED = 6


def circle_among(city: City, links: Iterable[tuple[int, int]], *, together: tuple[int, int] | None = None) -> list[int]:
    """The path of a circle that new links (source, target), or putting two contributions together, would close; empty without one.

    It begins where the first of these links leads to and ends where that comes from. As many queries for many links as for one.
    """
    new = [link for link in links if link[0] != link[1]]
    found = walk(city, {end for _start, end in new} | set(together or ()), "later")

    def shown(key: int) -> int:
        head = found.head(key)
        return found.head(together[1]) if together and head == found.head(together[0]) else head

    ahead: defaultdict[int, set[int]] = defaultdict(set)
    inside: defaultdict[int, set[int]] = defaultdict(set)  # between what was put together, where undoing that would show a circle
    for start, end in [*((hop.start, hop.end) for hop in found.hops), *new]:
        ahead[shown(start)].add(shown(end))
        inside[start].add(end)
    if together:
        one = shown(together[1])
        return next(([one, *path] for after in sorted(ahead[one] - {one}) if (path := _path(ahead, after, {one}))), [])
    sources: defaultdict[int, set[int]] = defaultdict(set)
    for start, end in new:
        sources[end].add(start)
    for end, starts in sources.items():
        apart = {shown(start) for start in starts} - {shown(end)}
        path = _path(ahead, shown(end), apart) or _path(inside, end, starts)
        if path:
            return path
    return []


def _path(ahead: Mapping[int, Collection[int]], start: int, goals: Collection[int]) -> list[int]:
    """The shortest way from one to any of these."""
    before: dict[int, int] = {start: 0}
    front = [start]
    while front and goals:
        after = []
        for key in front:
            if key in goals:
                path = [key]
                while before[path[0]]:
                    path.insert(0, before[path[0]])
                return path
            for other in sorted(ahead.get(key, ())):
                if other not in before:
                    before[other] = key
                    after.append(other)
        front = after
    return []


def hold_links(city: City) -> None:
    """Let nobody else link, or put together, in this city until the transaction ends: two that are each no circle may be one together.

    Whoever only refers to the city, as each new row does, does not wait.
    """
    City.objects.select_for_update(no_key=True).only("pk").get(pk=city.pk)


def check_circle(city: City, links: Iterable[tuple[int, int]], *, together: tuple[int, int] | None = None, field: str = "") -> None:
    """Refuse (409) new links, or to put two together, where that would close a circle; the sentence shows its path.

    In a transaction that holds the links. Of the path only what everybody may see is named. `field` is the form's field at which the
    sentence stands as well.
    """
    path = circle_among(city, links, together=together)
    if path:
        sentence = _("That would be a circle, for one already led to the other: %(path)s.") % {"path": said(city, path)}
        raise Refused(sentence, status=409, fields={field: sentence} if field else {})


def said(city: City, path: Sequence[int]) -> str:
    """A path in words: “Theme ‘…’ → Concept ‘…’”; one query."""
    rows = Contribution.objects.of(city).filter(pk__in=path).only("city_id", "kind", "title", "visibility").in_bulk()
    names = [_name(rows.get(key)) for key in path]
    if len(names) > MOST_NAMED:
        half = MOST_NAMED // 2
        names = [*names[:half], "…", *names[-half:]]
    return " → ".join(names)


def _name(row: Contribution | None) -> str:
    if row is None or row.visibility != Contribution.Visibility.PUBLISHED:
        return _("a contribution that is not shown")
    return _("%(kind)s “%(title)s”") % {"kind": row.get_kind_display(), "title": row.title}
