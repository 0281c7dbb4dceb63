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
    from collections.abc import Callable, Mapping

    from django.http import HttpRequest, HttpResponse
    from django.utils.functional import _StrPromise
    from pydantic import BaseModel

    from civitas.people.actors import Actor
    from civitas.processes.models import Step

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
class Card:
    """The method's card in the catalogue. Each text is one or a few sentences in the interface's languages."""

    intent: str | _StrPromise
    when: str | _StrPromise
    when_not: str | _StrPromise
    goes_in: str | _StrPromise
    comes_out: str | _StrPromise
    script: tuple[str | _StrPromise, ...]


@dataclass(frozen=True)
class Concluded:
    """What concluding a step gave: numbers of contributions that were made, and whether it had been concluded before."""

    made: tuple[int, ...] = ()
    again: bool = False


@dataclass(frozen=True)
class Method:
    """A building block. Registered by being `METHOD` in a folder of the house's methods, or an entry point of `civitas.methods`."""

    key: str
    name: str | _StrPromise
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
    demo: Callable[[Actor, Step], None] | None = None

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
