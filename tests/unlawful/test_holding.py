"""What was found illegal stays out of sight by whatever way somebody would show it; turned round, all is as it was before."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from tests.factories import make_browser, make_contribution, make_participant, make_staff
from tests.moderation.looking import look

from civitas.contributions.actions import change_visibility, show_rows, withdraw_contribution
from civitas.contributions.counts import miscounts
from civitas.contributions.intake import Given, take_in
from civitas.contributions.models import Contribution
from civitas.contributions.rules import held_hidden
from civitas.kit.ids import uuid7
from civitas.kit.verdicts import Refused
from civitas.merging.splitting import Part, split_contribution, undo_split
from civitas.moderation.actions import flag_contribution
from civitas.moderation.appeals import appeal_decision
from civitas.moderation.archive import decide_about
from civitas.moderation.decisions import decide
from civitas.moderation.models import Case, Decision, RunItem
from civitas.moderation.orders import Order
from civitas.moderation.runs import start_run
from civitas.moderation.undoing import undo_decision
from civitas.notices.models import Notice
from civitas.notices.queries import worded
from civitas.outbox.worker import run_due
from civitas.people.actors import Actor, actor_of, city_actor
from civitas.processes.models import Step
from civitas.unlawful.actions.decisions import complain, decide_complaint

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unlawful.scenes import Scene

    from civitas.unlawful.models import Matter


def now(scene: Scene) -> Contribution:
    row: Contribution = Contribution.objects.of(scene.city).select_related("author", "process", "step", "root").get(pk=scene.row.pk)
    return row


def mo_of(scene: Scene) -> Actor:
    """A third person of the team."""
    return actor_of(make_staff(scene.city, "moderator", "Mo"))


def found_illegal(scene: Scene, **typed: Any) -> Matter:
    scene.report(now(scene))
    return scene.decide(**typed)


def turn(scene: Scene, matter: Matter | None = None) -> Matter:
    """The author is right: Timo turns the decision round."""
    about = matter or scene.matter()
    complaint = complain(Actor(scene.city), about, None, uid=uuid7(), text="Das ist nicht verboten.")
    decide_complaint(actor_of(scene.timo), complaint, outcome="changed", reasons="Das ist Satire.")
    about.refresh_from_db()
    return about


def news(scene: Scene, recipient: Any) -> list[str]:
    """All that somebody reads of the news they have, in English, one text each."""
    with translation.override("en"):
        notices = list(Notice.objects.of(scene.city).to(recipient).order_by("pk"))
        return [f"{each.words.subject}: {' '.join(each.words.paragraphs)}" for each in worded(scene.city, notices) if each.words]


# Ways by which somebody of the team would show what was found illegal.


def by_archive(scene: Scene, _hidden: Decision) -> Any:
    return decide_about(actor_of(scene.timo), now(scene), "publish")


def by_page(scene: Scene, _hidden: Decision) -> Any:
    browser = make_browser(scene.city, scene.timo)
    typed = {"verb": "publish", "version": now(scene).version, "back": "/verwaltung/beitraege"}
    answer = browser.post(f"/verwaltung/redaktion/beitrag/{scene.row.pk}", typed)
    assert answer.status_code == 303
    assert "verstößt gegen das Gesetz" in browser.get("/verwaltung/beitraege").content.decode()


def by_undo(scene: Scene, hidden: Decision) -> Any:
    return undo_decision(actor_of(scene.jule), hidden)


def by_appeal(scene: Scene, hidden: Decision) -> Any:
    appeal_decision(actor_of(scene.author), hidden)
    return decide(actor_of(scene.timo), Case.objects.of(scene.city).exclude(state="closed").get(), "publish")


def by_run(scene: Scene, _hidden: Decision) -> Any:
    case = decide_case_of(scene)
    fine = make_contribution(scene.row.step, "Etwas anderes", visibility="waiting")
    look(scene.city)
    other = Case.objects.of(scene.city).get(contribution=fine)
    start_run(actor_of(scene.timo), Order("publish"), {case.pk: "", other.pk: ""}, uid=uuid7())
    run_due()
    fine.refresh_from_db()
    states = dict(RunItem.objects.of(scene.city).order_by("pk").values_list("case", "state"))
    assert (fine.visibility, states) == ("published", {case.pk: "failed", other.pk: "done"})
    with translation.override("de"):
        assert "Beschwerde" in RunItem.objects.of(scene.city).get(case=case).why


def decide_case_of(scene: Scene) -> Case:
    """The case of what was found illegal, taken up from the archive."""
    make_browser(scene.city, scene.timo).post(f"/verwaltung/redaktion/beitrag/{scene.row.pk}", {"verb": ""})
    found: Case = Case.objects.of(scene.city).exclude(state="closed").get(contribution=scene.row)
    return found


def by_the_ground(scene: Scene, _hidden: Decision) -> Any:
    return change_visibility(scene.city, now(scene), "published")


def by_waiting(scene: Scene, _hidden: Decision) -> Any:
    return show_rows(scene.city, [now(scene)], "waiting")


REFUSED = [by_archive, by_undo, by_appeal, by_the_ground, by_waiting]
NAMED = [by_page, by_run]


@pytest.mark.each_database
@pytest.mark.parametrize(
    ("way", "outcome"), [*((way, outcome) for way in [*REFUSED, by_run] for outcome in ("illegal", "rules")), (by_page, "illegal")]
)
def test_what_was_found_illegal_is_shown_by_no_way(scene: Scene, way: Callable[[Scene, Decision], Any], outcome: str) -> None:
    hidden = decide_about(actor_of(scene.jule), now(scene), "hide", reason="insult")
    found_illegal(scene, outcome=outcome)
    if way in NAMED:
        way(scene, hidden)
    else:
        with pytest.raises(Refused) as refused:
            way(scene, hidden)
        assert (refused.value.status, "complaint" in str(refused.value.reason) or "Beschwerde" in str(refused.value.reason)) == (409, True)
    assert (now(scene).visibility, now(scene).hidden_reason) == ("hidden", "§ 185 StGB")
    assert miscounts(scene.city) == []


def test_many_are_asked_with_as_many_queries_as_one(scene: Scene) -> None:
    found_illegal(scene)
    others = [make_contribution(scene.row.step, f"Noch {index}") for index in range(3)]
    counts = []
    for rows in ([now(scene)], [now(scene), *others]):
        with CaptureQueriesContext(connection) as queries:
            assert list(held_hidden(scene.city, rows)) == [scene.row.pk]
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert held_hidden(make_contribution(scene.row.step).city, []) == {}


def test_a_second_import_does_not_show_it(scene: Scene) -> None:
    step = Step.objects.of(scene.city).select_related("process").get(pk=scene.row.step_id)
    given = Given(key="K1", title="Von der Messe", text="Beleidigung", said=frozenset({"title", "text"}))
    imports = city_actor(scene.city, channel="import")
    take_in(imports, step, [given])
    row = Contribution.objects.of(scene.city).get(source_key="K1")
    scene.report(row)
    scene.decide()
    take_in(imports, step, [replace(given, text="Immer noch eine Beleidigung")])
    row.refresh_from_db()
    assert (row.visibility, row.text) == ("hidden", "Immer noch eine Beleidigung")


def test_the_archive_says_why_and_has_no_button(scene: Scene) -> None:
    found_illegal(scene)
    browser = make_browser(scene.city, scene.timo)
    for address in (f"/verwaltung/beitraege/{scene.row.number}", "/verwaltung/beitraege?ansicht=hidden"):
        assert 'name="verb" value="publish"' not in browser.get(address).content.decode()
    turn(scene)
    change_visibility(scene.city, now(scene), "hidden", reason="Probe")
    for address in (f"/verwaltung/beitraege/{scene.row.number}", "/verwaltung/beitraege?ansicht=hidden"):
        assert 'name="verb" value="publish"' in browser.get(address).content.decode()


# What else happens to the thing, before the decision that it is illegal and after it; and how it stands once that is turned round.


def nothing(_scene: Scene) -> None:
    pass


def waits(scene: Scene) -> None:
    change_visibility(scene.city, now(scene), "waiting")
    look(scene.city)


def hidden_by_the_team(scene: Scene) -> None:
    decide_about(actor_of(scene.jule), now(scene), "hide", reason="other", text="Bitte ohne Namen.")


def hidden_and_undone(scene: Scene) -> None:
    undo_decision(actor_of(scene.jule), decide_about(actor_of(scene.jule), now(scene), "hide", reason="spam"))


def withdrawn(scene: Scene) -> None:
    withdraw_contribution(actor_of(scene.author), now(scene))


def objection_dismissed(scene: Scene) -> None:
    """The author had objected to being moved; while the text is hidden, the team decides to hide it for the rules as well."""
    case = decide_case_of(scene)
    decide(actor_of(scene.timo), case, "hide", reason="other", text="Auch gegen die Regeln.")


def found_illegal_again(scene: Scene) -> None:
    found_illegal(scene, norm="§ 130 StGB", ground="hate")


TURNED = [
    (nothing, nothing, ("published", "")),
    (waits, nothing, ("waiting", "")),
    (hidden_by_the_team, nothing, ("hidden", "Bitte ohne Namen.")),
    (hidden_and_undone, nothing, ("published", "")),
    (nothing, withdrawn, ("withdrawn", "")),
    (waits, withdrawn, ("withdrawn", "")),
    (nothing, objection_dismissed, ("hidden", "Auch gegen die Regeln.")),
    (hidden_by_the_team, objection_dismissed, ("hidden", "Bitte ohne Namen.")),
    (nothing, found_illegal_again, ("hidden", "§ 130 StGB")),
    (hidden_by_the_team, found_illegal_again, ("hidden", "§ 130 StGB")),
]


@pytest.mark.parametrize(("before", "after", "then"), TURNED)
def test_turned_round_it_stands_as_before_unless_something_else_hides_it(
    scene: Scene, before: Callable[[Scene], None], after: Callable[[Scene], None], then: tuple[str, str]
) -> None:
    before(scene)
    matter = found_illegal(scene)
    after(scene)
    turn(scene, matter)
    assert (now(scene).visibility, now(scene).hidden_reason) == then
    assert miscounts(scene.city) == []
    run_due()
    waiting = Case.objects.of(scene.city).filter(contribution=scene.row, state="open").values_list("why", flat=True)
    # What is shown is new to the queue, which has not looked at it before.
    assert list(waiting) == {"waiting": ["waiting"], "published": ["new"]}.get(then[0], [])


@pytest.mark.parametrize(("before", "then"), [(nothing, "published"), (waits, "waiting"), (hidden_by_the_team, "hidden")])
@pytest.mark.parametrize("first", [0, 1])
def test_of_two_decisions_the_last_that_goes_brings_it_back(scene: Scene, before: Callable[[Scene], None], then: str, first: int) -> None:
    before(scene)
    matters = [found_illegal(scene), found_illegal(scene, norm="§ 130 StGB")]
    turn(scene, matters.pop(first))
    assert now(scene).visibility == "hidden"
    turn(scene, matters[0])
    assert now(scene).visibility == then


def test_a_part_of_a_splitting_that_was_undone_stays_hidden(scene: Scene) -> None:
    whole = make_contribution(scene.row.step, "Zwei Dinge", text="Mehr Licht. Mehr Schatten.", author=scene.author)
    split = split_contribution(
        actor_of(scene.jule), whole, [Part("Mehr Licht", "Mehr Licht."), Part("Mehr Schatten", "Mehr Schatten.")], uid=uuid7()
    )
    part = Contribution.objects.of(scene.city).get(title="Mehr Licht")
    scene.report(part)
    matter = scene.decide()
    undo_split(actor_of(scene.jule), split)
    turn(scene, matter)
    part.refresh_from_db()
    assert part.visibility == "hidden"
    with pytest.raises(Refused) as refused:
        decide_about(actor_of(scene.timo), part, "publish")
    assert refused.value.status == 409
    assert [said for said in news(scene, scene.author.uid) if "whole again" in said] != []


def test_what_the_team_hid_before_is_still_the_teams_to_show_once_the_report_is_off(scene: Scene) -> None:
    hidden = decide_about(actor_of(scene.jule), now(scene), "hide", reason="insult")
    matter = found_illegal(scene)
    turn(scene, matter)
    assert now(scene).visibility == "hidden"
    undo_decision(actor_of(scene.jule), hidden)
    assert now(scene).visibility == "published"


def test_a_lawful_report_leaves_the_way_back_of_an_earlier_decision_open(scene: Scene) -> None:
    hidden = decide_about(actor_of(scene.jule), now(scene), "hide", reason="insult")
    found_illegal(scene, outcome="lawful", norm="")
    undo_decision(actor_of(scene.jule), hidden)
    assert now(scene).visibility == "published"


def test_what_waits_still_waits_after_a_lawful_report(scene: Scene) -> None:
    waits(scene)
    found_illegal(scene, outcome="lawful", norm="")
    case = Case.objects.of(scene.city).get(contribution=scene.row)
    assert (now(scene).visibility, case.why, case.state) == ("waiting", "waiting", "open")


def test_taking_back_a_move_shows_nothing(scene: Scene) -> None:
    target = Step.objects.of(scene.city).select_related("process").get(pk=scene.row.step_id)
    moved = decide_about(actor_of(scene.jule), now(scene), "move", step=target)
    found_illegal(scene)
    undo_decision(actor_of(scene.jule), moved)
    assert now(scene).visibility == "hidden"


@pytest.mark.parametrize(
    ("before", "said"),
    [(nothing, "Everybody can read your text again."), (waits, "looks at your text first"), (hidden_by_the_team, "Bitte ohne Namen.")],
)
def test_the_author_hears_how_it_really_stands(scene: Scene, before: Callable[[Scene], None], said: str) -> None:
    before(scene)
    report = scene.report(now(scene))
    matter = turn(scene, scene.decide())
    told = [text for text in news(scene, scene.author.uid) if "turned it round" in text]
    assert (len(told), said in told[0]) == (1, True)
    assert ("shown again" in told[0]) == (before is nothing)
    page = make_browser(scene.city).get(f"/en{matter.path}").content.decode()
    assert (said in page, "Your text is shown again" in page) == (True, before is nothing)
    assert [("It stays." in text) for text in news(scene, report.uid) if "What became of" in text] == [before is nothing]


# Who flagged, and who reported.


def flagged(scene: Scene) -> Any:
    person = make_participant(scene.city, "Frieda")
    flag_contribution(actor_of(person), now(scene), uid=uuid7(), reason="rules")
    return person


def test_who_flagged_hears_once_when_a_report_takes_the_text_away(scene: Scene) -> None:
    person = flagged(scene)
    found_illegal(scene)
    run_due()
    run_due()
    (said,) = news(scene, person.uid)
    assert "not shown any more" in said
    assert scene.row.title not in said
    turn(scene)
    assert news(scene, person.uid) == []


def test_who_flagged_hears_nothing_while_it_stays_and_hears_the_teams_decision_then(scene: Scene) -> None:
    person = flagged(scene)
    report = scene.report()
    matter = scene.decide("lawful", norm="")
    assert news(scene, person.uid) == []
    decide(actor_of(scene.jule), Case.objects.of(scene.city).get(state="open"), "publish")
    complaint = complain(Actor(scene.city), matter, report, uid=uuid7(), text="Doch.")
    decide_complaint(actor_of(scene.timo), complaint, outcome="changed", reasons="Stimmt.", norm="§ 185 StGB")
    run_due()
    assert len(news(scene, person.uid)) == 1


def test_who_flagged_hears_it_when_a_complaint_hides_what_still_waits_in_the_queue(scene: Scene) -> None:
    person = flagged(scene)
    report = scene.report()
    matter = scene.decide("lawful", norm="")
    complaint = complain(Actor(scene.city), matter, report, uid=uuid7(), text="Doch.")
    decide_complaint(actor_of(scene.timo), complaint, outcome="changed", reasons="Stimmt.", norm="§ 185 StGB")
    run_due()
    run_due()
    assert ["not shown any more" in said for said in news(scene, person.uid)] == [True]


def test_what_was_reported_can_be_hidden_until_it_is_decided_and_both_sides_hear_once(scene: Scene) -> None:
    person, report = flagged(scene), scene.report()
    case = Case.objects.of(scene.city).get(contribution=scene.row)
    jule = actor_of(scene.jule)
    for verb in ("publish", "spam", "move"):
        with pytest.raises(Refused):
            decide(jule, case, verb, reason="insult")
    page = make_browser(scene.city, scene.jule).get(f"/verwaltung/redaktion/{case.pk}").content.decode()
    assert (f"/verwaltung/rechtswidriges/beitrag/{scene.row.pk}" in page, "Bis dahin verbergen" in page) == (True, True)
    decide(jule, case, "hide", reason="insult")
    case.refresh_from_db()
    assert (now(scene).visibility, case.why, case.state) == ("hidden", "report", "open")
    run_due()
    run_due()
    heard = [said for said in news(scene, report.uid) if "not shown any more" in said]
    assert (len(heard), len(news(scene, person.uid)), len(news(scene, scene.author.uid))) == (1, 1, 1)
    scene.decide()
    run_due()
    case.refresh_from_db()
    assert (case.state, len(news(scene, person.uid))) == ("closed", 1)
    assert [said for said in news(scene, report.uid) if "A text that you reported" in said] == []
    turn(scene)
    assert now(scene).visibility == "hidden"


def test_taking_back_what_hid_it_meanwhile_leaves_the_report_to_be_decided(scene: Scene) -> None:
    report = scene.report()
    case = Case.objects.of(scene.city).get(contribution=scene.row)
    undo_decision(actor_of(scene.jule), decide(actor_of(scene.jule), case, "hide", reason="insult"))
    case.refresh_from_db()
    assert (now(scene).visibility, case.why, case.state) == ("published", "report", "open")
    run_due()
    assert [said for said in news(scene, report.uid) if "not shown any more" in said] == []


def test_who_reports_what_is_hidden_already_is_told_nothing_beside_the_receipt(scene: Scene) -> None:
    hidden_by_the_team(scene)
    run_due()
    report = scene.report(now(scene))
    run_due()
    assert len(news(scene, report.uid)) == 1


def test_a_third_person_of_the_team_finds_the_same_rule(scene: Scene) -> None:
    found_illegal(scene)
    with pytest.raises(Refused):
        decide_about(mo_of(scene), now(scene), "publish")
