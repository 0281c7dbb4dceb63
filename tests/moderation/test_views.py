"""The pages of the queue: for whom they are, what they cost, filters and kept views, claims, what authors see."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import (
    make_browser,
    make_category,
    make_city,
    make_comment,
    make_contribution,
    make_guest,
    make_participant,
    make_staff,
)
from tests.moderation.looking import case_of, look

from civitas.contributions.actions import erase_contribution
from civitas.contributions.models import Contribution
from civitas.kit.ids import uuid7
from civitas.moderation.actions import flag_contribution
from civitas.moderation.appeals import appeal_decision
from civitas.moderation.decisions import decide
from civitas.moderation.marking import marked
from civitas.moderation.models import Appeal, Case, Decision, Run, SavedView
from civitas.moderation.orders import Order
from civitas.moderation.personal import erase_person, export_person
from civitas.moderation.retention import due, remove
from civitas.moderation.runs import start_run
from civitas.moderation.undoing import undo_decision
from civitas.people.actors import actor_of
from civitas.people.models import Suspension
from civitas.people.suspensions import adopt_suspensions, may_take_part

pytestmark = pytest.mark.django_db

DESK = "/verwaltung/redaktion"


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.fixture
def scene(step: Any, team: Any, alice: Any) -> dict[str, str]:
    """One of everything, and the addresses at which it stands."""
    row = make_contribution(step, author=alice, visibility="waiting")
    made = decide(team, case_of(row), "hide", reason="insult", suspend_days=7)
    other = make_contribution(step, "Noch eine", visibility="waiting")
    case = case_of(other)
    run = start_run(team, Order("publish"), {case.pk: ""}, uid=uuid7())
    return {
        "queue": DESK,
        "case": f"{DESK}/{case.pk}",
        "decide": f"{DESK}/{case.pk}/entscheiden",
        "claim": f"{DESK}/{case.pk}/uebernehmen",
        "undo": f"{DESK}/zuruecknehmen/{made.pk}",
        "views": f"{DESK}/ansichten",
        "bulk": f"{DESK}/viele?alle=1",
        "runs": f"{DESK}/laeufe",
        "run": f"{DESK}/laeufe/{run.pk}",
        "undo_run": f"{DESK}/laeufe/{run.pk}/zuruecknehmen",
        "suspensions": "/verwaltung/sperren",
        "lift": f"/verwaltung/sperren/{Suspension.objects.of(step.city).get().pk}/aufheben",
    }


WRITES = {"decide", "claim", "undo", "views", "undo_run", "lift"}


@pytest.mark.parametrize("role", ["", "member", "expert", "facilitator", "owner", "moderator", "administrator"])
def test_the_desk_is_for_the_editorial_team(step: Any, scene: dict[str, str], role: str) -> None:
    browser = make_browser(step.city, make_staff(step.city, role) if role else make_participant(step.city))
    answers = {name: (browser.post if name in WRITES else browser.get)(address).status_code for name, address in scene.items()}
    allowed = role in {"moderator", "administrator"}
    assert {code == 403 for code in answers.values()} == {not allowed}


def test_who_is_not_signed_in_is_led_to_sign_in(step: Any, scene: dict[str, str]) -> None:
    browser = make_browser(step.city)
    for name, address in scene.items():
        answer = (browser.post if name in WRITES else browser.get)(address)
        assert (name, answer.status_code, "/konto/anmelden" in answer.headers["Location"]) == (name, 302, True)


@pytest.mark.parametrize("name", ["case", "decide", "claim", "undo", "run", "undo_run", "lift"])
def test_another_citys_team_finds_nothing(scene: dict[str, str], name: str) -> None:
    kassel = make_city("kassel")
    browser = make_browser(kassel, make_staff(kassel, "administrator"))
    assert (browser.post if name in WRITES else browser.get)(scene[name]).status_code == 404


@pytest.mark.parametrize("address", [DESK, "/verwaltung/"])
def test_three_cost_as_many_queries_as_one(step: Any, team: Any, address: str) -> None:
    def cost(count: int) -> int:
        for number in range(count):
            row = make_contribution(
                step, f"Idee {number} {count}", author=make_guest(step.city), visibility="waiting", text="Tel. 040 123 45 67"
            )
            make_comment(row, "Ein Kommentar dazu", visibility="waiting", author=make_guest(step.city))
        look(step.city)
        browser = make_browser(step.city, team.participant)
        browser.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(address).status_code == 200
        return len(queries)

    assert cost(1) == cost(3)


def test_every_filter_leaves_what_it_says(step: Any, team: Any, other: Any) -> None:
    subject = make_category(step.city, "Grün", key="gruen")
    idea = make_contribution(step, "Ein Brunnen", visibility="waiting", category=subject, text="Tel. 040 123 45 67")
    comment = make_comment(make_contribution(step, "Sonst", organisation=None), "Wasser wäre schön", visibility="waiting")
    held = make_contribution(step, "Gehalten", visibility="waiting")
    look(step.city)
    browser = make_browser(step.city, team.participant)
    make_browser(step.city, other.participant).post(f"{DESK}/{case_of(held).pk}/uebernehmen")
    browser.post(f"{DESK}/{case_of(idea).pk}/uebernehmen")

    def found(query: str) -> set[int]:
        page = text_of(browser.get(f"{DESK}?{query}"))
        keys = {int(key) for key in re.findall(r'id="c-(\d+)"', page)}
        return set(Case.objects.of(step.city).filter(pk__in=keys).values_list("contribution", flat=True))

    assert found("kind=comment") == {comment.pk}
    assert (
        found("category=gruen") == found("signal=phone") == found("held=me") == found("q=brunnen") == found(f"q={idea.number}") == {idea.pk}
    )
    assert held.pk not in found("held=nobody")
    assert found("why=waiting&kind=idea") == {idea.pk, held.pk}
    assert found("process=gibt-es-nicht") == found("kind=letter") == set()
    assert found("why=nonsense") == {idea.pk, comment.pk, held.pk, comment.root_id}


def test_a_view_is_kept_under_its_name_and_forgotten(step: Any, team: Any, other: Any) -> None:
    browser = make_browser(step.city, team.participant)
    for query in ("why=flagged&nonsense=1", "why=flagged&kind=comment"):
        browser.post(f"{DESK}/ansichten", {"name": "Nur Gemeldete", "query": query})
    view = SavedView.objects.of(step.city).get()
    assert (view.name, view.query) == ("Nur Gemeldete", "why=flagged&kind=comment")
    assert "Nur Gemeldete" in text_of(browser.get(DESK))
    assert "Nur Gemeldete" not in text_of(make_browser(step.city, other.participant).get(DESK))
    make_browser(step.city, other.participant).post(f"{DESK}/ansichten", {"forget": view.pk})
    assert SavedView.objects.of(step.city).count() == 1
    browser.post(f"{DESK}/ansichten", {"forget": view.pk})
    assert SavedView.objects.of(step.city).count() == 0


def test_a_conflict_keeps_what_was_typed_and_says_what_happened(step: Any, team: Any, other: Any) -> None:
    row = make_contribution(step, visibility="waiting")
    case = case_of(row)
    make_browser(step.city, other.participant).post(f"{DESK}/{case.pk}/uebernehmen")
    browser = make_browser(step.city, team.participant)
    typed = {"verb": "hide", "reason": "insult", "text": "Ein langer Gedanke", "stamp": case.stamp}
    answer = browser.post(f"{DESK}/{case.pk}/entscheiden", typed)
    assert (answer.status_code, "Ein langer Gedanke" in text_of(answer), "Mo ist gerade daran" in text_of(answer)) == (409, True, True)
    assert browser.post(f"{DESK}/{case.pk}/entscheiden", {**typed, "takes_over": "yes"}).status_code == 303
    missing = browser.post(f"{DESK}/{case_of(make_contribution(step, 'Zweite')).pk}/entscheiden", {"verb": "hide", "text": "Noch da"})
    assert (missing.status_code, "Noch da" in text_of(missing)) == (422, True)


def test_the_next_item_follows_a_decision(step: Any, team: Any) -> None:
    first, second = (make_contribution(step, name, visibility="waiting") for name in ("Eins", "Zwei"))
    browser = make_browser(step.city, team.participant)
    answer = browser.post(f"{DESK}/{case_of(first).pk}/entscheiden", {"verb": "publish"})
    assert answer.headers["Location"] == f"{DESK}/{case_of(second).pk}"
    answer = browser.post(f"{DESK}/{case_of(second).pk}/entscheiden", {"verb": "publish"})
    assert answer.headers["Location"] == DESK


def test_personal_data_is_marked_and_everything_else_is_text() -> None:
    html = marked("Tel. 040 123 45 67 <script>alert(1)</script>\n\nZweiter & letzter Absatz")
    assert '<mark class="proposal">' in html
    assert "<script>" not in html
    assert html.count("<p>") == 2


def test_authors_read_why_and_object_and_nobody_else_does(step: Any, team: Any, alice: Any) -> None:
    row = make_contribution(step, author=alice)
    made = decide(team, case_of(row), "hide", reason="private")
    address = f"/entscheidung/{made.pk}"
    assert make_browser(step.city).get(address).status_code == 302
    assert make_browser(step.city, make_participant(step.city)).get(address).status_code == 404
    kassel = make_city("kassel")
    assert make_browser(kassel, make_participant(kassel)).get(address).status_code == 404
    browser = make_browser(step.city, alice)
    assert address in text_of(browser.get(row.path))
    assert "nennt eine Person" in text_of(browser.get(address))
    for _twice in range(2):
        browser.post(address, {"words": "Das war ich selbst."})
    assert Case.objects.of(step.city).exclude(state="closed").get().why == "appeal"
    assert "Sie haben widersprochen" in text_of(browser.get(address))


def test_a_guest_answers_a_question_in_the_browser_that_gave(step: Any, team: Any) -> None:
    guest = make_guest(step.city)
    made = decide(team, case_of(make_contribution(step, author=guest, visibility="waiting")), "ask", text="Wo genau?")
    browser = make_browser(step.city, guest)
    address = f"/rueckfrage/{made.pk}"
    assert make_browser(step.city, make_guest(step.city)).get(address).status_code == 404
    assert browser.post(address, {"text": ""}).status_code == 422
    assert browser.post(address, {"text": "An der Ecke."}).status_code == 303
    assert "An der Ecke." in text_of(browser.get(address))
    assert "An der Ecke." in text_of(make_browser(step.city, team.participant).get(f"{DESK}/{made.case_id}"))


def test_an_author_finds_the_question_on_their_page_and_at_what_they_gave(step: Any, team: Any, alice: Any) -> None:
    row = make_contribution(step, "Eine Bank", author=alice)
    comment = make_comment(make_contribution(step, "Ein Baum"), "Schön!", author=alice)
    asked = [decide(team, case_of(each), "ask", text=f"Wo genau, {number}?") for number, each in enumerate((row, comment))]
    browser, stranger = make_browser(step.city, alice), make_browser(step.city, make_participant(step.city, "Bob"))
    mine = text_of(browser.get("/mein"))
    assert ["Wo genau, 0?" in mine, "Über „Eine Bank“" in mine, "Wo genau, 1?" in mine, "Über „Ein Baum“" in mine] == [True] * 4
    assert (f"/rueckfrage/{asked[0].pk}" in text_of(browser.get(row.path)), "mine-asked" in text_of(stranger.get("/mein"))) == (True, False)
    assert f"/rueckfrage/{asked[0].pk}" not in text_of(stranger.get(row.path))
    for each in asked:
        assert browser.post(f"/rueckfrage/{each.pk}", {"text": "Am Kanal."}).status_code == 303
    assert "mine-asked" not in text_of(browser.get("/mein"))
    assert f"/rueckfrage/{asked[0].pk}" not in text_of(browser.get(row.path))
    assert Case.objects.of(step.city).filter(state="open", contribution__in=[row.pk, comment.pk]).count() == 2


def test_who_is_shut_out_cannot_give_until_let_in_again(step: Any, team: Any) -> None:
    guest = make_guest(step.city)
    decide(team, case_of(make_contribution(step, author=guest)), "hide", reason="insult", suspend_days=0)
    visitor = make_browser(step.city, guest)
    assert "ausgeschlossen" in text_of(visitor.get("/geben"))
    browser = make_browser(step.city, team.participant)
    row = Suspension.objects.of(step.city).get()
    assert "Gast" in text_of(browser.get("/verwaltung/sperren"))
    browser.post(f"/verwaltung/sperren/{row.pk}/aufheben")
    guest.refresh_from_db()
    assert may_take_part(actor_of(guest)).allowed
    assert browser.post(f"/verwaltung/sperren/{row.pk}/aufheben").status_code == 303


def test_nobody_of_the_team_lets_themselves_in_again(step: Any, team: Any, other: Any) -> None:
    decide(team, case_of(make_contribution(step, author=other.participant)), "hide", reason="insult", suspend_days=7)
    row = Suspension.objects.of(step.city).get()
    make_browser(step.city, other.participant).post(f"/verwaltung/sperren/{row.pk}/aufheben")
    row.refresh_from_db()
    assert row.lifted_at is None
    make_browser(step.city, team.participant).post(f"/verwaltung/sperren/{row.pk}/aufheben")
    row.refresh_from_db()
    assert row.lifted_at is not None


@pytest.mark.parametrize("cursor", ["--5.1", "-5.1", "5.-1", "9" * 38 + ".1", "..", "٣.٣"])
def test_an_address_that_somebody_has_changed_shows_the_queue(step: Any, team: Any, cursor: str) -> None:
    case_of(make_contribution(step))
    browser = make_browser(step.city, team.participant)
    for state in ("open", "closed"):
        assert browser.get("/verwaltung/redaktion", {"nach": cursor, "state": state}).status_code == 200


def test_a_suspension_goes_with_what_a_guest_hands_over(step: Any, team: Any, alice: Any) -> None:
    guest = make_guest(step.city)
    decide(team, case_of(make_contribution(step, author=guest)), "hide", reason="insult", suspend_days=7)
    adopt_suspensions(step.city, guest, alice)
    alice.refresh_from_db()
    assert not may_take_part(actor_of(alice)).allowed


def test_what_is_kept_of_a_person_goes_out_and_is_made_nameless(step: Any, team: Any, alice: Any) -> None:
    row = make_contribution(step, author=alice)
    decide(team, case_of(row), "hide", reason="insult")
    flag_contribution(actor_of(alice), make_contribution(step, "Andere"), uid=uuid7(), reason="spam", words="Werbung")
    out = export_person(step.city, alice)
    assert (len(out["flags"]), out["decisions_about_mine"][0]["reason"]) == (1, "insult")
    assert len(export_person(step.city, team.participant)["decisions_by_me"]) == 1
    erase_person(step.city, team.participant)
    assert Decision.objects.of(step.city).get().by_id is None
    erase_person(step.city, alice)
    assert export_person(step.city, alice)["flags"] == []


def test_what_the_team_wrote_to_somebody_goes_with_what_they_gave(step: Any, team: Any, alice: Any) -> None:
    row = make_contribution(step, author=alice)
    decide(team, case_of(row), "hide", reason="insult", text="Liebe Frau Beispiel, bitte ohne Namen.")
    undo_decision(team, Decision.objects.of(step.city).select_related("case").get())
    erase_contribution(step.city, row)
    erase_person(step.city, alice)
    assert [(each.text, each.was_reason, each.reason) for each in Decision.objects.of(step.city)] == [("", "", "insult")]


def test_decisions_go_when_they_were_kept_long_enough(step: Any, team: Any) -> None:
    from django.utils import timezone

    row = make_contribution(step)
    decide(team, case_of(row), "hide", reason="insult")
    before = timezone.now()
    make_contribution(step, "Offen")
    look(step.city)
    assert due(step.city, before).count() == 1
    assert remove(step.city, due(step.city, before)) == 1
    assert (Decision.objects.of(step.city).count(), Case.objects.of(step.city).count()) == (0, 1)
    assert Contribution.objects.of(step.city).get(pk=row.pk).visibility == "hidden"


def test_bulk_needs_something_ticked_and_an_order(step: Any, team: Any) -> None:
    browser = make_browser(step.city, team.participant)
    assert browser.get(f"{DESK}/viele").headers["Location"] == DESK
    case = case_of(make_contribution(step, visibility="waiting"))
    address = f"{DESK}/viele?c={case.pk}:{case.stamp}"
    assert browser.post(address, {"uid": str(uuid7()), "verb": "hide"}).status_code == 422
    assert browser.post(address, {"uid": "nonsense", "verb": "publish"}).status_code == 303
    assert Run.objects.of(step.city).get().total == 1


def test_an_objection_that_is_too_long_is_kept(step: Any, team: Any, alice: Any) -> None:
    decision = decide(team, case_of(make_contribution(step, author=alice)), "hide", reason="insult")
    typed = "Das stimmt nicht. " * 60
    answer = make_browser(step.city, alice).post(f"/entscheidung/{decision.pk}", {"words": typed})
    page = answer.content.decode()
    assert (answer.status_code, typed.strip() in page, "1000 Zeichen; er hat 1079" in page) == (422, True, True)
    assert not Appeal.objects.of(step.city).exists()


def test_who_was_let_be_shown_is_not_told_why_it_was_hidden_before(step: Any, team: Any, other: Any, alice: Any) -> None:
    row = make_contribution(step, author=alice)
    hidden = decide(team, case_of(row), "hide", reason="insult")
    decide(other, appeal_decision(actor_of(alice), hidden).case, "publish")
    Contribution.objects.of(step.city).filter(pk=row.pk).update(visibility="hidden")
    assert f"/entscheidung/{hidden.pk}" not in make_browser(step.city, alice).get(row.path).content.decode()


def test_what_belongs_to_another_decision_is_left_out(step: Any, team: Any) -> None:
    browser = make_browser(step.city, team.participant)
    case = case_of(make_contribution(step, visibility="waiting"))
    typed = {"uid": str(uuid7()), "verb": "publish", "reason": "insult", "suspend_days": "7"}
    assert browser.post(f"{DESK}/viele?c={case.pk}:{case.stamp}", typed).status_code == 303
    run = Run.objects.of(step.city).get()
    assert (run.verb, run.reason, run.suspend_days) == ("publish", "", None)


def test_a_question_to_the_author_needs_its_words(step: Any, team: Any, alice: Any) -> None:
    case = case_of(make_contribution(step, author=alice, visibility="waiting"))
    answer = make_browser(step.city, team.participant).post(f"{DESK}/{case.pk}/entscheiden", {"verb": "ask", "text": ""})
    found = re.search(r"<li><a href=\"#ask-text\">([^<]*)", text_of(answer))
    assert (answer.status_code, found and found[1]) == (422, "Ihre Frage: Bitte schreiben Sie Ihre Frage.")


def test_only_the_view_one_sees_can_be_forgotten_and_only_a_new_one_named(step: Any, team: Any) -> None:
    browser = make_browser(step.city, team.participant)
    assert b"view-name" in browser.get(f"{DESK}?kind=idea").content
    browser.post(f"{DESK}/ansichten", {"name": "Ideen", "query": "kind=idea"})
    kept = browser.get(f"{DESK}?kind=idea").content
    assert (b"view-name" in kept, b'name="forget"' in kept) == (False, True)


def test_a_run_says_its_state_to_who_hears_the_page(step: Any, team: Any) -> None:
    browser = make_browser(step.city, team.participant)
    case = case_of(make_contribution(step, visibility="waiting"))
    sent = browser.post(f"{DESK}/viele?c={case.pk}:{case.stamp}", {"uid": str(uuid7()), "verb": "publish"})
    address = sent.headers["Location"]
    assert b'id="run-says" role="status"' in browser.get(address).content
    assert b'hx-swap-oob="innerHTML:#run-says"' in browser.get(address, headers={"HX-Request": "true"}).content
