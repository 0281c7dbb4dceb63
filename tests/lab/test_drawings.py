"""Drawings of building blocks: safe in a page, coloured on paper."""

from __future__ import annotations

from dataclasses import replace

from civitas.lab.cards import INK
from civitas.lab.drawings import PLAIN, drawing_of, drawing_on_paper
from civitas.processes.registry import Method, methods


def drawn(picture: str) -> Method:
    method = methods()["collect"]
    return replace(method, card=replace(method.card, picture=picture))


def test_a_drawing_that_could_act_is_not_shown() -> None:
    assert drawing_of(drawn('<svg viewBox="0 0 1 1"><script>alert(1)</script></svg>')) == drawing_of(drawn(PLAIN))


def test_who_brings_no_drawing_gets_an_empty_card() -> None:
    assert drawing_of(drawn("")) == drawing_of(drawn(PLAIN))


def test_on_paper_the_colours_stand_in_the_drawing() -> None:
    shapes = '<path class="move dashed" d="M0 0h9"/><rect class="ground" width="4" height="4"/>'
    paper = drawing_on_paper(drawn(f'<svg viewBox="0 0 9 9">{shapes}</svg>'), **INK)
    assert 'class="' not in paper
    assert f'stroke="{INK["move"]}" stroke-dasharray="1 6"' in paper
    assert f'fill="{INK["tint"]}"' in paper


def test_every_method_of_the_house_has_a_drawing_of_its_own() -> None:
    pictures = [method.card.picture for method in methods().values() if method.settings.__module__.startswith("civitas.")]
    assert all(pictures)
    assert len(set(pictures)) == len(pictures)
