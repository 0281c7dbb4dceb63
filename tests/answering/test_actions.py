"""The way to an answer: by rule and by hand, drafts and their release, questions, many at once; each told once."""

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone, translation
from tests.factories import make_area, make_category, make_city, make_comment, make_contribution, make_guest, make_participant, make_staff
from tests.leaving import leave_for_good

from civitas.answering.actions import drafting, keeping, many, talking
from civitas.answering.actions.assigning import assign, assign_new, put_on_desk, settle
from civitas.answering.models import AnswerDraft, Assignment, AssignmentRule, Batch, BatchItem, Body, Note, Question
from civitas.answering.queries.desk import lies_with, overdue_by_department
from civitas.answering.queries.one import assignment_of
from civitas.answering.tasks import run_batch, settle_answered
from civitas.contributions.models import Contribution, StatusEvent
from civitas.contributions.official import Answer, answer_contribution
from civitas.dialogue.models import Follow
from civitas.dialogue.tasks import tell_followers
from civitas.journal.models import Entry
from civitas.kit.ids import uuid7
from civitas.kit.verdicts import Refused
from civitas.notices.models import Notice
from civitas.outbox.worker import run_due
from civitas.people.actions import decline_news
from civitas.team.models import Absence

pytestmark = pytest.mark.django_db


def today() -> dt.date:
    return timezone.localdate()


def two(town: Any) -> None:
    """Have answers released by two."""
    town.city.rules = {"release_by_two": True}
    town.city.save(update_fields=["rules"])


def draft(town: Any, row: Contribution, who: str = "expert", **fields: Any) -> AnswerDraft:
    known = AnswerDraft.objects.filter(contribution=row, state__in=["writing", "waiting"]).first()
    values = {"status": "planned", "text": "Die Bank kommt.", "organisation": town.office, "version": known.version if known else 0}
    return drafting.save_draft(town.actor(who), row, **values | fields)


def told(kind: str) -> list[Any]:
    return list(Notice.objects.filter(kind=kind).order_by("pk").values_list("recipient", flat=True))


# Assigned by rule and by hand


def test_new_ones_go_by_the_first_rule_that_fits_and_its_department_is_told(town: Any) -> None:
    actor, trees = town.actor("moderator"), make_category(town.city, "Grün")
    keeping.save_rule(actor, None, organisation=town.office, category=trees)
    keeping.save_rule(actor, None, organisation=town.other_office)
    rows = [town.give("Baum", category=trees), town.give("Brücke")]
    assert [assignment_of(town.city, row).organisation for row in rows] == [town.office, town.other_office]
    assert told("answering.assigned") == [town.expert.uid, town.other_expert.uid]


def test_a_rule_for_a_district_takes_its_quarters_and_one_for_a_person_goes_to_their_deputy(town: Any) -> None:
    district = make_area(town.city, "Mitte", level="district")
    quarter = make_area(town.city, "Veddel", parent=district)
    keeping.save_rule(town.actor("owner"), None, organisation=town.office, person=town.expert, area=district)
    Absence.objects.create(city=town.city, participant=town.expert, deputy=town.moderator, starts_on=today(), ends_on=today())
    row = town.give(area=quarter)
    now = assignment_of(town.city, row)
    assert (now.organisation, now.person) == (town.office, town.moderator)
    assert told("answering.assigned") == [town.moderator.uid]


def test_new_ones_are_put_on_the_desk_once_however_often_the_task_runs(town: Any) -> None:
    row = town.give()
    assign_new(town.city, [row])
    assert Assignment.objects.filter(contribution=row).count() == 1


def test_nothing_is_promised_for_comments_and_what_was_brought_in(town: Any) -> None:
    row = make_contribution(town.step, source_key="alt-1")
    assign_new(town.city, [row, make_comment(row)])
    assert not Assignment.objects.exists()


def test_the_day_promised_is_the_rules_or_the_packs(town: Any) -> None:
    row = town.give()
    days = town.city.config.promise_days
    town.city.rules = {"answer_days": 3}
    town.city.save(update_fields=["rules"])
    other = town.give("Zweite")
    given = timezone.localtime(row.given_at).date()
    dues = [assignment_of(town.city, each).due_on for each in (row, other)]
    assert dues == [given + dt.timedelta(days=days), given + dt.timedelta(days=3)]


def test_passing_on_closes_the_earlier_assignment_and_tells_the_new_one_once(town: Any) -> None:
    row = town.give()
    for _again in range(2):
        assign(town.actor("moderator"), row, organisation=town.office, person=town.expert)
    states = list(Assignment.objects.filter(contribution=row).order_by("pk").values_list("state", flat=True))
    assert (states, told("answering.assigned")) == (["moved", "open"], [town.expert.uid])
    assert Entry.objects.filter(verb="answer.assigned").count() == 1


def test_only_staff_and_departments_of_this_city_get_something(town: Any) -> None:
    row, actor = town.give(), town.actor("moderator")
    other = make_city("kassel")
    for values in (
        {"organisation": None, "person": town.author},
        {"organisation": None, "person": make_staff(other, "expert")},
        {"organisation": None, "person": make_guest(town.city)},
    ):
        with pytest.raises(Refused):
            assign(actor, row, **values)
    assert assignment_of(town.city, row).person is None


def test_what_was_said_settles_the_desk_and_a_promised_day_brings_it_back(town: Any) -> None:
    row = town.give()
    assign(town.actor("moderator"), row, organisation=town.office, person=None)
    day = today() + dt.timedelta(days=20)
    answer_contribution(town.actor("expert"), row, Answer("planned", text="Ja.", organisation=town.office, due_on=day))
    for _again in range(2):
        settle_answered(town.city, row.pk)
    now = assignment_of(town.city, row)
    assert (now.state, now.due_on, now.organisation) == ("promised", day, town.office)
    answer_contribution(town.actor("expert"), town.read(row), Answer("done", text="Steht.", organisation=town.office))
    settle(town.city, row.pk)
    assert assignment_of(town.city, row) is None


def test_the_answer_anywhere_in_the_house_settles_the_desk(town: Any) -> None:
    row = town.give()
    answer_contribution(town.actor("moderator"), row, Answer("done", text="Steht."))
    run_due()
    assert assignment_of(town.city, row) is None


def test_what_a_step_made_waits_for_nobodys_answer_and_holds_nothing_up(town: Any) -> None:
    theme = make_contribution(town.step, "Schatten", kind="theme")
    put_on_desk(town.city)
    assert not Assignment.objects.of(town.city).filter(contribution=theme).exists()


def test_what_was_never_on_the_desk_is_put_there(town: Any) -> None:
    row = make_contribution(town.step)
    put_on_desk(town.city)
    assert assignment_of(town.city, row) is not None
    put_on_desk(town.city)
    assert Assignment.objects.count() == 1


def test_what_is_overdue_is_counted_by_department_with_the_oldest(town: Any) -> None:
    for days, office in ((40, town.office), (30, town.office), (60, None), (1, town.other_office)):
        # At noon, so that a clock that was put back since takes it to no other day.
        row = town.give(f"Vor {days}", given_at=timezone.localtime().replace(hour=12) - dt.timedelta(days=days))
        assign(town.actor("moderator"), row, organisation=office, person=None)
    promised = town.city.config.promise_days
    lines = [(line.organisation, line.count, (today() - line.oldest_on).days) for line in overdue_by_department(town.city)]
    assert lines == [(town.office, 2, 40 - promised), (None, 1, 60 - promised)]


def test_the_workload_counts_open_ones_by_person(town: Any) -> None:
    for title in ("Eins", "Zwei"):
        assign(town.actor("moderator"), town.give(title), organisation=None, person=town.expert)
    assert lies_with(town.city) == {town.expert.pk: 2}


# The draft and its release


def test_one_person_writes_and_publishes_where_one_is_enough(town: Any) -> None:
    row = town.give()
    event = drafting.publish(
        town.actor("expert"), row, version=0, seen=row.version, status="planned", text="Hallo {name}, ja.", organisation=town.office
    )
    assert (event.text, event.person, event.organisation) == ("Hallo Marthe, ja.", town.expert, town.office)
    assert told("contribution.answered") == [town.author.uid]
    assert AnswerDraft.objects.get().state == "said"


def test_the_same_form_sent_twice_is_said_once(town: Any) -> None:
    row = town.give()
    values = {"status": "planned", "text": "Ja.", "organisation": town.office}
    first = drafting.publish(town.actor("expert"), row, version=0, seen=row.version, **values)
    second = drafting.publish(town.actor("expert"), town.read(row), version=0, seen=row.version, **values)
    assert (first, StatusEvent.objects.count()) == (second, 1)


def test_where_two_are_needed_another_one_releases_and_the_writer_speaks(town: Any) -> None:
    two(town)
    row = town.give()
    kept = draft(town, row)
    with pytest.raises(Refused):
        drafting.publish(town.actor("expert"), row, version=kept.version, seen=row.version, status="planned", text="Die Bank kommt.")
    waiting = drafting.ask_release(town.actor("expert"), row, version=AnswerDraft.objects.get().version)
    with pytest.raises(Refused) as refused:
        drafting.release(town.actor("expert"), row, version=waiting.version, seen=row.version)
    assert (refused.value.status, StatusEvent.objects.count()) == (403, 0)
    event = drafting.release(town.actor("moderator"), row, version=waiting.version, seen=row.version)
    assert (event.person, AnswerDraft.objects.get().released_by) == (town.expert, town.moderator)
    verbs = set(Entry.objects.filter(verb__startswith="answer.").values_list("verb", flat=True))
    assert {"answer.submitted", "answer.released"} <= verbs
    assert told("contribution.answered") == [town.author.uid]


def test_who_changes_a_draft_becomes_its_writer(town: Any) -> None:
    two(town)
    row = town.give()
    draft(town, row)
    changed = draft(town, row, "moderator", text="Die Bank kommt bald.", organisation=None)
    waiting = drafting.ask_release(town.actor("expert"), row, version=changed.version)
    with pytest.raises(Refused):
        drafting.release(town.actor("moderator"), row, version=waiting.version, seen=row.version)
    assert drafting.release(town.actor("expert"), row, version=waiting.version, seen=row.version).person == town.moderator


def test_around_an_election_two_are_needed(town: Any) -> None:
    town.city.rules = {"election_from": str(today()), "election_until": str(today())}
    town.city.save(update_fields=["rules"])
    row = town.give()
    with pytest.raises(Refused):
        drafting.publish(town.actor("expert"), row, version=0, seen=row.version, status="planned", text="Ja.")
    assert not StatusEvent.objects.exists()


def test_a_colleague_gives_a_draft_back_with_a_word_and_its_writer_is_told(town: Any) -> None:
    two(town)
    row = town.give()
    waiting = drafting.ask_release(town.actor("expert"), row, version=draft(town, row).version)
    with pytest.raises(Refused) as refused:
        drafting.send_back(town.actor("moderator"), row, words=" ", version=waiting.version)
    assert "words" in refused.value.fields
    back = drafting.send_back(town.actor("moderator"), row, words="Bitte freundlicher.", version=waiting.version)
    assert (back.state, back.sent_back, told("answering.sent_back")) == ("writing", "Bitte freundlicher.", [town.expert.uid])


def test_a_colleague_who_was_quicker_is_not_overwritten(town: Any) -> None:
    row = town.give()
    first = draft(town, row)
    draft(town, row, "moderator", text="Anders.")
    with pytest.raises(Refused) as refused:
        draft(town, row, text="Noch anders.", version=first.version)
    assert (refused.value.status, AnswerDraft.objects.get().text) == (409, "Anders.")


def test_a_contribution_that_changed_since_is_looked_at_again(town: Any) -> None:
    row = town.give()
    kept = draft(town, row)
    Contribution.objects.filter(pk=row.pk).update(version=row.version + 1)
    with pytest.raises(Refused) as refused:
        drafting.release(town.actor("moderator"), row, version=kept.version, seen=row.version)
    assert (refused.value.status, StatusEvent.objects.count()) == (409, 0)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"text": "Wir beginnen\n{…: ab wann?}"}, "text"),
        ({"text": "Guten Tag {nmae}"}, "text"),
        ({"status": "not_possible", "text": ""}, "text"),
        ({"status": "planned", "text": " "}, "text"),
        ({"status": "in_work", "text": ""}, "text"),
        ({"status": "done", "text": ""}, "text"),
        ({"status": "received", "text": ""}, "text"),  # as it is: nothing would be said
        ({"status": ""}, "status"),
        ({"due_on": dt.date(2020, 1, 1)}, "due_on"),
        ({"status": "part_of"}, "part_of"),
        ({"part_of": "99999"}, "part_of"),
        ({"part_of": "Unsinn"}, "part_of"),
    ],
)
def test_a_draft_that_must_not_go_out_is_refused_and_stays(town: Any, fields: dict[str, Any], field: str) -> None:
    row = town.give()
    kept = draft(town, row, **fields)
    with pytest.raises(Refused) as refused:
        drafting.release(town.actor("moderator"), row, version=kept.version, seen=row.version)
    assert (list(refused.value.fields), StatusEvent.objects.count(), AnswerDraft.objects.get().state) == ([field], 0, "writing")
    with pytest.raises(Refused) as handed_in:
        drafting.ask_release(town.actor("expert"), row, version=kept.version)
    assert (handed_in.value.fields, AnswerDraft.objects.get().state) == (refused.value.fields, "writing")


@pytest.mark.parametrize("fields", [{"status": "in_review"}, {"status": "received", "next_step": "Wir sehen uns das an."}])
def test_that_somebody_looks_at_it_needs_no_words(town: Any, fields: dict[str, str]) -> None:
    row = town.give()
    kept = draft(town, row, text="", **fields)
    event = drafting.release(town.actor("moderator"), row, version=kept.version, seen=row.version)
    assert (event.status, event.text, assignment_of(town.city, row).state) == (fields["status"], "", "open")


def test_an_open_blank_is_named_with_its_line(town: Any) -> None:
    row = town.give()
    kept = draft(town, row, text="Guten Tag {name},\nwir beginnen {…: ab wann?}")
    with pytest.raises(Refused) as refused:
        drafting.release(town.actor("moderator"), row, version=kept.version, seen=row.version)
    assert "Zeile 2, Spalte 14" in refused.value.fields["text"]


def test_part_of_names_the_larger_one_and_its_author_reads_it(town: Any) -> None:
    larger, row = town.give("Bänke für alle"), town.give()
    kept = draft(town, row, status="part_of", part_of=str(larger.number))
    event = drafting.release(town.actor("moderator"), row, version=kept.version, seen=row.version)
    assert event.part_of == larger
    assert "Bänke für alle" in words_of(town, town.author)


def test_brackets_in_a_title_are_no_blank_that_is_left_open(town: Any) -> None:
    row = town.give("Mehr {Bänke} am {…: Kanal}")
    kept = draft(town, row, text="Zu „{title}“: Die Bank kommt.")
    event = drafting.release(town.actor("moderator"), row, version=kept.version, seen=row.version)
    assert event.text == "Zu „Mehr {Bänke} am {…: Kanal}“: Die Bank kommt."


def test_handing_over_tells_the_author_whom_and_how_to_reach_them_and_stays_inside_what_was_sent(town: Any) -> None:
    body = keeping.save_body(town.actor("owner"), None, name="Verkehrsverbund (Muster)", contact="www.verbund.example")
    row = town.give()
    kept = draft(town, row, status="in_review", text="Dafür ist der Verbund da.", body=body, sent="Mail an Frau Muster")
    event = drafting.release(town.actor("moderator"), row, version=kept.version, seen=row.version)
    assert (event.handed_to, event.contact) == ("Verkehrsverbund (Muster)", "www.verbund.example")
    said = words_of(town, town.author)
    assert ("www.verbund.example" in said, "Frau Muster" in said) == (True, False)
    assert "Frau Muster" in Note.objects.get().text


def words_of(town: Any, person: Any) -> str:
    """The last notice to somebody, as it reads in German."""
    from django.utils import translation

    from civitas.notices.queries import worded

    notices = list(Notice.objects.of(town.city).filter(recipient=person.uid).order_by("pk"))
    with translation.override("de"):
        found = worded(town.city, notices)
    return " ".join(found[-1].words.paragraphs) if found else ""


# Notes and questions


def test_a_note_is_for_the_team_and_tells_whom_it_is_meant_for(town: Any) -> None:
    row, form = town.give(), uuid7()
    for _again in range(2):
        talking.add_note(town.actor("expert"), row, uid=form, text="Bitte mit der Feuerwehr klären.", meant_for=[town.moderator])
    assert (Note.objects.count(), told("answering.mentioned")) == (1, [town.moderator.uid])
    assert "Feuerwehr" not in words_of(town, town.moderator)
    with pytest.raises(Refused):
        talking.add_note(town.actor("expert"), row, text="Hallo", meant_for=[town.author])
    with pytest.raises(Refused):
        talking.drop_note(town.actor("moderator"), Note.objects.get())


def test_a_department_is_asked_and_its_reply_comes_back(town: Any) -> None:
    row = town.give()
    day = today() + dt.timedelta(days=3)
    question = talking.ask_department(town.actor("expert"), row, organisation=town.other_office, text="Wem gehört die Fläche?", due_on=day)
    assert told("answering.asked") == [town.other_expert.uid]
    assert "Wem gehört die Fläche?" in words_of(town, town.other_expert)
    with pytest.raises(Refused):
        talking.reply(town.actor("expert"), question, text="Keine Ahnung")
    for _again in range(2):
        talking.reply(town.actor("other_expert"), question, text="Uns.")
    with pytest.raises(Refused) as refused:
        talking.reply(town.actor("moderator"), question, text="Doch nicht.")
    assert (refused.value.status, told("answering.replied"), Question.objects.get().reply) == (409, [town.expert.uid], "Uns.")


def test_the_same_question_twice_is_one(town: Any) -> None:
    row, day = town.give(), today() + dt.timedelta(days=3)
    asked = [
        talking.ask_department(town.actor("expert"), row, organisation=town.other_office, text="Wem?", due_on=day) for _again in range(2)
    ]
    assert asked[0] == asked[1]


# One answer to many


def begin(town: Any, rows: list[Contribution], who: str = "moderator", **fields: Any) -> Batch:
    text = fields.pop("text", "Guten Tag {name}, wir prüfen „{title}“.")
    return many.answer_many(town.actor(who), rows, **{"uid": uuid4(), "status": "in_review", "text": {"de": text}} | fields)


def test_one_answer_to_many_fills_the_blanks_of_each_and_tells_each_author_once(town: Any) -> None:
    other = make_participant(town.city, "Hinrich")
    rows = [town.give("Bank"), town.give("Baum", author=other)]
    batch = begin(town, rows)
    for _again in range(3):
        run_batch(town.city, batch.pk)
    texts = list(StatusEvent.objects.order_by("contribution").values_list("text", flat=True))
    assert texts == ["Guten Tag Marthe, wir prüfen „Bank“.", "Guten Tag Hinrich, wir prüfen „Baum“."]
    assert told("contribution.answered") == [town.author.uid, other.uid]
    assert Batch.objects.get().state == "done"


def test_one_that_fails_is_named_and_the_others_go_on(town: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(many, "CHUNK", 1)
    rows = [town.give(title) for title in ("Eins", "Zwei", "Drei")]
    begin(town, rows)
    Contribution.objects.filter(pk=rows[1].pk).update(visibility="hidden")
    run_due()
    states = list(BatchItem.objects.order_by("pk").values_list("state", flat=True))
    assert (states, StatusEvent.objects.count(), Batch.objects.get().state) == (["done", "failed", "done"], 2, "done")
    failed = BatchItem.objects.get(state="failed")
    assert failed.why == "Offiziell beantwortet wird nur, was veröffentlicht ist."
    with translation.override("en"):
        assert failed.why == "Only what is published is answered officially."


def test_many_need_two_as_well(town: Any) -> None:
    two(town)
    batch = begin(town, [town.give()])
    assert (batch.state, run_batch(town.city, batch.pk), StatusEvent.objects.count()) == ("waiting", None, 0)
    with pytest.raises(Refused):
        many.release_batch(town.actor("moderator"), batch)
    many.release_batch(town.actor("owner"), batch)
    run_due()
    assert StatusEvent.objects.get().person == town.moderator


def test_who_was_answered_meanwhile_gets_no_second_answer_from_many(town: Any) -> None:
    two(town)
    rows = [town.give("Bank"), town.give("Baum")]
    batch = begin(town, rows)
    kept = drafting.ask_release(town.actor("expert"), rows[0], version=draft(town, rows[0], who="expert").version)
    drafting.release(town.actor("owner"), rows[0], version=kept.version, seen=rows[0].version)
    many.release_batch(town.actor("owner"), batch)
    run_due()
    assert list(BatchItem.objects.order_by("pk").values_list("state", flat=True)) == ["failed", "done"]
    assert StatusEvent.objects.filter(contribution=rows[0]).count() == 1


def test_the_same_form_for_many_twice_is_one_batch(town: Any) -> None:
    rows, uid = [town.give()], uuid4()
    assert begin(town, rows, uid=uid) == begin(town, rows, uid=uid)


@pytest.mark.parametrize(
    "fields",
    [
        {"text": "{…: was?}"},
        {"status": "part_of"},
        {"status": "not_possible", "text": ""},
        {"status": "planned", "text": ""},
        {"status": "done", "text": " "},
        {"status": "received", "text": ""},
    ],
)
def test_what_cannot_go_to_many_is_refused(town: Any, fields: dict[str, str]) -> None:
    with pytest.raises(Refused):
        begin(town, [town.give()], **fields)
    assert not Batch.objects.exists()


def test_experts_answer_one_by_one(town: Any) -> None:
    with pytest.raises(Refused):
        begin(town, [town.give()], "expert")


def test_many_assigned_together_are_one_notice(town: Any) -> None:
    rows = [town.give(title) for title in ("Eins", "Zwei")]
    batch = many.assign_many(town.actor("moderator"), rows, uid=uuid4(), organisation=town.office, person=None)
    for _again in range(2):
        run_batch(town.city, batch.pk)
    assert [assignment_of(town.city, row).organisation for row in rows] == [town.office, town.office]
    assert (told("answering.assigned_many"), told("answering.assigned")) == ([town.expert.uid], [])


def test_rules_are_applied_to_what_lies_with_nobody(town: Any) -> None:
    row = town.give()
    keeping.save_rule(town.actor("moderator"), None, organisation=town.office)
    assert [many.apply_rules(town.actor("moderator")) for _again in range(2)] == [1, 1]
    run_due()
    assert (assignment_of(town.city, row).organisation, Batch.objects.count()) == (town.office, 1)
    assert told("answering.assigned_many") == [town.expert.uid]


# Told once, in their language and channel


def test_author_and_followers_are_told_once_in_their_own_way(town: Any, mailoutbox: Any) -> None:
    guest = make_guest(town.city, guest_mail="gast@example.org", guest_mail_confirmed_at=timezone.now(), language="en")
    shy = make_guest(town.city, "Scheu", guest_mail="scheu@example.org")
    quiet, follower = make_participant(town.city, "Stille"), make_participant(town.city, "Folgt", language="en")
    decline_news(town.city, quiet.uid, "contribution.answered")
    row = town.give(author=guest)
    for person in (guest, shy, quiet, follower):
        Follow.objects.create(city=town.city, participant=person, contribution=row)
    event = drafting.publish(town.actor("expert"), row, version=0, seen=row.version, status="planned", text="Ja.", organisation=town.office)
    for _again in range(2):
        tell_followers(town.city, row.pk, event.pk)
    run_due()
    run_due()
    mails = {mail.to[0]: mail.subject for mail in mailoutbox}
    assert len(mailoutbox) == 2
    assert mails == {guest.guest_mail: f"News about “{row.title}”", follower.user.email: f"News about “{row.title}”"}
    assert sorted(map(str, told("contribution.answered"))) == sorted(str(each.uid) for each in (guest, shy, quiet, follower))


def test_an_author_who_has_left_is_not_written_to_and_the_answer_still_stands(town: Any, mailoutbox: Any) -> None:
    row = town.give()
    Contribution.objects.filter(pk=row.pk).update(author=None)
    drafting.publish(town.actor("expert"), town.read(row), version=0, seen=row.version, status="planned", text="Hallo {name}, ja.")
    run_due()
    assert (StatusEvent.objects.get().text, list(mailoutbox)) == ("Hallo, ja.", [])


# What is kept


def test_a_template_with_a_broken_blank_is_refused_with_the_line(town: Any) -> None:
    with pytest.raises(Refused) as refused:
        keeping.save_template(town.actor("owner"), None, title="Dank", status="", text={"de": "Guten Tag {name},\n{nmae}", "en": "{"})
    assert "Zeile 2, Spalte 1" in refused.value.fields["text_de"]
    assert "text_en" in refused.value.fields


def test_a_template_is_put_in_in_the_authors_language_with_its_blanks_filled(town: Any) -> None:
    template = keeping.save_template(
        town.actor("owner"), None, title="Dank", status="in_review", text={"de": "Danke {name}.", "en": "Thank you, {name}."}
    )
    town.author.language = "en"
    town.author.save()
    row = town.read(town.give())
    made = drafting.insert_template(town.actor("expert"), row, template, version=draft(town, row, text="Vorweg.").version)
    assert (made.text, made.status) == ("Vorweg.\n\nThank you, Marthe.", "in_review")


def test_a_colleague_who_changed_a_template_is_not_overwritten(town: Any) -> None:
    actor = town.actor("owner")
    template = keeping.save_template(actor, None, title="Dank", status="", text={"de": "Danke."})
    keeping.save_template(actor, template, title="Dank", status="", text={"de": "Danke sehr."}, version=1)
    with pytest.raises(Refused) as refused:
        keeping.save_template(actor, template, title="Dank", status="", text={"de": "Dank"}, version=1)
    assert refused.value.status == 409


def test_rules_are_tried_in_their_order(town: Any) -> None:
    actor = town.actor("owner")
    first, second = (keeping.save_rule(actor, None, organisation=office) for office in (town.office, town.other_office))
    keeping.move_rule_up(actor, second)
    row = town.give()
    assert assignment_of(town.city, row).organisation == town.other_office
    keeping.drop_rule(actor, second, version=1)
    assert (list(AssignmentRule.objects.all()), Assignment.objects.get().organisation) == ([first], town.other_office)


def test_other_words_of_a_body_are_looked_at_before_they_are_released(town: Any) -> None:
    two(town)
    body = keeping.save_body(town.actor("owner"), None, name="Bahn (Muster)", contact="bahn.example")
    row = town.give()
    kept = drafting.ask_release(town.actor("moderator"), row, version=draft(town, row, body=body).version)
    keeping.save_body(town.actor("moderator"), body, name="Bahn (Muster)", contact="ganz-woanders.example", version=1)
    with pytest.raises(Refused) as refused:
        drafting.release(town.actor("owner"), row, version=kept.version, seen=row.version)
    assert (refused.value.status, StatusEvent.objects.count()) == (409, 0)


def test_a_retired_body_is_offered_no_longer(town: Any) -> None:
    from civitas.answering.queries.keeping import bodies_of

    body = keeping.save_body(town.actor("owner"), None, name="Bahn (Muster)", contact="bahn.example")
    with pytest.raises(Refused):
        keeping.save_body(town.actor("owner"), None, name="Bahn (Muster)", contact="x")
    keeping.retire_body(town.actor("owner"), body, version=1)
    assert (bodies_of(town.city), Body.objects.count()) == ([], 1)


# A person leaves


def test_a_colleague_who_leaves_is_named_nowhere_and_the_work_stays(town: Any) -> None:
    row = town.give()
    assign(town.actor("moderator"), row, organisation=town.office, person=town.expert)
    draft(town, row)
    talking.add_note(town.actor("expert"), row, text="Merken.")
    leave_for_good(town.city, town.expert)
    now = assignment_of(town.city, row)
    assert (now.organisation, now.person, AnswerDraft.objects.get().by, Note.objects.get().author) == (town.office, None, None, None)
    assert AnswerDraft.objects.get().text == "Die Bank kommt."


def test_what_was_written_inside_about_an_authors_contributions_goes_with_them(town: Any) -> None:
    row = town.give()
    draft(town, row)
    talking.add_note(town.actor("expert"), row, text="Ruft oft an.")
    talking.ask_department(town.actor("expert"), row, organisation=town.other_office, text="Wer kennt sie?", due_on=today())
    leave_for_good(town.city, town.author)
    assert (Note.objects.count(), Question.objects.get().text, AnswerDraft.objects.get().text) == (0, "", "")
    assert assignment_of(town.city, row) is None
