"""What people type is made safe to keep, without losing what they meant."""

import pytest

from civitas.kit.texts import cleaned, cleaned_line, rendered, slugified


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a\x00b\x07c", "abc"),
        ("mail\u202egpj.exe", "mailgpj.exe"),
        ("Hello\r\nWorld\rAgain", "Hello\nWorld\nAgain"),
        ("a\n\n\n\nb", "a\n\nb"),
        ("  end   \n", "end"),
        ("می\u200cخواهم", "می\u200cخواهم"),  # the joiner that Persian needs stays
        ("👩\u200d🚒", "👩\u200d🚒"),
        ("o\u0308", "ö"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),  # kept as typed; templates escape it
    ],
)
def test_control_and_direction_characters_go_and_words_stay(typed, kept):
    assert cleaned(typed) == kept


def test_a_line_has_no_breaks():
    assert cleaned_line(" a\n b\t c ") == "a b c"


def test_markdown_shows_no_raw_html_and_no_script_links():
    html = rendered("## Hi\n\n<script>x</script> [a](javascript:alert(1)) [b](https://example.org)\n\n![p](https://example.org/x.png)")
    assert "<script" not in html
    assert "javascript:" not in html.replace("[a](javascript:alert(1))", "")
    assert "<img" not in html
    assert 'href="https://example.org"' in html


@pytest.mark.parametrize(
    ("title", "slug"),
    [("Fahrräder für Straße & Größe", "fahrraeder-fuer-strasse-groesse"), ("😀😀", ""), ("Ação", "acao"), ("x" * 200, "x" * 60)],
)
def test_a_title_becomes_an_address(title, slug):
    assert slugified(title) == slug
