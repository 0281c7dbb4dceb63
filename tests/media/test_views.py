"""Files are served after asking the rule."""

import io

import pytest
from tests import factories
from tests.media.test_actions import jpeg

from civitas.media.actions import keep_picture, set_public
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
