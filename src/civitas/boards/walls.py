"""What a wall shows of a board: few things, large. Groups by how many cards they have, results of dots, or the newest cards."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from civitas.boards.documents import new_document, read_all
from civitas.boards.log import head_of, updates_of
from civitas.boards.models import BoardSnapshot, BoardUpdate, Seat
from civitas.boards.pictures import words_of_pictures
from civitas.boards.rules import board_method

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from civitas.boards.models import Board
    from civitas.boards.things import Card, Things
    from civitas.people.actors import Actor

MOST_ROWS, MOST_PAPERS, MOST_MARKS = 6, 6, 20
# So many of the last updates are looked at for what is new.
_RECENT = 40


@dataclass(frozen=True)
class Row:
    """A group, a region or a card with how much stands behind it. `marks` are drawn, `beyond` are not; the newest lies in it."""

    title: str
    count: int
    is_new: bool = False

    @property
    def marks(self) -> range:
        """One for each card or dot, as far as there is room."""
        return range(min(self.count, MOST_MARKS) - (1 if self.is_new and self.count else 0))


@dataclass(frozen=True)
class Paper:
    """A card as it hangs on the wall. `name`: who wrote it; where cards have fields of their own, what stands in them."""

    text: str
    name: str
    colour: str


@dataclass(frozen=True)
class Wall:
    """`kind` says what is shown: tasks (cards with fields), groups, regions, dots, cards, quiet (all write for themselves), empty."""

    kind: str
    rows: list[Row] = field(default_factory=list)
    papers: list[Paper] = field(default_factory=list)
    beyond: int = 0  # rows or cards that do not fit
    latest: Paper | None = None
    cards: int = 0


def wall_of(actor: Actor, board: Board, *, names: Mapping[str, str]) -> Wall:
    """What the wall shows now; `names` by alias."""
    things, newest = _read(board.city_id, board.pk, board.uid, head_of(board.city, board.pk).sequence)
    alts = words_of_pictures(board.city, things.cards.values())
    lying = (replace(card, text=alts.get(card.id, card.text)) for card in things.cards.values() if not card.gone)
    cards = [card for card in lying if card.text.strip()]
    by_id = {card.id: card for card in cards}
    last = [by_id[key] for key in newest if key in by_id]
    latest = _paper(last[0], names) if last else None
    dots = Counter(dot.on for dot in things.dots.values() if things.holds(dot.on))
    if dots:
        kind, rows = "dots", _dotted(things, by_id, dots)
    elif tasks := _tasks(board, cards, last):
        beyond = max(0, len(tasks) - MOST_PAPERS)
        return Wall("tasks", papers=tasks[:MOST_PAPERS], beyond=beyond, latest=latest, cards=len(cards))
    elif rows := _grouped(things, cards, last):
        kind = "groups"
    elif rows := _in_regions(board, cards, last):
        kind = "regions"
    else:
        return _papers(actor, board, cards, last, names, latest)
    return Wall(kind, rows=rows[:MOST_ROWS], beyond=max(0, len(rows) - MOST_ROWS), latest=latest, cards=len(cards))


def _tasks(board: Board, cards: list[Card], last: list[Card]) -> list[Paper]:
    """Where cards have fields of their own: each with what stands in them, the newest first. What was brought is no task."""
    method = board_method(board.step)
    if not method or not method.fields:
        return []
    papers = []
    for card in last + [card for card in cards if card not in last]:
        if not card.number:
            filled = [card.fields.get(name, "").strip() for name in method.fields]
            papers.append(Paper(" ".join(card.text.split()), ", ".join(filter(None, filled)) or _("Nobody yet"), card.colour))
    return papers


def _dotted(things: Things, cards: Mapping[str, Card], dots: Counter[str]) -> list[Row]:
    titles = {key: card.text for key, card in cards.items()} | {key: group.title for key, group in things.groups.items()}
    return [Row(" ".join(titles.get(key, "").split()), count) for key, count in dots.most_common() if titles.get(key, "").strip()]


def _grouped(things: Things, cards: list[Card], last: list[Card]) -> list[Row]:
    members = Counter(card.group for card in cards)
    new = last[0].group if last else ""
    groups = [group for group in things.groups.values() if not (group.gone or group.proposed) and group.title.strip() and members[group.id]]
    groups.sort(key=lambda group: (-members[group.id], group.id))
    return [Row(" ".join(group.title.split()), members[group.id], group.id == new) for group in groups]


def _in_regions(board: Board, cards: list[Card], last: list[Card]) -> list[Row]:
    method = board_method(board.step)
    canvas = method.canvas(board.step) if method and method.canvas else None
    members = Counter(card.region for card in cards)
    new = last[0].region if last else ""
    regions: list[Any] = list(canvas["regions"]) if canvas else []
    return [Row(str(region["title"]), members[region["key"]], bool(new) and region["key"] == new) for region in regions]


def _papers(actor: Actor, board: Board, cards: list[Card], last: list[Card], names: Mapping[str, str], latest: Paper | None) -> Wall:
    if is_quiet(actor, board):
        return Wall("quiet", cards=len(cards))
    new = {card.id for card in last}
    ordered = last + [card for card in cards if card.id not in new]
    papers = [_paper(card, names) for card in ordered[:MOST_PAPERS]]
    return Wall("cards" if papers else "empty", papers=papers, beyond=max(0, len(cards) - MOST_PAPERS), latest=latest, cards=len(cards))


def _paper(card: Card, names: Mapping[str, str]) -> Paper:
    return Paper(" ".join(card.text.split()), names.get(card.by, ""), card.colour)


def is_quiet(actor: Actor, board: Board) -> bool:
    """Whether everybody writes into their own drawer now, so that there is nothing to see."""
    method = board_method(board.step)
    return bool(method) and method is not None and method.charter(actor, board.step, board.phase).drawer == "cards"


@lru_cache(maxsize=8)
def _read(city: int, board: int, uid: UUID, sequence: int) -> tuple[Things, list[str]]:
    """What lies on a board, and which cards came last, the newest first: those that the last updates brought.

    Many walls ask for the same at once: it is read once for each sequence (`uid` since a key may come again, a uid never does).
    """
    updates = updates_of(city, board, None)[1]
    cut = max(0, len(updates) - _RECENT)
    document = new_document(*updates[:cut])
    known = set(document["cards"].keys())
    came: list[str] = []
    for update in updates[cut:]:
        document.apply_update(update)
        fresh = set(document["cards"].keys()) - known
        came += sorted(fresh)
        known |= fresh
    return read_all(document), came[::-1]


def cards_in_drawers(board: Board) -> int:
    """How many cards lie in all drawers together; nobody sees which."""
    parts: dict[int, list[bytes]] = {}
    for rows in (BoardSnapshot.objects, BoardUpdate.objects):
        found = rows.of(board.city_id).filter(board=board, drawer__isnull=False).order_by("sequence").values_list("drawer", "data")
        for drawer, data in found:
            parts.setdefault(drawer, []).append(bytes(data))
    return sum(not card.gone for updates in parts.values() for card in read_all(new_document(*updates)).cards.values())


def people_at(board: Board) -> int:
    """How many sit at a board: those who were sent away or have left are not counted."""
    return Seat.objects.of(board.city_id).filter(board=board, sent_away_at=None, participant__isnull=False).count()
