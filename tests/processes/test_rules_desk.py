"""The pages of rules and the pause of comments: who reads, who changes, what they say, and that what was typed stays."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.factories import (
    make_browser,
    make_city,
    make_comment,
    make_contribution,
    make_guest,
    make_participant,
    make_process,
    make_staff,
    make_step,
)

from civitas.cities.models import City
from civitas.cities.queries import forget_cities
from civitas.journal.models import Alias, Entry
from civitas.kit.rooms import rooms
from civitas.kit.translated import Translated
from civitas.moderation.models import Case, Flag
from civitas.processes.checks import misfits
from civitas.processes.models import Process, Step
from civitas.processes.retention import kept_of, months_before, remove_due
from civitas.processes.tasks import remove_what_is_due

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
RULES = "/verwaltung/regeln"
ROLES = ["", "member", "moderator", "facilitator", "expert", "owner", "administrator"]


@pytest.fixture
def city() -> City:
    return make_city("hamburg")


def browser_of(city: City, role: str) -> Client:
    return make_browser(city, make_staff(city, role) if role else make_participant(city))


def sent(**typed: Any) -> dict[str, Any]:
    return {name if name in {"version", "sure", "look"} else f"setting-{name}": value for name, value in ({"version": 1} | typed).items()}


def text_of(response: Any) -> str:
    return str(response.content.decode())


PROMISES = {"look_hours": 48, "answer_days": "", "tell_overdue": "on", "merge_days": 14}
CHECK = {"check_contributions": "step", "check_comments": "step", "check_first": ["guests"], "new_days": 7, "most_links": 2}


# Who.


@pytest.mark.parametrize("address", [RULES, f"{RULES}/park", f"{RULES}?teil=promises", f"{RULES}/park?teil=promises"])
def test_strangers_are_asked_to_sign_in(city: City, address: str) -> None:
    make_process(city, "park")
    response = make_browser(city).get(address)
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/konto/anmelden")


@pytest.mark.parametrize("role", ROLES)
def test_the_team_reads_and_those_who_may_change(city: City, role: str) -> None:
    make_process(city, "park")
    browser = browser_of(city, role)
    staff, owns, rules = role not in {"", "member"}, role in {"owner", "administrator"}, role == "administrator"
    assert browser.get(RULES).status_code == (200 if staff else 403)
    assert browser.get(f"{RULES}/park").status_code == (200 if staff else 403)
    assert browser.get(f"{RULES}?teil=promises").status_code == (200 if rules else 403)
    assert browser.get(f"{RULES}/park?teil=promises").status_code == (200 if owns else 403)
    assert browser.post(f"{RULES}?teil=promises", sent(**PROMISES)).status_code == (302 if rules else 403)
    if staff:
        assert ("Ändern" in text_of(browser.get(RULES))) is rules


def test_another_citys_process_and_a_section_that_is_none_are_not_there(city: City) -> None:
    make_process(make_city("kassel"), "park")
    make_process(city, "hafen")
    browser = browser_of(city, "administrator")
    for address in (f"{RULES}/park", f"{RULES}/park?teil=promises", f"{RULES}?teil=nichts", f"{RULES}/hafen?teil=election"):
        assert browser.get(address).status_code == 404
    assert browser.post(RULES, sent(**PROMISES)).status_code == 404


# Changing.


def test_what_is_saved_is_said_in_words_and_stands_in_the_history(city: City) -> None:
    browser = browser_of(city, "administrator")
    response = browser.post(f"{RULES}?teil=promises", sent(**PROMISES), follow=True)
    page = text_of(response)
    assert "Von jetzt an:" in page
    assert page.count("innerhalb von 48 Stunden") == 2
    assert "Was Sie versprechen" in page
    assert "Team, heute" in page or "Team, " in page
    assert City.objects.get(pk=city.pk).rules == {"look_hours": 48}


def test_a_city_keeps_to_itself_what_is_overdue_and_says_so(city: City) -> None:
    browser = browser_of(city, "administrator")
    assert "Dauert es länger, lesen die Menschen" in text_of(browser.get(RULES))
    typed = {name: value for name, value in PROMISES.items() if name != "tell_overdue"}
    page = text_of(browser.post(f"{RULES}?teil=promises", sent(**typed | {"look_hours": 24}), follow=True))
    assert "Dauert es länger, sieht das nur das Team." in page.partition("Von jetzt an:")[2]
    assert City.objects.get(pk=city.pk).rules == {"tell_overdue": False}


def test_a_change_that_reaches_far_is_shown_before_it_is_saved(city: City) -> None:
    step = make_step(make_process(city))
    for _number in range(2):
        make_contribution(step, author=make_guest(city))
    browser = browser_of(city, "administrator")
    shown = browser.post(f"{RULES}?teil=check", sent(**CHECK))
    assert shown.status_code == 200
    assert "Noch nicht gespeichert" in text_of(shown)
    assert "In den letzten 30 Tagen waren das 2." in text_of(shown)
    assert "Was schon da steht, bleibt" in text_of(shown)
    assert City.objects.get(pk=city.pk).rules == {}
    saved = browser.post(f"{RULES}?teil=check", sent(**CHECK, sure=1), follow=True)
    assert "Von jetzt an:" in text_of(saved)
    assert City.objects.get(pk=city.pk).rules == {"check_first": ["guests"]}


def test_a_faulty_setting_comes_back_with_its_sentence_and_everything_typed(city: City) -> None:
    browser = browser_of(city, "administrator")
    response = browser.post(f"{RULES}?teil=comments", sent(comments="paused", quiet_from="22:00", quiet_until=""))
    assert response.status_code == 422
    assert "Bitte geben Sie beides an" in text_of(response)
    assert 'value="22:00"' in text_of(response)
    assert 'value="paused"' in text_of(response)
    assert City.objects.get(pk=city.pk).rules == {}


def test_the_second_of_two_administrators_sees_how_it_stands_and_keeps_what_they_typed(city: City) -> None:
    browser = browser_of(city, "administrator")
    assert browser.post(f"{RULES}?teil=promises", sent(**PROMISES)).status_code == 302
    late = browser.post(f"{RULES}?teil=promises", sent(**PROMISES | {"look_hours": 72}))
    assert late.status_code == 409
    assert "Jemand war schneller" in text_of(late)
    assert "innerhalb von 48 Stunden" in text_of(late)
    assert 'name="setting-look_hours" value="72"' in text_of(late)
    assert 'name="version" value="2"' in text_of(late)
    assert browser.post(f"{RULES}?teil=promises", sent(**PROMISES | {"look_hours": 72, "version": 2})).status_code == 302
    assert City.objects.get(pk=city.pk).rules == {"look_hours": 72}


def test_a_process_keeps_only_what_differs(city: City) -> None:
    city.rules = {"look_hours": 12}
    city.save()
    make_process(city, "park")
    browser = browser_of(city, "owner")
    form = text_of(browser.get(f"{RULES}/park?teil=promises"))
    assert "Wie die Kommune: 12" in form
    typed = {"look_hours_from": "own", "look_hours": 3, "answer_days_from": "above", "merge_days_from": "above", "merge_days": 14}
    page = text_of(browser.post(f"{RULES}/park?teil=promises", sent(**typed), follow=True))
    assert "innerhalb von 3 Stunden" in page
    assert "Hier festgelegt: " in page
    assert Process.objects.of(city).get(slug="park").rules == {"look_hours": 3}
    assert "Eine eigene Regel" in text_of(browser.get(RULES))
    browser.post(f"{RULES}/park?teil=promises", sent(**typed | {"look_hours_from": "above", "version": 2}))
    assert Process.objects.of(city).get(slug="park").rules == {}


def test_the_words_of_a_list_are_looked_up_in_what_was_written_lately(city: City) -> None:
    step = make_step(make_process(city))
    make_contribution(step, "Ein Depp war das", text="So ein Depp.")
    root = make_contribution(step, "Bänke", text="Mehr davon.")
    make_comment(root, "Trottelei, und Depp dazu")
    make_comment(root, "Verborgen, Depp", visibility="erased")
    browser = browser_of(city, "administrator")
    page = text_of(browser.post(f"{RULES}?teil=words", sent(words="Depp\ntrottel*\nnie", look=1)))
    assert "in 2 der letzten 3 Texte" in page
    assert City.objects.get(pk=city.pk).rules == {}
    assert browser.post(f"{RULES}?teil=words", sent(words="Depp\ntrottel*\nnie")).status_code == 302
    assert City.objects.get(pk=city.pk).rules == {"words": ["depp", "trottel*", "nie"]}
    assert "in 2 der letzten 3 Texte" in text_of(browser.get(f"{RULES}?teil=words"))
    assert "trottel" not in text_of(browser.get(RULES))


def test_the_history_stays_when_the_person_is_forgotten(city: City) -> None:
    browser = browser_of(city, "administrator")
    browser.post(f"{RULES}?teil=promises", sent(**PROMISES))
    Alias.objects.of(city).delete()
    assert "Jemand aus dem Team" in text_of(browser.get(RULES))


@pytest.mark.parametrize("address", [RULES, f"{RULES}/park-0", f"{RULES}?teil=check"])
def test_three_processes_cost_as_much_as_one(city: City, address: str) -> None:
    browser = browser_of(city, "administrator")

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert browser.get(address).status_code == 200
        return len(caught)

    make_step(make_process(city, "park-0", title=Translated({"de": "Park"})))
    queries()
    one = queries()
    for number in (1, 2):
        make_step(make_process(city, f"park-{number}", title=Translated({"de": "Park"})))
    assert queries() == one


# Pausing.


def step_address(step: Step) -> str:
    return f"/verwaltung/beteiligungen/{step.process.slug}/schritt/{step.position}/kommentare"


@pytest.mark.parametrize("role", ROLES)
def test_one_click_pauses_comments_and_another_opens_them(city: City, role: str) -> None:
    step = make_step(make_process(city, "park"))
    row = make_contribution(step)
    browser, may = browser_of(city, role), role in {"moderator", "owner", "administrator"}
    assert browser.post(step_address(step), {"do": "pause"}).status_code == (302 if may else 403)
    guest = make_browser(city)
    page = text_of(guest.get(row.path))
    assert ("Das Team hat die Kommentare hier pausiert" in page) is may
    if may:
        late = guest.post(f"/beitrag/{row.number}/kommentar", {"text": "Das ist mir wichtig."})
        assert late.status_code == 409
        assert "Das ist mir wichtig." in text_of(late)
        browser.post(step_address(step), {"do": "open"})
        assert "Das Team hat die Kommentare" not in text_of(guest.get(row.path))


def test_a_pause_says_until_when_and_goes_back_to_where_it_was_clicked(city: City) -> None:
    step = make_step(make_process(city, "park"))
    row = make_contribution(step)
    browser = browser_of(city, "moderator")
    until = timezone.localtime(timezone.now() + dt.timedelta(days=1)).replace(hour=8, minute=0)
    typed = {"do": "pause", "until": until.strftime("%Y-%m-%dT%H:%M"), "back": f"/verwaltung/beitraege/{row.number}"}
    response = browser.post(step_address(step), typed)
    assert response.headers["Location"] == typed["back"]
    assert "08:00 Uhr" in text_of(make_browser(city).get(row.path))
    with time_machine.travel(until + dt.timedelta(minutes=1)):
        assert "pausiert" not in text_of(make_browser(city).get(row.path))
    assert browser.post(step_address(step), typed | {"back": "https://example.org/"}).headers["Location"].startswith("/verwaltung/")


@pytest.mark.parametrize("until", ["2020-01-01T08:00", "morgen früh"])
def test_a_faulty_end_of_a_pause_comes_back_as_typed(city: City, until: str) -> None:
    step = make_step(make_process(city, "park"))
    response = browser_of(city, "moderator").post(step_address(step), {"do": "pause", "until": until})
    assert response.status_code == 422
    assert until in text_of(response)
    assert Step.objects.of(city).get(pk=step.pk).comments_paused_at is None


def test_another_citys_step_and_strangers(city: City) -> None:
    elsewhere = make_step(make_process(make_city("kassel"), "park"))
    assert browser_of(city, "administrator").post(step_address(elsewhere), {"do": "pause"}).status_code == 404
    here = make_step(make_process(city, "park"))
    assert make_browser(city).post(step_address(here), {"do": "pause"}).status_code == 302
    assert Step.objects.of(city).get(pk=here.pk).comments_paused_at is None


def test_the_button_stands_with_the_step_and_with_a_contribution(city: City) -> None:
    step = make_step(make_process(city, "park"))
    row = make_contribution(step)
    case = Case.objects.create(city=city, contribution=row, opened_at=timezone.now())
    browser = browser_of(city, "administrator")
    for address in (
        f"/verwaltung/beteiligungen/park/schritt/{step.position}",
        f"/verwaltung/beitraege/{row.number}",
        f"/verwaltung/redaktion/{case.pk}",
    ):
        assert "Kommentare dieses Schritts pausieren" in text_of(browser.get(address))


def test_what_a_later_step_discusses_is_paused_there(city: City) -> None:
    process = make_process(city, "park")
    collected = make_step(process, closes_at=timezone.now() - dt.timedelta(days=1))
    later = make_step(process, method="discuss")
    row = make_contribution(collected)
    page = text_of(browser_of(city, "moderator").get(f"/verwaltung/beitraege/{row.number}"))
    assert step_address(later) in page
    assert step_address(collected) not in page


# Keeping.


@pytest.mark.parametrize(
    ("now", "months", "then"),
    [("2026-03-31", 1, "2026-02-28"), ("2028-03-31", 1, "2028-02-29"), ("2026-01-15", 24, "2024-01-15"), ("2026-12-31", 12, "2025-12-31")],
)
def test_a_month_before_the_last_day_is_the_last_day(now: str, months: int, then: str) -> None:
    moment = dt.datetime.fromisoformat(now).replace(tzinfo=dt.UTC)
    assert months_before(moment, months).date().isoformat() == then


def decided(city: City, at: dt.datetime) -> Case:
    case: Case = Case.objects.create(
        city=city,
        contribution=make_contribution(make_step(make_process(city, f"p{at:%y%m%d}"))),
        state="closed",
        opened_at=at,
        closed_at=at,
    )
    Flag.objects.create(city=city, uid=case.contribution.uid, case=case, reason="spam")  # type: ignore[union-attr]  # it is about one
    return case


def test_decided_flags_go_when_they_were_kept_as_long_as_the_rules_say(city: City) -> None:
    now = dt.datetime(2026, 11, 26, 12, 0, tzinfo=dt.UTC)
    city.rules = {"keep_decisions_months": 12}
    city.save()
    old, young = decided(city, now - dt.timedelta(days=366)), decided(city, now - dt.timedelta(days=364))
    other = decided(make_city("kassel"), now - dt.timedelta(days=366))  # where two years are the rule
    open_case = Case.objects.create(city=city, contribution=young.contribution, opened_at=now)
    assert sum(kept.due for kept in kept_of(city, now=now) if kept.setting == "keep_decisions_months") == 1
    with time_machine.travel(now, tick=False):
        remove_what_is_due()
    assert set(Case.objects.of(city).values_list("pk", flat=True)) == {young.pk, open_case.pk}
    assert not Flag.objects.of(city).filter(case=old.pk).exists()
    assert Flag.objects.of(city).count() == 1
    assert Case.objects.of(other.city_id).count() == 1
    assert remove_due(city, now=now) == 0


def test_what_would_go_is_said_before_the_rule_is_saved(city: City) -> None:
    decided(city, timezone.now() - dt.timedelta(days=400))
    browser = browser_of(city, "administrator")
    page = text_of(browser.post(f"{RULES}?teil=keep", sent(keep_decisions_months=12, keep_letters_months=12, keep_evidence_months=6)))
    assert "1 davon ist älter" in page
    assert Case.objects.of(city).count() == 1


def test_every_setting_of_keeping_is_one_that_the_rules_have() -> None:
    from civitas.processes.policies import Rules

    declared = [each for room in rooms() for each in room.retention]
    assert declared
    for each in declared:
        assert (each.setting in Rules.model_fields) != bool(each.days)
        # Evidence has a date of its own, by which the room's task deletes it; what has fixed days may be left to the room's task, too.
        if each.setting:
            assert (each.remove is not None) == (each.setting != "keep_evidence_months")


def test_no_word_of_anybody_stands_in_the_journal(city: City) -> None:
    browser = browser_of(city, "administrator")
    browser.post(f"{RULES}?teil=words", sent(words="Geheimwort"))
    entry = Entry.objects.of(city).order_by("-pk").first()
    assert entry is not None
    assert (entry.verb, entry.details) == ("rules.changed", {"words": 1})


# What people and the team read while the time before an election lasts.


def test_the_time_before_an_election_is_said_on_the_pages_of_a_process(city: City) -> None:
    step = make_step(make_process(city, "park"))
    page = f"/beteiligung/park/schritt/{step.position}"
    assert "Bald wird gewählt" not in text_of(make_browser(city).get("/beteiligung/park"))
    today = timezone.localdate()
    city.rules = {"election_from": today.isoformat(), "election_until": (today + dt.timedelta(days=3)).isoformat()}
    city.save()
    forget_cities()
    assert "Bald wird gewählt" in text_of(make_browser(city).get("/beteiligung/park"))
    assert "Vor der Wahl liest das Team alles zuerst" in text_of(make_browser(city).get(page))


def test_the_page_of_a_step_says_that_rules_go_before_it(city: City) -> None:
    step = make_step(make_process(city, "park", rules={"check_comments": "after"}))
    other = make_step(make_process(city, "hafen"))
    browser = browser_of(city, "owner")
    assert "Die Regeln sagen etwas anderes" in text_of(browser.get(f"/verwaltung/beteiligungen/park/schritt/{step.position}"))
    assert "Die Regeln sagen etwas anderes" not in text_of(browser.get(f"/verwaltung/beteiligungen/hafen/schritt/{other.position}"))


@pytest.mark.parametrize(
    ("rules", "settings", "waits"),
    [({}, {}, False), ({}, {"moderation": "before"}, True), ({"check_comments": "before"}, {}, True),
     ({"check_comments": "after", "check_contributions": "after"}, {"moderation": "before"}, False)],
)  # fmt: skip
def test_a_process_that_waits_needs_somebody_who_looks(city: City, rules: dict[str, Any], settings: dict[str, Any], waits: bool) -> None:
    make_staff(city, "owner")
    process = make_process(city, "park", rules=rules)
    make_step(process, settings=settings)
    assert any("wartet auf die Redaktion" in misfit.sentence for misfit in misfits(city, process)) is waits
