"""Authors mend their text for a day and take it back; everybody reads what changed."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone
from tests.factories import make_browser, make_city, make_comment, make_contribution, make_guest, make_participant, make_process, make_step

from civitas.contributions.compare import compared
from civitas.contributions.models import Revision
from civitas.contributions.rules import may_describe, may_withdraw
from civitas.people.actors import actor_of
from civitas.people.suspensions import suspend

pytestmark = pytest.mark.django_db


@pytest.fixture
def step(db: None) -> Any:
    return make_step(make_process(make_city("hamburg")))


def text_of(response: Any) -> str:
    return str(response.content.decode())


def test_a_guest_mends_their_own_text_and_the_old_one_stays_readable(step: Any) -> None:
    guest = make_guest(step.city)
    row = make_contribution(step, "Mehr Bänke", text="Hier fehlen Bänke.", author=guest)
    browser = make_browser(step.city, guest)
    assert "Hier fehlen Bänke." in text_of(browser.get(f"/beitrag/{row.number}/bearbeiten"))
    response = browser.post(f"/beitrag/{row.number}/bearbeiten", {"title": "Mehr Bänke", "text": "Hier fehlen drei Bänke.", "version": 1})
    assert response.headers["Location"] == row.path
    page = text_of(make_browser(step.city).get(f"/beitrag/{row.number}/fassungen"))
    assert "<ins>" in page
    assert "drei" in page
    assert f"/beitrag/{row.number}/fassungen" in text_of(browser.get(row.path))


def test_the_open_answers_are_mended_too_and_compared(step: Any) -> None:
    author = make_participant(step.city)
    row = make_contribution(step, author=author, audience="Alte", proposal="Eine Bank")
    browser = make_browser(step.city, author)
    assert 'value="Alte"' in text_of(browser.get(f"/beitrag/{row.number}/bearbeiten"))
    typed = {"title": row.title, "text": row.text, "audience": "Alte und Junge", "proposal": "Eine Bank", "benefit": "Ruhe", "version": 1}
    assert browser.post(f"/beitrag/{row.number}/bearbeiten", typed).status_code == 302
    row.refresh_from_db()
    assert (row.audience, row.proposal, row.benefit) == ("Alte und Junge", "Eine Bank", "Ruhe")
    earlier = Revision.objects.of(step.city).get()
    assert (earlier.audience, earlier.proposal, earlier.benefit) == ("Alte", "Eine Bank", "")
    page = text_of(make_browser(step.city).get(f"/beitrag/{row.number}/fassungen"))
    assert "und Junge</ins>" in page
    assert "Ruhe</ins>" in page


def test_strangers_mend_nothing(step: Any) -> None:
    row = make_contribution(step, author=make_participant(step.city))
    for browser in (make_browser(step.city), make_browser(step.city, make_participant(step.city, "Bob"))):
        assert browser.get(f"/beitrag/{row.number}/bearbeiten").status_code == 403
        assert browser.post(f"/beitrag/{row.number}/bearbeiten", {"title": "X", "text": "Y", "version": 1}).status_code == 403
        assert browser.post(f"/beitrag/{row.number}/zuruecknehmen").status_code == 403
    assert not Revision.objects.exists()


def test_after_a_day_the_text_typed_is_kept_with_the_reason(step: Any) -> None:
    author = make_participant(step.city)
    row = make_contribution(step, author=author, given_at=timezone.now() - dt.timedelta(days=2))
    response = make_browser(step.city, author).post(
        f"/beitrag/{row.number}/bearbeiten", {"title": "Neu", "text": "Mein neuer Text", "version": 1}
    )
    assert (response.status_code, "Mein neuer Text" in text_of(response), "ist vorbei" in text_of(response)) == (409, True, True)


def test_two_windows_of_one_author_do_not_overwrite_each_other(step: Any) -> None:
    author = make_participant(step.city)
    row = make_contribution(step, author=author)
    browser = make_browser(step.city, author)
    address = f"/beitrag/{row.number}/bearbeiten"
    browser.post(address, {"title": "Erstes Fenster", "text": "Aus dem ersten", "version": 1})
    late = browser.post(address, {"title": "Zweites Fenster", "text": "Aus dem zweiten", "version": 1})
    assert late.status_code == 409
    assert "Aus dem ersten" in text_of(late)
    assert "Aus dem zweiten" in text_of(late)
    row.refresh_from_db()
    assert row.title == "Erstes Fenster"


@pytest.mark.parametrize(
    ("title", "text", "words"), [("", "Text", "einen Titel"), ("x" * 151, "Text", "kürzen"), ("Titel", "", "worum es geht")]
)
def test_a_faulty_text_comes_back(step: Any, title: str, text: str, words: str) -> None:
    author = make_participant(step.city)
    row = make_contribution(step, author=author)
    response = make_browser(step.city, author).post(f"/beitrag/{row.number}/bearbeiten", {"title": title, "text": text, "version": 1})
    assert (response.status_code, words in text_of(response)) == (422, True)


def test_taking_back_asks_first(step: Any) -> None:
    author = make_participant(step.city)
    row = make_contribution(step, author=author)
    browser = make_browser(step.city, author)
    assert browser.get(f"/beitrag/{row.number}/zuruecknehmen").status_code == 200
    assert browser.post(f"/beitrag/{row.number}/zuruecknehmen").headers["Location"] == "/"
    assert make_browser(step.city).get(row.path).status_code == 404
    assert "zurückgenommen" in text_of(browser.get(row.path))


def test_a_comment_is_mended_and_taken_back_too(step: Any) -> None:
    author = make_guest(step.city)
    row = make_contribution(step)
    comment = make_comment(row, "Erst so", author=author)
    browser = make_browser(step.city, author)
    assert (
        browser.post(f"/kommentar/{comment.pk}/bearbeiten", {"text": "Dann so", "version": 1}).headers["Location"]
        == f"{row.path}?kommentar={comment.pk}#k-{comment.pk}"
    )
    assert "geändert" in text_of(browser.get(row.path))
    assert "Erst" in text_of(browser.get(f"/kommentar/{comment.pk}/fassungen"))
    browser.post(f"/kommentar/{comment.pk}/zuruecknehmen")
    assert "Dann so" not in text_of(browser.get(row.path))


def test_html_in_earlier_versions_is_shown_as_text(step: Any) -> None:
    author = make_participant(step.city)
    row = make_contribution(step, text="<script>alert(1)</script>", author=author)
    browser = make_browser(step.city, author)
    browser.post(f"/beitrag/{row.number}/bearbeiten", {"title": row.title, "text": "harmlos", "version": 1})
    assert "<script>alert" not in text_of(browser.get(f"/beitrag/{row.number}/fassungen"))


def test_only_words_that_changed_are_marked() -> None:
    pieces = [(piece.change, piece.text) for piece in compared("Hier fehlen Bänke.", "Hier fehlen drei Bänke.")]
    assert "".join(text for change, text in pieces if change != "gone") == "Hier fehlen drei Bänke."
    assert "".join(text for change, text in pieces if change != "new") == "Hier fehlen Bänke."
    assert [text.strip() for change, text in pieces if change == "new"] == ["drei"]


def test_authors_keep_their_drawing_or_take_it_off_the_map(step: Any) -> None:
    author = make_participant(step.city)
    line = {"type": "LineString", "coordinates": [[9.93, 53.55], [9.94, 53.56]]}
    row = make_contribution(step, author=author, drawing=line, lat=53.555, lon=9.935)
    browser, path = make_browser(step.city, author), f"/beitrag/{row.number}/bearbeiten"
    assert "drops_drawing" in text_of(browser.get(path))
    assert browser.post(path, {"title": row.title, "text": "Neu", "version": 1}).status_code == 302
    row.refresh_from_db()
    assert row.drawing == line
    assert browser.post(path, {"title": row.title, "text": "Neu", "drops_drawing": "on", "version": 2}).status_code == 302
    row.refresh_from_db()
    assert (row.drawing, row.lat) == (None, 53.555)
    assert "drops_drawing" not in text_of(browser.get(path))


def mend(row: Any, author: Any, text: str) -> Any:
    return make_browser(row.city, author).post(
        f"/en/beitrag/{row.number}/bearbeiten", {"title": row.title, "text": text, "version": row.version}, follow=True
    )


def test_a_link_that_is_written_into_shown_words_waits_as_a_new_one_does(step: Any) -> None:
    step.city.rules = {"check_first": ["links"]}
    step.city.save()
    author = make_participant(step.city)
    row = make_contribution(step, "Mehr Bänke", text="Bänke wie auf https://baenke.example.org", author=author)
    mend(row, author, row.text + "\nBitte auch am Bahnhof.")
    row.refresh_from_db()
    assert row.visibility == "published"  # the link stood there before
    assert "The team reads it first" in text_of(mend(row, author, row.text + "\nUnd kauft auf www.billig.example"))
    row.refresh_from_db()
    assert (row.visibility, row.listed) == ("waiting", 0)


def test_where_the_team_reads_everything_first_it_reads_changes_too_and_says_so_before(step: Any) -> None:
    step.city.rules = {"check_contributions": "before"}
    step.city.save()
    author = make_participant(step.city)
    row = make_contribution(step, author=author)
    assert "The team reads your change first" in text_of(make_browser(step.city, author).get(f"/en/beitrag/{row.number}/bearbeiten"))
    mend(row, author, "Ganz andere Worte.")
    row.refresh_from_db()
    assert row.visibility == "waiting"


def test_a_website_that_the_city_does_not_take_comes_in_by_no_change(step: Any) -> None:
    step.city.rules = {"blocked": ["boese.example"]}
    step.city.save()
    author = make_participant(step.city)
    row = make_contribution(step, author=author)
    answer = mend(row, author, "Mehr auf https://boese.example/kauf")
    assert (answer.status_code, "We take no links to boese.example" in text_of(answer)) == (422, True)
    assert "https://boese.example/kauf" in text_of(answer)
    row.refresh_from_db()
    assert (row.version, row.visibility) == (1, "published")


def test_who_is_shut_out_changes_nothing_and_takes_it_away_all_the_same(step: Any) -> None:
    author = make_participant(step.city)
    row = make_contribution(step, author=author)
    suspend(step.city, [author], reason="insult", until=timezone.now() + dt.timedelta(days=3), by=None)
    answer = mend(row, author, "Noch eine Beleidigung.")
    assert answer.status_code == 403
    assert "Noch eine Beleidigung." in text_of(answer)
    assert "has shut you out until" in text_of(answer)
    author.refresh_from_db()
    verdict = may_describe(actor_of(author), row)
    assert (bool(verdict), verdict.status) == (False, 403)
    assert may_withdraw(actor_of(author), row)
    row.refresh_from_db()
    assert row.version == 1
