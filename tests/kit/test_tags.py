from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.template import Context, Template
from django.utils import timezone, translation

from civitas.kit import frontend
from civitas.kit.river import water_through
from civitas.kit.templatetags import kit


@pytest.mark.parametrize(
    ("language", "said"),
    [("de", "„Hallo“"), ("de-simple", "„Hallo“"), ("en", "‘Hallo’"), ("uk", "«Hallo»"), ("xx", "„Hallo“")],
)
def test_quotation_marks_are_those_of_the_language(language: str, said: str) -> None:
    assert kit.quoted("Hallo", language) == said


def test_marks_that_a_text_brings_along_are_not_doubled() -> None:
    assert kit.quoted("„Hallo.“", "de") == "„Hallo.“"


def test_a_quoted_text_is_shown_as_text() -> None:
    page = Template("{% load kit %}{% quoted text 'de' %}").render(Context({"text": "<script>"}))
    assert page == "„&lt;script&gt;“"


@pytest.mark.parametrize(("language", "said"), [("de", "1\u202f284"), ("en", "1,284"), ("de-simple", "1\u202f284")])
def test_large_numbers_are_grouped(language: str, said: str) -> None:
    with translation.override(language):
        assert kit.number(1284) == said


@pytest.mark.parametrize(("name", "letters"), [("Hinrich", "Hi"), ("élan", "Él"), ("_7x", "X"), ("", ""), ("李小", "李小")])
def test_initials_are_letters(name: str, letters: str) -> None:
    assert kit.initials(name) == letters


def test_an_icon_is_silent_and_an_unknown_one_is_a_pin() -> None:
    assert 'aria-hidden="true"' in kit.icon("clock")
    assert kit.icon("never-drawn") == kit.icon("pin")


def test_an_icons_class_cannot_break_out() -> None:
    assert '"><b>' not in kit.icon("clock", '"><b>')


@pytest.mark.parametrize("state", [*kit.STATUS, "something else"])
def test_every_status_has_icon_and_word(state: str) -> None:
    shown = kit.status(state)
    assert shown["word"]
    assert (kit.ICONS / f"{shown['sign']}.svg").exists()


@pytest.mark.parametrize("count", [1, 2, 5, 6])
def test_a_river_runs_through_every_station(count: int) -> None:
    states = ["done"] * (count - 1) + ["now"]
    water = water_through(states)
    assert [mark.state for mark in water.marks] == states
    assert all(0 <= mark.x <= 1120 for mark in water.marks)
    assert water.flowed.endswith(f"{water.marks[-1].x} {water.marks[-1].y}")


def test_water_to_come_starts_where_it_is_now() -> None:
    water = water_through(["done", "now", "next"])
    assert water.coming.startswith(f"M{water.marks[1].x} {water.marks[1].y}C")


@pytest.mark.parametrize(
    ("status", "days_ago", "promised"),
    [("received", 1, True), ("received", 20, False), ("in_review", 1, False), ("done", 1, False)],
)
def test_an_answer_is_promised_only_while_it_can_be_kept(status: str, days_ago: int, *, promised: bool) -> None:
    item = SimpleNamespace(status=status, given_at=timezone.now() - timedelta(days=days_ago))
    city = SimpleNamespace(promised_days=14)
    assert (kit.answer_by(item, city) is not None) is promised
    assert kit.answer_by(item, None) is None


def test_an_island_comes_with_what_it_imports_and_no_second_main_script(monkeypatch: pytest.MonkeyPatch) -> None:
    manifest = {
        "src/main.ts": {"file": "main-1.js"},
        "src/islands/keep-draft.ts": {"file": "keep-draft-1.js"},
        "src/islands/giving.ts": {"file": "giving-1.js", "imports": ["src/islands/keep-draft.ts", "src/main.ts"]},
    }
    monkeypatch.setattr(frontend, "_manifest", lambda: manifest)
    page = Template("{% load kit %}{% island 'giving' %}").render(Context())
    assert (
        page.index('rel="modulepreload"') < page.index("keep-draft-1.js") < page.index('<script type="module"') < page.index("giving-1.js")
    )
    assert "main-1.js" not in page


def test_options_say_what_is_chosen_and_how_many_each_leaves() -> None:
    choices = [
        SimpleNamespace(value="", label="Alle", current=False, count=None),
        SimpleNamespace(value="a", label="<Veddel>", current=True, count=1200),
    ]
    with translation.override("de"):
        page = Template("{% load kit %}{% options choices %}").render(Context({"choices": choices}))
    assert page == '<option value="">Alle</option><option value="a" selected>&lt;Veddel&gt; (1\u202f200)</option>'


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Mehr Bänke", "Mehr Bänke"),
        ("Mehr Bänke für die anderen. Und Schatten", "Mehr Bänke für die anderen …"),
        ("Mehr Bänke für die anderen – und", "Mehr Bänke für die anderen …"),
        ("Donaudampfschifffahrtsgesellschaft", "Donaudampfschifffahrtsgesell …"),
    ],
)
def test_a_shortened_text_ends_with_a_whole_word_and_no_mark(text, shown):
    assert kit.shortened(text, 29) == shown


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("hitze@hamburg.example", "hitze@<wbr>hamburg.<wbr>example"),
        ("hamburg.example/klasse", "hamburg.<wbr>example<wbr>/klasse"),
        ("<b>@x.de", "&lt;b&gt;@<wbr>x.<wbr>de"),
        ("", ""),
    ],
)
def test_a_mail_address_may_break_where_it_is_read_as_parts(address, shown):
    assert kit.breakable(address) == shown
