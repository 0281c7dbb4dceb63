"""The concepts that a city shows as a feed."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.coproduction.concepts import TITLE, Town, decided, make_gate, make_town
from tests.factories import make_area, make_browser, make_city

from civitas.contributions.actions import change_visibility
from civitas.contributions.models import Contribution
from civitas.coproduction.actions.beginning import begin_concept
from civitas.coproduction.actions.gates import correct, decide
from civitas.coproduction.queries import gates_of
from civitas.kit.ids import uuid7
from civitas.people.actors import actor_of

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
PATH = "/konzepte/feed"


@pytest.fixture
def town() -> Town:
    return make_town()


def titles(content: bytes) -> list[str | None]:
    return [entry.findtext(f"{ATOM}title") for entry in ET.fromstring(content).iter(f"{ATOM}entry")]


def begin(town: Town, title: str) -> Contribution:
    concept = begin_concept(town.actor(town.alice), uid=uuid7(), title=title, text="Ein Plan.")
    row: Contribution = Contribution.objects.of(town.city).get(pk=concept.contribution_id)
    row.area = make_area(town.city, title)
    row.save(update_fields=["area"])
    return row


def test_the_feed_holds_what_the_city_shows_newest_first(town: Town) -> None:
    hidden = begin(town, "Wird versteckt")
    begin(town, "Fahrradschule für Erwachsene")
    change_visibility(town.city, hidden, "hidden", reason="Ton")
    answer = make_browser(town.city).get(PATH)
    assert titles(answer.content) == ["Fahrradschule für Erwachsene", TITLE]
    assert make_browser(town.city).get(PATH, headers={"if-none-match": answer.headers["ETag"]}).status_code == 304


def test_the_list_leads_to_its_feed(town: Town) -> None:
    assert make_browser(town.city).get("/konzepte").content.decode().count(f'href="{PATH}"') == 2


def test_another_city_has_a_feed_of_its_own(town: Town) -> None:
    assert titles(make_browser(make_city("kassel")).get(PATH).content) == []


def test_a_feed_costs_the_same_with_one_and_with_three(town: Town) -> None:
    browser = make_browser(town.city)

    def count() -> int:
        browser.get(PATH)
        with CaptureQueriesContext(connection) as queries:
            browser.get(PATH)
        return len(queries)

    one = count()
    begin(town, "Fahrradschule für Erwachsene")
    begin(town, "Werkzeug zum Ausleihen")
    assert count() == one


DECISIONS = "/konzepte/entscheidungen/feed"


def test_decisions_are_a_feed_each_as_it_counts_now(town: Town) -> None:
    emma = actor_of(town.emma)
    decide(emma, make_gate(town), decided(), edition=0)
    first = gates_of(town.concept)[0].row
    correct(emma, first, decided("go", reason="Gut <b>belegt</b>."), why="Das Protokoll sagt es anders.", version=1)
    decide(emma, make_gate(town, "Betreiben?"), decided("stop"), edition=0)
    browser = make_browser(town.city)
    answer = browser.get(DECISIONS)
    assert titles(answer.content) == [f"{word}: „{TITLE}“" for word in ("Beenden", "Weiterführen")]
    summaries = [entry.findtext(f"{ATOM}summary") for entry in ET.fromstring(answer.content).iter(f"{ATOM}entry")]
    assert summaries[1] == "Erproben?<br>Gut &lt;b&gt;belegt&lt;/b&gt;.<br>Das Protokoll sagt es anders."
    assert browser.get("/konzepte").content.decode().count(f'href="{DECISIONS}"') == 1
    with CaptureQueriesContext(connection) as two:
        browser.get(DECISIONS)
    assert len(two) <= 3


def test_a_decision_about_a_concept_that_is_not_shown_is_in_no_feed(town: Town) -> None:
    decide(actor_of(town.emma), make_gate(town), decided(), edition=0)
    assert titles(make_browser(make_city("kassel")).get(DECISIONS).content) == []
    change_visibility(town.city, town.concept.contribution, "hidden", reason="Ton")
    assert titles(make_browser(town.city).get(DECISIONS).content) == []
