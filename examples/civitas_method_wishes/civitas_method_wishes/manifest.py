"""The manifest: what the house needs to know of this building block."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from civitas.boards.charters import Charter
from civitas.boards.concluding import Origin, Wanted, settle, wanted_of
from civitas.boards.reading import count_cards, exported, read_boards, title_of
from civitas.kit.translated import Translated
from civitas.processes.card_files import read_card, read_sample
from civitas.processes.registry import Ability, BoardMethod, BoardPhase, Method, Mode, Pattern
from civitas.processes.settings import StepSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

    from civitas.people.actors import Actor
    from civitas.processes.models import Step
    from civitas.processes.registry import Concluded

HERE = Path(__file__).parent


class WishSettings(StepSettings):
    """What a step can be set to: here only what every step has."""


def screen(request: HttpRequest, step: Step) -> HttpResponse:
    """The participant's page: the house's own for steps with a board."""
    from civitas.boards.steps import show_step

    return show_step(request, step)


def phases(step: Step) -> tuple[BoardPhase, ...]:
    """One phase, without a timer."""
    return (BoardPhase("hang", Translated(de="Wünsche aufhängen", en="Hang wishes", simple="Wünsche aufhängen")),)


def charter(actor: Actor, step: Step, phase: str) -> Charter:
    """Everybody writes, moves and takes down their own wishes, and nobody else's."""
    return Charter(write="own", move="own", remove="own", colour=True)


def outcome(step: Step) -> list[Wanted]:
    """Each wish is an idea of whoever wrote it, and all of them are one theme. The keys stay the same for ever."""
    wishes = [
        Wanted(f"card:{card.id}", "idea", *title_of(card.text), author=read.author(card))
        for read in read_boards(step)
        for card in read.cards
    ]
    theme = Wanted("theme", "theme", str(step.title), origins=tuple(Origin(wish.key) for wish in wishes))
    return [*wishes, theme] if wishes else []


def conclude(actor: Actor, step: Step) -> Concluded:
    """Make it so, once however often somebody presses."""
    return settle(actor, step, wanted_of(step))


def export(actor: Actor, step: Step) -> Mapping[str, Any]:
    """What hangs on the tree."""
    return exported(step)


METHOD = Method(
    key="wish_tree",
    name=Translated(de="Wunschbaum", en="Wish tree", simple="Wunsch-Baum"),
    card=read_card(HERE),
    pattern=Pattern.GENERATE,
    modes=frozenset({Mode.ONLINE, Mode.ON_SITE}),
    group_size=(1, 300),
    duration=(10, 20),
    takes=frozenset(),
    gives=frozenset({"idea", "theme"}),
    abilities=frozenset({Ability.SUBMIT}),
    settings=WishSettings,
    screen=screen,
    conclude=conclude,
    outcome=outcome,
    export=export,
    figures={"wishes": count_cards},
    sample=partial(read_sample, HERE),
    board=BoardMethod(charter=charter, phases=phases),
)
