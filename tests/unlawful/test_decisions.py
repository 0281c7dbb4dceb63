"""Decisions: who makes them, what follows, who hears of it; complaints by another person."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.utils import timezone, translation
from tests.factories import make_actor, make_browser, make_city, make_contribution, make_staff
from tests.unlawful.scenes import MARKER, Scene

from civitas.contributions.counts import miscounts
from civitas.contributions.models import Contribution
from civitas.journal.models import Entry
from civitas.kit.ids import uuid7
from civitas.kit.verdicts import Refused
from civitas.moderation.actions import flag_contribution
from civitas.moderation.counts import miscounts as case_miscounts
from civitas.moderation.decisions import decide
from civitas.moderation.models import Case
from civitas.notices.models import Notice
from civitas.notices.queries import worded
from civitas.outbox.worker import run_due
from civitas.people.actors import Actor, actor_of
from civitas.unlawful.actions.decisions import complain, decide_complaint, decide_matter, note_police_told
from civitas.unlawful.actions.reports import take_up
from civitas.unlawful.models import Complaint, Matter, Report
from civitas.unlawful.rules import may_handle


def text_of(response: Any) -> str:
    return str(response.content.decode())


@pytest.mark.parametrize(
    ("role", "allowed"),
    [("stranger", False), ("", False), ("member", False), ("facilitator", False), ("expert", False), ("owner", False),
     ("moderator", True), ("administrator", True)],
)  # fmt: skip
def test_the_editorial_team_and_administrators_handle_reports(scene: Scene, role: str, allowed: bool) -> None:
    scene.report()
    assert bool(may_handle(make_actor(scene.city, role), scene.matter())) is allowed
    elsewhere = make_actor(make_city(), role)
    assert not may_handle(elsewhere, scene.matter())


STAFF_PAGES = ("/verwaltung/rechtswidriges", "/verwaltung/rechtswidriges/{key}", "/verwaltung/rechtswidriges/neu", "/verwaltung/beweise")


@pytest.mark.parametrize("path", STAFF_PAGES)
def test_staff_pages_are_for_the_team_of_the_city_alone(scene: Scene, path: str) -> None:
    scene.report()
    address = path.format(key=scene.matter().pk)
    kassel = make_city("kassel")
    assert make_browser(scene.city).get(address).status_code == 302
    assert make_browser(scene.city, scene.author).get(address).status_code == 403
    assert make_browser(scene.city, scene.jule).get(address).status_code == 200
    there = make_browser(kassel, make_staff(kassel, "moderator")).get(address)
    assert there.status_code == (404 if "{key}" in path else 200)
    assert MARKER not in text_of(there)


def test_illegal_hides_the_thing_everywhere_and_tells_both_sides_once_with_reasons(scene: Scene) -> None:
    report = scene.report()
    run_due()
    scene.decide()
    scene.row.refresh_from_db()
    assert (scene.row.visibility, scene.row.hidden_reason) == ("hidden", "§ 185 StGB")
    assert miscounts(scene.city) == []
    assert make_browser(scene.city).get(scene.row.path).status_code == 404
    run_due()
    run_due()
    assert len(mail.outbox) == 3
    to = {sent.to[0]: sent.body for sent in mail.outbox[1:]}
    assert set(to) == {"rita@example.org", scene.author.user.email if scene.author.user else ""}
    for body in to.values():
        assert "§ 185 StGB" in body
        assert "Der Text beleidigt eine Person." in body
        assert "beschweren" in body
        assert MARKER not in body
    kinds = Notice.objects.of(scene.city).exclude(kind="unlawful.received").order_by("pk").values_list("kind", "recipient")
    assert set(kinds) == {("unlawful.statement", scene.author.uid), ("unlawful.outcome", report.uid)}


def test_lawful_leaves_it_and_the_author_never_hears_of_the_report(scene: Scene) -> None:
    report = scene.report()
    matter = scene.decide("lawful", norm="", facts="Das ist scharfe Kritik, mehr nicht.")
    scene.row.refresh_from_db()
    assert scene.row.visibility == "published"
    assert not Notice.objects.of(scene.city).filter(recipient=scene.author.uid).exists()
    browser = make_browser(scene.city)
    assert "scharfe Kritik" in text_of(browser.get(report.path))
    assert browser.get(matter.path).status_code == 404


@pytest.mark.parametrize(
    ("field", "values"),
    [("outcome", {"outcome": "maybe"}), ("ground", {"ground": ""}), ("norm", {"norm": " "}), ("norm", {"norm": "x" * 201}),
     ("facts", {"facts": ""}), ("facts", {"facts": "x" * 4_001})],
)  # fmt: skip
def test_a_decision_has_its_reasons(scene: Scene, field: str, values: dict[str, str]) -> None:
    scene.report()
    with pytest.raises(Refused) as refused:
        scene.decide(**{"outcome": "illegal", **values})
    assert (list(refused.value.fields), scene.matter().state) == ([field], "open")


def test_two_moderators_decide_at_once_and_the_second_is_told(scene: Scene) -> None:
    scene.report()
    before = scene.matter()
    scene.decide("lawful")
    with pytest.raises(Refused) as refused:
        decide_matter(actor_of(scene.timo), before, outcome="illegal", ground="insult", norm="§ 185 StGB", facts="Doch.")
    assert (refused.value.status, scene.matter().outcome) == (409, "lawful")


def test_reported_again_after_a_decision_is_a_new_matter(scene: Scene) -> None:
    scene.report()
    scene.decide("lawful")
    scene.report()
    assert list(Matter.objects.of(scene.city).order_by("pk").values_list("state", flat=True)) == ["decided", "open"]


def test_a_page_that_is_no_contribution_is_decided_too(scene: Scene) -> None:
    scene.report(addresses="/organisation/hafenamt")
    scene.decide("illegal")
    assert (scene.matter().address, scene.matter().author) == ("/organisation/hafenamt", None)


def test_the_author_reads_the_statement_without_a_login_and_complains_once(scene: Scene) -> None:
    scene.report()
    matter = scene.decide()
    page = text_of(make_browser(scene.city).get(matter.path))
    assert "§ 185 StGB" in page
    assert "Rita" not in page
    complaint = complain(Actor(scene.city), matter, None, uid=uuid7(), text="Das war ein Zitat.")
    with pytest.raises(Refused) as refused:
        complain(Actor(scene.city), matter, None, uid=uuid7(), text="Noch einmal.")
    assert refused.value.status == 409
    assert complain(Actor(scene.city), matter, None, uid=complaint.uid, text="Das war ein Zitat.") == complaint


def test_who_decided_does_not_decide_about_the_complaint(scene: Scene) -> None:
    scene.report()
    complaint = complain(Actor(scene.city), scene.decide(), None, uid=uuid7(), text="Das war ein Zitat.")
    for nobody in (actor_of(scene.jule), actor_of(scene.author), Actor(scene.city)):
        with pytest.raises(Refused):
            decide_complaint(nobody, complaint, outcome="changed", reasons="Ja.")
    assert decide_complaint(actor_of(scene.timo), complaint, outcome="kept", reasons="Es bleibt dabei.").outcome == "kept"


def test_a_right_complaint_of_the_author_brings_the_text_back_and_both_sides_hear_it(scene: Scene) -> None:
    report = scene.report()
    complaint = complain(Actor(scene.city), scene.decide(), None, uid=uuid7(), text="Das war ein Zitat.")
    Notice.objects.of(scene.city).delete()
    decide_complaint(actor_of(scene.timo), complaint, outcome="changed", reasons="Es war ein Zitat.")
    scene.row.refresh_from_db()
    assert (scene.row.visibility, scene.matter().outcome, miscounts(scene.city)) == ("published", "lawful", [])
    told = Notice.objects.of(scene.city).values_list("kind", "recipient")
    assert set(told) == {("unlawful.statement", scene.author.uid), ("unlawful.outcome", report.uid)}
    page = text_of(make_browser(scene.city).get(scene.matter().path))
    assert "Es war ein Zitat." in page


def test_a_right_complaint_of_a_reporter_hides_the_text_and_needs_a_norm(scene: Scene) -> None:
    report = scene.report()
    complaint = complain(Actor(scene.city), scene.decide("lawful"), report, uid=uuid7(), text="Lesen Sie genauer.")
    with pytest.raises(Refused) as refused:
        decide_complaint(actor_of(scene.timo), complaint, outcome="changed", reasons="Stimmt.")
    assert list(refused.value.fields) == ["norm"]
    decide_complaint(actor_of(scene.timo), complaint, outcome="changed", reasons="Stimmt.", norm="§ 186 StGB")
    scene.row.refresh_from_db()
    assert scene.row.visibility == "hidden"
    assert Notice.objects.of(scene.city).filter(kind="unlawful.statement", recipient=scene.author.uid).count() == 1


def test_a_complaint_is_taken_for_six_months(scene: Scene) -> None:
    report = scene.report()
    matter = scene.decide()
    with time_machine.travel(timezone.now() + dt.timedelta(days=183)):
        assert complain(Actor(scene.city), matter, report, uid=uuid7(), text="Zu mild.").pk
    with time_machine.travel(timezone.now() + dt.timedelta(days=185)), pytest.raises(Refused):
        complain(Actor(scene.city), matter, None, uid=uuid7(), text="Zu hart.")
    assert Complaint.objects.of(scene.city).count() == 1


def test_the_day_on_which_the_police_were_told_is_noted(scene: Scene) -> None:
    scene.report()
    today = timezone.localdate()
    note_police_told(actor_of(scene.jule), scene.matter(), on=today)
    assert (scene.matter().told_police_on, Entry.objects.of(scene.city).filter(verb="unlawful.police_told").count()) == (today, 1)
    with pytest.raises(Refused):
        note_police_told(actor_of(scene.jule), scene.matter(), on=today + dt.timedelta(days=1))


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_with_one_row_and_with_three(scene: Scene, count: int, django_assert_num_queries: Any) -> None:
    for number in range(count):
        scene.report(make_contribution(scene.row.step, f"Nummer {number}"))
    browser = make_browser(scene.city, scene.jule)
    browser.get("/verwaltung/rechtswidriges")
    with django_assert_num_queries(LIST_QUERIES):
        page = text_of(browser.get("/verwaltung/rechtswidriges"))
    assert page.count("queue__row") == count


LIST_QUERIES = 9


def the_case(scene: Scene) -> Case:
    found: Case = Case.objects.of(scene.city).get(contribution=scene.row)
    return found


def test_a_report_comes_into_the_queue_and_leaves_it_with_the_decision(scene: Scene) -> None:
    scene.report()
    case = the_case(scene)
    assert (case.why, case.state) == ("report", "open")
    with pytest.raises(Refused) as refused:  # not by the queue, which gives no reasons in law
        decide(actor_of(scene.jule), case, "publish")
    assert refused.value.status == 409
    browser = make_browser(scene.city, scene.jule)
    assert f"/verwaltung/rechtswidriges/beitrag/{scene.row.pk}" in text_of(browser.get(f"/verwaltung/redaktion/{case.pk}"))
    there = browser.get(f"/verwaltung/rechtswidriges/beitrag/{scene.row.pk}")
    assert there.headers["Location"] == f"/verwaltung/rechtswidriges/{scene.matter().pk}"
    scene.decide()
    assert (the_case(scene).state, the_case(scene).closed_by) == ("closed", scene.jule)
    run_due()
    assert (the_case(scene).state, case_miscounts(scene.city)) == ("closed", [])


def test_what_was_flagged_as_well_waits_on_where_it_stays(scene: Scene) -> None:
    flag_contribution(Actor(scene.city), scene.row, uid=uuid7(), reason="rules")
    scene.report()
    assert the_case(scene).why == "report"
    scene.decide("lawful", norm="")
    assert (the_case(scene).why, the_case(scene).state) == ("flagged", "open")


def test_what_the_team_takes_up_itself_is_told_as_found_by_the_team(scene: Scene) -> None:
    matter = take_up(actor_of(scene.jule), address=scene.row.path, ground="hate")
    assert (matter.report_count, the_case(scene).why) == (0, "report")
    for nobody in (actor_of(scene.author), Actor(scene.city)):
        with pytest.raises(Refused):
            take_up(nobody, address=scene.row.path, ground="hate")
    scene.decide(ground="hate", norm="§ 130 StGB")
    notice = Notice.objects.of(scene.city).get(kind="unlawful.statement", recipient=scene.author.uid)
    with translation.override("en"):
        assert any("found it itself" in said for said in worded(scene.city, [notice])[0].words.paragraphs)


def test_the_author_finds_the_statement_on_the_texts_own_page_and_nobody_else_does(scene: Scene) -> None:
    scene.report()
    matter = scene.decide()
    assert matter.path in text_of(make_browser(scene.city, scene.author).get(scene.row.path))
    assert matter.path not in text_of(make_browser(scene.city, scene.jule).get(scene.row.path))
    other = make_contribution(scene.row.step)
    assert matter.path not in text_of(make_browser(scene.city, scene.author).get(other.path))


def test_nobody_of_the_team_decides_about_their_own_text(scene: Scene) -> None:
    Contribution.objects.of(scene.city).filter(pk=scene.row.pk).update(author=scene.jule)
    scene.report()
    with pytest.raises(Refused):
        scene.decide("lawful", norm="")
    decided = {"outcome": "illegal", "ground": "insult", "norm": "§ 185 StGB", "facts": "Beleidigung."}
    matter = decide_matter(actor_of(scene.timo), scene.matter(), **decided)
    complaint = complain(Actor(scene.city), matter, None, uid=uuid7(), text="Nein.")
    with pytest.raises(Refused):
        decide_complaint(actor_of(scene.jule), complaint, outcome="changed", reasons="Doch nicht.")


def test_nobody_of_the_team_decides_about_their_own_complaint(scene: Scene) -> None:
    mo = make_staff(scene.city, "moderator", "Mo")
    report = scene.report()
    Report.objects.of(scene.city).filter(pk=report.pk).update(participant=mo)
    report.refresh_from_db()
    complaint = complain(actor_of(mo), scene.decide("lawful", norm=""), report, uid=uuid7(), text="Doch, das ist verboten.")
    with pytest.raises(Refused) as refused:
        decide_complaint(actor_of(mo), complaint, outcome="changed", reasons="Ich habe recht.", norm="§ 185 StGB")
    assert refused.value.status == 403
    assert decide_complaint(actor_of(scene.timo), complaint, outcome="kept", reasons="Es bleibt dabei.").outcome == "kept"
