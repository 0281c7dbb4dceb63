"""Two people on the same answer at the same instant, and one person who clicks twice: nothing is lost, nothing said twice."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone
from tests.at_once import at_once

from civitas.answering.actions import drafting, keeping, talking
from civitas.answering.models import AnswerDraft, AssignmentRule, Body, Note, Question, Template
from civitas.contributions.models import StatusEvent
from civitas.kit.ids import uuid7
from civitas.notices.models import Notice

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_who_begin_an_answer_one_is_told_of_the_other(town: Any) -> None:
    row, people = town.give(), [town.actor("expert"), town.actor("moderator")]
    kept = at_once(*[lambda actor=actor: drafting.save_draft(actor, row, version=0, text=f"Von {actor.uid}").by for actor in people])
    draft = AnswerDraft.objects.get()
    assert sorted(map(str, kept)) == sorted(["409", str(draft.by)])
    assert draft.text == f"Von {draft.by.uid}"


def test_of_two_who_write_on_the_same_draft_one_is_told_of_the_other(town: Any) -> None:
    row, people = town.give(), [town.actor("expert"), town.actor("moderator")]
    seen = drafting.save_draft(people[0], row, version=0, text="Der Anfang").version
    kept = at_once(*[lambda actor=actor: drafting.save_draft(actor, row, version=seen, text=f"Von {actor.uid}").text for actor in people])
    assert sorted(map(str, kept)) == sorted(["409", AnswerDraft.objects.get().text])


def test_two_who_release_the_same_answer_say_it_once(town: Any) -> None:
    row, people = town.give(), [town.actor("moderator"), town.actor("owner")]
    version = drafting.save_draft(town.actor("expert"), row, version=0, status="planned", text="Die Bank kommt.").version
    version = drafting.ask_release(town.actor("expert"), row, version=version).version
    said = at_once(*[lambda actor=actor: drafting.release(actor, row, version=version, seen=row.version).text for actor in people])
    assert sorted(map(str, said)) == ["409", "Die Bank kommt."]
    assert StatusEvent.objects.exclude(text="").count() == 1


def test_who_clicks_twice_publishes_writes_asks_and_keeps_once(town: Any) -> None:
    row, moderator = town.give(), town.actor("moderator")
    words = {"status": "planned", "text": "Die Bank kommt."}
    first, second = at_once(*[lambda: drafting.publish(moderator, row, version=0, seen=row.version, **words)] * 2)
    assert first == second == StatusEvent.objects.exclude(text="").get()

    form = uuid7()
    at_once(*[lambda: talking.add_note(moderator, row, uid=form, text="Bitte nachsehen.", meant_for=[town.owner])] * 2)
    assert Note.objects.get().text == "Bitte nachsehen."
    assert Notice.objects.filter(kind="answering.mentioned").count() == 1

    asked = {"organisation": town.office, "text": "Geht das?", "due_on": timezone.localdate() + dt.timedelta(days=7)}
    at_once(*[lambda: talking.ask_department(moderator, row, **asked)] * 2)
    assert Question.objects.get().text == "Geht das?"
    assert Notice.objects.filter(kind="answering.asked").count() == 1

    at_once(*[lambda: keeping.save_rule(moderator, None, organisation=town.office)] * 2)
    at_once(*[lambda: keeping.save_body(moderator, None, name="Hochbahn", contact="info@hochbahn.example.org")] * 2)
    kept = at_once(*[lambda: keeping.save_template(moderator, None, title="Dank", status="", text={"de": "Danke"})] * 2)
    assert kept == [Template.objects.get()] * 2
    assert (AssignmentRule.objects.count(), Body.objects.count()) == (1, 1)
