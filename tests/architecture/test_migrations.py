"""Models and migrations agree."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    out = StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, stdout=out, stderr=out)
    except (SystemExit, CommandError):
        pytest.fail(f"`manage makemigrations` would write:\n{out.getvalue()}", pytrace=False)


@pytest.mark.django_db
def test_django_finds_nothing_to_complain_about() -> None:
    call_command("check", fail_level="WARNING")
