"""What goes: names and words of old reports, and what a person reported who leaves."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import time_machine
from django.utils import timezone
from tests.factories import make_guest, make_participant
from tests.leaving import leave_for_good

from civitas.notices.models import Notice
from civitas.people.actions import claim_guest, export_everything
from civitas.people.actors import actor_of
from civitas.unlawful.actions.forgetting import empty_reports, old_reports
from civitas.unlawful.actions.reports import report_unlawful
from civitas.unlawful.models import Matter, Report

if TYPE_CHECKING:
    from tests.unlawful.scenes import Scene


def mine(scene: Scene, person: object) -> Report:
    report = scene.report()
    Report.objects.of(scene.city).filter(pk=report.pk).update(participant=person)
    return report


def test_names_and_words_go_some_time_after_the_decision_and_the_ground_stays(scene: Scene) -> None:
    before = timezone.now()
    scene.report()
    scene.decide("lawful")
    scene.report()  # nobody has decided about this one
    later = timezone.now() + dt.timedelta(seconds=1)
    assert empty_reports(scene.city, old_reports(scene.city, before)) == 0
    assert old_reports(scene.city, later).count() == 1
    assert empty_reports(scene.city, old_reports(scene.city, later)) == 1
    assert empty_reports(scene.city, old_reports(scene.city, later)) == 0
    old, waiting = Report.objects.of(scene.city).order_by("pk")
    assert (old.name, old.mail, old.explanation, old.ground, old.with_name) == ("", "", "", "insult", True)
    assert waiting.mail == "rita@example.org"
    assert not Notice.objects.of(scene.city).filter(recipient=old.uid).exists()


def test_who_leaves_takes_name_mail_and_words_of_their_reports_along(scene: Scene) -> None:
    person = make_participant(scene.city, "Rita")
    report = mine(scene, person)
    leave_for_good(scene.city, person)
    report.refresh_from_db()
    assert (report.name, report.mail, report.explanation, report.participant) == ("", "", "", None)


def test_an_author_who_leaves_is_named_in_no_decision(scene: Scene) -> None:
    scene.report()
    scene.decide()
    leave_for_good(scene.city, scene.author)
    assert Matter.objects.of(scene.city).get().author is None


def test_people_export_what_they_reported_and_what_was_decided_about_them(scene: Scene) -> None:
    person = make_participant(scene.city, "Rita")
    mine(scene, person)
    scene.decide()
    assert [row["explanation"] for row in export_everything(scene.city, person)["unlawful"]["reports"]] == [
        "Das beleidigt meine Nachbarin."
    ]
    assert [row["norm"] for row in export_everything(scene.city, scene.author)["unlawful"]["decisions"]] == ["§ 185 StGB"]


def test_a_claimed_guest_brings_the_reports_along(scene: Scene) -> None:
    guest, person = make_guest(scene.city), make_participant(scene.city, "Rita")
    report = mine(scene, guest)
    assert person.user is not None
    claim_guest(scene.city, person.user, guest)
    report.refresh_from_db()
    assert report.participant == person


def test_reports_of_a_signed_in_person_are_theirs_unless_they_stay_nameless(scene: Scene) -> None:
    from civitas.kit.ids import uuid7

    person = make_participant(scene.city, "Rita")
    typed = {
        "addresses": scene.row.path, "ground": "hate", "explanation": "Hass.", "name": "Rita", "mail": "rita@example.org",
        "in_good_faith": True,
    }  # fmt: skip
    with time_machine.travel(timezone.now()):
        assert report_unlawful(actor_of(person), uid=uuid7(), **typed).participant == person
        assert report_unlawful(actor_of(person), uid=uuid7(), without_name=True, **typed).participant is None
