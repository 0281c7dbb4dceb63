"""The manifest of the building block 'cluster'."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from civitas.boards.reading import count_cards, count_people, exported
from civitas.methods.cluster.board import charter, phases, seed
from civitas.methods.cluster.outcomes import conclude, outcome
from civitas.methods.cluster.settings import ClusterSettings
from civitas.processes.card_files import read_card, read_sample
from civitas.processes.registry import Ability, BoardMethod, Method, Mode, Pattern

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

    from civitas.people.actors import Actor
    from civitas.processes.models import Step


def screen(request: HttpRequest, step: Step) -> HttpResponse:
    """The participant's page of the step."""
    from civitas.methods.cluster.views import show_step

    return show_step(request, step)


def export(actor: Actor, step: Step) -> Mapping[str, Any]:
    """What lies on the boards."""
    return exported(step)


METHOD = Method(
    key="cluster",
    name=_("Cluster"),
    card=read_card(Path(__file__).parent),
    pattern=Pattern.ORGANISE,
    modes=frozenset({Mode.ONLINE, Mode.LIVE, Mode.ON_SITE}),
    group_size=(3, 40),
    duration=(20, 40),
    takes=frozenset({"idea", "improvement"}),
    gives=frozenset({"theme", "idea"}),
    abilities=frozenset({Ability.SUBMIT, Ability.ARRANGE}),
    settings=ClusterSettings,
    screen=screen,
    conclude=conclude,
    outcome=outcome,
    export=export,
    figures={"cards": count_cards, "people": count_people},
    sample=partial(read_sample, Path(__file__).parent),
    board=BoardMethod(charter=charter, phases=phases, seed=seed),
)
