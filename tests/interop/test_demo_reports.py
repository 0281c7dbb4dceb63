"""Reports of the demo: the faults of their file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from civitas.interop.demo_reports import REPORTS, check_reports
from civitas.kit.packs import Pack

if TYPE_CHECKING:
    from pathlib import Path

PEOPLE = '[[person]]\nkey = "alice"\npseudonym = "Alice"\n'
WHOLE = '[[report]]\nprocess = "abend"\nby = "alice"\nreleased_by = "alice"\ndays_ago = 3\n'


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (WHOLE, []),
        (WHOLE.replace("abend", "morgen"), [f"{REPORTS}:1: there is no process 'morgen'"]),
        (WHOLE.replace("days_ago = 3\n", ""), [f"{REPORTS}:1: 'days_ago' is missing"]),
        (WHOLE.replace('\nby = "alice"', '\nby = "bob"'), [f"{REPORTS}:1: 'bob' is not in demo/people.toml"]),
        (WHOLE + 'colour = "red"\n', [f"{REPORTS}:1: 'colour' is not known here"]),
        (
            WHOLE + '[report.section]\nintro = "Hallo"\n',
            [f"{REPORTS}:1: 'intro' is no section of a report (asked, people, said, happens, not, next)"],
        ),
    ],
)
def test_faults_are_named(tmp_path: Path, entry: str, words: list[str]) -> None:
    for folder in ("demo", "processes"):
        (tmp_path / folder).mkdir()
    (tmp_path / "demo" / "people.toml").write_text(PEOPLE)
    (tmp_path / "processes" / "abend.toml").write_text('slug = "abend"\n')
    (tmp_path / REPORTS).write_text(entry)
    assert [str(fault) for fault in check_reports(Pack(tmp_path))] == words
