"""Comments page by page: orders, sides, replies at any depth, and a certain comment wherever it stands."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from tests.factories import make_browser, make_city, make_comment, make_contribution, make_process, make_step

from civitas.contributions.actions import change_visibility
from civitas.contributions.models import Contribution
from civitas.dialogue.threads import DISCUSSED, OLDEST, branch_page, sides, thread_page, thread_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(db: None) -> Any:
    return make_contribution(make_step(make_process(make_city("hamburg"))))


def fresh(row: Contribution) -> Contribution:
    return Contribution.objects.of(row.city_id).get(pk=row.pk)


def add(row: Contribution, count: int, **fields: Any) -> list[Contribution]:
    start = timezone.now() - dt.timedelta(days=1)
    return [make_comment(row, f"Nummer {index}", given_at=start + dt.timedelta(seconds=index), **fields) for index in range(count)]


def texts(thread: Any) -> list[str]:
    return [comment.row.text for comment in thread.comments]


def test_comments_come_newest_or_oldest_first_and_page_by_page(row: Any) -> None:
    add(row, 5)
    row = fresh(row)
    first = thread_page(row, size=2)
    assert texts(first) == ["Nummer 4", "Nummer 3"]
    assert texts(thread_page(row, cursor=first.next_cursor, size=2)) == ["Nummer 2", "Nummer 1"]
    oldest = thread_page(row, order=OLDEST, size=2)
    assert texts(oldest) == ["Nummer 0", "Nummer 1"]
    last = thread_page(row, order=OLDEST, cursor=thread_page(row, order=OLDEST, size=4).next_cursor, size=4)
    assert (texts(last), last.next_cursor, last.is_further) == (["Nummer 4"], "", True)


def test_the_most_answered_come_first_and_replies_that_are_hidden_do_not_count(row: Any) -> None:
    quiet, loud, middle = add(row, 3)
    hidden, *_others = (make_comment(row, "Antwort", parent=loud) for _ in range(3))
    make_comment(row, "Antwort", parent=middle)
    row = fresh(row)
    assert texts(thread_page(row, order=DISCUSSED)) == [loud.text, middle.text, quiet.text]
    assert fresh(loud).comment_count == 3
    change_visibility(row.city, hidden, "hidden", reason="Werbung")
    assert (fresh(loud).comment_count, fresh(row).comment_count) == (2, 6)


def test_replies_of_any_depth_hang_below_their_top_comment_also_when_dated_before_it(row: Any) -> None:
    top, other = add(row, 2)
    early = timezone.now() - dt.timedelta(days=9)
    reply = make_comment(row, "Erste", parent=top)
    deep = make_comment(row, "Zweite", parent=reply, given_at=early)
    make_comment(row, "Dritte", parent=deep)
    thread = thread_page(fresh(row))
    assert [(comment.row.text, [each.row.text for each in comment.replies]) for comment in thread.comments] == [
        (other.text, []),
        (top.text, ["Zweite", "Erste", "Dritte"]),
    ]
    assert {each.row.text: each.answered.text for each in thread.comments[1].replies if each.answered} == {
        "Erste": top.text,
        "Zweite": "Erste",
        "Dritte": "Zweite",
    }


def test_one_side_alone_with_its_count(row: Any) -> None:
    add(row, 3, stance="for")
    against = make_comment(row, "Lieber nicht", stance="against")
    make_comment(row, "Verborgen", stance="neutral", visibility="hidden")
    row = fresh(row)
    assert sides(row) == {"for": 3, "against": 1, "neutral": 0}
    assert texts(thread_page(row, stance="against")) == [against.text]
    assert texts(thread_page(row, stance="for", order=OLDEST, size=2)) == ["Nummer 0", "Nummer 1"]


def test_a_comment_is_found_however_old_it_is(row: Any) -> None:
    oldest, *_rest = add(row, 7)
    reply = make_comment(row, "Antwort auf das Alte", parent=oldest)
    row = fresh(row)
    for wanted in (oldest, reply):
        thread = thread_with(row, wanted.pk, size=3)
        found = [each.row.pk for top in thread.comments for each in (top, *top.replies)]
        assert wanted.pk in found
        assert thread.is_further
    assert not thread_with(row, row.pk + 10_000, size=3).is_further


def test_a_reply_beyond_the_most_is_found_too(row: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("civitas.dialogue.threads.MOST_REPLIES", 2)
    (top,) = add(row, 1)
    replies = [make_comment(row, f"Antwort {index}", parent=top) for index in range(4)]
    thread = thread_with(fresh(row), replies[-1].pk)
    assert replies[-1].pk in {each.row.pk for each in thread.comments[0].replies}


def test_another_threads_comment_is_not_found_here(row: Any) -> None:
    other = make_contribution(row.step, "Ein anderer")
    (foreign,) = add(other, 1)
    add(row, 1)
    assert texts(thread_with(fresh(row), foreign.pk)) == ["Nummer 0"]


@pytest.mark.parametrize("count", [1, 3])
def test_a_thread_takes_two_queries(row: Any, count: int, django_assert_num_queries: Any) -> None:
    for top in add(row, count):
        make_comment(row, "Antwort", parent=make_comment(row, "Antwort", parent=top))
    row = fresh(row)
    with django_assert_num_queries(2):
        thread_page(row)
    with django_assert_num_queries(1):
        sides(row)


def _noise(root: Contribution, part: int) -> list[Contribution]:
    """Many comments, so that the database has reason to use an index."""
    shared = {"city": root.city, "process": root.process, "step": root.step, "kind": "comment", "root": root, "parent": root}
    return [
        Contribution(**shared, given_at=timezone.now(), newest_key=part * 10_000 + index, stance="" if index % 99 else "for")
        for index in range(1_500)
    ]


@pytest.mark.each_database
@pytest.mark.parametrize(
    ("asked", "index"),
    [
        ({}, "thread_in_order"),
        ({"order": OLDEST}, "thread_in_order"),
        ({"order": DISCUSSED}, "thread_discussed"),
        ({"stance": "for"}, "thread_stances"),
    ],
)
def test_every_order_is_read_from_an_index(row: Any, asked: dict[str, str], index: str, django_assert_max_num_queries: Any) -> None:
    add(row, 3, stance="for")
    noise = [_noise(root, part) for part, root in enumerate([row, make_contribution(row.step, "Anderes")])]
    Contribution.objects.bulk_create([comment for comments in noise for comment in comments])
    row = fresh(row)
    cursor = "5" if asked.get("order") == OLDEST else ""
    with django_assert_max_num_queries(2) as captured:
        thread_page(row, size=1, cursor=cursor, **asked)
    sql = captured.captured_queries[0]["sql"]
    with connection.cursor() as database:
        database.execute("ANALYZE contributions_contribution")
        database.execute(f"EXPLAIN {'QUERY PLAN' if connection.vendor == 'sqlite' else ''} {sql}")
        plan = " ".join(str(line) for line in database.fetchall())
    assert "TEMP B-TREE" not in plan
    assert "Sort" not in plan
    assert index in plan


def test_the_page_links_sides_and_orders_and_keeps_them(row: Any) -> None:
    add(row, 2, stance="for")
    make_comment(row, "Lieber nicht", stance="against")
    browser = make_browser(row.city)
    page = browser.get(row.path).content.decode()
    assert "2 dafür" in page
    assert "1 dagegen" in page
    assert "neutral</a>" not in page
    page = browser.get(row.path + "?sicht=dafuer&folge=aelteste").content.decode()
    assert "Lieber nicht" not in page
    assert page.index("Nummer 0") < page.index("Nummer 1")
    assert "sicht=dagegen&amp;folge=aelteste#kommentare" in page


@pytest.mark.parametrize("query", ["sicht=quatsch", "folge=quatsch", "nach=quatsch", "kommentar=quatsch", "kommentar=99999999999999999999"])
def test_a_mangled_address_shows_the_first_page(row: Any, query: str) -> None:
    add(row, 1)
    response = make_browser(row.city).get(f"{row.path}?{query}")
    assert response.status_code == 200
    assert "Nummer 0" in response.content.decode()


def test_without_sides_and_with_few_comments_there_is_nothing_to_choose(row: Any) -> None:
    add(row, 1)
    assert 'class="talk' not in make_browser(row.city).get(row.path).content.decode()


def branch(row: Contribution, browser: Any, query: str) -> str:
    return str(browser.get(f"{row.path}?{query}").content.decode())


def test_of_very_many_replies_the_rest_is_a_link_away_without_scripts(row: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import re

    monkeypatch.setattr("civitas.dialogue.threads.MOST_REPLIES", 3)
    top, other = add(row, 2)
    first = [make_comment(row, f"Antwort {index}", parent=top) for index in range(4)]
    deep = [make_comment(row, f"Tief {index}", parent=first[0]) for index in range(3)]
    make_comment(row, "Woanders", parent=other)
    browser = make_browser(row.city)
    page = branch(fresh(row), browser, "")
    assert f"?faden={top.pk}#kommentare" in page
    whole, cursor, told = fresh(row), "", []
    while True:
        thread = branch_page(whole, top.pk, cursor=cursor, size=3)
        assert thread is not None
        told += [each.row.pk for each in thread.comments[0].replies]
        cursor = thread.next_cursor
        if not cursor:
            break
    assert told == [each.pk for each in (*first, *deep)]
    page = branch(whole, browser, f"faden={top.pk}")
    assert "Ein Kommentar mit allen Antworten" in page
    assert set(re.findall(r"(?:Antwort|Tief) \d", page)) == {
        *(f"Antwort {index}" for index in range(4)),
        *(f"Tief {index}" for index in range(3)),
    }
    assert "Woanders" not in page
    assert "faden=" not in page.partition('id="faden"')[2].partition("</comment-thread>")[0]


def test_where_all_replies_are_here_nothing_says_that_there_are_more(row: Any) -> None:
    (top,) = add(row, 1)
    hidden = make_comment(row, "Antwort", parent=top)
    make_comment(row, "Antwort", parent=top)
    change_visibility(row.city, hidden, "hidden", reason="Werbung")
    assert [comment.more for comment in thread_page(fresh(row)).comments] == [0]


@pytest.mark.parametrize("key", [999_999, 0])
def test_a_branch_that_is_not_there_shows_the_first_page(row: Any, key: int) -> None:
    (top,) = add(row, 1)
    other = make_contribution(row.step, "Ein anderer")
    (foreign,) = add(other, 1)
    reply = make_comment(row, "Antwort", parent=top)
    for wrong in (key, foreign.pk, reply.pk):
        assert branch_page(fresh(row), wrong) is None
        assert "Nummer 0" in branch(fresh(row), make_browser(row.city), f"faden={wrong}")


def test_a_branch_takes_two_queries(row: Any, django_assert_num_queries: Any) -> None:
    (top,) = add(row, 1)
    for count in (1, 3):
        for _ in range(count):
            make_comment(row, "Antwort", parent=top)
        whole = fresh(row)
        with django_assert_num_queries(2):
            branch_page(whole, top.pk)
