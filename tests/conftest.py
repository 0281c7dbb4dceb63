"""The ground of every test: an environment of its own, and tripwires that hold while it runs (see tests/tripwires)."""

from __future__ import annotations

import datetime as dt
import gc
import os
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django
import hypothesis
import pytest
from tests import choosing, statements
from tests.tables import with_tables, with_tables_on

from civitas.project.environment import TABLE

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from concurrent.futures import Future

    from tests.browser.making import MadeDemo

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
RECORDER = statements.Recorder()
FOLDER = Path(tempfile.mkdtemp(prefix=f"civitas-test-{WORKER}-"))

# Set before Django reads its settings; nothing of the person's own environment may leak in, but for the database.
for variable in TABLE:
    if variable.name != "DATABASE_URL":
        os.environ.pop(variable.name, None)
os.environ |= {
    "DJANGO_SETTINGS_MODULE": "civitas.project.settings",
    "CIVITAS_DATA": str(FOLDER),
    "PROOF_COST": "0",  # tests of the proof of work ask for it
    "SECRET_KEY": "a key for tests only, which protects nothing",
}
# Whitenoise warns of a folder of collected files that is not there.
(FOLDER / "static").mkdir()


# The same examples in every run, and no verdict on how busy the machine is.
hypothesis.settings.register_profile("house", derandomize=True, deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("house")


def pytest_configure(config: pytest.Config) -> None:
    """Each worker reads the settings itself, with a folder of its own."""
    if getattr(config.option, "numprocesses", None) and not hasattr(config, "workerinput"):
        del os.environ["DJANGO_SETTINGS_MODULE"]
    else:
        django.setup()


def pytest_collection_finish() -> None:
    """What is loaded by now stays: looking through it again and again for what can go would be a tenth of the run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def pytest_unconfigure() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What proves the same on each database is left out on PostgreSQL, and counted as deselected: what touches none, and in CI
    what sends no statement that another test does not send (see tests/statements.py)."""
    if not os.environ.get("DATABASE_URL"):
        return
    kept = [item for item in items if _touches_database(item)]
    if os.environ.get("CI"):
        same = choosing.left_out(statements.CHOICE, (item.nodeid for item in kept if not statements.tells_of_the_database(item)))
        kept = [item for item in kept if item.nodeid not in same]
    left_out = set(items) - set(kept)
    config.hook.pytest_deselected(items=[item for item in items if item in left_out])
    items[:] = kept


def _touches_database(item: pytest.Item) -> bool:
    return item.get_closest_marker("django_db") is not None or not {"db", "transactional_db", "site"}.isdisjoint(item.fixturenames)


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """The tables are there already, in the databases below."""
    return True


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> Iterator[None]:
    """A database for each worker: a SQLite file on disk, as the house has one, or on PostgreSQL a copy beside the given one."""
    from django.conf import settings

    default: dict[str, Any] = settings.DATABASES["default"]
    if default["ENGINE"].endswith("sqlite3"):
        default.setdefault("TEST", {})["NAME"] = shutil.copyfile(with_tables(), FOLDER / "test.sqlite3")
        # No test pulls the plug of the machine; waiting for its disk would only make them slow.
        options = default["OPTIONS"]
        options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")
        yield
    else:
        import psycopg

        server, name = os.environ["DATABASE_URL"], f"test_civitas_{WORKER}"
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name}")
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {with_tables_on(server)}")
            default.setdefault("TEST", {})["NAME"] = name
            yield
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(autouse=True, scope="session")
def _connections_stay_open() -> Iterator[None]:
    """A file's response that a test closes itself would take the test's own connection and transaction along."""
    from django.db.backends.base.base import BaseDatabaseWrapper

    close = BaseDatabaseWrapper.close_if_unusable_or_obsolete

    def close_outside_transactions(connection: BaseDatabaseWrapper) -> None:
        if not connection.in_atomic_block:
            close(connection)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseWrapper, "close_if_unusable_or_obsolete", close_outside_transactions)
        yield


@pytest.fixture(autouse=True, scope="session")
def _filled_tables_are_emptied() -> Iterator[None]:
    from django.test import TransactionTestCase
    from tests.emptying import empty_filled_tables

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty_filled_tables)
        yield


@pytest.fixture(autouse=True, scope="session")
def _database_counts_as_small() -> Iterator[None]:
    """PostgreSQL's files keep what thousands of tests before wrote and rolled back: a large one would not be scrubbed by itself."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("civitas.redaction.scrubbing.MOST_BYTES", 10**12)
        yield


@pytest.fixture(autouse=True, scope="session")
def _cities_stay_known() -> Iterator[None]:
    """On a slow machine the seconds for which a city is kept end between two counts of queries, and the second is one more."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("civitas.cities.queries.KEPT_SECONDS", 600.0)
        yield


@pytest.fixture(autouse=True)
def _windows_stand_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is counted per ten minutes or hour starts anew at the full one, also in the middle of a test; who travels in time goes on."""
    from django.utils import timezone

    began = timezone.now()

    class Clock:
        @staticmethod
        def now() -> dt.datetime:
            now = timezone.now()
            return began if abs(now - began) < dt.timedelta(minutes=5) else now

    monkeypatch.setattr("civitas.people.counting.timezone", Clock)


@pytest.fixture(autouse=True, scope="session")
def _own_machine_only() -> Iterator[None]:
    from tests.tripwires.network import own_machine_only

    with own_machine_only():
        yield


@pytest.fixture(autouse=True, scope="session")
def demo_in_the_making(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Iterator[Future[MadeDemo] | None]:
    """The demo cities, where there are browser tests to come: they take a minute, and no worker has to stand still for them."""
    if not any("site" in item.fixturenames for item in request.session.items if isinstance(item, pytest.Function)):
        yield None
        return
    from tests.browser.making import make_demo

    base = tmp_path_factory.getbasetemp()
    with ThreadPoolExecutor(1) as maker:
        yield maker.submit(make_demo, (base if worker_id == "master" else base.parent) / "made-demo", dict(os.environ))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    if "STATEMENTS" not in os.environ:
        return (yield)
    with RECORDER.listening(item):
        return (yield)


def pytest_sessionfinish() -> None:
    if "STATEMENTS" in os.environ and RECORDER.tests:
        choosing.write_down(Path(os.environ["STATEMENTS"]), WORKER, RECORDER.tests)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """The tripwires hold while the test runs, not while it is set up: factories and flushes may see all cities."""
    from tests.tripwires.order import no_accidental_order
    from tests.tripwires.templates import defined_variables
    from tests.tripwires.walls import city_walls

    with ExitStack() as stack:
        stack.enter_context(city_walls())
        stack.enter_context(defined_variables())
        stack.enter_context(no_accidental_order())
        return (yield)
