"""Documents and videos are looked into by the worker: shown by nobody before, refused in words, and the contribution is never lost."""

import io
import uuid
from datetime import timedelta

import pytest
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from tests import factories
from tests.media.samples import jpeg, pdf, video

from civitas.contributions.actions import submit_contribution
from civitas.contributions.attachments import Shown, describe_files
from civitas.contributions.models import Attachment, Contribution
from civitas.contributions.notices import fetch_files, word_file_refused
from civitas.kit.sealed_forms import sealed
from civitas.kit.verdicts import Refused
from civitas.media.actions import give_up, keep_file, make_ready
from civitas.media.models import Derivative, MediaFile
from civitas.notices.models import Notice
from civitas.outbox.actions import bury_spent
from civitas.outbox.models import MOST_ATTEMPTS, OutboxRow
from civitas.outbox.tasks import TaskFault
from civitas.outbox.worker import run_due
from civitas.people.actors import actor_of

pytestmark = pytest.mark.django_db(transaction=True)
LOCKED = pdf(password="x")


@pytest.fixture
def city():
    return factories.make_city("hafen")


@pytest.fixture
def step(city):
    return factories.make_step(factories.make_process(city))


@pytest.fixture
def author(city):
    return factories.make_participant(city, "Ayşe")


def kept(person, raw, title=""):
    return keep_file(actor_of(person), io.BytesIO(raw), size=len(raw), title=title, loose=True)


def given(step, author, *files):
    shown = [Shown(each) for each in files]
    return submit_contribution(actor_of(author), step, uid=uuid.uuid4(), kind="idea", title="Ein Baum", text="Hier fehlt er.", files=shown)


def handle_of(file):
    return signing.Signer(salt="civitas.contributions.upload").sign(file.name)


def as_person(client, person):
    client.force_login(person.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def get(client, path):
    return client.get(path, headers={"host": "hafen.localhost"}).content.decode()


def typed(*files, **fields):
    uid = uuid.uuid4()
    words = {"kind": "idea", "title": "Ein Baum", "text": "Hier fehlt er.", "where": "nowhere", "rights": "on"}
    return {"uid": uid, "seal": sealed(uid), **words, "file": [handle_of(each) for each in files], **fields}


def send(client, data):
    return client.post("/geben", data, headers={"host": "hafen.localhost"})


def refusals(city):
    return list(Notice.objects.of(city).filter(kind="contribution.file_refused"))


def test_the_form_says_that_a_document_is_being_checked_and_then_that_it_is_there(client, author, step):
    file = kept(author, pdf(pages=2), "Plan.pdf")
    path = f"/geben/dateien?file={handle_of(file)}"
    (row,) = client.get(path, headers={"host": "hafen.localhost"}).json()["rows"]
    assert "data-checking" in row["html"]
    assert "wird gerade geprüft" in row["html"]
    run_due()
    (row,) = client.get(path, headers={"host": "hafen.localhost"}).json()["rows"]
    assert "data-checking" not in row["html"]
    assert "2 Seiten" in row["html"]


def test_the_preview_says_it_too(client, author, step):
    answer = send(client, typed(kept(author, pdf(), "Plan.pdf"), preview="1"))
    assert answer.status_code == 200
    assert "wird gerade geprüft" in answer.content.decode()


def test_what_is_refused_while_the_form_is_open_is_said_there_and_nothing_else_is_lost(client, city, author, step):
    good, bad = kept(author, pdf(), "Plan.pdf"), kept(author, LOCKED, "Geheim.pdf")
    run_due()
    assert "Passwort" in get(client, f"/geben/dateien?file={handle_of(bad)}")
    answer = send(client, typed(good, bad))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "„Geheim“: Dieses PDF ist mit einem Passwort" in page
    assert handle_of(good) in page
    assert handle_of(bad) not in page
    assert 'value="Ein Baum"' in page
    assert not Contribution.objects.of(city).exists()
    assert send(client, typed(good)).status_code == 303
    assert refusals(city) == []


def test_a_contribution_with_unchecked_files_is_there_at_once_and_they_are_not(client, city, author, step):
    row = given(step, author, kept(author, pdf(), "Plan.pdf"), kept(author, video(seconds=1)))
    assert not Derivative.objects.of(city).exists()
    assert "Plan" not in get(client, row.path)
    mine = get(as_person(client, author), row.path)
    assert "„Plan“ wird gerade geprüft" in mine
    assert "Ihre Dateien werden gerade geprüft" in get(client, f"/beitrag/{row.number}/danke")
    run_due()
    assert "„Plan“ wird gerade geprüft" not in get(client, row.path)
    assert "Ihre Dateien werden gerade geprüft" not in get(client, f"/beitrag/{row.number}/danke")
    client.logout()
    assert "Plan" in get(client, row.path)
    assert refusals(city) == []


def test_who_gave_a_file_that_is_refused_is_told_once_and_why(client, city, author, step):
    row = given(step, author, kept(author, LOCKED, "Geheim.pdf"))
    run_due()
    run_due()
    (notice,) = refusals(city)
    worded = word_file_refused(city, notice)
    fetch_files(city, [notice])
    assert word_file_refused(city, notice) == worded
    assert "Ein Baum" in worded.paragraphs[0]
    assert "Passwort" in worded.paragraphs[1]
    assert worded.path == f"/beitrag/{row.number}/dateien"
    assert "Geheim" not in get(client, row.path)
    as_person(client, author)
    for path in (row.path, worded.path):
        assert "Passwort" in get(client, path)


def test_a_file_that_was_refused_while_its_form_was_on_the_way_is_told_too(city, author, step):
    file = kept(author, LOCKED)
    make_ready(MediaFile.objects.of(city).select_related("city").get())
    run_due()
    assert refusals(city) == []
    given(step, author, file)
    run_due()
    assert len(refusals(city)) == 1


def test_another_file_takes_the_place_of_one_that_was_refused(client, city, author, step):
    row = given(step, author, kept(author, LOCKED, "Geheim.pdf"))
    run_due()
    key = Attachment.objects.of(city).get().pk
    path = f"/beitrag/{row.number}/dateien"
    as_person(client, author)

    def instead(name, raw):
        data = {f"instead-{key}": SimpleUploadedFile(name, raw)}
        return client.post(path, data, headers={"host": "hafen.localhost"})

    for name, raw, sentence in [("x.pdf", b"MZ", "JPEG"), ("x.jpg", jpeg(40, 30), "Bitte wählen Sie ein PDF")]:
        answer = instead(name, raw)
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
    assert instead("Offen.pdf", pdf(pages=4)).status_code == 302
    run_due()
    file = Attachment.objects.of(city).select_related("file").get().file
    assert (file.title, file.pages, file.owner, file.is_public, file.state) == ("Offen", 4, author, True, "ready")
    assert not MediaFile.objects.of(city).filter(state="refused").exists()
    assert word_file_refused(city, refusals(city)[0]) is None


def test_a_file_that_is_shown_is_not_replaced(city, author, step):
    row = given(step, author, kept(author, pdf(), "Plan.pdf"))
    run_due()
    key = Attachment.objects.of(city).get().pk
    describe_files(actor_of(author), row, {}, instead={key: kept(author, pdf(), "Neu.pdf")})
    assert Attachment.objects.of(city).select_related("file").get().file.title == "Plan"


def fail_for_good(city, monkeypatch):
    """Every attempt of the worker fails, as it does while a disk is broken."""

    def fails(_source):
        raise TaskFault("the disk is broken")

    monkeypatch.setattr("civitas.media.actions.washed_pdf", fails)
    for _ in range(MOST_ATTEMPTS):
        assert MediaFile.objects.of(city).get().state == "waiting"
        OutboxRow.objects.of(city).filter(done_at=None, failed_at=None).update(run_at=timezone.now())
        run_due()
    monkeypatch.undo()


def test_a_file_whose_check_fails_for_good_is_not_checked_for_ever(client, city, author, step, monkeypatch):
    row = given(step, author, kept(author, pdf(), "Plan.pdf"))
    fail_for_good(city, monkeypatch)
    file = MediaFile.objects.of(city).get()
    assert (file.state, file.fault, file.raw) == ("refused", "unchecked", "")
    assert not Derivative.objects.of(city).exists()
    (notice,) = refusals(city)
    worded = word_file_refused(city, notice)
    assert worded.paragraphs[1].startswith("Wir konnten diese Datei nicht prüfen.")
    assert "Plan" not in get(client, row.path)
    as_person(client, author)
    for path in (row.path, worded.path):
        page = get(client, path)
        assert "Wir konnten diese Datei nicht prüfen." in page
        assert "wird gerade geprüft" not in page


def test_it_can_be_replaced_or_taken_away_like_any_that_was_refused(city, author, step, monkeypatch):
    row = given(step, author, kept(author, pdf(), "Plan.pdf"))
    fail_for_good(city, monkeypatch)
    key = Attachment.objects.of(city).get().pk
    describe_files(actor_of(author), row, {}, instead={key: kept(author, pdf(pages=2), "Neu.pdf")})
    run_due()
    file = Attachment.objects.of(city).select_related("file").get().file
    assert (file.title, file.state, file.is_public) == ("Neu", "ready", True)
    describe_files(actor_of(author), row, {}, dropped=[key])
    assert not MediaFile.objects.of(city).exists()


def test_a_form_that_is_still_open_says_so_and_sends_the_rest(client, city, author, step, monkeypatch):
    file = kept(author, pdf(), "Plan.pdf")
    fail_for_good(city, monkeypatch)
    (said,) = client.get(f"/geben/dateien?file={handle_of(file)}", headers={"host": "hafen.localhost"}).json()["rows"]
    assert "Wir konnten diese Datei nicht prüfen." in said["html"]
    answer = send(client, typed(file))
    assert answer.status_code == 422
    assert "Wir konnten diese Datei nicht prüfen." in answer.content.decode()
    assert send(client, typed()).status_code == 303
    assert refusals(city) == []


def test_a_file_at_which_the_worker_itself_dies_each_time_is_told_too(city, author, step):
    given(step, author, kept(author, pdf()))
    OutboxRow.objects.of(city).filter(kind="media.make_ready").update(
        attempts=MOST_ATTEMPTS, lease_owner="dead", lease_until=timezone.now() - timedelta(seconds=1)
    )
    assert bury_spent() == 1
    run_due()
    assert MediaFile.objects.of(city).get().fault == "unchecked"
    assert len(refusals(city)) == 1


def test_a_file_that_was_ready_in_time_stays_so_whatever_its_rows_say(city, author, step):
    given(step, author, kept(author, pdf()))
    run_due()
    give_up(MediaFile.objects.of(city).select_related("city").get())
    assert MediaFile.objects.of(city).get().state == "ready"


def test_only_author_and_team_send_another_file(city, author, step):
    row = given(step, author, kept(author, LOCKED))
    run_due()
    stranger = factories.make_participant(city, "Bob")
    with pytest.raises(Refused):
        describe_files(actor_of(stranger), row, {}, instead={Attachment.objects.of(city).get().pk: kept(stranger, pdf())})
    assert Attachment.objects.of(city).select_related("file").get().file.state == "refused"


def test_the_preview_shows_service_drawing_and_files_as_they_will_stand(client, city, author, step):
    factories.make_area(city, "Ottensen")
    service = factories.make_service(city, "Bücherhalle")
    line = '{"type": "LineString", "coordinates": [[9.93, 53.55], [9.94, 53.55]]}'
    files = [kept(author, pdf(pages=2), "Plan.pdf"), kept(author, video(seconds=1))]
    run_due()
    drawn = {"kind": "improvement", "service": service.key, "where": "somewhere", "drawing": line}
    answer = send(client, typed(*files, kept(author, pdf(), "Neu.pdf"), preview="1", **drawn))
    page = answer.content.decode()
    shown = page[page.index('<article class="look"') : page.index("</article>")]
    for words in (
        "Bücherhalle",
        "Gezeichnete Linie, etwa",
        'class="sketch"',
        "Plan",
        "2 Seiten",
        "Video, 1 Sekunde",
        "Neu",
        "wird gerade geprüft",
    ):
        assert words in shown, words
    assert "sobald es Worte" in shown
    told = send(client, typed(files[1], preview="1", **{f"transcript-{files[1].name}": "Man hört Wind."})).content.decode()
    assert "mit Worten für alle" in told
    assert not Contribution.objects.of(city).exists()


def test_a_refused_drawing_is_not_shown_as_if_it_were_taken(client, city, author, step):
    factories.make_area(city, "Ottensen")
    far = '{"type": "LineString", "coordinates": [[0, 0], [1, 1]]}'
    answer = send(client, typed(preview="1", where="somewhere", drawing=far))
    assert answer.status_code == 200
    assert 'class="sketch"' not in answer.content.decode()
    assert "liegt außerhalb" in answer.content.decode()


def test_a_place_that_is_no_number_breaks_no_preview(client, city, author, step):
    factories.make_area(city, "Ottensen")
    answer = send(client, typed(preview="1", where="somewhere", lat="hier", lon="dort"))
    assert answer.status_code == 200
    assert "auf der Karte" not in answer.content.decode().partition("<dl")[2].partition("</dl>")[0]
