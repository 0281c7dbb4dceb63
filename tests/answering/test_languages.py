"""One answer to many in the languages that their authors read."""

from typing import Any
from uuid import uuid4

import pytest
from tests.factories import make_browser, make_participant

from civitas.answering.actions import keeping, many
from civitas.answering.languages import spoken
from civitas.answering.models import Batch
from civitas.contributions.models import StatusEvent
from civitas.kit.verdicts import Refused
from civitas.notices.models import Notice
from civitas.notices.queries import worded
from civitas.outbox.worker import run_due

pytestmark = pytest.mark.django_db

WORDS = {"de": "Guten Tag {name}, wir prüfen das.", "en": "Dear {name}, we look at it until {date}.", "simple": "Wir sehen es uns an."}


@pytest.fixture
def rows(town: Any) -> list[Any]:
    """What a German, an English and a reader of simple German gave, in this order."""
    people = [make_participant(town.city, name, language=code) for name, code in (("Eva", "de"), ("Bob", "en"), ("Ida", "de-simple"))]
    return [town.give(f"Bank von {person.pseudonym}", author=person) for person in people]


def send(town: Any, rows: list[Any], **fields: Any) -> Batch:
    batch = many.answer_many(town.actor("moderator"), rows, **{"uid": uuid4(), "status": "in_review"} | fields)
    run_due()
    return batch


def answers(rows: list[Any]) -> list[str]:
    return [StatusEvent.objects.get(contribution=row, text__gt="").text for row in rows]


@pytest.mark.parametrize(
    ("written", "code", "key"),
    [
        (["de", "en", "simple"], "en", "en"),
        (["de", "en", "simple"], "de-simple", "simple"),
        (["de", "en"], "de-simple", "de"),
        (["en", "simple"], "de", "simple"),
        (["en"], "de-simple", "en"),
        (["simple", "de"], "en", "de"),
        ([], "de", ""),
    ],
)
def test_who_finds_no_wording_of_their_language_gets_the_nearest(written: list[str], code: str, key: str) -> None:
    assert spoken(dict.fromkeys(written, "Ja."), code) == key


def test_each_author_gets_the_mail_in_their_language(town: Any, rows: list[Any]) -> None:
    send(town, rows, text=WORDS, next_step={"de": "Ortstermin", "en": "Visit"})
    said = answers(rows)
    assert (said[0], said[2]) == ("Guten Tag Eva, wir prüfen das.", "Wir sehen es uns an.")
    assert said[1].startswith("Dear Bob, we look at it until ")
    assert "{" not in said[1]
    mails = {}
    for row in rows:
        notices = list(Notice.objects.of(town.city).to(row.author.uid).filter(kind="contribution.answered"))
        mails[row.author.pseudonym] = [" ".join(each.words.paragraphs) for each in worded(town.city, notices) if each.words]
    assert [len(found) for found in mails.values()] == [1, 1, 1]
    assert "Dear Bob" in mails["Bob"][0]
    steps = [StatusEvent.objects.get(contribution=row, text__gt="").next_step for row in rows]
    assert steps == ["Ortstermin", "Visit", "Ortstermin"]


def test_without_a_wording_in_their_language_authors_get_the_german_one(town: Any, rows: list[Any]) -> None:
    send(town, rows, text={"de": "Wir prüfen das.", "en": "  "})
    assert answers(rows) == ["Wir prüfen das."] * 3


def test_a_fault_is_named_at_its_language(town: Any, rows: list[Any]) -> None:
    with pytest.raises(Refused) as refused:
        send(town, rows, text=WORDS | {"en": "Dear {nmae}"})
    assert list(refused.value.fields) == ["text_en"]
    with pytest.raises(Refused) as refused:
        send(town, rows, status="not_possible", text={"en": "", "de": ""})
    assert list(refused.value.fields) == ["text_en"]


def test_the_form_asks_for_the_languages_of_those_who_are_ticked_and_a_template_fills_them(town: Any, rows: list[Any]) -> None:
    template = keeping.save_template(town.actor("owner"), None, title="Prüfung", status="in_review", text=WORDS)
    browser = make_browser(town.city, town.moderator)
    only = browser.post("/verwaltung/antworten/viele", {"do": "answer", "number": [rows[0].number]}).text
    assert ("text_de" in only, "text_en" in only) == (True, False)
    data = {"do": "answer", "numbers": " ".join(str(row.number) for row in rows), "uid": str(uuid4()), "status": "planned"}
    page = browser.post("/verwaltung/antworten/viele", data | {"go": "insert", "template": template.pk, "text_en": "Hello."}).text
    assert all(f"text_{key}" in page for key in WORDS)
    assert "Hello.\n\nDear {name}, we look at it until {date}." in page.replace("\r", "")
    assert "Wir sehen es uns an." in page


def test_the_batch_says_what_goes_out_in_which_language(town: Any, rows: list[Any]) -> None:
    batch = send(town, rows, text={"de": "Wir prüfen das.", "en": "We look at it."})
    page = make_browser(town.city, town.moderator).get(f"/verwaltung/antworten/viele/{batch.pk}").text
    parts = [part.partition("</h3>")[0] for part in page.split('<h3 class="h4">')[1:]]
    assert [("Deutsch" in part, "2 Beiträge" in part) for part in parts] == [(True, True), (False, False)]
    assert "1 Person liest die Seiten in Einfache Sprache" in page


def test_the_batch_costs_the_same_with_one_and_with_three(town: Any, rows: list[Any], django_assert_max_num_queries: Any) -> None:
    batches = [send(town, rows[:1], text=WORDS), send(town, rows, text=WORDS)]
    browser = make_browser(town.city, town.moderator)
    for batch in batches:
        with django_assert_max_num_queries(12):
            browser.get(f"/verwaltung/antworten/viele/{batch.pk}")
