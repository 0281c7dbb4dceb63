"""The demo's team: in both cities somebody is away with a deputy, notes lie there, and somebody is invited."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.interop.desks import ROOT

from civitas.interop.demo_team import TEAM, check_team
from civitas.kit.packs import Pack

if TYPE_CHECKING:
    from pathlib import Path

PEOPLE = """
[[person]]
key = "alice"
roles = ["expert"]
[[person]]
key = "bob"
roles = ["facilitator"]
"""


@pytest.mark.parametrize("city", ["hamburg", "kassel"])
def test_both_cities_have_a_team_at_work(city: str) -> None:
    pack = Pack(ROOT / "cities" / city)
    assert list(check_team(pack)) == []
    counts = {table: sum(1 for _entry in pack.entries(TEAM, table)) for table in ("absence", "note", "invitation")}
    assert min(counts.values()) >= 1
    assert any(entry.get("deputy") for _line, entry in pack.entries(TEAM, "absence"))


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ('[[absence]]\nperson = "alice"\nfrom_in = 0\nuntil_in = 1\ndeputy = "bob"', "cannot stand in"),
        ('[[absence]]\nperson = "alice"\nfrom_in = 2\nuntil_in = 1', "days from today"),
        ('[[absence]]\nperson = "alice"\nfrom_in = "x"\nuntil_in = 1', "days from today"),
        ('[[absence]]\nperson = "charlie"\nfrom_in = 0\nuntil_in = 1', "is not in demo/people.toml"),
        ('[[note]]\nkey = "x"\nperson = "alice"\ndays_ago = 1', "'text' is missing"),
        ('[[note]]\nkey = "x"\nperson = "alice"\ntext = "y"\ndays_ago = 1\ncolour = "red"', "'colour' is not known here"),
        ('[[invitation]]\nperson = "alice"\nmail = "x@example.org"\nrole = "king"', "is no role"),
        ('[[invitation]]\nperson = "alice"\nmail = "x@example.org"\nrole = "owner"', "is no administrator"),
    ],
)
def test_faults_are_named(tmp_path: Path, entry: str, words: str) -> None:
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "people.toml").write_text(PEOPLE)
    (tmp_path / TEAM).write_text(entry)
    assert words in " ".join(str(fault) for fault in check_team(Pack(tmp_path)))
