"""The database's own refusal to change the journal, for whoever comes round the models.

A migration that alters one of the two tables installs them again: SQLite loses a table's triggers when Django remakes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

# Sealing sets the number of an entry, once, and nothing else; entries and seals never leave.
_KEPT = ("id", "city_id", "at", "alias", "verb", "subject", "details")

_SQLITE = {
    "journal_entry_kept": (
        "BEFORE UPDATE ON journal_entry WHEN OLD.number IS NOT NULL OR "
        + " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in _KEPT)
        + " BEGIN SELECT RAISE(ABORT, 'the journal is not changed'); END"
    ),
    "journal_entry_stays": "BEFORE DELETE ON journal_entry BEGIN SELECT RAISE(ABORT, 'nothing leaves the journal'); END",
    "journal_seal_kept": "BEFORE UPDATE ON journal_seal BEGIN SELECT RAISE(ABORT, 'the journal is not changed'); END",
    "journal_seal_stays": "BEFORE DELETE ON journal_seal BEGIN SELECT RAISE(ABORT, 'nothing leaves the journal'); END",
}
_POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION journal_refuses() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the journal is not changed, and nothing leaves it' USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
_POSTGRESQL = {
    "journal_entry_kept": (
        "journal_entry",
        "BEFORE UPDATE ON journal_entry FOR EACH ROW WHEN (OLD.number IS NOT NULL OR "
        + " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in _KEPT)
        + ") EXECUTE FUNCTION journal_refuses()",
    ),
    "journal_entry_stays": ("journal_entry", "BEFORE DELETE ON journal_entry FOR EACH ROW EXECUTE FUNCTION journal_refuses()"),
    "journal_entries_stay": ("journal_entry", "BEFORE TRUNCATE ON journal_entry FOR EACH STATEMENT EXECUTE FUNCTION journal_refuses()"),
    "journal_seal_kept": ("journal_seal", "BEFORE UPDATE ON journal_seal FOR EACH ROW EXECUTE FUNCTION journal_refuses()"),
    "journal_seal_stays": ("journal_seal", "BEFORE DELETE ON journal_seal FOR EACH ROW EXECUTE FUNCTION journal_refuses()"),
    "journal_seals_stay": ("journal_seal", "BEFORE TRUNCATE ON journal_seal FOR EACH STATEMENT EXECUTE FUNCTION journal_refuses()"),
}


def install_triggers(connection: BaseDatabaseWrapper) -> None:
    """Let the database refuse to change what is sealed and to remove anything."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRESQL_FUNCTION)
            for name, (_table, body) in _POSTGRESQL.items():
                cursor.execute(f"CREATE TRIGGER {name} {body}")
        else:
            for name, body in _SQLITE.items():
                cursor.execute(f"CREATE TRIGGER {name} {body}")


def remove_triggers(connection: BaseDatabaseWrapper) -> None:
    """Take the refusal away: before the tables themselves go, or a whole database is emptied."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for name, (table, _body) in _POSTGRESQL.items():
                cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
        else:
            for name in _SQLITE:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
