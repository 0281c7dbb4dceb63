"""A building block that exists for the bench: one board on which everybody may do everything."""

from __future__ import annotations

from civitas.boards.charters import Charter
from civitas.processes.registry import BoardMethod, BoardPhase, Card, Concluded, Method, Mode, Pattern, methods
from civitas.processes.settings import StepSettings

_TEXT = "bench"
_ALL = Charter(
    write="all", move="all", remove="all", group=True, name_groups=True, connect=True, draw=True, colour=True, dots=5, limit=1_000_000
)
_METHOD = Method(
    key="bench",
    name=_TEXT,
    card=Card(_TEXT, _TEXT, _TEXT, _TEXT, _TEXT, (_TEXT,)),
    pattern=Pattern.GENERATE,
    modes=frozenset({Mode.ONLINE}),
    group_size=(1, None),
    duration=(1, None),
    takes=frozenset(),
    gives=frozenset(),
    abilities=frozenset(),
    settings=StepSettings,
    screen=lambda *_: None,  # type: ignore[arg-type]  # never shown
    conclude=lambda *_: Concluded(again=True),
    board=BoardMethod(charter=lambda *_: _ALL, phases=lambda _step: (BoardPhase("all", "all"),)),
)


def install() -> None:
    """Have this process know the method."""
    methods()[_METHOD.key] = _METHOD
