"""Part of something larger: found by number or words, linked on both pages, and undone when the status is another one."""

from typing import Any

import pytest
from tests.factories import make_browser, make_city, make_contribution, make_link, make_process, make_step

from civitas.answering.actions import drafting
from civitas.contributions.models import Contribution, Link, StatusEvent
from civitas.contributions.official import Answer, answer_contribution
from civitas.contributions.tasks import index_contributions
from civitas.kit.verdicts import Refused
from civitas.merging.actions import merge_contributions

pytestmark = pytest.mark.django_db


def answer(town: Any, row: Contribution, status: str, **fields: Any) -> StatusEvent:
    return answer_contribution(town.actor("moderator"), town.read(row), Answer(status, text="Das gehört dazu.", **fields))


def links(town: Any) -> list[tuple[int, int, str]]:
    return list(Link.objects.of(town.city).order_by("pk").values_list("source", "target", "kind"))


@pytest.fixture
def larger(town: Any) -> Contribution:
    return town.give("Bänke für alle Straßen")


def test_part_of_links_both_and_both_pages_show_it(town: Any, larger: Contribution) -> None:
    row = town.give()
    answer(town, row, "part_of", part_of=larger)
    assert links(town) == [(row.pk, larger.pk, "grouped_into")]
    browser = make_browser(town.city)
    own, other = (browser.get(each.path).text.partition('id="became"')[2].partition("</section>")[0] for each in (row, larger))
    assert ("Bänke für alle Straßen" in own, row.title in other) == (True, True)


def test_another_status_takes_the_link_away_and_another_number_moves_it(town: Any, larger: Contribution) -> None:
    row, third = town.give(), town.give("Alle Bänke der Stadt")
    answer(town, row, "part_of", part_of=larger)
    answer(town, row, "part_of", part_of=third)
    assert links(town) == [(row.pk, third.pk, "grouped_into")]
    answer(town, row, "in_review")
    assert links(town) == []
    answer(town, row, "part_of", part_of=larger)
    assert links(town) == [(row.pk, larger.pk, "grouped_into")]


def test_what_was_linked_by_hand_stays_when_the_status_changes(town: Any, larger: Contribution) -> None:
    row = town.give()
    make_link(row, larger, "grouped_into")
    answer(town, row, "part_of", part_of=larger)
    answer(town, row, "in_work")
    assert links(town) == [(row.pk, larger.pk, "grouped_into")]


def test_a_circle_itself_and_what_is_not_shown_are_refused(town: Any, larger: Contribution) -> None:
    row, hidden = town.give(), town.give("Verborgen", visibility="hidden")
    answer(town, larger, "part_of", part_of=row)
    for other in (larger, row, hidden):
        with pytest.raises(Refused) as refused:
            answer(town, row, "part_of", part_of=other)
        assert list(refused.value.fields) == ["part_of"]
    assert town.read(row).status == "received"
    assert links(town) == [(larger.pk, row.pk, "grouped_into")]


def test_another_status_than_part_of_names_nothing_larger(town: Any, larger: Contribution) -> None:
    with pytest.raises(Refused) as refused:
        answer(town, town.give(), "planned", part_of=larger)
    assert "Teil" in refused.value.fields["part_of"]


def refusal(town: Any, row: Contribution, typed: str) -> str:
    draft = drafting.save_draft(town.actor("moderator"), row, version=0, status="part_of", text="Es gehört dazu.", part_of=typed)
    with pytest.raises(Refused) as refused:
        drafting.release(town.actor("moderator"), row, version=draft.version, seen=town.read(row).version)
    return str(refused.value.fields["part_of"])


def test_a_number_that_was_merged_another_citys_and_words_get_clear_sentences(town: Any, larger: Contribution) -> None:
    merged = town.give("Noch eine Bank")
    merge_contributions(town.actor("moderator"), larger, [merged])
    kassel = make_step(make_process(make_city("kassel")))
    for _each in range(6):
        elsewhere = make_contribution(kassel)
    assert f"Nummer {larger.number}" in refusal(town, town.give("A"), str(merged.number))
    assert f"„{elsewhere.number}“" in refusal(town, town.give("B"), str(elsewhere.number))
    assert "suchen" in refusal(town, town.give("C"), "Bänke").lower()


def test_the_desk_finds_by_words_and_a_press_chooses(town: Any, larger: Contribution) -> None:
    row = town.give()
    index_contributions(town.city, [{"contribution": each.pk} for each in (row, larger)])
    browser = make_browser(town.city, town.moderator)
    address = f"/verwaltung/antworten/{row.number}/entwurf"
    data = {"status": "in_review", "text": "Es gehört dazu.", "version": row.version, "draft_version": 0}
    page = browser.post(address, data | {"do": "find", "part_of": "Straßen"}).text
    assert (f'name="larger" value="{larger.number}"' in page, "Es gehört dazu." in page) == (True, True)
    assert "Nichts Passendes" in browser.post(address, data | {"do": "find", "part_of": "Quastenflosser"}).text
    browser.post(address, data | {"larger": str(larger.number), "part_of": "Straßen"})
    shown = browser.get(f"/verwaltung/antworten/{row.number}").text
    assert larger.title in shown.partition('id="antwort"')[2]
    browser.post(address, data | {"do": "publish", "status": "part_of", "part_of": str(larger.number), "draft_version": 1})
    assert (links(town), town.read(row).status) == ([(row.pk, larger.pk, "grouped_into")], "part_of")
