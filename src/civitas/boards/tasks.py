"""What happens to boards later: cards follow their contributions, logs are compacted, closed boards laid anew, and news is told."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from civitas.boards.actions import put_anew
from civitas.boards.bringing import lay_beside
from civitas.boards.brought_models import Brought
from civitas.boards.documents import change_document, new_document, read_all
from civitas.boards.log import drawers_of, put_snapshot, updates_of
from civitas.boards.models import Board, BoardUpdate
from civitas.boards.news import tell_of_steps
from civitas.cities.models import City
from civitas.outbox.tasks import periodic, task
from civitas.processes.rules import is_open

REST = dt.timedelta(hours=2)
WORN = 2  # times the size of a board that just says the same


@task("boards.compact")
def compact(city: City, board: int) -> None:
    """Put all updates of a board and its drawers so far into one each, while people go on working."""
    for drawer in (None, *drawers_of(city, board)):
        sequence, updates = updates_of(city, board, drawer)
        if len(updates) > 1:
            put_snapshot(city, board, drawer, sequence=sequence, data=new_document(*updates).get_update())


@task("boards.keep")
def keep_board(city: City, board: int) -> None:
    """Lay what was brought to a board, take away what is no longer shown, bring back what is shown again; safe to run twice."""
    row = Board.objects.of(city).select_related("city", "step__process").filter(pk=board, step__city=city).first()
    if row is not None and lay_beside(row):
        compact(city, row.pk)


@task("boards.redact")
def redact_cards(city: City, number: int) -> None:
    """Let cards of this contribution say what it says now, on every board; what they said before goes from the log too."""
    keys = Brought.objects.of(city).filter(contribution__number=number, contribution__city=city).values("board")
    boards = Board.objects.of(city).select_related("city", "step__process").filter(pk__in=keys, step__city=city)
    for board in boards.order_by("pk"):
        lay_beside(board, redacted={number})
        compact(city, board.pk)


@periodic("boards.tell_of_steps", every=dt.timedelta(hours=1))
def tell() -> None:
    """Tell who took part of boards that have opened or close soon."""
    tell_of_steps()


@periodic("boards.tidy", every=dt.timedelta(days=1))
def tidy() -> None:
    """Lay boards anew on which all that was once moved, typed and taken back is most of what everybody loads.

    Those of closed steps always; others once they have rested for some hours, so that nobody is in the middle of something.
    """
    rested = timezone.now() - REST
    for city in City.objects.only("pk", "slug"):
        worked = BoardUpdate.objects.of(city).order_by("board").values_list("board", flat=True).distinct()
        boards = Board.objects.of(city).filter(pk__in=list(worked), step__city=city)
        for board in boards.select_related("city", "step__process").order_by("pk"):
            if not is_open(board.step) or _is_worn(board, rested):
                put_anew(board)
                compact(city, board.pk)


def _is_worn(board: Board, rested: dt.datetime) -> bool:
    """Whether an open board rests, and says little for its size."""
    if BoardUpdate.objects.of(board.city_id).filter(board=board, made_at__gt=rested).exists():
        return False
    document = new_document(*updates_of(board.city, board.pk, None)[1])
    things = [thing for root in read_all(document).by_root.values() for thing in root.values()]
    afresh = change_document(new_document(), things)
    return len(document.get_update()) > WORN * len(afresh)
