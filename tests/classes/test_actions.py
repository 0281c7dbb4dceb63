"""Classes and seats: who makes them, what a code opens, what closing and taking away do."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone
from tests.at_once import at_once
from tests.classes.making import DAY, a_minute_later, make_class, pupil, sit, worker_erases
from tests.factories import make_actor, make_city, make_contribution, make_guest, make_process, make_step

from civitas.classes import actions
from civitas.classes.codes import CLASS, SLIP, TEACHER, signature_of
from civitas.classes.models import SchoolClass, Seat
from civitas.classes.names import proposed_name
from civitas.classes.queries import class_by_key, classes_of, seat_of, steps_for_accounts
from civitas.contributions.models import Contribution
from civitas.contributions.waiting import why_waiting
from civitas.journal.models import Entry
from civitas.kit.ids import uuid7
from civitas.kit.texts import told_apart
from civitas.kit.verdicts import Refused
from civitas.people.actors import Actor, actor_of
from civitas.people.leaving import Texts, leave
from civitas.people.models import Participant
from civitas.people.rates import LIMITS, LIMITS_IN_ALL

pytestmark = pytest.mark.django_db
STAFF = ["stranger", "", "member", "moderator", "facilitator", "expert"]


def staff(school_class: Any) -> Actor:
    return make_actor(school_class.city, "administrator")


def verbs(city: Any) -> list[str]:
    return list(Entry.objects.of(city).order_by("pk").values_list("verb", flat=True))


@pytest.mark.parametrize("role", STAFF)
def test_only_process_owners_and_administrators_make_classes(step: Any, role: str) -> None:
    now = timezone.now()
    with pytest.raises(Refused, match="Only process owners"):
        actions.make_class(make_actor(step.city, role), step.process, name="8b", seats=3, opens_at=now, closes_at=now + DAY)
    assert not SchoolClass.objects.of(step.city).exists()


@pytest.mark.parametrize("role", STAFF)
def test_only_they_and_its_teacher_look_after_one(school_class: Any, role: str) -> None:
    seat = sit(school_class).seat
    somebody = make_actor(school_class.city, role)
    for act in (
        lambda led: actions.print_sheet(somebody, school_class, led_key=led),
        lambda led: actions.renew_slip(somebody, school_class, seat, led_key=led),
        lambda led: actions.extend_class(somebody, school_class, timezone.now() + DAY, led_key=led),
        lambda led: actions.close_class(somebody, school_class, led_key=led),
        lambda led: actions.take_away(somebody, school_class, seat, texts=Texts.GO, led_key=led),
    ):
        with pytest.raises(Refused, match="Only process owners"):
            act(None)
        with pytest.raises(Refused, match="Only process owners"):
            act(school_class.pk + 1)
        act(school_class.pk)
    with pytest.raises(Refused, match="Only process owners"):
        actions.let_wait(somebody, school_class, waits=False)


def test_a_class_of_another_city_does_not_exist(school_class: Any) -> None:
    kassel = make_city("kassel")
    make_step(make_process(kassel))
    with pytest.raises(Refused) as refused:
        actions.close_class(make_actor(kassel, "administrator"), school_class)
    assert refused.value.status == 404
    assert class_by_key(kassel, school_class.pk) is None
    with pytest.raises(Refused, match="Please choose a process"):
        actions.make_class(
            make_actor(kassel, "owner"), school_class.process, name="8b", seats=3, opens_at=timezone.now(), closes_at=timezone.now() + DAY
        )
    with pytest.raises(Refused, match="We do not know this code"):
        actions.find_code(Actor(kassel), school_class.code)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": "  "}, "give the class a name"),
        ({"seats": 0}, "number from 1 to 60"),
        ({"seats": 61}, "number from 1 to 60"),
        ({"closes_at": timezone.now() - 2 * DAY}, "lies before the first"),
        ({"opens_at": timezone.now() - 9 * DAY, "closes_at": timezone.now() - DAY}, "This day is over"),
        ({"closes_at": timezone.now() + 500 * DAY}, "for a year at most"),
    ],
)
def test_what_a_class_cannot_be_is_said_at_the_field(step: Any, wrong: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Refused, match=sentence) as refused:
        make_class(step, **wrong)
    assert list(refused.value.fields) != []


def test_a_class_takes_part_in_what_is_public_alone(step: Any) -> None:
    draft = make_step(make_process(step.city, "entwurf", state="draft"))
    with pytest.raises(Refused, match="a process that is public"):
        make_class(draft)


@pytest.mark.django_db(transaction=True)
def test_two_clicks_in_the_same_instant_make_one_class(step: Any) -> None:
    uid = uuid7()
    made = at_once(*[lambda: make_class(step, uid=uid)] * 2)
    assert len({row.pk for row in made}) == 1
    assert Seat.objects.of(step.city).filter(school_class=made[0]).count() == 3
    assert verbs(step.city) == ["class.made"]


def test_codes_of_seats_and_teachers_are_kept_as_hashes_alone(school_class: Any) -> None:
    sheet = actions.print_sheet(staff(school_class), school_class)
    taken = sit(school_class)
    assert [len(code) for code in (school_class.code, taken.code, sheet.teacher_code)] == [CLASS, SLIP, TEACHER]
    codes = [taken.code, sheet.teacher_code, *(code for _number, code in sheet.slips)]
    kept = str([*SchoolClass.objects.of(school_class.city).values(), *Seat.objects.of(school_class.city).values()])
    assert not [code for code in codes if code in kept]
    assert school_class.code in kept


def test_the_code_of_the_class_opens_a_free_seat_and_a_slip_its_own(school_class: Any) -> None:
    sheet = actions.print_sheet(staff(school_class), school_class)
    first_number, first_slip = sheet.slips[0]
    somebody = Actor(school_class.city)
    assert actions.find_code(somebody, school_class.code.lower()) == school_class
    assert actions.find_code(somebody, sheet.teacher_code) == school_class
    by_code = sit(school_class)
    assert by_code.seat.number == 3  # from the last on, so that slips which were handed out stay good
    found = actions.find_code(somebody, f" {first_slip[:3]}-{first_slip[3:6]} {first_slip[6:].lower()}")
    assert isinstance(found, Seat)
    assert (found.number, found.participant) == (first_number, None)
    by_slip = sit(school_class, "Flinke Möwe", seat=found)
    assert (by_slip.seat.number, by_slip.code) == (first_number, "")
    back = actions.find_code(somebody, first_slip)
    assert isinstance(back, Seat)
    assert back.participant == by_slip.participant
    again = actions.find_code(somebody, by_code.code)
    assert isinstance(again, Seat)
    assert again.participant == by_code.participant


def test_who_came_by_the_code_of_the_class_is_not_reached_by_the_slip_of_that_seat(school_class: Any) -> None:
    slips = dict(actions.print_sheet(staff(school_class), school_class).slips)
    taken = sit(school_class)
    with pytest.raises(Refused, match="We do not know this code"):
        actions.find_code(Actor(school_class.city), slips[taken.seat.number])


def test_a_teacher_who_prints_keeps_their_code_and_a_second_click_prints_nothing(school_class: Any) -> None:
    first = actions.print_sheet(staff(school_class), school_class)
    a_minute_later(school_class)
    teacher, key = Actor(school_class.city), school_class.pk
    sheet = actions.print_sheet(teacher, school_class, led_key=key)
    assert (sheet.teacher_code, len(sheet.slips)) == ("", 3)
    assert actions.find_code(teacher, first.teacher_code) == school_class
    with pytest.raises(Refused, match="a moment ago") as refused:
        actions.print_sheet(teacher, school_class, led_key=key)
    assert refused.value.status == 409
    assert isinstance(actions.find_code(teacher, sheet.slips[0][1]), Seat)


def test_whoever_prints_with_a_teachers_code_keeps_the_team_from_no_sheet(school_class: Any) -> None:
    first = actions.print_sheet(staff(school_class), school_class)
    a_minute_later(school_class)
    actions.print_sheet(Actor(school_class.city), school_class, led_key=school_class.pk)
    actions.print_sheet(staff(school_class), school_class)
    with pytest.raises(Refused, match="We do not know this code"):
        actions.find_code(Actor(school_class.city), first.teacher_code)
    with pytest.raises(Refused, match="a moment ago"):
        actions.print_sheet(staff(school_class), school_class)


def test_a_new_sheet_ends_slips_of_free_seats_and_the_teachers_code_but_not_those_of_pupils(school_class: Any) -> None:
    old = actions.print_sheet(staff(school_class), school_class)
    mine = sit(school_class)
    a_minute_later(school_class)
    new = actions.print_sheet(staff(school_class), school_class)
    assert [number for number, _code in new.slips] == [1, 2]
    for code in (old.teacher_code, old.slips[0][1]):
        with pytest.raises(Refused, match="We do not know this code"):
            actions.find_code(Actor(school_class.city), code)
    found = actions.find_code(Actor(school_class.city), mine.code)
    assert isinstance(found, Seat)
    assert found.participant == mine.participant


def test_a_lost_slip_is_renewed_for_oneself_and_by_the_teacher(school_class: Any) -> None:
    taken = sit(school_class)
    new = actions.renew_slip(staff(school_class), school_class, taken.seat)
    with pytest.raises(Refused, match="We do not know this code"):
        actions.find_code(Actor(school_class.city), taken.code)
    newest = actions.renew_own_slip(actor_of(taken.participant), taken.seat)
    with pytest.raises(Refused, match="We do not know this code"):
        actions.find_code(Actor(school_class.city), new)
    assert isinstance(actions.find_code(Actor(school_class.city), newest), Seat)
    with pytest.raises(Refused, match="not your seat"):
        actions.renew_own_slip(actor_of(make_guest(school_class.city)), taken.seat)


def test_a_full_class_takes_nobody_more(school_class: Any) -> None:
    for name in ("Otter", "Biber", "Dachs"):
        sit(school_class, name)
    with pytest.raises(Refused, match="All seats of this class are taken") as refused:
        sit(school_class, "Fuchs")
    assert (refused.value.status, Participant.objects.of(school_class.city).filter(class_until__isnull=False).count()) == (409, 3)


def test_a_class_takes_nobody_in_before_its_time_and_after(step: Any) -> None:
    now = timezone.now()
    with pytest.raises(Refused, match="Your class begins on"):
        sit(make_class(step, opens_at=now + DAY, closes_at=now + 2 * DAY))
    over = make_class(step)
    SchoolClass.objects.of(step.city).filter(pk=over.pk).update(closes_at=now)
    with pytest.raises(Refused, match="The time of this class is over"):
        sit(over)


def test_the_same_form_sent_twice_is_one_seat(school_class: Any) -> None:
    uid = uuid7()
    first, second = sit(school_class, uid=uid), sit(school_class, uid=uid)
    assert first.participant == second.participant
    assert Seat.objects.of(school_class.city).filter(participant__isnull=False).count() == 1
    found = actions.find_code(Actor(school_class.city), second.code)
    assert isinstance(found, Seat)


def test_no_two_of_a_class_go_by_one_name_and_none_by_one_that_hurts(school_class: Any) -> None:
    type(school_class.city).objects.filter(pk=school_class.city.pk).update(rules={"words": ["idiot*"]})
    school_class.city.refresh_from_db()
    assert [sit(school_class, "Otter").participant.pseudonym for _each in range(2)] == ["Otter", "Otter 2"]
    for name, sentence in (("Id1ot", "could hurt"), ("0176 12345678", "telephone number"), ("x" * 41, "at most 40")):
        with pytest.raises(Refused, match=sentence) as refused:
            sit(school_class, name)
        assert list(refused.value.fields) == ["pseudonym"]
    assert sit(school_class, "  ").participant.pseudonym  # one is proposed


@pytest.mark.parametrize("language", ["de", "de-simple", "en"])
def test_proposed_names_are_fit_to_be_shown(language: str) -> None:
    names = {proposed_name(language) for _each in range(300)}
    assert len(names) > 100
    assert all(name[0].isupper() and len(name) <= 40 and len(name.split()) == 2 for name in names)
    assert told_apart("Otter", ["otter", "Otter 2"], longest=40) == "Otter 3"
    assert len(told_apart("x" * 40, ["x" * 40], longest=40)) == 40


def test_codes_that_are_guessed_run_out_for_the_person_and_for_all(school_class: Any) -> None:
    city, at_most = school_class.city, LIMITS["class_code"][2]

    def tries(source: str, code: str) -> int:
        with pytest.raises(Refused) as refused:
            actions.find_code(Actor(city, None, source=source), code)
        return refused.value.status

    assert {tries("school", "CDFHJK") for _each in range(at_most)} == {422}
    assert tries("school", "CDFHJK") == 429
    # A right one is no way round it, and a scanned one no guess.
    assert tries("school", school_class.code) == 429
    signed = actions.find_code(Actor(city, None, source="school"), school_class.code, signature=signature_of(city, school_class.code))
    assert signed == school_class
    assert actions.find_code(Actor(city, None, source="other"), school_class.code) == school_class
    assert LIMITS_IN_ALL["class_code"] <= 3000


def test_right_codes_are_no_guesses(school_class: Any) -> None:
    taken = sit(school_class)
    for _each in range(LIMITS["class_code"][2] + 5):
        actions.find_code(Actor(school_class.city, None, source="school"), taken.code)


@pytest.mark.parametrize("code", ["", "ABC", "CDFHJKM", "CDFHJKMNPQRTV"])
def test_a_code_of_another_length_is_refused_without_looking(school_class: Any, code: str) -> None:
    with pytest.raises(Refused, match="six signs") as refused:
        actions.find_code(Actor(school_class.city, None, source="school"), code)
    assert list(refused.value.fields) == ["code"]


def test_closing_holds_at_once_for_all_who_sit_and_extending_opens_again(school_class: Any, step: Any) -> None:
    actor = pupil(school_class)
    assert actor.participant is not None
    actions.close_class(staff(school_class), school_class)
    actions.close_class(staff(school_class), school_class)
    actor.participant.refresh_from_db()
    assert actor.participant.class_until is not None
    assert actor.participant.class_until <= timezone.now()
    actions.extend_class(staff(school_class), school_class, timezone.now() + DAY)
    actor.participant.refresh_from_db()
    assert actor.participant.class_until > timezone.now()
    assert verbs(school_class.city).count("class.closed") == 1


def test_a_class_waits_for_the_team_unless_the_city_says_otherwise(school_class: Any, step: Any) -> None:
    actor = pupil(school_class)
    assert actor.participant is not None
    wait = why_waiting(actor, step, what="contributions")
    assert wait is not None
    assert (wait.reason, wait.sentence) == ("class", "The team reads first what school classes write.")
    assert why_waiting(actor, step, what="comments") == wait
    actions.let_wait(staff(school_class), school_class, waits=False)
    actor.participant.refresh_from_db()
    assert why_waiting(actor, step, what="contributions") is None


@pytest.mark.parametrize(("texts", "visibility"), [(Texts.STAY, "published"), (Texts.GO, "erased")])
def test_a_seat_is_taken_away_with_the_choice_of_leaving(school_class: Any, step: Any, texts: Texts, visibility: str) -> None:
    actor = pupil(school_class)
    row = make_contribution(step, author=actor.participant)
    seat = seat_of(actor.participant)  # type: ignore[arg-type]
    assert seat is not None
    actions.take_away(staff(school_class), school_class, seat, texts=texts)
    worker_erases(school_class.city)
    seat.refresh_from_db()
    assert (seat.participant_id, seat.key) == (None, "")
    kept = Contribution.objects.of(step.city).get(pk=row.pk)
    assert (kept.visibility, kept.author_id) == (visibility, None if texts is Texts.STAY else kept.author_id)
    gone = Participant.objects.of(step.city).get(pk=actor.participant.pk)  # type: ignore[union-attr]
    assert (gone.pseudonym, gone.is_pupil, gone.class_process) == ("", False, "")
    with pytest.raises(Refused, match="Nobody sits there"):
        actions.take_away(staff(school_class), school_class, seat, texts=texts)


def test_every_change_is_in_the_journal_without_names(school_class: Any) -> None:
    taken = sit(school_class, "Mutiger Otter")
    actions.print_sheet(staff(school_class), school_class, led_key=school_class.pk)
    actions.renew_slip(staff(school_class), school_class, taken.seat)
    actions.let_wait(staff(school_class), school_class, waits=False)
    actions.extend_class(staff(school_class), school_class, timezone.now() + 9 * DAY)
    actions.close_class(staff(school_class), school_class, led_key=school_class.pk)
    actions.take_away(staff(school_class), school_class, taken.seat, texts=Texts.STAY)
    wanted = ["made", "seat_taken", "printed", "slip_renewed", "shown_at_once", "extended", "closed", "seat_taken_away"]
    assert verbs(school_class.city) == [f"class.{each}" for each in wanted]
    entries = list(Entry.objects.of(school_class.city).order_by("pk"))
    assert [each.alias is None for each in entries] == [False, True, True, False, False, False, True, False]
    assert not [each for each in entries if "Otter" in str(each.details) or "8b" in str(each.details)]


def test_what_ended_three_months_ago_is_made_nameless_and_goes(school_class: Any, step: Any) -> None:
    from civitas.classes.personal import KEPT_DAYS, SEATS

    actor = pupil(school_class)
    row = make_contribution(step, author=actor.participant)
    now = timezone.now()
    SchoolClass.objects.of(step.city).filter(pk=school_class.pk).update(closes_at=now - dt.timedelta(days=KEPT_DAYS + 1))
    before = now - dt.timedelta(days=SEATS.days)
    other = make_class(step, "Klasse 9a")
    over = SEATS.due(step.city, before)
    assert over.count() == 1
    assert SEATS.remove is not None
    went = [SEATS.remove(step.city, over.all()) for _each in range(3)]
    assert went == [1, 1, 0]
    worker_erases(step.city)
    assert [each.pk for each in classes_of(step.city)] == [other.pk]
    kept = Contribution.objects.of(step.city).get(pk=row.pk)
    assert (kept.visibility, kept.author_id) == ("published", None)
    assert Participant.objects.of(step.city).get(pk=actor.participant.pk).erased_at is not None  # type: ignore[union-attr]


def test_who_leaves_frees_the_seat_and_the_slip_opens_nothing_any_more(school_class: Any) -> None:
    taken = sit(school_class)
    leave(school_class.city, taken.participant, texts=Texts.GO)
    with pytest.raises(Refused, match="We do not know this code"):
        actions.find_code(Actor(school_class.city), taken.code)
    assert sit(school_class, "Biber").seat.number == taken.seat.number


def test_the_page_warns_of_steps_that_ask_for_an_account(school_class: Any, step: Any) -> None:
    closed = make_step(step.process, settings={"who": "signed_in"})
    assert steps_for_accounts(school_class.process) == [closed]
