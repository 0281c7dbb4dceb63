"""What is kept of the voices that flow into something made: after whatever happens it says what a count from scratch says."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from tests.cockpit.test_keeping import Walk
from tests.factories import make_actor, make_area, make_browser, make_city

from civitas.contributions.actions import change_visibility, erase_contribution
from civitas.contributions.intake import Given, take_in
from civitas.contributions.models import Contribution
from civitas.contributions.official import Answer, answer_contribution
from civitas.lineage.models import Inflow, Stream, StreamArea
from civitas.lineage.pages import whole_of
from civitas.lineage.stories import count_voices, story_of, voice_page
from civitas.lineage.streams import count_later, count_stream, mend, miscounts
from civitas.merging.actions import merge_contributions, undo_merge
from civitas.merging.models import Merge
from civitas.people.actors import city_actor

if TYPE_CHECKING:
    from civitas.cities.models import City

pytestmark = pytest.mark.django_db
TASKS = ("lineage.flowed", "lineage.stood", "lineage.stream")


def settle(city: City) -> None:
    """Do what waits in the outbox for the streams, each twice; what else waits is left."""
    from civitas.outbox.models import OutboxRow
    from civitas.outbox.tasks import known_tasks

    while rows := list(OutboxRow.objects.of(city).filter(done_at=None, kind__in=TASKS).order_by("pk")):
        OutboxRow.objects.of(city).filter(pk__in=[row.pk for row in rows]).delete()
        for kind in dict.fromkeys(row.kind for row in rows):
            payloads = [row.payload for row in rows if row.kind == kind]
            task = known_tasks()[kind]
            for _time in range(2):
                if task.batch:
                    task.run(city, payloads)
                else:
                    for payload in payloads:
                        task.run(city, **payload)


@pytest.fixture
def chain(town: Any) -> dict[str, Contribution]:
    """Voices, two themes, a concept, a service story, linked and settled."""
    theme, other = town.give("Ruhe", kind="theme"), town.give("Schatten", kind="theme")
    concept, service = town.give("Rast", kind="concept"), town.give("Rastbank", kind="service_story")
    voices = [town.give(f"Stimme {index}", area=make_area(town.city, f"Viertel {index % 3}")) for index in range(9)]
    for index, voice in enumerate(voices):
        town.link(voice, theme if index < 7 else other)
    town.link(voices[0], other)
    for source, target, kind in ((theme, concept, "developed_into"), (other, concept, "developed_into"), (concept, service, "led_to")):
        town.link(source, target, kind)
    settle(town.city)
    return {"theme": theme, "other": other, "concept": concept, "service": service, "voice": voices[0], "second": voices[1]}


def told(town: Any, row: Contribution) -> Any:
    with translation.override("de"):
        return whole_of(story_of(town.city, [row]))


def forget(city: City) -> None:
    for model in (Inflow, StreamArea, Stream):
        model.objects.of(city).delete()


def test_a_story_of_what_is_kept_is_the_story_from_scratch(town: Any, chain: dict[str, Contribution]) -> None:
    assert miscounts(town.city) == []
    kept = {key: told(town, row) for key, row in chain.items()}
    assert [said for _icon, said in kept["service"].counts] == ["9 Stimmen", "2 Themen", "1 Konzept", "1 Dienstleistung"]
    assert count_voices(town.city, [chain["service"]]) == 9
    forget(town.city)
    assert {key: told(town, row) for key, row in chain.items()} == kept
    assert count_voices(town.city, [chain["service"]]) == 9


def test_what_is_kept_in_part_is_told_whole(town: Any, chain: dict[str, Contribution]) -> None:
    whole = told(town, chain["service"])
    for model in (Inflow, StreamArea, Stream):
        model.objects.of(town.city).filter(into=chain["other"]).delete()
    assert told(town, chain["service"]) == whole
    assert count_voices(town.city, [chain["service"]]) == 9


@pytest.mark.parametrize("seed", [pytest.param(0, marks=pytest.mark.each_database), *range(1, 5)])
def test_after_any_walk_of_actions_a_count_from_scratch_says_the_same(seed: int) -> None:
    city = make_city("hamburg")
    walk = Walk(city, seed)
    for _round in range(5):
        for _step in range(14):
            walk.step_on()
        settle(city)
        assert miscounts(city) == []
    mend(city)
    assert miscounts(city) == []


def test_what_happens_to_a_voice_or_a_theme_reaches_what_is_kept(town: Any, chain: dict[str, Contribution]) -> None:
    team = make_actor(town.city, "moderator")

    def stands(row: Contribution) -> tuple[int, int, int, int]:
        settle(town.city)
        assert miscounts(town.city) == []
        kept = Stream.objects.of(town.city).get(into=row)
        return kept.count, kept.hidden, kept.merged, kept.declined

    assert stands(chain["theme"]) == (7, 0, 0, 0)
    answer_contribution(team, chain["voice"], Answer("not_possible", text="Der Platz gehört der Bahn."))
    assert (stands(chain["theme"]), stands(chain["other"])) == ((7, 0, 0, 1), (3, 0, 0, 1))
    merge_contributions(team, chain["voice"], [chain["second"]])
    assert (stands(chain["theme"]), stands(chain["other"])) == ((7, 0, 1, 1), (4, 0, 1, 1))
    undo_merge(team, Merge.objects.of(town.city).get())
    assert stands(chain["other"]) == (3, 0, 0, 1)
    change_visibility(town.city, Contribution.objects.of(town.city).get(pk=chain["second"].pk), "hidden")
    assert stands(chain["theme"]) == (7, 1, 0, 1)
    change_visibility(town.city, chain["theme"], "hidden")  # its voices go on to the concept
    assert (stands(chain["concept"])[0], count_voices(town.city, [chain["service"]])) == (7, 8)
    change_visibility(town.city, Contribution.objects.of(town.city).get(pk=chain["theme"].pk), "published")
    assert stands(chain["concept"])[0] == 0
    erase_contribution(town.city, Contribution.objects.of(town.city).get(pk=chain["other"].pk))
    settle(town.city)
    assert not Stream.objects.of(town.city).filter(into=chain["other"]).exists()
    assert miscounts(town.city) == []


def test_an_import_that_corrects_dates_reaches_what_is_kept(town: Any, chain: dict[str, Contribution]) -> None:
    voice = Contribution.objects.of(town.city).select_related("step__process").get(pk=chain["voice"].pk)
    Contribution.objects.of(town.city).filter(pk=voice.pk).update(source_key="V1")
    assert miscounts(town.city) == []
    earlier = voice.given_at - dt.timedelta(days=400)
    row = Given("V1", given_at=earlier, said=frozenset({"given_at"}))
    assert take_in(city_actor(town.city, channel="import"), voice.step, [row]).updated == 1
    settle(town.city)
    assert miscounts(town.city) == []
    assert Stream.objects.of(town.city).get(into=chain["theme"].pk).first_at == earlier


def test_who_was_hidden_just_now_is_named_nowhere_before_the_worker_came(town: Any, chain: dict[str, Contribution]) -> None:
    voices = list(Inflow.objects.of(town.city).filter(into=chain["other"], role=Inflow.Role.VOICE).values_list("source", flat=True))
    hidden = Contribution.objects.of(town.city).get(pk=voices[-1])
    change_visibility(town.city, hidden, "hidden")
    quotes = [quote.title for stop in told(town, chain["other"]).stops for quote in stop.quotes]
    assert hidden.title not in quotes
    assert hidden not in voice_page(town.city, chain["other"], cursor="", size=20).rows
    change_visibility(town.city, chain["other"], "hidden")
    assert "Schatten" not in [stop.title for stop in told(town, chain["service"]).stops]


def test_of_many_voices_only_those_of_the_page_are_read(town: Any, chain: dict[str, Contribution]) -> None:
    with transaction.atomic():
        count_later(town.city, {chain["theme"].pk})
    settle(town.city)
    browser = make_browser(town.city)

    def cost(path: str) -> tuple[int, int]:
        browser.get(path)
        with CaptureQueriesContext(connection) as found:
            assert browser.get(path).status_code == 200
        longest = max(len(each["sql"]) for each in found)
        return len(found), longest

    pages = [f"/beitrag/{chain[key].number}/werdegang{more}" for key, more in (("service", ""), ("theme", "/stimmen"), ("theme", ""))]
    few = [cost(page) for page in pages]
    for index in range(60):
        town.link(town.give(f"Weitere {index}"), chain["theme"])
    settle(town.city)
    many = [cost(page) for page in pages]
    # As many queries, and none of them holds a list of keys that grew.
    assert [each[0] for each in many] == [each[0] for each in few]
    assert [each[1] for each in many] <= [each[1] + 200 for each in few]


def test_counting_twice_or_for_nothing_is_harmless_and_stays_in_the_city(town: Any, chain: dict[str, Contribution]) -> None:
    before = list(Inflow.objects.of(town.city).order_by("pk").values_list("pk", flat=True))
    count_stream(town.city, chain["theme"].pk)
    assert list(Inflow.objects.of(town.city).order_by("pk").values_list("pk", flat=True)) == before
    kassel = make_city("kassel")
    count_stream(kassel, chain["theme"].pk)
    count_stream(town.city, chain["voice"].pk)
    assert (Stream.objects.of(kassel).count(), miscounts(town.city)) == (0, [])
