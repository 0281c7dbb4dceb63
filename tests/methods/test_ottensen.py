"""697 real voices of Ottensen on one board, and the machine's proposal of groups; without the data, a small sample of our own."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.interop.desks import PACKS, desk_of
from tests.real import REAL, real_data

from civitas.boards.actions import open_board
from civitas.boards.queries import document_of
from civitas.interop.packs import load_pack
from civitas.methods.cluster.grouping import MOST_OF_MANY, propose_groups
from civitas.outbox.worker import run_due
from civitas.processes.models import Step

if TYPE_CHECKING:
    from civitas.boards.models import Board

SAMPLE = Path(__file__).parents[1] / "browser" / "voices.csv"


def texts() -> list[str]:
    with real_data("ottensen", "contributions.csv").open(encoding="utf-8", newline="") as file:
        return [f"{row['title']}\n{row['title']}\n{row['text'][:600]}" for row in csv.DictReader(file)]


@pytest.fixture
def board(db: None, tmp_path: Path) -> Board:
    """The board of a cluster step that comes after the one in which they were given."""
    desk = desk_of(load_pack(PACKS / "bonn"), "raddialog", tmp_path)
    path = REAL / "ottensen" / "contributions.csv"
    desk.take(path if path.exists() else SAMPLE)
    step = desk.process.steps.of(desk.city).get(position=1)
    values = {"title": {"de": "Themen finden"}, "settings": {}, "key": "themen", "position": 2, "method": "cluster", "override": "open"}
    cluster = Step.objects.create(city=desk.city, process=step.process, **values)
    cluster.city, cluster.process = desk.city, step.process
    return open_board(cluster)


def test_all_voices_lie_on_the_board_once_and_a_proposal_beside_them(board: Board) -> None:
    run_due()
    things = document_of(board)
    assert Counter(card.number for card in things.cards.values()).most_common(1)[0][1] == 1
    path = REAL / "ottensen" / "contributions.csv"
    with (path if path.exists() else SAMPLE).open(encoding="utf-8", newline="") as file:
        assert len(things.cards) == sum(1 for _row in csv.DictReader(file))
    proposed = {group.id for group in things.groups.values() if group.proposed and not group.gone}
    assert 1 <= len(proposed) <= MOST_OF_MANY
    assert all(group.title for group in things.groups.values())
    inside = [card for card in things.cards.values() if card.group in proposed]
    assert len(inside) >= 2 * len(proposed)
    assert {card.group for card in things.cards.values()} <= proposed | {""}
    # What stays alone lies below the groups, and no two lie on each other.
    lowest = max(group.y + group.h for group in things.groups.values())
    loose = [card for card in things.cards.values() if not card.group]
    assert all(card.y >= lowest for card in loose)
    assert len({(card.x, card.y) for card in loose}) == len(loose)


def test_a_proposal_of_hundreds_gathers_what_many_say_and_names_it_in_their_words() -> None:
    found = propose_groups(texts())
    names = [each.name for each in found]
    assert len(found) == MOST_OF_MANY
    assert len(set(names)) == len(names)
    # Large groups come first, no voice is in two, and together they gather what a person would not find by reading.
    assert sum(len(each.members) for each in found) >= 120
    members = [voice for each in found for voice in each.members]
    assert len(set(members)) == len(members)
    assert len(found[0].members) >= 10
    assert {"Kopfsteinpflaster", "Zebrastreifen", "Lessingtunnel", "Große Brunnenstraße", "Tempo 30", "Lastenräder"} <= set(names)
    # Each is a thing or a street, none an adjective or half a sentence.
    assert not {word for name in names for word in name.split(", ")} & {"Wünschenswert", "Sperrig", "Anfang", "Besuchern", "App"}
