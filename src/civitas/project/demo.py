"""The demo: two cities from their packs, with people and contributions of their own."""

from __future__ import annotations

from pathlib import Path

import click

from civitas.interop.packs import load_pack
from civitas.project.environment import read

PACKS = Path(__file__).resolve().parents[3] / "cities"


def make_demo() -> None:
    """Load the demo's cities once; a second start keeps what is there."""
    from civitas.cities.models import City

    for slug in ("hamburg", "kassel"):
        if not City.objects.filter(slug=slug).exists():
            load_pack(PACKS / slug)


def greet() -> None:
    """Print where everything is."""
    click.echo(f"http://hamburg.localhost:{read('PORT')}/")
