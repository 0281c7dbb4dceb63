"""Files are served after asking the rule."""

import io

import pytest
from tests import factories
from tests.media.samples import jpeg, pdf

from civitas.media.actions import keep_file, keep_picture, set_public
from civitas.outbox.worker import run_due
from civitas.people.actors import actor_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def file():
    city = factories.make_city("hafen")
    raw = jpeg(100, 80)
    return keep_picture(actor_of(factories.make_participant(city)), io.BytesIO(raw), size=len(raw))


def address(file):
    return f"/medien/{file.derivatives.of(file.city).get().name}"


def test_a_file_that_is_not_published_does_not_exist_for_a_stranger(client, file):
    assert client.get(address(file), headers={"host": "hafen.localhost"}).status_code == 404


def test_a_published_file_is_shown(client, file):
    set_public(file.city, [file.pk], public=True)
    answer = client.get(address(file), headers={"host": "hafen.localhost"})
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/webp"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert b"".join(answer.streaming_content)[:4] == b"RIFF"
    answer.close()


def test_its_owner_and_the_editorial_team_see_it(client, file):
    for person in (file.owner, factories.make_staff(file.city, "moderator")):
        client.force_login(person.user, backend="allauth.account.auth_backends.AuthenticationBackend")
        answer = client.get(address(file), headers={"host": "hafen.localhost"})
        assert answer.status_code == 200
        assert "no-store" in answer["Cache-Control"]
        answer.close()


def test_another_city_does_not_have_it(client, file):
    set_public(file.city, [file.pk], public=True)
    factories.make_city("berg")
    assert client.get(address(file), headers={"host": "berg.localhost"}).status_code == 404


@pytest.mark.parametrize(
    ("asked", "first", "last"), [("bytes=0-3", 0, 3), ("bytes=4-", 4, None), ("bytes=-5", -5, None), ("bytes=2-999999", 2, None)]
)
def test_a_piece_of_a_file_is_served_where_the_browser_asks_for_one(client, file, asked, first, last):
    set_public(file.city, [file.pk], public=True)
    whole = b"".join(client.get(address(file), headers={"host": "hafen.localhost"}).streaming_content)
    answer = client.get(address(file), headers={"host": "hafen.localhost", "range": asked, "accept-encoding": "gzip"})
    assert answer.status_code == 206
    expected = whole[first:] if last is None else whole[first : last + 1]
    assert b"".join(answer.streaming_content) == expected
    assert answer["Content-Length"] == str(len(expected))
    start = first % len(whole)
    assert answer["Content-Range"] == f"bytes {start}-{start + len(expected) - 1}/{len(whole)}"
    answer.close()


def test_a_piece_beyond_the_end_does_not_exist(client, file):
    set_public(file.city, [file.pk], public=True)
    answer = client.get(address(file), headers={"host": "hafen.localhost", "range": "bytes=9999999-"})
    assert answer.status_code == 416
    assert answer["Content-Range"].startswith("bytes */")


@pytest.mark.django_db(transaction=True)
def test_a_document_is_downloaded_and_may_run_nothing(client):
    city = factories.make_city("hafen")
    raw = pdf()
    file = keep_file(actor_of(factories.make_participant(city)), io.BytesIO(raw), size=len(raw), title="Spielplatz Süd.pdf")
    run_due()
    set_public(city, [file.pk], public=True)
    answer = client.get(address(file), headers={"host": "hafen.localhost"})
    assert answer["Content-Disposition"] == 'attachment; filename="spielplatz-sud.pdf"'
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    answer.close()
