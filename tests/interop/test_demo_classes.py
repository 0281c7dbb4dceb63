"""The demo's school class: checked with file and line, made by the action of the desk, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.interop.desks import ROOT

from civitas.interop.demo_classes import CLASSES, check_classes
from civitas.kit.packs import Pack

if TYPE_CHECKING:
    from pathlib import Path

PEOPLE = '[[person]]\nkey = "alice"\nroles = ["owner"]\n[[person]]\nkey = "bob"\nroles = ["facilitator"]\n'
CLASS = '[[class]]\nkey = "x"\nprocess = "y"\nname = "8b"\nuntil_in = 9\n'


def test_hamburg_has_a_class_with_pupils() -> None:
    pack = Pack(ROOT / "cities" / "hamburg")
    assert list(check_classes(pack)) == []
    assert [len(entry["pupils"]) for _line, entry in pack.entries(CLASSES, "class")] == [5]


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ('person = "bob"\nseats = 3', "'bob' makes no classes"),
        ('person = "charlie"\nseats = 3', "'charlie' makes no classes"),
        ('person = "alice"\nseats = 1\npupils = ["a", "b"]', "with one for each of the pupils"),
        ('person = "alice"\nseats = 61', "'seats' is a number up to 60"),
        ('person = "alice"', "'seats' is missing"),
        ('person = "alice"\nseats = 3\nroom = 5', "'room' is not known here"),
    ],
)
def test_faults_are_named(tmp_path: Path, entry: str, words: str) -> None:
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "people.toml").write_text(PEOPLE)
    (tmp_path / CLASSES).write_text(CLASS + entry)
    assert words in " ".join(str(fault) for fault in check_classes(Pack(tmp_path)))
