"""The pages of reports: who comes in, what they show, what a form does."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from pypdf import PdfReader
from tests.factories import make_browser, make_city, make_participant, make_process, make_staff
from tests.reporting.house import House, make_house

from civitas.kit.pdf import may_print
from civitas.reporting.actions import put_together, release, stamp_of, write_section
from civitas.reporting.models import Chapter, Edition, Section
from civitas.reporting.queries import sections_of

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
PAGE = "/beteiligung/ottensen/bericht"
DESK = "/verwaltung/berichte"


@pytest.fixture
def house() -> House:
    return make_house()


def released(house: House, changes: str = "") -> None:
    report = house.report()
    release(house.owner, report, changes=changes, stamp=stamp_of(sections_of(report)))


class TestThePublic:
    def test_before_it_is_released_there_is_no_report(self, house: House):
        house.report()
        browser = make_browser(house.city)
        assert browser.get(PAGE).status_code == 404
        assert PAGE not in browser.get("/beteiligung/ottensen").content.decode()

    def test_it_stands_on_its_page_and_the_process_leads_to_it(self, house: House):
        house.voices(1)
        released(house)
        browser = make_browser(house.city)
        page = browser.get(PAGE).content.decode()
        assert "Was gefragt wurde" in page
        assert "Ein Baum 0" in page
        assert PAGE in browser.get("/beteiligung/ottensen").content.decode()

    def test_older_editions_stay_readable(self, house: House):
        released(house)
        house.voices(12)
        released(house, "Mehr Stimmen.")
        browser = make_browser(house.city)
        newest, older = browser.get(PAGE).content.decode(), browser.get(f"{PAGE}?fassung=1").content.decode()
        assert "12 Beiträge" in newest
        assert "Mehr Stimmen." in newest
        assert "0 Beiträge" in older
        assert "Das ist eine ältere Fassung" in older
        assert browser.get(f"{PAGE}?fassung=3").status_code == 404

    def test_another_city_has_it_not(self, house: House):
        released(house)
        assert make_browser(make_city("kassel")).get(PAGE).status_code == 404

    @pytest.mark.skipif(not may_print(), reason="this machine has no Pango")
    def test_on_paper_it_is_tagged_with_language_and_headings(self, house: House):
        house.voices(1)
        released(house)
        answer = make_browser(house.city).post(f"{PAGE}/pdf")
        assert answer.headers["Content-Type"] == "application/pdf"
        catalogue = PdfReader(io.BytesIO(answer.content)).trailer["/Root"]
        assert (catalogue["/Lang"], catalogue["/MarkInfo"]["/Marked"]) == ("de", True)
        assert "/StructTreeRoot" in catalogue
        text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
        assert ("Was gefragt wurde" in text, "bericht?fassung=1" in text) == (True, True)
        assert 'filename="hamburg-ottensen-bericht-1.pdf"' in answer.headers["Content-Disposition"]

    def test_as_many_queries_for_three_voices_as_for_one(self, house: House, django_assert_num_queries: DjangoAssertNumQueries):
        browser = make_browser(house.city)
        house.voices(1)
        released(house)
        browser.get(PAGE)
        for count in (1, 3):
            with django_assert_num_queries(QUERIES_OF_PAGE):
                browser.get(PAGE)
            house.voices(count)
            released(house, "Neu.")


QUERIES_OF_PAGE = 5


class TestTheTeam:
    def test_who_does_not_write_is_sent_away(self, house: House):
        house.report()
        for person in (make_participant(house.city), make_staff(house.city, "expert")):
            for path in (DESK, f"{DESK}/ottensen", f"{DESK}/ottensen/asked"):
                assert make_browser(house.city, person).get(path).status_code == 403

    def test_a_report_is_put_together_written_and_released_by_forms(self, house: House):
        browser = make_browser(house.city, house.ada)
        assert "Entwurf zusammenstellen" in browser.get(f"{DESK}/ottensen").content.decode()
        browser.post(f"{DESK}/ottensen")
        browser.post(f"{DESK}/ottensen/next", {"text": "Im Mai **pflanzen** wir.", "version": 1})
        page = browser.get(f"{DESK}/ottensen").content.decode()
        assert "<strong>pflanzen</strong>" in page
        stamp = stamp_of(list(sections_of(Section.objects.of(house.city).select_related("report").all()[0].report)))
        browser.post(f"{DESK}/ottensen/freigeben", {"stamp": stamp})
        assert Edition.objects.of(house.city).get().number == 1
        assert "<strong>pflanzen</strong>" in make_browser(house.city).get(PAGE).content.decode()

    def test_who_was_overtaken_keeps_what_was_typed(self, house: House):
        house.report()
        browser = make_browser(house.city, house.jule)
        browser.post(f"{DESK}/ottensen/next", {"text": "Zuerst.", "version": 1})
        answer = browser.post(f"{DESK}/ottensen/next", {"text": "Danach.", "version": 1})
        page = answer.content.decode()
        assert answer.status_code == 409
        assert "Zuerst." in page
        assert "Danach." in page
        assert 'name="version" value="2"' in page

    def test_new_data_are_taken_by_the_form_that_shows_them(self, house: House):
        report = house.report()
        write_section(house.moderator, report, "people", text="Meins.", version=1)
        house.voices(1)
        house.report()
        browser = make_browser(house.city, house.jule)
        page = browser.get(f"{DESK}/ottensen").content.decode()
        mark = page.split('name="offer" value="')[1].split('"')[0]
        answer = browser.post(f"{DESK}/ottensen/people/neue-daten", {"version": "2", "offer": mark, "do": "take"})
        assert answer.status_code == 303
        assert "- 1 Beitrag" in Section.objects.of(house.city).get(chapter="people").text

    def test_a_chapter_that_is_none_is_not_found(self, house: House):
        house.report()
        assert make_browser(house.city, house.jule).get(f"{DESK}/ottensen/nothing").status_code == 404

    def test_as_many_queries_for_three_processes_as_for_one(self, house: House, django_assert_num_queries: DjangoAssertNumQueries):
        browser = make_browser(house.city, house.ada)
        released(house)
        browser.get(DESK)
        for count in range(2):
            with django_assert_num_queries(QUERIES_OF_DESK):
                browser.get(DESK)
            put_together(house.owner, make_process(house.city, f"park-{count}"))
        assert Section.objects.of(house.city).filter(chapter=Chapter.ASKED).count() == 3


QUERIES_OF_DESK = 8
