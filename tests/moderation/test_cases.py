"""How things come into the queue: signals and their traps, order, copies, mending, healing after a kill."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.factories import make_browser, make_contribution, make_guest, make_organisation, make_participant
from tests.moderation.looking import case_of, look

from civitas.contributions.actions import change_visibility, mend_contribution
from civitas.contributions.models import Contribution
from civitas.kit.ids import uuid7
from civitas.kit.words import found_words
from civitas.moderation.actions import flag_contribution
from civitas.moderation.alerts import alert_in_words, look_for_alerts, standing_alerts
from civitas.moderation.alike import ALIKE, likeness, sketch_of
from civitas.moderation.cases import heal, take_up
from civitas.moderation.decisions import decide
from civitas.moderation.models import Alert, Case, Signal, Trace
from civitas.moderation.queries import Filters, filters_from, queue_page
from civitas.notices.models import Notice
from civitas.outbox.models import OutboxRow
from civitas.people.actors import actor_of

pytestmark = pytest.mark.django_db


def signals_of(row: Any) -> set[str]:
    """What is noticed about a contribution, but for the new account that every test's author has."""
    return set(Signal.objects.of(row.city).filter(case=case_of(row)).values_list("kind", flat=True)) - {"new"}


@pytest.mark.parametrize(
    ("text", "noticed"),
    [
        ("Schreiben Sie mir an anna@example.org.", {"mail"}),
        ("Rufen Sie mich an: 040 123 45 67 oder +49 561 1234567.", {"phone"}),
        ("Spenden bitte auf DE89 3704 0044 0532 0130 00.", {"iban"}),
        ("Das ist keine: DE89370400440532013001, die Prüfsumme stimmt nicht.", set()),
        ("Der Wagen HH-AB 1234 steht immer auf dem Radweg.", {"plate"}),
        ("Mehr dazu auf https://example.org/park.", {"links"}),
        ("Am 12.05.2026 um 18:30 Uhr kamen 1.500 Menschen in die Straße 12.", set()),
        ("Der Bus 112 und die U3 fahren bis Haltestelle 4711 nicht.", set()),
        ("Drei Bänke, zwei Bäume, ein Brunnen: mehr braucht der Platz nicht.", set()),
    ],
)
def test_what_reaches_a_person_is_noticed_and_what_looks_like_it_is_not(step: Any, text: str, noticed: set[str]) -> None:
    row = make_contribution(step, "Etwas", text=text)
    assert signals_of(row) == noticed
    row.refresh_from_db()
    assert row.visibility == "published"


def test_words_of_the_citys_list_are_found_whole_and_in_any_case(step: Any) -> None:
    step.city.rules = {"words": ["idiot", "halt die klappe"]}
    step.city.save(update_fields=["rules"])
    assert signals_of(make_contribution(step, text="So ein IDIOT!")) == {"words"}
    assert signals_of(make_contribution(step, "Idiotenhügel", text="Rodeln auf dem Idiotenhügel im Winter")) == set()
    assert found_words("Ach, halt die Klappe.", ["halt die klappe"]) == ["halt die klappe"]


def test_nothing_waits_twice_and_a_second_look_changes_nothing(step: Any) -> None:
    make_contribution(step, visibility="waiting")
    make_contribution(step, "Gezeigt")
    make_contribution(step, "Verborgen", visibility="hidden")
    make_contribution(step, "Vom Amt", organisation=make_organisation(step.city))
    for _twice in range(2):
        look(step.city)
    assert sorted(Case.objects.of(step.city).values_list("why", "version")) == [("new", 1), ("waiting", 1)]


def test_the_worker_looks_at_what_is_given_by_itself(step: Any) -> None:
    make_contribution(step)
    assert OutboxRow.objects.of(step.city).filter(kind="contributions.given").count() == 1


def test_people_come_before_the_machine_and_the_oldest_before_the_newest(step: Any, team: Any) -> None:
    first = make_contribution(step, "Erste", visibility="waiting")
    second = make_contribution(step, "Zweite", visibility="waiting")
    phone = make_contribution(step, "Mit Nummer", text="Tel. 040 123 45 67", visibility="waiting")
    new = make_contribution(step, "Neu")
    flagged = make_contribution(step, "Gemeldet")
    look(step.city)
    flag_contribution(actor_of(make_participant(step.city)), flagged, uid=uuid7(), reason="rules")
    page = queue_page(team, Filters())
    assert [case.contribution_id for case in page.rows] == [flagged.pk, phone.pk, first.pk, second.pk, new.pk]
    start = queue_page(team, Filters(), size=2)
    rest = queue_page(team, Filters(), cursor=start.next_cursor, size=10)
    assert [case.contribution_id for case in (*start.rows, *rest.rows)] == [case.contribution_id for case in page.rows]


def test_texts_that_read_alike_are_one_family_and_others_are_not() -> None:
    spam = "Kaufen Sie jetzt günstige Solarmodule direkt vom Hersteller, nur diese Woche zum halben Preis, alle Infos im Laden {} heute"
    same = [sketch_of(spam.format(word)) for word in ("Altona", "Bergedorf", "Harburg")]
    other = sketch_of("Meine Tochter ist sieben. Die Ampel springt auf Rot, wenn sie in der Mitte der Straße steht und niemand wartet.")
    assert all(likeness(same[0], each) >= ALIKE for each in same)
    assert likeness(same[0], other) < 0.2
    assert sketch_of("Das finde ich gut.") == b""


def test_copies_are_noticed_also_by_the_first_and_found_by_one_filter(step: Any, team: Any) -> None:
    text = "Kaufen Sie jetzt günstige Solarmodule direkt vom Hersteller, nur diese Woche zum halben Preis {} bei uns im Laden"
    rows = [make_contribution(step, "Solar", text=text.format(word), visibility="waiting") for word in ("heute", "morgen", "bald")]
    alone = make_contribution(step, visibility="waiting")
    for row in rows:
        assert signals_of(row) >= ({"same"} if row is not rows[0] else set())
    assert "same" in signals_of(rows[0])
    assert "same" not in signals_of(alone)
    found = queue_page(team, filters_from({"like": str(rows[1].pk)})).rows
    assert {case.contribution_id for case in found} == {row.pk for row in rows}


def test_the_machine_guesses_spam_only_once_it_has_learned(step: Any, team: Any) -> None:
    for place in ("Rom", "Paris", "Wien"):
        decide(team, case_of(make_contribution(step, "Gewinn", text=f"Jetzt Casino Bonus Gratis Spins sichern {place}")), "spam")
    assert "spam" not in signals_of(make_contribution(step, "Gewinn", text="Casino Bonus Gratis Spins jetzt sichern"))
    for place in ("Park", "Schule", "Markt", "Hafen", "Brücke"):
        decide(team, case_of(make_contribution(step, f"Mehr Bäume {place}", text=f"Am {place} fehlt Schatten für Kinder")), "publish")
    assert "spam" in signals_of(make_contribution(step, "Gewinn", text="Casino Bonus Gratis Spins jetzt für alle"))
    assert "spam" not in signals_of(make_contribution(step, "Bäume", text="Am Hafen fehlt Schatten für Kinder"))


def test_mending_looks_anew_and_opens_what_was_decided(step: Any, team: Any, alice: Any) -> None:
    row = make_contribution(step, author=alice)
    decide(team, case_of(row), "publish")
    mended = mend_contribution(actor_of(alice), row, title=row.title, text="Jetzt mit 040 123 45 67", version=row.version)
    assert signals_of(mended) == {"phone"}
    before = case_of(mended)
    mend_contribution(actor_of(alice), mended, title=row.title, text="Jetzt ohne Nummer", version=mended.version)
    assert signals_of(row) == set()
    assert case_of(row).version == before.version + 1


def test_what_the_archive_decides_leaves_the_queue(step: Any, team: Any) -> None:
    shown, hidden = (make_contribution(step, name, visibility="waiting") for name in ("Eins", "Zwei"))
    look(step.city)
    change_visibility(team.city, shown, "published")
    change_visibility(team.city, hidden, "hidden", reason="Werbung")
    look(step.city)
    assert Case.objects.of(step.city).filter(state="open").count() == 0


def test_what_a_kill_left_out_is_healed(step: Any) -> None:
    make_contribution(step, visibility="waiting")
    make_contribution(step, "Gezeigt")
    gone = make_contribution(step, "Weg", visibility="waiting")
    assert heal(step.city) == 3
    Contribution.objects.of(step.city).filter(pk=gone.pk).update(visibility="erased", author=None)
    assert heal(step.city) == 1
    assert heal(step.city) == 0
    assert Case.objects.of(step.city).filter(state="open").count() == 2


def test_a_question_without_an_answer_comes_back_after_a_week(step: Any, team: Any, alice: Any) -> None:
    decide(team, case_of(make_contribution(step, author=alice, visibility="waiting")), "ask", text="Wo genau?")
    heal(step.city)
    assert Case.objects.of(step.city).get().state == "asked"
    Case.objects.of(step.city).update(asked_at=timezone.now() - dt.timedelta(days=8))
    heal(step.city)
    assert Case.objects.of(step.city).get().state == "open"


def test_erasing_forgets_the_trace_of_a_text(step: Any) -> None:
    row = make_contribution(step, author=make_guest(step.city))
    look(step.city)
    Contribution.objects.of(step.city).filter(pk=row.pk).update(visibility="erased", author=None, title="", text="")
    look(step.city)
    assert Trace.objects.of(step.city).count() == 0


def test_many_cost_as_many_queries_as_one(step: Any) -> None:
    def cost(count: int) -> int:
        rows = [make_contribution(step, f"Idee {n}", text=f"Text {n} " * 8, author=make_guest(step.city)) for n in range(count)]
        found = Contribution.objects.of(step.city).select_related("author", "process", "step", "root")
        new = list(found.filter(pk__in=[row.pk for row in rows]))
        with CaptureQueriesContext(connection) as queries:
            take_up(step.city, new)
        return len(queries)

    assert cost(1) + 3 >= cost(9)


def test_a_spike_and_a_long_wait_are_told_to_the_team_once(step: Any, team: Any) -> None:
    for number in range(31):
        make_contribution(step, f"Flut {number}", visibility="waiting")
    look(step.city)
    Case.objects.of(step.city).filter(pk=Case.objects.of(step.city).order_by("pk")[0].pk).update(
        opened_at=timezone.now() - dt.timedelta(hours=30)
    )
    for _twice in range(2):
        look_for_alerts(step.city)
    assert [(alert.kind, alert.count) for alert in standing_alerts(step.city)] == [("spike", 31), ("late", 1)]
    assert Notice.objects.of(step.city).to(team.uid).filter(kind="moderation.alert").count() == 2
    said = ["31 Texte kamen in einer Stunde. Sonst kommt fast keiner.", "1 Eintrag wartet länger als versprochen."]
    assert [alert_in_words(alert) for alert in standing_alerts(step.city)] == said
    page = make_browser(step.city, team.participant).get("/verwaltung/").text
    assert [sentence in page for sentence in said] == [True, True]
    Contribution.objects.of(step.city).update(visibility="withdrawn")
    look(step.city)
    look_for_alerts(step.city)
    assert (standing_alerts(step.city), Alert.objects.of(step.city).count()) == ([], 2)
