"""Notes for who comes next."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from tests.factories import make_actor, make_browser, make_city, make_note, make_participant, make_staff
from tests.leaving import leave_for_good

from civitas.kit.ids import uuid7
from civitas.kit.verdicts import Refused
from civitas.people.actions import export_everything
from civitas.people.actors import actor_of
from civitas.team.actions import finish_note, forget_old, leave_note, pin_note, reopen_note, unpin_note
from civitas.team.models import ShiftNote
from civitas.team.queries import done_notes, open_notes

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(db: None) -> Any:
    return make_city("hamburg")


def text_of(response: Any) -> str:
    return str(response.content.decode())


def test_the_same_form_twice_is_one_note(city: Any) -> None:
    actor, uid = make_actor(city, "moderator"), uuid7()
    for _twice in range(2):
        leave_note(actor, uid=uid, text="  Bitte auf den Markt achten. ")
    assert [(note.text, note.by) for note in ShiftNote.objects.of(city)] == [("Bitte auf den Markt achten.", actor.participant)]


@pytest.mark.parametrize("text", ["", "  ", "x" * 501])
def test_a_note_has_words_and_an_end(city: Any, text: str) -> None:
    with pytest.raises(Refused) as refused:
        leave_note(make_actor(city, "moderator"), uid=uuid7(), text=text)
    assert list(refused.value.fields) == ["text"]


def test_pinned_notes_come_first_and_done_ones_go_with_who_did_them(city: Any) -> None:
    actor = make_actor(city, "expert")
    old, new = make_note(city, "alt"), make_note(city, "neu")
    assert open_notes(city) == [new, old]
    pin_note(actor, old)
    assert open_notes(city) == [old, new]
    unpin_note(actor, old)
    assert open_notes(city) == [new, old]
    finish_note(actor, old)
    finish_note(make_actor(city, "owner"), old)
    assert (open_notes(city), [(note, note.done_by) for note in done_notes(city)]) == ([new], [(old, actor.participant)])
    reopen_note(actor, old)
    assert (open_notes(city), done_notes(city)) == ([new, old], [])


def test_done_notes_go_after_two_weeks_open_ones_after_three_months_and_pinned_ones_stay(city: Any) -> None:
    actor = make_actor(city, "moderator")
    done, _open, pinned = (make_note(city, text) for text in ("erledigt", "offen", "angeheftet"))
    finish_note(actor, done)
    pin_note(actor, pinned)
    left = {}
    for days in (13, 15, 89, 91):
        with time_machine.travel(timezone.now() + timedelta(days=days), tick=False):
            forget_old(city)
            left[days] = sorted(ShiftNote.objects.of(city).values_list("text", flat=True))
    assert left == {
        13: ["angeheftet", "erledigt", "offen"],
        15: ["angeheftet", "offen"],
        89: ["angeheftet", "offen"],
        91: ["angeheftet"],
    }


def test_notes_go_with_who_wrote_them_and_are_in_their_export(city: Any) -> None:
    bob = make_staff(city, "moderator", "Bob")
    note = leave_note(actor_of(bob), uid=uuid7(), text="Von Bob")
    other = make_note(city, "Von jemand anderem")
    finish_note(actor_of(bob), other)
    assert [row["text"] for row in export_everything(city, bob)["team"]["shift_notes"]] == ["Von Bob"]
    leave_for_good(city, bob)
    assert [(row.text, row.done_by) for row in ShiftNote.objects.of(city)] == [("Von jemand anderem", None)]
    assert not ShiftNote.objects.of(city).filter(pk=note.pk).exists()


def test_notes_stand_on_the_overview_and_are_ticked_off_there(city: Any) -> None:
    note = make_note(city, "Der Markt <b>wartet</b>")
    browser = make_browser(city, make_staff(city, "expert"))
    assert "Der Markt &lt;b&gt;wartet&lt;/b&gt;" in text_of(browser.get("/verwaltung/"))
    answer = browser.post(f"/verwaltung/team/notiz/{note.pk}/erledigt", {"back": "/verwaltung/"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/verwaltung/")
    assert "Keine Notiz aus der letzten Schicht" in text_of(browser.get("/verwaltung/"))
    elsewhere = browser.post(f"/verwaltung/team/notiz/{note.pk}/offen", {"back": "https://evil.example/"})
    assert elsewhere.headers["Location"] == "/verwaltung/team#notizen"


def test_the_page_keeps_what_was_typed_and_shows_what_was_left(city: Any) -> None:
    browser = make_browser(city, make_staff(city, "moderator"))
    long = browser.post("/verwaltung/team/notiz", {"uid": str(uuid7()), "text": "y" * 501})
    assert (long.status_code, "y" * 501 in text_of(long)) == (422, True)
    assert browser.post("/verwaltung/team/notiz", {"uid": str(uuid7()), "text": "Bis morgen"}).status_code == 302
    assert "Bis morgen" in text_of(browser.get("/verwaltung/team"))
    assert browser.post(f"/verwaltung/team/notiz/{ShiftNote.objects.of(city).get().pk}/nonsense").status_code == 404


@pytest.mark.parametrize("role", ["member", "", "stranger"])
def test_only_the_team_writes_and_changes_notes(city: Any, role: str) -> None:
    note, actor = make_note(city), make_actor(city, role)
    for do in (pin_note, unpin_note, finish_note, reopen_note):
        with pytest.raises(Refused):
            do(actor, note)
    with pytest.raises(Refused):
        leave_note(actor, uid=uuid7(), text="Hallo")


def test_strangers_sign_in_and_other_cities_find_no_note(city: Any) -> None:
    note, kassel = make_note(city, "Nur für Hamburg"), make_city("kassel")
    path = f"/verwaltung/team/notiz/{note.pk}/erledigt"
    assert make_browser(city).post(path).status_code == 302
    assert make_browser(city, make_participant(city)).post(path).status_code == 403
    browser = make_browser(kassel, make_staff(kassel, "administrator"))
    assert browser.post(path).status_code == 404
    assert "Nur für Hamburg" not in text_of(browser.get("/verwaltung/team"))
    with pytest.raises(Refused) as refused:
        finish_note(actor_of(make_staff(kassel, "moderator")), note)
    assert refused.value.status == 404
