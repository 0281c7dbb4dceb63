"""A file of comments in the browser: mapped, checked, brought in to what is here, stopped, gone on with, taken back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.factories import make_browser, make_comment, make_staff
from tests.interop.desks import rows_of
from tests.interop.test_running import fresh

from civitas.contributions.counts import miscounts
from civitas.contributions.models import Contribution
from civitas.interop import running
from civitas.interop.models import Import
from civitas.interop.running import map_columns, preview, proposed, start_import, stop_import, take_upload
from civitas.interop.staging import Folder
from civitas.interop.undoing import start_undo
from civitas.journal.models import Entry
from civitas.kit.ids import uuid7
from civitas.kit.verdicts import Refused
from civitas.outbox.worker import run_due
from civitas.people.actors import actor_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.interop.desks import Desk

    from civitas.people.actors import Actor

pytestmark = pytest.mark.django_db
HEADER = "Kennung;Beitrag;Antwort auf;Was gesagt wurde\n"
# A reply before what it replies to, one to nothing, one without words, and one whose id came before.
SOME = (
    HEADER + "k3;;k2;Antwort auf die Antwort\nk2;;k1;Antwort\nk1;b1;;Zum Ersten\nk4;b2;;Zum Zweiten\nk5;;k9;Ins Leere\n"
    "k6;b1;;\nk1;b2;;Noch einmal\nk7;b9;;Zu nichts\n"
)
CHOSEN = {"Kennung": "id", "Beitrag": "contribution_url", "Antwort auf": "reply_to", "Was gesagt wurde": "text"}


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> None:
    place = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path / "media")}}
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STORAGES = {**settings.STORAGES, "default": place}


@pytest.fixture
def owner(desk: Desk) -> Actor:
    return actor_of(make_staff(desk.city, "owner", "Jan"))


@pytest.fixture
def town(desk: Desk) -> Desk:
    """Two contributions that came from elsewhere as b1 and b2."""
    text = "Kennung;Betreff;Text\nb1;Erstes;Mit Text\nb2;Zweites;Mit Text\n"
    desk.take(desk.write(text))
    return desk


def send(desk: Desk, actor: Actor, text: str = SOME, name: str = "kommentare.csv") -> Import:
    unit = take_upload(actor, desk.process, SimpleUploadedFile(name, text.encode()), uid=uuid7(), what="comments")
    run_due()
    return fresh(unit)


def checked(desk: Desk, actor: Actor, text: str = SOME) -> Import:
    unit = send(desk, actor, text)
    map_columns(actor, unit, CHOSEN)
    run_due()
    return fresh(unit)


def said(desk: Desk) -> list[tuple[str, str, str]]:
    """Words of the comments, of what they hang on and of their thread's top."""
    rows = Contribution.objects.of(desk.city).filter(process=desk.process, kind="comment").exclude(visibility="erased")
    return [(row.text, row.parent.text or row.parent.title, row.root.title) for row in rows.select_related("parent", "root").order_by("pk")]


IN = [
    ("Zum Ersten", "Mit Text", "Erstes"),
    ("Zum Zweiten", "Mit Text", "Zweites"),
    ("Antwort", "Zum Ersten", "Erstes"),
    ("Antwort auf die Antwort", "Antwort", "Erstes"),
]


def test_the_preview_says_what_goes_where_and_what_belongs_to_nothing(town: Desk, owner: Actor) -> None:
    unit = send(town, owner)
    assert (unit.state, unit.rows) == ("mapping", 8)
    assert proposed(unit)[0] == {"Kennung": "id", "Beitrag": "contribution_url", "Antwort auf": "reply_to"}
    with pytest.raises(Refused) as refused:
        map_columns(owner, unit, {"Kennung": "id", "Was gesagt wurde": "text"})
    assert "Keine Spalte sagt, wozu ein Kommentar gehört" in str(refused.value.reason)

    unit = checked(town, owner)

    assert (unit.state, unit.expected_new, unit.expected_updated, unit.rejected) == ("ready", 4, 0, 4)
    assert [(each["row"].text, each["about"], bool(each["reply"]), each["kind"]) for each in preview(unit, 8)] == [
        ("Zum Ersten", "Erstes", False, "new"),
        ("Zum Zweiten", "Zweites", False, "new"),
        ("Antwort", "Erstes", True, "new"),
        ("Antwort auf die Antwort", "Erstes", True, "new"),
    ]
    reasons = {each["line"]: each["reason"] for each in Folder(unit).first_faults(9)}
    assert reasons == {
        "6": "worauf er antwortet, ist nicht hier",
        "7": "der Kommentar ist leer",
        "8": "die Kennung „k1“ steht zweimal in dieser Datei",
        "9": "worauf er antwortet, ist nicht hier",
    }
    assert said(town) == []


def test_they_go_in_and_are_taken_back_but_for_what_people_replied_to(town: Desk, owner: Actor) -> None:
    unit = checked(town, owner)
    start_import(owner, unit)
    run_due()
    unit = fresh(unit)
    assert (unit.state, unit.new, unit.rejected, unit.percent) == ("done", 4, 4, 100)
    assert sorted(said(town)) == sorted(IN)
    assert miscounts(town.city) == []
    assert sorted(path.name for path in Folder(unit).path.iterdir()) == ["faults.csv"]
    assert len(rows_of(Folder(unit).faults)) == 4
    assert Entry.objects.of(town.city).get(verb="comments.imported").details["new"] == 4

    second = Contribution.objects.of(town.city).get(kind="comment", text="Zum Zweiten")
    make_comment(second.root, "Da bin ich anderer Meinung", parent=second)
    start_undo(owner, unit)
    run_due()
    unit = fresh(unit)
    assert (unit.state, unit.undone, unit.stays) == ("undone", 3, 1)
    assert [row[0] for row in said(town)] == ["Zum Zweiten", "Da bin ich anderer Meinung"]
    assert miscounts(town.city) == []


def test_the_next_file_changes_what_is_here_and_is_taken_back(town: Desk, owner: Actor) -> None:
    start_import(owner, checked(town, owner))
    run_due()
    again = checked(town, owner, HEADER + "k2;;k1;Eine andere Antwort\nk4;b2;;Zum Zweiten\n")
    assert (again.expected_new, again.expected_updated) == (0, 1)
    start_import(owner, again)
    run_due()
    assert ("Eine andere Antwort", "Zum Ersten", "Erstes") in said(town)
    start_undo(owner, fresh(again))
    run_due()
    assert sorted(said(town)) == sorted(IN)


def test_it_is_checked_and_brought_in_by_slices_that_may_be_killed(town: Desk, owner: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file has each reply before what it replies to, over many slices."""
    lines = (
        "".join(f"k{number};;k{number - 1};Antwort {number}\n" for number in range(30, 1, -1)) + "k1;b1;;Der Anfang\nk0;;k99;Ins Leere\n"
    )
    unit = send(town, owner, HEADER + lines)
    map_columns(owner, unit, CHOSEN)
    monkeypatch.setattr(running, "BATCH", 4)
    monkeypatch.setattr(running, "_SECONDS", -1.0)
    slices = 0
    while running.check_some(town.city, unit.pk):
        slices += 1
        # What a kill leaves behind the part that is complete.
        here, number = Folder(unit), fresh(unit).marks["pass"]
        for path in (here.ready, here.faults, here.keys, here.placed, here.later(number + 1)):
            with path.open("ab") as file:
                file.write(b"half a line")
        assert slices < 100
    unit = fresh(unit)
    assert (unit.state, unit.expected_new, unit.rejected) == ("ready", 30, 1)
    start_import(owner, unit)
    assert running.bring_some(town.city, unit.pk)
    stop_import(owner, fresh(unit))
    assert not running.bring_some(town.city, unit.pk)
    assert len(said(town)) == 4
    start_import(owner, fresh(unit))
    while running.bring_some(town.city, unit.pk):
        pass
    unit = fresh(unit)
    assert (unit.state, unit.new, unit.rejected) == ("done", 30, 1)
    assert [row[0] for row in said(town)] == ["Der Anfang", *(f"Antwort {number}" for number in range(2, 31))]
    assert said(town)[-1] == ("Antwort 30", "Antwort 29", "Erstes")
    assert miscounts(town.city) == []


def test_a_process_that_takes_no_comments_says_so(town: Desk, owner: Actor) -> None:
    town.process.steps.of(town.city).update(settings={"comments": False})
    unit = send(town, owner)
    assert (unit.state, unit.fault_said) == ("failed", "Kein Schritt der Beteiligung „raddialog“ nimmt Kommentare an.")


def test_the_pages_ask_what_is_in_the_file_and_lead_from_one_to_the_other(town: Desk, owner: Actor) -> None:
    client = make_browser(town.city, owner.participant)
    page = client.get("/verwaltung/importe/neu?process=raddialog&was=comments").content.decode()
    assert re.search(r'value="comments"[^>]* checked', page)
    file = SimpleUploadedFile("k.csv", SOME.encode())
    sent = client.post("/verwaltung/importe/neu", {"uid": str(uuid7()), "process": "raddialog", "what": "comments", "file": file})
    run_due()
    mapping = client.get(sent["Location"]).content.decode()
    assert "zu welchem Beitrag ein Kommentar gehört" in mapping
    unit = Import.objects.of(town.city).order_by("-pk").first()
    assert unit is not None
    map_columns(owner, fresh(unit), CHOSEN)
    run_due()
    ready = client.get(sent["Location"]).content.decode()
    assert "neue Kommentare" in ready
    assert "Antwort unter „Erstes“" in ready
    assert client.post("/verwaltung/importe/neu", {"uid": str(uuid7()), "process": "raddialog", "what": "anderes"}).status_code == 422


def test_who_may_not_import_sends_no_comments_either(town: Desk) -> None:
    with pytest.raises(Refused):
        send(town, actor_of(make_staff(town.city, "moderator")))
