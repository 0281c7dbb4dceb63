"""What happens to boards later: their logs are compacted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from civitas.boards.documents import new_document
from civitas.boards.log import drawers_of, put_snapshot, updates_of
from civitas.outbox.tasks import task

if TYPE_CHECKING:
    from civitas.cities.models import City


@task("boards.compact")
def compact(city: City, board: int) -> None:
    """Put all updates of a board and its drawers so far into one each, while people go on working."""
    for drawer in (None, *drawers_of(city, board)):
        sequence, updates = updates_of(city, board, drawer)
        if len(updates) > 1:
            put_snapshot(city, board, drawer, sequence=sequence, data=new_document(*updates).get_update())
