from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import migrations

from civitas.journal.triggers import install_triggers, remove_triggers

if TYPE_CHECKING:
    from django.apps.registry import Apps
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def install(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    install_triggers(schema_editor.connection)


def remove(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    remove_triggers(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_entries_and_seals")]

    operations = [migrations.RunPython(install, remove, hints={"beside_models": True})]
