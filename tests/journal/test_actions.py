from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from tests.outbox.factories import make_city

from civitas.journal import actions
from civitas.journal.actions import adopt, forget, record, seal, verify_all
from civitas.journal.models import Alias, AppendOnly, Entry, Seal
from civitas.journal.queries import anchors
from civitas.journal.triggers import remove_triggers
from civitas.journal.verification import verify

if TYPE_CHECKING:
    from pathlib import Path

    from civitas.cities.models import City

pytestmark = pytest.mark.django_db
SOMEONE = UUID(int=7)


def run_sql(sql: str, *parameters: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def make_entries(city: City, count: int, *, by: UUID | None = SOMEONE) -> None:
    for number in range(count):
        record(city, by=by, verb="contribution.hide", subject=f"contribution:{number}", details={"reason": "rules"})


def make_sealed(city: City, *sizes: int) -> None:
    """One seal for each size, over that many entries."""
    for size in sizes:
        make_entries(city, size)
        seal(city)


def codes(city: City, anchor: list[dict[str, Any]] | None = None) -> set[str]:
    return {fault.code for fault in verify(city, anchor)}


@pytest.mark.parametrize(
    "details",
    [
        {"text": "two words"},
        {"text": "a" * 81},
        {"mail": "erika@example.org"},
        {"text": "Müller"},
        {"text": ""},
        {"share": 0.5},
        {"nested": {"text": "a"}},
        {"list": ["fine", "not fine"]},
        {"Name With Blank": 1},
        {"when": object()},
    ],
)
def test_what_a_person_could_have_written_is_refused(details: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="journal") as refusal:
        record(make_city(), by=None, verb="contribution.hide", subject="contribution:1", details=details)
    assert not any(isinstance(value, str) and value and value in str(refusal.value) for value in details.values())


def test_codes_ids_numbers_and_lists_of_them_are_kept() -> None:
    city = make_city()
    details = {"reason": "off_topic", "count": 3, "open": True, "step": None, "ids": [1, 2], "at": "2026-05-12T10:00:00+02:00"}
    record(city, by=None, verb="step.close", subject="step:4", details=details)
    entry = Entry.objects.of(city).get()
    assert (entry.alias, entry.number, entry.details) == (None, None, details)


def test_a_person_has_one_random_name_in_a_city_and_another_in_the_next() -> None:
    one, other = make_city("one"), make_city("other")
    make_entries(one, 2)
    make_entries(other, 1)
    names = set(Entry.objects.of(one).values_list("alias", flat=True))
    assert len(names) == 1
    assert names.isdisjoint(Entry.objects.of(other).values_list("alias", flat=True))
    assert SOMEONE not in names


def test_a_forgotten_person_cannot_be_found_and_the_record_still_holds() -> None:
    city = make_city()
    make_sealed(city, 3)
    forget(city, SOMEONE)
    assert not Alias.objects.of(city).exists()
    assert verify(city) == []
    make_entries(city, 1)
    assert Entry.objects.of(city).values("alias").distinct().count() == 2


def test_a_claimed_guest_keeps_the_name_unless_the_account_has_one() -> None:
    city, guest, account = make_city(), uuid4(), uuid4()
    make_entries(city, 1, by=guest)
    name = Alias.objects.of(city).get().alias
    adopt(city, old=guest, new=account)
    assert Alias.objects.of(city).get(person=account).alias == name
    make_entries(city, 1, by=guest)
    adopt(city, old=guest, new=account)
    assert Alias.objects.of(city).get().person == account


def test_sealing_numbers_each_city_by_itself_and_twice_does_nothing() -> None:
    one, other = make_city("one"), make_city("other")
    make_entries(one, 3)
    make_entries(other, 2)
    assert seal(one) == 3
    assert seal(one) == 0
    assert seal(other) == 2
    make_sealed(one, 1)
    assert list(Entry.objects.of(one).order_by("number").values_list("number", flat=True)) == [1, 2, 3, 4]
    assert list(Seal.objects.of(one).order_by("number").values_list("first", "last")) == [(1, 3), (4, 4)]
    assert verify(one) == verify(other) == []


def test_much_is_sealed_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "SEALED_AT_ONCE", 4)
    city = make_city()
    make_entries(city, 9)
    assert seal(city) == 9
    assert list(Seal.objects.of(city).order_by("number").values_list("first", "last")) == [(1, 4), (5, 8), (9, 9)]
    assert verify(city) == []


def test_models_only_add() -> None:
    city = make_city()
    make_sealed(city, 1)
    for row in (Entry.objects.of(city).get(), Seal.objects.of(city).get()):
        with pytest.raises(AppendOnly):
            row.save()
        with pytest.raises(AppendOnly):
            row.delete()
        for attempt in (lambda rows: rows.update(number=7), lambda rows: rows.delete(), lambda rows: rows.bulk_update([], ["number"])):
            with pytest.raises(AppendOnly):
                attempt(type(row).objects.of(city))


@pytest.mark.each_database
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE journal_entry SET verb = 'x.y' WHERE number = 1",
        "UPDATE journal_entry SET number = NULL WHERE number = 1",
        "UPDATE journal_entry SET verb = 'x.y' WHERE number IS NULL",
        "DELETE FROM journal_entry WHERE number = 1",
        "DELETE FROM journal_entry WHERE number IS NULL",
        "UPDATE journal_seal SET root = previous",
        "DELETE FROM journal_seal",
    ],
)
def test_the_database_itself_refuses_to_change_or_remove(sql: str) -> None:
    city = make_city()
    make_sealed(city, 2)
    make_entries(city, 1)
    with pytest.raises(DatabaseError), transaction.atomic():
        run_sql(sql)
    assert verify(city) == []


@pytest.mark.each_database
@pytest.mark.parametrize(
    ("tampering", "code"),
    [
        ("UPDATE journal_entry SET verb = 'contribution.show' WHERE number = 4", "content_changed"),
        ('UPDATE journal_entry SET details = \'{"reason":"other"}\' WHERE number = 4', "content_changed"),
        ("UPDATE journal_entry SET alias = NULL WHERE number = 4", "content_changed"),
        ("DELETE FROM journal_entry WHERE number = 4", "entry_missing"),
        ("DELETE FROM journal_entry WHERE number > 3", "entry_missing"),
        ("UPDATE journal_seal SET sealed_at = '2020-01-01 00:00:00+00:00' WHERE number = 2", "content_changed"),
        ("UPDATE journal_seal SET previous = 'no hash' WHERE number = 2", "chain_broken"),
        ("UPDATE journal_seal SET last = 900000000000 WHERE number = 3", "entry_missing"),
        ("DELETE FROM journal_seal WHERE number = 2", "seal_missing"),
        ("DELETE FROM journal_seal WHERE number = 3", "seal_missing"),
        ("DELETE FROM journal_seal", "seal_missing"),
    ],
)
def test_tampering_is_found(tampering: str, code: str) -> None:
    city = make_city()
    make_sealed(city, 3, 3, 2)
    remove_triggers(connection)
    run_sql(tampering)
    assert code in codes(city)


def test_two_entries_that_changed_places_are_found() -> None:
    city = make_city()
    make_sealed(city, 3)
    remove_triggers(connection)
    for before, after in ((1, 100), (2, 1), (100, 2)):
        run_sql("UPDATE journal_entry SET number = %s WHERE number = %s", after, before)
    assert codes(city) == {"content_changed"}


def test_an_end_that_was_cut_off_is_found_with_an_anchor_only() -> None:
    city = make_city()
    make_sealed(city, 3, 3, 2)
    anchor = list(anchors(city))
    assert verify(city, anchor) == []
    remove_triggers(connection)
    run_sql("DELETE FROM journal_entry WHERE number > 6")
    run_sql("DELETE FROM journal_seal WHERE number = 3")
    assert codes(city) == set()
    assert codes(city, anchor) == {"end_missing"}


def test_a_record_that_was_written_anew_from_the_start_is_found_with_an_anchor_only() -> None:
    city = make_city()
    make_sealed(city, 3)
    anchor = list(anchors(city))
    remove_triggers(connection)
    run_sql("DELETE FROM journal_seal")
    run_sql("DELETE FROM journal_entry")
    make_sealed(city, 3)
    assert codes(city) == set()
    assert codes(city, anchor) == {"anchor_differs"}


def test_verification_reads_each_seal_with_the_same_few_queries(django_assert_num_queries: Any) -> None:
    city = make_city()
    make_sealed(city, 1, 30)
    with django_assert_num_queries(4):
        verify(city)


def test_all_cities_are_verified_against_a_file(tmp_path: Path) -> None:
    one, other = make_city("one"), make_city("other")
    make_sealed(one, 2)
    make_sealed(other, 2)
    file = tmp_path / "anchor.json"
    file.write_text(json.dumps([{"city": city.slug, "seals": list(anchors(city))} for city in (one, other)]))
    assert verify_all() == verify_all(file) == verify_all(file, city_slug="one") == []
    remove_triggers(connection)
    run_sql("DELETE FROM journal_seal WHERE city_id = %s", other.pk)
    run_sql("DELETE FROM journal_entry WHERE city_id = %s", other.pk)
    assert [(fault.city, fault.code) for fault in verify_all(file)] == [("other", "end_missing")]
    assert verify_all(file, city_slug="one") == []


@pytest.mark.parametrize(
    "content", ["", "{", "[]x", '{"city": 1, "seals": []}', '{"city": "one"}', '{"city": "one", "seals": [1]}', "\udcff"]
)
def test_an_anchor_file_that_is_none_is_named(tmp_path: Path, content: str) -> None:
    file = tmp_path / "anchor.json"
    file.write_text(content, errors="surrogateescape")
    assert [fault.code for fault in verify_all(file)] == ["anchor_unreadable"]
    assert [fault.code for fault in verify_all(tmp_path / "none.json")] == ["anchor_unreadable"]


def test_a_city_that_is_not_there_is_named(tmp_path: Path) -> None:
    file = tmp_path / "anchor.json"
    file.write_text('{"city": "gone", "seals": []}')
    assert [fault.code for fault in verify_all(city_slug="nowhere")] == ["city_missing"]
    file.write_text('{"city": "gone", "seals": [{"number": 1, "root": "00"}]}')
    assert [fault.code for fault in verify_all(file)] == ["city_missing"]


@pytest.mark.django_db(transaction=True)
def test_a_database_can_be_emptied_as_a_whole_and_refuses_as_before() -> None:
    make_sealed(make_city(), 2)
    call_command("flush", interactive=False, verbosity=0)
    city = make_city()
    assert not Entry.objects.of(city).exists()
    make_sealed(city, 1)
    for table in ("journal_seal", "journal_entry"):
        with pytest.raises(DatabaseError), transaction.atomic():
            run_sql(f"DELETE FROM {table}")
