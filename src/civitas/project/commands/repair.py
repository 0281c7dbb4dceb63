"""`civitas recount`, `civitas outbox …` and `civitas scrub`: put right what a fault left behind, and wipe what was blacked out."""

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


@click.command()
def scrub() -> None:
    """Write the database's files anew, so that they hold nothing of what was blacked out or erased.

    Nobody can write meanwhile (docs/redaction.md has the times), and it needs as much free disk again as the database has. Out of
    reach: backups, replicas, copies, and mails that were delivered.
    """
    start_django()
    from django.db import connection

    from civitas.redaction.scrubbing import database_bytes, scrub_database

    before = database_bytes()
    if not scrub_database():
        click.echo(
            "Everything is written anew, but somebody reads for so long that the log of writes cannot be cut. Run it again.", err=True
        )
        sys.exit(FOUND_FAULTS)
    click.echo(f"scrubbed: {before // 1024**2:,} MB before, {database_bytes() // 1024**2:,} MB now")
    kept = "its write-ahead log and its replicas" if connection.vendor == "postgresql" else "what the disk keeps of deleted files"
    click.echo(f"Out of reach, and yours to deal with: backups, copies, {kept}, mails that were delivered.")
