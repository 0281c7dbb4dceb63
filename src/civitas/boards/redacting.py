"""What is blacked out in a contribution goes from the cards that were made of it, and from the boards' logs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from civitas.boards.actions import put_on_board, words_on_card
from civitas.boards.models import Board
from civitas.boards.queries import document_of
from civitas.boards.tasks import compact
from civitas.contributions.models import Contribution
from civitas.outbox.actions import enqueue
from civitas.outbox.tasks import task

if TYPE_CHECKING:
    from collections.abc import Iterable

    from civitas.boards.things import Thing, Things
    from civitas.cities.models import City


def renew_cards(city: City, rows: Iterable[Contribution]) -> None:
    """Have the worker renew the cards of contributions out of which words were blacked out; in that transaction."""
    for row in rows:
        if row.number:
            enqueue(city, "boards.redact", {"number": row.number}, key=f"card-{row.number}")


@task("boards.redact")
def redact_cards(city: City, number: int) -> None:
    """Let cards of this contribution say what it says now, on every board; what they said before goes from the log too."""
    row = Contribution.objects.of(city).filter(number=number).first()
    if row is None:
        return
    text = words_on_card(row)

    def wish(there: Things) -> list[Thing]:
        return [replace(card, text=text) for card in there.cards.values() if card.number == number and card.text != text]

    for board in Board.objects.of(city).select_related("city").order_by("pk"):
        if wish(document_of(board)):
            put_on_board(board, wish)
            compact(city, board.pk)
