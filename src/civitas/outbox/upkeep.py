"""The outbox's own upkeep: what is done goes after a while, what nobody can finish is given up."""

from __future__ import annotations

from datetime import timedelta

from civitas.outbox.actions import bury_spent, prune_done
from civitas.outbox.tasks import periodic


@periodic("outbox.prune", every=timedelta(hours=1))
def prune() -> None:
    """Done rows go after a week; failed ones stay."""
    prune_done(older_than=timedelta(days=7))


@periodic("outbox.bury", every=timedelta(minutes=5))
def bury() -> None:
    """Rows whose worker died at every attempt are given up and listed."""
    bury_spent()
