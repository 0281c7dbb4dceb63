"""Canvases: those of the house are sound, and what is wrong with one is refused by name and line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.factories import make_city

from civitas.boards.canvas_models import CanvasRegionRow, CanvasRow
from civitas.boards.canvases import LEAST_HEIGHT, LEAST_WIDTH, check_canvas
from civitas.boards.posters import FOLDER, canvas_by_key, canvas_choices, house_canvases
from civitas.kit.packs import Pack
from civitas.kit.translated import Translated

if TYPE_CHECKING:
    from pathlib import Path

HOUSE = ["blueprint", "business-model", "journey", "persona", "stakeholders", "value"]
TOO_NARROW = f"two.toml:16: “Right” is too narrow: a card needs a width of {LEAST_WIDTH}."
TOO_LOW = f"two.toml:16: “Right” is too low: heading and a card need a height of {LEAST_HEIGHT}."
SOUND = """key = "two"
title = { de = "Zwei", en = "Two", simple = "Zwei" }
size = [500, 300]

[[region]]
key = "left"
title = { de = "Links", en = "Left", simple = "Links" }
question = { de = "Was?", en = "What?", simple = "Was?" }
x = 0
y = 0
w = 240
h = 300
colour = "white"
holds = 1

[[region]]
key = "right"
title = { de = "Rechts", en = "Right", simple = "Rechts" }
question = { de = "Wer?", en = "Who?", simple = "Wer?" }
x = 256
y = 0
w = 240
h = 300
colour = "green"
holds = 1
"""


def faults(folder: Path, text: str) -> list[str]:
    (folder / "two.toml").write_text(text, encoding="utf-8")
    return [str(fault) for fault in check_canvas(Pack(folder), "two.toml")]


def test_the_house_has_six_sound_canvases() -> None:
    assert sorted(house_canvases()) == HOUSE


@pytest.mark.parametrize("key", HOUSE)
def test_a_canvas_of_the_house_is_named_like_its_file(key: str) -> None:
    assert (FOLDER / f"{key}.toml").exists()
    assert 6 <= len(house_canvases()[key].regions) <= 12


def test_a_sound_file_has_no_faults(tmp_path: Path) -> None:
    assert faults(tmp_path, SOUND) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("x = 256", "x = 200", ["two.toml:16: “Right” overlaps “Left”."]),
        ('key = "right"', 'key = "left"', ["two.toml:16: There are two regions “left”."]),
        ('colour = "green"', 'colour = "pink"', ["two.toml:16: “Right” has an unknown colour: pink."]),
        ("x = 256\ny = 0\nw = 240", "x = 256\ny = 0\nw = 150", [TOO_NARROW]),
        ("h = 300\ncolour = \"green\"", "h = 90\ncolour = \"green\"", [TOO_LOW]),
        ("x = 256", "x = 280", ["two.toml:16: “Right” reaches beyond the edge of the canvas."]),
        ('colour = "green"\nholds = 1', 'colour = "green"\nholds = 9', ["two.toml:16: “Right” has room for 1 cards."]),
        ('en = "Who?", ', "", ["two.toml:16: the question of 'right' lacks en"]),
        ("x = 256\n", "", ["two.toml:16: 'right' has no x"]),
        ("size = [500, 300]", "size = [500]", ["two.toml: is no canvas: not enough values to unpack (expected 2, got 1)"]),
        ("size = [500, 300]", "", ["two.toml:1: 'canvas' has no size"]),
        ('key = "two"', 'key = "Two!"', ["two.toml:1: the key 'Two!' is not made of small letters, digits and hyphens"]),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_line(tmp_path: Path, old: str, new: str, said: list[str]) -> None:
    assert old in SOUND
    assert faults(tmp_path, SOUND.replace(old, new)) == said


@pytest.mark.django_db
def test_a_citys_own_canvas_goes_before_one_of_the_house_and_is_no_other_citys() -> None:
    here, there = make_city("hamburg"), make_city("kassel")
    row = CanvasRow.objects.create(city=here, key="persona", title=Translated(de="Unsere"), width=400, height=300)
    CanvasRegionRow.objects.create(
        city=here, canvas=row, position=1, key="who", title=Translated(de="Wer"), x=0, y=0, w=240, h=260, colour="white", holds=1
    )
    own, house = canvas_by_key(here, "persona"), canvas_by_key(there, "persona")
    assert own is not None
    assert [region.key for region in own.regions] == ["who"]
    assert house == house_canvases()["persona"]
    assert canvas_choices(here)[0] == ("persona", "Unsere")
    assert len(canvas_choices(here)) == len(canvas_choices(there)) == len(HOUSE)
    assert canvas_by_key(here, "made-up") is None


@pytest.mark.django_db
def test_a_pack_brings_canvases_and_updates_them_by_key(tmp_path: Path) -> None:
    from civitas.boards.packs import check_canvases, load_canvases

    (tmp_path / "canvases").mkdir()
    (tmp_path / "canvases" / "two.toml").write_text(SOUND, encoding="utf-8")
    city = make_city("hamburg")
    assert list(check_canvases(Pack(tmp_path))) == []
    load_canvases(city, Pack(tmp_path))
    (tmp_path / "canvases" / "two.toml").write_text(SOUND.replace("Rechts", "Daneben"), encoding="utf-8")
    load_canvases(city, Pack(tmp_path))
    canvas = canvas_by_key(city, "two")
    assert canvas is not None
    assert [region.title["de"] for region in canvas.regions] == ["Links", "Daneben"]
    assert CanvasRow.objects.of(city).get(key="two").version == 2


def test_two_canvases_of_one_key_are_named(tmp_path: Path) -> None:
    from civitas.boards.packs import check_canvases

    (tmp_path / "canvases").mkdir()
    for name in ("one.toml", "two.toml"):
        (tmp_path / "canvases" / name).write_text(SOUND, encoding="utf-8")
    assert [str(fault) for fault in check_canvases(Pack(tmp_path))] == [
        "canvases/two.toml:1: the key 'two' stands in canvases/one.toml too"
    ]
