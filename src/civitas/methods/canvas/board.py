"""The board of a canvas step: its phases, its poster, what it begins with, and what each phase opens to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from civitas.boards.bringing import bring_contributions
from civitas.boards.charters import Charter
from civitas.boards.places import in_rows
from civitas.boards.posters import canvas_by_key, canvas_choices
from civitas.boards.reading import earlier_contributions
from civitas.people.models import Role
from civitas.processes.registry import BoardPhase, method_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from civitas.boards.charters import Reach
    from civitas.boards.models import Board
    from civitas.boards.things import Card, Thing, Things
    from civitas.cities.models import City
    from civitas.contributions.models import Contribution
    from civitas.people.actors import Actor
    from civitas.processes.models import Step


FILL, REVIEW = "fill", "review"
TAKES = frozenset({"theme"})
OTHERWISE = frozenset({"idea", "improvement"})
MOST = 12


def phases(step: Step) -> tuple[BoardPhase, ...]:
    """Fill, then look at it together."""
    settings = method_of(step).settings_of(step)
    return (BoardPhase(FILL, _("Fill"), settings.fill_minutes), BoardPhase(REVIEW, _("Present"), settings.review_minutes))


def charter(actor: Actor, step: Step, phase: str) -> Charter:
    """Everybody writes and moves; only who leads takes away what others wrote."""
    reach: Reach = "all" if actor.has(Role.FACILITATOR, Role.OWNER) else "own"
    return Charter(write="own", move="all", remove=reach, connect=True, draw=True, colour=True, pictures=True)


def canvas(step: Step) -> Mapping[str, Any] | None:
    """The regions of the chosen canvas, in the reader's language."""
    found = canvas_by_key(step.city, method_of(step).settings_of(step).canvas)
    return found.as_json() if found else None


def offers(city: City) -> Mapping[str, Sequence[tuple[str, str]]]:
    """The canvases to choose from: the city's own and those of the house."""
    return {"canvas": canvas_choices(city)}


def seed(actor: Actor, board: Board) -> None:
    """Beside the poster lie the themes of earlier steps; without any, what people gave."""
    step = board.step
    rows = earlier_contributions(step, TAKES, most=MOST) or earlier_contributions(step, OTHERWISE, most=MOST)
    bring_contributions(board, rows)


def lay(board: Board, there: Things, cards: Sequence[Card], rows: Mapping[int, Contribution]) -> list[Thing]:
    """Beside the poster, one below the other; many in three columns."""
    found = canvas_by_key(board.city, method_of(board.step).settings_of(board.step).canvas)
    return in_rows(there, cards, columns=1 if len(cards) <= MOST else 3, left=(found.width if found else 0) + 60)
