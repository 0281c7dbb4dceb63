"""City walls: a statement of the house on a city's table must say which city."""

from __future__ import annotations

import re
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import connections

from civitas.cities.models import CityRow
from civitas.cities.walls import crossing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SOURCE = str(Path(__file__).resolve().parents[2] / "src" / "civitas")
TOKEN = re.compile(r"'(?:[^']|'')*'|\"(?P<name>[^\"]+)\"|(?P<mark>[().,])|(?P<word>\w+)")
INTRODUCES_TABLE = {"FROM", "JOIN", "INTO", "UPDATE"}
ENDS_CONDITION = {"UNION", "INTERSECT", "EXCEPT"}


class BrokenWall(AssertionError):
    """A statement could reach rows of another city."""


@dataclass
class Scope:
    """One SELECT, INSERT, UPDATE or DELETE within a statement."""

    parent: Scope | None = None
    tables: set[str] = field(default_factory=set)
    in_condition: bool = False
    names_city: bool = False


@cache
def city_tables() -> frozenset[str]:
    return frozenset(model._meta.db_table for model in apps.get_models() if issubclass(model, CityRow))


@lru_cache(maxsize=5_000)  # the same statements come again in every test
def find_unwalled_tables(sql: str, tables: frozenset[str]) -> set[str]:
    """The city's tables that a statement reads or writes without a city in its condition or columns.

    A subquery inside a statement that names its city narrows what is already within the walls.
    """
    scope = Scope()
    closed: list[Scope] = []
    # What each open parenthesis returns to: the scope outside, or None if it opened no scope of its own.
    parentheses: list[Scope | None] = []
    tokens = [match for match in TOKEN.finditer(sql) if match.lastgroup]
    previous = ""
    for position, token in enumerate(tokens):
        text = token[token.lastgroup or 0]
        upper = text.upper() if token.lastgroup == "word" else ""
        if text == "(":
            inner = tokens[position + 1][0].upper() if position + 1 < len(tokens) else ""
            parentheses.append(scope if inner in {"SELECT", "WITH"} else None)
            if inner in {"SELECT", "WITH"}:
                scope = Scope(parent=scope)
        elif text == ")" and parentheses:
            outside = parentheses.pop()
            if outside is not None:
                closed.append(scope)
                outside.names_city |= scope.names_city and outside.in_condition
                scope = outside
        elif upper in {"WHERE", "ON"} or (upper == "INTO" and not scope.tables):
            # An INSERT names its city among its columns.
            scope.in_condition = True
        elif upper in ENDS_CONDITION:
            closed.append(scope)
            scope = Scope(parent=scope.parent)
        elif text == "city_id" and scope.in_condition:
            scope.names_city = True
        if previous in INTRODUCES_TABLE and text in tables:
            scope.tables.add(text)
        previous = upper
    closed.append(scope)
    return {table for each in closed if not each.names_city and not (each.parent and each.parent.tables) for table in each.tables}


def called_by_the_house() -> bool:
    """Whether a file of the house asked for the statement; a test may look at every city."""
    frame = sys._getframe(2)
    while frame is not None:
        if frame.f_code.co_filename.startswith(SOURCE):
            return True
        frame = frame.f_back
    return False


def hold_walls(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Django's hook round each statement."""
    if not crossing.get():
        tables = find_unwalled_tables(sql, city_tables())
        if tables and called_by_the_house():
            raise BrokenWall(
                f"The statement names no city for {', '.join(sorted(tables))}. Start the query with .of(city), fetch related "
                f"rows with select_related, or wrap what must see all cities in across_cities(reason).\n{sql}"
            )
    return execute(sql, params, many, context)


@contextmanager
def city_walls() -> Iterator[None]:
    """Hold the walls on every connection of this thread."""
    with ExitStack() as stack:
        for connection in connections.all():
            stack.enter_context(connection.execute_wrapper(hold_walls))
        yield
