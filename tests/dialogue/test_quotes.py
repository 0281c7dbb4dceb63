"""Quoting in comments: plain text that reads as a quotation."""

import re
from typing import Any

import pytest
from tests.factories import make_browser, make_city, make_comment, make_contribution, make_guest, make_process, make_step

from civitas.contributions.models import Contribution
from civitas.dialogue.quotes import LONGEST_QUOTE, Passage, own_words, passages, quotation_of


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Nur ich", [Passage("Nur ich")]),
        ("> Du\n> sagst\n\nIch sage", [Passage("Du\nsagst", True), Passage("Ich sage")]),
        ("Erst ich\n>Du", [Passage("Erst ich"), Passage("Du", True)]),
        ("3 > 2 stimmt", [Passage("3 > 2 stimmt")]),
        (">", []),
    ],
)
def test_lines_with_an_angle_are_quoted(text: str, found: list[Passage]) -> None:
    assert passages(text) == found


def test_a_quotation_takes_own_words_alone_and_is_cut_at_a_word() -> None:
    assert quotation_of("> Alt\n\nNeu\nund mehr") == "> Neu\n> und mehr\n\n"
    long = quotation_of("Wort " * 200)
    assert long.startswith("> Wort Wort")
    assert long.endswith("Wort …\n\n")
    assert len(long) < LONGEST_QUOTE + 10
    assert own_words(quotation_of("Etwas") + "Dazu") == "Dazu"


@pytest.mark.django_db
class TestOnThePage:
    @pytest.fixture
    def row(self) -> Any:
        return make_contribution(make_step(make_process(make_city("hamburg"))))

    def reply(self, row: Contribution, quoted: Contribution) -> str:
        browser = make_browser(row.city)
        page = browser.get(f"{row.path}?antwort={quoted.pk}&zitat=1").content.decode()
        typed = re.search(r"<textarea[^>]*data-quoted[^>]*>\s*(.*?)</textarea>", page, re.DOTALL)
        assert typed
        assert typed[1].startswith("&gt; Im Sommer &lt;b&gt;")
        data = dict(re.findall(r'name="(uid|seal|parent)" value="([^"]+)"', page))
        text = "> Im Sommer <b>heiß</b>\n\nDas stimmt."
        response = browser.post(f"/beitrag/{row.number}/kommentar", {**data, "text": text, "homepage": "", "stance": "for"})
        assert response.status_code == 303
        return str(browser.get(row.path).content.decode())

    def test_the_quoted_words_come_with_whom_and_as_text(self, row: Any) -> None:
        quoted = make_comment(row, "Im Sommer <b>heiß</b>", author=make_guest(row.city, "Fatma"))
        page = self.reply(row, quoted)
        found = re.search(r'<blockquote class="quote">(.*?)</blockquote>', page, re.DOTALL)
        assert found
        assert found[1] == "<p>Im Sommer &lt;b&gt;heiß&lt;/b&gt;</p><footer>Fatma</footer>"
        made = Contribution.objects.of(row.city).get(parent=quoted)
        assert (made.stance, made.text) == ("for", "> Im Sommer <b>heiß</b>\n\nDas stimmt.")

    def test_who_was_erased_is_not_named_by_a_quotation(self, row: Any) -> None:
        quoted = make_comment(row, "Im Sommer <b>heiß</b>", author=make_guest(row.city, "Fatma"))
        make_comment(row, "> Im Sommer\n\nJa", parent=quoted)
        Contribution.objects.of(row.city).filter(pk=quoted.pk).update(visibility="erased", author=None, text="")
        page = make_browser(row.city).get(row.path).content.decode()
        assert '<blockquote class="quote"><p>Im Sommer</p></blockquote>' in page
        assert "Fatma" not in page

    def test_a_side_that_is_none_is_refused_with_the_text_kept(self, row: Any) -> None:
        browser = make_browser(row.city)
        data = dict(re.findall(r'name="(uid|seal)" value="([^"]+)"', browser.get(row.path).content.decode()))
        response = browser.post(f"/beitrag/{row.number}/kommentar", {**data, "text": "Mein Satz", "homepage": "", "stance": "quer"})
        assert response.status_code == 422
        assert "Mein Satz" in response.content.decode()


@pytest.mark.django_db
def test_who_chooses_no_side_is_neutral_and_that_is_no_badge_but_is_counted() -> None:
    row = make_contribution(make_step(make_process(make_city("hamburg"))), "Hitze-Telefon")
    make_comment(row, "Ja!", stance="for")
    browser = make_browser(row.city)
    page = browser.get(row.path).content.decode()
    assert re.findall(r'name="stance" value="([^"]*)"( checked)?', page) == [("for", ""), ("against", ""), ("neutral", " checked")]
    sent = dict(re.findall(r'name="(uid|seal)" value="([^"]+)"', page)) | {"text": "Mal sehen", "homepage": "", "pseudonym": "Jo"}
    assert browser.post(f"/beitrag/{row.number}/kommentar", sent).status_code == 303
    assert Contribution.objects.of(row.city).get(text="Mal sehen").stance == "neutral"
    page = browser.get(row.path).content.decode()
    assert "stance--neutral" not in page
    assert "stance--for" in page
    assert "1 neutral" in page


def test_a_teaser_of_a_comment_shows_its_own_words_not_what_it_quotes() -> None:
    said = Contribution(kind="comment", text="> Im Sommer ist es heiß\n> und laut\n\nDas stimmt.")
    assert said.teaser == "Das stimmt."
    assert Contribution(kind="comment", text="> Nur ein Zitat").teaser == "> Nur ein Zitat"
