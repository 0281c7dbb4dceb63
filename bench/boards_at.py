"""The rows of the bench `boards`, in a process of its own.

`python -m bench.boards_at prepare FOLDER` makes the tables; `build FOLDER BOARDS PEOPLE` makes a city with so many boards and people
at each, and prints them as JSON; `cards FOLDER BOARD` prints the ids of what lies there; `size FOLDER EDITS` prints size and opening time
before and after compaction.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

from bench.server import HOST

PEOPLE = 50  # who make the edits of `size`
ROUNDS = 7


def main(part: str, folder: Path, *rest: str) -> None:
    """Start Django on the folder's database and do the part."""
    os.environ |= {"CIVITAS_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "civitas.project.settings", "RATE_FACTOR": "1000000"}
    folder.mkdir(parents=True, exist_ok=True)
    import django

    django.setup()
    from bench.boards_method import install
    from civitas.project.setup import prepare_database

    prepare_database()
    install()
    if part == "prepare":
        print("{}")
    elif part == "build":
        _build(int(rest[0]), int(rest[1]))
    elif part == "cards":
        _cards(rest[0])
    else:
        _size(int(rest[0]))


def _step() -> Any:
    from django.utils import timezone

    from civitas.cities.models import City, CityHost
    from civitas.kit.translated import Translated
    from civitas.processes.models import Process, Step

    city = City.objects.filter(slug="bench").first()
    if city is None:
        settings = {
            "languages": ["de"],
            "modules": ["processes"],
            "map": {"center": [10, 53.5], "zoom": 10, "bounds": [9.8, 53.4, 10.2, 53.7]},
        }
        city = City.objects.create(slug="bench", name=Translated({"de": "Bench"}), settings=settings)
        CityHost.objects.create(city=city, host=HOST)
        Process.objects.create(city=city, slug="boards", state="published", title=Translated({"de": "Bretter"}))
    process = Process.objects.of(city).get(slug="boards")
    position = Step.objects.of(city).filter(process=process).count() + 1
    values = {"key": f"step-{position}", "position": position, "method": "bench", "title": Translated({"de": "Brett"})}
    return Step.objects.create(city=city, process=process, settings={}, opens_at=timezone.now(), **values)


def _build(boards: int, people: int) -> None:
    from django.http import HttpResponse

    from civitas.boards.actions import open_board, take_seat
    from civitas.people.actors import Actor, remember_guest
    from civitas.people.models import Participant

    made = []
    for _ in range(boards):
        board = open_board(_step())
        seats = []
        for number in range(people):
            guest = Participant.objects.create(city=board.city, pseudonym=f"Gast {number}")
            seat = take_seat(Actor(board.city, guest), board)
            response = HttpResponse()
            remember_guest(response, guest)
            seats.append({"alias": seat.alias, "cookie": response.cookies.output(header="", attrs=[]).strip()})
        made.append({"uid": str(board.uid), "seats": seats})
    print(json.dumps(made))


def _cards(uid: str) -> None:
    from civitas.boards.queries import board_by_uid, document_of
    from civitas.cities.models import City

    board = board_by_uid(City.objects.get(slug="bench"), uid)
    assert board is not None
    print(json.dumps(sorted(document_of(board).cards)))


def _size(edits: int) -> None:
    """A board on which fifty people laid, moved, wrote and coloured, as the log has it, compacted, and as one that just says the same."""
    from civitas.boards.actions import open_board, put_anew, put_on_board
    from civitas.boards.charters import Charter
    from civitas.boards.documents import change_document, new_document
    from civitas.boards.log import updates_of
    from civitas.boards.opened import Made, OpenBoard
    from civitas.boards.sheets import Tried
    from civitas.boards.tasks import compact
    from civitas.boards.things import Card

    chance = random.Random(5)  # noqa: S311  (a bench wants the same edits each time)
    board, fresh = open_board(_step()), open_board(_step())
    opened = OpenBoard(board)
    browsers = [new_document(opened.main.sound.get_update(), client=1_000 + number) for number in range(PEOPLE)]
    charter = Charter(write="all", move="all", colour=True, limit=edits)
    alias = "benchben"
    for number in range(edits):
        browser = chance.choice(browsers)
        cards = list(opened.things.cards.values())
        if len(cards) < 20 or number % 25 == 0:
            wanted = Card(
                f"card{number:08d}", by=alias, text="Mehr Schatten auf dem Platz", x=chance.randrange(2_000), y=chance.randrange(2_000)
            )
        elif number % 5 == 0:
            card = chance.choice(cards)
            wanted = replace(card, text=f"{card.text} und mehr"[:200])
        else:
            wanted = replace(chance.choice(cards), x=chance.randrange(2_000), y=chance.randrange(2_000))
        tried = opened.main.try_update(change_document(browser, [wanted]), alias, charter)
        if not isinstance(tried, Tried):
            raise TypeError(tried.code)
        opened.commit([Made(None, None, tried)])
        for other in browsers:
            other.apply_update(tried.update)
    things = list(opened.things.cards.values())
    put_on_board(fresh, lambda _there: things)
    figures = {"edits": edits, "cards": len(things), "log": _measured(board)}
    put_anew(board)  # as the worker does once the step has closed
    compact(board.city, board.pk)
    figures |= {"compacted": _measured(board), "fresh": _measured(fresh)}
    if sorted(updates_of(board.city, board.pk, None)[1]) == []:
        raise RuntimeError("the board is empty")
    print(json.dumps(figures))


def _measured(board: Any) -> dict[str, float]:
    from civitas.boards.log import updates_of
    from civitas.boards.opened import OpenBoard

    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        opened = OpenBoard(board)
        opened.main.sound.get_update()
        times.append((time.perf_counter() - start) * 1000)
    return {"bytes": sum(map(len, updates_of(board.city, board.pk, None)[1])), "ms": median(times)}


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:])
