"""What was blacked out is in no byte of the database's files, the log of writes, or the folder of files."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.db import connection
from django.utils import timezone
from tests.factories import make_city
from tests.redaction.places import FORMS, NUMBER, found_in_rows, make_town
from tests.tables import with_tables

from civitas.kit.personal import Span
from civitas.outbox.models import OutboxRow
from civitas.outbox.tasks import TaskFault
from civitas.project.cli import main
from civitas.redaction import tasks
from civitas.redaction.actions import redact_contribution

ROOT = Path(__file__).resolve().parents[2]
GIVE = """if True:
    import django; django.setup()
    from django.core.files.storage import default_storage
    from tests.redaction.places import make_town
    from civitas.media.actions import path_of
    from civitas.media.models import Derivative
    town = make_town("hamburg")
    for name in Derivative.objects.of(town.city).order_by("width").values_list("name", flat=True):
        with default_storage.open(path_of(town.city, name)) as stored:
            print(stored.read()[200:232].hex())
"""
REDACT = """if True:
    import django; django.setup()
    from tests.redaction.places import NUMBER
    from civitas.contributions.models import Attachment, Contribution
    from civitas.cities.models import City
    from civitas.kit.personal import Span
    from civitas.media.redacting import Area
    from civitas.people.actors import actor_of
    from civitas.people.models import Participant
    from civitas.redaction.actions import redact_contribution
    city = City.objects.get()
    row = Contribution.objects.of(city).get(number=1)
    at = row.text.index(NUMBER)
    file = Attachment.objects.of(city).get().file_id
    moderator = actor_of(Participant.objects.of(city).get(pseudonym="Mona"))
    spans, areas = {"text": [Span(at, at + len(NUMBER))]}, {file: [Area(30, 30, 40, 40)]}
    redact_contribution(moderator, row, reason="contact", version=row.version, spans=spans, areas=areas)
"""


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a PostgreSQL server's files are its own")
def test_after_the_scrub_the_number_and_the_picture_are_in_no_file(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "PYTEST_CURRENT_TEST"}}
    environment |= {"CIVITAS_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "civitas.project.settings"}
    environment["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(ROOT / "src")])

    def run(*arguments: str) -> str:
        return subprocess.run([sys.executable, *arguments], env=environment, check=True, capture_output=True, text=True).stdout

    def holding(needle: bytes) -> list[str]:
        return sorted(path.name for path in tmp_path.rglob("*") if path.is_file() and needle in path.read_bytes())

    shutil.copyfile(with_tables(), tmp_path / "civitas.sqlite3")
    pictures = [bytes.fromhex(line) for line in run("-c", GIVE).split()]
    assert len(pictures) == 3
    for needle in (b"7654321", *pictures):
        assert holding(needle)
    run("-c", REDACT)
    for picture in pictures:
        assert holding(picture) == []
    said = run("-m", "civitas.project.cli", "scrub")
    assert "backups" in said
    for needle in (*(form.encode() for form in FORMS), NUMBER.encode("utf-16-le"), NUMBER.encode("utf-16-be")):
        assert holding(needle) == []
    assert holding("█".encode())


@pytest.mark.django_db(transaction=True)
def test_the_command_runs_on_either_database_and_says_what_is_out_of_reach() -> None:
    town = make_town()
    at = town.row.text.index(NUMBER)
    spans = {"text": [Span(at, at + len(NUMBER))]}
    redact_contribution(town.moderator, town.row, reason="contact", version=town.row.version, spans=spans)
    answer = CliRunner().invoke(main, ["scrub"])
    assert answer.exit_code == 0
    assert "Out of reach, and yours to deal with: backups" in answer.output
    assert found_in_rows(*FORMS) == []


@pytest.mark.django_db
def test_several_redactions_are_followed_by_one_scrub_when_it_is_quiet() -> None:
    town = make_town()
    for words in ("Abends", "Auch"):
        town.row.refresh_from_db()
        at = town.row.text.index(words)
        spans = {"text": [Span(at, at + len(words))]}
        redact_contribution(town.moderator, town.row, reason="other", version=town.row.version, spans=spans)
    row = OutboxRow.objects.of(town.city).get(kind="redaction.scrub")
    assert row.run_at > timezone.now() + dt.timedelta(minutes=5)


@pytest.mark.django_db
def test_a_large_database_is_left_to_the_command_and_a_reader_makes_it_try_again(monkeypatch: pytest.MonkeyPatch) -> None:
    city, scrubbed = make_city(), []
    monkeypatch.setattr(tasks, "scrub_database", lambda: bool(scrubbed.append(1)))
    monkeypatch.setattr(tasks, "MOST_BYTES", 1)
    tasks.scrub(city)
    assert scrubbed == []
    monkeypatch.setattr(tasks, "MOST_BYTES", 10**12)
    with pytest.raises(TaskFault):
        tasks.scrub(city)
    assert scrubbed == [1]
