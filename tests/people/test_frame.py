"""The frame round every page."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse
from tests.factories import SETTINGS, make_browser, make_city, make_staff

from civitas.kit.rooms import STAFF_MENUS, rooms
from civitas.people.actors import actor_of
from civitas.people.models import Membership

pytestmark = pytest.mark.django_db


def foot_of(city: Any, path: str = "/") -> list[str]:
    page = make_browser(city).get(path).content.decode()
    part = re.search(r'<nav aria-labelledby="foot-take-part">(.*?)</nav>', page, re.DOTALL)
    assert part
    return re.findall(r'href="([^"]+)"', part[1])


def test_the_foot_leads_to_themes_concepts_and_services_which_the_head_has_no_room_for() -> None:
    assert foot_of(make_city("hamburg"))[-4:-1] == ["/themen", "/konzepte", "/dienstleistungen"]
    assert foot_of(make_city("kassel"), "/en/")[-4:-1] == ["/en/themen", "/en/konzepte", "/en/dienstleistungen"]


def test_each_place_of_the_team_stands_in_its_bar() -> None:
    city = make_city("hamburg")
    person = make_staff(city, "administrator")
    Membership.objects.bulk_create(Membership(city=city, participant=person, role=role) for role in ("moderator", "owner", "facilitator"))
    actor = actor_of(person)
    places = [item for room in rooms() for item in room.staff_navigation if city.has_module(item.module)]
    names = [item.url_name for item in places if item.may is None or item.may(actor)]
    assert len(names) > len(STAFF_MENUS)
    page = make_browser(city, person).get("/").content.decode()
    assert [name for name in names if f'href="{reverse(name)}"' not in page] == []


def test_no_room_names_a_menu_that_the_bar_does_not_have() -> None:
    assert {item.menu for room in rooms() for item in room.staff_navigation} == {"", *STAFF_MENUS}


def test_the_foot_names_nothing_that_the_city_has_switched_off() -> None:
    city = make_city("hamburg", settings=SETTINGS | {"modules": ["processes"]})
    assert not {"/themen", "/konzepte", "/dienstleistungen"} & set(foot_of(city))
