"""The service desk: words, states, indicators, a provider that leaves, processes and stories."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from tests.factories import (
    make_actor,
    make_area,
    make_browser,
    make_city,
    make_contribution,
    make_link,
    make_organisation,
    make_participant,
    make_process,
    make_service,
    make_staff,
    make_step,
    make_user,
)

from civitas.contributions.actions import change_visibility
from civitas.contributions.models import Contribution, Link
from civitas.coproduction.models import Concept
from civitas.journal.models import Entry
from civitas.kit.rooms import Station
from civitas.kit.translated import Translated
from civitas.kit.verdicts import Refused
from civitas.lineage import streams
from civitas.lineage.models import News
from civitas.lineage.notices import word_letter
from civitas.notices.models import Notice
from civitas.notices.queries import worded
from civitas.outbox.models import OutboxRow
from civitas.outbox.tasks import known_tasks
from civitas.people.actors import actor_of
from civitas.processes.blueprints import house_blueprints
from civitas.processes.models import Process, Step
from civitas.provision.actions import asking, catalogue, looking
from civitas.provision.actions.stories import take_into_catalogue, untie_concept
from civitas.provision.calls import calls_of
from civitas.provision.hops import stations, told
from civitas.provision.models import ServiceProcess, ServiceStory
from civitas.provision.room import ROOM
from civitas.provision.tasks import follow, remind
from civitas.services.actions import count_anew, miscounts, next_look, place_in
from civitas.services.models import Indicator, IndicatorLook, Service, ServiceState

pytestmark = pytest.mark.django_db

DESK = "/verwaltung/dienstleistungen"
WHY = Translated({"de": "Es fehlt an Werkzeug"})


@pytest.fixture
def city(db: None) -> Any:
    return make_city("hamburg")


@pytest.fixture
def service(city: Any) -> Any:
    return make_service(city, "Leihregal", key="leihregal", organisation=make_organisation(city, "Bücherhallen"))


@pytest.fixture
def owner(city: Any) -> Any:
    return make_staff(city, "owner", "Nils")


def text_of(response: Any) -> str:
    return str(response.content.decode())


def sent(page: str, **typed: Any) -> dict[str, Any]:
    """What a browser sends from the first form of the desk's edit page, with some fields typed anew."""
    found: dict[str, Any] = dict(re.findall(r'<input type="(?:text|email|url|number|date|hidden)" name="(\w+)" value="([^"]*)"', page))
    found.pop("csrfmiddlewaretoken", None)
    for name, inside in re.findall(r'<select name="(\w+)".*?>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', inside)
        found[name] = chosen[1] if chosen else ""
    found |= dict(re.findall(r'<textarea name="(\w+)"[^>]*>\s*([^<]*)</textarea>', page))
    return {**found, **typed}


class TestParts:
    def test_a_district_and_its_quarter_of_one_name_are_told_apart_and_what_is_ticked_stands_first(
        self, city: Any, service: Any, owner: Any
    ) -> None:
        district = make_area(city, "Altona", key="altona", level="district")
        parts = [make_area(city, name, key=f"teil-{name.lower()}") for name in ("Altona", "Bahrenfeld", "Veddel")]
        place_in(service, parts[2:])
        page = text_of(make_browser(city, owner).get(f"/verwaltung/dienstleistungen/{service.key}/angaben"))
        field = page.partition('id="id_areas"')[2].partition("</fieldset>")[0]
        assert re.findall(r"<label[^>]*>([^<]+)</label>", field) == ["Veddel", "ganz Altona", "Altona", "Bahrenfeld"]
        place_in(service, [district])
        count_anew(city)
        assert "ganz Altona" in text_of(make_browser(city).get(f"/dienstleistung/{service.key}"))
        catalogue = text_of(make_browser(city).get("/dienstleistungen"))
        assert catalogue.count("ganz Altona") == 2  # in the filter, and beside the service


class TestRules:
    @pytest.mark.parametrize(("role", "status"), [("", 403), ("moderator", 403), ("expert", 403), ("owner", 303), ("administrator", 303)])
    def test_who_changes_a_state(self, city: Any, service: Any, role: str, status: int) -> None:
        person = make_staff(city, role) if role else make_participant(city)
        data = {"status": "improving", "reason_de": "Es fehlt an Werkzeug", "version": service.version}
        assert make_browser(city, person).post(f"{DESK}/leihregal/stand", data).status_code == status
        service.refresh_from_db()
        assert service.status == ("improving" if status == 303 else "operation")

    def test_experts_keep_what_their_own_department_provides(self, city: Any, service: Any) -> None:
        expert = make_staff(city, "expert", organisation=service.organisation)
        state = catalogue.change_state(actor_of(expert), service, "improving", version=service.version, reason=WHY)
        assert state.by == expert
        other = make_service(city, "Zoll", organisation=make_organisation(city))
        with pytest.raises(Refused) as refused:
            catalogue.change_state(actor_of(expert), other, "improving", version=other.version, reason=WHY)
        assert refused.value.status == 403

    def test_another_citys_service_is_not_there(self, service: Any) -> None:
        kassel = make_city("kassel")
        actor = make_actor(kassel, "owner")
        for act in (
            lambda: catalogue.change_state(actor, service, "ended", version=1, reason=WHY),
            lambda: catalogue.set_service(actor, service, version=1, values={"phone": "1"}),
            lambda: looking.add_indicator(actor, service, name=WHY, unit=WHY, target=None),
            lambda: asking.begin_process(actor, service, purpose="improve", like=house_blueprints()["collect-discuss"]),
        ):
            with pytest.raises(Refused) as refused:
                act()
            assert refused.value.status == 404

    def test_without_login_everybody_is_led_to_sign_in(self, city: Any, service: Any) -> None:
        for path in ("", "/neu", "/leihregal", "/leihregal/angaben"):
            response = make_browser(city).get(DESK + path)
            assert (response.status_code, response["Location"].split("?")[0]) == (302, "/konto/anmelden")


class TestWords:
    def test_what_is_saved_is_public_searchable_counted_and_stays(self, city: Any, service: Any, owner: Any) -> None:
        area = make_area(city, "Veddel", key="veddel")
        browser = make_browser(city, owner)
        page = text_of(browser.get(f"{DESK}/leihregal/angaben"))
        typed = sent(page, summary_de="Zelte leihen", phone="040 66969", spoken=["de", "tr"], areas=["veddel"], budget="48000")
        assert browser.post(f"{DESK}/leihregal/angaben", typed).status_code == 303
        row = Service.objects.of(city).get()
        assert (row.summary["de"], row.phone, row.languages, row.budget, row.version) == ("Zelte leihen", "040 66969", "de tr", 48000, 2)
        assert row.handmade == {"summary", "phone", "languages", "budget", "areas"}
        assert "Leihregal" in text_of(make_browser(city).get(f"/dienstleistungen?words=zelte&area={area.key}"))
        assert miscounts(city) == []
        assert Entry.objects.of(city).filter(verb="service.set").count() == 1

    def test_saving_without_a_change_changes_nothing(self, city: Any, service: Any, owner: Any) -> None:
        browser = make_browser(city, owner)
        typed = sent(text_of(browser.get(f"{DESK}/leihregal/angaben")))
        assert browser.post(f"{DESK}/leihregal/angaben", typed).status_code == 303
        row = Service.objects.of(city).get()
        assert (row.version, row.by_hand) == (1, "")

    def test_of_two_who_write_at_once_the_second_sees_the_first_and_keeps_their_words(self, city: Any, service: Any, owner: Any) -> None:
        browser = make_browser(city, owner)
        typed = sent(text_of(browser.get(f"{DESK}/leihregal/angaben")), summary_de="Meine Worte")
        catalogue.set_service(actor_of(owner), service, version=1, values={"summary": Translated({"de": "Ihre Worte"})})
        refused = browser.post(f"{DESK}/leihregal/angaben", typed)
        assert refused.status_code == 409
        page = text_of(refused)
        assert "Ihre Worte" in page
        assert 'value="Meine Worte"' in page
        assert browser.post(f"{DESK}/leihregal/angaben", sent(page)).status_code == 303
        assert Service.objects.of(city).get().summary["de"] == "Meine Worte"

    def test_a_service_without_a_name_comes_back(self, city: Any, service: Any, owner: Any) -> None:
        browser = make_browser(city, owner)
        typed = sent(text_of(browser.get(f"{DESK}/leihregal/angaben")), name_de="", phone="040 7")
        response = browser.post(f"{DESK}/leihregal/angaben", typed)
        assert response.status_code == 422
        assert 'value="040 7"' in text_of(response)

    def test_a_new_service_is_added_once(self, city: Any, owner: Any) -> None:
        browser = make_browser(city, owner)
        data = {"name_de": "Hitzetelefon", "status": "trial", "organisation": ""}
        for _time in range(2):
            assert browser.post(f"{DESK}/neu", data)["Location"] == f"{DESK}/hitzetelefon/angaben"
        assert browser.post(f"{DESK}/neu", {**data, "status": "idea"}).status_code == 422
        assert list(Service.objects.of(city).values_list("key", "status")) == [("hitzetelefon", "trial")]

    def test_one_service_and_three_take_as_many_queries(self, city: Any, service: Any, owner: Any) -> None:
        browser, counts = make_browser(city, owner), []
        Indicator.objects.create(city=city, service=service, key="a", name=WHY, next_on=timezone.localdate())
        for others in (0, 2):
            for number in range(others):
                other = make_service(city, f"Weitere {number}", organisation=service.organisation)
                Indicator.objects.create(city=city, service=other, key="a", name=WHY, next_on=timezone.localdate())
            for path in (DESK, "/verwaltung/"):
                browser.get(path)
                with CaptureQueriesContext(connection) as queries:
                    browser.get(path)
                counts.append(len(queries))
        assert counts[:2] == counts[2:]


class TestStates:
    def test_a_state_needs_a_reason_and_another_state(self, city: Any, service: Any, owner: Any) -> None:
        browser = make_browser(city, owner)
        data = {"status": "operation", "reason_de": "Weiter so", "body": "Ausschuss", "version": service.version}
        same = browser.post(f"{DESK}/leihregal/stand", data)
        assert (same.status_code, "Weiter so" in text_of(same), "Ausschuss" in text_of(same)) == (422, True, True)
        assert browser.post(f"{DESK}/leihregal/stand", {**data, "status": "ended", "reason_de": ""}).status_code == 422
        assert browser.post(f"{DESK}/leihregal/stand", {**data, "status": "ended", "version": 99}).status_code == 409
        assert browser.post(f"{DESK}/leihregal/stand", {**data, "status": "ended"}).status_code == 303
        state = ServiceState.objects.of(city).get()
        assert (state.status, state.body, state.by, str(state.reason)) == ("ended", "Ausschuss", owner, "Weiter so")

    def test_operation_sets_the_days_of_indicators_and_its_end_takes_them_away(self, city: Any, owner: Any) -> None:
        service = make_service(city, "Leihregal", status="trial")
        actor, today = actor_of(owner), timezone.localdate()
        indicator = looking.add_indicator(actor, service, name=WHY, unit=Translated(), target=Decimal(9))
        assert indicator.next_on is None
        catalogue.change_state(actor, service, "operation", version=service.version, reason=WHY)
        indicator.refresh_from_db()
        assert indicator.next_on == next_look(today, today)
        service.refresh_from_db()
        catalogue.change_state(actor, service, "ended", version=service.version, reason=WHY)
        indicator.refresh_from_db()
        assert indicator.next_on is None

    def test_a_provider_that_leaves_is_told_to_the_team_once(self, city: Any, service: Any, owner: Any) -> None:
        browser, other = make_browser(city, owner), make_organisation(city, "Bezirksamt")
        data = {"left_on": "2026-03-01", "responsible": str(other.pk), "version": service.version}
        assert browser.post(f"{DESK}/leihregal/anbieter", {**data, "responsible": str(service.organisation_id)}).status_code == 422
        assert browser.post(f"{DESK}/leihregal/anbieter", data).status_code == 303
        assert browser.post(f"{DESK}/leihregal/anbieter", data).status_code == 409
        notice = Notice.objects.of(city).get()
        words = worded(city, [notice])[0].words
        assert notice.recipient == owner.uid
        assert words is not None
        assert "Bezirksamt" in " ".join(words.paragraphs)


class TestIndicators:
    def test_a_look_is_noted_with_the_next_day_and_a_second_one_that_day_replaces_it(self, city: Any, service: Any, owner: Any) -> None:
        service.started_on = dt.date(2026, 1, 31)
        service.save()
        indicator = looking.add_indicator(actor_of(owner), service, name=WHY, unit=Translated({"de": "Ausleihen"}), target=None)
        browser, address = make_browser(city, owner), f"{DESK}/leihregal/kennzahl/{indicator.pk}"
        prefix = f"look-{indicator.pk}-"
        typed = {
            f"{prefix}value": "312,5",
            f"{prefix}looked_on": "2026-08-02",
            f"{prefix}note_de": "Mehr als gedacht",
            f"{prefix}next_on": "",
        }
        for value in ("300", "312,5"):
            assert browser.post(address, {**typed, f"{prefix}value": value}).status_code == 303
        look = IndicatorLook.objects.of(city).get()
        indicator.refresh_from_db()
        assert (look.value, look.by, indicator.next_on) == (Decimal("312.5"), owner, dt.date(2027, 1, 31))
        page = text_of(make_browser(city).get("/dienstleistung/leihregal"))
        assert "312,5" in page
        assert "Mehr als gedacht" in page
        assert browser.post(f"{address}/weg").status_code == 303
        assert Indicator.objects.of(city).exists()  # what was found stays to be read

    def test_a_look_in_the_future_or_without_a_number_comes_back(self, city: Any, service: Any, owner: Any) -> None:
        indicator = looking.add_indicator(actor_of(owner), service, name=WHY, unit=Translated(), target=None)
        browser, address = make_browser(city, owner), f"{DESK}/leihregal/kennzahl/{indicator.pk}"
        prefix = f"look-{indicator.pk}-"
        later = timezone.localdate() + dt.timedelta(days=3)
        typed = {f"{prefix}value": "3", f"{prefix}looked_on": f"{later:%Y-%m-%d}", f"{prefix}note_de": "Bleibt stehen"}
        for data in (typed, {**typed, f"{prefix}value": "viel"}):
            response = browser.post(address, data)
            assert (response.status_code, "Bleibt stehen" in text_of(response)) == (422, True)
        assert browser.post(f"{address}/weg").status_code == 303
        assert not Indicator.objects.of(city).exists()

    def test_who_cares_for_it_is_reminded_once_until_somebody_looked(self, city: Any, service: Any, owner: Any) -> None:
        expert = make_staff(city, "expert", "Yvonne")
        service.owner, service.started_on = expert, dt.date(2024, 5, 1)
        service.save()
        indicator = Indicator.objects.create(city=city, service=service, key="a", name=WHY, next_on=timezone.localdate())
        Indicator.objects.create(city=city, service=service, key="b", name=WHY, next_on=timezone.localdate() + dt.timedelta(days=1))
        remind()
        remind()
        assert [notice.recipient for notice in Notice.objects.of(city).order_by("pk")] == [expert.uid]
        looking.note_look(actor_of(owner), indicator, value=Decimal(1), note=Translated(), looked_on=timezone.localdate())
        remind()
        assert Notice.objects.of(city).count() == 1

    def test_who_keeps_the_catalogue_is_called_once_for_all_that_is_due(self, city: Any, service: Any, owner: Any) -> None:
        today = timezone.localdate()
        for key, days in (("a", 3), ("b", 0), ("c", -1)):
            Indicator.objects.create(city=city, service=service, key=key, name=WHY, next_on=today - dt.timedelta(days=days))
        [call] = calls_of(actor_of(owner))
        assert (call.title[:1], call.late, call.path) == ("2", True, f"{DESK}/leihregal#kennzahlen")
        for nobody in (actor_of(make_staff(city, "moderator", "Jule")), actor_of(make_staff(make_city("kassel"), "owner", "Ayla"))):
            assert calls_of(nobody) == []

    def test_an_indicator_gets_its_day_also_where_the_start_is_said_later_or_never(self, city: Any, owner: Any) -> None:
        actor, today = actor_of(owner), timezone.localdate()
        row = catalogue.add_service(actor, name=Translated({"de": "Zoll"}), summary=WHY, status="operation")
        measured = looking.add_indicator(actor, row, name=WHY, unit=WHY, target=None)
        measured.refresh_from_db()
        assert measured.next_on == next_look(today, today)
        row.refresh_from_db()
        begun = today - dt.timedelta(days=500)
        catalogue.set_service(actor, row, version=row.version, values={"started_on": begun})
        measured.refresh_from_db()
        assert measured.next_on == next_look(begun, today)

    def test_of_many_that_are_due_each_is_told(self, city: Any, service: Any, owner: Any) -> None:
        Indicator.objects.bulk_create(
            Indicator(city=city, service=service, key=f"i{number}", name=WHY, unit=WHY, next_on=timezone.localdate())
            for number in range(101)
        )
        remind()
        assert Notice.objects.of(city).filter(kind="provision.due").count() == 101

    def test_an_indicator_is_added_once(self, city: Any, service: Any, owner: Any) -> None:
        browser, data = make_browser(city, owner), {"indicator_de": "Ausleihen im Monat", "unit_de": "", "target": "400"}
        for _time in range(2):
            assert browser.post(f"{DESK}/leihregal/kennzahl", data).status_code == 303
        assert browser.post(f"{DESK}/leihregal/kennzahl", {**data, "target": "500"}).status_code == 422
        assert list(Indicator.objects.of(city).values_list("key", "target")) == [("ausleihen-im-monat", 400)]


class TestProcesses:
    def test_a_process_is_begun_once_and_brings_the_service_into_its_state_when_it_opens(self, city: Any, service: Any, owner: Any) -> None:
        browser, data = make_browser(city, owner), {"purpose": "improve", "like": "collect-discuss"}
        for _time in range(2):
            assert browser.post(f"{DESK}/leihregal/beteiligung", data).status_code == 303
        row = ServiceProcess.objects.of(city).get()
        assert "Leihregal" in row.process.question["de"]
        follow()
        service.refresh_from_db()
        assert (service.status, row.process.state) == ("operation", "draft")
        Process.objects.of(city).filter(pk=row.process_id).update(state="published")
        follow()
        service.refresh_from_db()
        assert service.status == "operation"  # published, but its first step is still to come
        Step.objects.of(city).filter(process=row.process, position=1).update(opens_at=timezone.now() - dt.timedelta(hours=1))
        Process.objects.of(city).filter(pk=row.process_id).update(paused_at=timezone.now())
        follow()
        service.refresh_from_db()
        assert service.status == "operation"  # it takes a break, so nothing is open in it
        Process.objects.of(city).filter(pk=row.process_id).update(paused_at=None)
        follow()
        follow()
        service.refresh_from_db()
        assert service.status == "improving"
        assert ServiceState.objects.of(city).count() == 1
        page = text_of(make_browser(city).get("/dienstleistung/leihregal"))
        assert f"/beteiligung/{row.process.slug}" in page
        assert "/dienstleistung/leihregal" in text_of(make_browser(city).get(f"/beteiligung/{row.process.slug}"))

    def test_a_hundred_processes_that_open_late_keep_no_other_service_waiting(self, city: Any, service: Any) -> None:
        late = timezone.now() + dt.timedelta(days=30)
        for number in range(101):
            process = make_process(city, f"leihregal-{number}")
            make_step(process, opens_at=late if number < 100 else timezone.now() - dt.timedelta(hours=1))
            ServiceProcess.objects.create(city=city, service=service, process=process, purpose="improve")
        follow()
        service.refresh_from_db()
        assert service.status == "improving"

    def test_who_keeps_a_service_but_leads_no_process_begins_none(self, city: Any, service: Any) -> None:
        expert = make_staff(city, "expert", organisation=service.organisation)
        data = {"purpose": "improve", "like": "collect-discuss"}
        assert make_browser(city, expert).post(f"{DESK}/leihregal/beteiligung", data).status_code == 403


class TestStories:
    @pytest.fixture
    def concept(self, city: Any, monkeypatch: Any) -> Any:
        monkeypatch.setattr("civitas.provision.actions.stories.has_passed", lambda _row: True)
        monkeypatch.setattr("civitas.provision.views.stories.has_passed", lambda _row: True)
        return make_contribution(make_step(make_process(city)), "Werkzeug für alle", kind="concept", author=make_participant(city, "Alice"))

    def test_a_concept_becomes_a_service_once_with_its_story_and_link(self, city: Any, concept: Any, owner: Any) -> None:
        actor = actor_of(owner)
        first = take_into_catalogue(actor, concept, name=Translated({"de": "Leihregal"}))
        again = take_into_catalogue(make_actor(city, "owner"), concept, name=Translated({"de": "Anders"}))
        assert first == again
        service = Service.objects.of(city).get()
        story = Contribution.objects.of(city).get(kind="service_story")
        assert (service.key, service.status, story.service) == ("leihregal", "trial", service)
        link = Link.objects.of(city).get()
        assert (link.source, link.target, link.kind) == (concept, story, "led_to")
        page = text_of(make_browser(city).get("/dienstleistung/leihregal"))
        assert concept.path in page
        assert "/dienstleistung/leihregal/werdegang" in page
        course = text_of(make_browser(city).get("/dienstleistung/leihregal/werdegang"))
        assert "Werkzeug für alle" in course
        assert "„Leihregal“ wird ausprobiert" in course
        assert make_browser(make_city("kassel")).get("/dienstleistung/leihregal/werdegang").status_code == 404
        assert make_browser(city).get(f"/dienstleistung/{make_service(city, 'Zoll').key}/werdegang").status_code == 404
        for row in (story, concept):
            assert 'href="/dienstleistung/leihregal"' in text_of(make_browser(city).get(row.path))

    def test_a_concept_is_tied_to_a_service_that_is_there(self, city: Any, service: Any, concept: Any, owner: Any) -> None:
        story = take_into_catalogue(actor_of(owner), concept, service=service, status="operation")
        assert (story.service, Service.objects.of(city).count(), ServiceState.objects.of(city).count()) == (service, 1, 0)

    def test_a_concept_that_is_not_shown_is_not_named_by_its_service(self, city: Any, concept: Any, owner: Any) -> None:
        story = take_into_catalogue(actor_of(owner), concept, name=Translated({"de": "Leihregal"}))
        change_visibility(city, concept, "hidden", reason="Test")
        for address in (story.service.path, story.contribution.path):
            page = text_of(make_browser(city).get(address))
            assert ("Werkzeug für alle" in page, "Alice" in page, concept.path in page) == (False, False, False)

    def test_what_is_blacked_out_upstream_is_so_in_reasons_and_looks(self, city: Any, concept: Any, owner: Any) -> None:
        story = take_into_catalogue(actor_of(owner), concept, name=Translated({"de": "Leihregal"}))
        voice = make_contribution(concept.step, "Werkzeug")
        make_link(voice, concept)
        measured = Indicator.objects.create(city=city, service=story.service, key="a", name=WHY, unit=WHY)
        look = IndicatorLook.objects.create(city=city, indicator=measured, value=1, note=WHY, looked_on=timezone.localdate())
        reached = [list(quotes.rows(city, [voice.pk])) for quotes in ROOM.quotes]
        assert reached == [list(ServiceState.objects.of(city)), [look]]
        other = make_contribution(concept.step, "Anderes")
        assert [list(quotes.rows(city, [other.pk])) for quotes in ROOM.quotes] == [[], []]

    def test_a_service_that_people_use_keeps_its_state_and_what_was_noted_meanwhile(
        self, city: Any, service: Any, concept: Any, owner: Any
    ) -> None:
        Service.objects.filter(pk=service.pk).update(by_hand="name")
        take_into_catalogue(actor_of(owner), concept, service=service)
        looking.add_indicator(actor_of(owner), service, name=WHY, unit=WHY, target=None)
        row = Service.objects.of(city).get()
        assert (row.status, row.by_hand) == ("operation", "indicators name")

    def test_a_concept_that_its_gates_did_not_let_through_becomes_none(self, city: Any, concept: Any, owner: Any, monkeypatch: Any) -> None:
        monkeypatch.setattr("civitas.provision.actions.stories.has_passed", lambda _row: False)
        with pytest.raises(Refused) as refused:
            take_into_catalogue(actor_of(owner), concept, name=WHY)
        assert (refused.value.status, ServiceStory.objects.of(city).count()) == (409, 0)

    def test_the_team_does_it_on_a_page_and_what_is_missing_comes_back(self, city: Any, concept: Any, owner: Any) -> None:
        browser, address = make_browser(city, owner), f"{DESK}/aus-konzept/{concept.number}"
        assert "Werkzeug für alle" in text_of(browser.get(address))
        data = {"service": "", "name_de": "", "summary_de": "Bleibt", "status": "trial", "organisation": ""}
        refused = browser.post(address, data)
        assert (refused.status_code, "Bleibt" in text_of(refused)) == (422, True)
        for _time in range(2):
            assert browser.post(address, {**data, "name_de": "Leihregal"})["Location"] == f"{DESK}/leihregal"
        assert browser.get(f"{DESK}/aus-konzept/999").status_code == 404
        assert make_browser(city, make_staff(city, "moderator")).get(address).status_code == 403

    def test_its_states_are_stations_of_the_story_and_news_of_who_is_upstream(self, city: Any, concept: Any, owner: Any) -> None:
        story = take_into_catalogue(actor_of(owner), concept, name=Translated({"de": "Leihregal"}))
        service = Service.objects.of(city).get()
        state = catalogue.change_state(actor_of(owner), service, "operation", version=service.version, reason=WHY, body="Ausschuss")
        found = stations(city, [story.contribution_id, concept.pk])
        assert list(found) == [story.contribution_id]
        assert [station.title for station in found[story.contribution_id]] == ["„Leihregal“ wird ausprobiert", "„Leihregal“ ist in Betrieb"]
        reported = {"subject": f"service-{service.pk}", "key": state.pk}
        expected = Station(state.at, "„Leihregal“ ist in Betrieb", WHY["de"], "Ausschuss", service.path, "good", **reported)
        assert told(city, [state.pk]) == {state.pk: expected}
        assert list(News.objects.of(city).filter(event="service_state").values_list("target", "key")) == [(story.contribution_id, state.pk)]


class TestUndoing:
    """A hop into the wrong service, and a state noted by mistake, are taken back and told once, kindly."""

    @pytest.fixture(autouse=True)
    def _passed(self, monkeypatch: Any) -> None:
        monkeypatch.setattr("civitas.provision.actions.stories.has_passed", lambda _row: True)

    @pytest.fixture
    def concept(self, city: Any) -> Any:
        alice = make_participant(city, "Alice", user=make_user("alice@example.org"))
        step = make_step(make_process(city))
        voice, concept = make_contribution(step, "Bänke", author=alice), make_contribution(step, "Werkzeug für alle", kind="concept")
        make_link(voice, concept)
        Concept.objects.create(city=city, contribution=concept, stage="going_on")
        return concept

    @staticmethod
    def work(city: Any) -> None:
        """Do what waits for stages, news and mails, as the worker does."""
        for _round in range(9):
            rows = list(OutboxRow.objects.of(city).filter(done_at=None, run_at__lte=timezone.now()).order_by("pk"))
            for row in rows:
                if row.kind.split(".")[0] in {"lineage", "notices", "coproduction"}:
                    task = known_tasks()[row.kind]
                    task.run(city, [row.payload]) if task.batch else task.run(city, **row.payload)
                OutboxRow.objects.of(city).filter(pk=row.pk).delete()

    @staticmethod
    def told_alice(city: Any) -> list[str]:
        notices = Notice.objects.of(city).filter(kind="lineage.hop").order_by("pk")
        with translation.override("de"):
            return [" ".join(word_letter(city, notice).paragraphs) if word_letter(city, notice) else "" for notice in notices]

    def test_who_chose_the_wrong_service_takes_it_back(self, city: Any, service: Any, concept: Any, owner: Any, time_machine: Any) -> None:
        story = take_into_catalogue(actor_of(owner), concept, service=service)
        self.work(city)
        assert Concept.objects.of(city).get().stage == "service"
        assert len(mail.outbox) == 1
        browser, address = make_browser(city, owner), f"{DESK}/leihregal/konzept/{concept.number}/loesen"
        assert address in text_of(browser.get(f"{DESK}/leihregal"))
        page = text_of(browser.get(address))
        assert "1 Person hat davon erfahren" in page
        assert "Werkzeug für alle" in page
        for said in ("gehören nicht mehr zusammen. Wer davon erfahren hat", "gehören nicht mehr zusammen."):
            answer = browser.post(address, follow=True)
            assert (answer.redirect_chain[-1][0], said in text_of(answer)) == (f"{DESK}/leihregal", True)
        concept.refresh_from_db()
        assert (ServiceStory.objects.of(city).count(), Link.objects.of(city).filter(kind="led_to").count()) == (0, 0)
        assert Contribution.objects.of(city).get(pk=story.contribution_id).visibility == "withdrawn"
        assert Concept.objects.of(city).get().stage == "writing"  # what its gates say: none was set up here
        assert Entry.objects.of(city).filter(verb="service.concept_untied").count() == 1
        time_machine.move_to(timezone.now() + dt.timedelta(days=1, hours=2), tick=False)
        self.work(city)
        time_machine.move_to(timezone.now() + dt.timedelta(days=1, hours=2), tick=False)
        self.work(city)
        assert len(mail.outbox) == 2
        assert self.told_alice(city)[-1].startswith("Was wir Ihnen zu „Bänke“ geschrieben haben, gilt so nicht mehr.")
        assert streams.miscounts(city) == []
        # It can become the right one.
        right = make_service(city, "Werkzeugverleih", key="werkzeug")
        assert take_into_catalogue(actor_of(owner), concept, service=right).service == right

    def test_before_anybody_was_told_nobody_hears_of_it(self, city: Any, service: Any, concept: Any, owner: Any) -> None:
        take_into_catalogue(actor_of(owner), concept, service=service)
        untie_concept(actor_of(owner), service, concept)
        self.work(city)
        assert (mail.outbox, self.told_alice(city)) == ([], [])

    def test_a_state_noted_by_mistake_never_was(self, city: Any, service: Any, concept: Any, owner: Any, time_machine: Any) -> None:
        take_into_catalogue(actor_of(owner), concept, service=service)
        self.work(city)
        time_machine.move_to(timezone.now() + dt.timedelta(days=1, hours=2), tick=False)
        service.refresh_from_db()
        state = catalogue.change_state(actor_of(owner), service, "ended", version=service.version, reason=WHY)
        self.work(city)
        assert len(mail.outbox) == 2
        browser, address = make_browser(city, owner), f"{DESK}/leihregal/stand/zurueck"
        assert address in text_of(browser.get(f"{DESK}/leihregal"))
        page = text_of(browser.get(address))
        assert ("1 Person hat davon erfahren" in page, "wieder den Stand „In Betrieb“" in page) == (True, True)
        for said in ("wieder den Stand „In Betrieb“", "Das ist schon zurückgenommen"):
            assert said in text_of(browser.post(address, {"state": state.pk}, follow=True))
        service.refresh_from_db()
        assert (service.status, ServiceState.objects.of(city).count(), miscounts(city)) == ("operation", 0, [])
        assert "Es fehlt an Werkzeug" not in text_of(make_browser(city).get(service.path))
        assert Entry.objects.of(city).filter(verb="service.state_taken_back").count() == 1
        time_machine.move_to(timezone.now() + dt.timedelta(days=1, hours=2), tick=False)
        self.work(city)
        assert len(mail.outbox) == 3
        assert "gilt so nicht mehr" in self.told_alice(city)[-1]

    def test_operation_noted_by_mistake_leaves_no_days_behind(self, city: Any, owner: Any) -> None:
        service = make_service(city, "Neu", key="neu", status="trial")
        looking.add_indicator(actor_of(owner), service, name=WHY, unit=WHY, target=None)
        service.refresh_from_db()
        state = catalogue.change_state(actor_of(owner), service, "operation", version=service.version, reason=WHY)
        assert Indicator.objects.of(city).get().next_on
        catalogue.take_back_state(actor_of(owner), service, state.pk)
        service.refresh_from_db()
        assert (service.status, service.started_on, Indicator.objects.of(city).get().next_on) == ("trial", None, None)

    def test_only_the_last_state_is_taken_back_and_only_where_the_one_before_is_known(self, city: Any, service: Any, owner: Any) -> None:
        first = catalogue.change_state(actor_of(owner), service, "improving", version=service.version, reason=WHY)
        service.refresh_from_db()
        last = catalogue.change_state(actor_of(owner), service, "ended", version=service.version, reason=WHY)
        with pytest.raises(Refused) as refused:
            catalogue.take_back_state(actor_of(owner), service, first.pk)
        assert refused.value.status == 409
        assert catalogue.take_back_state(actor_of(owner), service, last.pk).status == "improving"
        ServiceState.objects.of(city).update(was="")
        with pytest.raises(Refused):
            catalogue.take_back_state(actor_of(owner), service, first.pk)
        page = text_of(make_browser(city, owner).get(f"{DESK}/leihregal/stand/zurueck"))
        assert ("Niemand hat vermerkt, was vorher war" in page, '<form class="actions"' in page) == (True, False)

    @pytest.mark.parametrize(("role", "status"), [("", 403), ("moderator", 403), ("expert", 403), ("owner", 200), ("administrator", 200)])
    def test_who_keeps_the_catalogue_undoes(self, city: Any, service: Any, concept: Any, owner: Any, role: str, status: int) -> None:
        take_into_catalogue(actor_of(owner), concept, service=service)
        service.refresh_from_db()
        state = catalogue.change_state(actor_of(owner), service, "ended", version=service.version, reason=WHY)
        person = make_staff(city, role) if role else make_participant(city)
        kassel = make_city("kassel")
        theirs = make_browser(kassel, make_staff(kassel, "owner"))
        for path, data in ((f"konzept/{concept.number}/loesen", {}), ("stand/zurueck", {"state": state.pk})):
            address = f"{DESK}/leihregal/{path}"
            assert make_browser(city, person).get(address).status_code == status
            if status == 403:
                assert make_browser(city, person).post(address, data).status_code == 403
            assert "/konto/anmelden" in make_browser(city).post(address, data)["Location"]
            assert (theirs.get(address).status_code, theirs.post(address, data).status_code) == (404, 404)
        # A service of another city with the same name does not lead to this one's concept or state.
        mirror = make_service(kassel, "Leihregal", key="leihregal")
        assert theirs.post(f"{DESK}/leihregal/konzept/{concept.number + 900}/loesen").status_code == 404
        theirs.post(f"{DESK}/leihregal/stand/zurueck", {"state": state.pk})
        for act in (
            lambda: untie_concept(make_actor(kassel, "owner"), mirror, concept),
            lambda: catalogue.take_back_state(make_actor(kassel, "owner"), mirror, state.pk),
        ):
            with pytest.raises(Refused):
                act()
        assert (ServiceStory.objects.of(city).count(), ServiceState.objects.of(city).count()) == (1, 1)
