from __future__ import annotations

import pytest
from tests.factories import make_browser, make_city, make_comment, make_contribution, make_participant, make_process, make_staff, make_step
from tests.redaction.places import FORMS, NUMBER, found_in_rows, make_town

from civitas.contributions.actions import mend_contribution
from civitas.contributions.models import Attachment, Contribution
from civitas.contributions.official import Answer, answer_contribution
from civitas.kit.personal import BLACK
from civitas.people.actors import actor_of

pytestmark = pytest.mark.django_db


def page_of(number: int) -> str:
    return f"/verwaltung/schwaerzen/{number}"


def test_the_page_proposes_what_the_machine_finds_and_marks_nothing_itself():
    town = make_town()
    page = make_browser(town.city, town.moderator.participant).get(page_of(town.row.number)).content.decode()
    assert page.count("<mark>") == 10
    assert 'type="checkbox" name="span" value="text:17-29"' in page
    assert " checked" not in page


def test_preview_shows_how_it_will_read_and_changes_nothing():
    town = make_town()
    browser = make_browser(town.city, town.moderator.participant)
    sent = {"version": town.row.version, "reason": "contact", "span": "text:17-29", "step": "preview"}
    response = browser.post(page_of(town.row.number), sent)
    page = response.content.decode()
    assert response.status_code == 200
    assert NUMBER not in page.replace(town.row.title, "")
    assert page.count('role="img" aria-label="geschwärzt"') == 9
    assert Contribution.objects.of(town.city).get(pk=town.row.pk).version == town.row.version
    assert browser.post(page_of(town.row.number), sent | {"step": "edit"}).content.decode().count(" checked") == 2


def test_confirmed_it_is_gone_and_the_way_leads_back_to_the_desk():
    town = make_town()
    browser = make_browser(town.city, town.moderator.participant)
    sent = {"version": town.row.version, "reason": "contact", "span": "text:17-29", "step": "confirm"}
    response = browser.post(page_of(town.row.number), sent)
    assert (response.status_code, response.url) == (303, f"/verwaltung/beitraege/{town.row.number}")
    assert found_in_rows(*FORMS) == []
    public = make_browser(town.city).get(Contribution.objects.of(town.city).get(pk=town.row.pk).path).content.decode()
    assert BLACK in public
    assert "hat die Redaktion hier Persönliches geschwärzt" in public
    assert "7654321" not in public


def test_words_typed_are_found_wherever_they_stand_and_unknown_ones_are_named():
    city = make_city()
    row = make_contribution(make_step(make_process(city)), "Frau Meyer", text="Die frau  Meyer wartet.")
    browser = make_browser(city, make_staff(city, "moderator"))
    sent = {"version": 1, "reason": "others", "words": "Frau Meyer\nHerr Schulz", "step": "confirm"}
    response = browser.post(page_of(row.number), sent)
    assert response.status_code == 422
    assert "Herr Schulz" in response.content.decode()
    assert browser.post(page_of(row.number), sent | {"words": "Frau Meyer"}).status_code == 303
    row.refresh_from_db()
    assert (row.title, row.text) == (BLACK, f"Die {BLACK} wartet.")
    assert row.path == f"/beitrag/{row.number}"


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"reason": "contact"}, "Noch ist nichts markiert."),
        ({"reason": "", "span": "title:0-4"}, "Bitte wählen Sie den Grund."),
        ({"reason": "contact", "span": "title:4-0"}, "Noch ist nichts markiert."),
        ({"reason": "contact", "span": "nothing:0-4"}, "Noch ist nichts markiert."),
        ({"reason": "contact", "span": "title:0-4; drop"}, "Noch ist nichts markiert."),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_done(sent, said):
    city = make_city()
    row = make_contribution(make_step(make_process(city)))
    response = make_browser(city, make_staff(city, "moderator")).post(page_of(row.number), {"version": 1, "step": "confirm", **sent})
    assert response.status_code == 422
    assert said in response.content.decode()
    row.refresh_from_db()
    assert row.version == 1


@pytest.mark.parametrize(
    ("sides", "status"),
    [
        (("10", "10", "20", "20"), 200),
        (("90", "90", "50", "50"), 200),
        (("10,5", "0", "1", "1"), 200),
        (("", "", "", ""), 422),
        (("120", "10", "20", "20"), 422),
        (("10", "10", "0", "20"), 422),
        (("10", "10", "nan", "20"), 422),
        (("10", "10", "inf", "20"), 422),
        (("10", "zehn", "20", "20"), 422),
        (("10", "", "20", "20"), 422),
    ],
)
def test_rectangles_are_checked(sides, status):
    town = make_town()
    file = Attachment.objects.of(town.city).get(contribution=town.row).file_id
    names = [f"area-{file}-1-{side}" for side in ("left", "top", "width", "height")]
    drawn = dict(zip(names, sides, strict=True))
    sent = {"version": town.row.version, "reason": "faces", "step": "preview", **drawn}
    response = make_browser(town.city, town.moderator.participant).post(page_of(town.row.number), sent)
    assert response.status_code == status


def test_after_somebody_changed_the_text_the_same_words_are_still_marked():
    city = make_city()
    author = make_participant(city, "Alice")
    row = make_contribution(make_step(make_process(city)), text=f"Nummer {NUMBER}", author=author)
    browser = make_browser(city, make_staff(city, "moderator"))
    mend_contribution(actor_of(author), row, title=row.title, text=f"Liebe alle! Meine Nummer {NUMBER}", version=1)
    sent = {"version": 1, "reason": "contact", "span": "text:7-19", "step": "confirm"}
    response = browser.post(page_of(row.number), sent)
    assert response.status_code == 409
    page = response.content.decode()
    assert 'value="text:25-37" id="s-text:25-37" checked' in page
    assert 'name="version" value="2"' in page
    assert browser.post(page_of(row.number), sent | {"version": 2, "span": "text:25-37"}).status_code == 303
    assert found_in_rows(*FORMS) == []


def test_after_an_answer_meanwhile_the_marks_stay_where_they_were():
    city = make_city()
    row = make_contribution(make_step(make_process(city)), text=f"Nummer {NUMBER}")
    answer_contribution(actor_of(make_staff(city, "expert", "Eva")), row, Answer("in_review"), version=1)
    sent = {"version": 1, "reason": "contact", "span": "text:7-19", "step": "preview"}
    response = make_browser(city, make_staff(city, "moderator")).post(page_of(row.number), sent)
    assert response.status_code == 409
    assert 'value="text:7-19" id="s-text:7-19" checked' in response.content.decode()


def test_a_comment_has_its_own_page():
    city = make_city()
    row = make_contribution(make_step(make_process(city)))
    comment = make_comment(row, f"Rufen Sie {NUMBER} an")
    browser = make_browser(city, make_staff(city, "moderator"))
    address = f"/verwaltung/schwaerzen/kommentar/{comment.pk}"
    assert browser.get(address).status_code == 200
    assert browser.get(f"/verwaltung/schwaerzen/kommentar/{row.pk}").status_code == 404
    response = browser.post(address, {"version": 1, "reason": "contact", "span": "text:10-22", "step": "confirm"})
    assert (response.status_code, response.url) == (303, f"/verwaltung/kommentare/{comment.pk}")
    assert found_in_rows(*FORMS) == []


@pytest.mark.parametrize("role", ["", "expert", "owner", "facilitator"])
def test_other_roles_are_refused(role):
    city = make_city()
    row = make_contribution(make_step(make_process(city)))
    person = make_staff(city, role) if role else make_participant(city)
    browser = make_browser(city, person)
    assert browser.get(page_of(row.number)).status_code == 403
    assert browser.post(page_of(row.number), {"version": 1, "reason": "contact", "span": "title:0-4", "step": "confirm"}).status_code == 403


def test_without_a_login_the_way_leads_to_signing_in_and_another_city_has_nothing_there():
    city, other = make_city(), make_city()
    row = make_contribution(make_step(make_process(city)))
    assert make_browser(city).get(page_of(row.number)).status_code == 302
    moderator = make_browser(other, make_staff(other, "moderator"))
    assert moderator.get(page_of(row.number)).status_code == 404
    assert moderator.get(page_of(10**6)).status_code == 404
    assert moderator.get(f"/verwaltung/schwaerzen/kommentar/{row.pk}").status_code == 404


def test_the_team_finds_the_way_below_a_contribution_and_nobody_else():
    city = make_city()
    row = make_contribution(make_step(make_process(city)))
    address = page_of(row.number)
    assert address in make_browser(city, make_staff(city, "moderator")).get(row.path).content.decode()
    assert address not in make_browser(city, make_staff(city, "expert", "Eva")).get(row.path).content.decode()
    assert address not in make_browser(city).get(row.path).content.decode()
    assert "Persönliches geschwärzt" not in make_browser(city).get(row.path).content.decode()
