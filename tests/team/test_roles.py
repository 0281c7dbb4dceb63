"""Roles are given and taken by administrators, and one of them always stays."""

from __future__ import annotations

from typing import Any

import pytest
from tests.factories import make_actor, make_browser, make_city, make_organisation, make_participant, make_staff
from tests.leaving import leave_for_good

from civitas.journal.models import Entry
from civitas.kit.verdicts import Refused
from civitas.people.actors import actor_of
from civitas.people.models import Membership
from civitas.people.roles import take_role

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(db: None) -> Any:
    return make_city("hamburg")


def text_of(response: Any) -> str:
    return str(response.content.decode())


def role_of(person: Any) -> Membership:
    found: Membership = Membership.objects.of(person.city_id).filter(participant=person).select_related("participant").get()
    return found


def test_a_role_is_taken_once_and_stands_in_the_record(city: Any) -> None:
    leader, bob = make_staff(city, "administrator"), make_staff(city, "moderator", "Bob")
    row = role_of(bob)
    for _twice in range(2):
        take_role(actor_of(leader), row)
    assert not actor_of(bob).is_staff
    entry = Entry.objects.of(city).get()
    assert (entry.verb, entry.subject, entry.details) == (
        "role.taken",
        f"participant:{bob.pk}",
        {"role": "moderator", "organisation": None},
    )


def test_the_last_administrator_stays(city: Any) -> None:
    imke = make_staff(city, "administrator", "Imke")
    gone = make_staff(city, "administrator", "Weg")
    leave_for_good(city, gone)
    for do in (lambda: take_role(actor_of(imke), role_of(imke)), lambda: leave_for_good(city, imke)):
        with pytest.raises(Refused):
            do()
    assert actor_of(imke).has("administrator")
    other = make_staff(city, "administrator", "Andere")
    take_role(actor_of(imke), role_of(imke))
    assert (actor_of(imke).is_staff, actor_of(other).is_staff) == (False, True)
    leave_for_good(city, imke)


def test_the_last_administrator_of_one_city_is_not_saved_by_that_of_another(city: Any) -> None:
    imke = make_staff(city, "administrator")
    make_staff(make_city("kassel"), "administrator")
    with pytest.raises(Refused):
        take_role(actor_of(imke), role_of(imke))


@pytest.mark.parametrize("role", ["owner", "moderator", "expert", "member", "", "stranger"])
def test_only_administrators_take_roles(city: Any, role: str) -> None:
    bob = make_staff(city, "moderator")
    with pytest.raises(Refused):
        take_role(make_actor(city, role), role_of(bob))
    assert actor_of(bob).is_staff


def test_taking_is_asked_first(city: Any) -> None:
    leader, bob = make_staff(city, "administrator"), make_staff(city, "moderator", "Bob")
    browser, path = make_browser(city, leader), f"/verwaltung/team/rolle/{role_of(bob).pk}/nehmen"
    assert "Bob die Rolle „Redaktion“ wegnehmen?" in text_of(browser.get(path))
    assert actor_of(bob).is_staff
    assert browser.post(path).status_code == 302
    assert not actor_of(bob).is_staff


def test_the_page_says_why_the_last_one_stays(city: Any) -> None:
    leader = make_staff(city, "administrator", "Imke")
    answer = make_browser(city, leader).post(f"/verwaltung/team/rolle/{role_of(leader).pk}/nehmen")
    assert (answer.status_code, "letzte Person in der Administration" in text_of(answer)) == (409, True)


def test_somebody_here_gets_one_more_role(city: Any) -> None:
    leader, bob, department = make_staff(city, "administrator"), make_staff(city, "moderator", "Bob"), make_organisation(city)
    browser, path = make_browser(city, leader), f"/verwaltung/team/{bob.uid}/rolle"
    assert browser.post(path, {"role": "expert", "organisation": ""}).status_code == 422
    for _twice in range(2):
        assert browser.post(path, {"role": "expert", "organisation": str(department.pk)}).status_code == 302
    assert sorted(Membership.objects.of(city).filter(participant=bob).values_list("role", flat=True)) == ["expert", "moderator"]


@pytest.mark.parametrize("role", ["moderator", "owner", ""])
def test_others_reach_no_role_pages(city: Any, role: str) -> None:
    bob = make_staff(city, "expert", "Bob", organisation=make_organisation(city))
    browser = make_browser(city, make_staff(city, role) if role else make_participant(city))
    taking = f"/verwaltung/team/rolle/{role_of(bob).pk}/nehmen"
    answers = [browser.get(taking), browser.post(taking), browser.post(f"/verwaltung/team/{bob.uid}/rolle", {"role": "moderator"})]
    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert make_browser(city).get(taking).status_code == 302


def test_another_city_finds_nobody(city: Any) -> None:
    bob, kassel = make_staff(city, "moderator", "Bob"), make_city("kassel")
    browser = make_browser(kassel, make_staff(kassel, "administrator"))
    paths = (f"/verwaltung/team/{bob.uid}", f"/verwaltung/team/rolle/{role_of(bob).pk}/nehmen", f"/verwaltung/team/{bob.uid}/abwesend")
    assert [browser.get(path).status_code for path in paths] == [404, 404, 404]
    assert browser.post(f"/verwaltung/team/{bob.uid}/rolle", {"role": "moderator"}).status_code == 404
    with pytest.raises(Refused) as refused:
        take_role(actor_of(make_staff(kassel, "administrator")), role_of(bob))
    assert refused.value.status == 404
