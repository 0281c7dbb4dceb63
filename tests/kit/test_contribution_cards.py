from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from django.urls import set_script_prefix
from django.utils import timezone, translation

from civitas.kit import contribution_cards
from civitas.kit.contribution_cards import ContributionCard, draw

TODAY = timezone.localdate()
CARD = ContributionCard(
    number=1204,
    path="/beitrag/1204-mehr-schatten",
    kind="idea",
    title="Mehr Schatten",
    teaser="Im Sommer ist es hier zu heiß.",
    language="de",
    given_by="Dilek",
    place="Ottensen",
    lat=53.5521,
    lon=9.9321,
    picture="",
    status="planned",
    given_on=TODAY,
    answer_on=None,
    support_total=0,
    comment_count=0,
)
# One other value of each field, and what the card says of it.
CHANGES: list[tuple[str, Any, str]] = [
    ("number", 7, 'data-number="7"'),
    ("path", "/beitrag/7-x", 'href="/beitrag/7-x"'),
    ("kind", "improvement", "Verbesserung von Dilek"),
    ("title", "Mehr <Licht>", "Mehr &lt;Licht&gt;"),
    ("teaser", "Es ist dunkel.", "„Es ist dunkel.“"),
    ("language", "en", 'lang="en"'),
    ("given_by", "", "Idee</span>"),
    ("place", "Veddel", "<b>Veddel</b>"),
    ("lat", 53.5, 'data-lat="53.5"'),
    ("lon", 9.9, 'data-lon="9.9"'),
    ("picture", "/medien/a.webp", 'src="/medien/a.webp"'),
    ("status", "done", "Umgesetzt"),
    ("support_total", 1284, "1\u202f284"),
    ("comment_count", 3, "3 Kommentare"),
    ("made_as", "Thema", "Thema</span>"),
]


@pytest.fixture(autouse=True)
def _fresh() -> None:
    contribution_cards._drawn.cache_clear()


@pytest.mark.parametrize(("name", "value", "said"), CHANGES)
def test_a_card_that_is_remembered_never_says_what_is_no_longer_so(name: str, value: object, said: str) -> None:
    with translation.override("de"):
        before = draw(CARD)
        after = draw(replace(CARD, **{name: value}))
    assert said not in before
    assert said in after


def test_the_day_that_is_promised_or_else_the_day_it_came_stands_beside_what_waits() -> None:
    came = replace(CARD, status="received", given_on=dt.date(TODAY.year, 3, 4))
    with translation.override("de"):
        assert "Eingegangen am 4. März" in draw(came)
        assert "Antwort bis 6. Mai" in draw(replace(came, answer_on=dt.date(TODAY.year, 5, 6)))


def test_each_language_has_a_card_of_its_own() -> None:
    try:
        with translation.override("de"):
            assert "Idee von Dilek" in draw(CARD)
        set_script_prefix("/en/")
        with translation.override("en"):
            assert "Idea from Dilek" in draw(CARD)
            assert 'href="/en/beitrag/1204-mehr-schatten"' in draw(CARD)
    finally:
        set_script_prefix("/")


def test_the_same_card_is_drawn_once() -> None:
    with translation.override("de"):
        assert draw(CARD) == draw(replace(CARD))
    assert contribution_cards._drawn.cache_info()[:2] == (1, 1)


def test_every_field_of_a_card_has_been_thought_of() -> None:
    assert {name for name, *_rest in CHANGES} | {"given_on", "answer_on"} == set(ContributionCard.__slots__)
