from __future__ import annotations

import datetime as dt
import json
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civitas.cities.models import City
from civitas.contributions.drawings import drawing_text
from civitas.interop.columns import COMMENT_NAMES, CONTRIBUTION_NAMES, BadCell, Cells, moment, recognised
from civitas.interop.tables import Record, Unreadable

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2017-09-13T08:08:40+02:00", "2017-09-13T06:08:40"),
        ("2017-09-13T08:08:40Z", "2017-09-13T08:08:40"),
        ("2017-09-13 08:08", "2017-09-13T06:08:00"),
        ("2017-01-13", "2017-01-12T23:00:00"),
        ("13. Sep. 2017 09:58", "2017-09-13T07:58:00"),
        ("3. März 2018, 9:05 Uhr", "2018-03-03T08:05:00"),
        ("13.09.2017 09:58:01", "2017-09-13T07:58:01"),
        ("1.2.2018", "2018-01-31T23:00:00"),
        # The hour that comes twice is its first, the hour that is skipped the one after.
        ("29. Okt. 2017 02:30", "2017-10-29T00:30:00"),
        ("26. Mär. 2017 02:30", "2017-03-26T01:30:00"),
    ],
)
def test_dates_are_read_in_the_citys_zone(text: str, utc: str) -> None:
    assert moment(text, BERLIN) == dt.datetime.fromisoformat(utc).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "text", ["vorgestern", "32.13.2017", "31. Foo. 2017", "0001-01-01", "9999-12-31T23:59:59", "9999-12-31T23:59:59-12:00"]
)
def test_what_is_no_date_is_said(text: str) -> None:
    with pytest.raises(BadCell):
        moment(text, BERLIN)


def test_german_and_english_columns_are_recognised() -> None:
    header = ["document_id", "Titel", "contributiontext", "URL", "Kategorie", "Datum", "Breitengrad", "lng", "Stimmen", "Wetter"]
    fields, unread = recognised(header, CONTRIBUTION_NAMES, {})
    assert fields == {
        "id": "document_id",
        "title": "Titel",
        "text": "contributiontext",
        "url": "URL",
        "category": "Kategorie",
        "created": "Datum",
        "lat": "Breitengrad",
        "lon": "lng",
        "votes": "Stimmen",
    }
    assert unread == ["Wetter"]


def test_a_column_can_be_chosen_by_hand() -> None:
    fields, unread = recognised(["Nr", "Wunsch", "text"], CONTRIBUTION_NAMES, {"Nr": "id", "Wunsch": "title"})
    assert fields == {"id": "Nr", "title": "Wunsch", "text": "text"}
    assert unread == []


@pytest.mark.parametrize(
    ("header", "chosen", "sentence"),
    [
        (["a", "b"], {}, "No column holds a title or a text"),
        (["title"], {}, "No column tells the rows apart"),
        (["id", "title"], {"x": "text"}, "There is no column 'x'"),
        (["id", "title"], {"title": "headline"}, "'headline' is no field"),
    ],
)
def test_a_header_that_does_not_do_is_refused(header: list[str], chosen: dict[str, str], sentence: str) -> None:
    with pytest.raises(Unreadable, match=sentence):
        recognised(header, CONTRIBUTION_NAMES, chosen)


def test_the_columns_of_comments_are_told_apart() -> None:
    fields, unread = recognised(["id", "reply_to", "title", "text", "created", "contribution_url"], COMMENT_NAMES, {})
    assert sorted(fields) == ["contribution_url", "created", "id", "reply_to", "text", "title"]
    assert unread == []


def cells(**values: str) -> Cells:
    return Cells(Record(2, values), {name: name for name in values}, BERLIN)


def test_places_are_read_with_point_and_comma() -> None:
    assert cells(lat="50.5", lon="7,25").place() == (50.5, 7.25)
    assert cells(lat="", lon="").place() == (None, None)


@pytest.mark.parametrize(("lat", "lon"), [("95", "7"), ("50", ""), ("nan", "7"), ("inf", "7"), ("a", "b"), ("5.620.000", "32.450.000")])
def test_what_is_no_place_is_said(lat: str, lon: str) -> None:
    with pytest.raises(BadCell):
        cells(lat=lat, lon=lon).place()


CITY = City(pk=1, slug="stadt")
SQUARE = "POLYGON ((7 50, 7.1 50, 7.1 50.1, 7 50.1, 7 50))"


@pytest.mark.django_db
@given(corners=st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=2, max_size=40))
def test_a_drawing_goes_out_and_comes_back_the_same(corners: list[tuple[float, float]]) -> None:
    text = "LINESTRING (" + ", ".join(f"{lon!r} {lat!r}" for lon, lat in corners) + ")"
    try:
        first = cells(drawing=text).drawing(CITY)
    except BadCell:
        assert len({(round(lon, 6), round(lat, 6)) for lon, lat in corners}) < 2 or "e-" in text
        return
    assert cells(drawing=drawing_text(first[0])).drawing(CITY) == first


@pytest.mark.django_db
def test_a_drawing_is_read_from_both_ways_of_writing_it() -> None:
    drawn, lat, lon = cells(drawing=SQUARE).drawing(CITY)
    assert drawn
    assert (drawn["type"], lat, lon) == ("Polygon", 50.05, 7.05)
    assert cells(drawing=json.dumps(drawn)).drawing(CITY)[0] == drawn
    assert cells(drawing=" ").drawing(CITY) == (None, None, None)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text",
    [
        "ein Kringel",
        "LINESTRING (7 50)",
        "MULTIPOINT (7 50, 8 51)",
        "POINT (3500000 5600000)",
        "POINT EMPTY",
        "POLYGON ((7 50, 8 51, 8 50, 7 51, 7 50))",
        '{"type": "Point"}',
        "POINT (7 50)" + " " * 200_000 + ")",
    ],
)
def test_what_is_no_drawing_is_said(text: str) -> None:
    with pytest.raises(BadCell, match="WKT or GeoJSON"):
        cells(drawing=text).drawing(CITY)


def test_votes_are_counted() -> None:
    assert [cells(votes=text).votes() for text in ("", "0", "12", "3,0", "3.00")] == [0, 0, 12, 3, 3]


@pytest.mark.parametrize("text", ["-3", "viele", "1.5", "99999999999999"])
def test_what_is_no_count_is_said(text: str) -> None:
    with pytest.raises(BadCell):
        cells(votes=text).votes()


@pytest.mark.parametrize(
    "text", ["javascript:alert(1)", "data:text/html,x", "www.example.org", "https://", "https://a b", "http://[", "https://x/" + "a" * 500]
)
def test_what_is_no_web_address_is_said(text: str) -> None:
    with pytest.raises(BadCell):
        cells(url=text).url("url")
