"""The pages of the answer desk: who gets in, what they list, and that nothing typed is lost."""

import datetime as dt
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from tests.factories import make_browser, make_city, make_contribution, make_organisation, make_participant, make_staff
from tests.media.samples import jpeg

from civitas.answering.actions.assigning import assign
from civitas.answering.actions.drafting import ask_release, save_draft
from civitas.answering.actions.talking import add_note, ask_department
from civitas.answering.models import AnswerDraft, Assignment, AssignmentRule, Batch, Body, Note, Question, Template
from civitas.contributions.models import Contribution, StatusEvent
from civitas.contributions.tasks import index_contributions
from civitas.kit.ids import uuid7
from civitas.kit.translated import Translated
from civitas.media.models import MediaFile
from civitas.outbox.worker import run_due

pytestmark = pytest.mark.django_db


def text_of(response: Any) -> str:
    return str(response.content.decode())


def browser_of(town: Any, name: str) -> Any:
    return make_browser(town.city, getattr(town, name))


PAGES = [
    "/verwaltung/antworten",
    "/verwaltung/antworten/1",
    "/verwaltung/antworten/zustaendig",
    "/verwaltung/antworten/zustaendig/neu",
    "/verwaltung/antworten/stellen",
    "/verwaltung/antworten/stellen/neu",
    "/verwaltung/vorlagen",
    "/verwaltung/vorlagen/neu",
]


@pytest.mark.parametrize("address", PAGES)
def test_the_pages_are_for_the_team_of_this_city(town: Any, address: str) -> None:
    town.give()
    assert make_browser(town.city).get(address).headers["Location"] == f"/konto/anmelden?next={address}"
    outsider = make_staff(make_city("kassel"), "administrator")
    stranger = make_participant(town.city)
    statuses = [make_browser(town.city, who).get(address).status_code for who in (stranger, outsider, town.moderator)]
    assert statuses == [403, 403, 200]


@pytest.mark.parametrize("address", [page for page in PAGES if "neu" in page or page.endswith("zustaendig")])
def test_experts_do_not_change_what_is_kept(town: Any, address: str) -> None:
    assert browser_of(town, "expert").get(address).status_code == 403


def test_another_citys_number_is_not_found(town: Any) -> None:
    town.give()
    other = make_city("kassel")
    browser = make_browser(other, make_staff(other, "moderator"))
    assert browser.get("/verwaltung/antworten/1").status_code == 404
    for path in ("entwurf", "zuweisen", "notiz", "frage", "freigabe", "mail"):
        assert browser.post(f"/verwaltung/antworten/1/{path}").status_code == 404


def answer_data(row: Any, **fields: Any) -> dict[str, Any]:
    return {
        "status": "planned",
        "text": "Wir machen das.",
        "organisation": "",
        "next_step": "",
        "due_on": "",
        "version": row.version,
        "draft_version": 0,
        "do": "publish",
        **fields,
    }


def write(browser: Any, row: Any, **fields: Any) -> Any:
    return browser.post(f"/verwaltung/antworten/{row.number}/entwurf", answer_data(row, **fields))


def test_the_old_address_leads_here(town: Any) -> None:
    row = town.give()
    response = browser_of(town, "expert").get(f"/verwaltung/beitraege/{row.number}/antwort")
    assert (response.status_code, response.headers["Location"]) == (301, f"/verwaltung/antworten/{row.number}")


@pytest.mark.each_database
@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("view", ["mine", "department", "unassigned", "overdue", "all", "release", "questions"])
def test_the_desk_costs_the_same_with_one_row_and_with_three(town: Any, view: str, count: int, django_assert_max_num_queries: Any) -> None:
    town.city.rules = {"release_by_two": True}
    town.city.save(update_fields=["rules"])
    for index in range(count):
        row = town.give(f"Idee {index}", given_at=timezone.now() - dt.timedelta(days=60))
        if view != "unassigned":
            assign(town.actor("moderator"), row, organisation=town.office, person=town.expert)
        kept = save_draft(town.actor("expert"), row, version=0, status="planned", text="Ja.", organisation=town.office)
        ask_release(town.actor("expert"), row, version=kept.version)
        ask_department(town.actor("moderator"), row, organisation=town.office, text=f"Frage {index}?", due_on=timezone.localdate())
    browser = browser_of(town, "expert")
    browser.get("/verwaltung/antworten")
    with django_assert_max_num_queries(26):
        page = text_of(browser.get(f"/verwaltung/antworten?ansicht={view}"))
    assert f"Idee {count - 1}" in page


def test_a_note_with_a_document_sent_twice_is_one_note_and_one_document(town: Any) -> None:
    row, browser = town.give(), browser_of(town, "expert")
    path = f"/verwaltung/antworten/{row.number}"
    (form,) = re.findall(r'name="note-uid" value="([0-9a-f-]{36})"', text_of(browser.get(path)))

    def send(uid: str) -> int:
        picture = SimpleUploadedFile("plan.jpg", jpeg(), "image/jpeg")
        sent = {"note-uid": uid, "note-text": "Der Plan", "note-file": picture}
        return int(browser.post(f"{path}/notiz", sent).status_code)

    assert [send(form), send(form)] == [302, 302]
    note = Note.objects.get()
    assert (str(note.uid), note.text, list(MediaFile.objects.all())) == (form, "Der Plan", [note.file])
    # Another form is another note, whatever it says.
    assert send(str(uuid7())) == 302
    assert (Note.objects.count(), MediaFile.objects.count()) == (2, 2)


def test_what_was_typed_into_a_refused_note_goes_on_as_the_same_form(town: Any) -> None:
    row, browser = town.give(), browser_of(town, "expert")
    uid = str(uuid7())
    refused = browser.post(f"/verwaltung/antworten/{row.number}/notiz", {"note-uid": uid, "note-text": ""})
    assert (refused.status_code, f'name="note-uid" value="{uid}"' in text_of(refused), Note.objects.count()) == (422, True, 0)


@pytest.mark.parametrize("count", [1, 3])
def test_one_contribution_costs_the_same_with_one_note_and_with_three(town: Any, count: int, django_assert_max_num_queries: Any) -> None:
    row = town.give()
    for index in range(count):
        add_note(town.actor("expert"), row, text=f"Notiz {index}", meant_for=[town.moderator, town.owner])
        ask_department(town.actor("expert"), row, organisation=town.other_office, text=f"Frage {index}?", due_on=timezone.localdate())
    browser = browser_of(town, "moderator")
    browser.get(f"/verwaltung/antworten/{row.number}")
    with django_assert_max_num_queries(34):
        page = text_of(browser.get(f"/verwaltung/antworten/{row.number}"))
    assert (f"Notiz {count - 1}" in page, f"Frage {count - 1}?" in page) == (True, True)


def test_filters_and_words_find(town: Any) -> None:
    first, second = town.give("Mehr Schatten"), town.give("Mehr Licht")
    index_contributions(town.city, [{"contribution": row.pk} for row in (first, second)])
    assign(town.actor("moderator"), first, organisation=town.office, person=None)
    browser = browser_of(town, "moderator")

    def found(query: str) -> list[str]:
        page = text_of(browser.get(f"/verwaltung/antworten?ansicht=all&{query}"))
        return [row.title for row in (first, second) if f">{row.title}</a>" in page]

    assert found("q=licht") == [second.title]
    assert found(f"q={first.number}") == [first.title]
    assert found(f"organisation={town.office.pk}") == [first.title]
    assert found("status=planned") == []
    assert found("organisation=kaputt&category=-1&area=99999999999999999999") == [first.title, second.title]


def test_an_answer_appears_with_its_department_and_what_comes_next(town: Any) -> None:
    row, day = town.give(), timezone.localdate() + dt.timedelta(days=30)
    response = write(browser_of(town, "expert"), row, organisation=town.office.pk, next_step="Bäume bestellen", due_on=str(day))
    event = StatusEvent.objects.get()
    assert (response.status_code, event.status, event.organisation, event.due_on) == (302, "planned", town.office, day)
    page = text_of(make_browser(town.city).get(row.path))
    for words in ("Wir machen das.", "Grünamt", "Bäume bestellen", "Zugesagt"):
        assert words in page


def test_each_field_of_the_page_has_its_own_label(town: Any) -> None:
    row = town.give()
    page = text_of(browser_of(town, "moderator").get(f"/verwaltung/antworten/{row.number}"))
    ids = re.findall(r' id="([^"]+)"', page)
    assert sorted({each for each in ids if ids.count(each) > 1}) == []


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"status": "not_possible", "text": ""}, "warum es nicht möglich ist"),
        ({"status": "done", "text": ""}, "Bitte schreiben Sie Ihre Antwort"),
        ({"status": "done", "text": "", "do": "ask"}, "Bitte schreiben Sie Ihre Antwort"),
        ({"due_on": "2020-01-01"}, "der noch kommt"),
        ({"due_on": "bald"}, "Bitte geben Sie einen Tag an"),
        ({"text": "Guten Tag\n{nmae}"}, "Zeile 2, Spalte 1"),
    ],
)
def test_a_faulty_answer_comes_back_with_everything_typed(town: Any, fields: dict[str, str], words: str) -> None:
    row = town.give()
    response = write(browser_of(town, "moderator"), row, next_step="Mein Vorschlag", **fields)
    assert (response.status_code, words in text_of(response), "Mein Vorschlag" in text_of(response)) == (422, True, True)
    assert not StatusEvent.objects.exists()


def test_who_was_overtaken_sees_the_other_wording_and_keeps_their_own(town: Any) -> None:
    row = town.give()
    write(browser_of(town, "expert"), row, text="Die erste Fassung", do="save", organisation=town.office.pk)
    late = write(browser_of(town, "moderator"), row, text="Die zweite Fassung", do="save")
    page = text_of(late)
    assert (late.status_code, "Die erste Fassung" in page, "Die zweite Fassung" in page) == (409, True, True)
    assert 'name="draft_version" value="1"' in page  # sending again is meant
    assert write(browser_of(town, "moderator"), row, text="Die zweite Fassung", do="save", draft_version=1).status_code == 302
    assert AnswerDraft.objects.get().text == "Die zweite Fassung"


def test_the_same_answer_twice_is_one(town: Any) -> None:
    row, browser = town.give(), browser_of(town, "moderator")
    assert [write(browser, row).status_code for _again in range(2)] == [302, 302]
    assert StatusEvent.objects.count() == 1


def test_an_expert_cannot_answer_for_another_department(town: Any) -> None:
    row = town.give()
    assert write(browser_of(town, "expert"), row, organisation=town.other_office.pk).status_code == 422
    assert not StatusEvent.objects.exists()


def test_what_lies_with_another_department_shows_why_there_is_no_form(town: Any) -> None:
    row = town.give()
    assign(town.actor("moderator"), row, organisation=town.other_office, person=None)
    browser = browser_of(town, "expert")
    page = text_of(browser.get(f"/verwaltung/antworten/{row.number}"))
    assert ("Das liegt bei einer anderen Stelle" in page, 'name="text"' in page) == (True, False)
    assert write(browser, row).status_code == 403


def test_a_draft_is_kept_while_it_is_typed(town: Any) -> None:
    row, browser = town.give(), browser_of(town, "expert")
    address = f"/verwaltung/antworten/{row.number}/entwurf.json"
    first = browser.post(address, answer_data(row, text="Halb"))
    assert (first.status_code, first.json()["version"], AnswerDraft.objects.get().text) == (200, 1, "Halb")
    other = browser_of(town, "moderator").post(address, answer_data(row, text="Anders", draft_version=0))
    assert (other.status_code, other.json()["version"], other.json()["typed"]["text"]) == (409, 1, "Halb")
    assert browser.post(address, {"text": "x"}).status_code == 400


def test_two_people_release_on_the_page(town: Any) -> None:
    town.city.rules = {"release_by_two": True}
    town.city.save(update_fields=["rules"])
    row = town.give()
    write(browser_of(town, "expert"), row, text="Liebe {name}, ja.", do="ask", organisation=town.office.pk)
    draft = AnswerDraft.objects.get()
    data = {"version": row.version, "draft_version": draft.version, "do": "release"}
    address = f"/verwaltung/antworten/{row.number}/freigabe"
    own = text_of(browser_of(town, "expert").get(f"/verwaltung/antworten/{row.number}"))
    assert ("Liebe Marthe, ja." in own, "Das haben Sie selbst geschrieben" in own) == (True, True)
    assert [browser_of(town, name).post(address, data).status_code for name in ("expert", "moderator")] == [403, 302]
    assert StatusEvent.objects.get().text == "Liebe Marthe, ja."


def test_assigning_asking_and_replying_by_hand(town: Any) -> None:
    row = town.give()
    browser = browser_of(town, "moderator")
    address = f"/verwaltung/antworten/{row.number}"
    day = str(timezone.localdate() + dt.timedelta(days=5))
    browser.post(f"{address}/zuweisen", {"organisation": town.office.pk, "person": "", "due_on": day})
    assert Assignment.objects.get(active=1).organisation == town.office
    browser.post(
        f"{address}/frage", {"question-organisation": town.other_office.pk, "question-text": "Wem gehört es?", "question-due_on": day}
    )
    question = Question.objects.get()
    other, ours = browser_of(town, "other_expert"), browser_of(town, "expert")
    assert [who.get(f"/verwaltung/antworten/fragen/{question.pk}").status_code for who in (other, ours)] == [200, 403]
    other.post(f"/verwaltung/antworten/fragen/{question.pk}", {"text": "Uns gehört es."})
    assert "Uns gehört es." in text_of(browser.get(address))
    assert browser.post(f"{address}/frage", {"question-text": "Nur Text"}).status_code == 422


def test_a_question_about_what_is_not_shown_any_more_shows_it_to_no_expert(town: Any) -> None:
    row = town.give("Streng geheim")
    day = timezone.localdate() + dt.timedelta(days=5)
    question = ask_department(town.actor("moderator"), row, organisation=town.other_office, text="Wem gehört es?", due_on=day)
    Contribution.objects.of(town.city).filter(pk=row.pk).update(visibility="hidden")
    expert = browser_of(town, "other_expert")
    assert expert.get(f"/verwaltung/antworten/fragen/{question.pk}").status_code == 404
    assert "Streng geheim" not in text_of(expert.get("/verwaltung/antworten?ansicht=questions"))


def test_a_notes_document_is_for_the_team_alone(town: Any) -> None:
    row, browser = town.give(), browser_of(town, "expert")
    upload = SimpleUploadedFile("plan.jpg", jpeg(60, 40), content_type="image/jpeg")
    browser.post(f"/verwaltung/antworten/{row.number}/notiz", {"note-uid": str(uuid7()), "note-text": "Der Plan", "note-file": upload})
    note = Note.objects.get()
    address = f"/verwaltung/antworten/unterlagen/{note.pk}"
    statuses = []
    for who in (town.other_expert, town.author, None):
        response = make_browser(town.city, who).get(address)
        statuses.append(response.status_code)
        response.close()
    assert (statuses, note.file.is_public, note.file.owner) == ([200, 403, 302], False, None)
    assert "Der Plan" not in text_of(make_browser(town.city, town.author).get(row.path))
    browser.post(f"/verwaltung/antworten/{row.number}/notiz/{note.pk}/weg")
    assert not Note.objects.exists()


def test_many_are_ticked_answered_and_watched(town: Any) -> None:
    rows = [town.give(title) for title in ("Eins", "Zwei")]
    browser = browser_of(town, "moderator")
    numbers = [row.number for row in rows]
    form = text_of(browser.post("/verwaltung/antworten/viele", {"do": "answer", "number": numbers}))
    assert ("Eine Antwort an 2 Beiträge" in form, "Zwei" in form) == (True, True)
    uid = form.partition('name="uid" value="')[2][:36]
    data = {"do": "answer", "go": "1", "numbers": " ".join(map(str, numbers)), "uid": uid, "status": "in_review", "text_de": "{…: was?}"}
    refused = browser.post("/verwaltung/antworten/viele", data)
    assert (refused.status_code, "Zeile 1, Spalte 1" in text_of(refused)) == (422, True)
    sent = browser.post("/verwaltung/antworten/viele", data | {"text_de": "Wir prüfen das."})
    run_due()
    page = text_of(browser.get(sent.headers["Location"]))
    assert ("2 von 2 sind erledigt" in page, StatusEvent.objects.count()) == (True, 2)
    assert browser_of(town, "expert").post("/verwaltung/antworten/viele", data).status_code == 403
    assert browser_of(town, "expert").get(sent.headers["Location"]).status_code == 403


def test_a_broken_template_comes_back_with_line_and_text(town: Any) -> None:
    browser = browser_of(town, "owner")
    response = browser.post("/verwaltung/vorlagen/neu", {"title": "Dank", "status": "", "version": 0, "text_de": "Hallo {name},\nbald {"})
    page = text_of(response)
    assert (response.status_code, "Zeile 2, Spalte 6" in page, "Hallo {name}" in page) == (422, True, True)
    browser.post("/verwaltung/vorlagen/neu", {"title": "Dank", "status": "", "version": 0, "text_de": "Hallo {name}."})
    assert "Hallo {name}." in text_of(browser_of(town, "expert").get("/verwaltung/vorlagen"))


@pytest.mark.parametrize("address", ["/verwaltung/antworten", "/verwaltung/vorlagen", "/en/verwaltung/vorlagen/neu"])
def test_the_teams_row_says_that_templates_belong_to_the_answers(town: Any, address: str) -> None:
    row = text_of(browser_of(town, "owner").get(address)).partition('class="staffbar"')[2].partition("</nav>")[0]
    here = [link.partition(">")[2].partition("<")[0] for link in row.split("<a ") if "aria-current" in link]
    assert set(here) == {"Answers" if address.startswith("/en/") else "Antworten"}


def test_a_rule_is_tried_before_it_is_kept(town: Any) -> None:
    row = town.give()
    browser = browser_of(town, "moderator")
    data = {"organisation": town.office.pk, "do": "preview"}
    page = text_of(browser.post("/verwaltung/antworten/zustaendig/neu", data))
    assert ("1 offener Beitrag ginge dorthin" in page, row.title in page, AssignmentRule.objects.count()) == (True, True, 0)
    browser.post("/verwaltung/antworten/zustaendig/neu", {"organisation": town.office.pk})
    assert "Verteilen" in text_of(browser.get("/verwaltung/antworten/zustaendig"))
    browser.post("/verwaltung/antworten/zustaendig", {"do": "apply"})
    run_due()
    assert Assignment.objects.get(active=1).organisation == town.office


def test_another_citys_rows_are_not_found(town: Any) -> None:
    other = make_city("kassel")
    rule = AssignmentRule.objects.create(city=other, organisation=make_organisation(other))
    template = Template.objects.create(city=other, title="Dank", text=Translated({"de": "Danke."}))
    body = Body.objects.create(city=other, name="Bahn", contact="x")
    batch = Batch.objects.create(city=other, uid=uuid7(), kind="answer")
    browser = browser_of(town, "owner")
    paths = (f"antworten/zustaendig/{rule.pk}", f"vorlagen/{template.pk}", f"antworten/stellen/{body.pk}", f"antworten/viele/{batch.pk}")
    assert [browser.get(f"/verwaltung/{path}").status_code for path in paths] == [404] * 4


def test_the_overview_says_what_is_overdue_by_department(town: Any) -> None:
    row = town.give(given_at=timezone.now() - dt.timedelta(days=60))
    assign(town.actor("moderator"), row, organisation=town.office, person=None)
    page = text_of(browser_of(town, "moderator").get("/verwaltung/"))
    assert ("1 Antwort ist überfällig" in page, "Grünamt" in page) == (True, True)


def test_an_empty_desk_says_why_it_is_empty_after_an_import(town: Any) -> None:
    browser = browser_of(town, "moderator")
    assert "Alles beantwortet" in text_of(browser.get("/verwaltung/antworten?ansicht=all"))
    make_contribution(town.step, "Von anderswo", source_key="alt-7")
    page = text_of(browser.get("/verwaltung/antworten?ansicht=all"))
    assert ("Niemand wartet auf eine Antwort" in page, "/verwaltung/beitraege" in page) == (True, True)


def test_only_what_may_stay_empty_is_called_optional(town: Any) -> None:
    page = text_of(browser_of(town, "moderator").get(f"/verwaltung/antworten/{town.give().number}"))
    labels = [part.partition(">")[2].partition("</label>")[0] for part in page.split("<label for=")[1:]]
    optional = {label.partition("<")[0].strip(): "(freiwillig)" in label for label in labels}
    assert (optional["Antwort"], optional["So geht es weiter"]) == (False, True)
