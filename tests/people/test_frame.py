"""The frame round every page."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tests.factories import SETTINGS, make_browser, make_city

pytestmark = pytest.mark.django_db


def foot_of(city: Any, path: str = "/") -> list[str]:
    page = make_browser(city).get(path).content.decode()
    part = re.search(r'<nav aria-labelledby="foot-take-part">(.*?)</nav>', page, re.DOTALL)
    assert part
    return re.findall(r'href="([^"]+)"', part[1])


def test_the_foot_leads_to_themes_concepts_and_services_which_the_head_has_no_room_for() -> None:
    assert foot_of(make_city("hamburg"))[-4:-1] == ["/themen", "/konzepte", "/dienstleistungen"]
    assert foot_of(make_city("kassel"), "/en/")[-4:-1] == ["/en/themen", "/en/konzepte", "/en/dienstleistungen"]


def test_the_foot_names_nothing_that_the_city_has_switched_off() -> None:
    city = make_city("hamburg", settings=SETTINGS | {"modules": ["processes"]})
    assert not {"/themen", "/konzepte", "/dienstleistungen"} & set(foot_of(city))
