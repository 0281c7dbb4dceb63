"""The demo of Hamburg and of Kassel: each is loaded once (it takes ten seconds), and all that there is to say is said of it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine
from tests.interop.desks import ROOT

from civitas.boards.models import Board, Seat
from civitas.boards.queries import boards_of, document_of
from civitas.contributions.counts import miscounts
from civitas.contributions.models import MADE, Attachment, Contribution
from civitas.contributions.queries import Filters, count_listed
from civitas.interop.demo import load_demo
from civitas.interop.packs import load_pack
from civitas.kit.packs import Pack
from civitas.media.models import Derivative
from civitas.notices.models import Notice
from civitas.outbox.worker import run_due
from civitas.people.models import User
from civitas.processes.models import Step
from civitas.processes.registry import method_of
from civitas.processes.windows import state_of
from civitas.reporting.models import Edition
from civitas.sensor.models import SavedSearch

if TYPE_CHECKING:
    from django.test import Client

    from civitas.cities.models import City

pytestmark = pytest.mark.django_db
TODAY = dt.datetime(2026, 7, 1, 10, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def make(slug: str, boards: str) -> City:
    """A city with its demo, made on one day; its process of boards keeps what it promises on that day."""
    folder = ROOT / "cities" / slug
    with time_machine.travel(TODAY, tick=False):
        city = load_pack(folder)
        assert load_demo(city, Pack(folder)) >= 30
        check_boards(city, steps_of(city, boards))
    return city


def steps_of(city: City, slug: str) -> dict[str, Step]:
    rows = Step.objects.of(city).filter(process__slug=slug).select_related("process__city", "city").order_by("position")
    return {row.method: row for row in rows}


def check_boards(city: City, steps: dict[str, Step]) -> None:
    """Several people filled the boards; what is over was concluded, through to the voices it comes from."""
    states = {key: str(state_of(step)) for key, step in steps.items() if method_of(step).board}
    assert {"open", "closed"} <= set(states.values())
    assert "planned" in {str(state_of(step)) for step in steps.values()}
    assert {step.override for step in steps.values()} == {""}
    for step in [step for step in steps.values() if boards_of(step)]:
        assert Seat.objects.of(city).filter(board__step=step).count() >= 4, step.key
    for step in [steps[key] for key, state in states.items() if state == "closed"]:
        assert Contribution.objects.of(city).filter(step=step, kind__in=MADE, listed=1).exists(), step.key
        assert all(row.given_at <= step.closes_at + DAY for row in Contribution.objects.of(city).filter(step=step) if step.closes_at)
    assert miscounts(city) == []


def test_hamburg_reads_like_a_city_whose_people_follow_searches_that_find_something() -> None:
    city = make("hamburg", "umziehen")
    rows = Contribution.objects.of(city).exclude(kind="comment")
    assert rows.count() >= 36
    assert set(rows.values_list("visibility", flat=True)) == {"published", "waiting", "hidden", "withdrawn", "draft", "erased"}
    assert set(rows.filter(listed=1).values_list("status", flat=True)) == set(Contribution.Status.values)
    assert Contribution.objects.of(city).filter(kind="comment").count() > 60
    assert Derivative.objects.of(city).filter(mime="image/svg+xml", file__is_public=True).count() >= 6
    assert User.objects.filter(email="administrator@hamburg.example.org").exists()
    run_due()  # the index
    searches = list(SavedSearch.objects.of(city).select_related("participant__user", "area", "category"))
    assert {search.participant.user.email for search in searches if search.participant.user} == {"citizen@hamburg.example.org"}
    for search in searches:
        areas = (search.area.pk,) if search.area else ()
        assert search.tells
        assert count_listed(city, Filters(areas=areas, category=search.category, words=search.words)), search.asked


@pytest.mark.django_db(transaction=True)
def test_kassel_has_boards_a_film_a_paper_and_a_report_that_everybody_can_see(client: Client) -> None:
    city = make("kassel", "leihladen")
    check_what_lies_there(city)
    rows = Attachment.objects.of(city).select_related("file", "contribution")
    film, paper = (rows.get(file__mime=mime) for mime in ("video/webm", "application/pdf"))
    assert (film.file.state, film.file.is_public, film.file.seconds) == ("ready", True, 7)
    assert (paper.file.state, paper.file.is_public, paper.file.pages, paper.file.title) == ("ready", True, 1, "Gießplan")
    page = client.get(film.contribution.path, headers={"host": "kassel.localhost"}).content.decode()
    assert "<video" in page
    assert "zählt von sieben herunter" in page
    page = client.get(paper.contribution.path, headers={"host": "kassel.localhost"}).content.decode()
    assert "Gießplan" in page
    edition = Edition.objects.of(city).get()
    assert 3 * DAY < TODAY - edition.released_at < 5 * DAY
    page = client.get("/beteiligung/letzte-bahn/bericht", headers={"host": "kassel.localhost"}).content.decode()
    for words in ("Wie kommen wir nachts nach Hause?", "in Backstuben", "Nicht möglich"):
        assert words in page
    assert "{data}" not in page
    run_due()
    assert not Notice.objects.of(city).filter(kind="contribution.file_refused").exists()


def check_what_lies_there(city: City) -> None:
    """Cards, groups, dots and promises lie on Kassel's boards, and a second start leaves them alone."""
    steps = steps_of(city, "leihladen")
    things = {key: document_of(boards_of(step)[0]) for key, step in steps.items() if boards_of(step)}
    assert sorted(things) == ["brainstorm", "canvas", "cluster", "dots", "plan"]
    assert len(things["cluster"].groups) == 3
    assert len({card.region for card in things["canvas"].cards.values() if card.region}) == 9
    assert len(things["dots"].dots) == 29
    assert sum(bool(card.fields.get("who")) for card in things["plan"].cards.values()) == 6
    assert len(things["brainstorm"].cards) == 9
    result = Contribution.objects.of(city).get(kind="result")
    assert "1. Nah dran und lange offen (13 Punkte)" in result.text
    before = list(Board.objects.of(city).order_by("pk").values("pk", "sequence", "version"))
    with time_machine.travel(TODAY, tick=False):
        load_demo(city, Pack(ROOT / "cities" / "kassel"))
    assert list(Board.objects.of(city).order_by("pk").values("pk", "sequence", "version")) == before
