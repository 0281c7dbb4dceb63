"""A method that exists for tests: the phase is the name of a charter, so that each test says what is open."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any

from tests.factories import make_city, make_participant, make_process, make_step

from civitas.boards.actions import open_board, take_seat
from civitas.boards.charters import READING, Charter
from civitas.boards.documents import change_document, new_document
from civitas.people.actors import actor_of
from civitas.processes.registry import BoardMethod, BoardPhase, Card, Concluded, Method, Mode, Pattern
from civitas.processes.settings import StepSettings

if TYPE_CHECKING:
    from pycrdt import Doc

    from civitas.boards.models import Board, Seat
    from civitas.boards.sheets import Sheet
    from civitas.boards.things import Removal, Thing
    from civitas.people.actors import Actor

ALL = Charter(
    write="all", move="all", remove="all", group=True, name_groups=True, connect=True, draw=True, colour=True, pictures=True, dots=3,
    fields=("who", "until"), limit=20_000,
)  # fmt: skip
CHARTERS = {
    "all": ALL,
    "own": replace(ALL, write="own", move="own", remove="own"),
    "private": replace(ALL, write="own", move="own", drawer="cards"),
    "hidden": replace(ALL, drawer="dots"),
    "reading": READING,
}
TEXT = "boardgame"
METHOD = Method(
    key="boardgame",
    name=TEXT,
    card=Card(TEXT, TEXT, TEXT, TEXT, TEXT, (TEXT,)),
    pattern=Pattern.GENERATE,
    modes=frozenset({Mode.ONLINE}),
    group_size=(1, None),
    duration=(1, None),
    takes=frozenset(),
    gives=frozenset(),
    abilities=frozenset(),
    settings=StepSettings,
    screen=lambda *_: None,
    conclude=lambda *_: Concluded(again=True),
    board=BoardMethod(
        charter=lambda _actor, _step, phase: CHARTERS[phase], phases=lambda _step: tuple(BoardPhase(key, key) for key in CHARTERS)
    ),
)
_clients = count(1_000)
_ids = count(1)


def new_id() -> str:
    """An id as a browser makes it."""
    return f"thing{next(_ids):06d}"


def make_board(slug: str = "", **fields: Any) -> Board:
    """A board in an open step of the test's method, in the phase 'all'."""
    step = make_step(make_process(make_city(slug), "veddel"), method="boardgame", **fields)
    return open_board(step)


def sit(board: Board, name: str = "Alice") -> tuple[Actor, Seat]:
    """Somebody with a login who sits at the board."""
    actor = actor_of(make_participant(board.city, name), channel="live")
    return actor, take_seat(actor, board)


class Browser:
    """The document of a browser that has what the sheet says, and makes updates as a browser does."""

    def __init__(self, sheet: Sheet, *, client: int | None = None) -> None:
        self.document: Doc[Any] = new_document(sheet.sound.get_update(), client=client or next(_clients))

    def change(self, *wanted: Thing | Removal) -> bytes:
        """The update that has the document say this."""
        return change_document(self.document, wanted)
