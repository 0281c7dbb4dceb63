"""`civitas city …`: packs and boundaries."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from civitas.project.commands.new_city import new
from civitas.project.commands.start import FOUND_FAULTS, REFUSED, refuse, start_django

PACK = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group()
def city() -> None:
    """Begin, check and load city packs, and replace their boundaries."""


city.add_command(new)


@city.command("check")
@click.argument("path", type=PACK)
def check(path: Path) -> None:
    """Name every fault of a pack with file and line; exit code 1 when there are any. What waits to be filled is named and no fault."""
    start_django()
    from civitas.interop.packs import check_pack
    from civitas.interop.starting import in_short, open_points

    faults = check_pack(path)
    for fault in faults:
        click.echo(f"{path.name}/{fault}")
    points = open_points(path)
    if points:
        click.echo("Still to fill before people see it:")
        for line in in_short(points):
            click.echo(f"  {path.name}/{line}")
    click.echo(f"{len(faults)} fault(s)" if faults else f"{path.name}: no faults", err=bool(faults))
    sys.exit(FOUND_FAULTS if faults else 0)


@city.command("load")
@click.argument("path", type=PACK)
def load(path: Path) -> None:
    """Load a pack, or bring a loaded one up to date; nothing is lost."""
    start_django()
    from civitas.interop.packs import FaultyPack, load_pack

    try:
        loaded = load_pack(path)
    except FaultyPack as error:
        for fault in error.faults:
            click.echo(f"{path.name}/{fault}", err=True)
        sys.exit(REFUSED)
    click.echo(f"{loaded}: {', '.join(host.host for host in loaded.hosts.all())}")


@city.command("areas")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--city", "city_slug", default="", help="Slug of the city; without it, the one in whose bounds the areas lie.")
@click.option("--name-property", default="", help="The property that holds an area's name.")
@click.option(
    "--level",
    type=click.Choice(["district", "quarter"]),
    default=None,
    help="Which areas these are; without it, those with the same names.",
)
def areas(file: Path, city_slug: str, name_property: str, level: str | None) -> None:
    """Replace boundaries with those of a GeoJSON file (WGS84). Features of one name become one; rows and links stay."""
    start_django()
    from civitas.cities.models import City
    from civitas.interop.areas import cities_of, replace_areas
    from civitas.interop.tables import Unreadable
    from civitas.people.actors import city_actor

    known = list(City.objects.order_by("slug"))
    slugs = ", ".join(each.slug for each in known) or "none yet"
    try:
        found = [each for each in known if each.slug == city_slug] if city_slug else cities_of(known, file, name_property=name_property)
        if city_slug and not found:
            refuse(f"There is no city '{city_slug}'. There are: {slugs}.")
        if len(found) != 1:
            refuse(f"These areas lie in the bounds of {len(found)} cities. Say which one with --city: {slugs}.")
        done = replace_areas(city_actor(found[0], channel="command"), file, name_property=name_property, level=level or "")
    except Unreadable as error:
        refuse(str(error))
    counts = f"{done.replaced} boundaries of level '{done.level}' replaced, {len(done.new)} new areas, {len(done.kept)} kept as they were"
    click.echo(f"{found[0]}: {counts}")
    for label, names in (("new", done.new), ("kept", done.kept)):
        if names:
            click.echo(f"  {label}: {', '.join(names)}")
    click.echo(f"  {done.contributions:,} contributions with a place were looked at, {done.moved:,} lie in another area now")


@city.command("invite")
@click.argument("city_slug")
@click.argument("mail")
@click.option("--language", default="de", help="Language of the mail: de, en or de-simple.")
def invite(city_slug: str, mail: str, language: str) -> None:
    """Invite somebody to lead the team of a city as its administrator; everybody else is invited by them. The worker sends the mail."""
    start_django()
    from civitas.cities.models import City
    from civitas.kit.verdicts import Refused
    from civitas.people.actors import city_actor
    from civitas.people.models import Role
    from civitas.team.actions import invite as invite_to_team

    found = City.objects.filter(slug=city_slug).first()
    if found is None:
        slugs = ", ".join(City.objects.order_by("slug").values_list("slug", flat=True)) or "none yet"
        refuse(f"There is no city '{city_slug}'. There are: {slugs}.")
    try:
        row = invite_to_team(city_actor(found), mail=mail, role=Role.ADMINISTRATOR, language=language)
    except Refused as refused:
        refuse(str(refused.reason))
    click.echo(f"{found}: {row.mail} is invited as administrator until {row.until:%Y-%m-%d}.")
