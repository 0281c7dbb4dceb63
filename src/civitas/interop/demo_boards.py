"""What people of the demo made together on boards: groups, cards, lines, dots, and what came of it. Checked with file and line.

Each board is worked on as people do it: they sit down, write under the charter of their step, go on to its phases, and who leads concludes.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import override

from civitas.boards.actions import open_board, set_phase, take_seat, write
from civitas.boards.models import Seat
from civitas.boards.queries import document_of, drawer_of, seat_of
from civitas.boards.rules import board_method, charter_of
from civitas.boards.things import COLOURS, LONGEST_FIELD, LONGEST_LABEL, LONGEST_TEXT, LONGEST_TITLE, Card, Dot, Group, Line
from civitas.contributions.actions import write_keys
from civitas.contributions.models import Contribution, newest_key
from civitas.kit.packs import Fault
from civitas.people.actors import actor_of, city_actor
from civitas.processes.actions import override_step
from civitas.processes.registry import method_of, methods
from civitas.processes.windows import StepState, state_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from civitas.boards.models import Board
    from civitas.boards.things import Thing, Things
    from civitas.interop.demo_city import Demo
    from civitas.kit.packs import Pack
    from civitas.people.actors import Actor
    from civitas.processes.models import Step

BOARDS = "demo/boards.toml"
_PEOPLE, _CONTRIBUTIONS = "demo/people.toml", "demo/contributions.toml"
_BOARD = {"process", "step", "lead", "phase", "concluded", "group", "card", "line", "dot"}
_PARTS = {
    "group": {"by", "title", "of"},
    "card": {"by", "text", "group", "region", "colour", "who", "until"},
    "line": {"by", "from", "to", "label"},
    "dot": {"by", "on"},
}
# As the board lays out cards: width, height, between them, inside a group, below its title and that of a field.
_W, _H, _GAP, _PAD, _HEAD, _REGION_HEAD = 168, 132, 16, 20, 56, 84
_COLUMNS, _BETWEEN, _LOOSE_IN_ROW = 3, 112, 6


def check_boards(pack: Pack) -> Iterator[Fault]:
    """Faults of the pack's boards file; a pack without one has none."""
    people = {str(entry.get("key")) for _line, entry in pack.entries(_PEOPLE, "person")}
    given = {str(entry.get("key")) for _line, entry in pack.entries(_CONTRIBUTIONS, "contribution")}
    processes = {data.get("slug"): data for name in pack.below("processes", ".toml") if (data := pack.toml(name))}
    for line, entry in pack.entries(BOARDS, "board"):
        for sentence in _faults(entry, people, given, processes):
            yield Fault(BOARDS, line, sentence)


def _faults(entry: dict[str, Any], people: set[str], given: set[str], processes: dict[Any, dict[str, Any]]) -> Iterator[str]:
    for key in sorted(entry.keys() - _BOARD):
        yield f"'{key}' is not known here"
    steps = processes.get(entry.get("process"), {}).get("step", [])
    step = next((step for step in steps if step.get("key") == entry.get("step")), None)
    method = methods().get(step.get("method", "")) if step else None
    if method is None or method.board is None:
        yield f"the step '{entry.get('step')}' of '{entry.get('process')}' has no board"
    if entry.get("lead") not in people:
        yield f"who leads, '{entry.get('lead')}', is not in {_PEOPLE}"
    for table, known in _PARTS.items():
        for part in entry.get(table, []):
            for key in sorted(part.keys() - known):
                yield f"'{key}' of a {table} is not known here"
            if part.get("by") not in people:
                yield f"'{part.get('by')}' of a {table} is not in {_PEOPLE}"
            yield from _faults_of_words(table, part)
            for key in part.get("of", []):
                if key not in given:
                    yield f"the contribution '{key}' is not in {_CONTRIBUTIONS}"


def _faults_of_words(table: str, part: dict[str, Any]) -> Iterator[str]:
    most = {"text": LONGEST_TEXT, "title": LONGEST_TITLE, "label": LONGEST_LABEL, "who": LONGEST_FIELD, "until": LONGEST_FIELD}
    for name, limit in most.items():
        if len(str(part.get(name, ""))) > limit:
            yield f"the {name} '{part[name][:20]} …' has more than {limit} characters"
    if table == "card" and not str(part.get("text", "")).strip():
        yield "a card has no words"
    if part.get("colour", "yellow") not in COLOURS:
        yield f"'{part['colour']}' is no colour of a card ({', '.join(COLOURS)})"


def load_boards(demo: Demo) -> None:
    """Bring in the boards on which nobody sits yet, in the order of the file: later steps take what earlier ones gave."""
    for _line, entry in demo.pack.entries(BOARDS, "board"):
        step = demo.steps[entry["process"], entry["step"]]
        if not Seat.objects.of(demo.city).filter(board__step=step).exists():
            with transaction.atomic(), override(demo.city.config.languages[0]):
                _work(demo, step, entry)


def _work(demo: Demo, step: Step, entry: dict[str, Any]) -> None:
    """All that happened on one board; a step whose window is over is opened by hand for that long."""
    city = city_actor(demo.city, channel="import")
    is_over = state_of(step, now=demo.now) is not StepState.OPEN
    if is_over:
        override_step(city, step, "open")
    lead, board = _actor(demo, entry["lead"]), open_board(step)
    method = board_method(step)
    phases = [phase.key for phase in method.phases(step)] if method else []
    last = entry.get("phase", phases[-1] if phases else "")
    work = _Work(demo, board, entry)
    for phase in phases:
        if phase != board.phase:
            set_phase(lead, board, phase, minutes=0)
        work.do()
        if phase == last:
            break
    if "concluded" in entry:
        with override(demo.city.config.languages[0]):
            made = method_of(step).conclude(lead, step).made
        _date(demo, step, made, days_ago=entry["concluded"])
    if is_over:
        override_step(city, step, "")


def _actor(demo: Demo, key: str) -> Actor:
    """Somebody with their own rights, however much they do at once."""
    return actor_of(demo.people[key], channel="import")


def _date(demo: Demo, step: Step, numbers: Iterable[int], *, days_ago: float) -> None:
    """What was concluded was made then and not today."""
    rows = list(Contribution.objects.of(demo.city).filter(step=step, number__in=list(numbers)).order_by("number"))
    for row in rows:
        row.given_at = demo.moment(days_ago, f"{step.process.slug}/{step.key}")
        row.newest_key = newest_key(row.given_at, row.pk)
        Contribution.objects.of(demo.city).filter(pk=row.pk).update(given_at=row.given_at)
    write_keys(demo.city, rows)


class _Work:
    """What people do on a board, each what their part of the file says, as soon as the phase lets them."""

    def __init__(self, demo: Demo, board: Board, entry: dict[str, Any]) -> None:
        self.demo, self.board, self.entry = demo, board, entry
        self.done: set[str] = set()
        uids = {demo.uid(key): key for group in entry.get("group", []) for key in group.get("of", [])}
        rows = Contribution.objects.of(demo.city).filter(uid__in=list(uids)).values_list("uid", "number")
        self.numbers = {uids[uid]: number for uid, number in rows}
        parts = [part for table in _PARTS for part in entry.get(table, [])]
        self.people = list(dict.fromkeys(part["by"] for part in parts))

    def do(self) -> None:
        """Everybody does what the phase opens to them: groups first, so that others find them."""
        if not self.done:
            for key in self.people:
                take_seat(_actor(self.demo, key), self.board)
        for table in _PARTS:
            for key in self.people:
                self._write(key, table)

    def _write(self, key: str, table: str) -> None:
        # What a phase does not open yet is done in a later one.
        marks = [f"{table}/{index}" for index, part in enumerate(self.entry.get(table, [])) if part["by"] == key]
        marks = [mark for mark in marks if mark not in self.done]
        if not marks:
            return
        actor = _actor(self.demo, key)
        seat = seat_of(self.board, actor.participant)
        charter = charter_of(actor, self.board, seat)
        drawer = charter.drawer == table + "s"
        held = charter.in_drawer() if drawer else charter.on_board()
        opened = {"group": held.group, "card": held.write != "none", "line": held.connect, "dot": held.dots > 0}[table]
        if not opened or seat is None:
            return
        parts = [(mark, self.entry[table][int(mark.partition("/")[2])]) for mark in marks]
        ground = document_of(self.board)
        if drawer:
            ground.cards.update(drawer_of(self.board, seat).cards)

        def wish(there: Things) -> Iterator[Thing]:
            lying = ground if drawer else there
            for mark, part in parts:
                yield from getattr(self, f"_{table}")(lying, mark, part, seat.alias)

        write(actor, self.board, wish, drawer=drawer)
        self.done.update(marks)

    def _id(self, mark: str) -> str:
        named = f"{self.demo.city.slug}/{self.entry['process']}/{self.entry['step']}/{mark}"
        return hashlib.sha256(named.encode()).hexdigest()[:12]

    def _group(self, there: Things, mark: str, part: dict[str, Any], alias: str) -> Iterator[Thing]:
        """A group with the contributions in it, in rows below each other."""
        place = int(mark.partition("/")[2])
        count = len(part.get("of", [])) + sum(card.get("group") == part["title"] for card in self.entry.get("card", []))
        in_row = 3 if len(self.entry["group"]) != 4 else 2
        columns, rows = max(2, min(_COLUMNS, count)), max(1, -(-count // _COLUMNS))
        wide = 2 * _PAD + _COLUMNS * _W + (_COLUMNS - 1) * _GAP
        high = _HEAD + 2 * _H + _GAP + _PAD
        group = Group(
            id=self._id(mark), by=alias, title=part["title"],
            x=40 + place % in_row * (wide + _BETWEEN), y=40 + place // in_row * (high + _BETWEEN),
            w=2 * _PAD + columns * _W + (columns - 1) * _GAP, h=_HEAD + rows * _H + (rows - 1) * _GAP + _PAD,
        )  # fmt: skip
        yield group
        numbers = [self.numbers[key] for key in part.get("of", [])]
        cards = {card.number: card for card in there.cards.values() if card.number}
        for index, number in enumerate(numbers):
            x, y = group.x + _PAD + index % _COLUMNS * (_W + _GAP), group.y + _HEAD + index // _COLUMNS * (_H + _GAP)
            yield replace(cards[number], group=group.id, x=x, y=y)

    def _card(self, there: Things, mark: str, part: dict[str, Any], alias: str) -> Iterator[Thing]:
        fields = {name: part[name] for name in ("who", "until") if part.get(name)}
        card = Card(id=self._id(mark), by=alias, text=part["text"], colour=part.get("colour", "yellow"), fields=fields)
        place = int(mark.partition("/")[2])
        group = next((each for each in there.groups.values() if part.get("group") and each.title == part["group"]), None)
        if group is not None:
            yield replace(card, group=group.id, x=group.x + _PAD + place % _COLUMNS * (_W + _GAP), y=group.y + _HEAD + (1 + place) * _GAP)
            return
        region = self._regions().get(part.get("region", ""))
        if region is not None:
            before = [each for each in self.entry["card"][:place] if each.get("region") == part["region"]]
            yield replace(card, region=part["region"], x=region[0] + _GAP + len(before) * (_W + _GAP), y=region[1] + _REGION_HEAD)
            return
        yield replace(card, x=40 + place % _LOOSE_IN_ROW * (_W + _GAP), y=40 + place // _LOOSE_IN_ROW * (_H + _GAP))

    def _line(self, there: Things, mark: str, part: dict[str, Any], alias: str) -> Iterator[Thing]:
        yield Line(
            id=self._id(mark), by=alias, start=_found(there, part["from"]), end=_found(there, part["to"]), label=part.get("label", "")
        )

    def _dot(self, there: Things, mark: str, part: dict[str, Any], alias: str) -> Iterator[Thing]:
        for index, words in enumerate(part["on"]):
            yield Dot(id=self._id(f"{mark}/{index}"), by=alias, on=_found(there, words))

    def _regions(self) -> dict[str, tuple[float, float]]:
        method = board_method(self.board.step)
        canvas = method.canvas(self.board.step) if method and method.canvas else None
        return {region["key"]: (region["x"], region["y"]) for region in (canvas or {}).get("regions", [])}


def _found(there: Things, words: str) -> str:
    """The id of the card or group with these words; they stand on the board, or the demo's file is wrong."""
    things: list[Card | Group] = [*there.cards.values(), *there.groups.values()]
    for thing in things:
        said = thing.text if isinstance(thing, Card) else thing.title
        if said == words and not thing.gone:
            return thing.id
    raise LookupError(words)
