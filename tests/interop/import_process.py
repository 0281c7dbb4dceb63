"""An import in a process of its own, for tests that kill it: python import_process.py DATABASE PROCESS_ID FILE COMMENTS REJECTS."""

from __future__ import annotations

import sys
from pathlib import Path

import django
from django.conf import settings


def main(database: str, process_id: int, file: Path, comments: Path, rejects: Path) -> None:
    settings.DATABASES["default"]["NAME"] = database
    django.setup()

    from civitas.interop.comments import import_comments
    from civitas.interop.imports import import_contributions
    from civitas.people.actors import city_actor
    from civitas.processes.models import Process

    process = Process.objects.select_related("city").get(pk=process_id)
    actor = city_actor(process.city, channel="import")

    def quiet(done: int, total: int) -> None:
        pass

    unit = import_contributions(actor, process, file, rejects=rejects, chosen={}, progress=quiet).unit
    import_comments(actor, process, comments, rejects=rejects, chosen={}, progress=quiet, unit=unit)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), *map(Path, sys.argv[3:6]))
