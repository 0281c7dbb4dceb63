"""The cockpit's pages: who sees them, what stands there, the same cells in page and CSV, and as many queries for much as for little."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pypdf import PdfReader
from tests.coproduction.concepts import TITLE, decided, make_gate, make_town, more_of
from tests.factories import (
    make_area,
    make_browser,
    make_city,
    make_contribution,
    make_guest,
    make_organisation,
    make_participant,
    make_process,
    make_service,
    make_staff,
    make_step,
)

from civitas.answering.actions.assigning import assign_new
from civitas.answering.models import Assignment, due_key
from civitas.cockpit.definitions import DEFINITIONS
from civitas.cockpit.panels import FIGURES, TABLES
from civitas.contributions.linking import make_links
from civitas.contributions.models import Contribution
from civitas.coproduction.actions.gates import decide
from civitas.coproduction.models import Concept, Gate
from civitas.kit.pdf import may_print
from civitas.kit.translated import Translated
from civitas.people.actors import actor_of
from civitas.provision.models import ServiceStory
from civitas.services.actions import write_state

pytestmark = pytest.mark.django_db
PAGE = "/verwaltung/cockpit"


@pytest.fixture
def city() -> Any:
    return make_city("hamburg")


@pytest.fixture
def step(city: Any) -> Any:
    return make_step(
        make_process(city, title=Translated({"de": "Was fehlt?"}), question=Translated({"de": "Was fehlt?"}), owner_name="Jan")
    )


def addresses(step: Any) -> list[str]:
    """Every address; where the machine prints nothing, that of the brief says so to who may have it (503)."""
    brief = [f"{PAGE}/{step.process.slug}/brief.pdf"] if may_print() else []
    return [PAGE, *(f"{PAGE}/{figure}.csv" for figure in (*FIGURES, *TABLES)), *brief]


@pytest.mark.parametrize(
    ("role", "status"), [("owner", 200), ("administrator", 200), ("moderator", 403), ("facilitator", 403), ("expert", 403)]
)
def test_who_owns_processes_or_leads_the_city_sees_it(city: Any, step: Any, role: str, status: int) -> None:
    browser = make_browser(city, make_staff(city, role))
    assert {browser.get(path).status_code for path in addresses(step)} == {status}


def test_a_citizen_is_refused_and_who_is_not_signed_in_is_asked_to(city: Any, step: Any) -> None:
    for path in addresses(step):
        assert make_browser(city, make_participant(city)).get(path).status_code == 403
        answer = make_browser(city).get(path)
        assert (answer.status_code, "anmelden" in answer.headers["Location"]) == (302, True)


def test_another_citys_owner_and_process_are_not_known_here(city: Any, step: Any) -> None:
    other = make_city("kassel")
    owner, theirs = make_staff(city, "owner"), make_step(make_process(other, "wege"))
    assert make_browser(other, owner).get(PAGE).status_code == 403
    browser = make_browser(city, owner)
    assert browser.get(f"{PAGE}/{theirs.process.slug}/brief.pdf").status_code == 404
    assert browser.get(f"{PAGE}/nothing.csv").status_code == 404
    assert browser.get(f"{PAGE}?prozess=wege").context["asked"].process is None


def test_the_brief_of_a_draft_is_not_printed(city: Any) -> None:
    make_process(city, "entwurf", state="draft")
    assert make_browser(city, make_staff(city, "owner")).get(f"{PAGE}/entwurf/brief.pdf").status_code == 404


def crowd(city: Any, step: Any, many: int, **fields: Any) -> list[Contribution]:
    return [make_contribution(step, author=make_guest(city), **fields) for _each in range(many)]


def table(browser: Any, figure: str, query: str = "?zeit=immer") -> list[list[str]]:
    answer = browser.get(f"{PAGE}/{figure}.csv{query}")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))


def test_a_voice_that_becomes_a_service_is_counted_on_the_page(city: Any, step: Any, run_cockpit: Any) -> None:
    voices = crowd(city, step, 12, given_at=timezone.now() - dt.timedelta(days=5))
    theme, concept, story = (make_contribution(step, kind=kind) for kind in ("theme", "concept", "service_story"))
    with transaction.atomic():
        make_links(city, [(row.pk, theme.pk, "grouped_into") for row in voices[:10]], by=None)
        make_links(city, [(theme.pk, concept.pk, "developed_into"), (concept.pk, story.pk, "led_to")], by=None)
    run_cockpit(city)
    browser = make_browser(city, make_staff(city, "owner"))
    rows = table(browser, "funnel")
    assert [row[1:] for row in rows[1:5]] == [
        ["12", "12", "100", "2", "5"],
        ["1", "10", "83", "0", "0"],
        ["1", "10", "83", "0", "0"],
        ["1", "10", "83", "", ""],
    ]
    html = browser.get(f"{PAGE}?zeit=immer").content.decode()
    assert html.count('class="waits"') == 2
    assert "2 warten noch auf ein Thema" in html
    assert "aus 10 Stimmen (83 %)" in html


def test_page_and_csv_show_the_same_cells_and_none_under_ten(city: Any, step: Any, run_cockpit: Any) -> None:
    for name, many in (("Altona", 24), ("Veddel", 7), ("Wandsbek", 13), ("Lurup", 31)):
        crowd(city, step, many, area=make_area(city, name))
    run_cockpit(city)
    browser = make_browser(city, make_staff(city, "owner"))
    cells = {row[0]: row[1] for row in table(browser, "areas")[1:5]}
    # Veddel is under ten; Wandsbek is left out with it, so that the total does not give Veddel away.
    assert cells == {"Altona": "rund 20", "Veddel": "nicht gezeigt", "Wandsbek": "nicht gezeigt", "Lurup": "rund 30"}
    html = browser.get(f"{PAGE}?zeit=immer").content.decode()
    assert "rund 80" in html
    assert [row[1] for row in table(browser, "people")[1:2]] == ["rund 80"]
    assert {row[1] for row in table(browser, "depth")[1:6]} == {"rund 80", "nicht gezeigt"}
    of_people = [html.partition(f'aria-labelledby="{key}"')[2].partition("</section>")[0] for key in ("ck-people", "ck-areas", "ck-depth")]
    for exact in (">7<", ">13<", ">24<", ">31<", ">75<"):
        assert all(part and exact not in part for part in of_people)


def test_each_measure_is_defined_on_the_page_and_in_its_csv(city: Any, step: Any, run_cockpit: Any) -> None:
    browser = make_browser(city, make_staff(city, "owner"))
    html = browser.get(PAGE).content.decode()
    for sentences in DEFINITIONS.values():
        assert all(str(sentence) in html for sentence in sentences)
    for figure in (*FIGURES, *TABLES):
        rows = table(browser, figure)
        assert {str(sentence) for sentence in DEFINITIONS[figure]} <= {row[0] for row in rows if row}
        # What is opened a year later says of which day it was.
        assert rows[rows.index([]) + 1][1].endswith(f", {timezone.localdate().isoformat()}")


def test_a_csv_runs_no_formula(city: Any, step: Any, run_cockpit: Any) -> None:
    crowd(city, step, 12, area=make_area(city, "=HYPERLINK(1)"))
    run_cockpit(city)
    assert "'=HYPERLINK(1)" in {row[0] for row in table(make_browser(city, make_staff(city, "owner")), "areas") if row}


def test_overdue_answers_are_called_with_their_department_and_the_oldests_days(city: Any, step: Any, run_cockpit: Any) -> None:
    rows = crowd(city, step, 2)
    assign_new(city, list(Contribution.objects.of(city).select_related("author", "process", "step", "root")))
    office = make_organisation(city, "Gartenamt")
    for row, days in zip(rows, (9, 2), strict=True):
        due_on = timezone.localdate() - dt.timedelta(days=days)
        values = {"due_on": due_on, "due_key": due_key(due_on, row.pk), "organisation": office}
        Assignment.objects.of(city).filter(contribution=row).update(**values)
    html = make_browser(city, make_staff(city, "owner")).get(PAGE).content.decode()
    assert "2 Antworten sind überfällig, die älteste seit 9 Tagen" in html
    assert "Gartenamt: 2" in html
    assert html.index("2 Antworten sind überfällig") < html.index("Wie es läuft")


@pytest.mark.each_database
@pytest.mark.parametrize("sort", ["prozesse", "themen", "konzepte", "dienste"])
def test_the_portfolio_is_had_whole_as_a_table(city: Any, step: Any, run_cockpit: Any, sort: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("civitas.cockpit.tables._PORTION", 3)
    for number in range(8):
        name = f"=Nummer {number}"
        if sort == "prozesse":
            make_process(city, f"p{number}", title=Translated({"de": name}), state="archived" if number % 2 else "published")
        elif sort == "dienste":
            make_service(city, name)
        else:
            make_contribution(step, name, kind={"themen": "theme", "konzepte": "concept"}[sort])
    make_service(make_city("kassel"), "Anderswo")
    run_cockpit(city)
    browser = make_browser(city, make_staff(city, "owner"))
    assert f"/verwaltung/cockpit/portfolio.csv?zeit=jahr&amp;art={sort}" in browser.get(f"{PAGE}?art={sort}").text
    rows = table(browser, "portfolio", f"?art={sort}")
    assert rows[0] == ["Titel", "Stand", "Wann", "Verantwortlich", "Wie es läuft", "Warum", "Adresse"]
    listed = rows[1 : rows.index([])]
    assert [row[0] for row in listed].count("'=Nummer 7") == 1
    assert {row[0] for row in listed} >= {f"'=Nummer {number}" for number in range(8)}
    assert len(listed) == (9 if sort == "prozesse" else 8)
    item = browser.get(f"{PAGE}?art={sort}").context["folio"].items[0]
    assert listed[0][1:6] == [item.stage, item.when, item.owner, str(item.light.word), item.light.reason]
    assert listed[0][6].endswith(item.path)
    assert listed[0][6].startswith("http")
    monkeypatch.setattr("civitas.cockpit.tables.MOST_ROWS", 5)
    cut = table(browser, "portfolio", f"?art={sort}")
    assert (cut.index([]), cut[6]) == (7, ["…"])


def test_who_answers_for_a_service_is_said_once(city: Any, step: Any) -> None:
    office = make_organisation(city, "Ordnungsamt Südost")
    make_service(city, "Wertstoffhof", responsible=office)
    make_service(city, "Schiffsausweis")
    html = make_browser(city, make_staff(city, "owner")).get(f"{PAGE}?art=dienste").text
    folio = html.partition('class="ck__folio"')[2].partition("</ul>")[0]
    assert (folio.count("Ordnungsamt Südost"), folio.count("verantwortlich")) == (1, 1)
    assert "Niemand ist als verantwortlich benannt" in folio
    assert "<span></span>" not in folio


def test_overdue_answers_are_had_as_a_table_with_the_longest_first(city: Any, step: Any) -> None:
    other = make_step(make_process(city, "verkehr"))
    rows = [*crowd(city, step, 2, title="=Bank"), *crowd(city, other, 1, title="Ampel"), *crowd(city, step, 2, title="Später")]
    assign_new(city, list(Contribution.objects.of(city).select_related("author", "process", "step", "root")))
    office = make_organisation(city, "@Gartenamt")
    for row, days in zip(rows, (2, 9, 5, 0, 8), strict=True):
        due_on = timezone.localdate() - dt.timedelta(days=days)
        values = {"due_on": due_on, "due_key": due_key(due_on, row.pk), "organisation": office if row.title == "=Bank" else None}
        Assignment.objects.of(city).filter(contribution=row).update(**values)
    Contribution.objects.of(city).filter(pk=rows[4].pk).update(visibility="hidden")
    browser = make_browser(city, make_staff(city, "owner"))
    assert "/verwaltung/cockpit/overdue.csv?zeit=jahr" in browser.get(PAGE).text
    found = table(browser, "overdue")
    assert found[1][3] == (timezone.localdate() - dt.timedelta(days=9)).isoformat()
    assert [[*row[:3], row[4]] for row in found[1 : found.index([])]] == [
        ["'=Bank", "Was fehlt?", "'@Gartenamt", "9"],
        ["Ampel", "Was fehlt?", "Noch bei niemandem", "5"],
        ["'=Bank", "Was fehlt?", "'@Gartenamt", "2"],
    ]
    assert found[1][5].endswith(rows[1].path)
    html = make_browser(city, make_staff(city, "owner")).get(f"/en{PAGE}?art=prozesse").text
    assert "/en/en/" not in html
    assert "/en/en/" not in make_browser(city, make_staff(city, "owner")).get(f"/en{PAGE}/portfolio.csv").text
    of_process = table(browser, "overdue", "?prozess=verkehr")
    assert [row[0] for row in of_process[1 : of_process.index([])]] == ["Ampel"]


def test_process_and_time_choose_what_is_counted(city: Any, step: Any, run_cockpit: Any) -> None:
    other = make_step(make_process(city, "verkehr"))
    crowd(city, step, 3)
    crowd(city, other, 2, given_at=timezone.now() - dt.timedelta(days=800))
    run_cockpit(city)
    browser = make_browser(city, make_staff(city, "owner"))
    asked = {"?zeit=immer": "5", "?zeit=jahr": "3", "?zeit=immer&prozess=verkehr": "2", "?zeit=jahr&prozess=verkehr": "0", "?zeit=x": "3"}
    assert {query: table(browser, "funnel", query)[1][1] for query in asked} == asked


@pytest.mark.each_database
@pytest.mark.parametrize("sort", ["prozesse", "themen", "konzepte", "dienste"])
def test_the_portfolio_comes_page_by_page(city: Any, step: Any, run_cockpit: Any, sort: str) -> None:
    for number in range(8):
        if sort == "prozesse":
            make_process(city, f"p{number}", title=Translated({"de": f"Nummer {number}"}))
        elif sort == "dienste":  # of the catalogue, with a story or without
            make_service(city, f"Nummer {number}")
        else:
            make_contribution(step, f"Nummer {number}", kind={"themen": "theme", "konzepte": "concept"}[sort])
    run_cockpit(city)
    browser = make_browser(city, make_staff(city, "owner"))
    seen: list[str] = []
    path = f"{PAGE}?art={sort}"
    for _page in range(2):
        answer = browser.get(path)
        seen += [item.title for item in answer.context["folio"].items]
        path = PAGE + answer.context["more_url"]
    assert {f"Nummer {number}" for number in range(8)} <= set(seen)
    assert len(seen) == len(set(seen))


def folio(browser: Any, sort: str, more: str = "") -> dict[str, tuple[str, str, str]]:
    items = browser.get(f"{PAGE}?art={sort}{more}").context["folio"].items
    return {item.title: (item.stage, item.light.key, item.when) for item in items}


def test_a_concept_stands_where_its_gates_put_it(run_cockpit: Any) -> None:
    towns = {}
    for verdict in ("stop", "change", "go", ""):
        town = towns[verdict] = make_town() if not towns else more_of(towns["stop"], f"Konzept {verdict or 'offen'}")
        gate = make_gate(town)
        if verdict:
            decide(actor_of(town.emma), gate, decided(verdict), edition=0)
    city = town.city
    long_ago = timezone.now() - dt.timedelta(days=300)
    Contribution.objects.of(city).filter(kind="concept").update(given_at=long_ago)
    Gate.objects.of(city).exclude(state="waiting").update(decided_on=long_ago.date())
    run_cockpit(city)
    browser = make_browser(city, town.olaf)
    found = {title: facts[:2] for title, facts in folio(browser, "konzepte").items()}
    assert found == {
        TITLE: ("Beendet", "quiet"),
        "Konzept change": ("Soll geändert werden", "stuck"),
        "Konzept go": ("Geht weiter", "stuck"),
        "Konzept offen": ("Vor einer Entscheidung", "stuck"),
    }
    assert "steht still" in browser.get(f"{PAGE}?art=konzepte").text
    # Decided is decided: of four one waits.
    assert [row[4] for row in table(browser, "funnel") if row[:1] == ["Konzepte"]] == ["1"]
    assert "1 wartet auf eine Entscheidung" in browser.get(f"{PAGE}?zeit=immer").text


def test_the_services_of_the_catalogue_stand_with_their_state_and_who_answers(city: Any, step: Any, run_cockpit: Any) -> None:
    office = make_organisation(city, "Bücherhallen")
    make_service(city, "Leihregal", organisation=office)
    make_service(city, "Vorbei", organisation=office, status="ended")
    make_service(city, "Verlassen", organisation=office, provider_left_on=dt.date(2025, 3, 1))
    told = make_service(city, "Gewachsen", organisation=office, status="trial")
    write_state(told, "trial", at=dt.datetime(2025, 4, 2, 12, tzinfo=dt.UTC))
    voice, concept = make_contribution(step), make_contribution(step, kind="concept")
    story = make_contribution(step, "Wie „Gewachsen“ entstand", kind="service_story")
    with transaction.atomic():
        make_links(city, [(voice.pk, concept.pk, "developed_into"), (concept.pk, story.pk, "led_to")], by=None)
    ServiceStory.objects.create(city=city, service=told, contribution=story, concept=concept, made_at=timezone.now())
    make_service(make_city("kassel"), "Anderswo")
    run_cockpit(city)
    browser = make_browser(city, make_staff(city, "owner"))
    assert folio(browser, "dienste") == {
        "Leihregal": ("In Betrieb", "good", ""),
        "Vorbei": ("Beendet", "quiet", ""),
        "Verlassen": ("In Betrieb", "stuck", ""),
        "Gewachsen": ("Im Probebetrieb", "good", "seit 2. April 2025"),
    }
    html = browser.get(f"{PAGE}?art=dienste").text
    assert "1 Stimme steht dahinter" in html
    assert "/dienstleistung/" in html
    assert list(folio(browser, "dienste", f"&prozess={step.process.slug}")) == ["Gewachsen"]


def test_of_processes_those_that_go_worst_come_first_over_all_pages(city: Any, step: Any, run_cockpit: Any) -> None:
    nobodys = make_process(city, "alt", title=Translated({"de": "Niemandes"}), owner_name="")
    for number in range(6):
        make_step(make_process(city, f"p{number}", owner_name="Jan"))
    make_process(city, "entwurf", state="draft")
    run_cockpit(city)
    browser, path, seen = make_browser(city, make_staff(city, "owner")), f"{PAGE}?art=prozesse", []
    for _page in range(2):
        answer = browser.get(path)
        seen += [(item.title, item.light.key) for item in answer.context["folio"].items]
        path = PAGE + answer.context["more_url"]
    assert seen[0] == (str(nobodys.title), "stuck")
    lights = [light for _title, light in seen]
    assert (lights, len(lights)) == (sorted(lights, key=["stuck", "caught", "good", "quiet"].index), 9)


def test_beyond_those_that_are_compared_every_process_follows_once_and_the_archive_last(
    city: Any, step: Any, run_cockpit: Any, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    monkeypatch.setattr("civitas.cockpit.portfolio.MOST_LIT", 7)
    for number in range(12):
        make_process(city, f"p{number}", title=Translated({"de": f"Nummer {number}"}), state="archived" if number % 4 == 3 else "published")
    run_cockpit(city)
    browser, path, seen = make_browser(city, make_staff(city, "owner")), f"{PAGE}?art=prozesse", []
    for _page in range(9):
        with django_assert_max_num_queries(60):
            answer = browser.get(path)
        seen += [item.title for item in answer.context["folio"].items]
        if not answer.context["more_url"]:
            break
        path = PAGE + answer.context["more_url"]
    assert len(seen) == len(set(seen))
    assert {f"Nummer {number}" for number in range(12)} <= set(seen)
    assert not {"Nummer 3", "Nummer 7", "Nummer 11"} & set(seen[:7])
    assert "Verglichen werden" in answer.text


def test_as_many_queries_for_much_as_for_little(city: Any, step: Any, run_cockpit: Any) -> None:
    browser = make_browser(city, make_staff(city, "owner"))
    counts = []
    for many in (1, 3):
        for row in crowd(city, step, many * 4, area=make_area(city, f"Gebiet {many}")):
            theme = make_contribution(step, kind="theme")
            with transaction.atomic():
                make_links(city, [(row.pk, theme.pk, "grouped_into")], by=None)
        for number in range(many):
            make_step(make_process(city, f"p{many}-{number}"))
            concept, story = make_contribution(step, kind="concept"), make_contribution(step, kind="service_story")
            Concept.objects.create(city=city, contribution=concept)
            service = make_service(city, organisation=make_organisation(city, f"Amt {many}-{number}"))
            ServiceStory.objects.create(city=city, service=service, contribution=story, concept=concept, made_at=timezone.now())
        run_cockpit(city)
        found = {}
        for path in [*addresses(step), *(f"{PAGE}?art={sort}" for sort in ("themen", "konzepte", "dienste"))]:
            with CaptureQueriesContext(connection) as queries:
                assert browser.get(path).status_code == 200
            # The city's row is kept for some seconds, so a slow machine reads it once more here or there.
            found[path] = sum("cities_cityhost" not in query["sql"] for query in queries)
        counts.append(found)
    assert counts[0] == counts[1]


def test_the_brief_is_one_page_tagged_and_in_its_language(city: Any, step: Any, run_cockpit: Any) -> None:
    if not may_print():
        pytest.skip("libpango is not on this machine")
    for row in crowd(city, step, 12):
        assert row.text
    run_cockpit(city)
    answer = make_browser(city, make_staff(city, "owner")).get(f"{PAGE}/{step.process.slug}/brief.pdf")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    read = PdfReader(io.BytesIO(answer.content))
    root = read.trailer["/Root"]
    assert (len(read.pages), root["/Lang"], root["/MarkInfo"]["/Marked"]) == (1, "de", True)
    text = " ".join(read.pages[0].extract_text().split())
    for part in ("Was fehlt?", "rund 10", "12", "Zwei Stimmen", "Wie es weitergeht"):
        assert part in text
    # Who holds it in hand finds the page, and reads nothing twice but the head at the sheet's foot.
    assert f"/beteiligung/{step.process.slug}" in text
    assert text.count("Menschen sind auf Zehner gerundet") == 1
