"""The team's page: who works here, who is away, and how much lies where without a figure about a single person."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import ngettext_lazy
from tests.factories import make_browser, make_city, make_invitation, make_note, make_organisation, make_participant, make_staff

from civitas.kit.rooms import registry
from civitas.people.models import Membership
from civitas.processes.policies import Rules
from civitas.team import workload
from civitas.team.models import Absence
from civitas.team.queries import team_of
from civitas.team.workload import in_words, totals_of, unattended

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db

# As a room above would say it; %(count)s stands where the number goes.
ANSWERS = ngettext_lazy("%(count)s mock answer", "%(count)s mock answers", "count")


@pytest.fixture
def city(db: None) -> Any:
    return make_city("hamburg")


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[Any, list[tuple[Any, int]]]], None]:
    """Let a room say how much lies with whom."""

    def say(found: dict[Any, list[tuple[Any, int]]]) -> None:
        known = registry.rooms()
        by_key = {person.pk: pairs for person, pairs in found.items()}
        fake = replace(known[0], workload=lambda _city: by_key)
        quiet = [replace(room, workload=None) for room in known[1:]]
        monkeypatch.setattr(workload, "rooms", lambda: (fake, *quiet))

    return say


def text_of(response: Any) -> str:
    return str(response.content.decode())


def away(person: Any, deputy: Any = None, *, after: int = 0, days: int = 5) -> Absence:
    first = person.city.today + dt.timedelta(days=after)
    made: Absence = Absence.objects.create(
        city=person.city, participant=person, starts_on=first, ends_on=first + dt.timedelta(days=days), deputy=deputy
    )
    return made


def test_the_page_names_everybody_with_role_department_absence_and_deputy(city: Any) -> None:
    roads = make_organisation(city, "Amt für Verkehr")
    alice, bob = make_staff(city, "expert", "Alice", organisation=roads), make_staff(city, "moderator", "Bob")
    away(alice, bob)
    away(bob, after=10)
    make_participant(city, "Niemand vom Team")
    page = text_of(make_browser(city, bob).get("/verwaltung/team"))
    for words in ("Alice", "Fachamt", "Amt für Verkehr", "Nicht da bis", "Vertretung: Bob", "Hier arbeiten 2 Menschen", "Heute fehlt 1"):
        assert words in page, words
    assert "nicht da</span>" in page
    assert "Niemand vom Team" not in page


def test_a_deputy_who_is_away_too_is_not_named(city: Any) -> None:
    alice, bob, charlie = (make_staff(city, "expert", name) for name in ("Alice", "Bob", "Charlie"))
    away(alice, bob)
    away(bob, charlie)
    assert {each.person.pk: each.deputy for each in team_of(city)} == {alice.pk: charlie, bob.pk: charlie, charlie.pk: None}


@pytest.mark.parametrize("role", ["moderator", "facilitator", "expert", "owner", "administrator"])
def test_the_whole_team_looks_in(city: Any, role: str) -> None:
    assert make_browser(city, make_staff(city, role)).get("/verwaltung/team").status_code == 200


def test_nobody_else_does(city: Any) -> None:
    assert make_browser(city).get("/verwaltung/team").status_code == 302
    for person in (make_participant(city), make_staff(city, "member", organisation=make_organisation(city))):
        assert make_browser(city, person).get("/verwaltung/team").status_code == 403
    assert make_browser(city, make_staff(make_city("kassel"), "moderator")).get("/verwaltung/team").status_code == 403


def test_single_people_are_pages_of_the_team_only(city: Any) -> None:
    bob, citizen = make_staff(city, "moderator", "Bob"), make_participant(city, "Alice")
    member = make_staff(city, "member", "Mia", organisation=make_organisation(city))
    moderator, leader = make_browser(city, bob), make_browser(city, make_staff(city, "administrator"))
    assert [moderator.get(f"/verwaltung/team/{each.uid}").status_code for each in (bob, member, citizen)] == [200, 404, 404]
    assert [leader.get(f"/verwaltung/team/{each.uid}").status_code for each in (bob, member, citizen)] == [200, 200, 404]
    assert "Mia" in text_of(leader.get("/verwaltung/team"))
    assert "Mia" not in text_of(moderator.get("/verwaltung/team"))


def test_one_or_three_of_everything_take_the_same_queries(city: Any, loads: Any) -> None:
    leader = make_staff(city, "administrator", "Imke")
    browser = make_browser(city, leader)

    def add(number: int) -> Any:
        person = make_staff(city, "expert", f"Alice {number}", organisation=make_organisation(city))
        away(person, leader)
        make_invitation(city, f"person{number}@example.com", by=leader)
        make_note(city, by=person)
        make_note(city, by=person, done_at=dt.datetime.now(dt.UTC), done_by=leader)
        make_staff(city, "member", organisation=make_organisation(city))
        return person

    counted = []
    people = [add(0)]
    browser.get("/verwaltung/team")
    for _round in range(2):
        loads({person: [(ANSWERS, 2)] for person in people})
        with CaptureQueriesContext(connection) as seen:
            assert browser.get("/verwaltung/team").status_code == 200
        counted.append(len(seen))
        people += [add(len(people)), add(len(people) + 1)]
    assert counted[0] == counted[1]


def test_figures_about_single_people_are_off_until_the_city_switches_them_on(city: Any, loads: Any) -> None:
    roads = make_organisation(city, "Amt für Verkehr")
    people = [make_staff(city, "expert", f"Alice {number}", organisation=roads) for number in range(3)]
    loads({people[0]: [(ANSWERS, 12)], people[1]: [(ANSWERS, 1)]})
    browser = make_browser(city, people[0])
    page = text_of(browser.get("/verwaltung/team"))
    assert ("13 mock answers" in page, "12 mock answers" in page, "1 mock answer<" in page) == (True, False, False)
    assert "sobald der Personalrat zugestimmt hat" in page
    assert 'href="/verwaltung/regeln"' in page
    assert "12 mock answers" not in text_of(browser.get(f"/verwaltung/team/{people[0].uid}"))
    city.rules = Rules(staff_figures=True).model_dump(mode="json", exclude_defaults=True)
    city.save()
    from civitas.cities.queries import forget_cities

    forget_cities()
    page = text_of(browser.get("/verwaltung/team"))
    assert ("13 mock answers" in page, "12 mock answers" in page) == (True, True)
    assert "12 mock answers" in text_of(browser.get(f"/verwaltung/team/{people[0].uid}"))


def test_the_city_reads_the_switch_by_the_name_that_the_rules_give_it(city: Any) -> None:
    assert Rules.model_fields["staff_figures"].default is False
    assert not city.shows_staff_figures
    for value, shown in ((True, True), (False, False), ("yes", False)):
        city.rules = {"staff_figures": value}
        assert city.shows_staff_figures == shown


def test_no_total_is_over_fewer_than_three(city: Any) -> None:
    def staff(name: str, size: int) -> list[Any]:
        department = make_organisation(city, name)
        return [make_staff(city, "expert", organisation=department) for _each in range(size)]

    large, middle, one = staff("Groß", 4), staff("Mittel", 3), staff("Allein", 1)
    found = {person.pk: [(ANSWERS, 1)] for person in large + middle + one}
    team = team_of(city)
    # The one alone stands together with the smallest of the others, or their figure would be what is left over.
    assert [(total.name, total.people, total.lines) for total in totals_of(team, found)] == [
        ("Groß", 4, ["4 mock answers"]),
        ("Andere Fachämter", 4, ["4 mock answers"]),
    ]
    assert [total.people for total in totals_of([each for each in team if each.person in one], found)] == []
    assert [total.name for total in totals_of([each for each in team if each.person in middle], found)] == ["Mittel"]


def test_what_lies_with_people_who_have_left_is_not_forgotten(city: Any, loads: Any) -> None:
    stays, left = make_staff(city, "expert", "Alice"), make_staff(city, "expert", "Bob")
    Membership.objects.of(city).filter(participant=left).delete()
    assert unattended(team_of(city), {stays.pk: [(ANSWERS, 5)], left.pk: [(ANSWERS, 3)]}) == ["3 mock answers"]
    loads({left: [(ANSWERS, 3)]})
    assert "nicht mehr im Team sind: 3 mock answers" in text_of(make_browser(city, stays).get("/verwaltung/team"))


@pytest.mark.parametrize(
    ("words", "count", "said"),
    [(ANSWERS, 1, "1 mock answer"), (ANSWERS, 12, "12 mock answers"), ("open", 3, "3 open")],
)
def test_figures_are_said_in_words(words: Any, count: int, said: str) -> None:
    assert in_words(words, count) == said


def test_an_absence_is_noted_on_its_page_and_taken_back(city: Any) -> None:
    alice, bob = make_staff(city, "expert", "Alice"), make_staff(city, "expert", "Bob")
    browser, path = make_browser(city, alice), f"/verwaltung/team/{alice.uid}/abwesend"
    assert f'value="{bob.uid}"' in text_of(browser.get(path))
    today = city.today
    wrong = browser.post(path, {"starts_on": today, "ends_on": today - dt.timedelta(days=1), "deputy": str(bob.uid)})
    assert (wrong.status_code, "Der letzte Tag liegt vor dem ersten." in text_of(wrong)) == (422, True)
    typed = {"starts_on": today, "ends_on": today + dt.timedelta(days=3), "deputy": str(bob.uid)}
    for _twice in range(2):
        assert browser.post(path, typed).status_code == 302
    row = Absence.objects.of(city).get()
    assert (row.participant, row.deputy) == (alice, bob)
    assert make_browser(city, bob).post(f"/verwaltung/team/abwesend/{row.pk}/zurueck").status_code == 403
    assert make_browser(city, bob).get(path).status_code == 403
    assert make_browser(city).post(path, typed).status_code == 302
    kassel = make_city("kassel")
    assert make_browser(kassel, make_staff(kassel, "administrator")).post(f"/verwaltung/team/abwesend/{row.pk}/zurueck").status_code == 404
    assert browser.post(f"/verwaltung/team/abwesend/{row.pk}/zurueck").status_code == 302
    assert Absence.objects.of(city).count() == 0


def test_the_deputy_hears_of_it_once(city: Any) -> None:
    from civitas.notices.models import Notice
    from civitas.notices.queries import worded

    alice, bob = make_staff(city, "expert", "Alice"), make_staff(city, "expert", "Bob")
    today = city.today
    for _twice in range(2):
        typed = {"starts_on": today, "ends_on": today, "deputy": str(bob.uid)}
        make_browser(city, alice).post(f"/verwaltung/team/{alice.uid}/abwesend", typed)
    (notice,) = Notice.objects.of(city).to(bob.uid)
    assert "Sie vertreten Alice" in worded(city, [notice])[0].words.subject
    Absence.objects.of(city).all().delete()
    assert worded(city, [Notice.objects.of(city).get()]) == []
