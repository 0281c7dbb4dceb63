"""Joining in and letters: who may, how often, who hears of it, and what is left when somebody goes."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation
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

from civitas.dialogue.models import Follow
from civitas.journal.models import Entry
from civitas.kit.ids import uuid7
from civitas.kit.verdicts import Refused
from civitas.meeting import letters
from civitas.meeting.actions import hide_joining, join, leave
from civitas.meeting.counts import miscounts, recount
from civitas.meeting.models import Block, Conversation, Joining, Letter, LettersOff, Seat, Turnout
from civitas.meeting.personal import adopt_meeting, erase_meeting, export_meeting
from civitas.meeting.queries import other_in, seat_of
from civitas.notices.models import Notice
from civitas.notices.queries import worded
from civitas.people.actors import actor_of
from civitas.people.models import RateWindow
from civitas.people.rates import LIMITS
from civitas.people.sources import hashed

pytestmark = pytest.mark.django_db


@pytest.fixture
def step(db: None) -> Any:
    return make_step(make_process(make_city("hamburg")))


@pytest.fixture
def two(step: Any) -> Any:
    """Alice gave an idea, Bob reads it: (contribution, Alice, Bob)."""
    alice, bob = make_participant(step.city, "Alice"), make_participant(step.city, "Bob")
    return make_contribution(step, author=alice), alice, bob


def write(person: Any, row: Any, to: Any, text: str = "Guten Tag!", **options: Any) -> Letter:
    return letters.write_letter(actor_of(person), row, to, uid=uuid7(), text=text, **options)


def counts(row: Any) -> tuple[int, int]:
    found = Turnout.objects.of(row.city).filter(contribution=row).first()
    return (found.joins, found.helps) if found else (0, 0)


def refusal(do: Any, *arguments: Any, **options: Any) -> str:
    with translation.override("en"), pytest.raises(Refused) as refused:
        do(*arguments, **options)
    return str(refused.value.reason)


def test_joining_counts_once_follows_and_tells_the_author(two: Any) -> None:
    row, alice, bob = two
    for words in ("Ich drucke Plakate.", "Ich drucke Plakate und Zettel."):
        join(actor_of(bob), row, role="join", words=words)
    assert counts(row) == (1, 0)
    assert [each.words for each in Joining.objects.of(row.city)] == ["Ich drucke Plakate und Zettel."]
    assert Follow.objects.of(row.city).filter(participant=bob, contribution=row).count() == 1
    notices = list(Notice.objects.of(row.city).to(alice.uid))
    assert [notice.kind for notice in notices] == ["meeting.joined"]
    assert "Plakate und Zettel" in " ".join(worded(row.city, notices)[0].words.paragraphs)


def test_one_may_join_and_help_and_take_each_back(two: Any) -> None:
    row, _alice, bob = two
    join(actor_of(bob), row, role="join")
    join(actor_of(bob), row, role="help", words="Ein Lastenrad")
    assert counts(row) == (1, 1)
    for _twice in range(2):
        leave(actor_of(bob), row, role="join")
    assert (counts(row), Joining.objects.of(row.city).count()) == ((0, 1), 1)


def test_help_needs_words_and_words_have_an_end(two: Any) -> None:
    row, _alice, bob = two
    assert refusal(join, actor_of(bob), row, role="help") == "Please say what you can help with."
    assert "300" in refusal(join, actor_of(bob), row, role="join", words="x" * 301)


def test_nobody_joins_what_is_their_own_hidden_or_of_another_city(two: Any) -> None:
    row, alice, bob = two
    assert "own" in refusal(join, actor_of(alice), row, role="join")
    hidden = make_contribution(row.step, visibility="hidden", author=bob)
    assert refusal(join, actor_of(alice), hidden, role="join") == "We cannot find this contribution."
    stranger = make_participant(make_city("kassel"))
    assert refusal(join, actor_of(stranger), row, role="join") == "We cannot find this contribution."


def test_nobody_speaks_for_a_foreign_organisation(two: Any) -> None:
    row, _alice, bob = two
    assert "organisation" in refusal(join, actor_of(bob), row, role="join", organisation=make_organisation(row.city))


def test_where_the_team_reads_first_words_are_for_author_and_team(step: Any) -> None:
    step.settings = {"moderation": "before"}
    step.save()
    row = make_contribution(step, author=make_participant(step.city))
    made = join(actor_of(make_participant(step.city, "Bob")), row, role="help", words="Ein Geheimnis")
    assert made.is_private
    assert "Ein Geheimnis" not in make_browser(step.city).get(row.path).content.decode()
    assert "Ein Geheimnis" not in make_browser(step.city).get(f"/beitrag/{row.number}/dabei").content.decode()
    assert "Ein Geheimnis" in make_browser(step.city, row.author).get(f"/beitrag/{row.number}/dabei").content.decode()


def test_only_the_team_takes_a_line_away_and_the_journal_knows(two: Any) -> None:
    row, _alice, bob = two
    made = join(actor_of(bob), row, role="join", words="Unfug")
    assert refusal(hide_joining, actor_of(bob), made) == "Only the editorial team decides this."
    for _twice in range(2):
        hide_joining(actor_of(make_staff(row.city, "moderator")), made)
    assert counts(row) == (0, 0)
    assert list(Entry.objects.of(row.city).values_list("verb", flat=True)) == ["joining.hidden"]
    leave(actor_of(bob), row, role="join")
    assert counts(row) == (0, 0)


def test_who_was_taken_away_does_not_come_back_by_leaving_and_joining(two: Any) -> None:
    row, alice, bob = two
    made = join(actor_of(bob), row, role="join", words="Unfug")
    hide_joining(actor_of(make_staff(row.city, "moderator")), made)
    for _twice in range(2):
        assert "taken your entry away" in refusal(join, actor_of(bob), row, role="join", words="Unfug")
        leave(actor_of(bob), row, role="join")
    assert counts(row) == (0, 0)
    assert list(Joining.objects.of(row.city).values_list("words", flat=True)) == [""]
    assert make_browser(row.city, alice).get(f"/beitrag/{row.number}/brief/{made.pk}").status_code == 404


def test_leaving_and_joining_again_sends_no_flood_of_mails(two: Any) -> None:
    row, alice, bob = two
    for _each in range(LIMITS["new_joining"][1]):
        join(actor_of(bob), row, role="join")
        leave(actor_of(bob), row, role="join")
    RateWindow.objects.of(row.city).filter(key=hashed(f"join:person:{bob.uid}")).delete()  # ten minutes later
    assert "tomorrow" in refusal(join, actor_of(bob), row, role="join")
    assert Notice.objects.of(row.city).filter(recipient=alice.uid).count() == LIMITS["new_joining"][1]


def test_a_recount_puts_right_how_many_join_and_help(two: Any) -> None:
    row, alice, bob = two
    join(actor_of(bob), row, role="join")
    join(actor_of(bob), row, role="help", words="Zeit")
    hidden = join(actor_of(make_participant(row.city)), row, role="join", words="Unfug")
    hide_joining(actor_of(make_staff(row.city, "moderator")), hidden)
    other, untouched = make_contribution(row.step, author=alice), make_contribution(make_step(make_process(make_city("kassel"))))
    Turnout.objects.create(city=untouched.city, contribution=untouched, joins=5)
    assert miscounts(row.city) == []
    Turnout.objects.of(row.city).filter(contribution=row).update(joins=9, helps=0)
    Turnout.objects.create(city=row.city, contribution=other, joins=3)
    assert len(miscounts(row.city)) == 2
    recount(row.city)
    assert miscounts(row.city) == []
    assert (counts(row), counts(other), counts(untouched)) == ((1, 1), (0, 0), (5, 0))


def test_a_letter_arrives_and_shows_no_address(two: Any) -> None:
    row, alice, bob = two
    letter = write(bob, row, alice, "Ich habe eine Werkstatt.")
    seat = seat_of(alice, letter.conversation.uid)
    assert seat is not None
    assert seat.unread == 1
    notices = list(Notice.objects.of(row.city).to(alice.uid))
    words = worded(row.city, notices)[0].words
    assert "Ich habe eine Werkstatt." in words.paragraphs
    assert "@" not in " ".join([words.subject, *words.paragraphs])


def test_the_same_form_sent_twice_is_one_letter(two: Any) -> None:
    row, alice, bob = two
    uid = uuid7()
    for _twice in range(2):
        letters.write_letter(actor_of(bob), row, alice, uid=uid, text="Einmal")
    assert Letter.objects.of(row.city).count() == 1
    assert "already used" in refusal(letters.write_letter, actor_of(alice), row, bob, uid=uid, text="Fremd")


def test_two_people_have_one_conversation_about_a_contribution_whoever_begins(two: Any) -> None:
    row, alice, bob = two
    write(bob, row, alice)
    join(actor_of(bob), row, role="join")
    write(alice, row, bob)
    assert (Conversation.objects.of(row.city).count(), Letter.objects.of(row.city).count()) == (1, 2)


def test_answering_marks_as_read(two: Any) -> None:
    row, alice, bob = two
    letter = write(bob, row, alice)
    letters.reply(actor_of(alice), letter.conversation, other_in(letter.conversation, alice), uid=uuid7(), text="Danke")
    unread = {seat.participant_id: seat.unread for seat in Seat.objects.of(row.city)}
    assert unread == {alice.pk: 0, bob.pk: 1}


def test_only_what_was_seen_is_marked_as_read(two: Any) -> None:
    row, alice, bob = two
    first = write(bob, row, alice)
    write(bob, row, alice)
    seat = seat_of(alice, first.conversation.uid)
    assert seat is not None
    letters.mark_read(seat, up_to=first.pk)
    assert Seat.objects.of(row.city).get(pk=seat.pk).unread == 2
    letters.mark_read(seat, up_to=seat.last_letter)
    assert Seat.objects.of(row.city).get(pk=seat.pk).unread == 0


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 4_001])
def test_a_letter_is_neither_empty_nor_endless(two: Any, text: str) -> None:
    row, alice, bob = two
    refusal(write, bob, row, alice, text)
    assert Letter.objects.of(row.city).count() == 0


def test_a_blocked_person_gets_a_kind_sentence_and_no_hint(two: Any) -> None:
    row, alice, bob = two
    letter = write(bob, row, alice)
    letters.block(actor_of(alice), bob)
    blocked = refusal(letters.reply, actor_of(bob), letter.conversation, alice, uid=uuid7(), text="Hallo?")
    Block.objects.of(row.city).all().delete()
    letters.switch_letters_off(actor_of(alice))
    assert refusal(write, bob, row, alice) == blocked
    assert "block" not in blocked.lower()


def test_who_blocks_lifts_the_block_before_writing(two: Any) -> None:
    row, alice, bob = two
    letter = write(bob, row, alice)
    letters.block(actor_of(alice), bob)
    assert "lift the block" in refusal(letters.reply, actor_of(alice), letter.conversation, bob, uid=uuid7(), text="Doch")
    assert "not possible here" in refusal(join, actor_of(bob), row, role="join")
    letters.unblock(actor_of(alice), Block.objects.of(row.city).get())
    letters.reply(actor_of(bob), letter.conversation, alice, uid=uuid7(), text="Schön")


@pytest.mark.parametrize("first_is_guest", [True, False])
@pytest.mark.parametrize("second_is_guest", [True, False])
def test_a_block_holds_for_a_new_browser_with_the_same_address(two: Any, first_is_guest: bool, second_is_guest: bool) -> None:
    if not first_is_guest and not second_is_guest:
        return  # one address is one login
    row, alice, bob = two
    guest = {"guest_mail": bob.user.email, "guest_mail_confirmed_at": row.given_at}
    first = make_guest(row.city, **guest) if first_is_guest else bob
    second = make_guest(row.city, **guest) if second_is_guest else bob
    letters.block(actor_of(alice), first)
    assert "rather receive no letters" in refusal(write, second, row, alice)
    assert "not possible here" in refusal(join, actor_of(second), row, role="join")
    write(make_guest(row.city, guest_mail="other@example.org", guest_mail_confirmed_at=row.given_at), row, alice)


def test_nobody_lifts_the_block_of_somebody_else(two: Any) -> None:
    row, alice, bob = two
    letters.block(actor_of(alice), bob)
    refusal(letters.unblock, actor_of(bob), Block.objects.of(row.city).get())


def test_who_wants_no_letters_gets_none_and_writes_none(two: Any) -> None:
    row, alice, bob = two
    letters.switch_letters_off(actor_of(bob))
    assert "switch them on" in refusal(write, bob, row, alice)
    letters.switch_letters_on(actor_of(bob))
    write(bob, row, alice)


def test_a_guest_without_a_confirmed_address_signs_in_first(two: Any) -> None:
    row, alice, _bob = two
    assert "sign in" in refusal(write, make_guest(row.city), row, alice)
    write(make_guest(row.city, guest_mail="g@example.org", guest_mail_confirmed_at=row.given_at), row, alice)


def test_an_author_without_an_address_and_an_imported_one_get_no_letters(two: Any) -> None:
    row, alice, bob = two
    shy = make_contribution(row.step, author=make_guest(row.city))
    imported = make_contribution(row.step, author=alice, source_key="dipas-7")
    nobody = make_contribution(row.step)
    for each in (shy, imported, nobody):
        assert "no address" in refusal(write, bob, each, each.author)


def test_people_write_to_the_author_only_and_the_author_to_those_who_joined(two: Any) -> None:
    row, alice, bob = two
    carol = make_participant(row.city, "Carol")
    join(actor_of(carol), row, role="help", words="Zeit")
    assert "to the author" in refusal(write, bob, row, carol)
    assert "to the author" in refusal(write, alice, row, bob)
    write(alice, row, carol)


def test_new_conversations_and_letters_have_a_limit(two: Any) -> None:
    row, alice, bob = two
    for _each in range(LIMITS["conversation"][1]):
        write(bob, make_contribution(row.step, author=alice), alice)
    assert "tomorrow" in refusal(write, bob, row, alice)
    known = Conversation.objects.of(row.city).select_related("contribution").order_by("pk").first()
    for _each in range(LIMITS["letter"][1] - LIMITS["conversation"][1]):
        letters.reply(actor_of(bob), known, alice, uid=uuid7(), text="Noch einer")
    assert "an hour" in refusal(letters.reply, actor_of(bob), known, alice, uid=uuid7(), text="Zu viel")
    letters.reply(actor_of(alice), known, bob, uid=uuid7(), text="Ich darf noch")


def test_the_words_of_who_leaves_are_gone_and_the_others_stay(two: Any) -> None:
    row, alice, bob = two
    letter = write(bob, row, alice, "Meine Worte")
    letters.reply(actor_of(alice), letter.conversation, bob, uid=uuid7(), text="Alices Worte")
    join(actor_of(bob), row, role="join", words="Dabei")
    exported = export_meeting(row.city, bob)
    assert ([each["text"] for each in exported["letters"]], [each["words"] for each in exported["joinings"]]) == (
        ["Meine Worte"],
        ["Dabei"],
    )
    erase_meeting(row.city, bob)
    assert list(Letter.objects.of(row.city).order_by("pk").values_list("text", "author")) == [("", None), ("Alices Worte", alice.pk)]
    assert (counts(row), Joining.objects.of(row.city).count(), other_in(letter.conversation, alice)) == ((0, 0), 0, None)
    assert worded(row.city, list(Notice.objects.of(row.city).to(alice.uid).filter(kind="meeting.letter"))) == []
    page = make_browser(row.city, alice).get(letter.conversation.path)
    assert page.status_code == 200
    assert "Alices Worte" in page.content.decode()


def test_a_guests_joinings_and_letters_come_along_into_the_account(two: Any) -> None:
    row, alice, bob = two
    guest = make_guest(row.city, guest_mail="g@example.org", guest_mail_confirmed_at=row.given_at)
    other = make_contribution(row.step, author=alice)
    for person in (guest, bob):
        join(actor_of(person), row, role="join")
        write(person, row, alice, person.pseudonym)
    write(guest, other, alice)
    letters.switch_letters_off(actor_of(guest))
    letters.block(actor_of(guest), alice)
    adopt_meeting(row.city, guest, bob)
    assert counts(row) == (1, 0)
    assert Conversation.objects.of(row.city).count() == 2
    assert {seat.participant_id for seat in Seat.objects.of(row.city)} == {alice.pk, bob.pk}
    assert Letter.objects.of(row.city).filter(author=bob).count() == 3
    assert (LettersOff.objects.of(row.city).get().participant_id, Block.objects.of(row.city).get().blocker_id) == (bob.pk, bob.pk)
