"""An empty database gets its tables from the models; what the migrations would have made is the same."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import psycopg
import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from tests.factories import make_city, make_contribution, make_process, make_step
from tests.tables import ROOT, beside, with_tables, with_tables_on

from civitas.cockpit.models import Figure
from civitas.kit.rooms import rooms
from civitas.outbox.models import OutboxRow
from civitas.outbox.worker import run_due
from civitas.project.setup import prepare_database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Columns stand in the order in which they came; nothing asks for them by place.
_ON_SQLITE = """
SELECT tbl_name, type, sql FROM sqlite_master WHERE type <> 'table' AND sql IS NOT NULL
UNION ALL
SELECT listed.name, 'column', info.name || ' ' || info.type || ' ' || info."notnull" || ' ' || coalesce(info.dflt_value, '') || info.pk
FROM pragma_table_list AS listed, pragma_table_xinfo(listed.name) AS info WHERE listed.schema = 'main'
UNION ALL
SELECT listed.name, 'key', keys."table" || ' ' || keys."from" || ' ' || keys."to" || ' ' || keys.on_delete
FROM pragma_table_list AS listed, pragma_foreign_key_list(listed.name) AS keys WHERE listed.schema = 'main'
"""
# PostgreSQL keeps the first name of a column in the name by which it refuses NULL; Django's own join of groups has a shorter key.
_ON_POSTGRESQL = """
SELECT table_name, 'column', concat_ws(' ', column_name, udt_name, character_maximum_length, is_nullable, column_default, is_identity)
FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'auth_group_permissions'
UNION ALL
SELECT tablename, 'index', indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL
SELECT conrelid::regclass::text, 'constraint', conname || ' ' || pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
UNION ALL
SELECT tgrelid::regclass::text, 'trigger', pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
"""
# After each operation Django makes all models anew that hang together, and by the city all do: a minute, from which no table comes.
# Here it makes the one that changed. To Django the others are late then, and a migration's own code gets all of them as they are by then.
_MIGRATE = """if True:
    from django.core.management import execute_from_command_line
    from django.db.migrations.state import ProjectState

    def only_itself(state, app_label, model_name, delay=False):
        state.is_delayed = True
        return {(app_label, model_name)}

    ProjectState._find_reload_model = only_itself
    for command in ("migrate", "createcachetable"):
        execute_from_command_line(["civitas", command, "--verbosity", "0"])
"""
_NOTED = "SELECT app, 'migration', name FROM django_migrations"


def checks(sql: str) -> Iterator[str]:
    """The conditions in the words by which SQLite made a table, which its catalogue does not take apart."""
    for found in re.finditer(r"CHECK \(", sql):
        depth, end = 1, found.end()
        while depth:
            depth += {"(": 1, ")": -1}.get(sql[end], 0)
            end += 1
        yield sql[found.start() : end]


def described_file(path: Path) -> set[tuple[str, ...]]:
    with closing(sqlite3.connect(path)) as database:
        found = {*database.execute(_ON_SQLITE), *database.execute(_NOTED)}
        tables = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table' AND sql IS NOT NULL").fetchall()
    return found | {(name, "check", condition) for name, sql in tables for condition in checks(sql)}


def described_database(url: str) -> set[tuple[str, ...]]:
    with psycopg.connect(url) as connection:
        return {*connection.execute(_ON_POSTGRESQL), *connection.execute(_NOTED)}


def migrate(folder: Path, **more: str) -> None:
    """Run every migration, one after the other, as in a house that was there from the first day."""
    environment = os.environ | {"CIVITAS_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "civitas.project.settings", **more}
    subprocess.run([sys.executable, "-c", _MIGRATE], env=environment, cwd=ROOT, check=True)


@pytest.mark.django_db
def test_tables_are_what_the_migrations_make(tmp_path: Path) -> None:
    server, name = os.environ.get("DATABASE_URL"), "civitas_migrated"
    if server is None:
        migrate(tmp_path)
        made, expected = described_file(with_tables()), described_file(tmp_path / "civitas.sqlite3")
    else:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        migrate(tmp_path, DATABASE_URL=beside(server, name))
        made, expected = described_database(beside(server, with_tables_on(server))), described_database(beside(server, name))
    assert len(expected) > 2_000
    assert made - expected == set()
    assert expected - made == set()


@pytest.mark.django_db(transaction=True)
def test_an_update_has_the_worker_count_once_what_a_city_keeps() -> None:
    """A house from before the figures starts with the new version: no request and no command counts, and a further start neither."""
    towns = [make_city("hamburg"), make_city("kassel")]
    for city in towns:
        make_contribution(make_step(make_process(city)), "Bänke")
    MigrationRecorder(connection).record_unapplied("cockpit", "0002_count_once")

    def noted() -> int:
        return sum(OutboxRow.objects.of(city).filter(kind="outbox.recount").count() for city in towns)

    def miscounts() -> list[str]:
        return [fault for city in towns for room in rooms() for each in room.recounts for fault in each.miscounts(city)]

    prepare_database()
    assert (noted(), Figure.objects.of(towns[0]).count()) == (2, 0)
    assert miscounts() != []
    for _start in range(2):
        run_due()
        assert (noted(), miscounts()) == (2, [])
        prepare_database()
    assert all(Figure.objects.of(city).exists() for city in towns)
