"""How people stand to a board now: who they are there and what they may, read anew whenever phase, step, role or suspension changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.sessions.models import Session
from django.db.models import F, Max
from django.utils import timezone

from civitas.boards.calm import calm_code
from civitas.boards.charters import READING, Charter
from civitas.boards.models import Board, Seat
from civitas.boards.rules import charter_of, may_lead, may_open
from civitas.people.actors import Actor
from civitas.people.models import Membership, Participant
from civitas.processes.windows import state_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable, Mapping

    from civitas.cities.models import City
    from civitas.kit.verdicts import Verdict


@dataclass(frozen=True)
class Standing:
    """One person at one board. `seat` is the key of the seat, None for who only watches."""

    participant: int | None
    seat: int | None
    alias: str
    shown: tuple[str, str]  # name and colour
    charter: Charter
    leads: bool
    opened: Verdict
    calm: str = ""  # why nothing is written, see boards.calm


NOBODY = Standing(None, None, "", ("", ""), READING, False, None)  # type: ignore[arg-type]  # asked for nothing


@dataclass(frozen=True)
class Look:
    """What was read of a board: its row, who sits there (alias -> name, colour), and how each person stands."""

    board: Board
    seats: Mapping[str, tuple[str, str]]
    standings: Mapping[int | None, Standing]


@dataclass(frozen=True)
class Pulse:
    """What decides whether anything has to be read anew: of the board, and of each person."""

    sequence: int
    rules: int  # version of the city's
    board: tuple[Any, ...]
    people: Mapping[int, tuple[Any, ...]]

    @property
    def with_account(self) -> set[int]:
        """Those of the people who have an account."""
        return {key for key, (user, *_rest) in self.people.items() if user is not None}


def ended_among(sessions: Collection[str]) -> set[str]:
    """Which of these sessions (keys) hold no more: whoever signs out ends theirs, and so does whoever signs in anew; one query."""
    rows = Session.objects.filter(session_key__in=sessions, expire_date__gt=timezone.now())
    return set(sessions).difference(rows.order_by().values_list("session_key", flat=True)) if sessions else set()


def board_row(city: City, key: int) -> Board:
    """A board with its step and process, as it is now."""
    row: Board = Board.objects.of(city).select_related("step__process").get(pk=key, step__city=city)
    row.city = row.step.city = row.step.process.city = city
    return row


def take_pulses(city: City, boards: Mapping[int, Collection[int]]) -> dict[int, Pulse]:
    """The pulse of each board (key -> keys of the participants there); four queries, however many there are."""
    now = timezone.now()
    boards_here = Board.objects.of(city).filter(pk__in=boards, step__city=city).select_related("step__process")
    rows = list(boards_here.annotate(rules=F("city__rules_version")).order_by("pk"))
    wanted = {key for people in boards.values() for key in people}
    people = _people(city, wanted, now)
    seated = Seat.objects.of(city).filter(board__in=boards).order_by("board").values("board").annotate(newest=Max("pk"))
    newest = dict(seated.values_list("board", "newest"))
    pulses = {}
    for row in rows:
        here = {key: people[key] for key in boards[row.pk] if key in people}
        pulses[row.pk] = Pulse(row.sequence, row.rules, _board_pulse(row, newest.get(row.pk, 0), now), here)
    return pulses


def _board_pulse(row: Board, newest_seat: int, now: dt.datetime) -> tuple[Any, ...]:
    step = row.step
    return (row.version, row.phase, newest_seat, state_of(step, now=now), str(step.settings), step.process.state, step.process.paused_at)


def _people(city: City, keys: Iterable[int], now: dt.datetime) -> dict[int, tuple[Any, ...]]:
    roles: dict[int, list[tuple[str, int | None]]] = {}
    wanted = list(keys)
    for person, role, organisation in (
        Membership.objects.of(city).filter(participant__in=wanted).order_by("pk").values_list("participant", "role", "organisation")
    ):
        roles.setdefault(person, []).append((role, organisation))
    rows = Participant.objects.of(city).filter(pk__in=wanted).order_by("pk")
    found = rows.values_list("pk", "user", "suspended_until", "erased_at", "class_until")
    return {
        pk: (
            user,
            suspended if suspended and suspended > now else None,
            erased,
            until is not None and until <= now,
            tuple(roles.get(pk, ())),
        )
        for pk, user, suspended, erased, until in found
    }


def look_at(city: City, key: int, people: Collection[int | None], *, citizens: Collection[int] = ()) -> Look:
    """Read how these people stand to a board now; four queries. `citizens` have laid their roles down."""
    board = board_row(city, key)
    seats = list(Seat.objects.of(city).filter(board=board).select_related("participant").order_by("place"))
    by_person = {seat.participant_id: seat for seat in seats if seat.participant_id}
    wanted = [person for person in people if person is not None]
    rows = {row.pk: row for row in Participant.objects.of(city).filter(pk__in=wanted, erased_at=None).order_by("pk")}
    roles: dict[int, set[tuple[str, int | None]]] = {}
    for person, role, organisation in (
        Membership.objects.of(city).filter(participant__in=wanted).order_by("pk").values_list("participant", "role", "organisation")
    ):
        roles.setdefault(person, set()).add((role, organisation))
    standings: dict[int | None, Standing] = {}
    for person in people:
        row = rows.get(person) if person is not None else None
        held = frozenset(roles.get(row.pk, ())) if row is not None and row.pk not in citizens else frozenset()
        standings[person] = standing_of(Actor(city, row, held, "live"), board, by_person.get(person or 0))
    return Look(board, {seat.alias: (seat.shown_name, seat.colour) for seat in seats}, standings)


def standing_of(actor: Actor, board: Board, seat: Seat | None) -> Standing:
    """How an actor stands to a board."""
    opened = may_open(actor, board, seat)
    charter = charter_of(actor, board, seat) if opened else READING
    return Standing(
        participant=actor.participant.pk if actor.participant else None,
        seat=seat.pk if seat else None,
        alias=seat.alias if seat else "",
        shown=(seat.shown_name, seat.colour) if seat else ("", ""),
        charter=charter,
        leads=bool(may_lead(actor, board)),
        opened=opened,
        calm=calm_code(actor, board, seat, charter),
    )
