"""The manifest of the building block 'dots'."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from civitas.boards.reading import count_cards, count_people, exported
from civitas.kit.rooms import Taken
from civitas.methods.dots.board import charter, lay, phases, seed
from civitas.methods.dots.outcomes import conclude, outcome
from civitas.methods.dots.settings import DotsSettings
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
    key="dots",
    name=_("Place dots"),
    card=read_card(Path(__file__).parent),
    pattern=Pattern.EVALUATE,
    modes=frozenset({Mode.ONLINE, Mode.LIVE, Mode.ON_SITE}),
    group_size=(5, 500),
    duration=(10, 15),
    takes=frozenset({"idea", "improvement", "theme", "concept"}),
    gives=frozenset({"result"}),
    abilities=frozenset({Ability.RATE}),
    settings=DotsSettings,
    screen=screen,
    conclude=conclude,
    outcome=outcome,
    export=export,
    asks=lambda _settings: [Taken(gettext("Where you place your dots. Everybody sees how many lie where. No page says whose they are."))],
    figures={"cards": count_cards, "people": count_people},
    sample=partial(read_sample, Path(__file__).parent),
    board=BoardMethod(charter=charter, phases=phases, seed=seed, lay=lay),
)
