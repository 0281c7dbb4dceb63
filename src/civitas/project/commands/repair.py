"""`civitas recount` and `civitas outbox …`: put right what a fault or a bulk load left behind."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from civitas.project.commands.start import FOUND_FAULTS, refuse, start_django

if TYPE_CHECKING:
    from civitas.cities.models import City


def _cities(slug: str) -> list[City]:
    from civitas.cities.models import City

    found = list(City.objects.order_by("slug"))
    wanted = [city for city in found if slug in {"", city.slug}]
    if not wanted:
        refuse(f"There is no city '{slug}'. There are: {', '.join(city.slug for city in found) or 'none yet'}.")
    return wanted


@click.command()
@click.option("--city", "slug", default="", help="Slug of the city; without it, every city.")
@click.option("--check", is_flag=True, help="Only compare, change nothing; exit code 1 when a count is wrong.")
def recount(slug: str, check: bool) -> None:  # noqa: FBT001  (click's flag)
    """Count from scratch what is kept: the numbers beside filters, on the map, of who joins in. For repair and after a bulk load.

    Each room's counts in a city are one transaction; nobody can write to it meanwhile (about a minute for a million contributions).
    """
    start_django()
    from civitas.kit.rooms import rooms

    kept = [each for room in rooms() for each in room.recounts]
    wrong = 0
    for city in _cities(slug):
        faults = []
        for each in kept:
            found = each.miscounts(city)
            faults += found
            if found and not check:
                each.mend(city)
        wrong += len(faults)
        for fault in faults[:20] if check else ():
            click.echo(f"{city.slug}: {fault}", err=True)
        done = "all counts are right" if not faults else f"{len(faults):,} counts {'are wrong' if check else 'put right'}"
        click.echo(f"{city.slug}: {done}", err=bool(faults and check))
    sys.exit(FOUND_FAULTS if wrong and check else 0)


@click.group()
def outbox() -> None:
    """What has to happen later: mails, index, pictures."""


@outbox.command("retry")
@click.option("--city", "slug", default="", help="Slug of the city; without it, every city.")
def retry(slug: str) -> None:
    """Start over with what was given up after its last attempt. The worker takes it at once."""
    start_django()
    from civitas.outbox.actions import retry_failed

    for city in _cities(slug):
        click.echo(f"{city.slug}: {retry_failed(city):,} to be tried again")
