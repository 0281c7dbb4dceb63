"""`civitas process …`: new processes from templates."""

from __future__ import annotations

from pathlib import Path

import click

from civitas.project.commands.start import refuse, start_django


@click.group()
def process() -> None:
    """Make processes from templates."""


@process.command("templates")
def templates() -> None:
    """List the templates of the house."""
    start_django()
    from civitas.processes.blueprints import house_blueprints

    for key, blueprint in sorted(house_blueprints().items()):
        click.echo(f"{key}: {blueprint.title}")


@process.command("template")
@click.option("--city", "city_slug", required=True, help="Slug of the city.")
@click.argument("slug")
def template(city_slug: str, slug: str) -> None:
    """Write a process of a city as a template file, to standard output."""
    start_django()
    from civitas.cities.models import City
    from civitas.processes.blueprints import blueprint_of
    from civitas.processes.models import Process
    from civitas.processes.template_files import write_template

    city = City.objects.filter(slug=city_slug).first() or refuse(f"There is no city '{city_slug}'.")
    found = Process.objects.of(city).filter(slug=slug).first() or refuse(f"There is no process '{slug}' in this city.")
    click.echo(write_template(blueprint_of(city, found), slug), nl=False)


@process.command("create")
@click.option("--city", "city_slug", required=True, help="Slug of the city.")
@click.option("--title", required=True, help="Title in German.")
@click.option("--question", default="", help="Question in German; without it, the title.")
@click.option("--template", default="", help="Key of a template of the house; see `civitas process templates`.")
@click.option("--file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A process file of one's own as the template.")
def create(city_slug: str, title: str, question: str, template: str, file: Path | None) -> None:
    """Make a draft, with texts and steps of a template; the staff page goes on from there."""
    start_django()
    from civitas.cities.models import City
    from civitas.kit.translated import Translated
    from civitas.kit.verdicts import Refused
    from civitas.people.actors import city_actor
    from civitas.processes.actions import create_process
    from civitas.processes.blueprints import blueprint_of_text, house_blueprints
    from civitas.processes.template_files import TemplateFaults

    city = City.objects.filter(slug=city_slug).first() or refuse(f"There is no city '{city_slug}'.")
    try:
        like = blueprint_of_text(file.read_bytes()) if file else house_blueprints()[template] if template else None
        made = create_process(city_actor(city), title=Translated(de=title), question=Translated(de=question or title), like=like)
    except KeyError:
        refuse(f"There is no template '{template}'. See: civitas process templates")
    except TemplateFaults as error:
        refuse(f"The template cannot be used: {error}")
    except Refused as refused:
        refuse(str(refused.reason))
    click.echo(f"/verwaltung/beteiligungen/{made.slug}")
