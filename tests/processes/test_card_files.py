"""A method's card as a file: read whole, refused by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from civitas.kit.translated import Translated
from civitas.processes.card_files import CardFault, read_card
from civitas.processes.registry import Card, Line

if TYPE_CHECKING:
    from pathlib import Path

WHOLE = """
intent = { de = "Wofür", en = "What for", simple = "Wofür" }
when = { de = "Wann", en = "When", simple = "Wann" }
when_not = { de = "Wann nicht", en = "When not", simple = "Wann nicht" }
goes_in = { de = "Hinein", en = "In", simple = "Hinein" }
comes_out = { de = "Heraus", en = "Out", simple = "Heraus" }

[[material]]
de = "Stifte"

[[script]]
minutes = 3
phase = "own"
say.de = "Guten Tag"
do.de = "Winken"

[[script]]
say.de = "Auf Wiedersehen"
"""


def written(folder: Path, text: str) -> Path:
    (folder / "card.toml").write_text(text, encoding="utf-8")
    return folder


def test_a_card_is_read_whole(tmp_path: Path) -> None:
    card = read_card(written(tmp_path, WHOLE))
    assert card == Card(
        intent=Translated(de="Wofür", en="What for", simple="Wofür"),
        when=Translated(de="Wann", en="When", simple="Wann"),
        when_not=Translated(de="Wann nicht", en="When not", simple="Wann nicht"),
        goes_in=Translated(de="Hinein", en="In", simple="Hinein"),
        comes_out=Translated(de="Heraus", en="Out", simple="Heraus"),
        script=(Line(Translated(de="Guten Tag"), Translated(de="Winken"), 3, "own"), Line(Translated(de="Auf Wiedersehen"), Translated())),
        materials=(Translated(de="Stifte"),),
        source=Translated(),
    )


def test_a_drawing_beside_it_comes_along(tmp_path: Path) -> None:
    (tmp_path / "card.svg").write_text('<svg viewBox="0 0 240 140"><path class="ground" d="M0 0h9"/></svg>', encoding="utf-8")
    assert read_card(written(tmp_path, WHOLE)).picture.startswith("<svg")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("intent = ", "card.toml"),
        (WHOLE.replace("comes_out", "come_out"), "'come_out'"),
        (WHOLE.replace('when = { de = "Wann", en = "When", simple = "Wann" }', ""), "'when' is missing"),
        (WHOLE.replace('{ de = "Hinein", en = "In", simple = "Hinein" }', '"In"'), "'goes_in' wants its text by language"),
    ],
)
def test_a_broken_card_is_refused_by_name(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(CardFault, match=said):
        read_card(written(tmp_path, text))


def test_a_drawing_that_could_act_is_refused(tmp_path: Path) -> None:
    (tmp_path / "card.svg").write_text('<svg viewBox="0 0 1 1"><script/></svg>', encoding="utf-8")
    with pytest.raises(CardFault, match="script"):
        read_card(written(tmp_path, WHOLE))


def test_a_folder_without_a_card_is_named(tmp_path: Path) -> None:
    with pytest.raises(CardFault, match="no such file"):
        read_card(tmp_path)
