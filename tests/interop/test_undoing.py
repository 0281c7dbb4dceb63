"""Taking an import back: what it made goes, what it replaced returns, and what people have done since stays and is named."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from tests.factories import make_actor, make_city, make_comment, make_contribution, make_link, make_participant, make_staff
from tests.interop.desks import quiet

from civitas.answering.actions.talking import add_note
from civitas.contributions.actions import change_visibility
from civitas.contributions.counts import miscounts
from civitas.contributions.models import Contribution, Revision, StatusEvent
from civitas.contributions.official import Answer, answer_contribution
from civitas.contributions.queries import Filters, listed
from civitas.dialogue.models import Support
from civitas.interop.comments import import_comments
from civitas.interop.models import Import, ImportItem
from civitas.interop.undoing import BY_MACHINE, WHY, start_undo
from civitas.journal.models import Entry
from civitas.kit.rooms import rooms
from civitas.kit.verdicts import Refused
from civitas.merging.actions import merge_contributions
from civitas.outbox.worker import run_due
from civitas.people.actors import actor_of, city_actor
from civitas.processes.models import Category
from civitas.processes.retention import remove_due

if TYPE_CHECKING:
    from tests.interop.desks import Desk

pytestmark = pytest.mark.django_db
HEADER = "id,title,text,category,lat,lon,votes,place_name,status,answer,answered_at,created\n"
FIRST = (
    HEADER
    + "A,Bank am Ufer,Hier fehlt eine Bank,Sitzen,50.73,7.10,3,Am Rhein,planned,Wir planen sie.,2020-05-01,2019-01-01\n"
    + "B,Licht im Park,Es ist dunkel,Licht,50.74,7.11,5,Hofgarten,,,,2019-01-01\n"
    + "C,Mehr Bäume,Es ist heiß,Grün,50.72,7.12,0,,,,,2019-01-01\n"
)
SECOND = (
    HEADER
    + "A,Bank mit Lehne,Hier fehlt eine Bank mit Lehne,Ruhen,50.75,7.13,9,Am Fluss,done,Sie steht.,2021-05-01,2019-01-01\n"
    + "B,Licht im Park,Es ist sehr dunkel,Licht,50.74,7.11,7,Hofgarten,,,,2019-01-01\n"
    + "D,Ein Brunnen,Durst,Grün,50.71,7.14,0,,,,,2019-01-01\n"
)
COLUMNS = [
    *("title", "text", "category_id", "lat", "lon", "area_id", "is_outside", "imported_support", "place_name", "status", "answered"),
    *("given_at", "newest_key", "visibility", "comment_count"),
]


def row(desk: Desk, key: str) -> Contribution:
    return Contribution.objects.of(desk.city).select_related("process", "step", "step__process", "city").get(source_key=key)


def picture(desk: Desk) -> dict[str, dict[str, Any]]:
    rows = Contribution.objects.of(desk.city).filter(process=desk.process).exclude(source_key="").exclude(visibility="erased")
    return {each["source_key"]: each for each in rows.order_by("pk").values("source_key", *COLUMNS)}


def bring(desk: Desk, text: str) -> Import:
    unit = desk.take(desk.write(text)).unit
    assert unit is not None
    work()
    return unit


def work() -> None:
    run_due()


def undo(desk: Desk, unit: Import) -> Import:
    start_undo(city_actor(desk.city), unit)
    work()
    unit.refresh_from_db()
    assert miscounts(desk.city) == []
    return unit


def check_figures(desk: Desk) -> None:
    assert [fault for room in rooms() for recount in room.recounts for fault in recount.miscounts(desk.city)] == []


def stays(desk: Desk, unit: Import) -> dict[str, str]:
    items = ImportItem.objects.of(desk.city).filter(run=unit, state="stays").select_related("contribution")
    return {item.contribution.source_key: item.reason for item in items}


def test_new_rows_go_from_lists_search_map_and_counts_and_can_come_again(desk: Desk) -> None:
    unit = bring(desk, FIRST)
    assert (unit.state, unit.new, unit.door) == ("done", 3, "command")
    assert [each.title for each in listed(desk.city, Filters(process=desk.process, words="dunkel"))] == ["Licht im Park"]
    made = set(Category.objects.of(desk.city).filter(process=desk.process).values_list("pk", flat=True))
    assert set(unit.categories) <= made
    assert len(unit.categories) == 3

    unit = undo(desk, unit)

    assert (unit.state, unit.undone, unit.stays) == ("undone", 3, 0)
    check_figures(desk)
    assert picture(desk) == {}
    assert list(listed(desk.city, Filters(process=desk.process))) == []
    assert list(listed(desk.city, Filters(process=desk.process, words="dunkel"))) == []
    assert not StatusEvent.objects.of(desk.city).filter(contribution__process=desk.process).exists()
    assert not Category.objects.of(desk.city).filter(pk__in=unit.categories).exists()
    again = bring(desk, FIRST)
    assert (again.new, again.updated) == (3, 0)
    assert sorted(picture(desk)) == ["A", "B", "C"]


def test_what_an_update_replaced_returns_to_the_letter(desk: Desk) -> None:
    bring(desk, FIRST)
    before, events = picture(desk), list(StatusEvent.objects.of(desk.city).order_by("pk").values_list("pk", flat=True))
    unit = bring(desk, SECOND)
    assert (unit.new, unit.updated, unit.unchanged) == (1, 2, 0)
    assert picture(desk)["A"]["status"] == "done"

    undo(desk, unit)

    assert picture(desk) == before
    check_figures(desk)
    assert list(StatusEvent.objects.of(desk.city).order_by("pk").values_list("pk", flat=True)) == events
    # Each wording that was once shown stays in the history of versions.
    titles = Revision.objects.of(desk.city).filter(contribution__source_key="A").order_by("version").values_list("title", flat=True)
    assert list(titles) == ["Bank am Ufer", "Bank mit Lehne"]
    assert [each.title for each in listed(desk.city, Filters(process=desk.process, words="Lehne"))] == []


def test_what_people_did_something_with_stays_and_is_named(desk: Desk) -> None:
    keys = "ABCDEFGHIJ"
    lines = "".join(f"{key},Titel {key},Text {key},Grün,50.7{number},7.1,{number},,,,,2019-01-01\n" for number, key in enumerate(keys))
    unit = bring(desk, HEADER + lines)
    jule = actor_of(make_staff(desk.city, "moderator", "Jule"))
    alice = make_participant(desk.city)
    make_comment(row(desk, "A"), author=alice)
    Support.objects.create(city=desk.city, contribution=row(desk, "B"), participant=alice)
    Contribution.objects.of(desk.city).filter(source_key="B").update(support_count=1)
    answer_contribution(jule, row(desk, "C"), Answer(status="planned", text="Wir bauen sie."))
    add_note(jule, row(desk, "D"), text="Bitte prüfen.")
    change_visibility(desk.city, row(desk, "E"), "hidden", reason="insult")
    merge_contributions(jule, row(desk, "F"), [row(desk, "G")])
    make_link(row(desk, "H"), make_contribution(row(desk, "H").step, "Ein Thema", kind="theme"), "grouped_into")
    bring(desk, HEADER + "I,Ein anderer Titel,Text I,Grün,50.7,7.1,1,,,,,2019-01-01\n")

    unit = undo(desk, unit)

    assert stays(desk, unit) == {
        "A": "commented",
        "B": "supported",
        "C": "answered",
        "D": "answered",
        "E": "moderated",
        "F": "merged",
        "G": "merged",
        "H": "linked",
        "I": "changed",
    }
    assert (unit.undone, unit.stays) == (1, 9)
    assert sorted(picture(desk)) == list("ABCDEFGHI")
    assert Category.objects.of(desk.city).filter(pk__in=unit.categories).exists()  # those that stay are in it


def test_of_an_updated_row_only_what_nobody_changed_since_returns(desk: Desk) -> None:
    bring(desk, FIRST)
    before = picture(desk)
    unit = bring(desk, SECOND)
    jule = actor_of(make_staff(desk.city, "moderator", "Jule"))
    answer_contribution(jule, row(desk, "A"), Answer(status="in_work", text="Wir bauen schon."))
    bring(desk, HEADER + "B,Licht im Park,Es ist noch dunkler,Licht,50.74,7.11,7,Hofgarten,,,,2019-01-01\n")

    unit = undo(desk, unit)

    assert stays(desk, unit) == {"A": "answered", "B": "partly"}
    now = picture(desk)
    assert (now["A"]["title"], now["A"]["status"], now["A"]["imported_support"]) == ("Bank am Ufer", "in_work", 3)
    assert (now["B"]["text"], now["B"]["imported_support"]) == ("Es ist noch dunkler", before["B"]["imported_support"])


def test_comments_go_with_their_counts_and_those_that_people_replied_to_stay(desk: Desk) -> None:
    bring(desk, FIRST)
    before = picture(desk)
    text = "id,reply_to,text\n1,A,Ja\n2,1,Eben\n3,A,Nein\n4,B,Doch\n"
    unit = desk.take_comments(desk.write(text, "comments.csv")).unit
    assert unit is not None
    assert (unit.new, row(desk, "A").comment_count) == (4, 3)
    replied = Contribution.objects.of(desk.city).select_related("root", "process", "step", "city").get(source_key="comment 4")
    make_comment(row(desk, "B"), "Finde ich auch", parent=replied, author=make_participant(desk.city))

    unit = undo(desk, unit)

    assert stays(desk, unit) == {"comment 4": "commented"}
    assert picture(desk)["A"] == before["A"]
    assert row(desk, "B").comment_count == 2


def test_contributions_and_comments_of_one_command_are_one_unit(desk: Desk) -> None:
    unit = bring(desk, FIRST)
    comments = desk.write("id,reply_to,text\n1,A,Ja\n", "comments.csv")
    actor = city_actor(desk.city, channel="import")
    report = import_comments(actor, desk.process, comments, rejects=desk.rejects, chosen={}, progress=quiet, unit=unit)
    assert report.unit == unit
    unit = undo(desk, unit)
    assert (unit.undone, unit.stays, picture(desk)) == (4, 0, {})


def test_comments_whose_contributions_are_taken_back_meanwhile_are_an_import_of_their_own(desk: Desk) -> None:
    unit = bring(desk, FIRST)
    start_undo(city_actor(desk.city), unit)
    comments = desk.write("id,reply_to,text\n1,A,Ja\n", "comments.csv")
    actor = city_actor(desk.city, channel="import")
    own = import_comments(actor, desk.process, comments, rejects=desk.rejects, chosen={}, progress=quiet, unit=unit).unit
    unit.refresh_from_db()
    assert (unit.state, unit.new) == ("undoing", 3)
    assert own is not None
    assert (own == unit, own.state, own.new) == (False, "done", 1)


def test_what_the_file_put_together_comes_apart_first(desk: Desk) -> None:
    bring(desk, "id,title,text\nA,Bank,Eine Bank\n")
    before = picture(desk)
    unit = bring(desk, "id,title,text,merged_into\nA,Bank,Eine Bank,B\nB,Bänke,Zwei Bänke,\nC,Sitze,Drei Sitze,B\n")
    assert row(desk, "B").wording_count == 2
    unit = undo(desk, unit)
    assert stays(desk, unit) == {}
    assert picture(desk) == before


def test_it_is_undone_once_by_those_who_may_and_it_is_on_record(desk: Desk) -> None:
    unit = bring(desk, FIRST)
    for actor in (make_actor(desk.city), make_actor(desk.city, "moderator"), make_actor(desk.city, "expert")):
        with pytest.raises(Refused) as refused:
            start_undo(actor, unit)
        assert refused.value.status == 403
    with pytest.raises(Refused) as refused:
        start_undo(make_actor(make_city("kassel"), "administrator"), unit)
    assert refused.value.status == 404
    owner = actor_of(make_staff(desk.city, "owner"))
    start_undo(owner, unit)
    with pytest.raises(Refused) as refused:
        start_undo(owner, unit)
    assert refused.value.status == 409
    work()
    with pytest.raises(Refused):
        start_undo(owner, Import.objects.of(desk.city).get(pk=unit.pk))
    assert Entry.objects.of(desk.city).filter(verb="import.undone", subject=f"import:{unit.pk}").count() == 1


def test_after_half_a_year_what_was_kept_for_it_goes_and_what_it_brought_in_stays(desk: Desk) -> None:
    assert remove_due(desk.city) == 0
    unit = bring(desk, FIRST)
    before = picture(desk)
    assert remove_due(desk.city, now=unit.moved_at + dt.timedelta(days=179)) == 0
    assert remove_due(desk.city, now=unit.moved_at + dt.timedelta(days=181)) == 4  # an import of three rows
    assert (Import.objects.of(desk.city).count(), ImportItem.objects.of(desk.city).count()) == (0, 0)
    assert picture(desk) == before


def test_what_machines_write_names_columns_that_there_are() -> None:
    columns = {
        f"{relation.related_model._meta.label_lower}.{relation.field.name}"
        for relation in Contribution._meta.get_fields(include_hidden=True)
        if relation.auto_created and not relation.concrete
    }
    assert set(BY_MACHINE) <= columns
    tables = {column.rpartition(".")[0] for column in columns}
    assert set(WHY) <= tables
