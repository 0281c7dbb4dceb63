"""`/kit/` shows the files of a contribution in every state, by the templates that pages use."""

import pytest
from tests.factories import make_browser, make_city

pytestmark = pytest.mark.django_db


def test_the_component_page_shows_files_in_every_state() -> None:
    page = make_browser(make_city("hamburg")).get("/kit/").content.decode()
    assert page.count('class="gfile') >= 8
    words_of_states = (
        "wird gerade geprüft",
        "mit einem Passwort",
        "75 Sekunden",
        "Spielplatz Süd",
        "Nur Sie und das Team",
        "was das Bild zeigt.",
    )
    for words in words_of_states:
        assert words in page, words
    assert page.count("data-checking") == 2
