"""What goes wrong has a designed page, in three languages, with and without a city."""

import json

import pytest
from django.test import RequestFactory
from django.urls import get_script_prefix, set_script_prefix
from tests import factories

from civitas.kit.errors import SENTENCES, TITLES, error_page

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
