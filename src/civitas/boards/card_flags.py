"""Flag a card that is no contribution, and what the team decides about it: hidden for everybody at once, or left as it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.boards.actions import put_on_board
from civitas.boards.card_news import CARD_HIDDEN, CARD_SHOWN, FLAG_DECIDED
from civitas.boards.conclusion_models import Conclusion
from civitas.boards.flag_models import CardFlag, FlaggedCard
from civitas.boards.picture_models import BoardPicture
from civitas.boards.pictures import State as PictureState
from civitas.boards.pictures import decide_picture, may_decide_pictures, picture_by_name
from civitas.boards.queries import document_of
from civitas.boards.quoting import one_line, requote, say_again
from civitas.boards.rules import may_open
from civitas.boards.things import HIDDEN
from civitas.contributions.models import Contribution
from civitas.contributions.rules import may_moderate
from civitas.journal.actions import record
from civitas.kit.verdicts import YES, Refused, Verdict, no
from civitas.moderation.actions import checked_flag
from civitas.moderation.archive import decide_about
from civitas.moderation.models import Decision, Reason, Verb
from civitas.moderation.undoing import undo_many
from civitas.moderation.wording import friendly
from civitas.notices.actions import notify
from civitas.outbox.actions import enqueue
from civitas.people.actors import city_actor
from civitas.people.rates import spend

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from civitas.boards.models import Board, Seat
    from civitas.boards.things import Card, Thing, Things
    from civitas.people.actors import Actor

State = FlaggedCard.State


def may_flag_card(actor: Actor, board: Board, card: Card | None, seat: Seat | None) -> Verdict:
    """Who may open the board flags what lies there, also without a name; nobody their own. A contribution is flagged on its page."""
    opened = may_open(actor, board, seat)
    if not opened:
        return opened
    if card is None or card.gone or card.number or not (card.text.strip() or card.picture):
        return no(_("We cannot find this card."), status=404)
    if seat is not None and card.by == seat.alias:
        return no(_("This is your own. You can take it away yourself."))
    return YES


def may_decide_cards(actor: Actor, flagged: FlaggedCard | None = None) -> Verdict:
    """Who decides about pictures on boards decides about flagged cards; nobody about their own."""
    if flagged is not None and flagged.city_id != actor.city.pk:
        return no(_("We cannot find this card."), status=404)
    decides = may_decide_pictures(actor)
    me = actor.participant.pk if actor.participant else None
    if decides and me and flagged is not None and flagged.seat is not None and flagged.seat.participant_id == me:
        return no(_("You wrote this yourself. Another person of the team decides."))
    return decides


def card_on(board: Board, key: str) -> Card | None:
    """A card of the board's document; what lies in drawers nobody else sees."""
    return document_of(board).cards.get(key)


def flag_card(actor: Actor, board: Board, card: Card, seats: dict[str, Seat], *, uid: UUID, reason: str, words: str = "") -> CardFlag:
    """Ask the team to look at a card, once per person as long as it is open; raises Refused. `seats` by alias."""
    mine = next((seat for seat in seats.values() if actor.participant and seat.participant_id == actor.participant.pk), None)
    may_flag_card(actor, board, card, mine).require()
    words = checked_flag(reason, words)
    known: CardFlag | None = CardFlag.objects.of(actor.city).filter(uid=uid).first()
    if known is not None:  # the same form, sent twice
        return known
    try:
        with transaction.atomic():
            spend(actor, "flag")
            flagged, _is_new = FlaggedCard.objects.of(actor.city).get_or_create(
                board=board, card=card.id, state=State.OPEN, defaults={"city": actor.city, "seat": seats.get(card.by)}
            )
            own = CardFlag.objects.of(actor.city).filter(flagged=flagged, participant=actor.participant) if actor.participant else None
            if own is not None and own.update(reason=reason, words=words):
                return own.get()
            values = {"participant": actor.participant, "reason": reason, "words": words}
            return CardFlag.objects.create(city=actor.city, uid=uid, flagged=flagged, **values)
    except IntegrityError:
        known = CardFlag.objects.of(actor.city).filter(uid=uid).first()
        if known is None:
            raise
        return known


@transaction.atomic
def decide_card(actor: Actor, flagged: FlaggedCard, state: str, *, reason: str = "", seen: str = "") -> None:
    """Hide a flagged card, leave it as it is, or show a hidden one again; a second time changes nothing.

    `seen` is the state that somebody looked at who decides. Raises Refused, also when somebody else has decided otherwise since.
    """
    may_decide_cards(actor, flagged).require()
    if state not in {State.KEPT, State.HIDDEN}:
        raise Refused(_("A card is left or hidden, nothing else."), status=400)
    if state == State.HIDDEN and reason not in Reason.values:
        raise Refused(_("Please choose a reason. Who wrote the card reads it."), status=422)
    rows = FlaggedCard.objects.of(actor.city).select_for_update(of=("self",)).select_related("seat__participant")
    row = rows.get(pk=flagged.pk)
    if row.state == state:
        return
    if seen and row.state != seen:
        raise Refused(_("Somebody of the team has already decided this."), status=409)
    row.board = flagged.board
    was = row.state
    if state == State.HIDDEN:
        _hide(actor, row, reason)
        row.reason = Reason(reason)
    elif was == State.HIDDEN:
        _show(actor, row)
    row.state, row.decided_at, row.decided_by = State(state), timezone.now(), actor.participant
    row.save()
    record(
        actor.city,
        by=actor.uid,
        verb=f"board.card_{state}",
        subject=f"board:{row.board_id}",
        details={"reason": row.reason} if row.reason else {},
    )
    _tell(row, was)


def _hide(actor: Actor, row: FlaggedCard, reason: str) -> None:
    """The card goes with its words and its picture, for everybody at once, out of the log too, and out of what was made of it."""
    went: list[Card] = []

    def wish(there: Things) -> Iterator[Thing]:
        card = there.cards.get(row.card)
        if card is not None and HIDDEN not in card.fields:
            went[:] = [card]
            yield replace(card, text="", picture="", fields={**card.fields, HIDDEN: "1"}, gone=True)

    put_on_board(row.board, wish)
    for card in went:
        row.text, row.picture = card.text, card.picture
        requote(row.board, {one_line(card.text): ""})
    picture = picture_by_name(row.board, row.picture) if row.picture else None
    if picture is not None and picture.state == PictureState.SHOWN:  # one that waits goes on waiting
        decide_picture(actor, picture, PictureState.HIDDEN)
        BoardPicture.objects.of(row.city_id).filter(pk=picture.pk).update(card=row.card)
    made, row.decision = _made_of(row), None
    if made is not None and made.visibility == Contribution.Visibility.PUBLISHED:
        text = friendly(reason) if reason == Reason.OTHER else ""
        row.decision = decide_about(_decider(actor), made, Verb.HIDE, reason=reason, text=text, takes_over="yes").pk
    enqueue(row.board.city, "boards.compact", {"board": row.board_id}, key=f"board-{row.board_id}")


def _show(actor: Actor, row: FlaggedCard) -> None:
    """The card hangs there again; its picture and what was made of it too, unless somebody has decided about those by themselves."""
    picture = picture_by_name(row.board, row.picture) if row.picture else None
    if picture is not None and picture.state == PictureState.HIDDEN:
        if picture.card == row.card:  # it was hidden with the card
            decide_picture(actor, picture, PictureState.SHOWN)
        else:
            picture = None
    name = row.picture if picture is not None else ""

    def wish(there: Things) -> Iterator[Thing]:
        card = there.cards.get(row.card)
        if card is not None and HIDDEN in card.fields:
            fields = {key: value for key, value in card.fields.items() if key != HIDDEN}
            yield replace(card, text=row.text, picture=name, fields=fields, gone=False)

    put_on_board(row.board, wish)
    say_again(row.board, row.text)
    if row.decision is not None and isinstance(undo_many(_decider(actor), [row.decision])[row.decision], Refused):
        row.decision = None  # something else was decided about it since: that stands
    row.text = row.picture = row.reason = ""


def _decider(actor: Actor) -> Actor:
    """Who decides about what was made of a card: the same person, or for who leads boards alone the city itself."""
    return actor if may_moderate(actor) else city_actor(actor.city)


def _made_of(row: FlaggedCard) -> Contribution | None:
    """What concluding the step made of the card."""
    rows = Conclusion.objects.of(row.city_id).filter(step=row.board.step_id, key=f"card:{row.card}", is_gone=False)
    made = rows.select_related("contribution").first()
    return made.contribution if made is not None else None


def _tell(row: FlaggedCard, was: str) -> None:
    """Who wrote the card hears what was decided about it, and who flagged it that it was.

    The author of what was made of it hears it from moderation, with the way to object.
    """
    author = row.seat.participant if row.seat is not None else None
    told = Decision.objects.of(row.city_id).filter(pk=row.decision, contribution__author=author)
    event = f"{row.state}-{row.decided_at:%Y%m%d%H%M%S}" if row.decided_at else row.state
    if author is not None and author.erased_at is None and State.HIDDEN in {row.state, was} and not told.exists():
        notify(row.city, [author.uid], CARD_HIDDEN if row.state == State.HIDDEN else CARD_SHOWN, f"card:{row.pk}", event)
    if was == State.OPEN:
        flags = CardFlag.objects.of(row.city_id).filter(flagged=row, participant__isnull=False, participant__erased_at=None)
        notify(row.city, flags.order_by("pk").values_list("participant__uid", flat=True), FLAG_DECIDED, f"card:{row.pk}", event)


def open_cards(actor: Actor) -> int:
    """How many flagged cards wait for the team."""
    return FlaggedCard.objects.of(actor.city).filter(state=State.OPEN).count()
