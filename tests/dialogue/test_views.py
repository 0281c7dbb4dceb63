"""The contribution's page: how it reads, what people do on it, what they get when it cannot be."""

import datetime as dt
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from tests.factories import (
    make_area,
    make_browser,
    make_category,
    make_city,
    make_comment,
    make_contribution,
    make_event,
    make_guest,
    make_link,
    make_organisation,
    make_participant,
    make_process,
    make_staff,
    make_step,
)

from civitas.contributions.counts import miscounts
from civitas.contributions.models import Contribution
from civitas.dialogue.models import Follow, Support
from civitas.people.models import Participant

pytestmark = pytest.mark.django_db

GUEST_QUERIES = 14
TOKENS = re.compile(r'<input type="hidden" name="(csrfmiddlewaretoken|uid|seal)"[^>]*>')


@pytest.fixture
def step(db: None) -> Any:
    return make_step(make_process(make_city("hamburg")))


def text_of(response: Any) -> str:
    return str(response.content.decode())


def comment_data(page: str, text: str, **fields: str) -> dict[str, str]:
    """What a browser sends from the page's comment form."""
    found = dict(re.findall(r'name="(uid|seal)" value="([^"]+)"', page))
    return {**found, "text": text, "pseudonym": "", "homepage": "", "parent": "", **fields}


def test_the_page_reads_like_a_short_article(step: Any) -> None:
    city = step.city
    author = make_participant(city, "Hinrich")
    row = make_contribution(
        step,
        "Hitze-Telefon",
        text="Niemand ruft an.\n\nIch wünsche mir einen Anruf.",
        author=author,
        area=make_area(city),
        category=make_category(city),
    )
    make_event(
        row,
        "in_review",
        text="Danke, Hinrich.",
        organisation=make_organisation(city),
        next_step="Wir proben",
        due_on=timezone.localdate() + dt.timedelta(days=9),
    )
    page = text_of(make_browser(city).get(row.path))
    for words in (
        "Hitze-Telefon",
        "„Niemand ruft an.“",
        "Ich wünsche mir einen Anruf.",
        "Hinrich",
        "Veddel",
        "Danke, Hinrich.",
        "Gesundheitsamt",
        "Wir proben",
        "Verkehr",
    ):
        assert words in page
    assert f'<link rel="canonical" href="http://hamburg.localhost{row.path}">' in page


@pytest.mark.parametrize("address", ["/beitrag/{number}", "/beitrag/{number}-falscher-titel"])
def test_an_old_address_leads_to_the_right_one(step: Any, address: str) -> None:
    row = make_contribution(step)
    response = make_browser(step.city).get("/en" + address.format(number=row.number))
    assert (response.status_code, response.headers["Location"]) == (301, f"/en{row.path}")


def test_another_citys_number_is_not_found(step: Any) -> None:
    row = make_contribution(step)
    assert make_browser(make_city("kassel")).get(row.path).status_code == 404


@pytest.mark.parametrize("visibility", ["waiting", "hidden", "withdrawn"])
def test_what_is_not_public_shows_to_its_author_and_the_team_only(step: Any, visibility: str) -> None:
    author = make_participant(step.city)
    row = make_contribution(step, author=author, visibility=visibility, hidden_reason="Werbung")
    assert make_browser(step.city).get(row.path).status_code == 404
    assert make_browser(step.city, author).get(row.path).status_code == 200
    assert make_browser(step.city, make_staff(step.city, "moderator")).get(row.path).status_code == 200


def test_html_is_shown_as_text(step: Any) -> None:
    row = make_contribution(step, "<b>Fett</b>", text="<script>alert(1)</script>")
    make_comment(row, "<img src=x onerror=alert(1)>")
    page = text_of(make_browser(step.city).get(row.path))
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_with_one_row_of_each_kind_and_with_three(
    step: Any, count: int, django_assert_max_num_queries: Any
) -> None:
    row = make_contribution(step, area=make_area(step.city))
    for index in range(count):
        make_event(row, text="Antwort", organisation=make_organisation(step.city))
        make_link(make_contribution(step, f"Vorher {index}"), row)
        make_link(row, make_contribution(step, f"Nachher {index}"))
        top = make_comment(row, author=make_guest(step.city))
        make_comment(row, parent=top, author=make_guest(step.city))
    browser = make_browser(step.city)
    browser.get(row.path)  # the city is kept in the process from now on
    with django_assert_max_num_queries(11):
        assert browser.get(row.path).status_code == 200
    known = make_browser(step.city, make_guest(step.city))
    with django_assert_max_num_queries(GUEST_QUERIES):
        assert known.get(row.path).status_code == 200


def test_a_stranger_supports_and_takes_it_back(step: Any) -> None:
    row = make_contribution(step)
    browser = make_browser(step.city)
    for _again in range(2):
        assert browser.post(f"/beitrag/{row.number}/unterstuetzen").status_code == 303
    row.refresh_from_db()
    assert (row.support_count, Support.objects.count(), Participant.objects.count()) == (1, 1, 1)
    browser.post(f"/beitrag/{row.number}/unterstuetzen", {"back": "1"})
    row.refresh_from_db()
    assert (row.support_count, Support.objects.count()) == (0, 0)


def test_following_works_without_an_account(step: Any) -> None:
    row = make_contribution(step)
    browser = make_browser(step.city)
    browser.post(f"/beitrag/{row.number}/folgen")
    assert Follow.objects.count() == 1
    browser.post(f"/beitrag/{row.number}/folgen", {"back": "1"})
    assert Follow.objects.count() == 0


@pytest.mark.parametrize("what", ["unterstuetzen", "folgen"])
def test_the_swapped_fragment_is_what_a_fresh_page_shows(step: Any, what: str) -> None:
    row = make_contribution(step, imported_support=4)
    browser = make_browser(step.city)
    fragment = text_of(browser.post(f"/beitrag/{row.number}/{what}", headers={"HX-Request": "true"}))
    page = text_of(browser.get(row.path))
    assert TOKENS.sub("", fragment).strip() in TOKENS.sub("", page)


def test_a_refused_press_makes_no_guest(step: Any) -> None:
    row = make_contribution(step)
    step.override = "closed"
    step.save()
    assert make_browser(step.city).post(f"/beitrag/{row.number}/unterstuetzen").status_code == 409
    fragment = make_browser(step.city).post(f"/beitrag/{row.number}/unterstuetzen", headers={"HX-Request": "true"})
    assert (fragment.status_code, Participant.objects.count()) == (200, 0)


def test_a_stranger_comments_with_a_name_and_is_known_from_then_on(step: Any) -> None:
    row = make_contribution(step)
    browser = make_browser(step.city)
    page = text_of(browser.get(row.path))
    response = browser.post(f"/beitrag/{row.number}/kommentar", comment_data(page, "Ich rufe gern an.", pseudonym="Fatma"))
    comment = Contribution.objects.get(kind="comment")
    assert (response.status_code, comment.author.pseudonym, comment.text) == (303, "Fatma", "Ich rufe gern an.")
    page = text_of(browser.get(response.headers["Location"].split("#")[0]))
    assert "Ich rufe gern an." in page
    assert 'name="pseudonym"' not in page
    assert not miscounts(step.city)


def test_a_reply_hangs_below_its_comment(step: Any) -> None:
    row = make_contribution(step)
    top = make_comment(row, author=make_guest(step.city, "Jonas"))
    browser = make_browser(step.city)
    page = text_of(browser.get(f"{row.path}?antwort={top.pk}"))
    assert "Sie antworten Jonas" in page
    browser.post(f"/beitrag/{row.number}/kommentar", comment_data(page, "Gute Idee", parent=str(top.pk)))
    assert Contribution.objects.get(text="Gute Idee").parent == top


def test_a_comment_of_another_thread_takes_no_reply(step: Any) -> None:
    row, other = make_contribution(step), make_contribution(step, "Anderes")
    foreign = make_comment(other)
    browser = make_browser(step.city)
    data = comment_data(text_of(browser.get(row.path)), "Hallo", parent=str(foreign.pk))
    assert browser.post(f"/beitrag/{row.number}/kommentar", data).status_code == 404


@pytest.mark.parametrize(
    ("text", "sentence"), [("", "Bitte schreiben Sie etwas."), ("\u202e\u200b", "Bitte schreiben Sie etwas."), ("ä" * 4_001, "kürzen")]
)
def test_a_refusal_stands_at_the_field_with_the_text_kept(step: Any, text: str, sentence: str) -> None:
    row = make_contribution(step)
    browser = make_browser(step.city)
    data = comment_data(text_of(browser.get(row.path)), text, pseudonym="Fatma")
    response = browser.post(f"/beitrag/{row.number}/kommentar", data)
    page = text_of(response)
    assert response.status_code == 422
    assert sentence in page
    assert 'value="Fatma"' in page
    assert text.strip("\u202e\u200b")[:100] in page
    assert Participant.objects.count() == 0


def test_a_step_that_closed_while_they_typed_keeps_their_text(step: Any) -> None:
    row = make_contribution(step)
    browser = make_browser(step.city)
    data = comment_data(text_of(browser.get(row.path)), "Mein langer Gedanke")
    step.closes_at = timezone.now() - dt.timedelta(hours=1)
    step.save()
    response = browser.post(f"/beitrag/{row.number}/kommentar", data)
    page = text_of(response)
    assert response.status_code == 409
    assert "Mein langer Gedanke" in page
    assert "geschlossen" in page


def test_controls_and_direction_marks_are_taken_out(step: Any) -> None:
    row = make_contribution(step)
    browser = make_browser(step.city)
    browser.post(f"/beitrag/{row.number}/kommentar", comment_data(text_of(browser.get(row.path)), "Hal\u202elo \x07Welt"))
    assert Contribution.objects.get(kind="comment").text == "Hallo Welt"


def test_the_same_form_twice_gives_one_comment(step: Any) -> None:
    row = make_contribution(step)
    browser = make_browser(step.city)
    data = comment_data(text_of(browser.get(row.path)), "Einmal")
    first, second = (browser.post(f"/beitrag/{row.number}/kommentar", data) for _again in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    # The first answer never reached the browser, so it has no token: the seal shows that the form is its own.
    lost = make_browser(step.city)
    third = lost.post(f"/beitrag/{row.number}/kommentar", data)
    assert third.headers["Location"] == first.headers["Location"]
    assert Contribution.objects.filter(kind="comment").count() == 1
    assert Participant.objects.count() == 1


def test_a_stolen_uid_gives_nobody_anothers_comment(step: Any) -> None:
    row = make_contribution(step)
    theirs = make_comment(row, author=make_guest(step.city))
    browser = make_browser(step.city)
    data = comment_data(text_of(browser.get(row.path)), "Meins", uid=str(theirs.uid))
    assert browser.post(f"/beitrag/{row.number}/kommentar", data).status_code == 409
    assert "guest" not in browser.cookies


@pytest.mark.django_db(transaction=True)
def test_two_presses_in_the_same_instant_give_one_comment() -> None:
    step = make_step(make_process(make_city("hamburg")))
    row = make_contribution(step)
    person = make_participant(step.city)
    data = comment_data(text_of(make_browser(step.city, person).get(row.path)), "Einmal")

    def press(browser: Client) -> int:
        try:
            return browser.post(f"/beitrag/{row.number}/kommentar", data).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        codes = list(pool.map(press, [make_browser(step.city, person) for _each in range(2)]))
    assert codes == [303, 303]
    assert Contribution.objects.filter(kind="comment").count() == 1


def test_a_removed_comment_keeps_its_place_only_while_replies_hang_on_it(step: Any) -> None:
    row = make_contribution(step)
    gone = make_comment(row, "Verschwunden", visibility="hidden")
    make_comment(row, "Bleibt stehen", parent=gone)
    make_comment(row, "Ganz weg", visibility="withdrawn")
    page = text_of(make_browser(step.city).get(row.path))
    assert "Bleibt stehen" in page
    assert page.count("Dieser Kommentar wird nicht mehr gezeigt.") == 1
    assert "Verschwunden" not in page
    assert "Ganz weg" not in page


def test_who_speaks_for_an_organisation_says_so(step: Any) -> None:
    row = make_contribution(step)
    office = make_organisation(step.city)
    browser = make_browser(step.city, make_staff(step.city, "member", organisation=office))
    page = text_of(browser.get(row.path))
    browser.post(f"/beitrag/{row.number}/kommentar", comment_data(page, "Wir helfen", organisation=str(office.pk)))
    assert Contribution.objects.get(kind="comment").organisation == office


def test_comments_come_in_pages(step: Any) -> None:
    row = make_contribution(step)
    for index in range(51):
        make_comment(row, f"Kommentar Nummer {index:03}")
    browser = make_browser(step.city)
    page = text_of(browser.get(row.path))
    address = re.search(r'href="([^"#]+\?nach=[^"#]+)', page)
    assert address
    assert "Nummer 000" not in page
    assert "Nummer 000" in text_of(browser.get(address[1]))


@pytest.mark.each_database
@pytest.mark.parametrize("address", ["/konto/beitraege", "/konto/unterstuetzt", "/konto/gefolgt"])
@pytest.mark.parametrize("count", [1, 3])
def test_my_lists_cost_the_same_with_one_row_and_with_three(
    step: Any, address: str, count: int, django_assert_max_num_queries: Any
) -> None:
    person = make_participant(step.city)
    for index in range(count):
        row = make_contribution(step, f"Idee {index}", author=person)
        Support.objects.create(city=step.city, contribution=row, participant=person)
        Follow.objects.create(city=step.city, contribution=row, participant=person)
        make_comment(row, f"Wort {index}", author=person)
    browser = make_browser(step.city, person)
    browser.get(address)
    with django_assert_max_num_queries(8):
        page = text_of(browser.get(address))
    assert f"Idee {count - 1}" in page


def test_my_lists_want_to_know_who_it_is(step: Any) -> None:
    response = make_browser(step.city).get("/konto/beitraege")
    assert response.headers["Location"] == "/konto/anmelden?next=/konto/beitraege"
