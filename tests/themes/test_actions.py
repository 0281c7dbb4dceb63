"""What the team does with themes."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from tests.factories import make_actor, make_browser, make_city, make_contribution, make_link, make_process, make_step
from tests.themes.house import House, make_house

from civitas.boards.concluding import Origin, Wanted, settle
from civitas.contributions.actions import change_visibility
from civitas.contributions.linking import keep_larger
from civitas.contributions.models import Contribution, Link, Revision, StatusEvent
from civitas.kit.ids import uuid7
from civitas.kit.verdicts import Refused
from civitas.lineage.models import News
from civitas.merging.actions import merge_contributions, undo_merge
from civitas.outbox.worker import run_due
from civitas.processes.models import Process, Step
from civitas.themes import actions
from civitas.themes.actions import (
    change_words,
    gather,
    make_theme,
    publish_theme,
    put_back,
    refusal_of,
    take_out,
    undo_gathering,
    work_gathering,
)
from civitas.themes.figures import count_theme, mend, miscounts
from civitas.themes.models import Gathering, GatheringItem, Theme, ThemeFigure
from civitas.themes.queries import count_voices, figures_of, voices_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return make_house()


Visibility = Contribution.Visibility


def fresh(row: Contribution) -> Contribution:
    found: Contribution = Contribution.objects.of(row.city_id).select_related("process").get(pk=row.pk)
    return found


def shown_in(theme: Contribution) -> list[str]:
    return sorted(row.title for row in voices_of(theme.city, theme).rows)


def told(house: House) -> list[tuple[int, bool]]:
    """(source, whether it still holds) of every hop into a theme of which there is news."""
    run_due()
    rows = News.objects.of(house.city).filter(event="grouped_into").order_by("pk")
    return [(row.source_id, row.undone_at is None) for row in rows]


def publish_theme_of(house: House, theme: Contribution) -> None:
    (voice,) = house.voices(1)
    gather(house.actor, theme, [voice.pk], uid=uuid7())
    publish_theme(house.actor, theme)


class TestMaking:
    def test_a_theme_begins_as_a_draft_that_no_list_shows(self, house: House):
        theme = house.theme()
        assert (theme.visibility, theme.kind, fresh(theme).listed, theme.author_id) == ("draft", "theme", 0, None)
        assert Theme.objects.of(house.city).get().made_by == house.jule

    def test_the_same_form_twice_gives_one_theme(self, house: House):
        uid = uuid7()
        one, two = (make_theme(house.actor, house.step, uid=uid, title="Schatten", text="") for _ in range(2))
        assert one.pk == two.pk

    @pytest.mark.parametrize("title", ["", "   ", "!!!", "x" * 151])
    def test_a_name_is_words(self, house: House, title: str):
        with pytest.raises(Refused) as refused:
            house.theme(title)
        assert list(refused.value.fields) == ["title"]

    @pytest.mark.parametrize("role", ["", "expert"])
    def test_who_does_not_gather_begins_none(self, house: House, role: str):
        with pytest.raises(Refused):
            make_theme(make_actor(house.city, role), house.step, uid=uuid7(), title="Schatten", text="")

    def test_a_step_of_another_city_does_not_exist(self, house: House):
        other = make_step(make_process(make_city("kassel")))
        with pytest.raises(Refused) as refused:
            make_theme(house.actor, other, uid=uuid7(), title="Schatten", text="")
        assert refused.value.status == 404


class TestWords:
    def test_how_it_read_is_kept(self, house: House):
        theme = house.theme()
        changed = change_words(house.actor, theme, title="Kühle Orte", text="Neu.", version=1)
        assert (changed.title, changed.text, changed.version) == ("Kühle Orte", "Neu.", 2)
        assert list(Revision.objects.of(house.city).values_list("title", "version")) == [("Schatten", 1)]

    def test_a_board_that_is_concluded_again_leaves_them_and_changes_those_that_nobody_wrote(self, house: House):
        step = make_step(house.step.process, position=2, method="discuss")
        named, other = (Wanted(f"group:{key * 8}", "theme", "Vom Brett", origins=(Origin(house.voices(1)[0].number),)) for key in "ab")
        numbers = settle(house.actor, step, [named, other]).made
        theme, rest = Contribution.objects.of(house.city).filter(number__in=numbers).select_related("process", "step").order_by("number")
        change_words(house.actor, theme, title="Von Hand", text="So meinen wir es.", version=theme.version)
        settle(house.actor, step, [replace(named, title="Neu vom Brett"), replace(other, title="Neu vom Brett")])
        assert [(row.title, row.text) for row in (fresh(theme), fresh(rest))] == [("Von Hand", "So meinen wir es."), ("Neu vom Brett", "")]

    def test_who_was_overtaken_is_told_and_nothing_is_lost(self, house: House):
        theme = house.theme()
        change_words(house.actor, theme, title="Kühle Orte", text="Neu.", version=1)
        with pytest.raises(Refused) as refused:
            change_words(house.actor, theme, title="Bäume", text="Anders.", version=1)
        assert (refused.value.status, fresh(theme).title) == (409, "Kühle Orte")

    def test_what_the_editorial_team_hid_stays_as_it_is(self, house: House):
        theme = house.theme()
        change_visibility(house.city, theme, Visibility.HIDDEN)
        for act in (
            lambda row: change_words(house.actor, row, title="Neu", text="", version=row.version),
            lambda row: publish_theme(house.actor, row),
            lambda row: gather(house.actor, row, [1], uid=uuid7()),
            lambda row: take_out(house.actor, row, [1]),
        ):
            with pytest.raises(Refused) as refused:
                act(fresh(theme))
            assert refused.value.status == 409


class TestGathering:
    def test_voices_come_in_and_each_stays_itself(self, house: House):
        theme, voices = house.theme(), house.voices(2)
        run = gather(house.actor, theme, [row.pk for row in voices], uid=uuid7())
        assert (run.state, run.added_count, run.there_count, run.refused_count) == ("done", 2, 0, 0)
        assert shown_in(theme) == ["Mehr Schatten 0", "Mehr Schatten 1"]
        assert [fresh(row).status for row in voices] == ["received", "received"]

    def test_a_voice_may_be_in_several_themes(self, house: House):
        one, two, (voice,) = house.theme("Schatten"), house.theme("Plätze"), house.voices(1)
        for theme in (one, two):
            gather(house.actor, theme, [voice.pk], uid=uuid7())
        assert shown_in(one) == shown_in(two) == ["Mehr Schatten 0"]

    def test_what_is_in_it_stays_and_is_counted_apart(self, house: House):
        theme, voices = house.theme(), house.voices(3)
        gather(house.actor, theme, [voices[0].pk], uid=uuid7())
        run = gather(house.actor, theme, [row.pk for row in voices], uid=uuid7())
        assert (run.added_count, run.there_count) == (2, 1)
        assert Link.objects.of(house.city).count() == 3

    def test_the_same_form_twice_is_one_press(self, house: House):
        theme, (voice,), uid = house.theme(), house.voices(1), uuid7()
        assert gather(house.actor, theme, [voice.pk], uid=uid).pk == gather(house.actor, theme, [voice.pk], uid=uid).pk
        assert Gathering.objects.of(house.city).count() == 1

    def test_many_are_brought_by_the_worker(self, house: House, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(actions, "AT_ONCE", 20)
        theme, voices = house.theme(), house.voices(45)
        run = gather(house.actor, theme, [row.pk for row in voices], uid=uuid7())
        assert (run.state, run.added_count) == ("running", 20)
        run_due()
        run.refresh_from_db()
        assert (run.state, run.added_count, count_voices(house.city, theme)) == ("done", 45, 45)

    def test_more_than_ten_thousand_are_refused_before_anything_happens(self, house: House):
        with pytest.raises(Refused) as refused:
            gather(house.actor, house.theme(), range(1, 10_002), uid=uuid7())
        assert (refused.value.status, Gathering.objects.of(house.city).count()) == (400, 0)

    def test_voices_of_another_city_do_not_exist(self, house: House):
        foreign = make_contribution(make_step(make_process(make_city("kassel"))))
        theme = house.theme()
        run = gather(house.actor, theme, [foreign.pk], uid=uuid7())
        assert (run.total, shown_in(theme)) == (0, [])

    def test_a_theme_takes_neither_itself_nor_what_came_out_of_it(self, house: House):
        theme, (later, further) = house.theme(), house.voices(2)
        make_link(theme, later)
        make_link(later, further)
        run = gather(house.actor, theme, [theme.pk, later.pk, further.pk], uid=uuid7())
        assert (run.added_count, run.refused_count) == (0, 3)
        publish_theme_of(house, theme)
        assert "Thema „Schatten“ → Idee „Mehr Schatten 0“ → Idee „Mehr Schatten 1“" in refusal_of(house.city, theme, further)
        assert refusal_of(house.city, theme, theme) == "Ein Thema kann nicht in sich selbst liegen."

    def test_what_was_hidden_since_the_press_takes_nothing_in(self, house: House):
        theme, voices = house.theme(), house.voices(2)
        run = gather(house.actor, theme, [voices[0].pk], uid=uuid7())
        change_visibility(house.city, theme, "hidden")
        Gathering.objects.of(house.city).filter(pk=run.pk).update(state="running", total=2)
        GatheringItem.objects.create(city=house.city, gathering=run, contribution=voices[1])
        work_gathering(house.city, run.pk)
        run.refresh_from_db()
        assert (run.state, run.added_count, run.refused_count) == ("done", 1, 1)

    def test_what_was_hidden_meanwhile_is_not_made_a_draft(self, house: House):
        theme, (voice,) = house.theme(), house.voices(1)
        gather(house.actor, theme, [voice.pk], uid=uuid7())
        seen = publish_theme(house.actor, theme)
        change_visibility(house.city, Contribution.objects.of(house.city).get(pk=theme.pk), "hidden")
        with pytest.raises(Refused):
            put_back(house.actor, seen)
        assert Contribution.objects.of(house.city).get(pk=theme.pk).visibility == "hidden"

    def test_in_a_draft_process_it_is_not_published(self, house: House):
        theme, (voice,) = house.theme(), house.voices(1)
        gather(house.actor, theme, [voice.pk], uid=uuid7())
        Process.objects.of(house.city).filter(pk=theme.process_id).update(state="draft")
        with pytest.raises(Refused) as refused:
            publish_theme(house.actor, theme)
        assert refused.value.status == 409

    def test_what_is_not_shown_is_named_by_its_number(self, house: House):
        theme, (voice,) = house.theme(), house.voices(1, visibility="hidden")
        gather(house.actor, theme, [voice.pk], uid=uuid7())
        assert refusal_of(house.city, theme, voice) == f"Nummer {voice.number} ist gerade nicht zu sehen."
        page = make_browser(house.city, house.jule).get(reverse("theme_work", args=[theme.number])).content.decode()
        assert ("Mehr Schatten" in page, "mehr-schatten" in page, f"Nummer {voice.number} ist" in page) == (False, False, True)

    def test_what_was_made_of_voices_is_none(self, house: House):
        theme, concept = house.theme(), make_contribution(house.step, "Konzept", kind="concept")
        assert gather(house.actor, theme, [concept.pk], uid=uuid7()).refused_count == 1
        assert "keine Stimme" in refusal_of(house.city, theme, concept)

    def test_two_who_gather_bring_each_voice_once(self, house: House):
        theme, voices = house.theme(), house.voices(4)
        gather(house.actor, theme, [row.pk for row in voices[:3]], uid=uuid7())
        gather(make_actor(house.city, "moderator"), theme, [row.pk for row in voices[1:]], uid=uuid7())
        assert (count_voices(house.city, theme), Link.objects.of(house.city).count()) == (4, 4)


class TestTakingBack:
    def test_undoing_takes_out_what_it_brought_and_nothing_else(self, house: House):
        theme, voices = house.theme(), house.voices(3)
        gather(house.actor, theme, [voices[0].pk], uid=uuid7())
        run = gather(house.actor, theme, [row.pk for row in voices], uid=uuid7())
        undo_gathering(house.actor, theme, run)
        run.refresh_from_db()
        assert (run.state, shown_in(theme)) == ("undone", ["Mehr Schatten 0"])

    def test_it_is_taken_back_once(self, house: House):
        theme, (voice,) = house.theme(), house.voices(1)
        run = gather(house.actor, theme, [voice.pk], uid=uuid7())
        undo_gathering(house.actor, theme, run)
        with pytest.raises(Refused) as refused:
            undo_gathering(house.actor, theme, run)
        assert refused.value.status == 409

    def test_many_are_taken_back_by_the_worker(self, house: House, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(actions, "AT_ONCE", 20)
        theme, voices = house.theme(), house.voices(45)
        run = gather(house.actor, theme, [row.pk for row in voices], uid=uuid7())
        run_due()
        run.refresh_from_db()
        undo_gathering(house.actor, theme, run)
        run_due()
        run.refresh_from_db()
        assert (run.state, count_voices(house.city, theme)) == ("undone", 0)

    def test_a_voice_is_taken_out_by_hand_with_what_was_merged_into_it(self, house: House):
        theme, (head, other) = house.theme(), house.voices(2)
        gather(house.actor, theme, [head.pk, other.pk], uid=uuid7())
        merge_contributions(make_actor(house.city, "moderator"), head, [other])
        assert take_out(house.actor, theme, [head.pk]) == 2
        assert shown_in(theme) == []

    def test_an_official_status_lets_go_of_its_link(self, house: House):
        theme, (voice,) = house.theme(), house.voices(1)
        event = StatusEvent.objects.create(city=house.city, contribution=voice, status="part_of", part_of=theme, at=timezone.now())
        with transaction.atomic():
            keep_larger(make_actor(house.city, "moderator"), voice, event)
        assert take_out(house.actor, theme, [voice.pk]) == 1
        event.refresh_from_db()
        assert event.link_id is None


class TestPublishing:
    def test_a_theme_without_voices_is_not_published(self, house: House):
        with pytest.raises(Refused) as refused:
            publish_theme(house.actor, house.theme())
        assert refused.value.status == 409

    def test_links_of_a_draft_are_told_once_it_is_published(self, house: House):
        theme, voices = house.theme(), house.voices(3)
        gather(house.actor, theme, [row.pk for row in voices[:2]], uid=uuid7())
        assert told(house) == []
        publish_theme(house.actor, theme)
        assert (fresh(theme).listed, told(house)) == (1, [(row.pk, True) for row in voices[:2]])
        gather(house.actor, fresh(theme), [voices[2].pk], uid=uuid7())
        take_out(house.actor, fresh(theme), [voices[0].pk])
        assert told(house) == [(voices[0].pk, False), (voices[1].pk, True), (voices[2].pk, True)]

    def test_published_again_nobody_hears_it_twice(self, house: House):
        theme, (voice,) = house.theme(), house.voices(1)
        gather(house.actor, theme, [voice.pk], uid=uuid7())
        publish_theme(house.actor, theme)
        put_back(house.actor, fresh(theme))
        assert fresh(theme).visibility == "draft"
        publish_theme(house.actor, fresh(theme))
        assert told(house) == [(voice.pk, True)]

    def test_published_twice_says_so(self, house: House):
        theme, (voice,) = house.theme(), house.voices(1)
        gather(house.actor, theme, [voice.pk], uid=uuid7())
        publish_theme(house.actor, theme)
        with pytest.raises(Refused) as refused:
            publish_theme(house.actor, fresh(theme))
        assert refused.value.status == 409


class TestWhatIsShown:
    def test_a_voice_that_is_hidden_later_shows_nowhere_and_is_not_counted(self, house: House):
        theme, voices = house.theme(), house.voices(2)
        gather(house.actor, theme, [row.pk for row in voices], uid=uuid7())
        run_due()
        change_visibility(house.city, voices[0], Visibility.HIDDEN)
        assert shown_in(theme) == ["Mehr Schatten 1"]
        run_due()
        assert (Theme.objects.of(house.city).get().voice_count, miscounts(house.city)) == (1, [])

    def test_a_merged_voice_counts_once_and_again_by_itself_after_undoing(self, house: House):
        theme, (head, other) = house.theme(), house.voices(2)
        gather(house.actor, theme, [head.pk, other.pk], uid=uuid7())
        moderator = make_actor(house.city, "moderator")
        (merge,) = merge_contributions(moderator, head, [other])
        run_due()
        assert (shown_in(theme), Theme.objects.of(house.city).get().voice_count) == (["Mehr Schatten 0"], 1)
        undo_merge(moderator, merge)
        run_due()
        assert Theme.objects.of(house.city).get().voice_count == 2

    def test_a_theme_of_a_board_is_kept_as_soon_as_it_is_there(self, house: House):
        theme, (voice,) = make_contribution(house.step, "Vom Brett", kind="theme"), house.voices(1)
        make_link(voice, theme, "grouped_into")
        run_due()
        row = Theme.objects.of(house.city).get()
        assert (row.contribution_id, row.voice_count) == (theme.pk, 1)


class TestFigures:
    def test_weeks_areas_and_places_are_kept(self, house: House):
        day = dt.datetime(2026, 5, 6, 12, tzinfo=dt.UTC)
        voices = [*house.voices(2, given_at=day, lat=53.55, lon=10.0), *house.voices(1, given_at=day + dt.timedelta(days=7))]
        theme = house.theme()
        gather(house.actor, theme, [row.pk for row in voices], uid=uuid7())
        run_due()
        row = Theme.objects.of(house.city).get()
        assert (row.voice_count, row.place_count) == (3, 2)
        assert figures_of(row)["week"] == [("2026-05-04", 2), ("2026-05-11", 1)]

    def test_words_are_nouns_that_at_least_three_voices_use(self, house: House):
        texts = ["Hier fehlt eine Bank unter Bäumen.", "Da fehlt die Bank.", "Im Park fehlt eine Bank.", "Das ist Unsinn."]
        voices = [make_contribution(house.step, f"Wunsch {number}", text=text) for number, text in enumerate(texts)]
        theme = house.theme()
        gather(house.actor, theme, [row.pk for row in voices], uid=uuid7())
        run_due()
        assert figures_of(Theme.objects.of(house.city).get())["word"] == [("Bank", 3)]

    def test_counts_that_went_wrong_are_found_and_mended(self, house: House):
        theme, voices = house.theme(), house.voices(2)
        gather(house.actor, theme, [row.pk for row in voices], uid=uuid7())
        make_contribution(house.step, "Vom Brett", kind="theme")
        Theme.objects.of(house.city).filter(contribution=theme).update(voice_count=7)
        assert len(miscounts(house.city)) == 3
        mend(house.city)
        assert miscounts(house.city) == []

    def test_counting_twice_changes_nothing(self, house: House):
        theme, voices = house.theme(), house.voices(2)
        gather(house.actor, theme, [row.pk for row in voices], uid=uuid7())
        key = Theme.objects.of(house.city).get().pk
        count_theme(house.city, key)
        before = list(ThemeFigure.objects.of(house.city).order_by("dimension", "value").values_list("dimension", "value", "count"))
        count_theme(house.city, key)
        assert list(ThemeFigure.objects.of(house.city).order_by("dimension", "value").values_list("dimension", "value", "count")) == before


def test_a_theme_of_the_archive_takes_nothing_more_until_it_is_brought_back(house: House) -> None:
    theme, (voice, other) = house.theme(), house.voices(2)
    run = gather(house.actor, theme, [voice.pk], uid=uuid7())
    Process.objects.of(house.city).filter(pk=theme.process_id).update(state="archived")
    theme = fresh(theme)
    archived = Step.objects.of(house.city).select_related("process").get(pk=house.step.pk)

    def tries() -> list[Any]:
        return [
            lambda: gather(house.actor, theme, [other.pk], uid=uuid7()),
            lambda: change_words(house.actor, theme, title="Kühle", text="Anders.", version=theme.version),
            lambda: publish_theme(house.actor, theme),
            lambda: take_out(house.actor, theme, [voice.pk]),
            lambda: undo_gathering(house.actor, theme, run),
            lambda: make_theme(house.actor, archived, uid=uuid7(), title="Neu", text="Was noch kommt."),
        ]

    for attempt in tries():
        with pytest.raises(Refused) as refused:
            attempt()
        assert (refused.value.status, "archiv" in str(refused.value.reason).lower()) == (409, True)
    assert (shown_in(theme), theme.visibility) == ([voice.title], Visibility.DRAFT)
    Process.objects.of(house.city).filter(pk=theme.process_id).update(state="published")
    theme = fresh(theme)
    gather(house.actor, theme, [other.pk], uid=uuid7())
    assert publish_theme(house.actor, theme).visibility == Visibility.PUBLISHED
    Process.objects.of(house.city).filter(pk=theme.process_id).update(state="archived")
    with pytest.raises(Refused):
        put_back(house.actor, fresh(theme))


def test_voices_of_the_archive_come_into_a_theme_of_today(house: House) -> None:
    (voice,) = house.voices(1)
    theme = make_theme(house.actor, make_step(make_process(house.city, "heute")), uid=uuid7(), title="Heute", text="Was jetzt kommt.")
    Process.objects.of(house.city).filter(pk=voice.process_id).update(state="archived")
    gather(house.actor, theme, [voice.pk], uid=uuid7())
    assert shown_in(theme) == [voice.title]
