from __future__ import annotations

import datetime as dt
import io
import shutil
from typing import TYPE_CHECKING

import pytest
import time_machine
from pypdf import PdfReader
from tests.interop.desks import PACKS, ROOT

from civitas.contributions.counts import miscounts
from civitas.contributions.models import Attachment, Contribution, Link, StatusEvent
from civitas.dialogue.models import Support
from civitas.interop.demo import load_demo
from civitas.interop.demo_files import made_paper
from civitas.interop.packs import load_pack
from civitas.kit.packs import Pack
from civitas.media.models import Derivative
from civitas.notices.models import Notice
from civitas.people.models import Membership, Participant

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

    from civitas.cities.models import City

pytestmark = pytest.mark.django_db
HAMBURG = ROOT / "cities" / "hamburg"
SMALL = PACKS / "small"
TODAY = dt.datetime(2026, 7, 1, 10, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def make(folder: Path = SMALL, at: dt.datetime = TODAY) -> tuple[City, int]:
    with time_machine.travel(at, tick=False):
        city = load_pack(folder)
        return city, load_demo(city, Pack(folder))


def snapshot(city: City) -> list[object]:
    models = (Contribution, StatusEvent, Support, Link, Attachment, Participant, Membership, Derivative, Notice)
    return [list(model.objects.of(city).order_by("pk").values()) for model in models]


def by_title(city: City) -> dict[str, Contribution]:
    return {row.title: row for row in Contribution.objects.of(city).exclude(kind="comment").select_related("author", "area", "category")}


def test_everything_hangs_together_through_the_real_actions() -> None:
    city, new = make()
    assert new == 6
    rows = by_title(city)
    bank = rows["Eine Bank vor der Post"]
    assert (bank.status, bank.support_count, bank.support_total, bank.comment_count, bank.visibility) == ("done", 2, 9, 2, "published")
    assert (str(bank.author), str(bank.area), str(bank.category)) == ("Alice", "Mitte", "Sonstiges")
    assert {title: row.visibility for title, row in rows.items() if row.visibility != "published"} == {
        "Kaufen Sie bei mir": "hidden",
        "Doch nicht": "withdrawn",
        "Noch nicht gelesen": "waiting",
        "Halb fertig": "draft",
    }
    events = StatusEvent.objects.of(city).filter(contribution=bank).order_by("at").select_related("organisation", "person")
    assert [(event.status, event.text, str(event.organisation or "")) for event in events] == [
        ("received", "", ""),
        ("in_review", "", "Rathaus"),
        ("done", "Die Bank steht.", "Rathaus"),
    ]
    assert events[2].due_on == (TODAY + 14 * DAY).date()
    reply = Contribution.objects.of(city).select_related("parent", "organisation").get(text="Mit Lehne.")
    assert (str(reply.parent), str(reply.organisation)) == ("Mit Lehne, bitte.", "Rathaus")
    assert sorted(Membership.objects.of(city).values_list("participant__pseudonym", "role")) == [
        ("Erika vom Rathaus", "expert"),
        ("Erika vom Rathaus", "moderator"),
    ]
    assert Link.objects.of(city).get().kind == "related_to"
    assert miscounts(city) == []


def test_a_second_start_keeps_everything_as_it_is() -> None:
    city, _new = make()
    before = snapshot(city)
    city, new = make(at=TODAY + 3 * DAY)
    assert new == 0
    assert snapshot(city) == before


def test_days_count_from_today_and_nothing_lies_in_the_future() -> None:
    city, _new = make()
    rows = by_title(city)
    assert rows["Eine Bank vor der Post"].given_at.date() == (TODAY - 30 * DAY).date()
    assert rows["Licht am Weg zum Bahnhof"].given_at == TODAY - DAY / 2
    assert not StatusEvent.objects.of(city).filter(at__gt=TODAY).exists()
    for comment in Contribution.objects.of(city).filter(kind="comment").select_related("parent"):
        assert comment.parent is not None
        assert comment.given_at > comment.parent.given_at
    by_time = sorted(rows.values(), key=lambda row: row.given_at)
    assert by_time[0].number == 1


def test_a_demo_that_was_interrupted_is_finished_by_the_next_start() -> None:
    calls = 0

    class Stop(Exception):
        pass

    def advance() -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise Stop

    city, pack = load_pack(SMALL), Pack(SMALL)
    with pytest.raises(Stop):
        load_demo(city, pack, advance=advance)
    assert load_demo(city, pack) == 4
    assert Link.objects.of(city).count() == 1


def test_a_real_citys_pack_brings_no_people_and_no_contributions() -> None:
    city = load_pack(SMALL)
    assert not Participant.objects.of(city).exists()
    assert not Contribution.objects.of(city).exists()


def test_a_drawing_is_served_as_a_document_that_can_do_nothing(client: Client) -> None:
    city, _new = make()
    drawing = Derivative.objects.of(city).get()
    answer = client.get(f"/medien/{drawing.name}", headers={"host": "klein.localhost"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/svg+xml")
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"
    assert b'xmlns="http://www.w3.org/2000/svg"' in b"".join(answer.streaming_content)


def test_without_what_reads_videos_the_demo_runs_all_the_same(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("civitas.media.video.is_offered", lambda: False)
    folder = tmp_path / "klein"
    shutil.copytree(SMALL, folder)
    entries = folder / "demo" / "contributions.toml"
    more = 'film = "crossing"\nfilm_words = "Man sieht eine Kreuzung."\npaper = "Plan"\npaper_lines = ["Zehn Liter am Abend"]\n'
    entries.write_text(entries.read_text(encoding="utf-8").replace('picture = "demo', f'{more}picture = "demo', 1), encoding="utf-8")
    city, new = make(folder)
    assert new == 6
    assert Attachment.objects.of(city).filter(file__mime="application/pdf").count() == 1
    assert not Attachment.objects.of(city).filter(file__mime="video/webm").exists()


def test_a_paper_is_a_pdf_with_its_words() -> None:
    reader = PdfReader(io.BytesIO(made_paper("Plan (neu)", ["Größe: 10 l", "zweite Zeile"])))
    words = reader.pages[0].extract_text()
    assert len(reader.pages) == 1
    assert [line.strip() for line in words.splitlines()] == ["Plan (neu)", "Größe: 10 l", "zweite Zeile"]
