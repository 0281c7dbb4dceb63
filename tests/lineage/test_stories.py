"""The whole story, both ways, over any number of hops: gathered where voices are many, with who decided and why."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from tests.factories import make_actor, make_area, make_link, make_organisation

from civitas.contributions.actions import change_visibility, erase_contribution
from civitas.contributions.models import Contribution
from civitas.contributions.official import Answer, answer_contribution
from civitas.kit.ids import uuid7
from civitas.lineage.pages import Told, whole_of
from civitas.lineage.stories import MOST_CARRIERS, count_voices, story_of, voice_page
from civitas.lineage.streams import mend
from civitas.merging.actions import merge_contributions, undo_merge
from civitas.merging.splitting import Part, split_contribution

if TYPE_CHECKING:
    from collections.abc import Iterator

    from civitas.lineage.pages import Whole

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_german() -> Iterator[None]:
    with translation.override("de"):
        yield


def whole(town: Any, *rows: Contribution) -> Whole:
    return whole_of(story_of(town.city, rows))


def stop(story: Whole, title: str) -> Told:
    (found,) = (each for each in story.stops if each.title == title)
    return found


def day(number: int) -> dt.datetime:
    return dt.datetime(2026, 5, number, 10, tzinfo=dt.UTC)


@pytest.fixture
def chain(town: Any) -> dict[str, Contribution]:
    """Three voices, a theme, a concept, a service story."""
    theme = town.give("Ruhe", kind="theme", given_at=day(4))
    concept = town.give("Rast", kind="concept", given_at=day(6))
    service = town.give("Wie die Rastbank entstand", kind="service_story", given_at=day(9))
    voices = [town.give(f"Stimme {index}", given_at=day(1)) for index in range(3)]
    for voice in voices:
        make_link(voice, theme, "grouped_into")
    make_link(theme, concept, "developed_into")
    make_link(concept, service, "led_to")
    return {"theme": theme, "concept": concept, "service": service, "voice": voices[0]}


def test_it_reads_from_the_first_voice_to_the_service_and_the_same_from_each_end(town: Any, chain: dict[str, Contribution]) -> None:
    from_service = whole(town, chain["service"])
    assert [(each.when, each.title) for each in from_service.stops] == [
        ("1. Mai", "3 Stimmen"),
        ("4. Mai", "Ruhe"),
        ("6. Mai", "Rast"),
        ("9. Mai", "Wie die Rastbank entstand"),
    ]
    assert [said for _icon, said in from_service.counts] == ["3 Stimmen", "1 Thema", "1 Konzept", "1 Dienstleistung"]
    from_voice = whole(town, chain["voice"])
    assert [each.title for each in from_voice.stops] == ["Stimme 0", "Ruhe", "Rast", "Wie die Rastbank entstand"]
    assert [each.is_here for each in from_voice.stops] == [True, False, False, False]


def test_few_voices_are_named_and_many_are_gathered_with_their_districts(town: Any, chain: dict[str, Contribution]) -> None:
    assert [quote.title for quote in stop(whole(town, chain["theme"]), "3 Stimmen").quotes] == ["Stimme 0", "Stimme 1", "Stimme 2"]
    veddel = make_area(town.city, "Veddel")
    for index in range(10):
        voice = town.give(f"Weitere {index}", area=veddel, support_count=index, given_at=day(2))
        make_link(voice, chain["theme"], "grouped_into")
    gathered = stop(whole(town, chain["service"]), "13 Stimmen")
    assert (gathered.when, list(gathered.areas), gathered.more) == ("1. Mai bis 2. Mai", ["Veddel: 10"], "Alle 13 lesen")
    assert [quote.title for quote in gathered.quotes] == ["Weitere 7", "Weitere 8", "Weitere 9"]


def test_what_was_declined_says_who_and_why(town: Any, chain: dict[str, Contribution]) -> None:
    office = make_organisation(town.city, "Bezirksamt")
    answer = Answer("not_possible", text="Der Platz gehört der Bahn.", organisation=office)
    answer_contribution(make_actor(town.city, "moderator"), chain["voice"], answer)
    told = stop(whole(town, chain["voice"]), "Es ist nicht möglich")
    assert (told.text, told.who.partition(",")[0], told.tone) == ("Der Platz gehört der Bahn.", "Bezirksamt", "bad")
    notes = stop(whole(town, chain["service"]), "3 Stimmen").notes
    assert [str(note) for note in notes] == ["Zu 1 davon hat die Stadt gesagt, dass es nicht geht; der Grund steht dabei"]


def test_what_is_not_shown_is_counted_kindly_and_named_nowhere(town: Any, chain: dict[str, Contribution]) -> None:
    for title, visibility in (("Verborgen", "hidden"), ("Zurück", "withdrawn")):
        row = town.give(title, given_at=day(1))
        make_link(row, chain["theme"], "grouped_into")
        change_visibility(town.city, row, visibility)
    erase_contribution(town.city, chain["voice"])
    told = stop(whole(town, chain["service"]), "5 Stimmen")
    assert list(told.notes) == [
        "1 Stimme, deren Worte auf Wunsch gelöscht wurden",
        "1 Stimme, die zurückgenommen wurde",
        "1 Stimme, die nicht mehr gezeigt wird",
    ]
    assert [quote.title for quote in told.quotes] == ["Stimme 1", "Stimme 2"]


def test_a_step_in_between_that_is_not_shown_hands_its_voices_on(town: Any, chain: dict[str, Contribution]) -> None:
    change_visibility(town.city, chain["theme"], "hidden")
    assert [each.title for each in whole(town, chain["service"]).stops] == ["3 Stimmen", "Rast", "Wie die Rastbank entstand"]


def test_what_was_put_together_split_and_taken_apart_is_told(town: Any, chain: dict[str, Contribution]) -> None:
    moderator, voice = make_actor(town.city, "moderator"), chain["voice"]
    Contribution.objects.of(town.city).filter(pk=voice.pk).update(text="Erstens Bänke. Zweitens Bäume.")
    voice.refresh_from_db()
    wording = town.give("Dasselbe", given_at=day(1))
    undo_merge(moderator, merge_contributions(moderator, voice, [wording])[0])
    merge_contributions(moderator, voice, [wording])
    split_contribution(moderator, voice, [Part("Bänke", "Erstens Bänke."), Part("Bäume", "Zweitens Bäume.")], uid=uuid7())
    voice.refresh_from_db()
    story = whole(town, voice)
    titles = [each.title for each in story.stops]
    assert titles.count("2 ähnliche Beiträge kamen dazu") == 1
    assert "„Dasselbe“ steht wieder für sich" in titles
    assert stop(story, "Es steckten mehrere Gedanken darin: Der Beitrag wurde aufgeteilt").text == "Die Teile: „Bänke“, „Bäume“."
    assert {"Bänke", "Bäume", "1 Stimme"} <= set(titles)
    part = Contribution.objects.of(town.city).get(title="Bänke")
    assert "Es steckten mehrere Gedanken darin: Der Beitrag wurde aufgeteilt" in [each.title for each in whole(town, part).stops]
    change_visibility(town.city, voice, "hidden")
    assert [each.title for each in whole(town, part).stops if voice.title in each.title] == []


def test_what_was_split_counts_once_by_its_parts(town: Any, chain: dict[str, Contribution]) -> None:
    two = town.give("Zwei Dinge", given_at=day(1))
    Contribution.objects.of(town.city).filter(pk=two.pk).update(text="Erstens Bänke. Zweitens Bäume.")
    two.refresh_from_db()
    parts = [Part("Bänke", "Erstens Bänke."), Part("Bäume", "Zweitens Bäume.")]
    split_contribution(make_actor(town.city, "moderator"), two, parts, uid=uuid7())
    benches = Contribution.objects.of(town.city).get(title="Bänke")
    make_link(benches, chain["theme"], "grouped_into")
    assert [quote.title for quote in stop(whole(town, chain["service"]), "4 Stimmen").quotes][-1] == "Bänke"
    change_visibility(town.city, benches, "hidden")
    told = stop(whole(town, chain["service"]), "5 Stimmen")
    assert "Zwei Dinge" in [quote.title for quote in told.quotes]
    assert list(told.notes) == ["1 Stimme, die nicht mehr gezeigt wird"]


def test_wordings_count_as_voices_upstream(town: Any, chain: dict[str, Contribution]) -> None:
    merge_contributions(make_actor(town.city, "moderator"), chain["voice"], [town.give("Dasselbe", given_at=day(1))])
    told = stop(whole(town, chain["service"]), "4 Stimmen")
    assert list(told.notes) == ["1 davon wurde mit einer ähnlichen zusammengelegt"]


def test_a_story_of_several_contributions_is_one(town: Any, chain: dict[str, Contribution]) -> None:
    other = town.give("Wie der Schatten kam", kind="service_story", given_at=day(10))
    make_link(chain["concept"], other, "led_to")
    titles = [each.title for each in whole(town, chain["service"], other).stops]
    assert titles == ["3 Stimmen", "Ruhe", "Rast", "Wie die Rastbank entstand", "Wie der Schatten kam"]


def test_a_story_of_very_many_parts_is_bounded_and_says_so(town: Any) -> None:
    concept = town.give("Rast", kind="concept")
    for index in range(MOST_CARRIERS + 4):
        make_link(town.give(f"Thema {index}", kind="theme"), concept, "developed_into")
    story = whole(town, concept)
    assert len(story.stops) == MOST_CARRIERS
    assert story.left_out.startswith("5 weitere Beiträge gehören zu diesem Werdegang")


def test_as_many_queries_for_many_voices_as_for_few(town: Any, chain: dict[str, Contribution]) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            whole(town, chain["service"])
        return len(found)

    make_link(town.give("Aus einem Viertel", area=make_area(town.city, "Viertel")), chain["theme"], "grouped_into")
    queries()
    few = queries()
    for index in range(40):
        make_link(town.give(f"Weitere {index}", area=make_area(town.city, f"Viertel {index}")), chain["theme"], "grouped_into")
    assert queries() == few


def test_the_list_holds_as_many_as_the_stop_says(town: Any, chain: dict[str, Contribution]) -> None:
    make_link(town.give("Davor"), chain["voice"], "developed_into")

    def page(row: Contribution) -> tuple[int, int, Any]:
        found = voice_page(town.city, row, cursor="", size=20)
        return len(found.rows), found.count, found.gone

    for _kept in range(2):
        assert page(chain["theme"]) == (4, 4, {})
        assert page(chain["concept"]) == (0, 0, {})
        assert count_voices(town.city, [chain["service"]]) == 4
        mend(town.city)


def test_the_story_of_a_service_is_named_by_its_own_title(town: Any, chain: dict[str, Contribution]) -> None:
    """Its kind is „Wie eine Dienstleistung entstand“; beside a title that says the same, that would be said twice."""
    answer_contribution(make_actor(town.city, "moderator"), chain["service"], Answer("done", text="Sie läuft."))
    made, event = whole(town, chain["concept"]).stops[-2:]
    assert (made.about, made.title) == ("Dienstleistung", "Wie die Rastbank entstand")
    assert (event.about, event.text) == ("Wie die Rastbank entstand", "Sie läuft.")
