from contextlib import suppress
from pathlib import Path

from django.core.files.storage import default_storage
from django.db import migrations


def move(apps, schema_editor):
    """First editions lay beside the folders of the others."""
    for archive in apps.get_model("interop", "Archive").objects.filter(edition=0).only("city_id", "uid").iterator():
        home = Path(default_storage.path(f"exports/{archive.city_id}/{archive.uid}"))
        files = [path for path in home.iterdir() if path.is_file()] if home.exists() else []
        for path in files:
            (home / "0").mkdir(exist_ok=True)
            with suppress(FileNotFoundError):  # the worker had just finished with it
                path.replace(home / "0" / path.name)


class Migration(migrations.Migration):
    dependencies = [
        ("interop", "0004_editions_of_archives"),
    ]

    operations = [migrations.RunPython(move, migrations.RunPython.noop, elidable=True)]
