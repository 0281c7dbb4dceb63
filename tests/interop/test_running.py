"""An import in the browser: read, mapped, checked, brought in slice by slice, stopped, killed, gone on with."""

from __future__ import annotations

import csv
import io
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from openpyxl import Workbook
from tests.factories import make_actor, make_browser, make_city, make_staff
from tests.interop.desks import FILES, PACKS, desk_of, rows_of
from tests.outbox.processes import start_process, wait_until

from civitas.cities.queries import forget_cities
from civitas.contributions.counts import miscounts
from civitas.contributions.models import Contribution
from civitas.interop import running
from civitas.interop.models import Import, ImportItem
from civitas.interop.packs import load_pack
from civitas.interop.running import discard, map_columns, preview, proposed, start_import, stop_import, take_upload
from civitas.interop.staging import Folder
from civitas.interop.undoing import start_undo
from civitas.journal.models import Entry
from civitas.kit.ids import uuid7
from civitas.kit.verdicts import Refused
from civitas.outbox.models import MOST_ATTEMPTS, OutboxRow
from civitas.outbox.tasks import TaskFault
from civitas.outbox.worker import run_due
from civitas.people.actors import actor_of
from civitas.people.models import Membership

if TYPE_CHECKING:
    from pathlib import Path

    from tests.interop.desks import Desk

    from civitas.people.actors import Actor

pytestmark = pytest.mark.django_db
HEADER = "Kennung;Betreff;Was ist los?;Thema;Breite;Länge\n"
SOME = HEADER + "1;Bank;Eine Bank fehlt;Sitzen;50,73;7,1\n2;Licht;Es ist dunkel;Licht;50,74;7,11\n1;Noch einmal;Doppelt;;;\n4;;;;;\n"
OUTBOX = FILES.parents[1] / "outbox" / "worker_process.py"


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    """Uploads lie in a folder of the test's own."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path / "media")}},
    }
    return tmp_path / "media"


@pytest.fixture
def owner(desk: Desk) -> Actor:
    return actor_of(make_staff(desk.city, "owner", "Jan"))


def send(desk: Desk, actor: Actor, data: bytes, name: str = "ideen.csv", **options: Any) -> Import:
    unit = take_upload(actor, desk.process, SimpleUploadedFile(name, data), uid=uuid7(), **options)
    run_due()
    return fresh(unit)


def fresh(unit: Import) -> Import:
    return Import.objects.of(unit.city_id).select_related("process", "process__city", "by").get(pk=unit.pk)


def checked(desk: Desk, actor: Actor, text: str = SOME, **more: str) -> Import:
    unit = send(desk, actor, text.encode())
    map_columns(actor, unit, proposed(unit)[0] | {"Was ist los?": "text"} | more)
    run_due()
    return fresh(unit)


def fail(*_all: object, **_more: object) -> None:
    raise TaskFault("what nobody thought of")


def give_up(desk: Desk) -> None:
    """Let the worker try until it gives up, and do what follows."""
    for _ in range(MOST_ATTEMPTS + 1):
        OutboxRow.objects.of(desk.city).filter(done_at=None, failed_at=None).update(run_at=timezone.now())
        run_due()


@pytest.mark.parametrize("what", ["read", "check"])
def test_a_file_at_which_the_worker_always_fails_waits_no_longer(
    desk: Desk, owner: Actor, folder: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    if what == "read":
        monkeypatch.setattr("civitas.interop.tasks.read_upload", fail)
        unit = send(desk, owner, SOME.encode())
    else:
        monkeypatch.setattr("civitas.interop.tasks.check_some", fail)
        unit = checked(desk, owner)
    give_up(desk)
    unit = fresh(unit)
    assert unit.state == Import.State.FAILED
    assert unit.fault["sentence"].startswith("We could not read")
    assert not Folder(unit).source.exists()
    assert "Wir konnten ideen.csv nicht lesen" in make_browser(desk.city, owner.participant).get(f"/verwaltung/importe/{unit.pk}").text


def titles(desk: Desk) -> list[str]:
    rows = Contribution.objects.of(desk.city).filter(process=desk.process).exclude(visibility="erased")
    return list(rows.order_by("pk").values_list("title", flat=True))


def test_a_file_is_read_guessed_checked_and_nothing_is_written_yet(desk: Desk, owner: Actor) -> None:
    unit = send(desk, owner, SOME.encode())
    assert (unit.state, unit.rows) == ("mapping", 4)
    assert proposed(unit) == ({"Kennung": "id", "Betreff": "title", "Thema": "category", "Breite": "lat", "Länge": "lon"}, None)
    with pytest.raises(Refused):
        map_columns(owner, unit, {"Kennung": "id"})
    with pytest.raises(Refused) as refused:
        map_columns(owner, unit, {"Kennung": "id", "Betreff": "title", "Was ist los?": "title"})
    assert sorted(refused.value.fields) == ["column-1", "column-2"]

    unit = checked(desk, owner)

    assert (unit.state, unit.expected_new, unit.expected_updated, unit.rejected) == ("ready", 2, 0, 2)
    page = unescape(make_browser(desk.city, owner.participant).get(f"/verwaltung/importe/{unit.pk}").text)
    assert "2</b>neue Beiträge" in page
    one = checked(desk, owner, HEADER + "9;Bank;Eine Bank fehlt;;;\n;Ohne Kennung;;;;\n")
    page = unescape(make_browser(desk.city, owner.participant).get(f"/verwaltung/importe/{one.pk}").text)
    assert "1</b>neuer Beitrag" in page
    assert "1</b>Zeile geht nicht hinein" in page
    assert [(each["row"].title, each["kind"], each["category"]) for each in preview(unit, 8)] == [
        ("Bank", "new", "Sitzen"),
        ("Licht", "new", "Licht"),
    ]
    assert [(each["line"], each["reason"]) for each in Folder(unit).first_faults(9)] == [
        ("4", "die Kennung „1“ steht zweimal in dieser Datei"),
        ("5", "die Zeile hat weder Titel noch Text"),
    ]
    assert unit.notes["categories"] == ["Sitzen", "Licht"]
    assert titles(desk) == []


@pytest.mark.parametrize(
    ("way", "twice", "unknown"),
    [
        ("", "die Kennung „1“ steht zweimal in dieser Datei", "Dienstleistung: Nirgends"),
        ("/en", "the id '1' stands twice in this file", "Service: Nirgends"),
    ],
)
def test_reasons_and_names_are_said_in_the_language_of_who_reads(desk: Desk, owner: Actor, way: str, twice: str, unknown: str) -> None:
    desk.city.settings = {**desk.city.settings, "languages": ["de", "en"]}
    desk.city.save()
    forget_cities()
    text = "id;title;service\n1;Bank;Nirgends\n1;Noch eine;\n"
    unit = send(desk, owner, text.encode())
    map_columns(owner, unit, proposed(unit)[0])
    run_due()
    browser = make_browser(desk.city, owner.participant)
    page = unescape(browser.get(f"{way}/verwaltung/importe/{unit.pk}").text)
    assert twice in page
    assert unknown in page
    file = b"".join(browser.get(f"{way}/verwaltung/importe/{unit.pk}/fehler.csv").streaming_content).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(file))) == [["reason", "line", "id", "title", "service"], [twice, "3", "1", "Noch eine", ""]]


def test_it_goes_in_is_taken_back_and_the_next_file_of_its_kind_is_mapped_alike(desk: Desk, owner: Actor) -> None:
    unit = checked(desk, owner)
    start_import(owner, unit)
    with pytest.raises(Refused):
        start_import(owner, unit)
    run_due()
    unit = fresh(unit)
    assert (unit.state, unit.new, unit.rejected, unit.percent) == ("done", 2, 2, 100)
    assert titles(desk) == ["Bank", "Licht"]
    assert not Folder(unit).ready.exists()
    assert len(rows_of(Folder(unit).faults)) == 2
    entry = Entry.objects.of(desk.city).get(verb="contributions.imported")
    assert entry.details == {"new": 2, "updated": 0, "unchanged": 0, "rejected": 2, "unit": unit.pk}

    again = send(desk, owner, (HEADER + "2;Licht;Heller, bitte;Licht;50,74;7,11\n").encode())
    chosen, last = proposed(again)
    assert (last, chosen["Was ist los?"]) == (unit, "text")
    map_columns(owner, again, chosen)
    run_due()
    again = fresh(again)
    assert (again.expected_new, again.expected_updated) == (0, 1)

    start_undo(owner, unit)
    run_due()
    assert titles(desk) == []
    assert miscounts(desk.city) == []


def test_it_stops_in_the_middle_and_goes_on_without_doubles(desk: Desk, owner: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = "".join(f"{number};Titel {number};Text;;;\n" for number in range(1, 26))
    unit = checked(desk, owner, HEADER + lines)
    monkeypatch.setattr(running, "BATCH", 10)
    monkeypatch.setattr(running, "_SECONDS", -1.0)
    assert not running.bring_some(desk.city, unit.pk)  # not started
    start_import(owner, unit)
    assert running.bring_some(desk.city, unit.pk)
    done = fresh(unit).seen
    assert done == 10
    stop_import(owner, unit)
    run_due()
    assert (fresh(unit).state, fresh(unit).seen, len(titles(desk))) == ("stopped", done, done)
    start_import(owner, fresh(unit))
    run_due()
    assert (fresh(unit).state, len(titles(desk)), len(set(titles(desk)))) == ("done", 25, 25)
    assert ImportItem.objects.of(desk.city).filter(run=unit).count() == 25
    times = list(Contribution.objects.of(desk.city).filter(process=desk.process).order_by("given_at").values_list("title", flat=True))
    assert times == [f"Titel {number}" for number in range(1, 26)]  # as they stand in the file


def test_of_a_file_that_is_stopped_and_taken_back_nothing_is_kept(desk: Desk, owner: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "BATCH", 1)
    monkeypatch.setattr(running, "_SECONDS", -1.0)
    unit = checked(desk, owner)
    start_import(owner, unit)
    assert running.bring_some(desk.city, unit.pk)
    stop_import(owner, unit)
    assert "Es ist dunkel" in Folder(unit).source.read_text(encoding="utf-8")
    start_undo(owner, fresh(unit))
    run_due()
    assert (fresh(unit).state, titles(desk), Folder(unit).path.exists()) == ("undone", [], False)
    browser, way = make_browser(desk.city, owner.participant), f"/verwaltung/importe/{unit.pk}"
    assert browser.get(way).status_code == 200
    assert browser.get(f"{way}/fehler.csv").status_code == 404
    assert browser.post(f"{way}/einlesen").status_code == 303
    run_due()
    assert (fresh(unit).state, titles(desk)) == ("undone", [])


def test_a_command_at_work_is_stopped_by_no_page(desk: Desk, owner: Actor) -> None:
    unit = Import.objects.create(city=desk.city, process=desk.process, door="command", state="running")
    stop_import(owner, unit)
    assert fresh(unit).state == "running"


def test_who_has_left_the_team_brings_nothing_in_any_more_but_somebody_else_goes_on(desk: Desk, owner: Actor) -> None:
    unit = checked(desk, owner)
    start_import(owner, unit)
    Membership.objects.of(desk.city).filter(participant=owner.participant).delete()
    run_due()
    assert (fresh(unit).state, titles(desk)) == ("stopped", [])
    deputy = make_staff(desk.city, "owner", "Ole")
    browser, way = make_browser(desk.city, deputy), f"/verwaltung/importe/{unit.pk}"
    assert "darf das nicht mehr" in browser.get(way).text

    browser.post(f"{way}/einlesen")
    run_due()
    assert (fresh(unit).state, fresh(unit).by, titles(desk)) == ("done", deputy, ["Bank", "Licht"])
    assert "darf das nicht mehr" not in browser.get(way).text


def test_rows_at_which_the_worker_always_fails_are_under_way_no_longer_and_go_in_once_when_it_goes_on(
    desk: Desk, owner: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "BATCH", 1)
    monkeypatch.setattr(running, "_SECONDS", -1.0)
    unit = checked(desk, owner)
    start_import(owner, unit)
    run_due(1)
    with monkeypatch.context() as broken:
        broken.setattr("civitas.interop.tasks.bring_some", fail)
        give_up(desk)
    assert (fresh(unit).state, fresh(unit).seen, titles(desk)) == ("stopped", 1, ["Bank"])
    browser, way = make_browser(desk.city, owner.participant), f"/verwaltung/importe/{unit.pk}"
    page = browser.get(way)
    assert "Wir konnten nicht alle Zeilen aufnehmen" in page.text
    assert 'hx-trigger="every' not in page.text
    kassel = make_city("kassel")
    for stranger, status in [
        (make_browser(desk.city), {302, 403}),
        (make_browser(desk.city, make_staff(desk.city, "moderator", "Mo")), {403}),
        (make_browser(kassel, make_staff(kassel, "administrator")), {404}),
    ]:
        assert stranger.post(f"{way}/einlesen").status_code in status
    assert fresh(unit).state == "stopped"

    for _twice in range(2):
        browser.post(f"{way}/einlesen")
    assert OutboxRow.objects.of(desk.city).filter(kind="interop.bring", done_at=None, failed_at=None).count() == 1
    assert fresh(unit).fault == {}
    run_due()
    assert (fresh(unit).state, fresh(unit).new, titles(desk)) == ("done", 2, ["Bank", "Licht"])
    assert "Wir konnten nicht alle Zeilen" not in browser.get(way).text
    assert miscounts(desk.city) == []


def test_what_the_worker_cannot_take_back_is_tried_again_and_nothing_goes_in_meanwhile(
    desk: Desk, owner: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("civitas.interop.undoing._AT_ONCE", 1)
    unit = checked(desk, owner)
    start_import(owner, unit)
    run_due()
    start_undo(owner, fresh(unit))
    run_due(1)
    with monkeypatch.context() as broken:
        broken.setattr("civitas.interop.tasks.work_undo", fail)
        give_up(desk)
    unit = fresh(unit)
    assert (unit.state, unit.undone, unit.stays, unit.still_in, titles(desk)) == ("partly", 1, 0, 1, ["Bank"])
    browser, way = make_browser(desk.city, owner.participant), f"/verwaltung/importe/{unit.pk}"
    page = browser.get(way)
    assert "Wir konnten nicht alles zurücknehmen" in page.text
    assert ('hx-trigger="every' in page.text, "Den Rest zurücknehmen" in page.text) == (False, True)
    browser.post(f"{way}/einlesen")
    assert fresh(unit).state == "partly"
    kassel = make_city("kassel")
    for stranger, status in [
        (make_browser(desk.city), {302, 403}),
        (make_browser(desk.city, make_staff(desk.city, "moderator", "Mo")), {403}),
        (make_browser(kassel, make_staff(kassel, "administrator")), {404}),
    ]:
        assert stranger.post(f"{way}/zuruecknehmen").status_code in status
    assert fresh(unit).state == "partly"

    for _twice in range(2):
        browser.post(f"{way}/zuruecknehmen")
    assert fresh(unit).fault == {}
    run_due()
    unit = fresh(unit)
    assert (unit.state, unit.undone, unit.stays, titles(desk)) == ("undone", 2, 0, [])
    assert "Wir konnten nicht alles" not in browser.get(way).text
    assert miscounts(desk.city) == []


def book(**cells: Any) -> bytes:
    made = Workbook()
    sheet = made.active
    for cell, value in cells.items():
        sheet[cell] = value
    if "B2" not in cells:
        sheet.merge_cells("A2:B2")
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (book(A1="id", B1="title", A2="1"), "verbunden"),
        (book(A1="id", B1="title", A2="1", B2="x", AAA1="zu weit"), "mehr als 500 Spalten"),
        (b"PK\x03\x04 kein Archiv", "keine vollständige XLSX-Datei"),
        (b"id,title\n1,\xfc\n", "UTF-8"),
        (b"id,title\n", "keine Zeile"),
        (
            b'{"type":"FeatureCollection","crs":{"properties":{"name":"EPSG:25832"}},"features":[]}',
            "EPSG:25832",
        ),
    ],
)
def test_a_file_that_cannot_be_read_says_why_in_the_readers_words_and_leaves_nothing(
    desk: Desk, owner: Actor, data: bytes, sentence: str
) -> None:
    unit = send(desk, owner, data, "ideen")
    assert unit.state == "failed"
    assert sentence in unit.fault_said
    assert "ideen" in unit.fault_said
    assert not Folder(unit).path.exists()
    discard(owner, unit)
    assert not Import.objects.of(desk.city).exists()


def test_the_same_form_twice_is_one_import_and_only_those_who_may_send_one(desk: Desk, owner: Actor) -> None:
    uid = uuid7()
    one, two = (take_upload(owner, desk.process, SimpleUploadedFile("a.csv", SOME.encode()), uid=uid) for _ in range(2))
    assert one == two
    for actor, status in ((make_actor(desk.city, "moderator"), 403), (make_actor(make_city("kassel"), "owner"), 404)):
        with pytest.raises(Refused) as refused:
            take_upload(actor, desk.process, SimpleUploadedFile("a.csv", SOME.encode()), uid=uuid7())
        assert refused.value.status == status


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_leaves_nothing_out_and_nothing_twice(tmp_path: Path, folder: Path) -> None:
    desk = desk_of(load_pack(PACKS / "bonn"), "raddialog", tmp_path)
    owner = actor_of(make_staff(desk.city, "owner", "Jan"))
    count = 2_000
    lines = "".join(f"{number};Titel {number};Ein Text;Thema {number % 5};;\n" for number in range(count))
    unit = checked(desk, owner, HEADER + lines)
    start_import(owner, unit)

    def rows() -> int:
        return Contribution.objects.of(desk.city).filter(process=desk.process).count()

    for enough in (1, count // 2):
        worker = start_process(OUTBOX, tmp_path / "log", 1, STORAGE_URL=str(folder))
        wait_until(lambda enough=enough: rows() >= enough, seconds=120)
        worker.kill()
        worker.wait()
    assert rows() < count
    worker = start_process(OUTBOX, tmp_path / "log", 1, STORAGE_URL=str(folder))
    wait_until(lambda: fresh(unit).state == "done", seconds=120)
    worker.kill()
    worker.wait()
    keys = Contribution.objects.of(desk.city).filter(process=desk.process).values_list("source_key", flat=True)
    assert sorted(keys, key=int) == [str(number) for number in range(count)]
    assert (fresh(unit).new, ImportItem.objects.of(desk.city).filter(run=unit).count()) == (count, count)
    assert miscounts(desk.city) == []
