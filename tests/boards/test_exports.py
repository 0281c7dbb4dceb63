"""What one takes along of a board: words of all scripts, and nothing that a spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pypdfium2
import pytest
from tests.boards.playing import sit
from tests.factories import make_browser

from civitas.boards.actions import put_on_board
from civitas.boards.exports import board_csv
from civitas.boards.outline import Entry, Section
from civitas.boards.things import Card, Group
from civitas.kit.pdf import may_print

if TYPE_CHECKING:
    from civitas.boards.models import Board

WORDS = {
    "umlauts": "Größere Bäume für die Straße, „schön“ & günstig; 20 % mehr",
    "emoji": "Familien 👩‍👩‍👧‍👦 auf dem Rad 🚲 🇩🇪",
    "arabic": "مزيد من الظل في الساحة",
    "hebrew": "עוד צל בכיכר",
    "lines": "erste Zeile\nzweite Zeile",
    "quotes": 'sie sagte "ja"; er nicht',
}
FORMULAS = [
    "=1+1",
    "+1",
    "-1+2",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "\uff1d1",
    '=HYPERLINK("http://evil.example";"x")',
    "=cmd|'/c calc'!A0",
]


def table_of(*cards: Card, title: str = "Kühle", by: str = "Emine") -> list[list[str]]:
    sections = [Section("group", "g", title, entries=[Entry(card, by, connected=(card.text,)) for card in cards])]
    answer = board_csv(sections, "brett", {"who": "Who"})
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_words_of_all_scripts_come_back_as_they_were() -> None:
    cards = [Card(name, text=text, fields={"who": text}) for name, text in WORDS.items()]
    assert [row[1] for row in table_of(*cards)[1:]] == list(WORDS.values())


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_is_a_formula_whoever_typed_it_where(formula: str) -> None:
    row = table_of(Card("a", text=formula, fields={"who": formula}), title=formula, by=formula)[1]
    assert [row[0], row[1], row[2], row[4], row[5]] == [f"'{formula}"] * 5


@pytest.mark.skipif(not may_print(), reason="this machine has no Pango")
def test_two_hundred_cards_of_all_scripts_are_on_paper(board: Board) -> None:
    actor, seat = sit(board)
    groups = [Group(f"group{n:07d}", by=seat.alias, title=f"Gruppe {n}: Straßen", y=n * 400) for n in range(10)]
    texts = list(WORDS.values())
    cards = [
        Card(f"card{n:08d}", by=seat.alias, text=f"{n}: {texts[n % len(texts)]}", group=groups[n % 10].id, x=n, colour="green")
        for n in range(200)
    ]
    put_on_board(board, lambda _there: [*groups, *cards])
    answer = make_browser(board.city, actor.participant).get(f"/en/pinnwand/{board.uid}/papier.pdf")
    paper = pypdfium2.PdfDocument(answer.content)
    said = "".join(page.get_textpage().get_text_bounded() for page in paper)
    assert 5 <= len(paper) <= 20
    assert all(f"{n}:" in said for n in range(200))
    assert "Größere Bäume für die Straße" in said
    paper.close()
