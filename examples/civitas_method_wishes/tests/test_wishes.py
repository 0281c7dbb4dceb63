"""The wish tree in a house: in the catalogue, at work, concluded. Run from the folder of Civitas Digitalis, with this package installed."""

from __future__ import annotations

import pytest
from tests.factories import SETTINGS, make_actor, make_browser, make_city, make_process, make_step

from civitas.boards.actions import open_board, put_on_board
from civitas.boards.things import Card
from civitas.contributions.models import Contribution, Link
from civitas.processes.registry import methods

pytestmark = pytest.mark.django_db


def test_it_hangs_on_the_wall_of_cards() -> None:
    city = make_city("hamburg", settings=SETTINGS | {"modules": [*SETTINGS["modules"], "lab"]})
    browser = make_browser(city)
    assert "Wunschbaum" in browser.get("/baukasten").content.decode()
    assert browser.get("/baukasten/wish_tree/probieren").status_code == 200


def test_wishes_become_ideas_of_one_theme_once() -> None:
    city = make_city("hamburg")
    step = make_step(make_process(city, "platz"), position=1, method="wish_tree")
    assert make_browser(city).post("/beteiligung/platz/schritt/1").status_code == 303
    texts = ("Eine Schaukel", "Mehr Licht")
    put_on_board(open_board(step), lambda _there: [Card(f"wish{number:04d}", text=text) for number, text in enumerate(texts)])
    owner = make_actor(city, "owner")
    first, second = methods()["wish_tree"].conclude(owner, step), methods()["wish_tree"].conclude(owner, step)
    assert (first.made, second.again) == (second.made, True)
    assert sorted(row.title for row in Contribution.objects.of(city).filter(kind="idea")) == sorted(texts)
    assert Link.objects.of(city).filter(target__kind="theme", kind="grouped_into").count() == len(texts)
