"""Meeting on pages: the band below a contribution, letters in my account."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import (
    make_browser,
    make_city,
    make_contribution,
    make_guest,
    make_organisation,
    make_participant,
    make_process,
    make_staff,
    make_step,
)

from civitas.kit.ids import uuid7
from civitas.meeting import letters
from civitas.meeting.actions import join
from civitas.meeting.models import Block, Joining, Letter, LettersOff, Seat
from civitas.notices.models import Notice
from civitas.notices.queries import worded
from civitas.people.actors import actor_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def step(db: None) -> Any:
    return make_step(make_process(make_city("hamburg")))


@pytest.fixture
def row(step: Any) -> Any:
    return make_contribution(step, author=make_participant(step.city, "Alice"))


def text_of(response: Any) -> str:
    return str(response.content.decode())


def typed(page: str, **fields: str) -> dict[str, str]:
    """What a browser sends from a letter's form."""
    return {**dict(re.findall(r'name="(uid|seal)" value="([^"]+)"', page)), "homepage": "", **fields}


def conversation(row: Any, writer: Any) -> Letter:
    return letters.write_letter(actor_of(writer), row, row.author, uid=uuid7(), text="Guten Tag, Alice!")


def test_a_stranger_joins_with_a_name_and_sees_it_on_the_page(row: Any) -> None:
    browser = make_browser(row.city)
    page = browser.post(
        f"/beitrag/{row.number}/mitmachen", {"role": "join", "words": "Ich male Schilder.", "pseudonym": "Dilek"}, follow=True
    )
    assert page.redirect_chain[0][1] == 303
    assert "Ich male Schilder." in text_of(page)
    assert "Dilek" in text_of(page)
    browser.post(f"/beitrag/{row.number}/doch-nicht", {"role": "join"})
    assert Joining.objects.of(row.city).count() == 0


def test_without_a_name_or_words_the_form_comes_back_with_what_was_typed(row: Any) -> None:
    answer = make_browser(row.city).post(f"/beitrag/{row.number}/mitmachen", {"role": "help", "words": "Ein Raum", "pseudonym": ""})
    assert (answer.status_code, Joining.objects.of(row.city).count()) == (422, 0)
    assert "Ein Raum" in text_of(answer)
    swapped = make_browser(row.city).post(
        f"/beitrag/{row.number}/mitmachen", {"role": "help", "words": "", "pseudonym": "Jo"}, headers={"HX-Request": "true"}
    )
    assert swapped.status_code == 200
    assert "<html" not in text_of(swapped)
    assert "Womit Sie helfen" in text_of(swapped) or "womit Sie helfen" in text_of(swapped)


@pytest.mark.parametrize("role", ["join", "help"])
def test_the_form_comes_when_one_opens_it_and_as_a_page_without_a_script(row: Any, role: str) -> None:
    browser, address = make_browser(row.city), f"/beitrag/{row.number}/mitmachen?role={role}"
    page = text_of(browser.get(row.path))
    assert f'hx-get="{address}"' in page
    assert f'<a href="{address}"' in page
    assert f"id_{role}_words" not in page
    part = browser.get(address, headers={"HX-Request": "true"})
    assert 'hx-target="#dabei"' in text_of(part)
    assert "HX-Request" in part["Vary"]
    alone = text_of(browser.get(address))
    assert f"id_{role}_words" in alone
    assert "<html" in alone
    assert 'hx-target="#dabei"' not in alone


def test_the_form_is_not_for_the_author_nor_another_citys_nor_an_unknown_role(row: Any, step: Any) -> None:
    address = f"/beitrag/{row.number}/mitmachen"
    assert make_browser(row.city).get(f"{address}?role=boss").status_code == 404
    assert make_browser(row.city).get(address).status_code == 404
    assert make_browser(row.city, row.author).get(f"{address}?role=join").status_code == 403
    assert make_browser(make_city("kassel")).get(f"{address}?role=join").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_band_and_page_of_all_cost_the_same_with_one_and_with_three(row: Any, count: int, django_assert_max_num_queries: Any) -> None:
    for index in range(count):
        join(actor_of(make_participant(row.city, f"P{index}")), row, role="help", words="Zeit", organisation=None)
    browser = make_browser(row.city)
    browser.get(row.path)
    with django_assert_max_num_queries(14):
        browser.get(row.path)
    with django_assert_max_num_queries(7):
        assert browser.get(f"/beitrag/{row.number}/dabei").status_code == 200


def test_an_organisation_is_seen(row: Any) -> None:
    firm = make_organisation(row.city, "Elbfracht", kind="company")
    person = make_staff(row.city, "member", "Deniz", organisation=firm)
    make_browser(row.city, person).post(
        f"/beitrag/{row.number}/mitmachen", {"role": "help", "words": "Ein Lkw", "organisation": str(firm.pk)}
    )
    page = text_of(make_browser(row.city).get(row.path))
    assert "Elbfracht" in page
    assert "Deniz" in page


def test_the_author_sees_a_way_to_write_to_each_who_joined(row: Any) -> None:
    bob = make_participant(row.city, "Bob")
    made = join(actor_of(bob), row, role="join")
    join(actor_of(make_guest(row.city, "Ohne Adresse")), row, role="join")
    page = text_of(make_browser(row.city, row.author).get(f"/beitrag/{row.number}/dabei"))
    assert f"/beitrag/{row.number}/brief/{made.pk}" in page
    assert page.count("/brief/") == 1
    assert make_browser(row.city, row.author).get(f"/beitrag/{row.number}/brief/{made.pk}").status_code == 200


def test_only_the_team_takes_a_line_away(row: Any) -> None:
    made = join(actor_of(make_participant(row.city, "Bob")), row, role="join")
    address = f"/verwaltung/mitmachen/{made.pk}/ausblenden"
    assert make_browser(row.city).post(address).status_code == 302
    assert make_browser(row.city, make_participant(row.city)).post(address).status_code == 403
    kassel = make_city("kassel")
    assert make_browser(kassel, make_staff(kassel, "moderator")).post(address).status_code == 404
    assert make_browser(row.city, make_staff(row.city, "moderator")).post(address).status_code == 303
    assert Joining.objects.of(row.city).exclude(hidden_at=None).count() == 1


def test_another_citys_contribution_is_not_found(row: Any) -> None:
    browser = make_browser(make_city("kassel"))
    for address in ("dabei", "brief"):
        assert browser.get(f"/beitrag/{row.number}/{address}").status_code == 404
    for address in ("mitmachen", "doch-nicht"):
        assert browser.post(f"/beitrag/{row.number}/{address}", {"role": "join"}).status_code == 404


def test_a_stranger_is_asked_to_sign_in_before_writing(row: Any) -> None:
    page = text_of(make_browser(row.city).get(f"/beitrag/{row.number}/brief"))
    assert "?next=/beitrag/" in page
    assert "<textarea" not in page


def test_two_people_write_and_answer(row: Any) -> None:
    bob = make_participant(row.city, "Bob")
    browser = make_browser(row.city, bob)
    page = text_of(browser.get(f"/beitrag/{row.number}/brief"))
    sent = browser.post(f"/beitrag/{row.number}/brief", typed(page, text="Ich bin dabei."))
    assert sent.status_code == 303
    assert browser.get(f"/beitrag/{row.number}/brief").headers["Location"] == sent.headers["Location"]
    alice = make_browser(row.city, row.author)
    assert "Bob" in text_of(alice.get("/konto/briefe"))
    page = text_of(alice.get(sent.headers["Location"]))
    assert "Ich bin dabei." in page
    assert alice.post(sent.headers["Location"] + "/antwort", typed(page, text="Wie schön!")).status_code == 303
    assert "Wie schön!" in text_of(browser.get(sent.headers["Location"]))
    assert Letter.objects.of(row.city).count() == 2


def test_reading_alone_changes_nothing_and_the_button_marks_as_read(row: Any) -> None:
    letter = conversation(row, make_participant(row.city, "Bob"))
    alice = make_browser(row.city, row.author)
    for _twice in range(2):
        assert "gelesen" in text_of(alice.get(letter.conversation.path))
    answer = alice.post(f"{letter.conversation.path}/gelesen", {"bis": str(letter.pk)}, headers={"HX-Request": "true"})
    assert (answer.status_code, text_of(answer)) == (200, "")
    assert Seat.objects.of(row.city).get(participant=row.author).unread == 0


def test_a_conversation_is_for_its_two_people_only(row: Any) -> None:
    letter = conversation(row, make_participant(row.city, "Bob"))
    path = letter.conversation.path
    assert make_browser(row.city).get(path).status_code == 302
    for stranger in (make_participant(row.city, "Charlie"), make_staff(row.city, "administrator")):
        browser = make_browser(row.city, stranger)
        assert browser.get(path).status_code == 404
        for do in ("antwort", "gelesen", "sperren"):
            assert browser.post(f"{path}/{do}").status_code == 404
    kassel = make_city("kassel")
    assert make_browser(kassel, make_participant(kassel)).get(path).status_code == 404


def test_block_and_lift_it_on_the_page_and_in_the_list(row: Any) -> None:
    letter = conversation(row, make_participant(row.city, "Bob"))
    alice = make_browser(row.city, row.author)
    alice.post(f"{letter.conversation.path}/sperren")
    assert "Sperre aufheben" in text_of(alice.get(letter.conversation.path))
    block = Block.objects.of(row.city).get()
    assert make_browser(row.city, make_participant(row.city)).post(f"/konto/briefe/gesperrt/{block.pk}").status_code == 404
    assert "Bob" in text_of(alice.get("/konto/briefe"))
    assert alice.post(f"/konto/briefe/gesperrt/{block.pk}").status_code == 303
    alice.post(f"{letter.conversation.path}/sperren")
    alice.post(f"{letter.conversation.path}/sperren", {"back": "1"})
    assert Block.objects.of(row.city).count() == 0


def test_a_refused_answer_keeps_the_words(row: Any) -> None:
    bob = make_participant(row.city, "Bob")
    letter = conversation(row, bob)
    browser = make_browser(row.city, bob)
    page = text_of(browser.get(letter.conversation.path))
    letters.block(actor_of(row.author), bob)
    answer = browser.post(f"{letter.conversation.path}/antwort", typed(page, text="Noch ein langer Gedanke"))
    assert answer.status_code == 403
    assert "Noch ein langer Gedanke" in text_of(answer)


def test_a_form_that_is_not_ours_is_refused(row: Any) -> None:
    browser = make_browser(row.city, make_participant(row.city, "Bob"))
    answer = browser.post(f"/beitrag/{row.number}/brief", {"uid": str(uuid7()), "seal": "x", "text": "Hallo"})
    assert (answer.status_code, Letter.objects.of(row.city).count()) == (422, 0)


def test_the_wish_for_no_letters(row: Any) -> None:
    alice = make_browser(row.city, row.author)
    alice.post("/konto/briefe/wunsch", {"wish": "off"})
    assert LettersOff.objects.of(row.city).count() == 1
    page = text_of(make_browser(row.city, make_participant(row.city)).get(row.path))
    assert f"/beitrag/{row.number}/brief" not in page
    alice.post("/konto/briefe/wunsch", {"wish": "on"})
    assert LettersOff.objects.of(row.city).count() == 0
    assert make_browser(row.city).post("/konto/briefe/wunsch").status_code == 302


@pytest.mark.parametrize("count", [1, 3])
def test_the_inbox_costs_the_same_with_one_and_with_three(row: Any, count: int, django_assert_max_num_queries: Any) -> None:
    for index in range(count):
        conversation(row, make_participant(row.city, f"P{index}"))
    browser = make_browser(row.city, row.author)
    browser.get("/konto/briefe")
    with django_assert_max_num_queries(12):
        assert text_of(browser.get("/konto/briefe")).count("Guten Tag, Alice!") == count


def test_a_guests_mail_opens_the_letter_on_another_device(row: Any) -> None:
    guest = make_guest(row.city, "Gast", guest_mail="gast@example.org", guest_mail_confirmed_at=row.given_at)
    mine = make_contribution(row.step, author=guest)
    letter = letters.write_letter(actor_of(row.author), mine, guest, uid=uuid7(), text="Hallo Gast")
    link = worded(row.city, list(Notice.objects.of(row.city).to(guest.uid)))[0].mail_path
    browser = make_browser(row.city)
    opened = browser.get(link, follow=True)
    assert opened.redirect_chain[-1][0] == letter.conversation.path
    assert "Hallo Gast" in text_of(opened)
    taken = make_browser(row.city, make_participant(row.city)).get(link)
    assert taken.headers["Location"].startswith("/zuordnen/")
    assert make_browser(row.city).get(f"{letter.conversation.path}/falsch").status_code == 404


def joined(row: Any, person: Any, words: str = "Ich bringe Erde mit") -> Joining:
    return join(actor_of(person), row, role="join", words=words)


def test_who_joined_in_is_blocked_from_the_list_and_cannot_join_again(row: Any) -> None:
    bob = make_participant(row.city, "Bob")
    line = joined(row, bob)
    alice, path = make_browser(row.city, row.author), f"/beitrag/{row.number}/dabei"
    assert f"{path}/{line.pk}/sperren" in text_of(alice.get(path))
    page = text_of(alice.get(f"{path}/{line.pk}/sperren"))
    assert "andere E-Mail-Adresse" in page or "einer anderen E-Mail-Adresse" in page
    assert not Block.objects.of(row.city).exists()
    for _twice in range(2):
        assert alice.post(f"{path}/{line.pk}/sperren").headers["Location"] == path
    assert Block.objects.of(row.city).get().blocked == bob
    page = text_of(alice.get(path))
    assert "Von Ihnen gesperrt" in page
    assert f"{path}/{line.pk}/sperren" not in page
    assert "Brief schreiben" not in page
    browser = make_browser(row.city, bob)
    assert "gesperrt" not in text_of(browser.get(path))
    browser.post(f"/beitrag/{row.number}/doch-nicht", {"role": "join"})
    assert browser.post(f"/beitrag/{row.number}/mitmachen", {"role": "join", "homepage": ""}).status_code == 403
    again = make_guest(row.city, "Bobby", guest_mail=bob.user.email)
    assert make_browser(row.city, again).post(f"/beitrag/{row.number}/mitmachen", {"role": "join", "homepage": ""}).status_code == 403
    assert Joining.objects.of(row.city).count() == 0


def test_nobody_is_blocked_by_strangers_by_themselves_or_from_another_page(row: Any) -> None:
    bob = make_participant(row.city, "Bob")
    line = joined(row, bob)
    path = f"/beitrag/{row.number}/dabei/{line.pk}/sperren"
    other = make_contribution(row.step, "Anderswo", author=row.author)
    kassel = make_city("kassel")
    for browser, address in (
        (make_browser(row.city), path),
        (make_browser(row.city, bob), path),
        (make_browser(row.city, row.author), f"/beitrag/{other.number}/dabei/{line.pk}/sperren"),
        (make_browser(kassel, make_participant(kassel)), path),
    ):
        assert browser.get(address).status_code == 404
        assert browser.post(address).status_code == 404
    assert not Block.objects.of(row.city).exists()
    assert "/sperren" not in text_of(make_browser(row.city).get(f"/beitrag/{row.number}/dabei"))


def test_the_list_of_who_is_in_takes_as_many_queries_for_one_as_for_three(row: Any) -> None:
    alice, path, counts = make_browser(row.city, row.author), f"/beitrag/{row.number}/dabei", []
    for name in ("Bob", "Charlie", "Eve"):
        joined(row, make_participant(row.city, name))
        alice.get(path)  # the first look warms what is kept between requests
        with CaptureQueriesContext(connection) as seen:
            assert name in text_of(alice.get(path))
        counts.append(len(seen))
    assert counts[0] == counts[2]
