"""Reports: without a login, with all elements, once; receipt, question and answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail
from django.utils import translation
from tests.factories import make_browser, make_city, make_comment, make_contribution

from civitas.journal.models import Entry
from civitas.kit.ids import uuid7
from civitas.kit.verdicts import Refused
from civitas.notices.models import Delivery, Notice
from civitas.outbox.worker import run_due
from civitas.people.actors import Actor, actor_of
from civitas.people.models import Participant
from civitas.people.rates import LIMITS
from civitas.unlawful.actions.reports import answer_question, ask_reporters, decline_report_mails
from civitas.unlawful.models import Matter, Question, Report
from civitas.unlawful.queries import place_of

if TYPE_CHECKING:
    from tests.unlawful.scenes import Scene


def text_of(response: Any) -> str:
    return str(response.content.decode())


def typed(page: str, **fields: str) -> dict[str, str]:
    return {**dict(re.findall(r'name="(uid|seal)" value="([^"]+)"', page)), "homepage": "", **fields}


FIELDS = {
    "ground": "hate", "explanation": "Er ruft zu Gewalt auf.", "name": "Rita", "mail": "rita@example.org", "in_good_faith": "on",
}  # fmt: skip


def test_anybody_reports_without_a_login_and_gets_a_receipt(scene: Scene) -> None:
    browser = make_browser(scene.city)
    page = text_of(browser.get(f"/rechtswidriges-melden?adresse={scene.row.path}"))
    assert f"hamburg.localhost{scene.row.path}" in page.replace(":8000", "")
    sent = browser.post("/rechtswidriges-melden", typed(page, addresses=scene.row.path, **FIELDS))
    report = Report.objects.of(scene.city).get()
    assert (sent.status_code, sent.headers["Location"]) == (303, f"{report.path}?danke=1")
    assert "R-1" in text_of(browser.get(sent.headers["Location"]))
    assert (scene.matter().contribution_id, scene.matter().report_count, Participant.objects.of(scene.city).count()) == (scene.row.pk, 1, 3)
    scene.row.refresh_from_db()
    assert scene.row.visibility == "published"


def test_who_comes_back_by_the_receipts_address_reads_what_became_of_it(scene: Scene) -> None:
    report = scene.report()
    address = f"{report.path}?danke=1"
    browser = make_browser(scene.city)
    assert "Danke. Ihre Meldung ist angekommen." in text_of(browser.get(address))
    scene.decide()
    page = text_of(browser.get(address))
    assert ("Danke. Ihre Meldung" in page, report.file_number in page, "Die Entscheidung" in page) == (False, True, True)


def test_the_receipt_goes_out_once_with_a_message_id_that_stays(scene: Scene) -> None:
    uid = uuid7()
    for _twice in range(2):
        report = scene.report(uid=uid)
    run_due()
    run_due()
    assert [(sent.to, "R-1" in sent.subject, report.path in sent.body) for sent in mail.outbox] == [(["rita@example.org"], True, True)]
    assert mail.outbox[0].extra_headers["Message-ID"] == Delivery.objects.of(scene.city).get(notice__recipient=report.uid).message_id
    assert (Report.objects.of(scene.city).count(), scene.matter().report_count) == (1, 1)


def test_who_wants_no_mails_about_a_report_gets_none(scene: Scene) -> None:
    decline_report_mails(scene.city, scene.report().uid)
    run_due()
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("addresses", {"addresses": ""}),
        ("addresses", {"addresses": "https://example.org/beitrag/1"}),
        ("addresses", {"addresses": "/beitrag/99999"}),
        ("addresses", {"addresses": "\n".join(f"/seite-{number}" for number in range(11))}),
        ("ground", {"ground": "nonsense"}),
        ("explanation", {"explanation": "  "}),
        ("explanation", {"explanation": "x" * 4_001}),
        ("name", {"name": ""}),
        ("mail", {"mail": ""}),
        ("mail", {"mail": "rita"}),
        ("mail", {"mail": f"{'r' * 60}@{'.'.join(['x' * 60] * 4)}.example"}),
        ("name", {"name": "R" * 121}),
        ("name", {"name": "R" * 121, "mail": "", "ground": "children"}),
        ("in_good_faith", {"in_good_faith": False}),
    ],
)
def test_a_report_has_the_elements_of_article_16(scene: Scene, field: str, values: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        scene.report(**values)
    assert (list(refused.value.fields), Report.objects.of(scene.city).count()) == ([field], 0)


def test_without_a_name_nothing_of_who_it_is_is_kept(scene: Scene) -> None:
    report = scene.report(without_name=True)
    assert (report.name, report.mail, report.with_name, report.participant) == ("", "", False, None)


def test_where_children_may_have_been_abused_no_name_is_needed(scene: Scene) -> None:
    assert scene.report(ground="children", name="", mail="").ground == "children"


def test_a_form_that_is_not_ours_or_filled_in_by_a_machine_is_refused_with_its_text(scene: Scene) -> None:
    browser = make_browser(scene.city)
    page = text_of(browser.get("/rechtswidriges-melden"))
    forged = {"uid": str(uuid7()), "seal": "x", "addresses": scene.row.path, **FIELDS}
    for fields in (forged, typed(page, addresses=scene.row.path, **FIELDS) | {"homepage": "x"}):
        answer = browser.post("/rechtswidriges-melden", fields)
        assert (answer.status_code, "Er ruft zu Gewalt auf." in text_of(answer)) == (422, True)
    assert Report.objects.of(scene.city).count() == 0


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [("explanation", "Lang. " * 700, "4000 Zeichen; er hat 4199"), ("name", "R" * 121, "120 Zeichen; er hat 121"),
     ("addresses", "\n".join(f"/seite-{number}" for number in range(11)), "höchstens 10"),
     ("mail", f"{'r' * 60}@{'.'.join(['x' * 60] * 4)}.example", "254 Zeichen")],
)  # fmt: skip
def test_what_is_too_long_is_named_at_its_field_and_everything_typed_is_kept(scene: Scene, field: str, value: str, said: str) -> None:
    browser = make_browser(scene.city)
    page = text_of(browser.get("/rechtswidriges-melden"))
    assert page.count('maxlength="20000"') == 2
    fields = typed(page, addresses=scene.row.path, **FIELDS) | {field: value}
    answer = browser.post("/rechtswidriges-melden", fields)
    shown = text_of(answer)
    assert (answer.status_code, said in shown, f'id="id_{field}-error"' in shown) == (422, True, True)
    kept = [fields[name].strip() in shown for name in ("addresses", "explanation", "name", "mail")]
    assert (kept, Report.objects.of(scene.city).count()) == ([True] * 4, 0)


def test_a_form_that_is_larger_than_any_of_ours_is_refused_in_words(scene: Scene) -> None:
    browser = make_browser(scene.city)
    page = text_of(browser.get("/rechtswidriges-melden"))
    answer = browser.post("/rechtswidriges-melden", typed(page, addresses=scene.row.path, **FIELDS) | {"explanation": "x" * 2_200_000})
    assert (answer.status_code, "war zu groß" in text_of(answer), Report.objects.of(scene.city).count()) == (413, True, 0)


@pytest.mark.parametrize("way", ["answer", "reporter", "author"])
def test_answers_and_complaints_that_are_too_long_are_kept_as_well(scene: Scene, way: str) -> None:
    report = scene.report()
    if way == "answer":
        ask_reporters(actor_of(scene.jule), scene.matter(), text="Welche Stelle meinen Sie?")
        path = f"{report.path}/antwort/{Question.objects.of(scene.city).get().pk}"
    else:
        matter = scene.decide("lawful" if way == "reporter" else "illegal")
        path = f"{report.path}/beschwerde/{matter.pk}" if way == "reporter" else matter.path
    browser = make_browser(scene.city)
    page = text_of(browser.get(matter.path if way == "author" else report.path))
    answer = browser.post(path, typed(page, text="Wort " * 900))
    assert (answer.status_code, "4000 Zeichen; er hat 4499" in text_of(answer)) == (422, True)
    assert ("Wort " * 900).strip() in text_of(answer)


def test_reports_have_a_limit_for_an_address_range(scene: Scene) -> None:
    for _each in range(LIMITS["report"][2]):
        scene.report()
    with pytest.raises(Refused) as refused:
        scene.report()
    assert refused.value.status == 429
    assert scene.matter().report_count == LIMITS["report"][2]


def test_addresses_are_read_as_people_copy_them(scene: Scene) -> None:
    comment = make_comment(scene.row, "Unfug")
    host = "http://hamburg.localhost:8000"
    for typed_address in (scene.row.path, f"{host}/en{scene.row.path}", f"hamburg.localhost/einfach/beitrag/{scene.row.number}?x=1"):
        place = place_of(scene.city, typed_address)
        assert place is not None
        assert (place.contribution, place.address) == (scene.row, f"/beitrag/{scene.row.number}")
    for typed_address in (f"{host}{comment.path}", f"/melden/kommentar/{comment.pk}", f"{scene.row.path}#k-{comment.pk}"):
        place = place_of(scene.city, typed_address)
        assert place is not None
        assert place.contribution == comment
    elsewhere = place_of(scene.city, "/organisation/hafenamt")
    assert elsewhere is not None
    assert elsewhere.contribution is None
    assert place_of(make_city("kassel"), f"{host}{scene.row.path}") is None


def test_several_addresses_are_one_report_and_the_same_thing_is_one_matter(scene: Scene) -> None:
    other = make_contribution(scene.row.step, "Noch etwas")
    scene.report(addresses=f"{scene.row.path}\n{other.path}\n{scene.row.path}")
    scene.report()
    found = Matter.objects.of(scene.city).order_by("pk").values_list("contribution", "report_count")
    assert list(found) == [(scene.row.pk, 2), (other.pk, 1)]


def test_a_question_goes_out_once_and_the_answer_brings_the_matter_back(scene: Scene) -> None:
    report = scene.report()
    assert ask_reporters(actor_of(scene.jule), scene.matter(), text="Welcher Satz ist gemeint?") == 1
    assert scene.matter().state == "asked"
    page = text_of(make_browser(scene.city).get(report.path))
    assert "Welcher Satz ist gemeint?" in page
    question = Question.objects.of(scene.city).get()
    answered = make_browser(scene.city).post(f"{report.path}/antwort/{question.pk}", typed(page, text="Der zweite."))
    assert answered.status_code == 303
    question.refresh_from_db()
    assert (question.answer, scene.matter().state) == ("Der zweite.", "open")
    with pytest.raises(Refused):
        answer_question(Actor(scene.city), report, question, text="Doch der dritte.")
    assert Notice.objects.of(scene.city).filter(kind="unlawful.asked").count() == 1


def test_another_citys_links_lead_nowhere(scene: Scene) -> None:
    report, kassel = scene.report(), make_browser(make_city("kassel"))
    matter = scene.decide()
    for path in (report.path, matter.path):
        assert kassel.get(path).status_code == 404
    assert make_browser(scene.city).get(f"{report.path}x").status_code == 404


def test_the_journal_holds_codes_and_no_words(scene: Scene) -> None:
    scene.report()
    entry = Entry.objects.of(scene.city).get(verb="unlawful.reported")
    assert entry.details == {"ground": "insult"}


def test_the_report_page_is_linked_from_every_page_and_from_the_flag_page(scene: Scene) -> None:
    browser = make_browser(scene.city)
    assert 'href="/rechtswidriges-melden"' in text_of(browser.get("/"))
    assert "/rechtswidriges-melden?adresse=" in text_of(browser.get(f"/melden/{scene.row.number}"))


@pytest.mark.parametrize(
    ("address", "said"),
    [("/beitrag/7", "Contribution 7"), ("/beitrag/7?kommentar=3", "Comment on contribution 7"), ("/organisation/amt", "/organisation/amt")],
)
def test_a_matter_is_called_by_numbers_alone(address: str, said: str) -> None:
    with translation.override("en"):
        assert Matter(address=address).place == said
