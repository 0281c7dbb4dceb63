"""A process whole as an archive, for everybody, for the team and for research."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction
from django.utils import timezone
from tests.factories import (
    make_actor,
    make_area,
    make_browser,
    make_category,
    make_city,
    make_comment,
    make_contribution,
    make_event,
    make_link,
    make_participant,
    make_process,
    make_staff,
    make_step,
)
from tests.media.samples import jpeg

from civitas.contributions.actions import change_visibility, erase_contribution
from civitas.contributions.attachments import Shown, attach_files, describe_files
from civitas.contributions.models import Attachment
from civitas.contributions.recognised import PICTURES
from civitas.interop.archive_models import Archive
from civitas.interop.archives import archive_path, begin_archive, folder_of, home_of, make_anew, work_archive
from civitas.interop.dictionary import FILES, RESEARCH_FILES
from civitas.interop.retention import old_archives, remove_archives
from civitas.kit.ids import uuid7
from civitas.kit.personal import Span
from civitas.kit.verdicts import Refused
from civitas.media.actions import keep_file
from civitas.outbox.models import MOST_ATTEMPTS, OutboxRow
from civitas.outbox.tasks import TaskFault
from civitas.outbox.worker import run_due
from civitas.people.actors import actor_of
from civitas.people.consents import give_consent, withdraw_consent
from civitas.redaction.actions import redact_contribution

if TYPE_CHECKING:
    from pathlib import Path

    from civitas.people.actors import Actor
    from civitas.processes.models import Process, Step

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> None:
    place = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path / "media")}}
    settings.STORAGES = {**settings.STORAGES, "default": place}


@pytest.fixture
def step() -> Step:
    return make_step(make_process(make_city("hamburg")))


@pytest.fixture
def owner(step: Step) -> Actor:
    return actor_of(make_staff(step.city, "owner", "Jan"))


def made(actor: Actor, process: Process, kind: str) -> Archive:
    archive = begin_archive(actor, process, kind, uid=uuid7())
    run_due()
    archive.refresh_from_db()
    assert archive.state == "ready"
    return archive


def tables_of(archive: Archive) -> dict[str, list[dict[str, str]]]:
    with zipfile.ZipFile(archive_path(archive)) as packed:
        return {
            name: list(csv.DictReader(io.StringIO(packed.read(name).decode("utf-8-sig"))))
            for name in packed.namelist()
            if name.endswith(".csv")
        }


def test_a_process_goes_out_whole_and_explains_itself(step: Step, owner: Actor) -> None:
    alice = make_participant(step.city, "Alice")
    row = make_contribution(step, "Eine Bank", author=alice)
    file = keep_file(actor_of(alice), io.BytesIO(jpeg(60, 40)), size=len(jpeg(60, 40)), title="bank.jpg")
    attach_files(step.city, row, [Shown(file, "Eine leere Ecke")], alice)
    make_comment(row, "Ja, bitte.", author=alice)
    make_event(row, "planned", text="Sie kommt im Mai.")
    theme = make_contribution(step, "Sitzen", kind="theme")
    make_link(row, theme, "grouped_into")
    hidden = make_contribution(step, "Verborgen", visibility="hidden", hidden_reason="Beleidigt")
    make_comment(hidden, "Dazu")

    archive = made(owner, step.process, "public")

    found = tables_of(archive)
    assert [each["title"] for each in found["contributions.csv"]] == ["Eine Bank", "Sitzen"]
    assert [each["text"] for each in found["comments.csv"]] == ["Ja, bitte."]
    assert [each["text"] for each in found["answers.csv"] if each["text"]] == ["Sie kommt im Mai."]
    assert [(each["source_id"], each["target_id"], each["kind"]) for each in found["links.csv"]] == [
        (str(row.uid), str(theme.uid), "grouped_into")
    ]
    assert [(each["contribution_id"], each["description"]) for each in found["media.csv"]] == [(str(row.uid), "Eine leere Ecke")]
    assert {(each["measure"], each["value"], each["count"]) for each in found["numbers.csv"]} >= {("all", "", "2"), ("kind", "theme", "1")}
    with zipfile.ZipFile(archive_path(archive)) as packed:
        assert f"media/{found['media.csv'][0]['file']}" in packed.namelist()
        assert "contributions.csv`: 2" in packed.read("LIESMICH.md").decode()
        assert "put together on" in packed.read("README.md").decode()
        whole = b"".join(packed.read(name) for name in packed.namelist())
    assert b"Alice" not in whole
    assert b"Verborgen" not in whole
    explained = {(each["file"], each["column"]) for each in found["dictionary.csv"] if each["bedeutung"] and each["meaning"]}
    assert explained == {(name, column) for name in FILES for column in (found[name][0] if found[name] else ())}
    assert archive.rows == sum(len(found[name]) for name in FILES)
    assert sorted(path.name for path in folder_of(archive).iterdir()) == ["archive.zip"]


def test_what_is_not_shown_goes_to_the_team_alone_and_drafts_and_what_was_erased_to_nobody(step: Step) -> None:
    chief = actor_of(make_staff(step.city, "administrator"))
    for visibility in ("published", "waiting", "hidden", "withdrawn", "draft", "erased"):
        make_contribution(step, f"Ein Text {visibility}", visibility=visibility)
    found = tables_of(made(chief, step.process, "team"))
    assert [each["visibility"] for each in found["contributions.csv"]] == ["published", "waiting", "hidden", "withdrawn"]
    assert {"visibility", "hidden_reason"} <= {each["column"] for each in found["dictionary.csv"]}


def test_who_may_have_which(step: Step, owner: Actor) -> None:
    for actor, kind, status in (
        (make_actor(step.city, "moderator"), "public", 403),
        (make_actor(step.city, "expert"), "research", 403),
        (owner, "team", 403),
        (make_actor(make_city("kassel"), "administrator"), "public", 404),
    ):
        with pytest.raises(Refused) as refused:
            begin_archive(actor, step.process, kind, uid=uuid7())
        assert refused.value.status == status
    uid = uuid7()
    assert begin_archive(owner, step.process, "public", uid=uid) == begin_archive(owner, step.process, "public", uid=uid)


def test_a_part_that_was_killed_is_written_anew(step: Step, owner: Actor) -> None:
    make_contribution(step, "Eine Bank")
    archive = begin_archive(owner, step.process, "public", uid=uuid7())
    assert work_archive(step.city, archive.pk)
    Archive.objects.of(step.city).update(part=0)
    (folder_of(archive) / ".contributions.csv.part").write_text("halb")
    run_due()
    archive.refresh_from_db()
    assert (archive.state, archive.counts["contributions.csv"]) == ("ready", 1)
    assert not work_archive(step.city, archive.pk)


class TestAtWhichTheWorkerAlwaysFails:
    @pytest.fixture
    def failed(self, step: Step, owner: Actor, monkeypatch: pytest.MonkeyPatch) -> Archive:
        def fail(*_all: object) -> None:
            raise TaskFault("what nobody thought of")

        with monkeypatch.context() as broken:
            broken.setattr("civitas.interop.tasks.work_archive", fail)
            archive = begin_archive(owner, step.process, "public", uid=uuid7())
            for _ in range(MOST_ATTEMPTS + 1):
                OutboxRow.objects.of(step.city).filter(done_at=None, failed_at=None).update(run_at=timezone.now())
                run_due()
        archive.refresh_from_db()
        return archive

    def test_it_says_so_and_is_tried_again_by_a_button(self, step: Step, owner: Actor, failed: Archive) -> None:
        make_contribution(step, "Eine Bank")
        browser = make_browser_of(owner)
        page = browser.get("/verwaltung/exporte")
        assert "Wir konnten dieses Archiv nicht zusammenstellen" in page.text
        assert (page.context["moving"], failed.state) == (False, "failed")
        assert browser.get(f"/verwaltung/exporte/{failed.pk}.zip").status_code == 404

        for _twice in range(2):
            assert browser.post(f"/verwaltung/exporte/{failed.pk}/nochmal").headers["Location"] == "/verwaltung/exporte"
        assert OutboxRow.objects.of(step.city).filter(kind="interop.archive", done_at=None, failed_at=None).count() == 1
        run_due()
        failed.refresh_from_db()
        assert (failed.state, failed.counts["contributions.csv"]) == ("ready", 1)
        assert "Wir konnten dieses Archiv" not in browser.get("/verwaltung/exporte").text
        browser.post(f"/verwaltung/exporte/{failed.pk}/nochmal")  # in another tab
        failed.refresh_from_db()
        assert failed.state == "ready"

    def test_who_may_not_have_it_may_not_try_either(self, step: Step, failed: Archive) -> None:
        way = f"/verwaltung/exporte/{failed.pk}/nochmal"
        assert make_browser(step.city).post(way).status_code in {302, 403}
        assert make_browser(step.city, make_staff(step.city, "moderator", "Mo")).post(way).status_code == 403
        Archive.objects.of(step.city).update(kind="team")
        assert make_browser(step.city, make_staff(step.city, "owner", "Ole")).post(way).status_code == 403
        kassel = make_city("kassel")
        assert make_browser(kassel, make_staff(kassel, "administrator")).post(way).status_code == 404
        failed.refresh_from_db()
        assert failed.state == "failed"

    def test_what_is_blacked_out_meanwhile_has_it_made_anew(self, step: Step, failed: Archive) -> None:
        with transaction.atomic():
            make_anew(step.city, [make_contribution(step, "Eine Bank")])
        run_due()
        failed.refresh_from_db()
        assert (failed.state, failed.edition) == ("ready", 1)


def test_an_archive_goes_after_a_month(step: Step, owner: Actor) -> None:
    archive = made(owner, step.process, "public")
    assert remove_archives(step.city, old_archives(step.city, timezone.now() - dt.timedelta(days=1))) == 0
    assert remove_archives(step.city, old_archives(step.city, timezone.now() + dt.timedelta(days=1))) == 1
    assert not folder_of(archive).exists()


def test_research_gets_no_name_no_exact_place_and_no_small_group(step: Step, owner: Actor) -> None:
    city = step.city
    veddel, rare = make_area(city, "Veddel"), make_area(city, "Neuwerk")
    heat, seldom = make_category(city, "Hitze"), make_category(city, "Fähre")
    alice = make_participant(city, "Alice")
    day = dt.datetime(2026, 5, 3, 10, 30, tzinfo=dt.UTC)
    for number in range(12):
        make_contribution(
            step,
            f"Schatten {number}",
            author=alice,
            area=veddel,
            category=heat,
            lat=53.5251,
            lon=10.0251,
            given_at=day,
            support_count=number,
        )
    make_contribution(
        step, "Die Fähre", text="Rufen Sie 040 7654321 an oder a@b.example.org.", area=rare, category=seldom, lat=53.92, lon=8.49,
        given_at=day + dt.timedelta(days=1), language="fr", support_count=34,
    )  # fmt: skip
    make_contribution(step, "Verborgen", visibility="hidden", area=veddel, given_at=day)

    archive = made(owner, step.process, "research")

    found = tables_of(archive)
    rows = found["contributions.csv"]
    assert len(rows) == 13
    assert Counter((each["time"], each["place"], each["category"], each["language"]) for each in rows) == {
        ("2026-05-03", "cell:53.52,10.02", "Hitze", "de"): 12,
        ("2026-05", "", "other", "other"): 1,
    }
    assert {each["support"] for each in rows} == {"0-9", "10", "30"}
    assert len({each["person"] for each in rows[:12]}) == 1
    ferry = rows[12]
    assert (ferry["blacked"], "7654321" in ferry["text"], "example.org" in ferry["text"]) == ("2", False, False)
    with zipfile.ZipFile(archive_path(archive)) as packed:
        whole = b"".join(packed.read(name) for name in packed.namelist()).decode()
    for mark in ("Alice", str(alice.uid), "53.525", "Neuwerk", "10:30", "Verborgen", "Fähre\n,"):
        assert mark not in whole
    assert {(each["file"], each["column"]) for each in found["codebook.csv"]} == {
        (name, each.name) for name, columns in RESEARCH_FILES.items() for each in columns
    }
    assert archive.key == ""
    again = tables_of(made(owner, step.process, "research"))["contributions.csv"]
    assert {each["id"] for each in rows}.isdisjoint(each["id"] for each in again)
    assert all(re.fullmatch("[0-9a-f]{12}", each["id"]) for each in rows)


def test_each_time_and_place_told_is_shared_by_ten(step: Step, owner: Actor) -> None:
    areas = [make_area(step.city, f"Teil {number}") for number in range(3)]
    start = dt.datetime(2025, 1, 5, tzinfo=dt.UTC)
    truth = []
    for number in range(60):
        at, area = start + dt.timedelta(days=number * number % 400), areas[number % 3]
        place = {"lat": 53.5 + number % 7 / 200, "lon": 10 + number % 5 / 200} if number % 4 else {}
        make_contribution(step, f"Nummer {number}", given_at=at, area=area, **place)
        cell = f"cell:{int(place['lat'] * 100) / 100:.2f},{int(place['lon'] * 100) / 100:.2f}" if place else ""
        truth.append((at.date().isoformat(), {cell, f"area:{area.name}", ""}))
    rows = tables_of(made(owner, step.process, "research"))["contributions.csv"]
    for each in rows:
        alike = [1 for day, places in truth if day.startswith(each["time"]) and each["place"] in places]
        assert len(alike) >= 10
    assert sum(bool(each["time"] or each["place"]) for each in rows) > 40


NUMBER = "0151 23456789"


def words_in(archive: Archive) -> str:
    """All that anybody can read in an archive and in what lies beside it."""
    read = []
    for path in home_of(archive).rglob("*"):
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as packed:
                read += [packed.read(name).decode("utf-8", "replace") for name in packed.namelist()]
        elif path.is_file():
            read.append(path.read_text("utf-8", "replace"))
    return "\n".join(read)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["public", "team", "research"])
def test_what_is_blacked_out_is_in_no_archive_any_more(kind: str) -> None:
    city = make_city("hamburg")
    step = make_step(make_process(city))
    owner, moderator = actor_of(make_staff(city, "administrator", "Jan")), make_actor(city, "moderator")
    row = make_contribution(step, "Ein Zaun", text=f"Der Zaun an Haus {NUMBER} ist offen.", author=make_participant(city))
    comment = make_comment(row, f"Ruft {NUMBER} an", author=make_participant(city, "Bo"))
    other = made(owner, make_step(make_process(city, "wasser")).process, "public")
    archive = made(owner, step.process, kind)
    at = row.text.index(NUMBER)
    marked = {"text": [Span(at, at + len(NUMBER))]}
    redact_contribution(moderator, row, reason="contact", version=row.version, spans=marked)
    archive.refresh_from_db()
    assert (archive.state, archive.edition) == ("making", 1)
    assert NUMBER not in words_in(archive)  # nobody takes it from the disk meanwhile
    assert make_browser_of(owner).get(f"/verwaltung/exporte/{archive.pk}.zip").status_code == 404
    run_due()
    archive.refresh_from_db()
    assert archive.state == "ready"
    assert "Zaun" in words_in(archive)
    assert NUMBER not in words_in(archive)
    assert comment.pk
    other.refresh_from_db()
    assert (other.state, other.edition) == ("ready", 0)


def make_browser_of(actor: Actor) -> Any:
    assert actor.participant is not None
    return make_browser(actor.city, actor.participant)


def test_what_is_erased_or_hidden_goes_from_archives_too(step: Step, owner: Actor) -> None:
    first, second = make_contribution(step, "Erstes Wort"), make_contribution(step, "Zweites Wort")
    boss = actor_of(make_staff(step.city, "administrator", "Ada"))
    archives = [made(boss, step.process, kind) for kind in ("public", "team")]
    change_visibility(step.city, first, "hidden")
    run_due()
    for archive in archives:
        archive.refresh_from_db()
    assert ["Erstes Wort" in words_in(archive) for archive in archives] == [False, True]
    assert [archive.edition for archive in archives] == [1, 0]
    with transaction.atomic():
        erase_contribution(step.city, first)
        erase_contribution(step.city, second)
    run_due()
    for archive in archives:
        archive.refresh_from_db()
        assert "Wort" not in words_in(archive)
        assert archive.state == "ready"


def test_a_part_that_was_being_written_meanwhile_does_not_stay(step: Step, owner: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    row = make_contribution(step, "Ein Zaun")
    archive = begin_archive(owner, step.process, "public", uid=uuid7())
    from civitas.interop import archives

    write = archives.write_table

    def overtaken(*args: Any, **options: Any) -> int:
        count = write(*args, **options)
        monkeypatch.setattr(archives, "write_table", write)
        with transaction.atomic():
            make_anew(step.city, [row])
        return count

    monkeypatch.setattr(archives, "write_table", overtaken)
    assert work_archive(step.city, archive.pk)
    assert not folder_of(archive).exists()
    run_due()
    archive.refresh_from_db()
    assert (archive.state, archive.edition) == ("ready", 1)
    assert sorted(path.name for path in home_of(archive).rglob("*") if path.is_file()) == ["archive.zip"]


def test_who_comes_too_late_takes_nothing_of_the_next_edition_along(step: Step, owner: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    row = make_contribution(step, "Ein Zaun")
    archive = begin_archive(owner, step.process, "public", uid=uuid7())
    from civitas.interop import archives

    write = archives.write_table

    def overtaken(*args: Any, **options: Any) -> int:
        count = write(*args, **options)
        monkeypatch.setattr(archives, "write_table", write)
        with transaction.atomic():
            make_anew(step.city, [row])
        assert work_archive(step.city, archive.pk)  # another worker is at it already
        return count

    monkeypatch.setattr(archives, "write_table", overtaken)
    assert work_archive(step.city, archive.pk)
    archive.refresh_from_db()
    assert (archive.edition, archive.part) == (1, 1)
    assert [path.name for path in folder_of(archive).iterdir()] == ["contributions.csv"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", ["consent taken back", "dropped by the team", "dropped by its author"])
def test_a_picture_that_is_taken_away_is_in_no_archive_any_more(how: str) -> None:
    city = make_city("hamburg")
    step, owner = make_step(make_process(city)), actor_of(make_staff(city, "administrator", "Jan"))
    alice = actor_of(make_participant(city, "Alice"))
    row = make_contribution(step, "Ein Fest", author=alice.participant)
    file = keep_file(alice, io.BytesIO(jpeg(60, 40)), size=len(jpeg(60, 40)), title="fest.jpg")
    attach_files(city, row, [Shown(file, "Wir feiern", shows_people=True)], alice.participant)
    archive, other = made(owner, step.process, "public"), made(owner, make_step(make_process(city, "wasser")).process, "public")
    assert "Wir feiern" in words_in(archive)

    if how == "consent taken back":
        give_consent(alice, PICTURES, version=1)
        withdraw_consent(alice, PICTURES)
    else:
        by = alice if how == "dropped by its author" else make_actor(city, "moderator")
        describe_files(by, row, {}, dropped=[Attachment.objects.of(city).get().pk])

    archive.refresh_from_db()
    if how != "consent taken back":  # there the worker takes the picture away, and the archive with it
        assert (archive.state, archive.edition) == ("making", 1)
        assert words_in(archive) == ""  # nobody takes it from the disk meanwhile
    run_due()
    archive.refresh_from_db()
    assert (archive.state, archive.edition) == ("ready", 1)
    assert "Ein Fest" in words_in(archive)
    assert "Wir feiern" not in words_in(archive)
    with zipfile.ZipFile(archive_path(archive)) as packed:
        assert not [name for name in packed.namelist() if name.startswith("media/")]
    other.refresh_from_db()
    assert (other.state, other.edition) == ("ready", 0)
