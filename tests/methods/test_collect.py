"""The page of a collect step: the form, what it keeps, and what it leads to."""

from __future__ import annotations

import datetime as dt
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image
from tests.factories import make_area, make_category, make_city, make_participant, make_process, make_service, make_staff, make_step

from civitas.contributions.models import Attachment, Contribution
from civitas.media.models import MediaFile
from civitas.people.models import Participant

if TYPE_CHECKING:
    from django.test import Client

    from civitas.processes.models import Step

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def step() -> Step:
    city = make_city("hamburg")
    return make_step(make_process(city, "veddel"), position=1, closes_at=timezone.now() + DAY)


@pytest.fixture
def visitor(client: Client) -> Client:
    client.defaults["HTTP_HOST"] = "hamburg.localhost"
    return client


URL = "/beteiligung/veddel/schritt/1"


def fresh_form(visitor: Client, **typed: Any) -> dict[str, Any]:
    """What a browser sends that opened the form and filled it in."""
    form = visitor.get(URL).context["form"]
    return {
        "uid": str(form["uid"].value()),
        "seal": form["seal"].value(),
        "kind": "idea",
        "title": "Ein Brunnen",
        "text": "Auf dem Platz fehlt Wasser.",
    } | typed


def photo(width: int = 20) -> SimpleUploadedFile:
    buffer = BytesIO()
    Image.new("RGB", (width, 20), "red").save(buffer, "JPEG")
    return SimpleUploadedFile("platz.jpg", buffer.getvalue(), content_type="image/jpeg")


def test_a_guest_gives_an_idea_and_is_thanked_by_name(step: Step, visitor: Client) -> None:
    area, category = make_area(step.city), make_category(step.city)
    typed = {
        "pseudonym": "Fatma",
        "mail": "fatma@example.org",
        "lat": "53.55",
        "lon": "10.0",
        "category": category.key,
        "place_name": "Am Markt",
    }
    answer = visitor.post(URL, fresh_form(visitor, **typed))
    given = Contribution.objects.of(step.city).select_related("author").get()
    assert (answer.status_code, answer["Location"]) == (303, f"/beitrag/{given.number}/danke")
    assert (given.title, given.area_id, given.category_id, given.place_name, given.language) == (
        "Ein Brunnen",
        area.pk,
        category.pk,
        "Am Markt",
        "de",
    )
    assert (given.author.pseudonym, given.author.guest_mail, given.author.is_guest) == ("Fatma", "fatma@example.org", True)
    page = visitor.get(answer["Location"]).content.decode()
    assert "Fatma" in page
    assert "fatma@example.org" in page
    assert "/zuordnen/" in page


def test_the_same_form_sent_twice_gives_one_contribution(step: Step, visitor: Client) -> None:
    sent = fresh_form(visitor)
    first, second = visitor.post(URL, sent), visitor.post(URL, sent)
    assert first["Location"] == second["Location"]
    visitor.cookies.clear()
    assert visitor.post(URL, sent)["Location"] == first["Location"]
    assert Contribution.objects.of(step.city).count() == 1
    assert Participant.objects.of(step.city).count() == 1


def test_a_known_uid_without_our_seal_gives_nothing_away(step: Step, visitor: Client) -> None:
    sent = fresh_form(visitor)
    visitor.post(URL, sent)
    visitor.cookies.clear()
    answer = visitor.post(URL, sent | {"seal": "made up"})
    assert answer.status_code == 409
    assert "guest" not in visitor.cookies
    assert "Auf dem Platz fehlt Wasser." in answer.content.decode()


def test_a_refused_form_makes_no_guest_and_keeps_what_was_typed(step: Step, visitor: Client) -> None:
    answer = visitor.post(URL, fresh_form(visitor, title="", text="Ein Satz, der bleibt."))
    assert answer.status_code == 422
    assert answer.context["form"].errors["title"]
    assert "Ein Satz, der bleibt." in answer.content.decode()
    assert not Participant.objects.of(step.city).exists()
    assert "guest" not in visitor.cookies


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"text": ""}, "text"),
        ({"title": "x" * 151}, "title"),
        ({"text": "x" * 10_001}, "text"),
        ({"title": "\u202e\u0007"}, "title"),
        ({"lat": "48.1", "lon": "11.5"}, "place_name"),
        ({"kind": "comment"}, "kind"),
        ({"category": "not-ours"}, "category"),
        ({"area": "not-ours"}, "area"),
        ({"mail": "no address"}, "mail"),
        ({"homepage": "https://example.org"}, "__all__"),
    ],
)
def test_each_fault_stands_beside_its_field(step: Step, visitor: Client, typed: dict[str, str], field: str) -> None:
    make_area(step.city)
    make_category(step.city)
    answer = visitor.post(URL, fresh_form(visitor, **typed))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Contribution.objects.of(step.city).exists()


def test_a_form_that_comes_after_closing_shows_the_text_to_copy(step: Step, visitor: Client) -> None:
    sent = fresh_form(visitor, text="Das soll nicht verloren sein.")
    step.closes_at = timezone.now() - DAY
    step.save()
    answer = visitor.post(URL, sent)
    assert answer.status_code == 409
    assert "Das soll nicht verloren sein." in answer.content.decode()
    assert not Contribution.objects.of(step.city).exists()


@pytest.mark.parametrize(("opens", "closes", "state"), [(1, 2, "planned"), (-2, -1, "closed"), (-1, 1, "open")])
def test_the_page_has_a_state_for_each_time(step: Step, visitor: Client, opens: int, closes: int, state: str) -> None:
    now = timezone.now()
    step.opens_at, step.closes_at = now + opens * DAY, now + closes * DAY
    step.save()
    answer = visitor.get(URL)
    assert answer.status_code == 200
    assert answer.context["state"] == state
    assert (answer.context["form"] is not None) == (state == "open")


def test_a_step_for_people_who_signed_in_sends_guests_to_the_door(step: Step, visitor: Client) -> None:
    step.settings = {"who": "signed_in"}
    step.save()
    assert visitor.get(URL).context["state"] == "sign_in"
    answer = visitor.post(URL, {"kind": "idea", "title": "Ein Brunnen", "text": "Bleibt."})
    assert answer.status_code == 403
    assert "Bleibt." in answer.content.decode()


def test_someone_who_signed_in_gives_under_their_name(step: Step, visitor: Client) -> None:
    alice = make_participant(step.city, "Alice")
    visitor.force_login(alice.user)
    sent = fresh_form(visitor)
    assert "pseudonym" not in visitor.get(URL).context["form"].fields
    visitor.post(URL, sent)
    assert Contribution.objects.of(step.city).get().author_id == alice.pk


def test_a_photo_comes_with_words_and_rights(step: Step, visitor: Client) -> None:
    answer = visitor.post(URL, fresh_form(visitor, picture=photo()))
    assert set(answer.context["form"].errors) == {"alt", "rights"}
    answer = visitor.post(URL, fresh_form(visitor, picture=photo(), alt="Der Platz", rights="on"))
    assert answer.status_code == 303
    attachment = Attachment.objects.of(step.city).select_related("file").get()
    assert (attachment.alt, attachment.file.is_public) == ("Der Platz", True)
    assert attachment.file.owner_id == Contribution.objects.of(step.city).get().author_id


def test_a_file_that_is_no_picture_is_refused_beside_its_field(step: Step, visitor: Client) -> None:
    answer = visitor.post(URL, fresh_form(visitor, picture=SimpleUploadedFile("x.jpg", b"<svg/>"), alt="Etwas", rights="on"))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["picture"]
    assert not MediaFile.objects.of(step.city).exists()


def test_a_refused_form_keeps_its_upload_to_be_sent_again(step: Step, visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("civitas.people.rates", fromlist=["LIMITS"]).LIMITS, "submit", (dt.timedelta(minutes=10), 0, 0))
    answer = visitor.post(URL, fresh_form(visitor, picture=photo(), alt="Etwas", rights="on"))
    assert answer.status_code == 429
    assert "Auf dem Platz fehlt Wasser." in answer.content.decode()
    assert not Participant.objects.of(step.city).exists()
    (row,) = answer.context["form"].given.rows
    assert (row.alt, row.file.owner, row.file.is_public) == ("Etwas", None, False)
    assert MediaFile.objects.of(step.city).get().loose_until is not None


@pytest.mark.parametrize(
    ("settings", "gone"),
    [({"place": "none"}, "place_name"), ({"photos": False}, "picture"), ({"kinds": ["idea"]}, "kind"), ({"kinds": ["idea"]}, "service")],
)
def test_the_fields_follow_the_settings(step: Step, visitor: Client, settings: dict[str, Any], gone: str) -> None:
    make_service(step.city)
    assert gone in visitor.get(URL).context["form"].fields
    step.settings = settings
    step.save()
    assert gone not in visitor.get(URL).context["form"].fields


def test_a_step_can_require_place_and_name(step: Step, visitor: Client) -> None:
    step.settings = {"place": "required", "anonymous": False}
    step.save()
    assert set(visitor.post(URL, fresh_form(visitor)).context["form"].errors) == {"place_name", "pseudonym"}


def test_what_someone_else_gave_is_not_thanked_for(step: Step, visitor: Client) -> None:
    answer = visitor.post(URL, fresh_form(visitor))
    visitor.cookies.clear()
    assert visitor.get(answer["Location"]).status_code == 302
    assert visitor.get("/beitrag/999/danke").status_code == 404


@pytest.mark.parametrize("state", ["draft", "archived"])
def test_the_team_sees_a_process_that_is_not_published_as_closed(step: Step, visitor: Client, state: str) -> None:
    step.process.state = state
    step.process.save()
    visitor.force_login(make_staff(step.city, "owner").user)
    answer = visitor.get(URL)
    assert (answer.status_code, answer.context["state"], answer.context["form"]) == (200, "closed", None)


def test_the_door_leads_back_to_the_form(step: Step, visitor: Client) -> None:
    step.settings = {"who": "signed_in"}
    step.save()
    page = visitor.get(f"/en{URL}")
    assert f"/en/konto/anmelden?next=%2Fen%2F{URL[1:].replace('/', '%2F')}" in page.content.decode()
