"""Who leaves is in no row any more, and in no byte of the files; what they gave goes along, or stays without a name."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from tests.people.marked import OWN, PERSON, SHARED, TEXTS, make_marked, places_of, point_at, rooms_without, still_named
from tests.tables import with_tables

from civitas.contributions.counts import miscounts
from civitas.contributions.models import Contribution
from civitas.outbox.worker import run_due
from civitas.people.leaving import Texts, leave

ROOT = Path(__file__).resolve().parents[2]
# These point at the nameless row that is left: that two different people of the team decided about illegal content has to be shown as
# long as the matter is kept, and a decision names the suspension that it made.
NAMELESS = {
    "people.suspension.participant",
    "unlawful.access.asked_by",
    "unlawful.access.granted_by",
    "unlawful.complaint.decided_by",
    "unlawful.evidence.proposed_by",
    "unlawful.evidence.sealed_by",
    "unlawful.matter.decided_by",
}
# What the city was given, and what was written about it.
GIVEN = {
    *(f"contributions.contribution.{name}" for name in ("title", "text", "audience", "proposal", "benefit", "place_name")),
    *(f"contributions.revision.{name}" for name in ("title", "text", "audience", "proposal", "benefit")),
    *("contributions.attachment.alt", "media.mediafile.title", "boards.boardpicture.alt", "boards.boardupdate.data", "index"),
    *("coproduction.sectiontext.text", "coproduction.wording.text", "moderation.decision.text"),
}
WRITTEN_TOGETHER = {"coproduction.sectiontext.text", "coproduction.wording.text", "index"}
MARK = """if True:
    import django; django.setup()
    from tests.people.marked import make_marked
    from civitas.media.models import Derivative
    from civitas.media.actions import path_of
    from civitas.outbox.worker import run_due
    from django.core.files.storage import default_storage
    marked = make_marked()
    run_due()
    for name in Derivative.objects.of(marked.city).order_by("pk").values_list("name", flat=True):
        with default_storage.open(path_of(marked.city, name)) as stored:
            print("piece", stored.read()[-64:-32].hex())
"""
LEAVE = """if True:
    import django; django.setup()
    from civitas.cities.models import City
    from civitas.outbox.worker import run_due
    from civitas.people.leaving import Texts, leave
    from civitas.people.models import Participant
    city = City.objects.get()
    leave(city, Participant.objects.of(city).get(pseudonym="{name}"), texts=Texts("{texts}"))
    run_due()
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("texts", "stays"), [(Texts.GO, set()), (Texts.STAY, GIVEN)])
def test_nothing_of_who_left_is_in_any_row(texts: Texts, stays: set[str]) -> None:
    marked = make_marked()
    run_due()
    assert all(places_of(mark) for mark in (PERSON, OWN))
    assert (places_of(TEXTS) >= GIVEN, places_of(SHARED) >= WRITTEN_TOGETHER) == (True, True)
    point_at(marked.person)
    assert rooms_without(marked.person) == []
    marked.person.refresh_from_db()
    leave(marked.city, marked.person, texts=texts)
    run_due()
    assert set(still_named(marked.person)) <= NAMELESS
    assert (places_of(PERSON), places_of(OWN), places_of(TEXTS)) == (set(), set(), stays)
    assert places_of(SHARED) == WRITTEN_TOGETHER
    kept = Contribution.objects.of(marked.city).filter(text__contains=TEXTS)
    assert (kept.exists(), kept.exclude(author=None).exclude(author__pseudonym="Bob").exists()) == (texts == Texts.STAY, False)
    assert miscounts(marked.city) == []


def run(folder: Path, *arguments: str) -> str:
    """Run Python in a house that keeps its data in this folder; what it prints."""
    environment = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "PYTEST_CURRENT_TEST"}}
    environment |= {"CIVITAS_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "civitas.project.settings"}
    environment["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(ROOT / "src")])
    return subprocess.run([sys.executable, *arguments], env=environment, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def marked_house(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """The data of a house with somebody who gave everything, and a piece of each picture; to be copied."""
    folder = tmp_path_factory.mktemp("marked")
    shutil.copyfile(with_tables(), folder / "civitas.sqlite3")
    return folder, [line.split()[1] for line in run(folder, "-c", MARK).splitlines() if line.startswith("piece ")]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a PostgreSQL server's files are its own")
@pytest.mark.parametrize(("texts", "left"), [(Texts.GO, [SHARED]), (Texts.STAY, [TEXTS, SHARED])])
def test_nothing_of_who_left_is_in_any_byte_of_the_files(
    marked_house: tuple[Path, list[str]], tmp_path: Path, texts: Texts, left: list[str]
) -> None:
    def found(*needles: str) -> list[str]:
        """Which of these are in a file, however they are written."""
        data = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
        forms = {needle: {form.encode(code) for form in (needle, needle.lower()) for code in ("utf-8", "utf-16-le")} for needle in needles}
        return [needle for needle, each in forms.items() if any(form in content for content in data for form in each)]

    def holding(piece: str) -> bool:
        return any(bytes.fromhex(piece) in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())

    house, pieces = marked_house
    shutil.copytree(house, tmp_path, dirs_exist_ok=True)
    assert len(pieces) >= 3
    assert all(map(holding, pieces))
    assert found(PERSON, OWN, TEXTS, SHARED) == [PERSON, OWN, TEXTS, SHARED]
    run(tmp_path, "-c", LEAVE.format(name=PERSON, texts=texts))
    assert any(map(holding, pieces)) is (texts == Texts.STAY)
    run(tmp_path, "-m", "civitas.project.cli", "scrub")
    assert found(PERSON, OWN, TEXTS, SHARED) == left
