"""`civitas import` and `civitas export`: contributions and comments of a process as files (CSV, XLSX, GeoJSON)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from civitas.project.commands.start import SOME_REJECTED, progress_bar, refuse, start_django

if TYPE_CHECKING:
    from civitas.interop.reading import Report

IN = click.Path(exists=True, dir_okay=False, path_type=Path)
OUT = click.Path(dir_okay=False, path_type=Path)
_CITY = click.option("--city", "city_slug", required=True, help="Slug of the city.")
_PROCESS = click.option("--process", "process_slug", required=True, help="Slug of the process; the Bürgersensor's is buergersensor.")


def _process_of(city_slug: str, process_slug: str) -> Any:
    from civitas.cities.models import City
    from civitas.processes.models import Process

    none = "none yet"
    city = City.objects.filter(slug=city_slug).first()
    if city is None:
        slugs = City.objects.order_by("slug").values_list("slug", flat=True)
        refuse(f"There is no city '{city_slug}'. There are: {', '.join(slugs) or none}.")
    processes = Process.objects.of(city).order_by("slug")
    process = processes.select_related("city").filter(slug=process_slug).first()
    if process is None:
        refuse(f"{city} has no process '{process_slug}'. There are: {', '.join(processes.values_list('slug', flat=True)) or none}.")
    return process


def _mapped(pairs: tuple[str, ...]) -> dict[str, str]:
    chosen = {}
    for pair in pairs:
        column, found, field = pair.rpartition("=")
        if not found or not column or not field:
            refuse(f"--map {pair} must read column=field, for example --map Betreff=title.")
        chosen[column] = field
    return chosen


@click.command("import")
@click.argument("file", type=IN)
@_CITY
@_PROCESS
@click.option("--comments", type=IN, help="File of comments (id, reply_to, title, text, created, contribution_url).")
@click.option(
    "--map", "pairs", multiple=True, metavar="COLUMN=FIELD", help="Read a column of FILE as this field; may be given several times."
)
@click.option("--map-comments", "comment_pairs", multiple=True, metavar="COLUMN=FIELD", help="The same for the file of comments.")
@click.option("--rejects", type=OUT, help="Where rows that do not go in are kept with their reason (default: FILE.rejects.csv).")
@click.option("--encoding", default="", help="Encoding of CSV files, if they are not UTF-8 (cp1252, utf-16 …).")
def import_command(  # noqa: PLR0917  (click passes them by name)
    file: Path,
    city_slug: str,
    process_slug: str,
    comments: Path | None,
    pairs: tuple[str, ...],
    comment_pairs: tuple[str, ...],
    rejects: Path | None,
    encoding: str,
) -> None:
    """Bring contributions from a file (CSV, XLSX, GeoJSON) into a process; a second time updates and never doubles.

    Each row's id or url tells it apart. Cut off in the middle, the same command goes on, as the same
    import. Exit code 0: all rows went in; 3: some are in the file of rejects; 2: refused, nothing was written.
    """
    start_django()
    from civitas.interop.comments import import_comments
    from civitas.interop.files import open_table
    from civitas.interop.imports import import_contributions
    from civitas.interop.tables import Unreadable
    from civitas.kit.verdicts import Refused
    from civitas.people.actors import city_actor

    process = _process_of(city_slug, process_slug)
    actor = city_actor(process.city, channel="import")
    rejects = rejects or file.with_name(f"{file.stem}.rejects.csv")
    beside = rejects.with_name(f"{rejects.stem}.comments{rejects.suffix}")
    if {rejects.resolve(), beside.resolve()} & {path.resolve() for path in (file, comments) if path}:
        refuse(f"{rejects} would overwrite a file that is read. Choose another one with --rejects.")
    chosen, comments_chosen = _mapped(pairs), _mapped(comment_pairs)
    rejected = 0
    try:
        if comments:
            open_table(comments, encoding=encoding).close()  # before the first file goes in
        with progress_bar(file.name) as progress:
            report = import_contributions(actor, process, file, rejects=rejects, chosen=chosen, encoding=encoding, progress=progress)
        _say("contributions", report, rejects)
        rejected += report.rejected
        if comments:
            with progress_bar(comments.name) as progress:
                report = import_comments(
                    actor,
                    process,
                    comments,
                    rejects=beside,
                    chosen=comments_chosen,
                    encoding=encoding,
                    progress=progress,
                    unit=report.unit,
                )
            _say("comments", report, beside)
            rejected += report.rejected
    except Unreadable as error:
        refuse(str(error))
    except Refused as error:
        refuse(str(error.reason))
    sys.exit(SOME_REJECTED if rejected else 0)


def _say(what: str, report: Report, rejects: Path) -> None:
    taken = report.taken
    if report.was_in:
        click.echo(f"went on with an import of this file that was cut off: {report.was_in:,} rows of it were in already")
    counts = f"{taken.new:,} new, {taken.updated:,} updated, {taken.unchanged:,} unchanged, {report.rejected:,} rejected"
    click.echo(f"{what}: {report.rows:,} rows: {counts}")
    if report.rejected:
        click.echo(f"  rejected rows with their reasons: {rejects}")
    if report.categories:
        click.echo(f"  new categories of the process: {', '.join(report.categories)}")
    for name, count in sorted(report.unknown.items())[:20]:
        click.echo(f"  {count:,} row(s) name the {name}, which the city does not have; they went in without")
    if report.unread:
        click.echo(f"  columns that were not read: {', '.join(report.unread)}")


@click.command("export")
@click.argument("file", type=OUT)
@_CITY
@_PROCESS
@click.option("--comments", type=OUT, help="Write the comments to this file.")
@click.option("--dipas", is_flag=True, help="Write the columns of DIPAS instead of ours (CSV).")
def export_command(file: Path, city_slug: str, process_slug: str, comments: Path | None, *, dipas: bool) -> None:
    """Write what a process shows to a file, which can be imported again.

    The name says the kind: .xlsx a spreadsheet, .geojson for maps, anything else CSV.
    """
    start_django()
    from civitas.interop.exports import export_comments, export_contributions, export_dipas

    export = export_dipas if dipas else export_contributions
    process = _process_of(city_slug, process_slug)
    if comments and comments.resolve() == file.resolve():
        refuse("Contributions and comments need a file each.")
    try:
        with progress_bar(file.name) as progress:
            click.echo(f"contributions: {export(process, file, progress=progress):,} rows to {file}")
        if comments:
            with progress_bar(comments.name) as progress:
                click.echo(f"comments: {export_comments(process, comments, progress=progress):,} rows to {comments}")
    except OSError as error:
        refuse(f"{error.filename} cannot be written: {error.strerror}.")
