"""The board of samples on the page of components."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from tests.factories import make_city

if TYPE_CHECKING:
    from django.test import Client


def options_of(html: str) -> dict[str, Any]:
    found = re.search(r'<script id="board-kit-sample" type="application/json">(.*?)</script>', html, re.DOTALL)
    assert found is not None
    read: dict[str, Any] = json.loads(found[1])
    return read


@pytest.fixture
def hamburg(db: None) -> None:
    make_city("hamburg")


@pytest.mark.usefixtures("hamburg")
@pytest.mark.parametrize(("query", "cards", "groups", "regions"), [("", 17, 4, 0), ("?cards=120", 120, 3, 0), ("?canvas=1", 5, 0, 5)])
def test_a_sample_needs_no_login_and_no_connection(client: Client, query: str, cards: int, groups: int, regions: int) -> None:
    answer = client.get(f"/kit/board{query}", headers={"host": "hamburg.localhost"})
    options = options_of(answer.content.decode())
    assert answer.status_code == 200
    assert (len(options["sample"]["cards"]), len(options["sample"].get("groups", []))) == (cards, groups)
    assert len((options["canvas"] or {"regions": []})["regions"]) == regions
    assert (options["live"], options["seat"]) == ("", "me")


@pytest.mark.usefixtures("hamburg")
def test_a_number_that_is_none_is_not_found(client: Client) -> None:
    assert client.get("/kit/board?cards=many", headers={"host": "hamburg.localhost"}).status_code == 404


@pytest.mark.usefixtures("hamburg")
def test_no_more_cards_than_a_board_may_hold(client: Client) -> None:
    answer = client.get("/kit/board?cards=999999", headers={"host": "hamburg.localhost"})
    assert len(options_of(answer.content.decode())["sample"]["cards"]) == 10_000
