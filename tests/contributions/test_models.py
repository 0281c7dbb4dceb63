"""What a contribution says of itself."""

from __future__ import annotations

import pytest
from tests.factories import make_city, make_contribution, make_guest, make_organisation, make_process, make_step

pytestmark = pytest.mark.django_db


def test_it_is_said_by_the_organisation_else_by_its_author_else_by_nobody() -> None:
    step = make_step(make_process(make_city("hamburg")))
    nele, office = make_guest(step.city, pseudonym="Nele"), make_organisation(step.city, "Bücherhallen")
    assert make_contribution(step, author=nele, organisation=office).speaker == "Bücherhallen"
    assert make_contribution(step, author=nele).speaker == "Nele"
    assert make_contribution(step, author=None).speaker == ""


def test_what_became_of_an_organisations_idea_names_the_organisation(client) -> None:
    step = make_step(make_process(make_city("hamburg")))
    nele, office = make_guest(step.city, pseudonym="Nele"), make_organisation(step.city, "Bücherhallen")
    make_contribution(step, "Eine Bank", author=nele, organisation=office, status="done")
    page = client.get("/ergebnisse", headers={"host": "hamburg.localhost"}).content.decode()
    assert "Bücherhallen" in page
    assert "Nele" not in page
