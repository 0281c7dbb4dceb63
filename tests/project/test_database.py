"""The database keeps what it acknowledged."""

import os
import subprocess
import sys

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

pytestmark = pytest.mark.django_db(transaction=True)


def test_sqlite_writes_ahead_and_waits_for_the_disk(tmp_path):
    # In a process of its own: the tests' database waits for no disk.
    code = """if True:
        import django; django.setup()
        from django.db import connection
        with connection.cursor() as cursor:
            print([cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous", "foreign_keys")])
    """
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"} | {"CIVITAS_DATA": str(tmp_path)}
    environment["DJANGO_SETTINGS_MODULE"] = "civitas.project.settings"
    found = subprocess.run([sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True)
    assert found.stdout.strip() == "['wal', 2, 1]"


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL locks rows")
def test_a_transaction_asks_for_the_write_lock_at_once():
    with CaptureQueriesContext(connection) as captured, transaction.atomic():
        pass
    assert captured.captured_queries[0]["sql"] == "BEGIN IMMEDIATE"


def test_no_transaction_lies_round_whole_requests():
    assert connection.settings_dict["ATOMIC_REQUESTS"] is False
