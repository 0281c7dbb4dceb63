"""A role holds until the end of a day: told two weeks before, gone everywhere at once, its work handed over, each change recorded."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail
from django.db import transaction
from tests.factories import make_browser, make_city, make_invitation, make_organisation, make_participant, make_staff, make_user
from tests.leaving import leave_for_good

from civitas.journal.models import Entry
from civitas.kit.verdicts import Refused
from civitas.notices.models import Notice
from civitas.outbox.worker import run_due
from civitas.people.actors import actor_of
from civitas.people.models import Membership
from civitas.people.queries import speakers_of
from civitas.people.roles import change_end, end_roles, give_role, take_role
from civitas.team.actions import accept_invitation, invite, set_absence
from civitas.team.actions.ends import tell_of_ends
from civitas.team.queries import team_of

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db
HAMBURG = ZoneInfo("Europe/Berlin")
# A night on which it is the next day in Hamburg, and not yet in UTC.
NOW = dt.datetime(2026, 6, 10, 12, 0, tzinfo=HAMBURG)
LAST = dt.date(2026, 6, 30)
MIDNIGHT = dt.datetime(2026, 7, 1, 0, 0, tzinfo=HAMBURG)


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def city(db: None) -> Any:
    return make_city("hamburg")


@pytest.fixture
def leader(city: Any) -> Any:
    return make_staff(city, "administrator", "Imke")


def text_of(response: Any) -> str:
    return str(response.content.decode())


def role_of(person: Any) -> Any:
    return Membership.every.of(person.city_id).filter(participant=person).select_related("participant").get()


def verbs(city: Any) -> list[str]:
    return list(Entry.objects.of(city).order_by("pk").values_list("verb", flat=True))


def told(city: Any) -> set[str]:
    rows = Notice.objects.of(city).filter(kind="team.role_ends").values_list("recipient", flat=True)
    return {str(uid) for uid in rows}


def test_a_role_is_gone_everywhere_in_the_first_moment_after_its_last_day(city: Any, leader: Any) -> None:
    office = make_organisation(city)
    bob = make_participant(city, "Bob")
    give_role(actor_of(leader), bob, "expert", organisation=office, ends_on=LAST)
    with time_machine.travel(MIDNIGHT - dt.timedelta(seconds=1), tick=False):
        browser = make_browser(city, bob)
        assert actor_of(bob).has("expert")
        assert browser.get("/verwaltung/team").status_code == 200
        assert [person.pk for person in speakers_of(office)] == [bob.pk]
    with time_machine.travel(MIDNIGHT, tick=False):  # the worker has not run
        assert not actor_of(bob).is_staff
        assert browser.get("/verwaltung/team").status_code == 403
        assert speakers_of(office) == []
        assert [each.person.pk for each in team_of(city)] == [leader.pk]
        assert list(bob.memberships.of(city)) == []


def test_the_worker_takes_it_away_once_and_records_it(city: Any, leader: Any) -> None:
    bob = make_participant(city, "Bob")
    give_role(actor_of(leader), bob, "moderator", ends_on=LAST)
    end_roles(city)
    assert actor_of(bob).is_staff
    with time_machine.travel(MIDNIGHT, tick=False):
        for _twice in range(2):
            end_roles(city)
    assert not Membership.every.of(city).filter(participant=bob).exists()
    assert verbs(city) == ["role.given", "role.ended"]
    ended = Entry.objects.of(city).get(verb="role.ended")
    assert (ended.alias, ended.details["until"]) == (None, "2026-06-30T22:00:00Z")


def test_what_is_over_is_given_anew(city: Any, leader: Any) -> None:
    bob = make_participant(city, "Bob")
    give_role(actor_of(leader), bob, "moderator", ends_on=LAST)
    with time_machine.travel(MIDNIGHT, tick=False):
        give_role(actor_of(leader), bob, "moderator")
        assert actor_of(bob).is_staff
        end_roles(city)
        assert actor_of(bob).is_staff
    assert verbs(city) == ["role.given", "role.ended", "role.given"]


@pytest.mark.parametrize("newer", [None, dt.date(2026, 9, 30)])
def test_an_older_invitation_changes_nothing_of_what_was_given_since(city: Any, leader: Any, newer: dt.date | None) -> None:
    bob = make_participant(city, "Bob", user=make_user("bob@example.org"))
    invitation = make_invitation(city, role="moderator", ends_on=LAST, by=leader)
    give_role(actor_of(leader), bob, "moderator", ends_on=newer)
    accept_invitation(city, bob.user, invitation, name="Bob")
    assert role_of(bob).ends_on == newer
    invitation.refresh_from_db()
    assert (invitation.used_by, invitation.mail) == (bob, "")
    assert verbs(city) == ["role.given", "invitation.accepted"]


def test_the_end_is_changed_and_each_change_is_recorded_once(city: Any, leader: Any) -> None:
    bob = make_participant(city, "Bob")
    row = give_role(actor_of(leader), bob, "moderator")
    for day in (LAST, LAST, None):
        change_end(actor_of(leader), row, day)
    give_role(actor_of(leader), bob, "moderator", ends_on=LAST)
    assert verbs(city) == ["role.given", "role.end_changed", "role.end_changed", "role.end_changed"]
    assert role_of(bob).ends_on == LAST
    leave_for_good(city, bob)
    assert verbs(city)[-1] == "role.left"


@pytest.mark.parametrize("day", [dt.date(2026, 6, 9), dt.date(2037, 1, 1)])
def test_a_day_that_is_over_or_far_away_is_refused(city: Any, leader: Any, day: dt.date) -> None:
    bob = make_staff(city, "moderator", "Bob")
    row = role_of(bob)
    for do in (
        lambda: change_end(actor_of(leader), row, day),
        lambda: give_role(actor_of(leader), bob, "owner", ends_on=day),
        lambda: invite(actor_of(leader), mail="neu@example.org", role="moderator", ends_on=day),
    ):
        with pytest.raises(Refused) as refused:
            do()
        assert "ends_on" in refused.value.fields
    assert role_of(bob).ends_at is None


def test_a_city_never_loses_its_last_administrator_by_an_end(city: Any, leader: Any) -> None:
    row = role_of(leader)
    with pytest.raises(Refused) as refused:
        change_end(actor_of(leader), row, LAST)
    assert "ends_on" in refused.value.fields
    other = make_participant(city, "Andere")
    give_role(actor_of(leader), other, "administrator", ends_on=LAST)
    for do in (
        lambda: change_end(actor_of(leader), row, LAST),
        lambda: take_role(actor_of(leader), row),
        lambda: leave_for_good(city, leader),
    ):
        with pytest.raises(Refused), transaction.atomic():
            do()
    assert actor_of(leader).has("administrator")
    change_end(actor_of(leader), role_of(other), None)
    change_end(actor_of(leader), row, LAST)
    with pytest.raises(Refused), transaction.atomic():
        change_end(actor_of(other), role_of(other), LAST)
    with time_machine.travel(MIDNIGHT, tick=False):
        assert (actor_of(leader).is_staff, actor_of(other).has("administrator")) == (False, True)


def test_who_holds_it_and_who_gave_it_are_told_two_weeks_before_once(city: Any, leader: Any) -> None:
    bystander = make_staff(city, "administrator", "Andere")
    bob = make_participant(city, "Bob", user=make_user("bob@example.org"))
    give_role(actor_of(leader), bob, "moderator", ends_on=LAST)
    tell_of_ends(city)
    assert told(city) == set()
    with time_machine.travel(MIDNIGHT - dt.timedelta(days=14), tick=False):
        for _twice in range(2):
            tell_of_ends(city)
            run_due()
    assert told(city) == {str(bob.uid), str(leader.uid)}
    assert str(bystander.uid) not in told(city)
    to_bob = [sent for sent in mail.outbox if sent.to == ["bob@example.org"]]
    assert len(to_bob) == 1
    assert "Sie haben die Rolle Redaktion bis 30. Juni." in to_bob[0].body


def test_another_end_is_told_anew_and_an_old_word_says_nothing(city: Any, leader: Any) -> None:
    bob = make_participant(city, "Bob", user=make_user("bob@example.org"))
    row = give_role(actor_of(leader), bob, "moderator", ends_on=dt.date(2026, 6, 15))
    tell_of_ends(city)
    change_end(actor_of(leader), row, dt.date(2026, 6, 20))
    tell_of_ends(city)
    run_due()
    assert [sent.subject for sent in mail.outbox if sent.to == ["bob@example.org"]] == ["Ihre Rolle in Hamburg endet am 20. Juni"]


def test_where_who_gave_it_has_gone_all_administrators_are_told(city: Any, leader: Any) -> None:
    other = make_staff(city, "administrator", "Andere")
    bob = make_participant(city, "Bob")
    give_role(actor_of(leader), bob, "moderator", ends_on=dt.date(2026, 6, 15))
    leave_for_good(city, leader)
    tell_of_ends(city)
    assert told(city) == {str(bob.uid), str(other.uid)}


def test_an_invitation_carries_the_end(city: Any, leader: Any) -> None:
    row = invite(actor_of(leader), mail="bob@example.org", role="moderator", ends_on=LAST)
    run_due()
    assert "bis 30. Juni" in mail.outbox[0].body
    person = accept_invitation(city, make_user("bob@example.org"), row, name="Bob")
    assert role_of(person).ends_on == LAST
    assert role_of(person).by_id == leader.pk


def test_an_invitation_to_a_role_that_is_over_does_not_hold(city: Any, leader: Any) -> None:
    row = make_invitation(city, "bob@example.org", by=leader, ends_on=dt.date(2026, 6, 12))
    with time_machine.travel(dt.datetime(2026, 6, 13, 0, 30, tzinfo=HAMBURG), tick=False), pytest.raises(Refused) as refused:
        accept_invitation(city, make_user("bob@example.org"), row, name="Bob")
    assert refused.value.status == 410


def test_the_pages_give_show_and_change_the_end(city: Any, leader: Any) -> None:
    bob = make_staff(city, "moderator", "Bob")
    browser = make_browser(city, leader)
    path = f"/verwaltung/team/rolle/{role_of(bob).pk}/ende"
    assert "Bis wann hat Bob diese Rolle?" in text_of(browser.get(path))
    wrong = browser.post(path, {"ends_on": "gestern"})
    assert (wrong.status_code, 'value="gestern"' in text_of(wrong)) == (422, True)
    assert browser.post(path, {"ends_on": "2026-06-30"}).status_code in {302, 303}
    assert "bis 30. Juni" in text_of(browser.get("/verwaltung/team"))
    assert "bis 30. Juni" in text_of(browser.get(f"/verwaltung/team/{bob.uid}"))
    assert "bis 30. Juni" in text_of(make_browser(city, bob).get("/konto/"))
    answer = browser.post(f"/verwaltung/team/{bob.uid}/rolle", {"role": "owner", "organisation": "", "ends_on": "2026-06-01"})
    assert (answer.status_code, "Dieser Tag ist vorbei" in text_of(answer)) == (422, True)
    answer = browser.post(f"/verwaltung/team/rolle/{role_of(leader).pk}/ende", {"ends_on": "2026-06-30"})
    assert (answer.status_code, "niemand mehr" in text_of(answer)) == (422, True)


@pytest.mark.parametrize("role", ["moderator", "owner", ""])
def test_others_change_no_end(city: Any, role: str) -> None:
    bob = make_staff(city, "expert", "Bob", organisation=make_organisation(city))
    path = f"/verwaltung/team/rolle/{role_of(bob).pk}/ende"
    browser = make_browser(city, make_staff(city, role) if role else make_participant(city))
    assert [browser.get(path).status_code, browser.post(path, {"ends_on": "2026-06-30"}).status_code] == [403, 403]
    assert make_browser(city).get(path).status_code == 302
    kassel = make_city("kassel")
    stranger = make_staff(kassel, "administrator")
    assert make_browser(kassel, stranger).post(path, {"ends_on": ""}).status_code == 404
    with pytest.raises(Refused) as refused:
        change_end(actor_of(stranger), role_of(bob), LAST)
    assert refused.value.status == 404


def test_a_deputy_is_named_by_who_is_away_and_takes_over_when_the_role_ends(city: Any, leader: Any) -> None:
    """The rooms do the handing over; here that they are asked, in the transaction that takes the role."""
    bob, eva = make_participant(city, "Bob"), make_staff(city, "moderator", "Eva")
    give_role(actor_of(leader), bob, "moderator", ends_on=LAST)
    set_absence(actor_of(bob), bob, starts_on=dt.date(2026, 6, 25), ends_on=dt.date(2026, 7, 5), deputy=eva)
    with time_machine.travel(MIDNIGHT, tick=False):
        end_roles(city)
        run_due()
    assert not actor_of(bob).is_staff


def test_no_code_looks_through_a_participant_at_roles_that_may_be_over() -> None:
    source = Path(__file__).resolve().parents[2] / "src" / "civitas"
    looks = re.compile(r"\bmemberships__")
    found = [str(path) for path in source.rglob("*.py") if looks.search(re.sub(r'"""[\s\S]*?"""|#.*', "", path.read_text()))]
    assert found == []
