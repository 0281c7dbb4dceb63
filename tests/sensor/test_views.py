from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone
from tests.factories import (
    make_area,
    make_category,
    make_city,
    make_contribution,
    make_event,
    make_guest,
    make_process,
    make_service,
    make_step,
)

from civitas.cities.queries import forget_cities
from civitas.kit.translated import Translated
from civitas.outbox.worker import run_due

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from civitas.cities.models import City
    from civitas.contributions.models import Contribution
    from civitas.processes.models import Step

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> City:
    return make_city("hamburg")


@pytest.fixture
def step(city: City) -> Step:
    return make_step(make_process(city))


def get(client: Client, path: str, host: str = "hamburg.localhost") -> Any:
    return client.get(path, headers={"host": host})


def give_some(step: Step, count: int) -> list[Contribution]:
    area = make_area(step.city)
    category = make_category(step.city)
    rows = []
    for number in range(count):
        author = make_guest(step.city, f"Gast {number}")
        text = "Ich warte jeden Morgen zwanzig Minuten in der Sonne, und mein Sohn auch."
        status = "received" if number % 2 else "done"
        fields = {"author": author, "area": area, "category": category, "text": text, "status": status}
        row = make_contribution(step, f"Schatten {number}", lat=53.5 + number / 100, lon=10.0, **fields)
        make_event(row, status, text="Das gibt es jetzt.")
        rows.append(row)
    return rows


@pytest.mark.each_database
@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("path", "queries"),
    [
        ("/", 10),
        ("/entdecken", 7),
        ("/ergebnisse", 3),
        ("/entdecken/karte.json?bbox=9,53,11,54&zoom=12", 2),
        ("/entdecken?sort=fair", 8),
        ("/entdecken?status=done", 8),
    ],
)
def test_a_page_asks_no_more_for_more_rows(
    client: Client, step: Step, django_assert_num_queries: DjangoAssertNumQueries, count: int, path: str, queries: int
) -> None:
    give_some(step, count)
    for number in range(count):
        make_step(make_process(step.city, f"beteiligung-{number}"))
    get(client, path)
    with django_assert_num_queries(queries):
        assert get(client, path).status_code == 200


def test_the_front_page_shows_what_people_said_what_is_open_and_the_one_button(client: Client, step: Step) -> None:
    give_some(step, 3)
    make_step(make_process(step.city, "veddel", question=Translated({"de": "Wie wird es kühler?"})))
    page = get(client, "/").text
    assert "„Ich warte jeden Morgen zwanzig Minuten in der Sonne, und mein Sohn auch.“" in page
    assert "Wie wird es kühler?" in page
    assert 'href="/geben"' in page


def test_a_front_page_without_a_single_contribution_invites(client: Client, step: Step) -> None:
    page = get(client, "/").text
    assert "Noch hat niemand etwas gesagt" in page


def test_the_button_is_gone_when_the_sensor_is_closed(client: Client, step: Step) -> None:
    step.override = "closed"
    step.save()
    assert 'class="kern-btn kern-btn--primary kern-btn--big" href="/geben"' not in get(client, "/").text


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/", "Bald wird gewählt. Bis zum"),
        ("/entdecken", "Bald wird gewählt. Bis zum"),
        ("/geben", "Vor der Wahl liest das Team alles zuerst, bis zum"),
    ],
)
@pytest.mark.parametrize(("first", "last", "is_said"), [(-1, 1, True), (2, 9, False), (-9, -2, False)])
def test_before_an_election_people_read_that_everything_waits_and_until_when(
    client: Client, step: Step, path: str, words: str, first: int, last: int, *, is_said: bool
) -> None:
    days = [timezone.now() + dt.timedelta(days=away) for away in (first, last)]
    step.city.rules = dict(zip(("election_from", "election_until"), (f"{day:%Y-%m-%d}" for day in days), strict=True))
    step.city.save()
    forget_cities()
    page = get(client, path).text
    assert (words in page, "Das gilt für alle." in page) == (is_said, is_said)


def test_a_city_without_the_sensor_has_neither_list_nor_form(client: Client) -> None:
    city = make_city("kassel")
    city.settings = {**city.settings, "modules": ["processes"]}
    city.save()
    make_step(make_process(city))
    assert get(client, "/", "kassel.localhost").status_code == 200
    for path in ("/entdecken", "/geben", "/ergebnisse", "/entdecken/karte.json?bbox=9,53,11,54&zoom=12"):
        assert get(client, path, "kassel.localhost").status_code == 404


class TestExplore:
    def titles(self, client: Client, query: str) -> list[str]:
        page = get(client, f"/entdecken?{query}")
        assert page.status_code == 200
        return sorted(entry["item"].title for entry in page.context["items"])

    def test_each_filter_leaves_what_fits(self, client: Client, step: Step) -> None:
        city = step.city
        bus, green = make_category(city, "Bus", key="bus"), make_category(city, "Grün", key="gruen")
        district = make_area(city, "Mitte", key="mitte", level="district")
        veddel = make_area(city, "Veddel", key="veddel", parent=district)
        other = make_step(make_process(city, "veddel-im-sommer", title=Translated({"de": "Sommer"})))
        old = timezone.now() - dt.timedelta(days=40)
        make_contribution(step, "A", category=bus, area=veddel, kind="idea")
        make_contribution(step, "B", category=green, area=district, status="done", kind="improvement", given_at=old)
        make_contribution(other, "C", text="Ein Trinkbrunnen fehlt.")
        make_contribution(step, "D", visibility="waiting")
        run_due()
        assert self.titles(client, "") == ["A", "B", "C"]
        assert self.titles(client, "category=bus") == ["A"]
        assert self.titles(client, "area=veddel") == ["A"]
        assert self.titles(client, "area=mitte") == ["A", "B"]
        assert self.titles(client, "status=done") == ["B"]
        assert self.titles(client, "kind=improvement") == ["B"]
        assert self.titles(client, "period=month") == ["A", "C"]
        assert self.titles(client, "process=veddel-im-sommer") == ["C"]
        assert self.titles(client, "words=Trinkbrunnen") == ["C"]
        assert self.titles(client, "category=bus&status=done") == []

    @pytest.mark.parametrize(
        "query",
        [
            *("category=x", "area=%00", "status=nope", "kind=comment", "process=x", "period=ever", "sort=x", "cursor=1.2.3"),
            *("cursor=-", "words=%00", "words=%22%27*%28", f"words={'a' * 5000}"),
        ],
    )
    def test_a_mangled_address_shows_a_page(self, client: Client, step: Step, query: str) -> None:
        make_contribution(step)
        assert get(client, f"/entdecken?{query}").status_code == 200

    def test_more_are_a_link_that_works_without_a_script(self, client: Client, step: Step) -> None:
        for number in range(25):
            make_contribution(step, f"Nummer {number}")
        first = get(client, "/entdecken")
        rest = get(client, first.context["next_url"])
        assert len(first.context["items"]) == 20
        assert len(rest.context["items"]) == 5
        assert not rest.context["next_url"]
        assert "Zurück zum Anfang" in rest.text

    def test_a_chip_takes_its_filter_away_and_searching_keeps_it(self, client: Client, step: Step) -> None:
        make_contribution(step, status="done")
        page = get(client, "/entdecken?status=done&kind=idea").text
        assert '<a class="chip is-on" href="/entdecken?kind=idea">' in page
        assert '<input type="radio" name="status" value="done" checked>' in page

    def test_nothing_found_says_what_to_do(self, client: Client, step: Step) -> None:
        assert "Das hat noch niemand gesagt" in get(client, "/entdecken?words=Seepferdchen").text

    def test_what_people_typed_is_shown_as_text(self, client: Client, step: Step) -> None:
        make_contribution(step, "<script>alert(1)</script>", text="<b>fett</b>")
        page = get(client, '/entdecken?words="><script>').text
        assert "<script>alert" not in page
        assert "<b>fett" not in page

    def test_another_city_shows_its_own(self, client: Client, step: Step) -> None:
        make_contribution(step, "Nur in Hamburg")
        make_step(make_process(make_city("kassel")))
        assert "Nur in Hamburg" not in get(client, "/entdecken", "kassel.localhost").text

    @pytest.mark.parametrize(("prefix", "word"), [("", "Entdecken"), ("/en", "Explore"), ("/einfach", "Entdecken")])
    def test_it_speaks_three_languages(self, client: Client, step: Step, prefix: str, word: str) -> None:
        page = get(client, f"{prefix}/entdecken")
        assert word in page.text
        assert f'href="{prefix}/geben"' in page.text


class TestCells:
    path = "/entdecken/karte.json"

    def test_points_close_by_have_title_and_address(self, client: Client, step: Step) -> None:
        row = make_contribution(step, "Bank vor der Schule", lat=53.55, lon=10.0)
        found = get(client, f"{self.path}?bbox=9.9,53.5,10.1,53.6&zoom=18").json()
        place = {"lon": 10.0, "lat": 53.55, "n": 1}
        assert found["cells"] == [{**place, "number": row.number, "url": row.path, "title": "Bank vor der Schule"}]
        assert found["points"]

    def test_far_away_they_are_counted(self, client: Client, step: Step) -> None:
        for number in range(3):
            make_contribution(step, lat=53.55 + number / 10_000, lon=10.0)
        found = get(client, f"{self.path}?bbox=9,53,11,54&zoom=8").json()
        assert sum(cell["n"] for cell in found["cells"]) == 3
        assert len(found["cells"]) == 1

    def test_filters_hold_on_the_map_too(self, client: Client, step: Step) -> None:
        make_contribution(step, "A", lat=53.55, lon=10.0, status="done")
        make_contribution(step, "B", lat=53.56, lon=10.01)
        found = get(client, f"{self.path}?bbox=9,53,11,54&zoom=12&status=done").json()
        assert [cell["title"] for cell in found["cells"]] == ["A"]

    def test_for_who_gathers_voices_nothing_that_was_made_of_them_is_on_the_map(self, client: Client, step: Step) -> None:
        make_contribution(step, "Eine Stimme", lat=53.55, lon=10.0)
        make_contribution(step, "Ein Konzept", lat=53.56, lon=10.01, kind="concept")
        address = f"{self.path}?bbox=9,53,11,54&zoom=18"
        assert {cell["title"] for cell in get(client, address).json()["cells"]} == {"Eine Stimme", "Ein Konzept"}
        assert [cell["title"] for cell in get(client, f"{address}&voices=1").json()["cells"]] == ["Eine Stimme"]

    def test_hidden_ones_are_nowhere(self, client: Client, step: Step) -> None:
        make_contribution(step, lat=53.55, lon=10.0, visibility="hidden")
        assert get(client, f"{self.path}?bbox=9,53,11,54&zoom=18").json()["cells"] == []

    @pytest.mark.parametrize("box", ["", "1,2,3", "a,b,c,d", "nan,1,2,3", "9,54,11,53", "9,53,11,54"])
    @pytest.mark.parametrize("zoom", ["", "-1", "999", "%D9%A3", "x"])
    def test_a_view_that_cannot_be_is_refused_in_words(self, client: Client, step: Step, box: str, zoom: str) -> None:
        answer = get(client, f"{self.path}?bbox={box}&zoom={zoom}")
        assert answer.status_code == 400
        assert "Karte" in answer.json()["error"]


def test_what_became_of_it_tells_of_what_was_carried_out(client: Client, step: Step) -> None:
    assert "Die erste Geschichte ist noch unterwegs" in get(client, "/ergebnisse").text
    row = make_contribution(step, "Leihregal", status="done")
    make_event(row, "done", text="Seit Montag steht das Regal im Bürgerhaus. Es hat 40 Fächer.")
    page = get(client, "/ergebnisse").text
    assert "Seit Montag steht das Regal im Bürgerhaus." in page
    assert "Leihregal" in page


def test_giving_leads_to_thanks_and_onto_the_list(client: Client, step: Step) -> None:
    make_service(step.city)
    form = get(client, "/geben").context["form"]
    data = {"uid": form.initial["uid"], "seal": form.initial["seal"], "kind": "idea", "title": "Eine Bank", "text": "Vor der Schule."}
    answer = client.post("/geben", data, headers={"host": "hamburg.localhost"})
    assert answer.status_code == 303
    assert "Eine Bank" in get(client, "/entdecken").text


def test_a_form_with_holes_comes_back_with_all_that_was_typed(client: Client, step: Step) -> None:
    form = get(client, "/geben").context["form"]
    data = {"uid": form.initial["uid"], "seal": form.initial["seal"], "kind": "idea", "title": "", "text": "Das bleibt stehen."}
    answer = client.post("/geben", data, headers={"host": "hamburg.localhost"})
    assert answer.status_code == 422
    assert "Das bleibt stehen." in answer.text
    assert 'id="id_title-error"' in answer.text
