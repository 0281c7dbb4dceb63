"""Faults in a pack's boards are named (what the cities' own hold: test_demo_cities.py)."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from tests.interop.desks import PACKS

from civitas.interop.demo_boards import check_boards
from civitas.kit.packs import Pack

if TYPE_CHECKING:
    from pathlib import Path


def test_a_faulty_file_of_boards_is_named_line_by_line(tmp_path: Path) -> None:
    folder = tmp_path / "klein"
    shutil.copytree(PACKS / "small", folder)
    (folder / "demo" / "boards.toml").write_text(
        '[[board]]\nprocess = "nirgends"\nstep = "plan"\nlead = "niemand"\nwall = 1\n'
        '[[board.card]]\nby = "niemand"\ntext = ""\ncolour = "gold"\nsize = 3\n'
        '[[board.group]]\nby = "niemand"\ntitle = "x"\nof = ["fehlt"]\n',
        encoding="utf-8",
    )
    faults = [str(fault) for fault in check_boards(Pack(folder))]
    assert faults == [
        "demo/boards.toml:1: 'wall' is not known here",
        "demo/boards.toml:1: the step 'plan' of 'nirgends' has no board",
        "demo/boards.toml:1: who leads, 'niemand', is not in demo/people.toml",
        "demo/boards.toml:1: 'niemand' of a group is not in demo/people.toml",
        "demo/boards.toml:1: the contribution 'fehlt' is not in demo/contributions.toml",
        "demo/boards.toml:1: 'size' of a card is not known here",
        "demo/boards.toml:1: 'niemand' of a card is not in demo/people.toml",
        "demo/boards.toml:1: a card has no words",
        "demo/boards.toml:1: 'gold' is no colour of a card (yellow, green, blue, red, white)",
    ]
