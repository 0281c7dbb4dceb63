"""The manifest of the building block 'discuss'."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from civitas.contributions.queries import Filters, count_listed
from civitas.processes.card_files import read_card
from civitas.processes.registry import Ability, Concluded, Method, Mode, Pattern
from civitas.processes.settings import StepSettings

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from civitas.people.actors import Actor
    from civitas.processes.models import Step


class DiscussSettings(StepSettings):
    """Settings of a discuss step: those that every step has."""


def screen(request: HttpRequest, step: Step) -> HttpResponse:
    """The participant's page of the step."""
    from civitas.methods.discuss.views import show_step

    return show_step(request, step)


def conclude(actor: Actor, step: Step) -> Concluded:
    """Discussing makes nothing new: the comments stay with what they are about."""
    return Concluded(again=True)


def discussed(step: Step) -> int:
    """How many contributions lie on the table."""
    return count_listed(step.process.city, Filters(process=step.process))


METHOD = Method(
    key="discuss",
    name=_("Discuss"),
    card=read_card(Path(__file__).parent),
    pattern=Pattern.CLARIFY,
    modes=frozenset({Mode.ONLINE}),
    group_size=(2, None),
    duration=(5, None),
    takes=frozenset({"idea", "improvement"}),
    gives=frozenset(),
    abilities=frozenset({Ability.COMMENT, Ability.SUPPORT}),
    settings=DiscussSettings,
    screen=screen,
    conclude=conclude,
    figures={"discussed": discussed},
)
