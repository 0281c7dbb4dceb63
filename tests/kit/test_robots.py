"""What search engines are told: where to stay away, what a page is about, and in which languages it is there."""

from __future__ import annotations

import pytest
from tests.factories import make_browser, make_city, make_process, make_step

from civitas.kit.translated import Translated

pytestmark = pytest.mark.django_db


def test_search_engines_stay_away_from_what_is_a_persons_own() -> None:
    answer = make_browser(make_city("hamburg")).get("/robots.txt")
    assert answer.headers["Content-Type"].startswith("text/plain")
    lines = answer.text.splitlines()
    assert lines[0] == "User-agent: *"
    assert {"Disallow: /konto/", "Disallow: /en/verwaltung/", "Disallow: /einfach/mein"} <= set(lines)
    assert "Disallow: /entdecken" not in lines


@pytest.mark.parametrize("path", ["/", "/entdecken", "/geben", "/anregungen"])
def test_a_page_says_once_what_it_is_about_and_where_its_other_languages_are(path: str) -> None:
    city = make_city("hamburg")
    city.settings = {**city.settings, "hero_lead": Translated({"de": "Sagen Sie, was fehlt."})}
    city.save()
    make_step(make_process(city))
    page = make_browser(city).get(path).text
    assert page.count('<meta name="description"') == 1
    english = "/en" + path
    assert f'<link rel="alternate" hreflang="en" href="http://hamburg.localhost{english}">' in page
    assert f'<link rel="alternate" hreflang="de" href="http://hamburg.localhost{path}">' in page
