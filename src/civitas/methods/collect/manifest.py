"""The manifest of the building block 'collect'."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from civitas.contributions.queries import Filters, count_listed
from civitas.methods.collect.settings import CollectSettings
from civitas.processes.card_files import read_card
from civitas.processes.registry import Ability, Concluded, Method, Mode, Pattern

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from civitas.people.actors import Actor
    from civitas.processes.models import Step


def screen(request: HttpRequest, step: Step) -> HttpResponse:
    """The participant's page of the step."""
    from civitas.methods.collect.views import show_step

    return show_step(request, step)


def conclude(actor: Actor, step: Step) -> Concluded:
    """Collecting makes nothing new: what people gave stays as it is, and later steps take it from here."""
    return Concluded(again=True)


def given(step: Step) -> int:
    """How many contributions the step's process has."""
    return count_listed(step.process.city, Filters(process=step.process))


METHOD = Method(
    key="collect",
    name=_("Collect ideas"),
    card=read_card(Path(__file__).parent),
    pattern=Pattern.GENERATE,
    modes=frozenset({Mode.ONLINE}),
    group_size=(1, None),
    duration=(3, None),
    takes=frozenset(),
    gives=frozenset({"idea", "improvement"}),
    abilities=frozenset({Ability.SUBMIT, Ability.COMMENT, Ability.SUPPORT}),
    settings=CollectSettings,
    screen=screen,
    conclude=conclude,
    figures={"given": given},
)
