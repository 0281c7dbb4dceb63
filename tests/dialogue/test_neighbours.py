"""What is like a contribution, what lies near it, and its address as a QR code."""

import re
from typing import Any

import pytest
from django.template import Context, Template
from tests.factories import make_browser, make_city, make_contribution, make_link, make_process, make_staff, make_step

from civitas.contributions.neighbours import nearby, resembling
from civitas.contributions.words import index_words

pytestmark = pytest.mark.django_db
HERE = {"lat": 53.5500, "lon": 10.0000}


@pytest.fixture
def step(db: None) -> Any:
    return make_step(make_process(make_city("hamburg")))


def indexed(step: Any, title: str, **fields: Any) -> Any:
    row = make_contribution(step, title, **fields)
    index_words(step.city, [row])
    return row


def crowd(step: Any) -> None:
    """Texts that have nothing to do with the others, so that words can be rare."""
    for word in ("Apfelbaum", "Bibliothek", "Chorprobe", "Dachgarten", "Eisbahn", "Flohmarkt", "Grillplatz", "Hundewiese"):
        for other in ("Montag", "Dienstag"):
            indexed(step, f"{word} am {other}", text="Bitte mehr davon")


def test_those_with_the_same_rare_words_are_found_but_not_itself_and_not_hidden_ones(step: Any) -> None:
    crowd(step)
    row = indexed(step, "Trinkbrunnen am Spielplatz", text="Die Kinder haben Durst")
    alike = indexed(step, "Neue Trinkbrunnen", text="Auf jedem Spielplatz einer")
    indexed(step, "Trinkbrunnen und Spielplatz", visibility="hidden")
    assert [other.pk for other in resembling(step.city, row)] == [alike.pk]


def test_another_city_has_its_own_words(step: Any) -> None:
    crowd(step)
    row = indexed(step, "Trinkbrunnen am Spielplatz")
    indexed(make_step(make_process(make_city("kassel"))), "Trinkbrunnen am Spielplatz")
    assert resembling(step.city, row) == []


def test_words_that_everybody_uses_make_nothing_alike(step: Any) -> None:
    for index in range(6):
        indexed(step, f"Schöner Stadtteil {index}", text="Unser Stadtteil soll schöner werden")
    assert resembling(step.city, indexed(step, "Schöner Stadtteil", text="Unser Stadtteil soll schöner werden")) == []


def test_the_nearest_come_first_with_their_distance(step: Any) -> None:
    row = make_contribution(step, **HERE)
    far = make_contribution(step, "Weit", lat=53.5590, lon=10.0)
    close = make_contribution(step, "Nah", lat=53.5509, lon=10.0)
    make_contribution(step, "Zu weit", lat=53.60, lon=10.0)
    make_contribution(step, "Verborgen", visibility="hidden", **HERE)
    found = nearby(step.city, row)
    assert [each.row.title for each in found] == [close.title, far.title]
    assert [round(each.metres) for each in found] == [100, 1002]
    assert nearby(step.city, make_contribution(step, "Ohne Ort")) == []


@pytest.mark.parametrize(("metres", "said"), [(3, "genau hier"), (60, "50 m"), (212, "200 m"), (980, "1,0 km"), (1_240, "1,2 km")])
def test_a_distance_in_words(metres: float, said: str) -> None:
    assert Template("{% load kit %}{{ metres|distance }}").render(Context({"metres": metres})) == said


@pytest.mark.parametrize("count", [1, 3])
def test_the_part_takes_the_same_queries_for_one_and_three(step: Any, count: int, django_assert_max_num_queries: Any) -> None:
    crowd(step)
    row = indexed(step, "Trinkbrunnen am Spielplatz", **HERE)
    for index in range(count):
        indexed(step, f"Trinkbrunnen am Spielplatz {index}")
        make_contribution(step, f"Nah {index}", **HERE)
    browser = make_browser(step.city)
    browser.get(row.path)
    with django_assert_max_num_queries(9):
        part = browser.get(f"/beitrag/{row.number}/nachbarn", headers={"HX-Request": "true"}).content.decode()
    assert part.count("Trinkbrunnen am Spielplatz") == count
    assert part.count("genau hier") == count
    assert "<html" not in part


def test_the_part_is_a_page_of_its_own_without_a_script(step: Any) -> None:
    row = make_contribution(step)
    page = make_browser(step.city).get(row.path).content.decode()
    assert f'hx-get="/beitrag/{row.number}/nachbarn"' in page
    alone = make_browser(step.city).get(f"/beitrag/{row.number}/nachbarn").content.decode()
    assert "<html" in alone
    assert row.path in alone


def test_what_is_linked_is_not_shown_again(step: Any) -> None:
    row, other = make_contribution(step, "Eins", **HERE), make_contribution(step, "Zwei", **HERE)
    make_link(row, other, "related_to")
    part = make_browser(step.city).get(f"/beitrag/{row.number}/nachbarn", headers={"HX-Request": "true"}).content.decode()
    assert "Zwei" not in part


@pytest.mark.parametrize("address", ["nachbarn", "qr.svg"])
def test_hidden_ones_and_another_citys_have_neither(step: Any, address: str) -> None:
    row = make_contribution(step, visibility="hidden")
    path = f"/beitrag/{row.number}/{address}"
    assert make_browser(step.city).get(path).status_code == 404
    assert make_browser(make_city("kassel")).get(path).status_code == 404
    assert make_browser(step.city, make_staff(step.city, "moderator")).get(path).status_code == 200


def test_the_qr_code_is_a_picture_of_the_address_and_can_be_kept(step: Any) -> None:
    row = make_contribution(step)
    browser = make_browser(step.city)
    answer = browser.get(f"/en/beitrag/{row.number}/qr.svg")
    assert (answer["Content-Type"], "Content-Disposition" in answer) == ("image/svg+xml", False)
    assert answer.content.startswith(b"<svg")
    assert b"<script" not in answer.content
    assert answer.content != browser.get(f"/beitrag/{row.number}/qr.svg").content
    kept = browser.get(f"/beitrag/{row.number}/qr.svg?laden=1")["Content-Disposition"]
    assert kept == f'attachment; filename="hamburg-{row.number}-qr.svg"'


def test_the_page_offers_ways_to_pass_it_on_without_third_parties(step: Any) -> None:
    row = make_contribution(step, "Bank & Baum")
    page = make_browser(step.city).get(row.path).content.decode()
    assert f'src="/beitrag/{row.number}/qr.svg"' in page
    mail = re.search(r'href="(mailto:[^"]+)"', page)
    assert mail
    assert "Bank%20%26%20Baum%0Ahttp%3A%2F%2Fhamburg.localhost" in mail[1]
    assert "facebook" not in page.lower()
