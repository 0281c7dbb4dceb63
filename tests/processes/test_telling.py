"""News, dates and documents: put there, changed, taken away, each once."""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING, Any

import icalendar
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.factories import make_actor, make_city, make_process, make_staff, make_step
from tests.media.samples import jpeg

from civitas.cities.models import Place
from civitas.journal.models import Entry
from civitas.kit.translated import Translated
from civitas.kit.verdicts import Refused
from civitas.media.actions import keep_file
from civitas.media.models import MediaFile
from civitas.processes.actions import set_process_state
from civitas.processes.models import Document, Event, News, Process, Removed
from civitas.processes.queries import Paper, documents_of, news_of
from civitas.processes.removing import KEPT, bring_back, dates_off, forget_removed, removed_before
from civitas.processes.telling import put_document, put_event, put_news, remove_told

if TYPE_CHECKING:
    from django.test import Client

    from civitas.people.actors import Actor

pytestmark = pytest.mark.django_db
DESK = "/verwaltung/beteiligungen/wasser"
DAY = dt.timedelta(days=1)


def text(german: str) -> Translated:
    return Translated({"de": german, "en": german, "simple": german})


@pytest.fixture
def process() -> Process:
    process = make_process(make_city("hamburg"), "wasser", title=text("Wasser"), question=text("Wo?"), owner_name="Jan")
    make_step(process, position=1, title=text("Sammeln"))
    return process


@pytest.fixture
def owner(process: Process) -> Actor:
    return make_actor(process.city, "owner")


@pytest.fixture
def browser(client: Client, process: Process) -> Client:
    client.defaults["HTTP_HOST"] = "hamburg.localhost"
    client.force_login(make_staff(process.city, "owner").user)
    return client


def upload(actor: Actor) -> MediaFile:
    raw = jpeg(60, 40)
    return keep_file(actor, io.BytesIO(raw), size=len(raw), title="plan.jpg", loose=True)


def test_news_stands_there_once_and_what_is_dated_ahead_waits(process: Process, owner: Actor) -> None:
    first = put_news(owner, process, title=text("Es geht los"), body=text("Am Montag."))
    assert put_news(owner, process, title=text("Es geht los"), body=text("Am Montag.")).pk == first.pk
    put_news(owner, process, title=text("Es geht los"), body=text("Am Freitag."), published_at=timezone.now() + DAY)
    assert [row.key for row in News.objects.of(process.city).order_by("pk")] == ["es-geht-los", "es-geht-los-2"]
    assert [row.pk for row in news_of(process.city, process)] == [first.pk]


def test_who_changes_second_is_told(process: Process, owner: Actor) -> None:
    row = put_news(owner, process, title=text("Es geht los"), body=text("Am Montag."))
    put_news(owner, process, title=text("Es geht los"), body=text("Am Dienstag."), row=row, version=1)
    with pytest.raises(Refused) as caught:
        put_news(owner, process, title=text("Es geht los"), body=text("Am Mittwoch."), row=row, version=1)
    assert caught.value.status == 409
    row.refresh_from_db()
    assert (row.body["de"], row.version) == ("Am Dienstag.", 2)
    remove_told(owner, process, row, version=row.version)
    with pytest.raises(Refused) as caught:
        put_news(owner, process, title=text("Es geht los"), body=text("Am Mittwoch."), row=row, version=2)
    assert caught.value.status == 409
    verbs = Entry.objects.of(process.city).order_by("pk").values_list("verb", "subject")
    assert list(verbs) == [(f"news.{verb}", f"process:{process.pk}") for verb in ("added", "set", "removed")]


def date(**changes: Any) -> dict[str, Any]:
    starts = timezone.now() + DAY
    return {"title": text("Rundgang"), "description": text(""), "starts_at": starts, "ends_at": starts + dt.timedelta(hours=2)} | changes


def test_a_date_that_is_changed_stays_the_same_one_in_a_calendar(process: Process, owner: Actor, client: Client) -> None:
    place = Place.objects.create(city=process.city, key="haus", name="Haus am Markt", address="Markt 1")
    row = put_event(owner, process, **date(place=place))
    put_event(owner, process, **date(title=text("Rundgang am Abend"), place=place), row=row, version=1)
    # Nobody signs in for it.
    answer = client.get("/beteiligung/wasser/termine.ics", headers={"host": "hamburg.localhost"})
    entry = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")[0]
    assert (str(entry["summary"]), str(entry["uid"]), str(entry["location"])) == (
        "Rundgang am Abend", f"{row.uid}@hamburg.civitas-digitalis", "Haus am Markt, Markt 1",
    )  # fmt: skip


def in_calendars(client: Client, path: str) -> list[tuple[str, str, int]]:
    """Summary, status and sequence of each date there."""
    answer = client.get(path, headers={"host": "hamburg.localhost"})
    entries = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    return [(str(entry["summary"]), str(entry["status"]), int(entry["sequence"])) for entry in entries]


def test_a_date_that_is_taken_away_is_cancelled_in_calendars_until_it_comes_back_or_a_month_is_over(
    process: Process, owner: Actor, client: Client, time_machine: Any
) -> None:
    time_machine.move_to(timezone.now(), tick=False)
    one, all_of_them = "/beteiligung/wasser/termine.ics", "/beteiligungen/termine.ics"
    place = Place.objects.create(city=process.city, key="haus", name="Haus am Markt", address="Markt 1", lat=53.5, lon=10.0)
    row = put_event(owner, process, **date(place=place))
    uid = str(row.uid)
    put_event(owner, process, **date(title=text("Bleibt")))
    kept = remove_told(owner, process, row, version=1)
    assert kept is not None
    for path in (one, all_of_them):
        assert in_calendars(client, path) == [("Bleibt", "CONFIRMED", 2), ("Rundgang", "CANCELLED", 3)]
    answer = client.get(one, headers={"host": "hamburg.localhost"})
    assert f"UID:{uid}@hamburg" in answer.content.decode()
    assert "Haus am Markt" not in answer.content.decode()
    assert "Rundgang" not in client.get("/beteiligung/wasser", headers={"host": "hamburg.localhost"}).content.decode()
    bring_back(owner, process, kept.pk)
    assert in_calendars(client, one) == [("Rundgang", "CONFIRMED", 4), ("Bleibt", "CONFIRMED", 2)]
    again = Event.objects.of(process.city).get(uid=row.uid)
    remove_told(owner, process, again, version=again.version)
    assert ("Rundgang", "CANCELLED", 5) in in_calendars(client, one)
    time_machine.shift(KEPT + DAY)
    assert in_calendars(client, one) == [("Bleibt", "CONFIRMED", 2)]


def test_cancelled_dates_stay_in_their_city_and_cost_two_queries(process: Process, owner: Actor) -> None:
    place = Place.objects.create(city=process.city, key="haus", name="Haus am Markt", address="Markt 1")
    for number in (1, 3):
        for each in range(number):
            row = put_event(owner, process, **date(title=text(f"Rundgang {number} {each}"), place=place))
            remove_told(owner, process, row, version=1)
        with CaptureQueriesContext(connection) as seen:
            assert dates_off(process.city, process)
        assert len(seen) == 2
    assert dates_off(make_city("kassel")) == []


def test_a_date_that_ends_before_it_begins_is_refused_and_a_place_of_another_city_too(process: Process, owner: Actor) -> None:
    with pytest.raises(Refused) as caught:
        put_event(owner, process, **date(ends_at=timezone.now()))
    assert list(caught.value.fields) == ["ends_at"]
    elsewhere = Place.objects.create(city=make_city("kassel"), key="haus", name="Haus")
    with pytest.raises(Refused) as caught:
        put_event(owner, process, **date(place=elsewhere))
    assert caught.value.status == 404
    assert not Event.objects.of(process.city).exists()


def test_a_file_of_a_draft_is_public_only_once_the_process_is(process: Process, owner: Actor) -> None:
    Process.objects.of(process.city).filter(pk=process.pk).update(state="draft")
    process.refresh_from_db()
    row = put_document(owner, process, title=text("Lageplan"), file=upload(owner))
    file = MediaFile.objects.of(process.city).get()
    # It is the city's: it stays when whoever uploaded it leaves.
    assert (file.is_public, file.owner, file.loose_until, row.file) == (False, None, None, file)
    # In the preview of the draft it stands there, and nobody gets at it.
    assert documents_of(process.city, process) == [Paper("Lageplan", "", outside=False, note="Bild")]
    set_process_state(owner, process, "published")
    [paper] = documents_of(process.city, process)
    assert (paper.title, paper.url.startswith("/medien/")) == ("Lageplan", True)


def test_a_file_goes_with_its_document_and_when_another_takes_its_place(process: Process, owner: Actor) -> None:
    row = put_document(owner, process, title=text("Lageplan"), file=upload(owner))
    put_document(owner, process, title=text("Lageplan"), file=upload(owner), row=row, version=1)
    assert MediaFile.objects.of(process.city).count() == 1
    row = Document.objects.of(process.city).get()
    kept = remove_told(owner, process, row, version=row.version)
    file = MediaFile.objects.of(process.city).get()
    assert not file.is_public
    bring_back(owner, process, kept.pk)
    file.refresh_from_db()
    assert (file.is_public, [paper.title for paper in documents_of(process.city, process)]) == (True, ["Lageplan"])
    row = Document.objects.of(process.city).get()
    remove_told(owner, process, row, version=row.version)
    assert forget_removed(process.city, removed_before(process.city, timezone.now() - KEPT)) == 0
    assert forget_removed(process.city, removed_before(process.city, timezone.now() + DAY)) == 1
    assert forget_removed(process.city, removed_before(process.city, timezone.now() + DAY)) == 0
    assert not MediaFile.objects.of(process.city).exists()


def test_what_cannot_come_back_says_why_and_stays_where_it_is(process: Process, owner: Actor) -> None:
    row = put_document(owner, process, title=text("Lageplan"), url="https://example.org/1")
    kept = remove_told(owner, process, row, version=1)
    twin = put_document(owner, process, title=text("Lageplan"), url="https://example.org/2")
    with pytest.raises(Refused) as caught:
        bring_back(owner, process, kept.pk)
    assert (caught.value.status, Document.objects.of(process.city).count()) == (409, 1)
    put_document(owner, process, title=text("Neuer Plan"), url="https://example.org/2", row=twin, version=1)
    back = bring_back(owner, process, kept.pk)
    assert (back.title["de"], back.key) == ("Lageplan", "lageplan-2")
    other = make_process(make_city("kassel"), "wasser")
    with pytest.raises(Refused):
        bring_back(owner, other, kept.pk)
    assert bring_back(owner, process, kept.pk) is None


def test_a_date_that_comes_back_is_the_same_one_for_calendars_and_without_a_place_that_is_gone(process: Process, owner: Actor) -> None:
    place = Place.objects.create(city=process.city, key="haus", name="Haus am Markt", address="Markt 1")
    row = put_event(owner, process, **date(place=place))
    kept = remove_told(owner, process, row, version=1)
    Place.objects.of(process.city).filter(pk=place.pk).delete()
    back = bring_back(owner, process, kept.pk)
    again = Event.objects.of(process.city).get()
    assert (back.pk, again.uid, again.place) == (row.pk, row.uid, None)
    assert abs(again.starts_at - row.starts_at) < dt.timedelta(milliseconds=1)


def test_two_documents_of_one_name_and_one_without_anything_are_refused(process: Process, owner: Actor) -> None:
    put_document(owner, process, title=text("Lageplan"), url="https://example.org/1")
    for values, field, status in (
        ({"title": text("Lageplan"), "url": "https://example.org/2"}, "title", 409),
        ({"title": text("Zählung")}, "url", 400),
        ({"title": text("Zählung"), "url": "https://example.org/2", "file": upload(owner)}, "url", 400),
    ):
        with pytest.raises(Refused) as caught:
            put_document(owner, process, **values)
        assert (list(caught.value.fields), caught.value.status) == ([field], status)
    assert Document.objects.of(process.city).count() == 1


@pytest.mark.parametrize(
    ("part", "sent", "model"),
    [
        ("neuigkeiten", {"title_de": "Es geht los", "body_de": "Am Montag."}, News),
        ("termine", {"title_de": "Rundgang", "starts_at": "2099-05-12T17:00", "ends_at": "2099-05-12T18:00", "where": "Markt"}, Event),
        ("unterlagen", {"title_de": "Lageplan", "url": "https://example.org/plan"}, Document),
    ],
)
def test_the_desk_puts_changes_and_takes_away(browser: Client, process: Process, part: str, sent: dict[str, str], model: Any) -> None:
    assert browser.post(f"{DESK}/{part}/neu", sent)["Location"] == f"{DESK}#{part}"
    row = model.objects.of(process.city).get()
    here = f"{DESK}/{part}/{row.key}"
    assert sent["title_de"] in browser.get(here).content.decode()
    assert browser.post(here, sent | {"title_de": "Ganz anders", "version": 1}).status_code == 302
    late = browser.post(here, sent | {"title_de": "Noch einmal anders", "version": 1})
    assert (late.status_code, "Noch einmal anders" in late.content.decode()) == (409, True)
    assert ("Deutsch", "Ganz anders") in late.context["theirs"]
    assert "Ganz anders" in browser.get(DESK).content.decode()
    assert browser.post(here, {"do": "remove", "version": 1}).status_code == 409  # it was changed since
    gone = browser.post(here, {"do": "remove", "version": 2})
    assert not model.objects.of(process.city).exists()
    assert browser.get(here).status_code == 404
    kept = Removed.objects.of(process.city).get()
    assert gone["Location"] == f"{DESK}?weg={kept.pk}#{part}"
    page = browser.get(gone["Location"]).content.decode()
    assert "„Ganz anders“ ist entfernt." in page
    assert "1 wurde vor Kurzem entfernt" in page
    back = browser.post(f"{DESK}/zurueckholen/{kept.pk}")
    assert back["Location"] == f"{DESK}#{part}"
    found = model.objects.of(process.city).get()
    assert (found.pk, found.key, found.title["de"], found.version) == (row.pk, row.key, "Ganz anders", 3)
    assert browser.post(f"{DESK}/zurueckholen/{kept.pk}")["Location"] == DESK
    assert model.objects.of(process.city).count() == 1


def test_a_faulty_date_is_told_at_its_field_and_kept(browser: Client, process: Process) -> None:
    sent = {"title_de": "Rundgang", "starts_at": "2099-05-12T17:00", "ends_at": "2099-05-12T16:00", "where": "Am Markt 7"}
    answer = browser.post(f"{DESK}/termine/neu", sent)
    assert (answer.status_code, "id_ends_at-error" in answer.content.decode(), "Am Markt 7" in answer.content.decode()) == (422, True, True)


def test_a_file_is_taken_in_by_the_desk_and_what_is_none_is_refused_at_its_field(browser: Client, process: Process) -> None:
    bad = browser.post(f"{DESK}/unterlagen/neu", {"title_de": "Plan", "file": SimpleUploadedFile("plan.exe", b"MZ\x00\x01" * 40)})
    assert (bad.status_code, "id_file-error" in bad.content.decode()) == (422, True)
    good = browser.post(f"{DESK}/unterlagen/neu", {"title_de": "Plan", "file": SimpleUploadedFile("plan.jpg", jpeg(60, 40))})
    assert good.status_code == 302
    assert MediaFile.objects.of(process.city).get().is_public


@pytest.mark.parametrize("role", ["", "moderator", "expert", "member"])
def test_only_who_steers_tells(process: Process, role: str) -> None:
    other = make_actor(process.city, role)
    for put in (
        lambda: put_news(other, process, title=text("A"), body=text("B")),
        lambda: put_event(other, process, **date()),
        lambda: put_document(other, process, title=text("A"), url="https://example.org"),
    ):
        with pytest.raises(Refused) as caught:
            put()
        assert caught.value.status == 403
