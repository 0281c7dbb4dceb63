"""Pages by cursor show every row once, whatever stands in the address."""

import pytest
from tests import factories

from civitas.contributions.models import Contribution
from civitas.kit.keyset import keyset_page

pytestmark = pytest.mark.django_db


def test_pages_show_each_row_once_in_order():
    city = factories.make_city()
    step = factories.make_step(factories.make_process(city))
    for number in range(7):
        factories.make_contribution(step, f"Idee {number}", imported_support=number % 3)
    rows, cursor, seen = Contribution.objects.of(city), "", []
    for _page in range(10):
        page = keyset_page(rows, by=("support_total", "newest_key"), cursor=cursor, size=2)
        seen += [(row.support_total, row.newest_key) for row in page.rows]
        cursor = page.next_cursor
        if not cursor:
            break
    assert seen == sorted(seen, reverse=True)
    assert len(set(seen)) == 7


@pytest.mark.parametrize("cursor", ["x", "1.2.3", "1;drop", "9" * 40, "1.", "٣.٣"])
def test_a_mangled_cursor_shows_the_first_page(cursor):
    city = factories.make_city()
    row = factories.make_contribution(factories.make_step(factories.make_process(city)))
    page = keyset_page(Contribution.objects.of(city), by=("support_total", "newest_key"), cursor=cursor, size=2)
    assert page.rows == [row]
