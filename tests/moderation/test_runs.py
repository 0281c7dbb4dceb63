"""Many at once: a run that names what fails, is taken back as a whole, and clears a wave of spam in a few actions."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.utils import timezone, translation
from tests.factories import make_browser, make_city, make_contribution, make_guest, make_participant, make_staff
from tests.moderation.looking import case_of, look

from civitas.contributions.actions import keep_new
from civitas.contributions.counts import miscounts as wrong_tallies
from civitas.contributions.models import Contribution
from civitas.kit.ids import uuid7
from civitas.kit.verdicts import Refused
from civitas.moderation.cases import take_up
from civitas.moderation.claims import claim_case
from civitas.moderation.counts import miscounts
from civitas.moderation.models import Case, Decision, Run, RunItem
from civitas.moderation.orders import Order
from civitas.moderation.personal import erase_person
from civitas.moderation.runs import start_run, undo_run, work_run, work_undo
from civitas.notices.models import Notice
from civitas.people.actors import actor_of

pytestmark = pytest.mark.django_db


def finish(run: Run) -> None:
    """Do what the worker does, until nothing is left."""
    while work_run(run.city, run.pk):
        pass
    run.refresh_from_db()


def waiting(step: Any, count: int, **fields: Any) -> list[Any]:
    return [make_contribution(step, f"Idee {number}", visibility="waiting", **fields) for number in range(count)]


def stamps(city: Any) -> dict[int, str]:
    look(city)
    return dict.fromkeys(Case.objects.of(city).filter(state="open").order_by("pk").values_list("pk", flat=True), "")


def states(city: Any) -> list[str]:
    return list(Contribution.objects.of(city).order_by("pk").values_list("visibility", flat=True))


def test_one_that_is_not_possible_is_named_and_the_rest_goes_through(step: Any, team: Any, alice: Any) -> None:
    waiting(step, 3, author=alice)
    mine = make_contribution(step, "Meine eigene", visibility="waiting", author=team.participant)
    run = start_run(team, Order("publish"), stamps(step.city), uid=uuid7())
    finish(run)
    assert (run.state, run.total, run.done_count, run.failed_count) == ("done", 4, 3, 1)
    fault = RunItem.objects.of(step.city).select_related("case").get(state="failed")
    assert (fault.case.contribution_id, "selbst geschrieben" in fault.why) == (mine.pk, True)
    with translation.override("en"):
        assert fault.why == "You wrote this yourself. Another person of the team decides."
    assert states(step.city) == ["published"] * 3 + ["waiting"]
    assert Notice.objects.of(step.city).to(alice.uid).filter(kind="moderation.decision").count() == 3
    assert wrong_tallies(step.city) == miscounts(step.city) == []


def test_what_a_colleague_is_on_is_named_without_their_name_in_each_readers_language(step: Any, team: Any, other: Any) -> None:
    (row,) = waiting(step, 1)
    looked = stamps(step.city)
    claim_case(other, Case.objects.of(step.city).get(contribution=row))
    run = start_run(team, Order("publish"), looked, uid=uuid7())
    finish(run)
    fault = RunItem.objects.of(step.city).get()
    assert (fault.state, fault.why) == ("failed", "Jemand anderes aus dem Team war gerade daran.")
    for prefix, words in (("", "war gerade daran"), ("/en", "Somebody else of the team was on this.")):
        page = make_browser(step.city, team.participant).get(f"{prefix}/verwaltung/redaktion/laeufe/{run.pk}").text
        assert words in page


def test_who_leaves_while_their_run_is_under_way_decides_nothing_more(step: Any, team: Any) -> None:
    waiting(step, 2)
    run = start_run(team, Order("publish"), stamps(step.city), uid=uuid7())
    erase_person(step.city, team.participant)
    finish(run)
    assert (states(step.city), run.state, run.done_count, run.failed_count) == (["waiting"] * 2, "done", 0, 2)


def test_a_run_is_taken_back_as_a_whole_and_what_changed_since_stays(step: Any, team: Any, other: Any) -> None:
    rows = waiting(step, 3)
    run = start_run(team, Order("hide", reason="twice"), stamps(step.city), uid=uuid7())
    finish(run)
    assert states(step.city) == ["hidden"] * 3
    Contribution.objects.of(step.city).filter(pk=rows[0].pk).update(visibility="withdrawn")
    undo_run(other, run)
    while work_undo(step.city, run.pk, other.participant.pk):
        pass
    run.refresh_from_db()
    assert (run.state, run.done_count, run.failed_count) == ("undone", 0, 1)
    assert states(step.city) == ["withdrawn", "waiting", "waiting"]
    assert Case.objects.of(step.city).filter(state="open").count() == 2
    assert miscounts(step.city) == []
    with pytest.raises(Refused):
        undo_run(other, run)


def test_the_same_form_twice_is_one_run_and_a_worker_that_died_loses_nothing(step: Any, team: Any) -> None:
    waiting(step, 2)
    keys, uid = stamps(step.city), uuid7()
    run = start_run(team, Order("publish"), keys, uid=uid)
    assert start_run(team, Order("publish"), keys, uid=uid) == run
    work_run(step.city, run.pk)
    work_run(step.city, run.pk)  # taken again after a crash
    finish(run)
    assert (run.done_count, Decision.objects.of(step.city).count()) == (2, 2)


def test_two_of_the_team_at_once_are_harmless(step: Any, team: Any, other: Any) -> None:
    waiting(step, 2)
    keys = stamps(step.city)
    first = start_run(team, Order("publish"), keys, uid=uuid7())
    second = start_run(other, Order("hide", reason="spam"), keys, uid=uuid7())
    finish(first)
    finish(second)
    assert (states(step.city), second.failed_count, second.done_count) == (["published"] * 2, 2, 0)


def test_what_was_ticked_and_changed_since_is_not_decided(step: Any, team: Any) -> None:
    row = waiting(step, 1)[0]
    case = case_of(row)
    Contribution.objects.of(step.city).filter(pk=row.pk).update(version=9)
    run = start_run(team, Order("publish"), {case.pk: case.stamp}, uid=uuid7())
    finish(run)
    assert (run.failed_count, states(step.city)) == (1, ["waiting"])


def test_who_has_left_the_team_decides_nothing_any_more(step: Any, team: Any) -> None:
    waiting(step, 1)
    run = start_run(team, Order("publish"), stamps(step.city), uid=uuid7())
    team.participant.memberships.of(step.city).delete()
    finish(run)
    assert (run.failed_count, states(step.city)) == (1, ["waiting"])


@pytest.mark.parametrize(("order", "field"), [(Order("hide"), "reason"), (Order("move"), "category"), (Order("nonsense"), "verb")])
def test_an_order_is_checked_before_anything_happens(step: Any, team: Any, order: Order, field: str) -> None:
    waiting(step, 1)
    with pytest.raises(Refused) as refused:
        start_run(team, order, stamps(step.city), uid=uuid7())
    assert field in refused.value.fields
    assert Run.objects.of(step.city).count() == 0


def test_nobody_else_starts_a_run_and_no_question_goes_to_many(step: Any, team: Any) -> None:
    waiting(step, 1)
    with pytest.raises(Refused):
        start_run(actor_of(make_participant(step.city)), Order("publish"), stamps(step.city), uid=uuid7())
    with pytest.raises(Refused):
        start_run(team, Order("ask", text="Wo?"), stamps(step.city), uid=uuid7())
    with pytest.raises(Refused):
        start_run(team, Order("publish"), {}, uid=uuid7())


def test_another_citys_team_finds_no_run_and_decides_nothing(step: Any, team: Any) -> None:
    waiting(step, 1)
    kassel = make_city("kassel")
    stranger = make_staff(kassel, "administrator")
    keys = stamps(step.city)
    assert start_run(actor_of(stranger), Order("publish"), keys, uid=uuid7()).total == 0
    run = start_run(team, Order("publish"), keys, uid=uuid7())
    browser = make_browser(kassel, stranger)
    assert browser.get(f"/verwaltung/redaktion/laeufe/{run.pk}").status_code == 404
    assert browser.post(f"/verwaltung/redaktion/laeufe/{run.pk}/zuruecknehmen").status_code == 404


def test_a_wave_of_spam_is_cleared_in_under_twenty_actions(step: Any, team: Any) -> None:
    size = 500  # how many presses it takes does not hang on it: `make bench` decides about 10,000 at once
    authors = [make_guest(step.city, pseudonym=f"Gast {number}") for number in range(250)]
    words = ["Altona", "Bergedorf", "Harburg", "Wandsbek", "Eimsbüttel", "Mitte", "Nord"]
    text = "Kaufen Sie jetzt günstige Solarmodule direkt vom Hersteller, nur diese Woche zum halben Preis, alle Infos im Laden {} Nummer {}"
    rows = [
        Contribution(
            city=step.city, uid=uuid7(), process=step.process, step=step, kind="idea", title=f"Solar {number}", visibility="waiting",
            text=text.format(words[number % 7], number), given_at=timezone.now(), author=authors[number % 250],
        )
        for number in range(size)
    ]  # fmt: skip
    honest = waiting(step, 3, author=authors[0])
    keep_new(step.city, rows)
    for start in range(0, size, 200):
        take_up(step.city, rows[start : start + 200])
    look_at = [row.pk for row in honest]
    take_up(step.city, list(Contribution.objects.of(step.city).select_related("author", "process").filter(pk__in=look_at)))

    browser, actions = make_browser(step.city, team.participant), 0

    def page(address: str, typed: dict[str, str] | None = None) -> Any:
        nonlocal actions
        actions += 1
        return browser.get(address) if typed is None else browser.post(address, typed)

    opened = page("/verwaltung/redaktion").content.decode()
    like = re.search(r"\?like=\d+", opened)
    assert like is not None
    page(f"/verwaltung/redaktion{like[0]}")
    address = f"/verwaltung/redaktion/viele?alle=1&{like[0][1:]}"
    form = page(address).content.decode()
    uid = re.search(r'name="uid" value="([^"]+)"', form)
    assert uid is not None
    sent = page(address, {"uid": uid[1], "verb": "spam", "reason": "spam", "suspend_days": ""})
    assert sent.status_code == 303
    finish(Run.objects.of(step.city).get())
    page(sent.headers["Location"])
    left = Contribution.objects.of(step.city).filter(visibility="waiting").order_by("pk").values_list("pk", flat=True)
    assert (list(left), actions) == ([row.pk for row in honest], 5)
    assert Notice.objects.of(step.city).filter(kind="moderation.decision").count() == size
    assert miscounts(step.city) == []
