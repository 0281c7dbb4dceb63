"""What goes wrong has a designed page, in three languages, with and without a city."""

import json
import re

import pytest
from django.test import Client, RequestFactory
from django.urls import get_script_prefix, set_script_prefix
from tests import factories

from civitas.kit.errors import SENTENCES, TITLES, error_page, typed_words

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("prefix", ["/", "/en/", "/einfach/"])
def test_a_missing_page_speaks_the_language_of_its_address(client, prefix):
    factories.make_city("hafen")
    answer = client.get(f"{prefix}gibt-es-nicht", headers={"host": "hafen.localhost"})
    assert answer.status_code == 404
    assert "<h1" in answer.text
    titles = {"/en/": "We cannot find this page"}
    assert ("We cannot find this page" in answer.text) is (prefix in titles)


@pytest.mark.parametrize("key", list(TITLES))
def test_each_has_a_title_and_a_sentence_that_says_what_to_do(rf, key):
    request = rf.get("/")
    request.city, request.language, request.plain_path, request.actor, request.user = None, "en", "/", None, None
    status = int(key) if key.isdigit() else 404
    answer = error_page(request, key, status)
    assert answer.status_code == status
    assert "<h1" in answer.content.decode()
    assert str(SENTENCES[key])


def test_a_program_gets_json():
    request = RequestFactory().get("/", headers={"accept": "application/json"})
    assert json.loads(error_page(request, "429", 429, reason="Bitte warten.").content) == {"error": "Bitte warten."}


@pytest.fixture
def _in_english():
    before = get_script_prefix()
    set_script_prefix("/en/")
    yield
    set_script_prefix(before)


def page_of(key, *, user=None, **given):
    """An error page of a city as somebody sees it who came from /entdecken?sort=fair, in English."""
    request = RequestFactory().get("/entdecken?sort=fair")
    request.city, request.language, request.plain_path = factories.make_city("hafen"), "en", "/entdecken"
    request.actor, request.user = None, user
    return error_page(request, key, int(key), **given).content.decode()


@pytest.mark.usefixtures("_in_english")
@pytest.mark.parametrize(
    ("key", "way"),
    [
        ("400", "<way-back"),
        ("403", 'href="/en/konto/anmelden?next=%2Fentdecken%3Fsort%3Dfair"'),
        ("409", 'kern-btn--primary" href="/en/entdecken?sort=fair"'),
        ("413", "<way-back"),
        ("429", "<way-back"),
        ("500", "<way-back"),
        ("503", 'kern-btn--primary" href="/en/entdecken?sort=fair"'),
    ],
)
def test_each_has_a_way_out_that_fits_and_the_front_page_beside_it(key, way):
    page = page_of(key)
    assert way in page
    assert 'kern-btn--secondary" href="/en/"' in page


@pytest.mark.usefixtures("_in_english")
def test_who_is_signed_in_is_not_asked_to_sign_in():
    page = page_of("403", user=factories.make_user("ida@example.org"))
    assert 'kern-btn--primary" href="/en/"' in page


@pytest.mark.usefixtures("_in_english")
def test_a_missing_token_is_mended_by_loading_the_page_again():
    assert 'kern-btn--primary" href="/en/entdecken?sort=fair"' in page_of("403", way="again")


def test_a_missing_page_says_what_there_is_here(client):
    factories.make_city("hafen")
    page = client.get("/en/gibt-es-nicht", headers={"host": "hafen.localhost"}).text
    assert 'class="go" href="/en/entdecken"' in page


def typed_on(answer):
    """The texts that a page gives back, to copy."""
    return re.findall(r"<textarea[^>]*readonly>([^<]*)</textarea>", answer.text)


def test_what_was_written_to_something_that_is_gone_comes_back_to_be_copied(client):
    factories.make_city("hafen")
    words = {
        "text": "Eine Bank am Kai.\r\nMit Lehne.",
        "again": "Eine Bank am Kai.\r\nMit Lehne.",
        "title": " Sitzen am Wasser ",
        "face": "good",
        "password": "drei Worte lang",
    }
    answer = client.post("/beitrag/99/kommentar", words, headers={"host": "hafen.localhost"})
    assert answer.status_code == 404
    assert typed_on(answer) == ["Eine Bank am Kai.\r\nMit Lehne.", "Sitzen am Wasser"]


def test_no_other_site_puts_words_on_a_page_of_ours():
    factories.make_city("hafen")
    answer = Client(enforce_csrf_checks=True).post(
        "/beitrag/99/kommentar", {"text": "Bitte hier anrufen"}, headers={"host": "hafen.localhost"}
    )
    assert (answer.status_code, typed_on(answer)) == (403, [])
    answer = Client(enforce_csrf_checks=True).post("/gibt-es-nicht", {"text": "Bitte hier anrufen"}, headers={"host": "hafen.localhost"})
    assert (answer.status_code, typed_on(answer)) == (404, [])


def test_too_much_at_once_gives_nothing_back(rf):
    request = rf.post("/", {f"field-{number}": "zwei Worte" for number in range(2_000)})
    request.csrf_processing_done = True
    assert typed_words(request) == []
