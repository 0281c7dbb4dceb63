"""Emptying the whole database, journal included: knowingly, and only as a whole."""

from __future__ import annotations

from typing import Any

from django.core.management.commands.flush import Command as FlushCommand
from django.db import connections, transaction

from civitas.cities.walls import across_cities
from civitas.journal.triggers import install_triggers, remove_triggers


class Command(FlushCommand):
    """Django's flush, which the journal's triggers would refuse."""

    def handle(self, **options: Any) -> None:
        """Empty every table; should that fail, the transaction brings the triggers back."""
        connection = connections[options["database"]]
        with across_cities("the whole database is emptied"), transaction.atomic(using=options["database"]):
            remove_triggers(connection)
            # Tables without a model (word index, map cells) go along.
            super().handle(**{**options, "allow_cascade": True})
            install_triggers(connection)
