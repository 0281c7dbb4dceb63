"""Names that hurt, and names that only sound like it."""

from __future__ import annotations

import pytest

from civitas.kit.words import hurts


@pytest.mark.parametrize(
    "name", ["Du Arschloch", "arsch", "4rschl0ch", "A.r.s.c.h.l.o.c.h", "Hurensöhne sind wir Hurensohn", "fuck u", "Sieg  Heil"]
)
def test_an_insult_is_no_name_in_any_city(name: str) -> None:
    assert hurts(name, [])


@pytest.mark.parametrize("name", ["Marschall", "Frau Barsch", "Depp, Johnny", "Fickert", "Spatz", "Hurtig", "Bushaltestelle Nord", "Nazim"])
def test_a_name_that_only_sounds_like_one_is_kept(name: str) -> None:
    assert not hurts(name, [])


def test_a_citys_own_words_count_as_well() -> None:
    assert hurts("Halt die Klappe", ["halt die klappe"])
    assert not hurts("Halt die Klappe", [])
