"""A board in the order in which it is read: groups with their cards, regions of its canvas, what lies free. For list, table and paper."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from civitas.boards.things import HIDDEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from civitas.boards.things import Card, Things


@dataclass(frozen=True)
class Field:
    """A short text of a card: its name in the document, the label that people read, and what stands there."""

    name: str
    label: str
    value: str


@dataclass(frozen=True)
class Entry:
    """A card as it is read: its author by name ('' for a guest), its dots, how many of them are the reader's, with what it is connected."""

    card: Card
    by: str = ""
    dots: int = 0
    own_dots: int = 0
    connected: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()
    picture: tuple[str, str] | None = None  # address, and what it shows in words


@dataclass(frozen=True)
class Section:
    """A heading with its cards. `kind` is group, region, loose or gone; `key` the group's id or the region's key."""

    kind: str
    key: str
    title: str
    note: str = ""
    colour: str = "white"
    is_proposed: bool = False
    dots: int = 0
    entries: list[Entry] = field(default_factory=list)


def outline(
    things: Things,
    names: Mapping[str, str],
    canvas: Mapping[str, Any] | None = None,
    *,
    reader: str = "",
    fields: Mapping[str, str] | None = None,
    pictures: Mapping[str, tuple[str, str]] | None = None,
) -> list[Section]:
    """All that stands on a board, and last what the reader (an alias) took away and may bring back."""
    dots = Counter(dot.on for dot in things.dots.values())
    own = Counter(dot.on for dot in things.dots.values() if dot.by == reader and reader)
    lines = _connections(things)

    def entries(cards: Iterable[Card]) -> list[Entry]:
        found = sorted(cards, key=lambda card: (card.y, card.x, card.id))
        return [
            Entry(
                card,
                names.get(card.by, ""),
                dots[card.id],
                own[card.id],
                tuple(lines.get(card.id, ())),
                short(card),
                (pictures or {}).get(card.picture),
            )
            for card in found
        ]

    def short(card: Card) -> tuple[Field, ...]:
        return tuple(Field(name, label, card.fields.get(name, "")) for name, label in (fields or {}).items())

    lying = [card for card in things.cards.values() if not card.gone]
    groups = sorted((group for group in things.groups.values() if not group.gone), key=lambda group: (group.y, group.x, group.id))
    by_group: dict[str, list[Card]] = {group.id: [] for group in groups}
    regions = (canvas or {}).get("regions", [])
    by_region: dict[str, list[Card]] = {region["key"]: [] for region in regions}
    loose: list[Card] = []
    for card in lying:
        by_group.get(card.group, by_region.get(card.region, loose)).append(card)
    sections = [
        Section(
            "group",
            group.id,
            group.title or _("Group without a name"),
            _("Proposal") if group.proposed else "",
            group.colour,
            group.proposed,
            dots[group.id],
            entries(by_group[group.id]),
        )
        for group in groups
    ]
    sections += [
        Section(
            "region",
            each["key"],
            each["title"],
            each.get("question", ""),
            each.get("colour", "white"),
            entries=entries(by_region[each["key"]]),
        )
        for each in regions
    ]
    if loose:
        sections.append(Section("loose", "", _("Not in a group yet") if groups or regions else _("All cards"), entries=entries(loose)))
    gone = [card for card in things.cards.values() if card.gone and reader and card.by == reader and HIDDEN not in card.fields]
    if gone:
        sections.append(Section("gone", "gone", _("Taken away"), entries=entries(gone)))
    return sections


def part_of(sections: list[Section], number: int, size: int) -> list[Section]:
    """The sections with the cards of one part (1 is the first) alone; headings without cards stand in the first."""
    start, found = (number - 1) * size, []
    for section in sections:
        shown = section.entries[max(0, start) : max(0, start + size)]
        start -= len(section.entries)
        if shown or (number == 1 and not section.entries):
            found.append(replace(section, entries=shown))
    return found


def _connections(things: Things) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in things.lines.values():
        if line.gone:
            continue
        for one, other in ((line.start, line.end), (line.end, line.start)):
            if words := _words_of(things, other):
                found.setdefault(one, []).append(f"{words} ({line.label})" if line.label else words)
    return found


def _words_of(things: Things, key: str) -> str:
    if (card := things.cards.get(key)) and not card.gone:
        return card.text
    if (group := things.groups.get(key)) and not group.gone:
        return group.title or _("Group without a name")
    return ""
