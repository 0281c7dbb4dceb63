"""Blanks of templates: what they hold, where they are broken, and that nobody's text is ever taken for a program."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civitas.answering.blanks import KNOWN, faults_in, fill, known_blanks, open_blanks, read

VALUES = {"name": "Marthe", "title": "Eine Bank", "number": "12", "department": "Grünamt", "date": "3. Mai"}
ANY = st.text(alphabet=st.sampled_from("{}…:. nametil\näß%$()[]_0"), max_size=80)


def test_known_blanks_fill_themselves() -> None:
    text = "Guten Tag {name},\n\nzu „{title}“ (Nr. { number }) sagt {department} am {date}: ja."
    assert fill(text, VALUES) == "Guten Tag Marthe,\n\nzu „Eine Bank“ (Nr. 12) sagt Grünamt am 3. Mai: ja."


def test_the_blanks_that_fill_themselves_are_named_once_and_as_they_are_written() -> None:
    assert known_blanks("{name}, zu „{title}“ { title } fragen wir {…: wen?}. {title}{was}") == ["{name}", "{title}", "{ title }"]


def test_a_blank_without_a_value_takes_the_space_before_it_along() -> None:
    assert fill("Guten Tag {name}, danke.", {"name": ""}) == "Guten Tag, danke."


def test_what_is_filled_in_is_not_read_again() -> None:
    assert fill("{title} {number}", {"title": "{number}", "number": "{…: x}"}) == "{number} {…: x}"


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("Guten Tag {name", (1, 11)),
        ("a\nb {nmae} c", (2, 3)),
        ("{{name}}", (1, 1)),
        ("a } b", (1, 3)),
        ("{}", (1, 1)),
        ("{…:}", (1, 1)),
        ("{na{me}", (1, 1)),
        ("{name\n}", (1, 1)),
        ("{name.__class__}", (1, 1)),
        ("{0}", (1, 1)),
        ("{name!r:>10}", (1, 1)),
    ],
)
def test_a_broken_blank_is_named_with_line_and_column(text: str, where: tuple[int, int]) -> None:
    first = faults_in(text)[0]
    assert (first.line, first.column) == where
    assert (str(where[0]) in first.sentence, str(where[1]) in first.sentence) == (True, True)


def test_a_free_blank_is_no_fault_of_a_template_but_stays_open_in_an_answer() -> None:
    text = "Wir beginnen {…: ab wann?}\nund enden {...: wann?}."
    assert faults_in(text) == []
    assert [(fault.line, fault.column) for fault in open_blanks(text)] == [(1, 14), (2, 11)]
    assert fill(text, VALUES) == text


@given(ANY)
def test_the_pieces_of_any_text_put_together_are_the_text(text: str) -> None:
    assert "".join(piece.raw for piece in read(text)[0]) == text


@given(ANY)
def test_every_fault_lies_in_the_text(text: str) -> None:
    lines = text.split("\n")
    for fault in open_blanks(text):
        assert 1 <= fault.column <= len(lines[fault.line - 1])


@given(ANY)
def test_a_text_without_brackets_is_left_alone_and_has_no_faults(text: str) -> None:
    plain = text.replace("{", "").replace("}", "")
    assert (fill(plain, VALUES), faults_in(plain)) == (plain, [])


@given(ANY, st.dictionaries(st.sampled_from(KNOWN), ANY, min_size=5))
def test_filled_with_anything_a_sound_text_holds_all_of_it(text: str, values: dict[str, str]) -> None:
    pieces, faults = read(text)
    if not faults:
        said = fill(text, values)
        for piece in pieces:
            if piece.kind == "known":
                assert values[piece.text].rstrip(" ") in said
