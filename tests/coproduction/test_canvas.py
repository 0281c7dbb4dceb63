"""A concept out of a canvas: filled when somebody works on it, and never overwritten by concluding again."""

from __future__ import annotations

from typing import Any

import pytest
from tests.factories import make_actor, make_city, make_participant, make_process, make_staff, make_step

from civitas.boards.actions import open_board, put_on_board
from civitas.boards.card_flags import decide_card
from civitas.boards.flag_models import FlaggedCard
from civitas.boards.things import Card
from civitas.contributions.models import Contribution
from civitas.coproduction.actions.people import ask_to_write
from civitas.coproduction.actions.writing import canvas_offers, settle_offer, write_lead, write_section
from civitas.coproduction.models import Concept, Member, SectionText, Wording
from civitas.coproduction.queries import member_of
from civitas.people.actors import actor_of
from civitas.processes.registry import method_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def step(db: None) -> Any:
    process = make_process(make_city("hamburg"), "ottensen")
    make_step(process, position=1)
    return make_step(process, position=2, method="canvas", settings={"canvas": "persona", "about": {"de": "Schatten für Aylin"}})


def lay(step: Any, key: str, text: str, region: str) -> None:
    put_on_board(open_board(step), lambda _there: [Card(key, by="x", text=text, region=region)])


def conclude(step: Any) -> Any:
    method_of(step).conclude(make_actor(step.city, "facilitator"), step)
    rows = Contribution.objects.of(step.city).select_related("city", "author", "process", "step")
    return rows.get(kind="concept")


def texts(step: Any) -> dict[str, str]:
    return dict(SectionText.objects.of(step.city).values_list("key", "text"))


def test_who_asks_first_has_it_filled_from_the_poster(step: Any) -> None:
    lay(step, "aaaaaaaa", "Aylin, 34", "name")
    lay(step, "bbbbbbbb", "Schatten bis zur Kita", "needs")
    row = conclude(step)
    bob = make_participant(step.city, "Bob")
    assert ask_to_write(actor_of(bob), row).state == Member.State.ASKED
    assert texts(step) == {"audience": "Wer ist das?\n– Aylin, 34", "need": "Das wird gebraucht:\n– Schatten bis zur Kita"}
    assert list(Wording.objects.of(step.city).order_by("edition").values_list("edition", "by_canvas")) == [(1, True), (2, True)]


def test_who_leads_concepts_is_in_at_once(step: Any) -> None:
    lay(step, "aaaaaaaa", "Aylin, 34", "name")
    assert ask_to_write(actor_of(make_staff(step.city, "owner")), conclude(step)).state == Member.State.IN


def test_concluding_again_offers_what_is_newer_and_overwrites_nothing(step: Any) -> None:
    lay(step, "aaaaaaaa", "Aylin, 34", "name")
    owner = actor_of(make_staff(step.city, "owner"))
    row = conclude(step)
    ask_to_write(owner, row)
    concept = Concept.objects.of(step.city).select_related("contribution", "contribution__city").get()
    member = member_of(owner, concept)
    write_section(owner, concept, member, "audience", text="Aylin und alle Nachbarn.", version=1)
    write_lead(owner, concept, member, title="Schatten für alle", text="Kurz gesagt.", version=row.version)

    lay(step, "bbbbbbbb", "Opa Ernst", "name")
    again = conclude(step)
    assert (again.title, again.text) == ("Schatten für alle", "Kurz gesagt.")
    assert texts(step) == {"audience": "Aylin und alle Nachbarn."}
    rows = {each.key: each for each in SectionText.objects.of(step.city)}
    assert canvas_offers(concept, rows) == {"audience": "Wer ist das?\n– Aylin, 34\n– Opa Ernst"}
    settle_offer(owner, concept, member, "audience")
    rows = {each.key: each for each in SectionText.objects.of(step.city)}
    assert (canvas_offers(concept, rows), texts(step)) == ({}, {"audience": "Aylin und alle Nachbarn."})


def test_a_hidden_card_leaves_the_sections_that_were_written_out_of_it_in_every_wording(step: Any) -> None:
    lay(step, "aaaaaaaa", "Aylin ist dumm", "name")
    lay(step, "bbbbbbbb", "Opa Ernst", "name")
    owner = actor_of(make_staff(step.city, "owner"))
    ask_to_write(owner, conclude(step))
    concept = Concept.objects.of(step.city).select_related("contribution", "contribution__city").get()
    write_section(owner, concept, member_of(owner, concept), "audience", text="Für alle:\n– Aylin ist dumm\n– Opa Ernst", version=1)
    flagged = FlaggedCard.objects.create(city=step.city, board=open_board(step), card="aaaaaaaa")
    decide_card(owner, flagged, "hidden", reason="insult")
    unsaid = "(ein Beitrag, der nicht mehr gezeigt wird)"
    assert texts(step) == {"audience": f"Für alle:\n– {unsaid}\n– Opa Ernst"}
    assert [each.text for each in Wording.objects.of(step.city).order_by("pk")] == [
        f"Wer ist das?\n– {unsaid}\n– Opa Ernst",
        f"Für alle:\n– {unsaid}\n– Opa Ernst",
    ]
    decide_card(owner, flagged, "kept")
    rows = {each.key: each for each in SectionText.objects.of(step.city)}
    assert canvas_offers(concept, rows) == {"audience": "Wer ist das?\n– Aylin ist dumm\n– Opa Ernst"}
