"""The outbox's own upkeep: what is done goes after a while, what nobody can finish is given up; and counts that a migration wants anew."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from civitas.kit.rooms import rooms
from civitas.outbox.actions import bury_spent, prune_done
from civitas.outbox.tasks import periodic, task

if TYPE_CHECKING:
    from civitas.cities.models import City


@task("outbox.recount")
def recount(city: City) -> None:
    """Put right whatever rooms keep count of; a migration notes it, so that a house that was there before has its figures."""
    for each in (each for room in rooms() for each in room.recounts):
        if each.miscounts(city):
            each.mend(city)


@periodic("outbox.prune", every=timedelta(hours=1))
def prune() -> None:
    """Done rows go after a week; failed ones stay."""
    prune_done(older_than=timedelta(days=7))


@periodic("outbox.bury", every=timedelta(minutes=5))
def bury() -> None:
    """Rows whose worker died at every attempt are given up and listed."""
    bury_spent()
