from __future__ import annotations

import datetime as dt
import itertools
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone
from tests.factories import make_category
from tests.interop.desks import FILES, Desk, desk_of, rows_of

from civitas.contributions.counts import miscounts
from civitas.contributions.models import Contribution, Revision, StatusEvent
from civitas.contributions.queries import Filters, listed
from civitas.dialogue.way import stations_of
from civitas.interop.tables import Unreadable
from civitas.journal.models import Entry
from civitas.kit.templatetags.kit import answer_by
from civitas.kit.verdicts import Refused
from civitas.outbox.models import OutboxRow
from civitas.outbox.worker import run_due
from civitas.people.actors import Actor, city_actor
from civitas.processes.models import Category
from civitas.processes.policies import Promise

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django import DjangoAssertNumQueries

    from civitas.cities.models import City

pytestmark = pytest.mark.django_db
CONTRIBUTIONS, COMMENTS = FILES / "contributions.csv", FILES / "comments.csv"


def by_key(desk: Desk) -> dict[str, Contribution]:
    rows = Contribution.objects.of(desk.city).filter(process=desk.process).exclude(kind="comment").select_related("category", "area")
    return {row.source_key: row for row in rows}


def test_every_row_is_in_or_among_the_rejects_with_its_reason(desk: Desk) -> None:
    report = desk.take(CONTRIBUTIONS)
    assert (report.rows, report.taken.new, report.rejected) == (15, 7, 8)
    assert sorted(by_key(desk)) == ["K1", "K2", "K3", "K4", "K5", "K6", "K7"]
    assert [row["reason"] for row in rows_of(desk.rejects)] == [
        "the row has 3 cells, the header has 10",
        "the row has neither a title nor a text",
        "the id 'K1' stands twice in this file",
        "'95', '7' lies outside the world (WGS84 degrees are wanted)",
        "'vorgestern' is no date that we can read",
        "'javascript:alert(1)' is no web address of at most 500 characters",
        "the votes '-3' are no whole number from 0",
        "a quotation mark is not closed",
    ]
    assert miscounts(desk.city) == []


def test_what_people_wrote_is_kept_and_made_safe(desk: Desk) -> None:
    desk.take(CONTRIBUTIONS)
    rows = by_key(desk)
    assert rows["K3"].title == '=HYPERLINK("https://example.org";"Klick")'
    assert rows["K3"].text == '-1 ist auch eine Zahl\nund das die zweite Zeile, mit "Anführung"'
    assert (rows["K5"].title, rows["K5"].text) == ("<script>alert(1)</script>", "Zeichenverdreht und  Klingel")
    assert rows["K2"].text == ""
    assert rows["K6"].title == "Nur ein Text, ohne Titel. Er ist lang genug, dass man ihn für die Überschrift …"
    assert len(rows["K7"].title) == 217
    assert rows["K1"].source_url == "https://example.org/b/k1"
    assert (rows["K1"].imported_support, rows["K1"].support_count, rows["K1"].support_total) == (3, 0, 3)
    assert rows["K3"].given_at == dt.datetime(2017, 9, 13, 7, 58, tzinfo=dt.UTC)


def test_places_find_their_area_and_one_outside_is_kept_and_marked(desk: Desk) -> None:
    desk.take(CONTRIBUTIONS)
    rows = by_key(desk)
    assert [
        (rows[key].area.name if rows[key].area else None, rows[key].is_outside, rows[key].has_place) for key in ("K1", "K2", "K3", "K4")
    ] == [
        ("Bonn", False, True),
        ("Bad Godesberg", False, True),
        (None, False, False),
        (None, True, True),
    ]


def test_unknown_categories_become_the_processs_own_and_known_ones_are_found(desk: Desk) -> None:
    report = desk.take(CONTRIBUTIONS)
    assert report.categories == ["Radwege", "Licht"]
    own = Category.objects.of(desk.city).filter(process=desk.process).order_by("position")
    assert [(row.key, dict(row.name)) for row in own] == [
        ("radwege", {"de": "Radwege", "en": "Radwege", "simple": "Radwege"}),
        ("licht", {"de": "Licht", "en": "Licht", "simple": "Licht"}),
    ]
    rows = by_key(desk)
    assert rows["K4"].category is not None
    assert rows["K4"].category.process is None  # the city's own 'Sonstiges'


def test_a_category_that_is_a_key_is_named_in_words_and_found_by_either(desk: Desk) -> None:
    make_category(desk.city, "Ampeln", key="traffic_lights")
    file = desk.write("id,title,category\n1,eins,cycle_path_quality\n2,zwei,traffic_lights\n3,drei,Cycle path quality\n4,vier,a_B\n")
    assert desk.take(file).categories == ["Cycle path quality", "a_B"]
    assert desk.take(file).taken.unchanged == 4
    rows = by_key(desk)
    assert [str(rows[key].category) for key in "1234"] == ["Cycle path quality", "Ampeln", "Cycle path quality", "a_B"]


def test_rows_without_a_date_come_a_millisecond_apart(desk: Desk) -> None:
    desk.take(desk.write("id,title\n1,eins\n2,zwei\n3,drei\n"))
    times = [row.given_at for row in Contribution.objects.of(desk.city).order_by("number")]
    assert [late - early for early, late in itertools.pairwise(times)] == [dt.timedelta(milliseconds=1)] * 2


def test_a_second_import_writes_nothing(desk: Desk, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    desk.take(CONTRIBUTIONS)
    desk.take_comments(COMMENTS)
    before = list(Contribution.objects.of(desk.city).order_by("pk").values())
    again, comments_again = desk.take(CONTRIBUTIONS), desk.take_comments(COMMENTS)
    assert (again.taken.new, again.taken.updated, again.taken.unchanged) == (0, 0, 7)
    assert (comments_again.taken.new, comments_again.taken.updated, comments_again.taken.unchanged) == (0, 0, 4)
    assert list(Contribution.objects.of(desk.city).order_by("pk").values()) == before
    assert not Revision.objects.of(desk.city).exists()


def test_a_changed_row_is_updated_and_its_earlier_wording_kept(desk: Desk) -> None:
    desk.take(desk.write("id,title,text,category,lat,lon,votes,created\n1,Alt,Text,A,50.7318,7.0978,1,2017-01-01\n"))
    desk.take(desk.write("id,title,text,category,lat,lon,votes,created\n1,Neu,Text,B,50.70,7.14,5,2018-01-01\n"))
    row = by_key(desk)["1"]
    assert (row.title, row.version, row.imported_support, row.area.name if row.area else "", str(row.category)) == (
        "Neu",
        2,
        5,
        "Bad Godesberg",
        "B",
    )
    assert [(old.version, old.title) for old in Revision.objects.of(desk.city)] == [(1, "Alt")]
    assert miscounts(desk.city) == []
    run_due()
    assert [found.title for found in listed(desk.city, Filters(words="neu"))] == ["Neu"]
    assert not listed(desk.city, Filters(words="alt")).exists()


def test_a_column_that_the_second_file_lacks_leaves_its_values(desk: Desk) -> None:
    desk.take(desk.write("id,title,text,lat,lon,votes\n1,Titel,Text,50.7318,7.0978,4\n"))
    report = desk.take(desk.write("id,title\n1,Titel\n"))
    row = by_key(desk)["1"]
    assert (report.taken.unchanged, row.text, row.lat, row.imported_support) == (1, "Text", 50.7318, 4)


def test_what_the_city_said_here_outlives_the_next_file(desk: Desk) -> None:
    from civitas.contributions.official import Answer, answer_contribution

    desk.take(desk.write("id,title,status,answer,answered_at\n1,Titel,in_review,Wir schauen,2017-01-02\n"))
    answer_contribution(city_actor(desk.city), by_key(desk)["1"], Answer("done", text="Fertig"))
    report = desk.take(desk.write("id,title,status,answer,answered_at\n1,Titel,planned,Geplant,2017-03-01\n"))
    assert (report.taken.unchanged, by_key(desk)["1"].status) == (1, "done")
    assert StatusEvent.objects.of(desk.city).count() == 3  # received, in review, done


def test_what_was_erased_does_not_come_back(desk: Desk) -> None:
    from tests.factories import make_participant

    from civitas.contributions.personal import erase_given

    desk.take(desk.write("id,title\n1,Titel\n"))
    alice = make_participant(desk.city)
    Contribution.objects.of(desk.city).update(author=alice)
    erase_given(desk.city, alice)
    assert desk.take(desk.write("id,title\n1,Titel\n")).taken.unchanged == 1
    assert Contribution.objects.of(desk.city).get().title == ""


def test_comments_find_their_place_also_before_what_they_reply_to(desk: Desk) -> None:
    desk.take(CONTRIBUTIONS)
    report = desk.take_comments(COMMENTS)
    assert (report.rows, report.taken.new, report.rejected) == (6, 4, 2)
    assert sorted(row["reason"] for row in rows_of(desk.rejects)) == ["the comment is empty", "what it replies to is not here"]
    comments = {row.source_key: row for row in Contribution.objects.of(desk.city).filter(kind="comment").select_related("root", "parent")}
    assert {key: (row.root.source_key, row.parent.source_key) for key, row in comments.items()} == {
        "comment C1": ("K1", "K1"),
        "comment C2": ("K1", "K1"),
        "comment C3": ("K1", "comment C2"),
        "comment C4": ("K3", "K3"),
    }
    assert comments["comment C1"].text == "Lieber Gast, danke.\n\nModeration"  # 'Ihr Beitrag' says nothing
    assert comments["comment C2"].text == "Und breiter\n\nBitte auch breiter."
    rows = by_key(desk)
    assert (rows["K1"].comment_count, rows["K3"].comment_count) == (3, 1)


def test_ids_of_comments_may_be_those_of_contributions(desk: Desk) -> None:
    desk.take(desk.write("id,title\n1,Eins\n2,Zwei\n"))
    desk.take_comments(desk.write("id,reply_to,contribution_id,text\n1,2,2,zu zwei\n2,1,2,zum Kommentar\n3,1,1,zu eins\n", "comments.csv"))
    rows = Contribution.objects.of(desk.city).filter(kind="comment").order_by("pk").select_related("parent", "root")
    assert [(row.text, str(row.root), str(row.parent)) for row in rows] == [
        ("zu zwei", "Zwei", "Zwei"),
        ("zum Kommentar", "Zwei", "zu zwei"),
        ("zu eins", "Eins", "Eins"),
    ]


def test_an_import_is_on_record_and_found_by_words(desk: Desk) -> None:
    report = desk.take(CONTRIBUTIONS)
    entry = Entry.objects.of(desk.city).get(verb="contributions.imported")
    assert report.unit is not None
    assert entry.details == {"new": 7, "updated": 0, "unchanged": 0, "rejected": 8, "unit": report.unit.pk}
    assert OutboxRow.objects.of(desk.city).filter(kind="contributions.index").count() == 7
    run_due()
    assert [row.source_key for row in listed(desk.city, Filters(words="Brücke"))] == ["K1"]


def test_people_on_a_page_cannot_bring_things_in(desk: Desk) -> None:
    from civitas.contributions.intake import Given, take_in
    from civitas.interop.reading import step_for

    for actor in (Actor(desk.city), city_actor(desk.city, channel="page"), Actor(desk.city, channel="import")):
        with pytest.raises(Refused):
            take_in(actor, step_for(desk.process), [Given("1", "Titel")])


def test_one_citys_import_leaves_the_others_alone(desk: Desk, tmp_path: Path) -> None:
    from tests.interop.desks import PACKS

    from civitas.interop.packs import load_pack

    other = desk_of(load_pack(PACKS / "small"), "buergersensor", tmp_path)
    desk.take(CONTRIBUTIONS)
    assert other.take(desk.write("id,title\nK1,Ganz woanders\n")).taken.new == 1
    assert by_key(desk)["K1"].title == "Radweg endet im Nichts"
    assert sorted(by_key(other)) == ["K1"]


def test_a_process_that_collects_nothing_is_named(bonn: City, tmp_path: Path) -> None:
    from tests.factories import make_process

    make_process(bonn, "leer")
    with pytest.raises(Unreadable, match="'leer' has no step that collects"):
        desk_of(bonn, "leer", tmp_path).take(CONTRIBUTIONS)


def test_organisations_that_the_city_does_not_have_are_named(desk: Desk) -> None:
    report = desk.take(desk.write("id,title,organisation\n1,Titel,Amt für Wunder\n"))
    assert report.unknown == {"organisation 'Amt für Wunder'": 1}


def test_nothing_comes_into_a_draft_where_nobody_could_find_its_process(desk: Desk) -> None:
    desk.process.state = "draft"
    desk.process.save()
    with pytest.raises(Refused) as refused:
        desk.take(CONTRIBUTIONS)
    assert refused.value.status == 409
    assert not Contribution.objects.of(desk.city).exists()


def test_the_city_promised_nothing_to_those_whose_words_it_brought_in(desk: Desk) -> None:
    desk.take(CONTRIBUTIONS)
    row = by_key(desk)["K1"]
    row.given_at, row.process = timezone.now(), desk.process
    assert answer_by(row, desk.city) is None
    assert all(station["state"] != "next" for station in stations_of(row, [], promise=Promise(14)))
    row.source_key = row.source_url = ""
    assert answer_by(row, desk.city) is not None
    assert stations_of(row, [], promise=Promise(14))[-1]["state"] == "next"


def test_a_drawing_comes_with_its_place_and_one_that_is_none_is_rejected(desk: Desk) -> None:
    line, far = "LINESTRING (7.0978 50.7318, 7.1 50.7325)", "LINESTRING (9 53, 9.1 53)"
    report = desk.take(desk.write(f'id,title,drawing\n1,Linie,"{line}"\n2,Anderswo,"{far}"\n3,Kringel,rund\n4,Nichts,\n'))
    assert (report.taken.new, report.rejected) == (3, 1)
    assert "WKT or GeoJSON" in rows_of(desk.rejects)[0]["reason"]
    rows = {row.source_key: row for row in Contribution.objects.of(desk.city)}
    assert rows["1"].drawing == {"type": "LineString", "coordinates": [[7.0978, 50.7318], [7.1, 50.7325]]}
    assert (rows["1"].lat, rows["1"].is_outside, rows["2"].is_outside) == (pytest.approx(50.73215), False, True)
    assert (rows["4"].drawing, rows["4"].lat) == (None, None)
    assert desk.take(desk.write("id,title,text,drawing\n1,Linie,,\n")).taken.updated == 1
    assert Contribution.objects.of(desk.city).get(source_key="1").drawing is None
