"""The method's manifest and the registry that finds every method: built-in folders and foreign packages alike."""

from __future__ import annotations

import pkgutil
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from django.http import HttpRequest, HttpResponse
    from django.utils.functional import _StrPromise
    from pydantic import BaseModel

    from civitas.cities.models import City
    from civitas.kit.rooms import Taken
    from civitas.kit.translated import Translated
    from civitas.people.actors import Actor
    from civitas.processes.models import Step

    # A text of a method: plain, through gettext, or in several languages as a package of one's own brings it.
    Text = str | _StrPromise | Translated

ENTRY_POINT = "civitas.methods"


class Pattern(StrEnum):
    """Pattern of collaboration. Source: Briggs, de Vreede: collaboration engineering (generate … commit), and produce."""

    GENERATE = "generate"
    REDUCE = "reduce"
    CLARIFY = "clarify"
    ORGANISE = "organise"
    EVALUATE = "evaluate"
    COMMIT = "commit"
    PRODUCE = "produce"


class Ability(StrEnum):
    """What a method can open to people in its step."""

    SUBMIT = "submit"
    COMMENT = "comment"
    SUPPORT = "support"
    RATE = "rate"
    VOTE = "vote"
    ARRANGE = "arrange"


class Mode(StrEnum):
    """Where a method runs."""

    ONLINE = "online"
    LIVE = "live"
    ON_SITE = "on_site"


@dataclass(frozen=True)
class Line:
    """A line of a script: what the facilitator says, word for word, what they do meanwhile, and how many minutes it takes.

    `phase` names the phase of the board that the line belongs to ('' = none).
    """

    say: Text
    do: Text = ""
    minutes: int = 0
    phase: str = ""

    def __str__(self) -> str:
        return str(self.say)


@dataclass(frozen=True)
class Card:
    """The method's card in the catalogue. Each text is one or a few sentences in the interface's languages.

    A script of bare texts is as good as one of lines. `picture` is an SVG drawing of 240 × 140 (see docs/methods.md for its
    classes); `civitas.processes.card_files.read_card` makes the whole card from a file.
    """

    intent: Text
    when: Text
    when_not: Text
    goes_in: Text
    comes_out: Text
    script: tuple[Text | Line, ...]
    hook: Text = ""  # two short sentences for the wall of cards; without it the intent stands there
    sees: Text = ""  # what participants see and do
    materials: tuple[Text, ...] = ()
    tips: tuple[Text, ...] = ()
    variants: tuple[Text, ...] = ()
    source: Text = ""  # where the technique comes from
    picture: str = ""

    @property
    def lines(self) -> tuple[Line, ...]:
        """The script as lines, those that were bare texts too."""
        return tuple(line if isinstance(line, Line) else Line(line) for line in self.script)

    @property
    def texts(self) -> tuple[Text, ...]:
        """Every text of the card that says something."""
        whole = (self.intent, self.when, self.when_not, self.goes_in, self.comes_out, self.hook, self.sees)
        spoken = [text for line in self.lines for text in (line.say, line.do)]
        return tuple(text for text in (*whole, *spoken, *self.materials, *self.tips, *self.variants) if text)


@dataclass(frozen=True)
class Concluded:
    """What concluding a step gave: numbers of contributions that were made, and whether it had been concluded before."""

    made: tuple[int, ...] = ()
    again: bool = False


@dataclass(frozen=True)
class BoardPhase:
    """A phase of a method's board, which the facilitator steps through; `minutes` is what the timer begins with (0: no timer)."""

    key: str
    name: Text
    minutes: int = 0


@dataclass(frozen=True)
class BoardMethod:
    """What a method says of its board; the room of boards asks it and knows no method.

    `charter(actor, step, phase)` gives what the actor may do in that phase while the step is open (`boards.charters.Charter`).
    `seed(actor, board)` puts on a new board what it begins with; `canvas(step)` gives regions to draw, as docs/boards.md describes them.
    `lay(board, things, cards, contributions)` gives new cards of contributions (which it has by number) their place, and what else belongs
    to them; without it they lie in rows below everything.
    """

    charter: Callable[[Actor, Step, str], Any]
    phases: Callable[[Step], tuple[BoardPhase, ...]]
    seed: Callable[[Actor, Any], None] | None = None
    canvas: Callable[[Step], Mapping[str, Any] | None] | None = None
    fields: Mapping[str, Text] = field(default_factory=dict)  # the labels of a card's further short texts, by name
    prompts: Callable[[Step], Sequence[str]] | None = None  # questions that help whoever falters while writing
    lay: Callable[[Any, Any, Sequence[Any], Mapping[int, Any]], Iterable[Any]] | None = None


@dataclass(frozen=True)
class Method:
    """A building block. Registered by being `METHOD` in a folder of the house's methods, or an entry point of `civitas.methods`."""

    key: str
    name: Text
    card: Card
    pattern: Pattern
    modes: frozenset[Mode]
    group_size: tuple[int, int | None]  # people, from and to (None = no limit)
    duration: tuple[int, int | None]  # minutes, from and to (None = runs for days)
    takes: frozenset[str]  # kinds of contribution
    gives: frozenset[str]
    abilities: frozenset[Ability]
    settings: type[BaseModel]
    screen: Callable[[HttpRequest, Step], HttpResponse]  # the participant's page of the step, in every state
    conclude: Callable[[Actor, Step], Concluded]
    facilitator_screen: Callable[[HttpRequest, Step], HttpResponse] | None = None
    wall_screen: Callable[[HttpRequest, Step], HttpResponse] | None = None
    export: Callable[[Actor, Step], Mapping[str, Any]] | None = None
    figures: Mapping[str, Callable[[Step], int]] = field(default_factory=dict)
    # (settings) -> what it takes of people that no room says already, for the notice on privacy, in the active language.
    asks: Callable[[Any], list[Taken]] | None = None
    demo: Callable[[Actor, Step], None] | None = None
    # What lies on the board on which anybody tries it out: cards, groups, lines; texts in the reader's language.
    sample: Callable[[], Mapping[str, Any]] | None = None
    board: BoardMethod | None = None  # for those who work on a shared board
    # What concluding would make now (`boards.concluding.Wanted`), so that the differences can be shown before; None: nothing new.
    outcome: Callable[[Step], Sequence[Any]] | None = None
    # Settings whose choices a city makes itself: name -> (value, words) pairs.
    offers: Callable[[City], Mapping[str, Sequence[tuple[str, str]]]] | None = None

    def settings_of(self, step: Step) -> Any:
        """The step's settings as the schema's object; missing keys take their defaults."""
        return self.settings.model_validate(step.settings)


class UnknownMethod(LookupError):
    """No method of this key is installed."""


@cache
def methods() -> dict[str, Method]:
    """Every registered method by key. Two of one key are a fault of the installation (ValueError)."""
    package = import_module(settings.METHODS_OF_THE_HOUSE)
    found = [import_module(f"{package.__name__}.{item.name}").METHOD for item in pkgutil.iter_modules(package.__path__) if item.ispkg]
    found += [point.load() for point in entry_points(group=ENTRY_POINT)]
    by_key: dict[str, Method] = {}
    for method in found:
        if method.key in by_key:
            raise ValueError(f"two methods are called '{method.key}'")
        by_key[method.key] = method
    return by_key


def method_of(step: Step) -> Method:
    """The step's method; raises UnknownMethod when its package is not installed."""
    try:
        return methods()[step.method]
    except KeyError:
        raise UnknownMethod(step.method) from None
