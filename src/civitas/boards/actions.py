"""What changes a board: opening one, sitting down, changing things by form or command, phases, drawers."""

from __future__ import annotations

import datetime as dt
import random
import string
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.boards.codes import give_code
from civitas.boards.documents import put_stage, put_things, replace_things
from civitas.boards.log import drawers_of, drop_drawers
from civitas.boards.models import Board, Seat
from civitas.boards.names import checked_nickname, fit_name, free_name
from civitas.boards.opened import Made, OpenBoard
from civitas.boards.places import apart
from civitas.boards.queries import drawer_of, seat_of
from civitas.boards.rules import board_method, charter_of, may_lead, may_sit
from civitas.boards.sheets import Tried
from civitas.boards.things import Card, Dot
from civitas.boards.wakeup import wake_on_commit
from civitas.journal.actions import record
from civitas.kit.verdicts import Refused
from civitas.people.actors import city_actor
from civitas.people.deeds import deeds_changed
from civitas.people.rates import spend

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from civitas.boards.things import Removal, Thing, Things
    from civitas.cities.models import City
    from civitas.people.actors import Actor
    from civitas.processes.models import Step

    Wish = Callable[[Things], Iterable[Thing | Removal]]

SEAT_COLOURS = ("teal", "violet", "amber", "rose", "sky", "lime", "indigo", "orange")
MOST_TRIES = 5
_random = random.SystemRandom()


@transaction.atomic
def open_board(step: Step, *, table: int = 0) -> Board:
    """The board of a step, made with what its method begins with when it is asked for the first time; raises Refused without one."""
    method = board_method(step)
    if method is None:
        raise Refused(_("This step has no board."), status=404)
    phases = method.phases(step)
    phase = phases[0].key if phases else ""
    board, is_new = Board.objects.of(step.city_id).get_or_create(step=step, table=table, defaults={"city_id": step.city_id, "phase": phase})
    board.city, board.step = step.city, step
    give_code(board)
    if is_new:
        change_stage(board, {"phase": phase})
        if method.seed is not None:
            method.seed(city_actor(step.city), board)
    return board


def take_seat(actor: Actor, board: Board, *, nickname: str = "") -> Seat:
    """Sit down at a board, once; a nickname holds for this board only. Raises Refused."""
    seat = seat_of(board, actor.participant)
    may_sit(actor, board, seat).require()
    if actor.participant is None:
        raise Refused(_("Please try again: your browser has to accept the guest cookie."), status=409)
    nickname = checked_nickname(board, nickname)
    spend(actor, "sit")
    with transaction.atomic():
        hold(board.city, board.pk)
        seat = seat_of(board, actor.participant)
        if seat is None:
            last = Seat.objects.of(board.city_id).filter(board=board).aggregate(last=Max("place"))["last"]
            place = (last or 0) + 1
            colour = SEAT_COLOURS[(place - 1) % len(SEAT_COLOURS)]
            name = nickname or fit_name(board, actor.participant.pseudonym)
            apart = free_name(board, name)
            values = {"board": board, "participant": actor.participant, "colour": colour, "place": place}
            values["name"] = apart if nickname or apart != name else ""
            seat = Seat.objects.create(city=board.city, alias=new_alias(), **values)
            deeds_changed(board.city, "write", [seat.pk])
        elif nickname and nickname != seat.name and not seat.is_renamed:
            seat.name = free_name(board, nickname, but=seat.pk)
            seat.save(update_fields=["name"])
            _raise_version(board)
        wake_on_commit(board.uid)
    return seat


def new_alias() -> str:
    """Eight random letters that stand in the document for a person."""
    return "".join(_random.choices(string.ascii_lowercase, k=8))


@transaction.atomic
def rename_seat(actor: Actor, board: Board, seat: Seat, nickname: str) -> None:
    """Give a seat another name, as when a nickname insults; '' shows the person's own again. Who leads the board decides this."""
    may_lead(actor, board).require()
    name = free_name(board, checked_nickname(board, nickname), but=seat.pk)
    Seat.objects.of(board.city_id).filter(pk=seat.pk, board=board).update(name=name, is_renamed=bool(name))
    _raise_version(board)
    record(board.city, by=actor.uid, verb="board.seat_renamed", subject=f"board:{board.pk}")


@transaction.atomic
def send_away(actor: Actor, board: Board, seat: Seat) -> None:
    """Let somebody no longer take part in this board; what they made stays."""
    may_lead(actor, board).require()
    if Seat.objects.of(board.city_id).filter(pk=seat.pk, board=board, sent_away_at=None).update(sent_away_at=timezone.now()):
        _raise_version(board)
        record(board.city, by=actor.uid, verb="board.sent_away", subject=f"board:{board.pk}")


@transaction.atomic
def let_back(actor: Actor, board: Board, seat: Seat) -> None:
    """Let somebody take part again who was sent away."""
    may_lead(actor, board).require()
    if Seat.objects.of(board.city_id).filter(pk=seat.pk, board=board).exclude(sent_away_at=None).update(sent_away_at=None):
        _raise_version(board)
        record(board.city, by=actor.uid, verb="board.let_back", subject=f"board:{board.pk}")


def write(actor: Actor, board: Board, wish: Wish, *, drawer: bool = False) -> None:
    """Change things as the form of the list twin asks: `wish` takes what lies there and gives things as they are to be.

    Judged like any edit. Raises Refused.
    """
    spend(actor, "board")
    seat = seat_of(board, actor.participant)
    may_sit(actor, board, seat).require()
    if seat is None:
        raise Refused(_("Please sit down at the board first."), status=409)
    for _attempt in range(MOST_TRIES):
        opened = OpenBoard(board)
        board.refresh_from_db(fields=["phase", "version", "paused_at"])
        charter = charter_of(actor, board, seat)
        charter = charter.in_drawer() if drawer else charter.on_board()
        key = seat.pk if drawer else None
        sheet = opened.sheet(key)
        tried = sheet.try_change(partial(put_things, wanted=list(wish(sheet.things))), seat.alias, charter)
        if not isinstance(tried, Tried):
            raise Refused(tried.reason, status=409 if tried.code == "lost" else 403)
        if opened.commit([Made(key, seat.pk, tried)]) is not None:
            return
    raise Refused(_("Many people are changing this board at the moment. Please send it again."), status=409)


@transaction.atomic
def put_on_board(board: Board, wish: Wish) -> None:
    """The city itself changes a board (seed, import, drawers, proposals); nobody is asked, the row is held meanwhile."""
    hold(board.city, board.pk)
    opened = OpenBoard(board)
    _commit(opened, opened.main.try_change(partial(put_things, wanted=list(wish(opened.things))), "", None))


@transaction.atomic
def put_anew(board: Board) -> None:
    """Put every thing anew in its own place, so that nothing of its history is left in the document.

    What somebody still has without a network is about the things as they were: it is refused, and their browser does it anew.
    """
    hold(board.city, board.pk)
    opened = OpenBoard(board)
    things = [thing for root in opened.things.by_root.values() for thing in root.values()]
    _commit(opened, opened.main.try_change(partial(replace_things, things=things), "", None))
    Board.objects.of(board.city_id).filter(pk=board.pk).update(relaid=opened.sequence)


@transaction.atomic
def change_stage(board: Board, values: Mapping[str, str | float | bool]) -> None:
    """Set what all must see in the same instant, as what is shown on the wall."""
    hold(board.city, board.pk)
    opened = OpenBoard(board)
    _commit(opened, opened.main.try_change(partial(put_stage, values=values), "", None))


def _commit(opened: OpenBoard, tried: object) -> None:
    assert isinstance(tried, Tried), "without a charter nothing is refused"
    if opened.commit([Made(None, None, tried)]) is None:
        raise RuntimeError("the board's row is held, and yet somebody wrote")


@transaction.atomic
def set_phase(actor: Actor, board: Board, phase: str, *, minutes: int | None = None) -> None:
    """Go to a phase with its timer (`minutes`: None for what the method says, 0 for none); drawers are put on the board before."""
    may_lead(actor, board).require()
    method = board_method(board.step)
    known = {each.key: each for each in method.phases(board.step)} if method else {}
    if phase not in known:
        raise Refused(_("This board has no such phase."), status=400)
    hold(board.city, board.pk)
    empty_drawers(board)
    minutes = known[phase].minutes if minutes is None else minutes
    board.phase = phase
    board.phase_ends_at = timezone.now() + dt.timedelta(minutes=minutes) if minutes else None
    board.time_left = None
    row = Board.objects.of(board.city_id).filter(pk=board.pk)
    row.update(phase=phase, phase_ends_at=board.phase_ends_at, time_left=None, version=F("version") + 1)
    change_stage(board, {"phase": phase})
    record(board.city, by=actor.uid, verb="board.phase", subject=f"board:{board.pk}")


@transaction.atomic
def set_timer(actor: Actor, board: Board, *, minutes: int) -> None:
    """Set the timer of the phase anew, 0 for none."""
    may_lead(actor, board).require()
    if not 0 <= minutes <= 600:
        raise Refused(_("Please set the timer to at most ten hours."), status=400)
    board.phase_ends_at = timezone.now() + dt.timedelta(minutes=minutes) if minutes else None
    board.time_left = None
    Board.objects.of(board.city_id).filter(pk=board.pk).update(phase_ends_at=board.phase_ends_at, time_left=None, version=F("version") + 1)
    wake_on_commit(board.uid)


@transaction.atomic
def empty_drawers(board: Board) -> int:
    """Put what is in the drawers on the board, under their authors' aliases; returns how many things that were.

    Ids stay, so a second run changes nothing. The version tells whoever has a drawer open to read it anew: what is written on would
    be confirmed upon cards that the log has no more.
    """
    hold(board.city, board.pk)
    keys = drawers_of(board.city, board.pk)
    if not keys:
        return 0
    found: list[Thing] = []
    for seat in Seat.objects.of(board.city_id).filter(board=board, pk__in=keys).order_by("place"):
        things = drawer_of(board, seat)
        found += [card for card in things.cards.values() if not card.gone]
        found += things.dots.values()

    def wish(there: Things) -> list[Thing]:
        new = [thing for thing in found if thing.id not in there.cards and thing.id not in there.dots]
        laid = apart(there, [thing for thing in new if isinstance(thing, Card)])
        return [*laid, *(thing for thing in new if isinstance(thing, Dot) and there.holds(thing.on))]

    put_on_board(board, wish)
    drop_drawers(board.city, board.pk, keys)
    _raise_version(board)
    return len(found)


def hold(city: City, board: int) -> None:
    """Take a board's row until the transaction ends."""
    Board.objects.of(city).select_for_update().only("pk").get(pk=board)


def _raise_version(board: Board) -> None:
    Board.objects.of(board.city_id).filter(pk=board.pk).update(version=F("version") + 1)
    wake_on_commit(board.uid)
