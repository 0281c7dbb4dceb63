"""The page of what was put together: all wordings with their authors, one thread, one support; and who is told what."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from tests.factories import (
    make_actor,
    make_area,
    make_browser,
    make_city,
    make_comment,
    make_contribution,
    make_event,
    make_guest,
    make_link,
    make_organisation,
    make_participant,
    make_process,
    make_staff,
    make_step,
)

from civitas.contributions.models import Contribution
from civitas.contributions.official import Answer, answer_contribution
from civitas.contributions.queries import Filters, listed
from civitas.contributions.tasks import index_contributions
from civitas.dialogue.actions import add_comment, follow, support, unsupport
from civitas.dialogue.models import Support
from civitas.kit.ids import uuid7
from civitas.kit.verdicts import Refused
from civitas.merging.actions import merge_contributions, propose_merge
from civitas.notices.models import Notice
from civitas.people.actors import actor_of

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


def fresh(row: Contribution) -> Contribution:
    found: Contribution = Contribution.objects.of(row.city_id).select_related("process", "step", "author").get(pk=row.pk)
    return found


@pytest.fixture
def step() -> Any:
    return make_step(make_process(make_city("hamburg")))


@pytest.fixture
def pair(step: Any) -> tuple[Contribution, Contribution]:
    """A head and a wording that was put into it."""
    head = make_contribution(step, "Mehr Grün an der Ampel", text="Die Ampel ist zu kurz grün.", author=make_participant(step.city, "Anna"))
    other = make_contribution(step, "Längere Grünphase", text="Zu Fuß schafft man es nie.", author=make_participant(step.city, "Bela"))
    make_comment(head, "Stimmt.")
    make_comment(other, "Jeden Morgen dasselbe.")
    merge_contributions(make_actor(step.city, "moderator"), fresh(head), [fresh(other)])
    return fresh(head), fresh(other)


def page_of(row: Contribution, person: Any = None, *, path: str = "") -> str:
    response = make_browser(row.city, person).get(path or row.path)
    assert response.status_code == 200
    return str(response.content.decode())


def test_the_page_shows_each_wording_with_its_author_and_the_comments_of_both(pair: Any) -> None:
    head, other = pair
    page = page_of(head)
    for words in (
        "Zu Fuß schafft man es nie.",
        "Bela",
        "Längere Grünphase",
        "Stimmt.",
        "Jeden Morgen dasselbe.",
        f'id="beitrag-{other.number}"',
    ):
        assert words in page
    assert "zu „Längere Grünphase“" in page


def test_the_merged_ones_address_leads_to_its_wording_for_now(pair: Any) -> None:
    head, other = pair
    response = make_browser(head.city).get(f"/en{other.path}")
    assert (response.status_code, response.headers["Location"]) == (302, f"/en{head.path}#beitrag-{other.number}")
    comment = Contribution.objects.of(head.city).select_related("root").get(root=other)
    response = make_browser(head.city).get(comment.path.partition("#")[0])
    assert response.headers["Location"] == f"{head.path}?kommentar={comment.pk}#kommentare"
    assert f'id="k-{comment.pk}"' in page_of(head, path=f"{head.path}?kommentar={comment.pk}")


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_with_one_wording_and_with_three(
    step: Any, count: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    row = make_contribution(step, area=make_area(step.city))
    others = []
    for index in range(count):
        others.append(make_contribution(step, f"Dasselbe {index}", author=make_guest(step.city)))
        make_event(row, text="Antwort", organisation=make_organisation(step.city))
        make_event(others[-1], text="Antwort", organisation=make_organisation(step.city))
        make_link(make_contribution(step, f"Vorher {index}"), others[-1])
        top = make_comment(others[-1], author=make_guest(step.city))
        make_comment(others[-1], parent=top, author=make_guest(step.city))
    merge_contributions(make_actor(step.city, "moderator"), fresh(row), [fresh(each) for each in others])
    browser = make_browser(step.city)
    browser.get(row.path)
    with django_assert_max_num_queries(12):
        page = browser.get(row.path).content.decode()
    assert [f"Vorher {index}" in page for index in range(count)] == [True] * count
    known = make_browser(step.city, make_guest(step.city))
    with django_assert_max_num_queries(16):
        assert known.get(row.path).status_code == 200


def test_twenty_wordings_stand_on_the_page_and_the_rest_on_one_of_its_own(step: Any) -> None:
    head = make_contribution(step, "Kopf")
    others = [make_contribution(step, f"Fassung {index}") for index in range(22)]
    merge_contributions(make_actor(step.city, "moderator"), fresh(head), [fresh(each) for each in others])
    page = page_of(head)
    assert (len(re.findall(r'<article class="wording"', page)), f"/beitrag/{head.number}/zusammengelegt" in page) == (20, True)
    first = page_of(head, path=f"/beitrag/{head.number}/zusammengelegt")
    rest = re.search(r'href="(\?nach=\d+)"', first)
    assert rest
    assert len(re.findall(r'<article class="wording"', page_of(head, path=f"/beitrag/{head.number}/zusammengelegt{rest[1]}"))) == 2
    kassel = make_browser(make_city("kassel"))
    assert kassel.get(f"/beitrag/{head.number}/zusammengelegt").status_code == 404


def test_support_and_comments_for_the_merged_one_go_to_the_head(pair: Any) -> None:
    head, other = pair
    browser = make_browser(head.city)
    response = browser.post(f"/beitrag/{other.number}/unterstuetzen")
    assert response.headers["Location"] == f"{head.path}#unterstuetzen"
    assert list(Support.objects.of(head.city).values_list("contribution", flat=True)) == [head.pk]
    assert fresh(head).support_total == 1


def test_support_is_one_whichever_wording_it_was_given_to(step: Any) -> None:
    fan = actor_of(make_participant(step.city))
    head, other = make_contribution(step, "A"), make_contribution(step, "B")
    support(fan, other)
    merge_contributions(make_actor(step.city, "moderator"), fresh(head), [fresh(other)])
    support(fan, fresh(head))
    assert (fresh(head).support_total, Support.objects.of(step.city).count()) == (1, 1)
    assert 'aria-pressed="true"' in page_of(head, fan.participant)
    page = make_browser(step.city, fan.participant).get("/konto/unterstuetzt").content.decode()
    assert ("A" in page, f"/beitrag/{other.number}-" in page) == (True, False)
    unsupport(fan, fresh(head))
    assert (fresh(head).support_total, Support.objects.of(step.city).count()) == (0, 0)


def test_the_author_of_a_wording_does_not_support_the_head_but_takes_back_what_was_given_before(step: Any) -> None:
    bela = actor_of(make_participant(step.city, "Bela"))
    head, other = make_contribution(step, "A"), make_contribution(step, "B", author=bela.participant)
    support(bela, head)
    merge_contributions(make_actor(step.city, "moderator"), fresh(head), [fresh(other)])
    assert 'aria-pressed="true"' in page_of(head, bela.participant)
    unsupport(bela, fresh(head))
    with pytest.raises(Refused) as refused:
        support(bela, fresh(head))
    assert (refused.value.status, fresh(head).support_total) == (403, 0)


def test_the_merged_one_itself_takes_neither_support_nor_comments(pair: Any) -> None:
    _head, other = pair
    actor = make_actor(other.city)
    for act in (lambda: support(actor, other), lambda: add_comment(actor, other, uid=uuid7(), text="Hallo")):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.status == 409


def test_lists_show_the_head_alone_and_a_search_for_the_wordings_words_finds_it(pair: Any) -> None:
    head, other = pair
    index_contributions(head.city, [{"contribution": other.pk}])
    assert list(listed(head.city, Filters())) == [head]
    assert list(listed(head.city, Filters(words="Fuß schafft"))) == [head]


def test_followers_and_authors_of_a_wording_hear_of_the_heads_answer_once(step: Any, run_outbox: Any) -> None:
    head = make_contribution(step, "A", author=make_participant(step.city, "Anna"))
    other = make_contribution(step, "B", author=make_participant(step.city, "Bela"))
    fan = make_participant(step.city, "Fan")
    for row in (head, other):
        follow(actor_of(fan), row)
    merge_contributions(make_actor(step.city, "moderator"), fresh(head), [fresh(other)])
    answer_contribution(actor_of(make_staff(step.city, "moderator")), fresh(head), Answer("planned", text="Wir machen das."))
    run_outbox(step.city)
    told = Notice.objects.of(step.city).filter(kind="contribution.answered").values_list("recipient", flat=True)
    assert head.author
    assert other.author
    assert sorted(told) == sorted([head.author.uid, other.author.uid, fan.uid])


def test_authors_of_both_hear_of_a_comment_under_their_own_title(pair: Any, run_outbox: Any) -> None:
    head, other = pair
    add_comment(make_actor(head.city), head, uid=uuid7(), text="Endlich!")
    run_outbox(head.city)
    told = Notice.objects.of(head.city).filter(kind="dialogue.commented").values_list("recipient", "subject")
    assert sorted(told) == sorted([(head.author.uid, f"contribution:{head.pk}"), (other.author.uid, f"contribution:{other.pk}")])


def test_a_lineage_leads_to_where_the_merged_one_is_shown(pair: Any) -> None:
    head, other = pair
    later = make_contribution(head.step, "Weitergedacht")
    make_link(other, later)
    assert (head.title in page_of(later), "Weitergedacht" in page_of(head)) == (True, True)


def test_what_the_team_asks_stands_above_the_title_for_the_author_alone(step: Any) -> None:
    anna = make_participant(step.city, "Anna")
    row, head = make_contribution(step, "Längere Grünphase", author=anna), make_contribution(step, "Mehr Grün an der Ampel")
    propose_merge(make_actor(step.city, "moderator"), fresh(head), [fresh(row)], uid=uuid7(), reason="Gleich.")
    page = page_of(row, anna)
    assert page.index("Das Team fragt Sie etwas") < page.index("<h1")
    assert "Das Team fragt Sie etwas" not in page_of(row)
