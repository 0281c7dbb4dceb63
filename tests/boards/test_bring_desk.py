"""The screen on which who leads brings contributions to a board."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.factories import make_browser, make_city, make_contribution, make_participant, make_process, make_staff, make_step

from civitas.boards.actions import open_board
from civitas.boards.bringing import AT_ONCE
from civitas.boards.leading import set_tables
from civitas.boards.models import Board
from civitas.boards.queries import boards_of, document_of
from civitas.people.actors import actor_of

if TYPE_CHECKING:
    from django.test import Client

    from civitas.processes.models import Step

pytestmark = pytest.mark.django_db
URL = "/verwaltung/beteiligungen/ottensen/schritt/2/beitraege-holen"


@pytest.fixture
def collected() -> Step:
    return make_step(make_process(make_city("hamburg"), "ottensen"), position=1)


@pytest.fixture
def step(collected: Step) -> Step:
    return make_step(collected.process, position=2, method="cluster", settings={"proposal": "asked"})


def desk(step: Step, role: str = "facilitator") -> Client:
    return make_browser(step.city, make_staff(step.city, role))


def texts(step: Step) -> list[str]:
    return sorted(card.text for board in boards_of(step) for card in document_of(board).cards.values())


def test_how_many_and_which_is_seen_before_they_come(step: Step, collected: Step) -> None:
    open_board(step)
    make_contribution(collected, "Mehr Bänke")
    make_contribution(collected, "Mehr Schatten")
    browser = desk(step)
    page = browser.get(URL).content.decode()
    assert "2 neue passen" in page
    assert "Mehr Bänke" in page
    assert "2 Beiträge holen" in page
    assert texts(step) == []
    answer = browser.post(URL, follow=True)
    assert "2 Beiträge liegen jetzt auf der Pinnwand." in answer.content.decode()
    assert texts(step) == ["Mehr Bänke", "Mehr Schatten"]
    page = browser.get(URL).content.decode()
    assert "Nichts Neues passt" in page
    assert "do-bring" not in page


def test_only_what_the_address_asks_for_comes(step: Step, collected: Step) -> None:
    open_board(step)
    make_contribution(collected, "Eine Idee")
    make_contribution(collected, "Besser machen", kind="improvement")
    desk(step).post(f"{URL}?from=process&kind=improvement")
    assert texts(step) == ["Besser machen"]


def test_before_there_is_a_board_it_is_set_up_here(step: Step, collected: Step) -> None:
    make_contribution(collected, "Liegt von selbst da")
    browser = desk(step)
    assert "Es gibt noch keine Pinnwand" in browser.get(URL).content.decode()
    assert not Board.objects.of(step.city).exists()
    assert browser.post(URL).status_code == 303
    assert texts(step) == ["Liegt von selbst da"]


def test_each_table_has_its_own(step: Step, collected: Step) -> None:
    open_board(step)
    set_tables(actor_of(make_staff(step.city, "facilitator")), step, 2)
    make_contribution(collected, "Für Tisch 2")
    browser = desk(step)
    assert f"{URL}?tisch=2" in browser.get(URL).content.decode()
    assert browser.post(f"{URL}?tisch=2").headers["Location"].startswith(f"{URL}?tisch=2&")
    assert {board.table: len(document_of(board).cards) for board in boards_of(step)} == {0: 0, 1: 0, 2: 1}
    assert browser.get(f"{URL}?tisch=7").status_code == 404


def test_many_are_on_their_way_and_a_second_press_brings_none_of_them_again(step: Step, collected: Step) -> None:
    open_board(step)
    for number in range(AT_ONCE + 1):
        make_contribution(collected, f"Idee {number}")
    browser = desk(step)
    answer = browser.post(URL, follow=True)
    assert f"{AT_ONCE + 1} Beiträge sind unterwegs." in answer.content.decode()
    second = browser.post(URL)
    assert second.status_code == 409
    assert "Alles davon liegt schon dort." in second.content.decode()


def test_beyond_ten_thousand_nothing_is_counted_and_a_sentence_says_what_comes(
    step: Step, collected: Step, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_board(step)
    for number in range(4):
        make_contribution(collected, f"Idee {number}")
    monkeypatch.setattr("civitas.boards.choosing.MOST_MATCHES", 3)
    monkeypatch.setattr("civitas.boards.bring_desk.MOST_AT_ONCE", 2)
    page = desk(step).get(URL).content.decode()
    assert "Mehr als 10.000 passen" in page
    assert "2 in der gewählten Reihe" in page


def test_a_full_board_says_so(step: Step, collected: Step, monkeypatch: pytest.MonkeyPatch) -> None:
    open_board(step)
    make_contribution(collected, "Passt nicht mehr")
    monkeypatch.setattr("civitas.methods.cluster.board.LIMIT", 0)
    page = desk(step).get(URL).content.decode()
    assert "Die Pinnwand ist voll" in page
    assert "do-bring" not in page


@pytest.mark.parametrize("verb", ["get", "post"])
def test_nobody_else_brings(step: Step, collected: Step, verb: str) -> None:
    open_board(step)
    make_contribution(collected, "Bleibt, wo es ist")
    assert getattr(make_browser(step.city), verb)(URL).status_code == 302
    for person in (make_participant(step.city), make_staff(step.city, "moderator")):
        assert getattr(make_browser(step.city, person), verb)(URL).status_code == 403
    other = make_city("kassel")
    assert getattr(make_browser(other, make_staff(other, "owner")), verb)(URL).status_code == 404
    assert texts(step) == []


def test_the_pages_of_who_leads_show_the_way_and_nobody_elses(step: Step) -> None:
    open_board(step)
    for page in ("/beteiligung/ottensen/schritt/2", "/beteiligung/ottensen/schritt/2/leiten"):
        assert URL in desk(step).get(page).content.decode()
    assert URL not in make_browser(step.city).get("/beteiligung/ottensen/schritt/2").content.decode()


def test_a_card_leads_back_to_its_contribution_with_and_without_scripts(step: Step, collected: Step) -> None:
    row = make_contribution(collected, "Mehr Bänke")
    open_board(step)
    browser = make_browser(step.city, make_participant(step.city))
    page = browser.post("/beteiligung/ottensen/schritt/2", follow=True).content.decode()
    assert f'href="/beitrag/{row.number}"' in page
    assert '"contribution": "/beitrag/{number}"' in page
