"""Every address of the team's pages: who comes in, who finds nothing, and that a form sent twice, forged or from elsewhere does no harm.

An address that is new fails here until the town has something at it and the form that it takes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test import Client, override_settings
from tests.factories import make_browser, make_city, make_participant, make_staff
from tests.project.staff_town import ALL_ROLES, Town, make_town, staff_patterns

from civitas.cities.models import CityRow
from civitas.kit.pdf import may_print
from civitas.people.models import Membership

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from civitas.cities.models import City

pytestmark = pytest.mark.django_db
ADDRESSES = dict(staff_patterns())
# The record notes each press, and who handed evidence out twice did so twice.
UNCOUNTED = {"journal.Entry"}
ROWS = [model for model in apps.get_models() if issubclass(model, CityRow)]


@pytest.fixture(scope="module")
def town_of_all(django_db_setup: None, django_db_blocker: Any) -> Iterator[Town]:
    """Made once, for a transaction in which each test has its own and takes back what it did."""
    around: Any = transaction.atomic()
    around._from_testcase = True  # no transaction of the house: what asks for one (`enqueue`) does not take this for it
    with django_db_blocker.unblock(), override_settings(EVIDENCE_KEY="a key for tests of the team's addresses only"), around:
        yield make_town()
        transaction.set_rollback(True)


@pytest.fixture
def town(town_of_all: Town, db: None) -> Town:
    return town_of_all


def rows_of(city: City) -> dict[str, list[tuple[Any, ...]]]:
    """All that the database knows of a city."""
    return {model._meta.label: list(model._default_manager.of(city).order_by("pk").values_list()) for model in ROWS}


def changed(city: City, before: dict[str, list[tuple[Any, ...]]]) -> list[str]:
    """The tables in which a city's rows are not what they were."""
    return [label for label, rows in rows_of(city).items() if rows != before[label]]


def counts_of(city: City) -> dict[str, int]:
    """How many rows each table has of a city; one query, for it is asked twice for each form."""
    counted = [model for model in ROWS if model._meta.label not in UNCOUNTED]
    sql = " UNION ALL ".join(f"SELECT '{model._meta.label}', COUNT(*) FROM {model._meta.db_table} WHERE city_id = %s" for model in counted)
    with connection.cursor() as cursor:
        cursor.execute(sql, [city.pk] * len(counted))
        return dict(cursor.fetchall())


def status_of(answer: Any) -> int:
    """The status of an answer, read to its end."""
    if answer.streaming:
        b"".join(answer.streaming_content)
        answer.close()
    return int(answer.status_code)


def answers_to(town: Town, browser: Client) -> dict[str, set[int]]:
    """What somebody gets who opens every address, and sends every form."""
    found = {name: {status_of(browser.get(town.address(name)))} for name in ADDRESSES}
    for name, typed in town.forms.items():
        found[name].add(status_of(browser.post(town.address(name), typed)))
    return found


def others(found: dict[str, set[int]], *, expected: Iterable[int]) -> dict[str, set[int]]:
    """The addresses that answer otherwise than expected; that one takes another method (405) is told to everybody."""
    return {name: rest for name, statuses in found.items() if (rest := statuses - {405, *expected})}


def test_the_town_has_something_at_every_address_and_each_form(town: Town) -> None:
    assert {name for name, path in ADDRESSES.items() if "<" in path} == set(town.keys)
    assert set(town.queries) | set(town.forms) <= set(ADDRESSES)
    chief = town.browser(town.chief)
    opened = {name: status_of(chief.get(town.address(name))) for name in ADDRESSES}
    if not may_print():  # the machine lacks the library, and the page says so
        assert opened.pop("cockpit_brief") == 503
    assert {name: status for name, status in opened.items() if status not in {200, 301, 302, 405}} == {}
    # What cannot be opened is a form's; what a form can be sent to says so by its methods.
    takes = {name for name in ADDRESSES if "POST" in chief.options(town.address(name)).headers.get("Allow", "")}
    assert {name for name, status in opened.items() if status == 405} <= set(town.forms)
    assert takes == set(town.forms)


def test_without_a_login_every_way_leads_to_the_door(town: Town) -> None:
    before = rows_of(town.city)
    stranger = make_browser(town.city)
    assert others(answers_to(town, stranger), expected=[302]) == {}
    for name in ADDRESSES:
        assert stranger.get(town.address(name)).headers["Location"].startswith("/konto/anmelden?next=/verwaltung/"), name
    assert changed(town.city, before) == []


def test_citizens_and_the_staff_of_another_city_come_in_nowhere(town: Town) -> None:
    citizen, foreign = make_participant(town.city, "Bob"), make_staff(make_city("kassel"), "administrator")
    before = rows_of(town.city)
    for person in (citizen, foreign):
        assert others(answers_to(town, town.browser(person)), expected=[403, 404]) == {}
    assert changed(town.city, before) == []


def test_on_another_citys_host_nothing_of_this_one_is_there(town: Town) -> None:
    kassel = make_city("kassel")
    foreign = make_staff(kassel, "administrator")
    Membership.objects.bulk_create(Membership(city=kassel, participant=foreign, role=role) for role in ALL_ROLES if role != "administrator")
    before = rows_of(town.city)
    found = answers_to(town, make_browser(kassel, foreign))
    assert others({name: found[name] for name in town.keys}, expected=[404]) == {}
    assert changed(town.city, before) == []


def test_a_form_from_another_site_does_nothing(town: Town) -> None:
    assert town.chief.user is not None
    forger = Client(enforce_csrf_checks=True, headers={"host": "hamburg.localhost"})
    forger.force_login(town.chief.user)
    before = rows_of(town.city)
    assert {name for name, typed in town.forms.items() if forger.post(town.address(name), typed).status_code != 403} == set()
    assert changed(town.city, before) == []


def test_a_double_click_is_one_click(town: Town) -> None:
    """Nothing is there twice; what is decided or gone by then says so (the browser does not send it a second time, see `once.ts`)."""
    chief, statuses, more = town.browser(town.chief), {}, {}
    for name, typed in town.forms.items():
        with transaction.atomic():
            first = status_of(chief.post(town.address(name), typed))
            there = counts_of(town.city)
            statuses[name] = (first, status_of(chief.post(town.address(name), typed)))
            more[name] = {label: count - there[label] for label, count in counts_of(town.city).items() if count != there[label]}
            transaction.set_rollback(True)
    done = {200, 302, 303}
    assert {name: pair for name, pair in statuses.items() if pair[0] not in done or pair[1] not in {*done, 404, 409}} == {}
    assert {name: counts for name, counts in more.items() if counts} == {}
