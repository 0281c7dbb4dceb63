"""Getting the database ready, once and again."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.apps import apps
from django.core.management import call_command
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import RunPython
from django.db.migrations.recorder import MigrationRecorder

if TYPE_CHECKING:
    from django.db.migrations.state import StateApps
    from django.db.models import Model

# A migration's operation with this hint makes what no model tells of: the word index, the journal's triggers.
BESIDE_MODELS = {"beside_models": True}


def prepare_database() -> None:
    """Make all tables or bring them up to date, the cache's included; quick when nothing is to do."""
    if not connection.introspection.table_names():
        make_tables()
    else:
        call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)


def make_tables() -> None:
    """Give an empty database its tables as the models are today, and note every migration as run.

    Running them one by one comes to the same (`tests/project/test_setup.py`) and takes a minute, nearly all of it for
    models of days gone by.
    """
    loader = MigrationLoader(connection)
    recorder = MigrationRecorder(connection)
    with connection.schema_editor(atomic=True) as editor:
        models: list[type[Model]] = [*apps.get_models(), recorder.Migration]
        for model in models:
            if model._meta.can_migrate(connection):
                editor.create_model(model)
        for operation in (each for migration in loader.graph.nodes.values() for each in migration.operations):
            if isinstance(operation, RunPython) and operation.hints == BESIDE_MODELS:
                operation.code(cast("StateApps", apps), editor)
        for label, name in loader.graph.nodes:
            recorder.record_applied(label, name)
    emit_post_migrate_signal(verbosity=0, interactive=False, db=connection.alias)
