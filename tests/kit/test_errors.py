"""What goes wrong has a designed page, in three languages, with and without a city."""

import json

import pytest
from django.test import RequestFactory
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
