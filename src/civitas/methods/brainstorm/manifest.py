"""The manifest of the building block 'brainstorm'."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from civitas.boards.reading import count_cards, count_people, exported
from civitas.methods.brainstorm.board import charter, phases, prompts
from civitas.methods.brainstorm.outcomes import conclude, outcome
from civitas.methods.brainstorm.settings import BrainstormSettings
from civitas.processes.card_files import read_card, read_sample
from civitas.processes.registry import Ability, BoardMethod, Method, Mode, Pattern

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

    from civitas.people.actors import Actor
    from civitas.processes.models import Step


def screen(request: HttpRequest, step: Step) -> HttpResponse:
    """The participant's page of the step."""
    from civitas.boards.steps import show_step

    return show_step(request, step)


def export(actor: Actor, step: Step) -> Mapping[str, Any]:
    """What lies on the boards."""
    return exported(step)


METHOD = Method(
    key="brainstorm",
    name=_("Gather on cards"),
    card=read_card(Path(__file__).parent),
    pattern=Pattern.GENERATE,
    modes=frozenset({Mode.ONLINE, Mode.LIVE, Mode.ON_SITE}),
    group_size=(3, 200),
    duration=(20, 30),
    takes=frozenset(),
    gives=frozenset({"idea"}),
    abilities=frozenset({Ability.SUBMIT, Ability.ARRANGE}),
    settings=BrainstormSettings,
    screen=screen,
    conclude=conclude,
    outcome=outcome,
    export=export,
    figures={"cards": count_cards, "people": count_people},
    sample=partial(read_sample, Path(__file__).parent),
    board=BoardMethod(charter=charter, phases=phases, prompts=prompts),
)
