"""Pictures on cards: taken in by the rules of the house's files, seen by who may see the board, hidden and shown by the team."""

from __future__ import annotations

from dataclasses import replace
from typing import IO, TYPE_CHECKING

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from civitas.boards.actions import put_on_board
from civitas.boards.calm import calm_of
from civitas.boards.judging import REASONS
from civitas.boards.picture_models import BoardPicture
from civitas.boards.rules import charter_of, may_open, may_sit
from civitas.boards.things import HIDDEN
from civitas.contributions.attachments import Shown, show_attachments
from civitas.contributions.models import Contribution
from civitas.journal.actions import record
from civitas.kit.texts import cleaned_line
from civitas.kit.verdicts import YES, Refused, Verdict, no
from civitas.media.actions import drop_file, keep_picture, path_of, set_public
from civitas.media.models import Derivative
from civitas.people.models import Role
from civitas.processes.registry import method_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from django.db.models import QuerySet

    from civitas.boards.models import Board, Seat
    from civitas.boards.things import Card, Thing, Things
    from civitas.cities.models import City
    from civitas.people.actors import Actor

LONGEST_ALT = 300
MOST_ON_BOARD = 300
WIDTH_ON_PAPER = 800  # px
State = BoardPicture.State


def may_put_up(actor: Actor, board: Board, seat: Seat | None) -> Verdict:
    """Whether somebody may put a picture on a card of theirs now."""
    sits = may_sit(actor, board, seat)
    if not sits:
        return sits
    if seat is None:
        return no(_("Please sit down at the board first."), status=409)
    charter = charter_of(actor, board, seat)
    if charter.write == "none":
        return no(calm_of(actor, board, seat, charter).sentence, status=409)
    return YES if charter.pictures else no(str(REASONS["pictures"]))


def may_decide_pictures(actor: Actor) -> Verdict:
    """The editorial team, and who leads boards, hide pictures and show them."""
    if actor.has(Role.MODERATOR, Role.FACILITATOR, Role.OWNER):
        return YES
    return no(_("Only the editorial team decides about pictures."))


def may_see_picture(actor: Actor, picture: BoardPicture, seat: Seat | None) -> Verdict:
    """Who may open the board sees what is shown; what waits its author and the team, what is hidden the team alone."""
    opened = may_open(actor, picture.board, seat)
    is_own = seat is not None and picture.seat_id == seat.pk
    if opened and (picture.state == State.SHOWN or may_decide_pictures(actor) or (picture.state == State.WAITING and is_own)):
        return YES
    return no(_("We cannot find this picture."), status=404)


def keep_board_picture(actor: Actor, board: Board, seat: Seat | None, upload: IO[bytes], *, size: int, alt: str) -> BoardPicture:
    """Take a photo in for a card: upright, scaled, without what it tells of camera and place. Raises Refused for the field 'picture'."""
    may_put_up(actor, board, seat).require()
    if BoardPicture.objects.of(board.city_id).filter(board=board).count() >= MOST_ON_BOARD:
        sentence = _("There are very many pictures on this board already. Please describe yours in words.")
        raise Refused(sentence, status=409, fields={"picture": sentence})
    file = keep_picture(actor, upload, size=size)
    waits = method_of(board.step).settings_of(board.step).moderation == "before" and not may_decide_pictures(actor)
    return BoardPicture.objects.create(
        city=board.city,
        board=board,
        file=file,
        seat=seat,
        alt=cleaned_line(alt)[:LONGEST_ALT],
        state=State.WAITING if waits else State.SHOWN,
    )


def picture_by_name(board: Board, name: str) -> BoardPicture | None:
    """The picture of a board whose name stands on a card."""
    rows = BoardPicture.objects.of(board.city_id).select_related("file", "board__step__process", "board__city")
    return rows.filter(board=board, file__name=name, file__city=board.city_id).first()


def pictures_of(actor: Actor, board: Board, seat: Seat | None, things: Things) -> dict[str, str]:
    """name -> what it shows in words, of those pictures that lie there and that this person sees.

    `things` is what they see themselves: what lies in others' drawers is not told.
    """
    names = [card.picture for card in things.cards.values() if card.picture]
    if not names:
        return {}
    rows = BoardPicture.objects.of(board.city_id).filter(board=board, file__name__in=names, file__city=board.city_id)
    rows = rows.select_related("file").order_by("pk")
    if not may_decide_pictures(actor):
        own = rows.filter(state=State.WAITING, seat=seat) if seat is not None else rows.none()
        rows = rows.filter(state=State.SHOWN) | own
    return {row.file.name: row.alt for row in rows}


def shown_pictures(city: City, names: set[str]) -> dict[str, Shown]:
    """name -> the file with its words, of those pictures that everybody sees; for what is made of their cards."""
    if not names:
        return {}
    rows = (
        BoardPicture.objects.of(city).filter(file__name__in=names, file__city=city, state=State.SHOWN).select_related("file").order_by("pk")
    )
    return {row.file.name: Shown(row.file, row.alt) for row in rows}


def shown_on(board: Board, things: Things) -> dict[str, Shown]:
    """name -> the file with its words, of the pictures on a board's cards that everybody sees."""
    return shown_pictures(board.city, {card.picture for card in things.cards.values() if card.picture and not card.gone})


def on_paper(city: City, shown: Mapping[str, Shown]) -> dict[str, tuple[bytes, str]]:
    """name -> bytes and kind of each picture, small enough for paper; what is missing on the disk is left out. One query."""
    files = {each.file.pk: name for name, each in shown.items()}
    found: dict[str, tuple[bytes, str]] = {}
    for row in Derivative.objects.of(city).filter(file__in=files, width__lte=WIDTH_ON_PAPER).order_by("width"):
        path = path_of(city, row.name)
        if default_storage.exists(path):
            with default_storage.open(path) as file:
                found[files[row.file_id]] = (file.read(), row.mime)
    return found


def words_of_pictures(city: City, cards: Iterable[Card]) -> dict[str, str]:
    """id -> what its picture shows in words, of cards that are a picture alone; one that not everybody sees says nothing."""
    silent = {card.id: card.picture for card in cards if card.picture and not card.gone and not card.text.strip()}
    shown = shown_pictures(city, set(silent.values()))
    return {key: shown[name].alt or _("A picture without words") for key, name in silent.items() if name in shown}


def derivative_of(picture: BoardPicture, width: int) -> Derivative | None:
    """The version of a picture for this width (px): the smallest that is wide enough, else the widest."""
    rows = list(Derivative.objects.of(picture.city_id).filter(file=picture.file_id).select_related("file__city").order_by("width"))
    return next((row for row in rows if (row.width or 0) >= width), rows[-1] if rows else None)


def waiting_pictures(city: City) -> QuerySet[BoardPicture]:
    """Pictures at which the team has to look."""
    return BoardPicture.objects.of(city).filter(state=State.WAITING)


@transaction.atomic
def decide_picture(actor: Actor, picture: BoardPicture, state: str) -> None:
    """Show a picture or hide it: on its card for everybody at once. A second time changes nothing."""
    may_decide_pictures(actor).require()
    if picture.city_id != actor.city.pk:
        raise Refused(_("We cannot find this picture."), status=404)
    if state not in {State.SHOWN, State.HIDDEN}:
        raise Refused(_("A picture is shown or hidden, nothing else."), status=400)
    row = BoardPicture.objects.of(actor.city).select_for_update(of=("self",)).get(pk=picture.pk)
    if row.state == state:
        return
    name, card = picture.file.name, row.card
    if state == State.HIDDEN:
        row.card = _take_from_cards(picture.board, name)
    elif card:
        _put_back(picture.board, card, name)
    # What a step made of the card shows the same file.
    made = list(Contribution.objects.of(actor.city).filter(attachments__file=picture.file_id, attachments__city=actor.city).order_by("pk"))
    if state == State.HIDDEN:
        set_public(actor.city, [picture.file_id], public=False)
    elif made:
        show_attachments(actor.city, *made)
    row.state = State(state)
    row.save(update_fields=["state", "card"])
    picture.state = row.state
    record(actor.city, by=actor.uid, verb=f"board.picture_{state}", subject=f"board:{picture.board_id}")


@transaction.atomic
def destroy_picture(actor: Actor, picture: BoardPicture) -> None:
    """Take a picture away for good, bytes and all: nobody brings it back."""
    may_decide_pictures(actor).require()
    if picture.city_id != actor.city.pk:
        raise Refused(_("We cannot find this picture."), status=404)
    _take_from_cards(picture.board, picture.file.name)
    record(actor.city, by=actor.uid, verb="board.picture_destroyed", subject=f"board:{picture.board_id}")
    drop_file(picture.file)


def _take_from_cards(board: Board, name: str) -> str:
    """Every card of this picture is without it; returns the id of one of them."""
    found: list[str] = []

    def wish(there: Things) -> Iterator[Thing]:
        for card in there.cards.values():
            if card.picture == name:
                found.append(card.id)
                yield replace(card, picture="")

    put_on_board(board, wish)
    return found[0] if found else ""


def _put_back(board: Board, key: str, name: str) -> None:
    def wish(there: Things) -> Iterator[Thing]:
        card = there.cards.get(key)
        if card is not None and not card.picture and HIDDEN not in card.fields:
            yield replace(card, picture=name)

    put_on_board(board, wish)
