"""The archive of all one gave: packed by the worker, readable, complete, its owner's alone, and soon gone."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.utils import timezone
from tests.factories import make_browser, make_city, make_contribution, make_guest, make_participant, make_process, make_step
from tests.leaving import leave_for_good
from tests.people.marked import OWN, PERSON, TEXTS, Marked, make_marked

from civitas.kit.rooms import rooms
from civitas.kit.verdicts import Refused
from civitas.outbox.worker import run_due
from civitas.people import archives
from civitas.people.actions import claim_guest, export_everything
from civitas.people.actors import actor_of
from civitas.people.archives import ask_archive, drop_archives
from civitas.people.models import Archive

if TYPE_CHECKING:
    from civitas.people.models import Participant

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def city(db: None) -> Any:
    return make_city("hamburg")


@pytest.fixture
def alice(city: Any) -> Participant:
    person = make_participant(city, "Alice")
    make_contribution(make_step(make_process(city)), "Meine <Idee>", author=person)
    return person


def packed(person: Participant) -> Archive:
    """Asked for on the page, and packed."""
    browser = make_browser(person.city, person)
    assert browser.post("/konto/daten").headers["Location"] == "/konto/#my-data"
    run_due()
    return Archive.objects.of(person.city).get(participant=person)


def unpacked(person: Participant, archive: Archive) -> zipfile.ZipFile:
    response = make_browser(person.city, person).get(f"/konto/daten/{archive.uid}")
    assert response.status_code == 200
    return zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))


def test_the_page_tells_of_packing_and_offers_the_archive_to_its_owner(alice: Participant) -> None:
    browser = make_browser(alice.city, alice)
    assert "Mein Archiv packen" in browser.get("/konto/").content.decode()
    browser.post("/konto/daten")
    browser.post("/konto/daten")
    assert Archive.objects.of(alice.city).count() == 1
    waiting = browser.get("/konto/daten/stand").content.decode()
    assert ("Wir packen Ihr Archiv" in waiting, 'hx-trigger="every 2s"' in waiting) == (True, True)
    run_due()
    ready = browser.get("/konto/daten/stand").content.decode()
    assert ("Archiv holen" in ready, "hx-trigger" in ready) == (True, False)
    assert "Archiv holen" in browser.get("/konto/").content.decode()


def test_it_holds_the_data_a_page_to_read_and_the_files_of_every_room() -> None:
    marked: Marked = make_marked()
    run_due()
    found = unpacked(marked.person, packed(marked.person))  # anew: documents have been looked into meanwhile
    data = json.loads(found.read("daten.json"))
    page = found.read("lesen.html").decode()
    assert sorted(data) == sorted(room.key for room in rooms() if room.personal_data)
    assert len(data["contributions"]["contributions"]) == len(
        export_everything(marked.city, marked.person)["contributions"]["contributions"]
    )
    for mark in (PERSON, OWN, TEXTS):
        assert mark in page
    assert ("Was Hamburg über Sie aufbewahrt" in page, "<dd>Zurückgezogen</dd>" in page, "<dd>withdrawn</dd>" in page) == (
        True,
        True,
        False,
    )
    files = {name.removeprefix("dateien/") for name in found.namelist() if name.startswith("dateien/")}
    named = {each["file"] for each in data["media"]["files"]}
    assert (files == named, len(files)) == (True, 4)
    assert all(f'href="dateien/{name}"' in page for name in files)
    picture = next(name for name in found.namelist() if name.endswith(".webp"))
    assert found.read(picture)[8:12] == b"WEBP"


def test_words_that_look_like_a_page_stay_words(alice: Participant) -> None:
    page = unpacked(alice, packed(alice)).read("lesen.html").decode()
    assert ("Meine &lt;Idee&gt;" in page, "<Idee>" in page) == (True, False)


def test_after_three_days_it_is_gone_with_its_bytes(alice: Participant) -> None:
    archive = packed(alice)
    path = f"hamburg/{archive.name[:2]}/{archive.name}"
    assert default_storage.exists(path)
    browser = make_browser(alice.city, alice)
    later = timezone.now() + dt.timedelta(days=3, minutes=1)
    with time_machine.travel(later, tick=False):
        assert browser.get(f"/konto/daten/{archive.uid}").status_code in {302, 404}
        drop_archives(alice.city, now=timezone.now())
    assert (Archive.objects.of(alice.city).exists(), default_storage.exists(path)) == (False, False)


def test_who_leaves_or_asks_anew_leaves_no_archive_behind(alice: Participant) -> None:
    first = packed(alice)
    second = packed(alice)
    names = [f"hamburg/{each.name[:2]}/{each.name}" for each in (first, second)]
    assert list(map(default_storage.exists, names)) == [False, True]
    leave_for_good(alice.city, alice)
    assert default_storage.exists(names[1]) is False


def test_what_a_guest_had_packed_goes_when_an_account_takes_it_over(city: Any, alice: Participant) -> None:
    guest = make_guest(city, "Jonas")
    archive = packed(guest)
    claim_guest(city, alice.user, guest)
    assert (Archive.objects.of(city).exists(), default_storage.exists(f"hamburg/{archive.name[:2]}/{archive.name}")) == (False, False)


def test_packing_that_never_works_is_said(alice: Participant, monkeypatch: pytest.MonkeyPatch) -> None:
    ask_archive(actor_of(alice))
    archives.fail_archive(alice.city, Archive.objects.of(alice.city).get().pk)
    page = make_browser(alice.city, alice).get("/konto/").content.decode()
    assert ("Das hat nicht geklappt" in page, "Mein Archiv packen" in page) == (True, True)


def test_packing_has_a_limit(alice: Participant) -> None:
    actor = actor_of(alice)
    for _time in range(6):
        ask_archive(actor)
        run_due()
    with pytest.raises(Refused) as refused:
        ask_archive(actor)
    assert refused.value.status == 429


class TestDoors:
    def test_nobody_else_fetches_it(self, alice: Participant) -> None:
        archive = packed(alice)
        path = f"/konto/daten/{archive.uid}"
        assert make_browser(alice.city, make_participant(alice.city, "Bob")).get(path).status_code == 404
        assert make_browser(alice.city).get(path).headers["Location"] == "/konto/anmelden?next=/konto/"

    def test_another_city_does_not_know_it(self, alice: Participant) -> None:
        archive = packed(alice)
        other = make_participant(make_city("kassel"), "Alice", user=alice.user)
        assert make_browser(other.city, other).get(f"/konto/daten/{archive.uid}").status_code == 404

    def test_a_stranger_has_nothing_packed(self, city: Any) -> None:
        browser = make_browser(city)
        assert browser.post("/konto/daten").headers["Location"] == "/konto/anmelden?next=/konto/"
        assert browser.get("/konto/daten/stand").status_code == 404
