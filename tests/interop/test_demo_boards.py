"""The demo's boards: worked on by several people under the rules, concluded where they are over, and one still to come."""

from __future__ import annotations

import datetime as dt
import shutil
from typing import TYPE_CHECKING

import pytest
import time_machine
from tests.interop.desks import PACKS, ROOT

from civitas.boards.models import Board, Seat
from civitas.boards.queries import boards_of, document_of
from civitas.contributions.counts import miscounts
from civitas.contributions.models import MADE, Contribution
from civitas.interop.demo import load_demo
from civitas.interop.demo_boards import check_boards
from civitas.interop.packs import load_pack
from civitas.kit.packs import Pack
from civitas.processes.models import Step
from civitas.processes.registry import method_of
from civitas.processes.windows import state_of

if TYPE_CHECKING:
    from pathlib import Path

    from civitas.cities.models import City

pytestmark = pytest.mark.django_db
TODAY = dt.datetime(2026, 7, 1, 10, 0, tzinfo=dt.UTC)
SLUGS = {"hamburg": "umziehen", "kassel": "leihladen"}


def make(slug: str) -> City:
    city = load_pack(ROOT / "cities" / slug)
    load_demo(city, Pack(ROOT / "cities" / slug))
    return city


def steps_of(city: City, slug: str) -> dict[str, Step]:
    rows = Step.objects.of(city).filter(process__slug=slug).select_related("process__city", "city").order_by("position")
    return {row.method: row for row in rows}


@pytest.mark.parametrize("slug", SLUGS)
def test_each_city_has_a_process_of_boards_that_several_people_filled(slug: str) -> None:
    with time_machine.travel(TODAY, tick=False):
        city = make(slug)
        steps = steps_of(city, SLUGS[slug])
        states = {key: str(state_of(step)) for key, step in steps.items() if method_of(step).board}
        assert {"open", "closed"} <= set(states.values())
        assert "planned" in {str(state_of(step)) for step in steps_of(city, SLUGS[slug]).values()}
        assert {step.override for step in steps.values()} == {""}
        for step in [step for step in steps.values() if boards_of(step)]:
            assert Seat.objects.of(city).filter(board__step=step).count() >= 4, step.key
        # What is over was concluded, through to the voices it comes from; a second conclusion makes nothing new.
        over = [steps[key] for key, state in states.items() if state == "closed"]
        for step in over:
            assert Contribution.objects.of(city).filter(step=step, kind__in=MADE, listed=1).exists(), step.key
            assert all(row.given_at <= step.closes_at + dt.timedelta(days=1) for row in Contribution.objects.of(city).filter(step=step))
        assert miscounts(city) == []
        if slug == "kassel":
            check_kassel(city, steps)


def check_kassel(city: City, steps: dict[str, Step]) -> None:
    """Cards, groups, dots and promises lie there, and a second start leaves them alone."""
    things = {key: document_of(boards_of(step)[0]) for key, step in steps.items() if boards_of(step)}
    assert sorted(things) == ["brainstorm", "canvas", "cluster", "dots", "plan"]
    assert len(things["cluster"].groups) == 3
    assert len({card.region for card in things["canvas"].cards.values() if card.region}) == 9
    assert len(things["dots"].dots) == 29
    assert sum(bool(card.fields.get("who")) for card in things["plan"].cards.values()) == 6
    assert len(things["brainstorm"].cards) == 9
    result = Contribution.objects.of(city).get(kind="result")
    assert "1. Nah dran und lange offen (13 Punkte)" in result.text
    before = list(Board.objects.of(city).order_by("pk").values("pk", "sequence", "version"))
    load_demo(city, Pack(ROOT / "cities" / "kassel"))
    assert list(Board.objects.of(city).order_by("pk").values("pk", "sequence", "version")) == before


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
