"""Getting the database ready, once and again."""

from __future__ import annotations

from django.core.management import call_command


def prepare_database() -> None:
    """Make all tables or bring them up to date, the cache's included; quick when nothing is to do."""
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
