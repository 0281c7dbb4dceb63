"""`civitas city new`: a few questions, and a pack that can be loaded."""

from __future__ import annotations

import shlex
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from civitas.project.commands.start import refuse, start_django

if TYPE_CHECKING:
    from collections.abc import Iterable

    from civitas.interop.starting import Answers

# What is asked, in this order: the answer's name, the question, and what is taken where nobody says anything else.
QUESTIONS: tuple[tuple[str, str, Any], ...] = (
    ("name", "What is the city called?", None),
    ("host", "Under which host name will people find it (mitmachen.musterstadt.de)?", None),
    ("mail", "At which mail address does the team read?", None),
    ("provider", "Who stands in the imprint?", "Stadt {name}"),
    ("street", "Street and number of the imprint?", ""),
    ("town", "Postcode and town?", ""),
    ("phone", "Telephone?", ""),
    ("latitude", "Latitude of the city's middle (51.31)?", None),
    ("longitude", "Longitude (9.48)?", None),
    ("colour", "The city's colour?", "#1d4560"),
    ("promise_days", "Within how many days do you answer?", 14),
)
NUMBERS = {"latitude": float, "longitude": float, "promise_days": int}


@click.command("new")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--name", help="What the city is called.")
@click.option("--name-en", default="", help="Its name in English, where it has another one.")
@click.option("--slug", default="", help="Its short name in lower case; by itself made of the name.")
@click.option("--host", help="The host name under which people find it, without https://.")
@click.option("--mail", help="The mail address at which the team reads.")
@click.option("--provider", help="Who stands in the imprint (Stadt …).")
@click.option("--provider-en", default="", help="The same in English (City of …).")
@click.option("--street", help="Street and number of the imprint.")
@click.option("--town", help="Postcode and town of the imprint.")
@click.option("--phone", help="Telephone.")
@click.option("--website", default="", help="The city's own website, with https://.")
@click.option("--latitude", type=float, help="Latitude of the city's middle, WGS84 degrees.")
@click.option("--longitude", type=float, help="Longitude of the city's middle, WGS84 degrees.")
@click.option("--radius-km", type=float, default=6.0, show_default=True, help="How far the city reaches from its middle, without --areas.")
@click.option("--areas", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="GeoJSON (WGS84) of the city's parts.")
@click.option("--name-property", default="", help="The property of --areas that holds a part's name.")
@click.option("--colour", help="The city's colour, as #1d4560.")
@click.option("--promise-days", type=int, help="Within how many days the city answers.")
@click.option("--time-zone", default="Europe/Berlin", show_default=True, help="The city's time zone.")
@click.option("--basemap", is_flag=True, help="Fetch the map's background from basemap.de (BKG); else the map is plain.")
@click.option("--yes", is_flag=True, help="Ask nothing: take the usual where an option is missing.")
def new(folder: Path, yes: bool, **given: Any) -> None:  # noqa: FBT001  (click's flag)
    """Begin the pack of a new city in an empty FOLDER. Asks for what no option says; the check accepts what it writes."""
    start_django()
    from civitas.interop.starting import Answers, NoPack, fault_of, in_short, start_pack
    from civitas.interop.tables import Unreadable

    # What cannot be is said before anybody answers a question.
    if faults := [said for name, value in {"folder": folder, **given}.items() if value is not None and (said := fault_of(name, value))]:
        _refuse_for(faults)
    for name, question, usual in QUESTIONS:
        if given.get(name) is None and not (given["areas"] and name in NUMBERS and usual is None):
            given[name] = _answer(name, question, usual, given, asks=not yes)
    known = {each.name for each in fields(Answers)}
    answers = Answers(**{name: value for name, value in given.items() if name in known and value is not None})
    try:
        points = start_pack(folder, answers)
    except NoPack as error:
        _refuse_for(error.faults.values())
    except Unreadable as error:
        refuse(f"{error} Nothing was written.")
    _say(folder, answers, in_short(points))


def _refuse_for(faults: Iterable[str]) -> NoReturn:
    for said in faults:
        click.echo(f"civitas: {said}", err=True)
    refuse("Nothing was written.")


def _answer(name: str, question: str, usual: Any, given: dict[str, Any], *, asks: bool) -> Any:
    """What somebody answers, asked again until it will do; without asking, the usual."""
    from civitas.interop.starting import fault_of, proposed_colour

    usual = usual.format(**given) if isinstance(usual, str) else usual
    if not asks:
        return usual
    while True:
        value = click.prompt(question, default=usual, type=NUMBERS.get(name, str), show_default=usual not in (None, ""))
        value = value.strip() if isinstance(value, str) else value
        said = fault_of(name, value)
        if not said:
            return value
        click.echo(f"  {said}")
        if name == "colour" and value.startswith("#"):
            try:
                usual = proposed_colour(value)
            except ValueError:
                continue


def _say(folder: Path, answers: Answers, points: list[str]) -> None:
    click.echo(f"{folder} is the pack of {answers.name}, and the check accepts it.")
    if points:
        click.echo("This waits for you before people see it:")
        for point in points:
            click.echo(f"  {folder.name}/{point}")
    quoted = shlex.quote(str(folder))
    click.echo("What comes next:")
    click.echo(f"  civitas city check {quoted}")
    click.echo(f"  civitas city load {quoted}")
    click.echo(f"  civitas city invite {_slug_of(folder)} {answers.mail}")


def _slug_of(folder: Path) -> str:
    import tomllib

    return str(tomllib.loads((folder / "city.toml").read_text(encoding="utf-8"))["slug"])
