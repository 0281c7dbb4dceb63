"""The demo's school class: checked with file and line, made by the action of the desk, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import timezone
from tests.factories import make_city, make_process, make_staff
from tests.interop.desks import ROOT

from civitas.classes.models import SchoolClass, Seat
from civitas.interop.demo_city import Demo
from civitas.interop.demo_classes import CLASSES, check_classes, load_classes
from civitas.kit.packs import Pack

if TYPE_CHECKING:
    from pathlib import Path

PEOPLE = '[[person]]\nkey = "alice"\nroles = ["owner"]\n[[person]]\nkey = "bob"\nroles = ["facilitator"]\n'
PROCESSES = {"processes/y.toml": 'slug = "y"\n', "processes/draft.toml": 'slug = "draft"\nstate = "draft"\n'}
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
    assert words in " ".join(faults(tmp_path, CLASS + entry))


@pytest.mark.parametrize(
    ("right", "wrong", "fault"),
    [
        ('process = "y"', 'process = "z"', "the pack has no public process 'z'"),
        ('process = "y"', 'process = "draft"', "the pack has no public process 'draft'"),
        ("until_in = 9", "until_in = 0", "'until_in' is a number of days from 1 to 366"),
        ("until_in = 9", "until_in = -9", "'until_in' is a number of days from 1 to 366"),
        ("until_in = 9", "until_in = 367", "'until_in' is a number of days from 1 to 366"),
        ("until_in = 9", 'until_in = "9"', "'until_in' is a number of days from 1 to 366"),
    ],
)
def test_a_process_that_is_not_there_and_days_that_are_none_are_named_before_anything_is_loaded(
    tmp_path: Path, right: str, wrong: str, fault: str
) -> None:
    entry = CLASS + 'person = "alice"\nseats = 3\n'
    assert faults(tmp_path, entry) == []
    assert faults(tmp_path, entry.replace(right, wrong)) == [f"{CLASSES}:1: {fault}"]


@pytest.mark.django_db
def test_a_class_is_made_once_also_in_a_process_that_has_no_step_yet(tmp_path: Path) -> None:
    assert faults(tmp_path, CLASS + 'person = "alice"\nseats = 3\npupils = ["Elbotter"]\n') == []
    city = make_city("hamburg")
    make_process(city, "y")
    demo = Demo(city, Pack(tmp_path), timezone.now(), people={"alice": make_staff(city, "owner")})
    for _start in range(2):
        load_classes(demo)
    assert list(SchoolClass.objects.of(city).values_list("name", "process__slug")) == [("8b", "y")]
    assert list(Seat.objects.of(city).exclude(participant=None).values_list("participant__pseudonym", flat=True)) == ["Elbotter"]


def faults(folder: Path, classes: str) -> list[str]:
    """What the check says of these classes, beside two people and two processes."""
    for name, text in {"demo/people.toml": PEOPLE, CLASSES: classes, **PROCESSES}.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    return [str(fault) for fault in check_classes(Pack(folder))]
