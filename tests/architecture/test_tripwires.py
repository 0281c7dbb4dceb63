"""The tripwires themselves: what they catch and what they let through."""

from __future__ import annotations

import socket
from types import SimpleNamespace

import pytest
from django.template import engines
from tests.tripwires.network import OutsideConnection
from tests.tripwires.templates import SOURCE, UndefinedVariable
from tests.tripwires.walls import find_unwalled_tables

TABLES = frozenset({"idea", "support"})


@pytest.mark.parametrize(
    "sql",
    [
        'SELECT "idea"."title" FROM "idea" WHERE "idea"."city_id" = %s',
        'SELECT 1 FROM "idea" WHERE ("idea"."city_id" = 1 AND EXISTS(SELECT 1 FROM "support" U WHERE U."idea_id" = "idea"."id"))',
        'SELECT COUNT(*) FROM (SELECT "idea"."id" FROM "idea" WHERE "idea"."city_id" = %s LIMIT 10000) subquery',
        'SELECT 1 FROM "idea" INNER JOIN "support" ON ("idea"."id" = "support"."idea_id") WHERE "support"."city_id" = %s',
        'INSERT INTO "idea" ("city_id", "title") VALUES (%s, %s)',
        'UPDATE "idea" SET "title" = %s WHERE ("idea"."city_id" = %s AND "idea"."id" = %s)',
        'DELETE FROM "idea" WHERE "idea"."id" IN (SELECT U0."id" FROM "idea" U0 WHERE U0."city_id" = %s)',
        'SELECT "session"."key" FROM "session" WHERE "session"."key" = %s',
        "SELECT 'FROM \"idea\"' AS words",
    ],
)
def test_a_statement_within_the_walls_passes(sql: str) -> None:
    assert find_unwalled_tables(sql, TABLES) == set()


@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        ('SELECT "idea"."city_id" FROM "idea" WHERE "idea"."id" = %s', {"idea"}),
        ('SELECT "idea"."city_id" FROM "idea"', {"idea"}),
        ('SELECT COUNT(*) FROM (SELECT "idea"."id" FROM "idea" LIMIT 10000) subquery', {"idea"}),
        ('SELECT 1 FROM "idea" WHERE "idea"."city_id" = 1 UNION SELECT 1 FROM "support"', {"support"}),
        ('SELECT (SELECT COUNT(*) FROM "support" U0 WHERE U0."city_id" = 1) FROM "idea" WHERE "idea"."id" = 1', {"idea"}),
        ('INSERT INTO "idea" ("title") VALUES (%s)', {"idea"}),
        ('UPDATE "idea" SET "city_id" = %s WHERE "idea"."id" = %s', {"idea"}),
        ('DELETE FROM "idea" WHERE "idea"."id" IN (1)', {"idea"}),
    ],
)
def test_a_statement_through_a_wall_is_caught(sql: str, tables: set[str]) -> None:
    assert find_unwalled_tables(sql, TABLES) == tables


def render(source: str, **values: object) -> str:
    """Render as if the template lay in the house."""
    template = engines["django"].from_string(source)
    template.template.origin = SimpleNamespace(name=f"{SOURCE}/kit/templates/kit/page.html", template_name="page.html")
    return template.render(values)


@pytest.mark.parametrize("source", ["{{ missing }}", "{{ idea.missing }}", "{{ missing|upper }}", "{% firstof missing %}x{{ y }}"])
def test_an_undefined_variable_is_caught(source: str) -> None:
    with pytest.raises(UndefinedVariable):
        render(source, idea={})


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("{{ missing|default:'-' }}", "-"),
        ("{{ missing|default:'' }}", ""),
        ("{% if missing %}yes{% else %}no{% endif %}", "no"),
        ("{{ here }}", "yes"),
        ("{{ nothing|default_if_none:'-' }}", "-"),
    ],
)
def test_a_variable_that_may_be_missing_passes(source: str, shown: str) -> None:
    assert render(source, here="yes", nothing=None) == shown


def test_another_machine_is_out_of_reach() -> None:
    with pytest.raises(OutsideConnection):
        socket.create_connection(("192.0.2.1", 80), timeout=0.1)
    with pytest.raises(OutsideConnection):
        socket.getaddrinfo("example.org", 80)
