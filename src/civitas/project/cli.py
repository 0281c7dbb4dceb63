"""The `civitas` command."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from civitas.project.commands.cities import city
from civitas.project.commands.exchange import export_command, import_command
from civitas.project.commands.processes import process
from civitas.project.commands.repair import outbox, recount, scrub
from civitas.project.commands.start import FOUND_FAULTS, Commands, start_django
from civitas.project.environment import read


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Run and steer Civitas Digitalis."""


def _settings() -> None:
    from civitas.project.environment import TABLE

    for variable in TABLE:
        click.echo(f"{variable.name}={'…' if variable.name == 'SECRET_KEY' else read(variable.name)}\n    {variable.meaning}")


main.command("settings", help="Print every environment variable with its value and meaning.")(_settings)


@main.command()
def migrate() -> None:
    """Make the database's tables or bring them up to date."""
    start_django()
    from civitas.project.setup import prepare_database

    prepare_database()


@main.command()
@click.option("--host", default=None, help="Address to listen on (HOST).")
@click.option("--port", type=int, default=None, help="Port to listen on (PORT).")
@click.option("--reload", is_flag=True, help="Start again whenever a file changes.")
def serve(host: str | None, port: int | None, reload: bool) -> None:  # noqa: FBT001  (click's flag)
    """Serve the site: a web process and a worker process under one supervisor."""
    _listen(host, port)
    start_django()
    from civitas.project.setup import prepare_database
    from civitas.project.supervisor import supervise

    prepare_database()
    sys.exit(supervise(reload=reload))


@main.command()
@click.option("--host", default=None, help="Address to listen on (HOST).")
@click.option("--port", type=int, default=None, help="Port to listen on (PORT).")
@click.option("--reload", is_flag=True, help="Start again whenever a file changes.")
@click.option("--no-serve", is_flag=True, help="Only make the demo, do not serve it.")
def demo(host: str | None, port: int | None, reload: bool, no_serve: bool) -> None:  # noqa: FBT001  (click's flags)
    """Make the demo cities Hamburg and Kassel once, and serve them."""
    _listen(host, port)
    start_django(DEMO="1")
    from civitas.project.demo import greet, make_demo
    from civitas.project.setup import prepare_database
    from civitas.project.supervisor import supervise

    prepare_database()
    make_demo()
    if no_serve:
        return
    sys.exit(supervise(reload=reload, ready=greet))


def _listen(host: str | None, port: int | None) -> None:
    if host:
        os.environ["HOST"] = host
    if port:
        os.environ["PORT"] = str(port)


@main.command()
@click.option("--host", default=None, help="Address to listen on (HOST).")
@click.option("--port", type=int, default=None, help="Port to listen on (LIVE_PORT).")
def live(host: str | None, port: int | None) -> None:
    """Serve the live boards alone; `civitas serve` does it beside the pages."""
    _listen(host, None)
    if port:
        os.environ["LIVE_PORT"] = str(port)
    start_django()
    from civitas.project.supervisor import live_command

    command = live_command(processes=max(1, int(read("LIVE_PROCESSES"))))
    os.execv(command[0], command)  # noqa: S606  (our own server takes this process's place)


@main.command()
@click.option("--once", is_flag=True, help="Do what is due now and end.")
def worker(once: bool) -> None:  # noqa: FBT001  (click's flag)
    """Do what the outbox holds: mail, index, pictures, sealing."""
    start_django()
    from civitas.project.supervisor import work

    work(once=once)


main.add_command(city)
main.add_command(process)
main.add_command(recount)
main.add_command(outbox)
main.add_command(scrub)
main.add_command(import_command)
main.add_command(export_command)


@main.group()
def journal() -> None:
    """The sealed record of who did what."""


@journal.command("verify")
@click.option("--anchor", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Roots that were kept elsewhere.")
def journal_verify(anchor: Path | None) -> None:
    """Recompute every seal; exit code 1 when something was tampered with."""
    start_django()
    from civitas.journal.actions import verify_all

    faults = verify_all(anchor)
    for fault in faults:
        click.echo(str(fault), err=True)
    click.echo(f"{len(faults)} fault(s)" if faults else "the journal is whole", err=bool(faults))
    sys.exit(FOUND_FAULTS if faults else 0)


if __name__ == "__main__":
    main()
