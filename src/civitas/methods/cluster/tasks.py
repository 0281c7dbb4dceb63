"""What happens later to cluster boards: the proposal, since looking at many words takes a while."""

from __future__ import annotations

from typing import TYPE_CHECKING

from civitas.boards.models import Board
from civitas.methods.cluster.proposing import propose
from civitas.outbox.tasks import task

if TYPE_CHECKING:
    from civitas.cities.models import City


@task("cluster.propose")
def propose_groups_on(city: City, board: int) -> None:
    """Lay a proposal of groups on a board; safe to run twice."""
    row = Board.objects.of(city).select_related("city", "step__process").filter(pk=board).first()
    if row is not None:
        propose(row)
