"""News of a hop: everyone upstream hears of it, once, in one letter a day; what is taken back is put right, kindly and once."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone
from tests.factories import make_actor, make_comment, make_guest

from civitas.contributions.actions import change_visibility
from civitas.contributions.models import Contribution
from civitas.contributions.official import Answer, answer_contribution
from civitas.dialogue.models import Follow
from civitas.lineage.models import Letter, Line, News
from civitas.lineage.news import note_hop, recall_hop, settle
from civitas.merging.actions import merge_contributions, undo_merge
from civitas.notices.digests import begin_rounds
from civitas.notices.models import Notice
from civitas.people.models import Declined, NewsRhythm

if TYPE_CHECKING:
    from civitas.people.models import Participant

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def alice(town: Any) -> Participant:
    return town.person("Alice")


def subjects(town: Any, person: Participant) -> list[str]:
    return [each.subject for each in town.mails(person)]


def later(town: Any, hours: int) -> None:
    town.clock.move_to(timezone.now() + hours * HOUR, tick=False)


def test_the_first_hop_is_told_at_once_in_good_words(town: Any, alice: Participant) -> None:
    town.link(town.give("Bänke", alice), town.give("Ruhe", kind="theme"))
    town.work()
    (letter,) = town.letters(alice)
    assert letter.subject == "Was aus „Bänke“ wurde"
    assert letter.paragraphs[0] == "Ihre Idee „Bänke“ vom 3. Mai ist jetzt Teil des Themas „Ruhe“."
    assert letter.path == f"/beitrag/{Contribution.objects.of(town.city).get(title='Bänke').number}/werdegang"
    assert subjects(town, alice) == ["Was aus „Bänke“ wurde"]


def test_everyone_upstream_hears_over_any_number_of_hops(town: Any, alice: Participant) -> None:
    rows = [
        town.give("Bänke", alice),
        *(town.give(f"Thema {index}", kind="theme") for index in range(5)),
        town.give("Rast", kind="concept"),
    ]
    for before, after in pairwise(rows):
        town.link(before, after)
    town.work()
    later(town, 24)
    town.work()
    town.link(rows[-2], rows[-1], "developed_into")
    later(town, 24)
    town.work()
    assert town.letters(alice)[-1].paragraphs[0] == (
        "Ihre Idee „Bänke“ vom 3. Mai ist jetzt Teil des Konzepts „Rast“. Der Weg dahin führte über „Thema 4“."
    )


def test_what_happens_in_one_go_is_one_letter(town: Any, alice: Participant) -> None:
    idea, theme, concept = town.give("Bänke", alice), town.give("Ruhe", kind="theme"), town.give("Rast", kind="concept")
    town.link(idea, theme)
    town.link(theme, concept, "developed_into")
    town.work()
    (letter,) = town.letters(alice)
    assert [("Themas" in text, "Konzepts" in text) for text in letter.paragraphs[:2]] == [(True, False), (False, True)]


def test_more_hops_of_a_day_wait_for_the_next_morning_in_one_letter(town: Any, alice: Participant) -> None:
    idea = town.give("Bänke", alice)
    for hour, title in enumerate(("Ruhe", "Alter", "Plätze")):
        later(town, hour)
        town.link(idea, town.give(title, kind="theme"))
        town.work()
    assert len(town.mails(alice)) == 1
    town.clock.move_to(dt.datetime(2026, 5, 13, 4, 59, tzinfo=dt.UTC), tick=False)  # one minute to seven in Hamburg
    town.work()
    assert len(town.mails(alice)) == 1
    later(town, 1)
    town.work()
    first, second = town.letters(alice)
    assert (len(town.mails(alice)), len(first.paragraphs), len(second.paragraphs)) == (2, 2, 3)
    assert "Alter" in second.paragraphs[0]
    assert "Plätze" in second.paragraphs[1]


def test_the_day_ends_at_midnight_of_the_city(town: Any, alice: Participant) -> None:
    idea = town.give("Bänke", alice)
    for at in (dt.datetime(2026, 5, 12, 21, 59, tzinfo=dt.UTC), dt.datetime(2026, 5, 12, 22, 1, tzinfo=dt.UTC)):
        town.clock.move_to(at, tick=False)
        town.link(idea, town.give(f"Thema {at:%H}", kind="theme"))
        town.work()
    assert len(town.mails(alice)) == 2
    assert [str(day) for day in Letter.objects.of(town.city).order_by("pk").values_list("day", flat=True)] == ["2026-05-12", "2026-05-13"]


def test_several_contributions_of_one_person_are_one_sentence(town: Any, alice: Participant) -> None:
    theme, concept = town.give("Ruhe", kind="theme"), town.give("Rast", kind="concept")
    for index in range(3):
        town.link(town.give(f"Idee {index}", alice), theme)
    News.objects.of(town.city).delete()
    town.link(theme, concept, "developed_into")
    town.work()
    (told,) = (text for letter in town.letters(alice) for text in letter.paragraphs if "Rast" in text)
    assert told == (
        "Ihre Idee „Idee 0“ vom 3. Mai ist jetzt Teil des Konzepts „Rast“. Der Weg dahin führte über „Ruhe“. "
        "Dasselbe gilt für 2 weitere Beiträge von Ihnen."
    )


def test_nobody_is_told_of_their_own_act(town: Any, alice: Participant) -> None:
    bob = town.person("Bob")
    idea, theme = town.give("Bänke", alice), town.give("Ruhe", kind="theme")
    town.link(town.give("Sitze", bob), idea)
    town.link(idea, theme, by=alice.uid)
    town.link(theme, town.give("Rast", alice, kind="concept"), "developed_into", by=bob.uid)
    town.work()
    assert town.letters(alice) == []
    assert [text for letter in town.letters(bob) for text in letter.paragraphs if "Rast" in text] == []
    assert any("Ruhe" in text for letter in town.letters(bob) for text in letter.paragraphs)


@pytest.mark.parametrize("kind", ["lineage.hop", "*"])
def test_who_does_not_want_it_gets_no_mail(town: Any, alice: Participant, kind: str) -> None:
    Declined.objects.create(city=town.city, participant=alice, kind=kind)
    town.link(town.give("Bänke", alice), town.give("Ruhe", kind="theme"))
    town.work()
    assert mail.outbox == []


def test_a_guest_is_written_to_once_the_address_is_confirmed(town: Any) -> None:
    known = make_guest(town.city, "Gast", guest_mail="gast@example.org", guest_mail_confirmed_at=timezone.now())
    unknown = make_guest(town.city, "Neu", guest_mail="neu@example.org")
    theme = town.give("Ruhe", kind="theme")
    for guest in (known, unknown):
        town.link(town.give(f"Idee von {guest.pseudonym}", guest), theme)
    town.work()
    assert [each.to for each in mail.outbox] == [["gast@example.org"]]


def test_an_erased_person_hears_nothing_and_the_others_do(town: Any, alice: Participant) -> None:
    bob = town.person("Bob")
    theme = town.give("Ruhe", kind="theme")
    for person in (alice, bob):
        town.link(town.give(f"Idee von {person.pseudonym}", person), theme)
    type(bob).objects.of(town.city).filter(pk=bob.pk).update(erased_at=timezone.now())
    town.work()
    assert list(Letter.objects.of(town.city).values_list("recipient", flat=True)) == [alice.uid]


def test_it_is_worded_when_it_is_sent(town: Any, alice: Participant) -> None:
    idea, theme = town.give("Bänke", alice), town.give("Ruhe", kind="theme")
    town.link(idea, theme)
    town.work()
    Contribution.objects.of(town.city).filter(pk=theme.pk).update(title="▇▇▇")
    assert "▇▇▇" in town.letters(alice)[0].paragraphs[0]
    change_visibility(town.city, theme, "hidden", reason="Versehen")
    assert town.letters(alice) == []


def test_what_is_not_shown_yet_is_told_when_it_is(town: Any, alice: Participant) -> None:
    theme = town.give("Ruhe", kind="theme", visibility="waiting")
    town.link(town.give("Bänke", alice), theme)
    town.work()
    assert town.letters(alice) == []
    change_visibility(town.city, theme, "published")
    town.work()
    assert len(town.letters(alice)) == 1


@pytest.mark.parametrize("away", ["waiting", "draft"])
@pytest.mark.parametrize("end", ["theme", "idea"])
def test_what_nothing_could_be_said_of_in_time_is_told_once_it_is_shown_again(town: Any, alice: Participant, away: str, end: str) -> None:
    rows = {"idea": town.give("Bänke", alice), "theme": town.give("Ruhe", kind="theme")}
    town.link(rows["idea"], rows["theme"])
    # The letter is written; before the mail goes, the team has something to look at.
    for kind in ("lineage.linked", "lineage.spread", "lineage.gather"):
        town.work_on(kind)
    change_visibility(town.city, rows[end], away)
    town.work()
    assert town.mails(alice) == []
    later(town, 1)
    change_visibility(town.city, Contribution.objects.of(town.city).get(pk=rows[end].pk), "published")
    town.work()
    assert town.mails(alice) == []  # one letter a day
    later(town, 24)
    town.work()
    assert subjects(town, alice) == ["Was aus „Bänke“ wurde"]
    # And no second time, however often that happens.
    for visibility in (away, "published"):
        change_visibility(town.city, Contribution.objects.of(town.city).get(pk=rows[end].pk), visibility)
        town.work()
        later(town, 24)
        town.work()
    assert len(town.mails(alice)) == 1


def test_a_days_mail_that_came_too_early_is_made_up_for(town: Any, alice: Participant) -> None:
    """A concept waits for the team while the digests go; what was decided about it is told with the next ones."""
    NewsRhythm.objects.create(city=town.city, participant=alice, kind="lineage.hop", rhythm="daily")
    idea, concept = town.give("Bänke", alice), town.give("Rast", kind="concept")
    town.link(idea, concept, "developed_into")
    town.work()
    change_visibility(town.city, concept, "waiting")
    for _day in range(2):
        later(town, 24)
        begin_rounds()
        town.work()
    assert town.mails(alice) == []
    change_visibility(town.city, Contribution.objects.of(town.city).get(pk=concept.pk), "published")
    for _day in range(3):
        town.work()
        later(town, 24)
        begin_rounds()
    town.work()
    (sent,) = town.mails(alice)
    assert "Was aus „Bänke“ wurde" in sent.body


@pytest.mark.parametrize("away", ["waiting", "hidden"])
@pytest.mark.parametrize("end", ["theme", "idea"])
@pytest.mark.parametrize(("rhythm", "days"), [("now", 1), ("daily", 1), ("weekly", 7)])
def test_a_letter_that_has_to_leave_something_out_leaves_it_for_a_later_one(
    town: Any, alice: Participant, rhythm: str, days: int, end: str, away: str
) -> None:
    """One of two things cannot be told when the mail goes: the other is told now, that one once it may be, and once."""
    NewsRhythm.objects.create(city=town.city, participant=alice, kind="lineage.hop", rhythm=rhythm)
    rows = {"idea": town.give("Bänke", alice), "theme": town.give("Ruhe", kind="theme")}
    town.link(rows["idea"], rows["theme"])
    town.link(town.give("Rosen", alice), town.give("Grün", kind="theme"))
    for kind in ("lineage.linked", "lineage.spread", "lineage.gather"):
        town.work_on(kind)
    assert Letter.objects.of(town.city).count() == 1
    change_visibility(town.city, rows[end], away, reason="Ein Blick darauf")

    def when_the_next_mail_may_go() -> None:
        later(town, 24 * days)
        begin_rounds()
        town.work()

    town.work()
    when_the_next_mail_may_go()
    when_the_next_mail_may_go()
    assert ["Rosen" in sent.body for sent in town.mails(alice)] == [True]
    assert "Bänke" not in town.mails(alice)[0].body
    for visibility in ("published", away, "published"):
        change_visibility(town.city, Contribution.objects.of(town.city).get(pk=rows[end].pk), visibility, reason="Ein Blick darauf")
        town.work()
        when_the_next_mail_may_go()
        when_the_next_mail_may_go()
    assert ["Bänke" in sent.body for sent in town.mails(alice)] == [False, True]
    assert [subject for subject in subjects(town, alice) if rhythm == "now"] == (
        ["Was aus „Rosen“ wurde", "Was aus „Bänke“ wurde"] if rhythm == "now" else []
    )


def test_what_was_left_out_and_is_true_no_more_is_neither_told_nor_put_right(town: Any, alice: Participant) -> None:
    idea, theme = town.give("Bänke", alice), town.give("Ruhe", kind="theme")
    town.link(idea, theme)
    town.link(town.give("Rosen", alice), town.give("Grün", kind="theme"))
    for kind in ("lineage.linked", "lineage.spread", "lineage.gather"):
        town.work_on(kind)
    change_visibility(town.city, theme, "waiting")
    town.work()
    town.unlink(idea, theme)
    town.work()
    change_visibility(town.city, Contribution.objects.of(town.city).get(pk=theme.pk), "published")
    for _day in range(2):
        town.work()
        later(town, 24)
    assert subjects(town, alice) == ["Was aus „Rosen“ wurde"]


def test_what_is_shown_again_while_its_letter_goes_is_not_forgotten(town: Any, alice: Participant, monkeypatch: Any) -> None:
    from civitas.notices import mails

    theme = town.give("Ruhe", kind="theme")
    town.link(town.give("Bänke", alice), theme)
    town.link(town.give("Rosen", alice), town.give("Grün", kind="theme"))
    for kind in ("lineage.linked", "lineage.spread", "lineage.gather"):
        town.work_on(kind)
    change_visibility(town.city, theme, "waiting")
    real = mails.hand_over

    def slow(mail: Any, connection: Any) -> bool:
        if Contribution.objects.of(town.city).get(pk=theme.pk).visibility == "waiting":
            change_visibility(town.city, Contribution.objects.of(town.city).get(pk=theme.pk), "published")
            town.work_on("lineage.shown")
        return real(mail, connection)

    monkeypatch.setattr(mails, "hand_over", slow)
    town.work()
    later(town, 24)
    town.work()
    assert subjects(town, alice) == ["Was aus „Rosen“ wurde", "Was aus „Bänke“ wurde"]


@pytest.mark.parametrize("besides", [False, True])
def test_a_correction_waits_until_the_contribution_is_shown_again(town: Any, alice: Participant, besides: bool) -> None:
    idea, theme = town.give("Bänke", alice), town.give("Ruhe", kind="theme")
    town.link(idea, theme)
    town.work()
    later(town, 24)
    if besides:
        town.link(town.give("Rosen", alice), town.give("Grün", kind="theme"))
    town.unlink(idea, theme)
    change_visibility(town.city, idea, "waiting")
    town.work()
    later(town, 24)
    town.work()
    change_visibility(town.city, Contribution.objects.of(town.city).get(pk=idea.pk), "published")
    for _day in range(3):
        town.work()
        later(town, 24)
    more = ["Was aus „Rosen“ wurde"] if besides else []
    assert subjects(town, alice) == ["Was aus „Bänke“ wurde", *more, "Wir müssen etwas zu „Bänke“ berichtigen"]


def test_what_was_not_told_yet_drops_out_when_it_is_taken_back(town: Any, alice: Participant) -> None:
    idea, first, second = town.give("Bänke", alice), town.give("Ruhe", kind="theme"), town.give("Alter", kind="theme")
    town.link(idea, first)
    town.work()
    town.link(idea, second)
    town.work()
    town.unlink(idea, second)
    town.work()
    later(town, 24)
    town.work()
    assert (len(town.mails(alice)), Line.objects.of(town.city).filter(letter=None).count()) == (1, 0)


def test_what_was_told_is_put_right_once_and_kindly(town: Any, alice: Participant) -> None:
    idea, theme = town.give("Bänke", alice), town.give("Ruhe", kind="theme")
    town.link(idea, theme)
    town.work()
    town.unlink(idea, theme)
    town.work()
    assert len(town.mails(alice)) == 1  # one letter a day, for corrections too
    later(town, 24)
    town.work()
    assert subjects(town, alice) == ["Was aus „Bänke“ wurde", "Wir müssen etwas zu „Bänke“ berichtigen"]
    assert "entschuldigen Sie bitte" in town.letters(alice)[-1].paragraphs[0]
    later(town, 24)
    town.work()
    assert len(town.mails(alice)) == 2


def test_what_nobody_could_read_needs_no_correction(town: Any) -> None:
    silent = make_guest(town.city, "Stumm")
    idea, theme = town.give("Bänke", silent), town.give("Ruhe", kind="theme")
    town.link(idea, theme)
    town.work()
    town.unlink(idea, theme)
    town.work()
    assert Line.objects.of(town.city).filter(correction=1).count() == 0


def test_taken_back_and_done_again_the_same_day_says_nothing_more(town: Any, alice: Participant) -> None:
    idea, theme = town.give("Bänke", alice), town.give("Ruhe", kind="theme")
    town.link(idea, theme)
    town.work()
    town.unlink(idea, theme)
    town.work()
    town.link(idea, theme)
    town.work()
    later(town, 24)
    town.work()
    assert subjects(town, alice) == ["Was aus „Bänke“ wurde"]
    town.unlink(idea, theme)
    town.work()
    town.work()
    assert subjects(town, alice)[1:] == ["Wir müssen etwas zu „Bänke“ berichtigen"]


def test_who_was_corrected_hears_when_it_comes_true_after_all(town: Any, alice: Participant) -> None:
    idea, theme = town.give("Bänke", alice), town.give("Ruhe", kind="theme")
    for do in (town.link, town.unlink, town.link):
        do(idea, theme)
        town.work()
        later(town, 24)
        town.work()
    assert subjects(town, alice) == ["Was aus „Bänke“ wurde", "Wir müssen etwas zu „Bänke“ berichtigen", "Was aus „Bänke“ wurde"]


def test_tasks_in_the_wrong_order_tell_what_is_true(town: Any, alice: Participant) -> None:
    idea, theme = town.give("Bänke", alice), town.give("Ruhe", kind="theme")
    triple = (idea.pk, theme.pk, "grouped_into")
    settle(town.city, [triple])  # word of a link that is no more
    town.work()
    assert town.letters(alice) == []
    town.link(idea, theme)
    town.unlink(idea, theme)
    town.link(idea, theme)  # made, taken back, made: before the worker has looked once
    for _time in range(2):
        settle(town.city, [triple])
        town.work()
    assert (News.objects.of(town.city).count(), len(town.mails(alice))) == (1, 1)


def test_who_is_upstream_no_more_does_not_hear_of_what_came_later(town: Any, alice: Participant) -> None:
    idea, theme, concept = town.give("Bänke", alice), town.give("Ruhe", kind="theme"), town.give("Rast", kind="concept")
    town.link(idea, theme)
    town.work()
    town.link(theme, concept, "developed_into")
    town.work()
    town.unlink(idea, theme)
    town.work()
    later(town, 24)
    town.work()
    told = [text for letter in town.letters(alice) for text in letter.paragraphs]
    assert [text for text in told if "Rast" in text] == []


def test_an_answer_that_says_it_is_not_said_again(town: Any, alice: Participant) -> None:
    bob = town.person("Bob")
    idea, larger = town.give("Bänke", alice), town.give("Alle Bänke")
    town.link(town.give("Sitze", bob), idea)
    answer_contribution(make_actor(town.city, "moderator"), idea, Answer("part_of", text="Gehört dazu.", part_of=larger))
    town.work()
    assert [text for letter in town.letters(alice) for text in letter.paragraphs if "Alle Bänke" in text] == []
    assert [text for letter in town.letters(bob) for text in letter.paragraphs if "Alle Bänke" in text] != []


def test_putting_together_tells_those_before_and_its_undoing_puts_it_right(town: Any, alice: Participant) -> None:
    bob, moderator = town.person("Bob"), make_actor(town.city, "moderator")
    origin, idea, head = town.give("Sitze", bob), town.give("Bänke", alice), town.give("Alle Bänke")
    town.link(origin, idea, "led_to")
    town.work()
    later(town, 24)
    merge = merge_contributions(moderator, head, [idea])[0]
    town.work()
    assert "geht in „Alle Bänke“ weiter" in town.letters(bob)[-1].paragraphs[0]
    assert town.letters(alice) == []
    later(town, 24)
    undo_merge(moderator, merge)
    town.work()
    assert "zurückgenommen" in town.letters(bob)[-1].paragraphs[0]


def test_wordings_that_lie_in_another_are_upstream_too(town: Any, alice: Participant) -> None:
    head, wording = town.give("Alle Bänke"), town.give("Bänke", alice)
    merge_contributions(make_actor(town.city, "moderator"), head, [wording])
    town.link(head, town.give("Ruhe", kind="theme"))
    town.work()
    assert town.letters(alice)[-1].paragraphs[0] == "Ihre Idee „Bänke“ vom 3. Mai ist jetzt Teil des Themas „Ruhe“."


def test_an_event_that_a_room_notes_is_told_once_and_can_be_taken_back(town: Any, alice: Participant, monkeypatch: Any) -> None:
    from civitas.kit.rooms import Room, Station
    from civitas.lineage import notices

    def gates(_city: Any, keys: Any) -> dict[int, Station]:
        return {key: Station(timezone.now(), "Der Bezirk hat entschieden: weiter", "Das Konzept überzeugt.") for key in keys}

    monkeypatch.setattr(notices, "rooms", lambda: (Room(key="gates", hops={"gate": gates}),))
    concept = town.give("Rast", town.person("Bob"), kind="concept")
    town.link(town.give("Bänke", alice), concept, "developed_into")
    town.work()
    later(town, 24)
    for _time in range(2):
        with transaction.atomic():
            note_hop(town.city, concept, "gate", 7)
    town.work()
    assert town.letters(alice)[-1].paragraphs[0] == (
        "Es gibt Neues zu „Rast“, zu dem Sie beigetragen haben. Ihre Idee „Bänke“ vom 3. Mai steckt darin. "
        "Der Bezirk hat entschieden: weiter. Das Konzept überzeugt."
    )
    assert len(town.mails(alice)) == 2
    with transaction.atomic():
        recall_hop(town.city, "gate", 7)
    later(town, 24)
    town.work()
    assert town.letters(alice)[-1].paragraphs[0] == (
        "Was wir Ihnen zu „Rast“ geschrieben haben, gilt so nicht mehr; „Bänke“ steckt darin. Der Werdegang zeigt, wie es jetzt steht. "
        "Bitte entschuldigen Sie die Verwirrung."
    )
    change_visibility(town.city, concept, "hidden")
    assert town.letters(alice)[-1].paragraphs[0] == (
        "Was wir Ihnen zu „Bänke“ geschrieben haben, gilt so nicht mehr. Der Werdegang zeigt, wie es jetzt steht. "
        "Bitte entschuldigen Sie die Verwirrung."
    )


def test_a_worker_that_dies_leaves_nobody_out_and_tells_nobody_twice(town: Any, monkeypatch: Any) -> None:
    from civitas.lineage import news

    monkeypatch.setattr(news, "_PORTION", 3)
    theme, people = town.give("Ruhe", kind="theme"), [town.person(f"Mensch{index}") for index in range(8)]
    for person in people:
        town.give(f"Idee von {person.pseudonym}", person)
    concept = town.give("Rast", kind="concept")
    for row in list(Contribution.objects.of(town.city).filter(kind="idea").order_by("pk")):
        town.link(row, theme)
    News.objects.of(town.city).delete()
    town.link(theme, concept, "developed_into")

    real, calls = news.gather, []

    def dying(city: Any, **options: Any) -> None:
        calls.append(1)
        real(city, **options)
        if len(calls) == 2:
            raise MemoryError

    monkeypatch.setattr("civitas.lineage.tasks.gather", dying)
    with pytest.raises(MemoryError):
        town.work()
    town.work()
    told = Notice.objects.of(town.city).filter(kind="lineage.hop").order_by("pk").values_list("recipient", flat=True)
    assert sorted(told) == sorted(person.uid for person in people)
    assert sorted(to for each in mail.outbox for to in each.to) == sorted(person.user.email for person in people)


def test_leaving_takes_what_was_told_along_and_claiming_hands_it_over(town: Any, alice: Participant) -> None:
    from civitas.lineage.personal import adopt_told, erase_told, export_told

    guest = make_guest(town.city, "Gast", guest_mail="gast@example.org", guest_mail_confirmed_at=timezone.now())
    theme = town.give("Ruhe", kind="theme")
    for person in (alice, guest):
        town.link(town.give(f"Idee von {person.pseudonym}", person), theme)
    town.work()
    town.link(theme, town.give("Rast", kind="concept"), "developed_into")
    town.work()
    assert [(str(row["letter__day"]), row["news__event"]) for row in export_told(town.city, guest)["told"]] == [
        ("2026-05-12", "grouped_into"),
        ("None", "developed_into"),
    ]
    adopt_told(town.city, guest, alice)
    lines = Line.objects.of(town.city).order_by("pk")
    assert [(line.recipient, line.news.event) for line in lines] == [
        (alice.uid, "grouped_into"),
        (alice.uid, "grouped_into"),
        (alice.uid, "developed_into"),
    ]
    later(town, 24)
    town.work()
    erase_told(town.city, alice)
    assert (Line.objects.of(town.city).count(), Letter.objects.of(town.city).count()) == (0, 0)


def test_followers_hear_of_what_steps_made_unless_a_letter_tells_them(town: Any, alice: Participant) -> None:
    bob = town.person("Bob")
    idea, theme, concept = town.give("Bänke", alice), town.give("Ruhe", kind="theme"), town.give("Rast", kind="concept")
    for person in (alice, bob):
        Follow.objects.create(city=town.city, contribution=idea, participant=person)
    town.link(idea, theme)
    town.link(theme, concept, "developed_into")
    town.work()
    told = Notice.objects.of(town.city).filter(kind="contribution.developed").order_by("pk").values_list("recipient", "subject", "event")
    assert sorted(told) == [(bob.uid, f"contribution:{idea.pk}", f"developed-{row.pk}") for row in (theme, concept)]


def test_comments_and_withdrawn_contributions_are_no_contributions_to_tell_of(town: Any, alice: Participant) -> None:
    idea = town.give("Bänke", alice, visibility="withdrawn")
    town.link(idea, town.give("Ruhe", kind="theme"))
    make_comment(idea, "Gut", author=alice)
    town.work()
    assert town.letters(alice) == []
