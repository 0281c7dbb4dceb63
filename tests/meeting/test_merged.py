"""Who joined what was put together with another stands there, with the word where they came from; undoing takes it back to the letter."""

from typing import Any

import pytest
from tests.factories import make_browser, make_city, make_contribution, make_participant, make_process, make_staff, make_step

from civitas.contributions.models import Contribution
from civitas.meeting.actions import join, leave
from civitas.meeting.counts import miscounts
from civitas.meeting.models import Joining, Turnout
from civitas.meeting.queries import joinings_page, standing, turnout
from civitas.merging.actions import merge_contributions, undo_merge
from civitas.merging.models import Merge
from civitas.people.actors import actor_of

pytestmark = pytest.mark.django_db


class Scene:
    """Alice's bench and Ben's are one: Cem joined both, Dora and (in private words) Emil Ben's alone."""

    def __init__(self) -> None:
        self.step = make_step(make_process(make_city("hamburg")))
        city = self.city = self.step.city
        names = ("Alice", "Ben", "Cem", "Dora", "Emil")
        self.alice, self.ben, self.cem, self.dora, self.emil = (make_participant(city, name) for name in names)
        self.team = actor_of(make_staff(city, "moderator", "Jule"))
        self.head = make_contribution(self.step, "Eine Bank", author=self.alice)
        self.other = make_contribution(self.step, "Noch eine Bank", author=self.ben)
        join(actor_of(self.cem), self.other, role="join", words="Ich streiche.")
        join(actor_of(self.cem), self.head, role="join", words="Ich streiche auch hier.")
        join(actor_of(self.dora), self.other, role="help", words="Ich habe Holz.")
        join(actor_of(self.emil), self.other, role="join", words="Geheime Worte")
        Joining.objects.of(city).filter(participant=self.emil).update(is_private=True)

    def merge(self) -> None:
        merge_contributions(self.team, self.head, [self.other])

    def read(self, row: Contribution) -> Contribution:
        found: Contribution = Contribution.objects.of(self.city).select_related("author", "process").get(pk=row.pk)
        return found

    def rows(self) -> list[list[tuple[Any, ...]]]:
        found = []
        for model in (Joining, Turnout):
            names = [field.attname for field in model._meta.concrete_fields]
            found.append(list(model.objects.of(self.city).order_by("pk").values_list(*names)))
        return found


@pytest.fixture
def scene(db: None) -> Scene:
    return Scene()


def names(row: Contribution, role: str) -> list[str]:
    return [each.shown_name for each in joinings_page(row, role=role).rows]


def test_the_head_lists_and_counts_each_person_once(scene: Scene) -> None:
    scene.merge()
    head = scene.read(scene.head)
    assert turnout(head) == {"join": 2, "help": 1}
    assert (names(head, "join"), names(head, "help")) == (["Emil", "Cem"], ["Dora"])
    assert [each.words for each in joinings_page(head).rows if each.shown_name == "Cem"] == ["Ich streiche auch hier."]


def test_the_pages_say_with_which_one_they_came(scene: Scene) -> None:
    scene.merge()
    browser = make_browser(scene.city)
    band, page = browser.get(scene.head.path).text, browser.get(f"/beitrag/{scene.head.number}/dabei").text
    assert "kam mit „Noch eine Bank“" in band
    assert page.count("Kam mit „Noch eine Bank“") == 2
    assert "2 Menschen machen mit" in page


def test_private_words_stay_with_the_author_they_were_meant_for(scene: Scene) -> None:
    scene.merge()
    pages = {
        person.pseudonym: make_browser(scene.city, person).get(f"/beitrag/{scene.head.number}/dabei").text
        for person in (scene.alice, scene.ben)
    }
    assert {name: "Geheime Worte" in page for name, page in pages.items()} == {"Alice": False, "Ben": True}
    assert {name: page.count("Brief schreiben") for name, page in pages.items()} == {"Alice": 1, "Ben": 2}


def test_undoing_takes_it_back_to_the_letter(scene: Scene) -> None:
    before = scene.rows()
    scene.merge()
    undo_merge(scene.team, Merge.objects.of(scene.city).get())
    assert scene.rows() == before
    assert miscounts(scene.city) == []
    assert (turnout(scene.read(scene.head)), turnout(scene.read(scene.other))) == ({"join": 1, "help": 0}, {"join": 2, "help": 1})
    assert names(scene.read(scene.head), "join") == ["Cem"]
    assert "kam mit" not in make_browser(scene.city).get(scene.head.path).text


def test_who_came_with_it_is_in_and_can_leave_at_the_head(scene: Scene) -> None:
    scene.merge()
    head = scene.read(scene.head)
    assert standing(actor_of(scene.dora), head).helps
    leave(actor_of(scene.cem), head, role="join")
    leave(actor_of(scene.dora), head, role="help")
    assert (turnout(head), miscounts(scene.city)) == ({"join": 1, "help": 0}, [])


def test_its_own_author_is_not_listed_among_those_who_join(scene: Scene) -> None:
    join(actor_of(scene.alice), scene.other, role="join", words="Ich auch.")
    scene.merge()
    head = scene.read(scene.head)
    assert (names(head, "join"), turnout(head)["join"]) == (["Emil", "Cem"], 2)


def test_what_is_hidden_brings_nobody_along(scene: Scene) -> None:
    scene.merge()
    Contribution.objects.of(scene.city).filter(pk=scene.other.pk).update(visibility="hidden")
    head = scene.read(scene.head)
    assert (names(head, "join"), turnout(head)) == (["Cem"], {"join": 1, "help": 0})


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_with_one_and_with_three(scene: Scene, count: int, django_assert_max_num_queries: Any) -> None:
    for number in range(count):
        join(actor_of(make_participant(scene.city, f"P{number}")), scene.other, role="join", words="Ja")
    scene.merge()
    head = scene.read(scene.head)
    with django_assert_max_num_queries(2):
        assert len(joinings_page(head, role="join").rows) == 2 + count
