"""The demo: two cities from their packs, with people and contributions of their own."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from civitas.interop.demo import load_demo
from civitas.interop.demo_packs import CONTRIBUTIONS, PEOPLE
from civitas.interop.packs import FaultyPack, load_pack
from civitas.kit.codes import said_code
from civitas.kit.packs import Pack
from civitas.project.commands.start import REFUSED, progress_bar
from civitas.project.environment import read

if TYPE_CHECKING:
    from civitas.cities.models import City

PACKS = Path(__file__).resolve().parents[3] / "cities"
SLUGS = ("hamburg", "kassel")


def make_demo() -> None:
    """Load the demo's cities with their people and contributions; a second start keeps what is there and adds what is new."""
    from civitas.cities.models import City

    new = 0
    for slug in SLUGS:
        known = City.objects.filter(slug=slug).first()
        try:
            city = known if known and known.loaded_at > _changed_at(PACKS / slug) else load_pack(PACKS / slug)
            new += _fill(city, fresh=known is None)
        except FaultyPack as error:
            for fault in error.faults:
                click.echo(f"{slug}/{fault}", err=True)
            sys.exit(REFUSED)
    if new:
        _settle()


def _settle() -> None:
    """Do what the new content brought about, as the worker would: the first search finds its words, the mailbox has its mails."""
    from civitas.outbox.worker import run_due

    click.echo("What the demo's people wrote is indexed and told ...")
    run_due()


def _changed_at(folder: Path) -> dt.datetime:
    newest = max(path.stat().st_mtime for path in folder.rglob("*") if path.is_file())
    return dt.datetime.fromtimestamp(newest, dt.UTC)


def _fill(city: City, *, fresh: bool) -> int:
    pack = Pack(PACKS / city.slug)
    total = sum(1 for _entry in pack.entries(CONTRIBUTIONS, "contribution"))
    done = 0
    with progress_bar(f"{city}") as progress:

        def advance() -> None:
            nonlocal done
            done += 1
            progress(done, total)

        new = load_demo(city, pack, advance=advance)
    if fresh or new:
        click.echo(f"{city}: {new} demo contributions")
    return new


def greet() -> None:
    """Print where everything is: the cities, who can sign in, and the mailbox that shows each mail."""
    from django.utils import timezone

    from civitas.classes.models import SchoolClass

    port = read("PUBLIC_PORT") or read("PORT")
    scheme, host = read("SITE_SCHEME"), read("BASE_HOST").split(",")[0].strip()

    def address(name: str, path: str = "/") -> str:
        return f"{scheme}://{name}:{port}{path}"

    click.echo(f"\n  All cities   {address(host)}")
    for slug in SLUGS:
        click.echo(f"  {slug.title():<12} {address(f'{slug}.localhost')}")
    click.echo(f"  Mailbox      {address(f'{SLUGS[0]}.localhost', '/postfach')}   every mail that was 'sent', sign-in codes too")
    for slug in SLUGS:
        click.echo(
            f"\n  Sign in at {address(f'{slug}.localhost', '/konto/anmelden')} with one of these addresses; the code is in the mailbox:"
        )
        for _line, entry in Pack(PACKS / slug).entries(PEOPLE, "person"):
            if entry.get("login"):
                click.echo(f"    {entry['login']:<42} {entry['pseudonym']:<28} {', '.join(entry.get('roles', [])) or 'citizen'}")
        for row in SchoolClass.objects.filter(city__slug=slug, closes_at__gt=timezone.now()).order_by("pk"):
            click.echo(f"    {address(f'{slug}.localhost', '/klasse'):<42} {row.name:<28} code {said_code(row.code)}")
    click.echo("")
    sys.stdout.flush()
