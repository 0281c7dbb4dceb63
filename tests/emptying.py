"""After a test with transactions of its own: the tables that it filled are emptied, and no other is touched.

Django's way empties every table and writes all permissions anew, which takes longer than most of these tests.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connections, transaction

from civitas.cities.walls import across_cities
from civitas.journal.triggers import install_triggers, remove_triggers

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.test import TransactionTestCase

# What the migrations wrote, which nothing in a test adds to.
KEPT = {"django_migrations", "django_content_type", "auth_permission"}
JOURNAL = {"journal_entry", "journal_seal"}
_SQLITE = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual') AND name NOT LIKE 'sqlite_%'"
_POSTGRESQL = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"


def empty_filled_tables(case: TransactionTestCase) -> None:
    """Stands in for what Django does when such a test ends."""
    for name in case._databases_names(include_mirrors=False):
        connection = connections[name]
        with across_cities("the whole database is emptied"):
            filled = filled_tables(connection)
            # No row outlives what it points to: all go.
            with connection.constraint_checks_disabled(), transaction.atomic(using=name):
                _delete(connection, filled)


def filled_tables(connection: BaseDatabaseWrapper) -> list[str]:
    """The tables with a row, word index and map cells among them."""
    with connection.cursor() as cursor:
        cursor.execute(_POSTGRESQL if connection.vendor == "postgresql" else _SQLITE)
        tables = sorted({table for (table,) in cursor.fetchall()} - KEPT)
        cursor.execute(" UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {table})" for table in tables))
        return [table for (table,) in cursor.fetchall()]


def _delete(connection: BaseDatabaseWrapper, tables: list[str]) -> None:
    guarded = connection.vendor != "postgresql" and not JOURNAL.isdisjoint(tables)
    if guarded:
        remove_triggers(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")  # no trigger refuses, none looks for what points here
        for table in tables:
            cursor.execute(f"DELETE FROM {table}")
    if guarded:
        install_triggers(connection)
