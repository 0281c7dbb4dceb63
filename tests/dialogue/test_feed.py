"""The comments of a contribution as a feed: newest first, at whatever depth, and nothing that is not shown to all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import make_browser, make_city, make_comment, make_contribution, make_process, make_step

from civitas.contributions.actions import change_visibility

if TYPE_CHECKING:
    from civitas.contributions.models import Contribution

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def row() -> Contribution:
    return make_contribution(make_step(make_process(make_city("hamburg"))))


def path(row: Contribution) -> str:
    return f"/beitrag/{row.number}/kommentare/feed"


def entries(answer: Any) -> list[ET.Element]:
    return list(ET.fromstring(answer.content).iter(f"{ATOM}entry"))


def test_the_newest_stands_first_and_each_leads_to_its_comment(row: Contribution) -> None:
    first = make_comment(row, "Ein <b>Dach</b> & eine Bank")
    reply = make_comment(row, "Und Licht", parent=first)
    hidden = make_comment(row, "Kauft Uhren")
    change_visibility(row.city, hidden, "hidden", reason="Werbung")
    browser = make_browser(row.city)
    answer = browser.get(path(row))
    found = entries(answer)
    assert [each.findtext(f"{ATOM}summary") for each in found] == ["Und Licht", "Ein &lt;b&gt;Dach&lt;/b&gt; &amp; eine Bank"]
    assert found[0].find(f"{ATOM}link").attrib["href"].endswith(f"?kommentar={reply.pk}#k-{reply.pk}")  # type: ignore[union-attr]
    assert len({each.findtext(f"{ATOM}id") for each in found}) == 2
    assert browser.get(path(row), headers={"if-none-match": answer.headers["ETag"]}).status_code == 304


def test_the_page_leads_to_its_feed_once_somebody_has_commented(row: Contribution) -> None:
    browser = make_browser(row.city)
    assert path(row) not in browser.get(row.path).content.decode()
    make_comment(row, "Gut")
    assert path(row) in browser.get(row.path).content.decode()


def test_what_is_not_shown_to_all_has_no_feed(row: Contribution) -> None:
    make_comment(row, "Gut")
    assert make_browser(make_city("kassel")).get(path(row)).status_code == 404
    change_visibility(row.city, row, "hidden", reason="Werbung")
    assert make_browser(row.city).get(path(row)).status_code == 404


def test_a_feed_costs_the_same_with_one_comment_and_with_ten(row: Contribution) -> None:
    browser = make_browser(row.city)

    def count() -> int:
        browser.get(path(row))
        with CaptureQueriesContext(connection) as queries:
            browser.get(path(row))
        return len(queries)

    make_comment(row, "Gut")
    one = count()
    for number in range(9):
        make_comment(row, f"Nummer {number}")
    assert count() == one
