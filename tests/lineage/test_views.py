"""The page of a story, its paper and its list of voices: for everybody, in this city, of what may be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.factories import make_actor, make_browser, make_city, make_link, make_staff

from civitas.merging.actions import merge_contributions

if TYPE_CHECKING:
    from civitas.contributions.models import Contribution

pytestmark = pytest.mark.django_db


@pytest.fixture
def theme(town: Any) -> Contribution:
    row = town.give("Ruhe", kind="theme")
    for index in range(25):
        make_link(town.give(f"Stimme {index}"), row, "grouped_into")
    return row


def test_everybody_reads_the_story(town: Any, theme: Contribution) -> None:
    page = make_browser(town.city).get(f"/beitrag/{theme.number}/werdegang")
    assert page.status_code == 200
    assert ("25 Stimmen" in page.text, "Alle 25 lesen" in page.text) == (True, True)


def test_the_contributions_page_leads_to_it(town: Any, theme: Contribution) -> None:
    assert f'href="/beitrag/{theme.number}/werdegang"' in make_browser(town.city).get(theme.path).text


def test_a_story_that_just_begins_says_so(town: Any) -> None:
    page = make_browser(town.city).get(f"/beitrag/{town.give('Bänke').number}/werdegang")
    assert "Hier beginnt der Werdegang" in page.text


def test_the_voices_come_page_by_page(town: Any, theme: Contribution) -> None:
    browser, address = make_browser(town.city), f"/beitrag/{theme.number}/werdegang/stimmen"
    first = browser.get(address)
    second = browser.get(address + first.context["next_url"])
    seen = [row.title for page in (first, second) for row in page.context["rows"]]
    assert (sorted(seen), second.context["next_url"]) == (sorted(f"Stimme {index}" for index in range(25)), "")


@pytest.mark.parametrize("page", ["werdegang", "werdegang/stimmen"])
def test_another_citys_and_what_is_hidden_do_not_exist(town: Any, theme: Contribution, page: str) -> None:
    address = f"/beitrag/{theme.number}/{page}"
    assert make_browser(make_city("kassel")).get(address).status_code == 404
    hidden = town.give("Verborgen", visibility="hidden")
    address = f"/beitrag/{hidden.number}/{page}"
    assert make_browser(town.city).get(address).status_code in {403, 404, 410}
    assert make_browser(town.city, town.person("Alice")).get(address).status_code in {403, 404, 410}
    assert make_browser(town.city, make_staff(town.city, "moderator")).get(address).status_code == 200


def test_what_was_put_together_leads_to_the_story_of_both(town: Any) -> None:
    head, wording = town.give("Bänke"), town.give("Sitze")
    merge_contributions(make_actor(town.city, "moderator"), head, [wording])
    answer = make_browser(town.city).get(f"/beitrag/{wording.number}/werdegang")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/beitrag/{head.number}/werdegang")


def test_it_is_printed_by_post_alone(town: Any, theme: Contribution) -> None:
    browser, address = make_browser(town.city), f"/beitrag/{theme.number}/werdegang/pdf"
    assert browser.get(address).status_code == 405
    printed = browser.post(address)
    assert (printed.headers["Content-Type"], printed.content[:5]) == ("application/pdf", b"%PDF-")
    assert make_browser(make_city("kassel")).post(address).status_code == 404
