"""Contributions on a board: brought there once, as cards that know their number, and kept as the city shows them.

`Brought` says what is to lie there, `lay_brought` makes it so. Words of what the city does not show lie on no board.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from civitas.boards.actions import hold, put_on_board
from civitas.boards.brought_models import Brought
from civitas.boards.documents import put_things
from civitas.boards.opened import Made, OpenBoard
from civitas.boards.places import in_rows
from civitas.boards.queries import document_of
from civitas.boards.quoting import requote
from civitas.boards.rules import board_method, may_lead_step
from civitas.boards.sheets import Tried
from civitas.boards.things import HIDDEN, LONGEST_TEXT, LONGEST_TITLE, Card
from civitas.contributions.models import Contribution, Revision
from civitas.journal.actions import record
from civitas.kit.texts import cleaned_line
from civitas.kit.verdicts import YES, Refused, Verdict, no
from civitas.outbox.actions import enqueue
from civitas.people.models import Role
from civitas.processes.windows import StepState, state_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from django.db.models import QuerySet

    from civitas.boards.models import Board
    from civitas.boards.things import Thing, Things
    from civitas.cities.models import City
    from civitas.people.actors import Actor
    from civitas.processes.models import Step

Rows = dict[int, Contribution]  # by number

# So many lie there when the page comes back; more are laid by the worker.
AT_ONCE = 60
# So many are brought by one press: more nobody reads before the next.
MOST_AT_ONCE = 500
_MOST_TRIES = 5


@dataclass(frozen=True)
class Came:
    """How many contributions a press brought, and whether the worker still has to lay them."""

    count: int
    later: bool = False


def may_bring(actor: Actor, step: Step) -> Verdict:
    """Who leads the step's boards, and administrators, bring contributions to them, until it has closed."""
    leads = may_lead_step(actor, step)
    if not leads and (step.city_id != actor.city.pk or not actor.has(Role.ADMINISTRATOR)):
        return leads
    if not takes(step):
        return no(_("This building block begins with an empty board."), status=404)
    if state_of(step) is StepState.CLOSED:
        return no(_("This step is closed. Its board stays as it is."), status=409)
    return YES


def takes(step: Step) -> frozenset[str]:
    """The kinds of contribution that may lie on the boards of a step."""
    from civitas.processes.registry import method_of

    return method_of(step).takes if board_method(step) is not None else frozenset()


@transaction.atomic
def bring_contributions(board: Board, contributions: Iterable[Contribution]) -> None:
    """Have contributions lie on the board as cards; one that lies there already stays as it is. A method's seed calls this."""
    rows = [row for row in contributions if row.number]
    hold(board.city, board.pk)
    _note(board, [row.pk for row in rows])
    if len(rows) <= AT_ONCE:
        lay_brought(board)
    else:
        _keep_later(board.city, [board.pk])


@transaction.atomic
def bring_chosen(actor: Actor, board: Board, chosen: QuerySet[Contribution]) -> Came:
    """Bring the first of what somebody chose, in its order, as far as there is room; raises Refused."""
    may_bring(actor, board.step).require()
    hold(board.city, board.pk)
    room = room_on(actor, board)
    keys = list(chosen.values_list("pk", flat=True)[: min(MOST_AT_ONCE, room)])
    if not keys:
        sentence = _("The board is full. Take away some cards first.") if not room else _("Nothing new fits. All of it lies there already.")
        raise Refused(sentence, status=409)
    _note(board, keys)
    is_later = len(keys) > AT_ONCE
    if is_later:
        _keep_later(board.city, [board.pk])
    else:
        lay_brought(board)
    record(board.city, by=actor.uid, verb="board.brought", subject=f"board:{board.pk}", details={"count": len(keys)})
    return Came(len(keys), later=is_later)


def room_on(actor: Actor, board: Board) -> int:
    """How many more cards fit on the board; what the worker has yet to lay counts too."""
    method = board_method(board.step)
    limit = method.charter(actor, board.step, board.phase).limit if method else 0
    own = sum(not card.gone and not card.number for card in document_of(board).cards.values())
    return max(0, limit - own - Brought.objects.of(board.city_id).filter(board=board).count())


def _note(board: Board, keys: Sequence[int]) -> None:
    rows = [Brought(city=board.city, board=board, contribution_id=key) for key in keys]
    Brought.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)


def _keep_later(city: City, boards: Iterable[int]) -> None:
    for board in boards:
        enqueue(city, "boards.keep", {"board": board}, key=f"board-{board}")


@transaction.atomic
def lay_brought(board: Board, *, redacted: Collection[int] = ()) -> bool:
    """Have the cards of contributions say what the city shows of them now; returns whether anything changed. Safe to run twice.

    Of `redacted` (numbers) also the titles of groups that were made for them: what was blacked out may stand there.
    The board's row is held meanwhile: for a few cards, in the transaction that brings them.
    """
    hold(board.city, board.pk)
    laying = _Laying(board, redacted)
    put_on_board(board, laying.wish)
    return laying.finish()


def lay_beside(board: Board, *, redacted: Collection[int] = ()) -> bool:
    """The same for any number of cards, outside of a transaction: nobody waits for it but while it is appended to the log."""
    for _attempt in range(_MOST_TRIES):
        laying, opened = _Laying(board, redacted), OpenBoard(board)
        tried = opened.main.try_change(partial(put_things, wanted=list(laying.wish(opened.things))), "", None)
        assert isinstance(tried, Tried), "without a charter nothing is refused"
        with transaction.atomic():
            if opened.commit([Made(None, None, tried)]) is not None:
                return laying.finish()
    return lay_brought(board, redacted=redacted)  # too much goes on here


class _Laying:
    """What was brought to a board as it is shown now: what that asks of the document, and what follows once it lies there."""

    def __init__(self, board: Board, redacted: Collection[int]) -> None:
        self.board, self.redacted = board, redacted
        brought = Brought.objects.of(board.city_id).filter(board=board).order_by("pk").values_list("contribution", flat=True)
        by_key = {row.pk: row for row in Contribution.objects.of(board.city_id).filter(pk__in=list(brought)).order_by("pk")}
        self.rows: Rows = {by_key[key].number or 0: by_key[key] for key in brought if key in by_key}
        self.changed = False
        self.went: list[Card] = []  # with the words that the city shows no more

    def wish(self, there: Things) -> Iterator[Thing]:
        """The cards and groups as they are to be."""
        lying = {card.number for card in there.cards.values() if card.number}
        new = [_card(row) for number, row in self.rows.items() if number not in lying and _is_shown(row)]
        wanted = [*_kept(there, self.rows, self.redacted), *(_laid(self.board, there, new, self.rows) if new else ())]
        pairs = [(there.cards.get(card.id), card) for card in wanted if isinstance(card, Card)]
        gone = [old for old, card in pairs if old and old.text != card.text and (not card.text or card.number in self.redacted)]
        self.changed, self.went = bool(wanted), gone
        yield from wanted

    def finish(self) -> bool:
        """Take the words that went out of results; whether anything changed. In the transaction that wrote it."""
        if self.changed:
            requote(self.board, _said_before(self.board.city, self.went, self.rows))
            # What was hidden in this very instant is looked at once more when all this has been committed.
            _keep_later(self.board.city, [self.board.pk])
        return self.changed


def _said_before(city: City, cards: Sequence[Card], rows: Rows) -> dict[str, str]:
    """All that these cards have said -> what their contribution says now, '' where the city does not show it."""
    now = {card.number: words_on_card(rows[card.number]) if _is_shown(rows[card.number]) else "" for card in cards}
    said = {card.text: now[card.number] for card in cards}
    numbers = {rows[number].pk: number for number in now}
    for version in Revision.objects.of(city).filter(contribution__in=numbers).order_by("pk") if numbers else ():
        said[words_on_card(version)] = now[numbers[version.contribution_id]]
    return said


def _is_shown(row: Contribution) -> bool:
    return row.visibility == Contribution.Visibility.PUBLISHED


def words_on_card(row: Contribution | Revision) -> str:
    """What a card says that was made of a contribution."""
    return cleaned_line(row.title or row.text)[:LONGEST_TEXT]


def _card(row: Contribution) -> Card:
    return Card(id=f"number{row.number:06d}"[:16], text=words_on_card(row), colour="white", number=row.number or 0)


def about_id(number: int) -> str:
    """The id of the group that a method makes for a contribution and names by its title."""
    return f"about{number:08d}"


def _kept(there: Things, rows: Rows, redacted: Collection[int]) -> Iterator[Thing]:
    """The cards, and groups named by them, that have to change: with no words while their contribution is hidden."""
    for card in there.cards.values():
        row = rows.get(card.number)
        if row is None:
            continue
        is_marked = HIDDEN in card.fields
        if _is_shown(row):
            fields = {name: value for name, value in card.fields.items() if name != HIDDEN}
            wanted = replace(card, text=words_on_card(row), fields=fields, gone=card.gone and not is_marked)
        elif card.gone and not is_marked:  # people took it away before: it is not to come back with its words
            wanted = replace(card, text="")
        else:
            wanted = replace(card, text="", fields={**card.fields, HIDDEN: "1"}, gone=True)
        if wanted != card:
            yield wanted
        group = there.groups.get(about_id(card.number))
        if group is None:
            continue
        title = row.title[:LONGEST_TITLE] if _is_shown(row) else ""
        if group.title != title and (not title or not group.title or card.number in redacted):
            yield replace(group, title=title)


def _laid(board: Board, there: Things, cards: list[Card], rows: Mapping[int, Contribution]) -> Iterable[Thing]:
    method = board_method(board.step)
    lay = method.lay if method and method.lay else None
    return lay(board, there, cards, rows) if lay else in_rows(there, cards)


def keep_cards(city: City, rows: Iterable[Contribution]) -> None:
    """Have the worker look at the boards on which these contributions lie: their words or visibility may have changed."""
    lying = Brought.objects.of(city).filter(contribution__in=[row.pk for row in rows]).order_by("board")
    _keep_later(city, lying.values_list("board", flat=True).distinct())


def renew_cards(city: City, rows: Iterable[Contribution]) -> None:
    """Have the worker renew the cards of contributions out of which words were blacked out; in that transaction."""
    for row in rows:
        if row.number:
            enqueue(city, "boards.redact", {"number": row.number}, key=f"card-{row.number}")
