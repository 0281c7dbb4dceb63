"""What each test asks the database: a test whose every statement is sent by others too tells nothing new of a second database.

    STATEMENTS=build/statements make test     # writes down what is sent, worker by worker
    .venv/bin/python -m tests.statements build/statements

The second line chooses the tests that in CI PostgreSQL plays too (`tests/choosing.py`): all that commit or are marked `each_database`,
and of the others so many of the shortest that nearly every statement is sent once.
"""

from __future__ import annotations

import re
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.choosing import Told, choose, read, written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pytest

CHOICE = Path(__file__).with_name("same_on_postgres.txt")
# What brings fewer new statements a second, by the average of all tests, is left to who plays all.
LEAST = 1.9
# Values that stand in a statement's own text, then lists of them and lists of rows that are longer or shorter.
_VALUES = re.compile(r"'(?:[^']|'')*'|\"s\d+_x\d+\"|\b\d+\b|\bNULL\b")
_LISTS = re.compile(r"%s(?:\s*,\s*%s)+"), re.compile(r"\(%s\)(?:\s*,\s*\(%s\))+")


def tells_of_the_database(item: pytest.Item) -> bool:
    """What commits, locks or meets others in the database, or was marked by hand, is played on both, whatever it sends."""
    marker = item.get_closest_marker("django_db")
    commits = marker is not None and bool(marker.kwargs.get("transaction"))
    return commits or item.get_closest_marker("each_database") is not None or not {"transactional_db", "site"}.isdisjoint(item.fixturenames)


def shape_of(sql: str) -> str:
    """A statement without its values and the lengths of its lists."""
    values, rows = _LISTS
    return rows.sub("(%s)", values.sub("%s", _VALUES.sub("%s", sql)))


class Recorder:
    """Notes the shapes that each test sends; a statement that is refused is another one."""

    def __init__(self) -> None:
        self.tests: dict[str, Told] = {}

    @contextmanager
    def listening(self, item: pytest.Item) -> Iterator[None]:
        from django.db import connection

        sent: set[str] = set()

        def listen(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
            shape = shape_of(sql)
            try:
                done = execute(sql, params, many, context)
            except Exception as error:
                sent.add(shape + type(error).__name__)
                raise
            sent.add(shape)
            return done

        began = time.monotonic()
        with connection.execute_wrapper(listen):
            yield
        self.tests[item.nodeid] = Told(frozenset(sent), time.monotonic() - began, always=tells_of_the_database(item))


def main(folder: str) -> None:
    tests = read(sorted(Path(folder).glob("*.json")))
    chosen = choose(tests, LEAST)
    asking = {name for name, test in tests.items() if test.words}
    CHOICE.write_text("".join(f"{name}\n" for name in written(asking - chosen, chosen)), encoding="utf-8")
    always = [test.seconds for test in tests.values() if test.always]
    print(f"{len(always)} tests in any case ({sum(always):.0f} s)")
    print(f"{len(chosen)} of {len(asking)} send them ({sum(tests[name].seconds for name in chosen):.0f} s)")


if __name__ == "__main__":
    main(*sys.argv[1:])
