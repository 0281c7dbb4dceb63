"""Files of a contribution: sent before the form, shown with it, described by author and team, gone with it."""

import io
import uuid

import pytest
from django.core import signing
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import factories
from tests.media.samples import jpeg, pdf, video

from civitas.contributions.actions import change_visibility, submit_contribution
from civitas.contributions.attachments import Shown, Words, checked_captions, describe_files
from civitas.contributions.counts import miscounts
from civitas.contributions.models import Attachment, Contribution
from civitas.contributions.personal import erase_given
from civitas.kit.sealed_forms import sealed
from civitas.kit.verdicts import Refused
from civitas.media.actions import keep_file, path_of
from civitas.media.models import Derivative, MediaFile
from civitas.outbox.worker import run_due
from civitas.people.actors import actor_of
from civitas.people.models import Participant

pytestmark = pytest.mark.django_db(transaction=True)
CAPTIONS = "WEBVTT\n\n00:00.000 --> 00:01.000\nHier fehlt ein Baum."


@pytest.fixture
def city():
    return factories.make_city("hafen")


@pytest.fixture
def step(city):
    return factories.make_step(factories.make_process(city))


@pytest.fixture
def author(city):
    return factories.make_participant(city, "Ayşe")


def kept(actor, raw, title=""):
    return keep_file(actor, io.BytesIO(raw), size=len(raw), title=title, loose=True)


def given(step, author, *files):
    actor = actor_of(author)
    return submit_contribution(actor, step, uid=uuid.uuid4(), kind="idea", title="Ein Baum", text="Hier fehlt er.", files=files)


def as_person(client, person):
    client.force_login(person.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def get(client, path):
    answer = client.get(path, headers={"host": "hafen.localhost"})
    if answer.streaming:
        answer.close()
    return answer


def post(client, path, data):
    return client.post(path, data, headers={"host": "hafen.localhost"})


def part(raw, *, uid=None, seal=None, **fields):
    uid = uid or uuid.uuid4()
    values = {"uid": uid, "seal": seal if seal is not None else sealed(uid), "upload": uuid.uuid4(), "number": 0, "size": len(raw)}
    return values | {"name": "x.jpg", "part": SimpleUploadedFile("part", raw)} | fields


def test_a_file_is_sent_before_its_form_and_makes_no_guest(client, city, step):
    answer = post(client, "/geben/datei", part(jpeg(40, 30)))
    assert answer.status_code == 200
    said = answer.json()
    assert said["handle"] in said["html"]
    assert not Participant.objects.of(city).exists()
    assert MediaFile.objects.of(city).get().owner is None
    assert get(client, f"/geben/datei/bild/{said['handle']}").status_code == 200


def test_an_upload_is_seen_by_its_handle_alone(client, city):
    handle = post(client, "/geben/datei", part(jpeg(40, 30))).json()["handle"]
    file = MediaFile.objects.of(city).get()
    assert get(client, f"/medien/{file.derivatives.of(city).get().name}").status_code == 404
    assert get(client, f"/geben/datei/bild/{handle}x").status_code == 404
    assert get(client, f"/geben/datei/bild/{file.name}").status_code == 404
    factories.make_city("berg")
    assert client.get(f"/geben/datei/bild/{handle}", headers={"host": "berg.localhost"}).status_code == 404
    assert get(client, f"/geben/dateien?file={handle}&file=nonsense").json()["rows"][0]["handle"] == handle
    assert client.get(f"/geben/dateien?file={handle}", headers={"host": "berg.localhost"}).json() == {"rows": []}


@pytest.mark.parametrize("fields", [{"seal": "made up"}, {"number": "x"}, {"uid": "x", "seal": "x"}, {"size": 5}, {"size": 3_000_000_000}])
def test_a_part_that_is_not_from_our_form_or_does_not_fit_is_refused(client, city, fields):
    answer = post(client, "/geben/datei", part(jpeg(40, 30), **fields))
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert not MediaFile.objects.of(city).exists()


def test_a_file_that_is_not_what_it_claims_is_refused_in_words(client, city):
    answer = post(client, "/geben/datei", part(b"<script>alert(1)</script>"))
    assert answer.status_code == 400
    assert "JPEG" in answer.json()["error"]


def test_guests_who_send_too_often_wait_by_their_address(client, city, monkeypatch):
    import datetime as dt

    from civitas.people.rates import LIMITS

    monkeypatch.setitem(LIMITS, "upload_part", (dt.timedelta(minutes=10), 1, 1))
    assert post(client, "/geben/datei", part(jpeg(40, 30))).status_code == 200
    assert post(client, "/geben/datei", part(jpeg(40, 30))).status_code == 429


def test_a_waiting_file_is_taken_away_again(client, city):
    handle = post(client, "/geben/datei", part(jpeg(40, 30))).json()["handle"]
    assert post(client, "/geben/datei/entfernen", {"file": "made up"}).status_code == 204
    assert MediaFile.objects.of(city).exists()
    for _ in range(2):
        assert post(client, "/geben/datei/entfernen", {"file": handle}).status_code == 204
    assert not MediaFile.objects.of(city).exists()


def test_files_belong_to_who_gave_them_and_are_public_with_the_contribution(city, step, author):
    actor = actor_of(author)
    raw = pdf(pages=2)
    row = given(step, author, Shown(kept(actor, jpeg()), "Der Platz"), Shown(kept(actor, raw, "Plan.pdf")))
    files = list(MediaFile.objects.of(city).order_by("pk"))
    assert [(file.owner, file.is_public, file.loose_until) for file in files] == [(author, True, None)] * 2
    assert row.with_picture == 1
    change_visibility(city, row, "hidden", reason="Gesichter")
    assert not MediaFile.objects.of(city).filter(is_public=True).exists()
    assert miscounts(city) == []


def test_a_document_alone_is_no_picture(city, step, author):
    assert given(step, author, Shown(kept(actor_of(author), pdf()))).with_picture == 0


def test_a_file_is_given_once(city, step, author):
    file = kept(actor_of(author), jpeg())
    given(step, author, Shown(file, "Der Platz"))
    again = MediaFile.objects.of(city).get()
    again.loose_until = file.made_at
    with pytest.raises(Refused) as refused:
        given(step, author, Shown(again, "Der Platz"))
    assert refused.value.status == 409
    assert Contribution.objects.of(city).count() == 1


@pytest.mark.parametrize("words", [Words(transcript="Hier fehlt ein Baum."), Words(captions=CAPTIONS)])
def test_a_video_is_public_once_it_has_words(client, city, step, author, words):
    row = given(step, author, Shown(kept(actor_of(author), video(seconds=1))))
    run_due()
    attachment = Attachment.objects.of(city).select_related("file").get()
    assert attachment.file.is_public is False
    names = [f"/medien/{each.name}" for each in Derivative.objects.of(city)]
    assert len(names) == 2
    assert {get(client, name).status_code for name in names} == {404}
    assert b"<video" not in get(client, row.path).content
    mine = get(as_person(client, author), row.path).content.decode()
    assert "<video" in mine
    assert "/dateien" in mine
    describe_files(actor_of(author), row, {attachment.pk: words})
    client.logout()
    assert {get(client, name).status_code for name in names} == {200}
    page = get(client, row.path).content.decode()
    assert "<video" in page
    assert ("<track" in page) == bool(words.captions)
    assert ("Hier fehlt ein Baum." in page) == bool(words.transcript)


def test_captions_are_served_with_what_they_belong_to(client, city, step, author):
    row = given(step, author, Shown(kept(actor_of(author), video(seconds=1)), captions=CAPTIONS))
    key = Attachment.objects.of(city).get().pk
    path = f"/beitrag/{row.number}/untertitel/{key}.vtt"
    answer = get(client, path)
    assert answer.content.decode() == CAPTIONS
    assert answer["Content-Type"].startswith("text/vtt")
    change_visibility(city, row, "hidden", reason="Gesichter")
    assert get(client, path).status_code == 404
    assert get(client, f"/beitrag/{row.number}/untertitel/{key + 1}.vtt").status_code == 404
    factories.make_city("berg")
    assert client.get(path, headers={"host": "berg.localhost"}).status_code == 404


@pytest.mark.parametrize("text", ["1\n00:00:01,000 --> 00:00:02,000\nSRT", "WEBVTT", "WEBVTT\n-->" + "x" * 100_001])
def test_what_is_no_webvtt_is_refused(text):
    with pytest.raises(Refused):
        checked_captions(text)


def test_captions_lose_what_editors_put_before_them():
    assert checked_captions("\ufeffWEBVTT\r\n\r\n00:00.000 --> 00:01.000\r\nJa\r\n") == "WEBVTT\n\n00:00.000 --> 00:01.000\nJa"


def test_a_picture_keeps_its_words(city, step, author):
    row = given(step, author, Shown(kept(actor_of(author), jpeg()), "Der Platz"))
    attachment = Attachment.objects.of(city).get()
    with pytest.raises(Refused):
        describe_files(actor_of(author), row, {attachment.pk: Words(alt="  ")})
    describe_files(actor_of(author), row, {attachment.pk: Words(alt="Der leere Platz")})
    assert Attachment.objects.of(city).get().alt == "Der leere Platz"


def test_the_team_takes_a_picture_away_on_record(city, step, author):
    from civitas.journal.models import Entry

    row = given(step, author, Shown(kept(actor_of(author), jpeg()), "Ein Gesicht"))
    attachment = Attachment.objects.of(city).select_related("file").get()
    paths = [path_of(city, each.name) for each in Derivative.objects.of(city)]
    describe_files(factories.make_actor(city, "moderator"), row, {}, dropped=[attachment.pk])
    assert not Attachment.objects.of(city).exists()
    assert not any(map(default_storage.exists, paths))
    assert Contribution.objects.of(city).get().with_picture == 0
    assert miscounts(city) == []
    assert Entry.objects.of(city).filter(verb="contribution.files_changed").exists()


def test_only_author_and_team_describe_files(client, city, step, author):
    row = given(step, author, Shown(kept(actor_of(author), jpeg()), "Der Platz"))
    path = f"/beitrag/{row.number}/dateien"
    assert get(client, path).status_code == 403
    assert get(as_person(client, factories.make_participant(city, "Bob")), path).status_code == 403
    assert get(as_person(client, author), path).status_code == 200
    assert get(as_person(client, factories.make_staff(city, "moderator")), path).status_code == 200
    factories.make_city("berg")
    assert client.get(path, headers={"host": "berg.localhost"}).status_code == 404


def test_the_page_changes_words_and_takes_files_away(client, city, step, author):
    actor = actor_of(author)
    row = given(
        step, author, Shown(kept(actor, jpeg()), "Der Platz"), Shown(kept(actor, video(seconds=1))), Shown(kept(actor, pdf(), "Plan"))
    )
    photo, film, plan = Attachment.objects.of(city).order_by("position").values_list("pk", flat=True)
    path = f"/beitrag/{row.number}/dateien"
    as_person(client, author)
    bad = post(client, path, {f"alt-{photo}": "", f"captions-{film}": SimpleUploadedFile("x.vtt", b"no captions")})
    assert bad.status_code == 422
    assert set(bad.context["form"].errors) == {f"alt-{photo}", f"captions-{film}"}
    good = {f"alt-{photo}": "Leer", f"captions-{film}": SimpleUploadedFile("x.vtt", CAPTIONS.encode()), f"drop-{plan}": "on"}
    assert post(client, path, good).status_code == 302
    assert list(Attachment.objects.of(city).order_by("position").values_list("alt", "captions")) == [("Leer", ""), ("", CAPTIONS)]


def test_a_waiting_contributions_files_are_for_author_and_team(client, city, author):
    step = factories.make_step(factories.make_process(city), settings={"moderation": "before"})
    given(step, author, Shown(kept(actor_of(author), jpeg(50, 50)), "Der Platz"))
    path = f"/medien/{Derivative.objects.of(city).get().name}"
    assert get(client, path).status_code == 404
    assert get(as_person(client, author), path).status_code == 200
    assert get(as_person(client, factories.make_staff(city, "moderator")), path).status_code == 200


def test_who_leaves_takes_every_file_along(city, step, author):
    actor = actor_of(author)
    given(step, author, Shown(kept(actor, jpeg()), "Der Platz"), Shown(kept(actor, pdf(), "Plan")), Shown(kept(actor, video(seconds=1))))
    run_due()
    paths = [path_of(city, each.name) for each in Derivative.objects.of(city)]
    assert len(paths) == 5
    erase_given(city, author)
    assert not any(map(default_storage.exists, paths))
    assert not MediaFile.objects.of(city).exists()
    assert Contribution.objects.of(city).get().with_picture == 0
    assert miscounts(city) == []


def test_on_paper_pictures_are_shown(client, city, step, author):
    from pypdf import PdfReader

    row = given(step, author, Shown(kept(actor_of(author), jpeg(1200, 900)), "Der Platz"), Shown(kept(actor_of(author), pdf(), "Plan")))
    answer = post(as_person(client, author), f"/beitrag/{row.number}/pdf", {})
    assert answer.status_code == 200
    sizes = [image.image.size for page in PdfReader(io.BytesIO(answer.content)).pages for image in page.images if image.image]
    assert (960, 720) in sizes


def test_a_handle_of_another_city_or_a_forged_one_opens_nothing(client, city):
    kassel = factories.make_city("kassel")
    theirs = kept(factories.make_actor(kassel), jpeg(40, 30))
    ours = kept(factories.make_actor(city), jpeg(40, 30))
    foreign = signing.Signer(salt="civitas.contributions.upload").sign(theirs.name)
    forged = [foreign, ours.name, f"{ours.name}:{'A' * 43}", signing.Signer(salt="another").sign(ours.name), "../../etc/passwd"]
    for handle in forged:
        assert get(client, f"/geben/datei/bild/{handle}").status_code == 404
        assert get(client, f"/geben/dateien?file={handle}").json() == {"rows": []}
        assert post(client, "/geben/datei/entfernen", {"file": handle}).status_code == 204
    assert MediaFile.objects.of(kassel).get() == theirs
    assert MediaFile.objects.of(city).get() == ours


def test_more_files_take_no_more_queries(client, city, step, author):
    few = given(step, author, Shown(kept(actor_of(author), jpeg(40, 30)), "Eins"))
    files = [Shown(kept(actor_of(author), jpeg(40 + number, 30)), "Mehr") for number in range(3)]
    many = given(step, author, *files, Shown(kept(actor_of(author), pdf(), "Plan.pdf")))
    as_person(client, author)
    for path in ("/beitrag/{}", "/beitrag/{}/dateien"):
        counts = []
        for row in (few, few, many):  # the first look warms what is kept between requests
            with CaptureQueriesContext(connection) as seen:
                assert client.get(path.format(row.number), headers={"host": "hafen.localhost"}, follow=True).status_code == 200
            counts.append(len(seen))
        assert counts[1] == counts[2], path


def test_a_form_that_is_opened_again_finds_all_its_files_at_once(client, city):
    handles = [
        signing.Signer(salt="civitas.contributions.upload").sign(kept(factories.make_actor(city), jpeg(40, 30)).name) for _ in range(3)
    ]
    counts = []
    for some in (handles[:1], handles[:1], handles):
        with CaptureQueriesContext(connection) as seen:
            rows = get(client, "/geben/dateien?" + "&".join(f"file={handle}" for handle in some)).json()["rows"]
        assert [row["handle"] for row in rows] == some
        counts.append(len(seen))
    assert counts[1] == counts[2]
