"""Inviting into the team: who may, what is sent, which links hold, who gets the role."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.utils import timezone
from tests.factories import (
    make_actor,
    make_browser,
    make_city,
    make_invitation,
    make_organisation,
    make_participant,
    make_staff,
    make_user,
)
from tests.leaving import leave_for_good

from civitas.journal.models import Entry
from civitas.kit.verdicts import Refused
from civitas.notices.models import Notice
from civitas.notices.queries import worded
from civitas.outbox.models import OutboxRow
from civitas.outbox.worker import run_due
from civitas.people.actors import actor_of
from civitas.people.models import Membership
from civitas.people.roles import take_role
from civitas.team.actions import (
    accept_invitation,
    forget_old,
    invitation_by_token,
    invite,
    make_token,
    send_invitation,
    withdraw_invitation,
)
from civitas.team.models import Invitation

pytestmark = pytest.mark.django_db

MAIL = "bob@example.org"


@pytest.fixture
def city(db: None) -> Any:
    return make_city("hamburg")


@pytest.fixture
def leader(city: Any) -> Any:
    return make_staff(city, "administrator", "Imke")


def text_of(response: Any) -> str:
    return str(response.content.decode())


def verbs(city: Any) -> list[str]:
    return list(Entry.objects.of(city).order_by("pk").values_list("verb", flat=True))


def link_in(sent: Any) -> str:
    found = re.search(r"https?://[^/\s]+(/(?:en/|einfach/)?einladung/\S+)", str(sent.body))
    assert found is not None
    return found[1]


def test_an_invitation_is_mailed_with_its_link_and_no_way_to_unsubscribe(city: Any, leader: Any) -> None:
    row = invite(actor_of(leader), mail=" Bob@Example.org ", role="moderator")
    run_due()
    (sent,) = mail.outbox
    assert (sent.to, sent.extra_headers["Message-ID"]) == ([MAIL], f"<{row.uid}.1@hamburg.localhost>")
    assert "List-Unsubscribe" not in sent.extra_headers
    assert "abmelden" not in sent.body
    assert "Imke lädt Sie in das Team von Hamburg ein. Ihre Rolle: Redaktion." in sent.body
    assert invitation_by_token(city, link_in(sent).rpartition("/")[2]).pk == row.pk
    assert verbs(city) == ["invitation.sent"]
    assert MAIL not in str(list(Entry.objects.of(city).values())) + str(list(OutboxRow.objects.of(city).values("payload", "key")))


@pytest.mark.parametrize(("language", "prefix"), [("en", "/en/einladung/"), ("de-simple", "/einfach/einladung/")])
def test_an_invitation_speaks_the_language_that_was_chosen(city: Any, leader: Any, language: str, prefix: str) -> None:
    invite(actor_of(leader), mail=MAIL, role="moderator", language=language)
    run_due()
    assert link_in(mail.outbox[0]).startswith(prefix)


def test_pressed_twice_it_is_one_invitation_and_one_mail(city: Any, leader: Any) -> None:
    rows = {invite(actor_of(leader), mail=MAIL, role="moderator").pk for _twice in range(2)}
    run_due()
    assert (len(rows), len(mail.outbox), verbs(city)) == (1, 1, ["invitation.sent"])


def test_invited_again_later_the_same_invitation_is_renewed(city: Any, leader: Any) -> None:
    first = invite(actor_of(leader), mail=MAIL, role="moderator")
    with time_machine.travel(timezone.now() + timedelta(days=13), tick=False):
        again = invite(actor_of(leader), mail=MAIL, role="moderator", language="en")
        run_due()
        assert (again.pk, again.uid, again.round) == (first.pk, first.uid, 2)
        assert again.until == timezone.now() + timedelta(days=14)
    assert [each.extra_headers["Message-ID"] for each in mail.outbox] == [f"<{first.uid}.2@hamburg.localhost>"]
    assert verbs(city) == ["invitation.sent", "invitation.renewed"]


def test_a_worker_that_starts_over_sends_none_twice(city: Any, leader: Any) -> None:
    row = invite(actor_of(leader), mail=MAIL, role="moderator")
    for _twice in range(2):
        send_invitation(city, row.pk, 1)
    assert len(mail.outbox) == 1


def test_what_was_taken_back_before_it_went_out_is_not_sent(city: Any, leader: Any) -> None:
    row = invite(actor_of(leader), mail=MAIL, role="moderator")
    for _twice in range(2):
        withdraw_invitation(actor_of(leader), row)
    run_due()
    row.refresh_from_db()
    assert (mail.outbox, row.mail, verbs(city)) == ([], "", ["invitation.sent", "invitation.withdrawn"])


@pytest.mark.parametrize("role", ["owner", "moderator", "expert", "member", "", "stranger"])
def test_only_administrators_invite_and_take_back(city: Any, role: str) -> None:
    actor, row = make_actor(city, role), make_invitation(city)
    for do in (lambda: invite(actor, mail="new@example.org", role="moderator"), lambda: withdraw_invitation(actor, row)):
        with pytest.raises(Refused) as refused:
            do()
        assert refused.value.status == 403
    assert Invitation.objects.of(city).filter(withdrawn_at=None).count() == 1


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"mail": "no address"}, "mail"),
        ({"role": "king"}, "role"),
        ({"role": ""}, "role"),
        ({"role": "expert"}, "organisation"),
        ({"role": "member"}, "organisation"),
    ],
)
def test_what_is_missing_is_said_at_its_field(city: Any, leader: Any, fields: dict[str, str], wrong: str) -> None:
    with pytest.raises(Refused) as refused:
        invite(actor_of(leader), **{"mail": MAIL, "role": "moderator"} | fields)
    assert list(refused.value.fields) == [wrong]


def test_a_department_of_another_city_is_none(city: Any, leader: Any) -> None:
    with pytest.raises(Refused) as refused:
        invite(actor_of(leader), mail=MAIL, role="expert", organisation=make_organisation(make_city("kassel")))
    assert list(refused.value.fields) == ["organisation"]


def test_who_holds_the_role_already_is_not_invited_to_it(city: Any, leader: Any) -> None:
    person = make_staff(city, "moderator", "Bob")
    assert person.user is not None
    with pytest.raises(Refused) as refused:
        invite(actor_of(leader), mail=person.user.email.upper(), role="moderator")
    assert "Bob" in str(refused.value.reason)
    with pytest.raises(Refused):  # the editorial team is one, whatever department somebody sits in
        invite(actor_of(leader), mail=person.user.email, role="moderator", organisation=make_organisation(city))
    assert invite(actor_of(leader), mail=person.user.email, role="owner").role == "owner"


def test_who_accepts_holds_the_role_and_the_address_is_gone(city: Any, leader: Any) -> None:
    department = make_organisation(city)
    row = make_invitation(city, MAIL, by=leader, role="expert", organisation=department)
    user = make_user(MAIL)
    for _twice in range(2):
        person = accept_invitation(city, user, row, name="Bob Meier")
    row.refresh_from_db()
    assert (row.mail, row.used_by, person.pseudonym) == ("", person, "Bob Meier")
    assert list(Membership.objects.of(city).filter(participant=person).values_list("role", "organisation")) == [("expert", department.pk)]
    assert verbs(city) == ["role.given", "invitation.accepted"]
    (notice,) = Notice.objects.of(city).to(leader.uid)
    assert "Bob Meier hat Ihre Einladung angenommen" in worded(city, [notice])[0].words.paragraphs[0]


def test_another_address_is_asked_first_and_told_to_who_invited(city: Any, leader: Any) -> None:
    row, user = make_invitation(city, MAIL, by=leader), make_user("else@example.org")
    with pytest.raises(Refused) as refused:
        accept_invitation(city, user, row, name="Bob")
    assert (refused.value.status, Membership.objects.of(city).filter(role="moderator").count()) == (409, 0)
    accept_invitation(city, user, row, name="Bob", anyway="yes")
    assert Membership.objects.of(city).filter(role="moderator").count() == 1
    assert "anderen Adresse" in worded(city, Notice.objects.of(city).to(leader.uid))[0].words.paragraphs[1]
    assert Entry.objects.of(city).get(verb="invitation.accepted").details["other_address"] is True


def test_one_link_serves_one_person(city: Any) -> None:
    row = make_invitation(city, MAIL)
    accept_invitation(city, make_user(MAIL), row, name="Bob")
    with pytest.raises(Refused) as refused:
        accept_invitation(city, make_user("else@example.org"), row, name="Eve", anyway="yes")
    assert (refused.value.status, Membership.objects.of(city).filter(role="moderator").count()) == (410, 1)


def test_an_invitation_holds_as_long_as_who_sent_it_leads_the_team(city: Any, leader: Any) -> None:
    other = make_staff(city, "administrator", "Andere")
    first, second = make_invitation(city, MAIL, by=other), make_invitation(city, "eve@example.org", by=other)
    take_role(actor_of(leader), Membership.objects.of(city).get(participant=other))
    with pytest.raises(Refused) as refused:
        accept_invitation(city, make_user(MAIL), first, name="Bob")
    assert refused.value.status == 410
    leave_for_good(city, other)
    second.refresh_from_db()
    assert (second.withdrawn_at is not None, second.mail, second.by) == (True, "", None)


def test_addresses_go_when_an_invitation_ran_out_and_the_rest_a_month_later(city: Any) -> None:
    make_invitation(city, MAIL)
    with time_machine.travel(timezone.now() + timedelta(days=15), tick=False):
        forget_old(city)
        assert [row.mail for row in Invitation.objects.of(city)] == [""]
    with time_machine.travel(timezone.now() + timedelta(days=45), tick=False):
        forget_old(city)
        assert Invitation.objects.of(city).count() == 0


# The pages.


def path_of(row: Invitation) -> str:
    return f"/einladung/{make_token(row)}"


def test_the_link_asks_to_sign_in_then_for_a_name_then_opens_the_desk(city: Any) -> None:
    path = path_of(make_invitation(city, MAIL))
    stranger = text_of(make_browser(city).get(path))
    assert "Zuerst anmelden" in stranger
    assert f'name="next" value="{path}"' in stranger
    browser = make_browser(city, make_participant(city, "", user=make_user(MAIL)))
    assert "Einladung annehmen" in text_of(browser.get(path))
    empty = browser.post(path, {"name": ""})
    assert (empty.status_code, Membership.objects.of(city).filter(role="moderator").count()) == (422, 0)
    done = browser.post(path, {"name": "Bob"})
    assert (done.status_code, done.headers["Location"]) == (303, "/verwaltung/")
    assert browser.get("/verwaltung/").status_code == 200
    assert browser.get(path).headers["Location"] == "/verwaltung/"


def test_who_is_signed_in_with_another_address_is_asked(city: Any) -> None:
    row = make_invitation(city, MAIL)
    browser = make_browser(city, make_participant(city, "Eve"))
    assert "Ja, mit diesem Konto" in text_of(browser.get(path_of(row)))
    assert browser.post(path_of(row), {"name": "Eve"}).status_code == 409
    assert browser.post(path_of(row), {"name": "Eve", "anyway": "yes"}).status_code == 303


def test_who_posts_without_a_login_gets_nothing(city: Any) -> None:
    row = make_invitation(city, MAIL)
    assert make_browser(city).post(path_of(row), {"name": "Eve"}).status_code == 302
    assert Membership.objects.of(city).filter(role="moderator").count() == 0


def test_links_that_do_not_hold_say_why(city: Any) -> None:
    browser = make_browser(city, make_participant(city))
    used = make_invitation(city, MAIL)
    accept_invitation(city, make_user(MAIL), used, name="Bob")
    over = make_invitation(city, "b@example.org", until=timezone.now() - timedelta(minutes=1))
    back = make_invitation(city, "c@example.org", withdrawn_at=timezone.now())
    gone = make_invitation(city, "d@example.org")
    path_of_gone = path_of(gone)
    Invitation.objects.of(city).filter(pk=gone.pk).delete()
    elsewhere = make_invitation(make_city("kassel"), "e@example.org")
    said = {
        path_of(used): (410, "schon angenommen"),
        path_of(over): (410, "abgelaufen"),
        path_of(back): (410, "zurückgenommen"),
        path_of_gone: (410, "abgelaufen"),
        path_of(elsewhere): (404, "andere Stadt"),
        path_of(used)[:-1] + "x": (404, "nicht vollständig"),
        "/einladung/nonsense": (404, "nicht vollständig"),
    }
    for path, (status, words) in said.items():
        for answer in (browser.get(path), browser.post(path, {"name": "Eve", "anyway": "yes"})):
            assert (answer.status_code, words in text_of(answer)) == (status, True), (path, text_of(answer))
    assert Membership.objects.of(city).filter(role="moderator").count() == 1


def test_the_invitation_form_sends_lists_renews_and_takes_back(city: Any, leader: Any) -> None:
    browser = make_browser(city, leader)
    form = text_of(browser.get("/verwaltung/team/einladen"))
    assert "Antwortet verbindlich für ein Fachamt." in form
    wrong = browser.post("/verwaltung/team/einladen", {"mail": MAIL, "role": "expert", "language": "de"})
    assert (wrong.status_code, f'value="{MAIL}"' in text_of(wrong)) == (422, True)
    sent = browser.post("/verwaltung/team/einladen", {"mail": MAIL, "role": "moderator", "language": "de"})
    assert sent.headers["Location"] == "/verwaltung/team"
    assert MAIL in text_of(browser.get("/verwaltung/team"))
    row = Invitation.objects.of(city).get()
    Invitation.objects.of(city).update(renewed_at=timezone.now() - timedelta(days=1))
    assert browser.post(f"/verwaltung/team/einladung/{row.uid}/erneut").status_code == 302
    row.refresh_from_db()
    assert row.round == 2
    browser.post(f"/verwaltung/team/einladung/{row.uid}/zuruecknehmen")
    assert MAIL not in text_of(browser.get("/verwaltung/team")).replace(f"Die Einladung an {MAIL} geht jetzt hinaus", "")
    assert browser.post(f"/verwaltung/team/einladung/{row.uid}/erneut").status_code == 302
    row.refresh_from_db()
    assert row.round == 2


@pytest.mark.parametrize("role", ["owner", "moderator", "expert", "facilitator"])
def test_the_rest_of_the_team_sees_no_addresses_and_invites_nobody(city: Any, role: str) -> None:
    row = make_invitation(city, MAIL)
    browser = make_browser(city, make_staff(city, role))
    assert MAIL not in text_of(browser.get("/verwaltung/team"))
    assert browser.get("/verwaltung/team/einladen").status_code == 403
    for path in (f"/verwaltung/team/einladung/{row.uid}/erneut", f"/verwaltung/team/einladung/{row.uid}/zuruecknehmen"):
        assert browser.post(path).status_code == 403


def test_strangers_sign_in_and_other_cities_find_no_invitation(city: Any) -> None:
    row, kassel = make_invitation(city, MAIL), make_city("kassel")
    assert make_browser(city).get("/verwaltung/team/einladen").status_code == 302
    browser = make_browser(kassel, make_staff(kassel, "administrator"))
    assert browser.post(f"/verwaltung/team/einladung/{row.uid}/zuruecknehmen").status_code == 404
