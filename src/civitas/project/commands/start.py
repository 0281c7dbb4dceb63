"""What every command needs: Django, exit codes, a progress bar."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FOUND_FAULTS, REFUSED, SOME_REJECTED = 1, 2, 3


def start_django(**environment: str) -> None:
    """Set Django up, with environment variables that the command itself decides."""
    os.environ.update(environment)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civitas.project.settings")
    import django

    django.setup()


def refuse(sentence: str) -> NoReturn:
    """End with exit code 2 and say why."""
    click.echo(f"civitas: {sentence}", err=True)
    sys.exit(REFUSED)


class Commands(click.Group):
    """The group of all commands: a database without tables is said in a sentence."""

    def invoke(self, ctx: click.Context) -> Any:
        from django.db.utils import OperationalError, ProgrammingError

        try:
            return super().invoke(ctx)
        except (OperationalError, ProgrammingError) as error:
            if "no such table" not in str(error) and "does not exist" not in str(error):
                raise
            refuse("The database is not ready or not up to date. Make its tables with: civitas migrate")


@contextmanager
def progress_bar(label: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on the terminal, fed with (done, total); nothing where no terminal is."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total or None)
