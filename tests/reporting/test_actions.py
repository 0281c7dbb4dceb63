"""Putting a report together, writing in it, releasing it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from tests.coproduction.concepts import decided, make_gate, make_town
from tests.factories import (
    make_actor,
    make_area,
    make_city,
    make_contribution,
    make_event,
    make_guest,
    make_link,
    make_organisation,
    make_process,
    make_staff,
)
from tests.reporting.house import House, make_house

from civitas.cities.models import City
from civitas.contributions.actions import change_visibility
from civitas.contributions.models import Contribution
from civitas.coproduction.actions.gates import correct, decide
from civitas.dialogue.models import Support
from civitas.kit.rooms import notice_kind
from civitas.kit.verdicts import Refused
from civitas.notices.models import Notice
from civitas.outbox.worker import run_due
from civitas.people.actors import actor_of
from civitas.reporting import composing
from civitas.reporting.actions import put_together, release, settle_offer, stamp_of, write_section
from civitas.reporting.composing import drafts_of
from civitas.reporting.figures import reach_of
from civitas.reporting.models import Chapter, Edition, EditionText, Report, Section
from civitas.reporting.queries import sections_of
from civitas.reporting.reading import read_texts

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return make_house()


def text_of(house: House, chapter: str) -> str:
    return str(Section.objects.of(house.city).get(chapter=chapter).text)


def stamp(report: Report) -> str:
    return stamp_of(sections_of(report))


def released(house: House, changes: str = "") -> Edition:
    report = house.report()
    edition = release(house.owner, report, changes=changes, stamp=stamp(report))
    assert edition is not None
    return edition


class TestPuttingTogether:
    def test_the_data_give_every_section(self, house: House):
        kept, declined = house.voices(2)
        office = make_organisation(house.city, "Grünamt")
        for row, status, text in ((kept, "planned", "Wir pflanzen ihn."), (declined, "not_possible", "Dort liegen Leitungen.")):
            Contribution.objects.of(house.city).filter(pk=row.pk).update(status=status)
            make_event(row, status, text=text, organisation=office)
        house.report()
        assert "Was fehlt in Ottensen?" in text_of(house, Chapter.ASKED)
        assert "- 2 Beiträge" in text_of(house, Chapter.PEOPLE)
        assert f"[[zitat {kept.number}]]" in text_of(house, Chapter.SAID)
        assert text_of(house, Chapter.HAPPENS).startswith(f"- **[[{kept.number}]]**: Zugesagt. [[antwort {kept.number}]] (Grünamt")
        assert f"[[{declined.number}]]" in text_of(house, Chapter.NOT)
        (html,) = read_texts(house.city, [text_of(house, Chapter.NOT)])
        assert "Dort liegen Leitungen." in html

    def test_themes_stand_with_their_voices(self, house: House):
        (voice,) = house.voices(1)
        theme = make_contribution(house.step, "Bäume", kind="theme")
        make_link(voice, theme, "grouped_into")
        run_due()
        house.report()
        text = text_of(house, Chapter.SAID)
        assert f"### [[{theme.number}]]" in text
        assert "1 Stimme." in text
        assert f"[[zitat {voice.number}]]" in text

    def test_what_was_decided_stands_once_as_it_holds_and_by_reference(self, house: House):
        town = make_town("kassel")
        gate = make_gate(town)
        decide(actor_of(town.emma), gate, decided("go", reason="Erst einmal."), edition=town.concept.edition)
        correct(actor_of(town.emma), gate, decided("stop", reason="Zu teuer."), why="Das Protokoll sagt es anders.", version=1)
        concept, process = town.concept.contribution, make_process(town.city, "park")
        Contribution.objects.of(town.city).filter(pk=concept.pk).update(process=process, visibility="published", status="planned")
        make_event(concept, "planned", text="Wir versuchen es.")
        drafts = drafts_of(process)
        assert drafts[Chapter.HAPPENS].count(f"[[{concept.number}]]") == 1
        assert [word in drafts[Chapter.NOT] for word in ("Zu teuer", "Erst", "Emma")] == [False, False, False]
        (html,) = read_texts(town.city, [drafts[Chapter.NOT]])
        assert [word in html for word in ("Zu teuer.", "Sozialausschuss", "Emma", "Hitze-Telefon")] == [True, True, True, True]
        change_visibility(town.city, concept, "hidden")
        (html,) = read_texts(town.city, [drafts[Chapter.NOT]])
        assert [word in html for word in ("Zu teuer.", "Emma", "Hitze-Telefon", "nicht mehr gezeigt")] == [False, False, False, True]

    def test_what_does_not_fit_is_counted(self, house: House, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(composing, "MOST_LINES", 2)
        monkeypatch.setattr(composing, "MOST_THEMES", 2)
        voices = house.voices(3, status="planned")
        for voice in voices:
            make_link(voice, make_contribution(house.step, "Bäume", kind="theme"), "grouped_into")
        run_due()
        drafts = drafts_of(house.process)
        assert drafts[Chapter.HAPPENS].splitlines()[2:] == ["- und 1 weiterer Beitrag"]
        assert drafts[Chapter.SAID].splitlines()[-1] == "Dazu kommt 1 weiteres Thema."

    def test_what_somebody_wrote_stays_and_new_data_are_offered(self, house: House):
        report = house.report()
        write_section(house.moderator, report, Chapter.PEOPLE, text="Viele waren da.", version=1)
        house.voices(3)
        house.report()
        section = Section.objects.of(house.city).get(chapter=Chapter.PEOPLE)
        assert (section.text, section.version) == ("Viele waren da.", 2)
        assert "- 3 Beiträge" in section.offer
        assert "Ein Baum" not in section.offer

    def test_what_nobody_wrote_follows_the_data(self, house: House):
        house.report()
        house.voices(3)
        house.report()
        section = Section.objects.of(house.city).get(chapter=Chapter.PEOPLE)
        assert ("- 3 Beiträge" in section.text, section.offer) == (True, "")

    def test_new_data_are_taken_or_put_away(self, house: House):
        report = house.report()
        for take, expected in (("no", "Meins."), ("yes", "- 2 Beiträge")):
            section = Section.objects.of(house.city).get(chapter=Chapter.PEOPLE)
            write_section(house.moderator, report, Chapter.PEOPLE, text=f"Meins.{take}", version=section.version)
            house.voices(1)
            house.report()
            now = Section.objects.of(house.city).get(chapter=Chapter.PEOPLE)
            settled = settle_offer(house.moderator, report, Chapter.PEOPLE, take=take, version=now.version, seen=now.offer_mark)
            assert (expected.split(".")[0] in settled.text, settled.offer) == (True, "")

    @pytest.mark.parametrize("take", ["yes", "no"])
    def test_newer_data_than_those_that_were_read_are_neither_taken_nor_put_away(self, house: House, take: str):
        report = house.report()
        write_section(house.moderator, report, Chapter.PEOPLE, text="Meins.", version=1)
        for _time in range(2):
            read = Section.objects.of(house.city).get(chapter=Chapter.PEOPLE)
            house.voices(1)
            house.report()
        with pytest.raises(Refused) as refused:
            settle_offer(house.moderator, report, Chapter.PEOPLE, take=take, version=read.version, seen=read.offer_mark)
        now = Section.objects.of(house.city).get(chapter=Chapter.PEOPLE)
        assert (refused.value.status, now.text, "- 2 Beiträge" in now.offer) == (409, "Meins.", True)

    @pytest.mark.parametrize("role", ["", "expert"])
    def test_who_does_not_write_puts_none_together(self, house: House, role: str):
        with pytest.raises(Refused) as refused:
            put_together(make_actor(house.city, role), house.process)
        assert refused.value.status == 403

    def test_a_draft_the_standing_one_and_another_citys_have_no_report(self, house: House):
        foreign = make_process(make_city("kassel"), "park")
        for process in (make_process(house.city, "entwurf", state="draft"), make_process(house.city), foreign):
            with pytest.raises(Refused) as refused:
                put_together(house.owner, process)
            assert refused.value.status == 404


class TestNumbers:
    def test_few_people_are_not_counted_out(self, house: House):
        house.voices(3)
        assert (reach_of(house.process).people, reach_of(house.process).areas) == (None, ())
        house.voices(7)
        assert reach_of(house.process).people == 10

    def test_one_person_more_between_two_editions_is_not_to_be_seen(self, house: House):
        house.voices(41)
        before = reach_of(house.process)
        house.voices(1)
        after = reach_of(house.process)
        assert (before.people, after.people) == (40, 40)

    def test_of_districts_none_is_left_out_alone(self, house: House):
        for name, count in (("Altona", 30), ("Veddel", 12), ("Finkenwerder", 4)):
            house.voices(count, area=make_area(house.city, name))
        assert reach_of(house.process).areas == (("Altona", 30),)

    def test_what_is_not_shown_counts_nowhere(self, house: House):
        voices = house.voices(12)
        theme = make_contribution(house.step, "Bäume", kind="theme", author=make_guest(house.city))
        for row in (theme, *voices):
            Support.objects.create(city=house.city, contribution=row, participant=make_guest(house.city))
        for voice in voices[:3]:
            change_visibility(house.city, voice, "hidden")
        reach = reach_of(house.process)
        assert (reach.contributions, reach.people, reach.supporters) == (9, None, None)

    def test_a_voice_within_another_counts_with_who_gave_it(self, house: House):
        first, *others = house.voices(10)
        Contribution.objects.of(house.city).filter(pk__in=[row.pk for row in others]).update(merged_into=first)
        assert (reach_of(house.process).contributions, reach_of(house.process).people) == (10, 10)


class TestWriting:
    def test_of_two_who_write_the_second_is_told(self, house: House):
        report = house.report()
        write_section(house.moderator, report, Chapter.ASKED, text="Meins", version=1)
        with pytest.raises(Refused) as refused:
            write_section(house.owner, report, Chapter.ASKED, text="Deins", version=1)
        assert (refused.value.status, text_of(house, Chapter.ASKED)) == (409, "Meins")

    def test_too_much_is_refused(self, house: House):
        with pytest.raises(Refused) as refused:
            write_section(house.owner, house.report(), Chapter.ASKED, text="x" * 40_001, version=1)
        assert list(refused.value.fields) == ["text"]


class TestReading:
    def test_what_is_hidden_later_is_neither_named_nor_quoted(self, house: House):
        (voice,) = house.voices(1)
        change_visibility(house.city, voice, "hidden")
        named, quoted = read_texts(house.city, [f"Siehe [[{voice.number}]].", f"[[zitat {voice.number}]]"])
        assert named == "<p>Siehe <em>ein Beitrag, der nicht mehr gezeigt wird</em>.</p>\n"
        assert quoted.strip() == ""

    def test_an_organisation_is_quoted_by_its_name(self, house: House):
        office = make_organisation(house.city, "Grünamt")
        voice = make_contribution(house.step, "Ein Baum", author=make_staff(house.city, "speaker", "Sven"), organisation=office)
        (html,) = read_texts(house.city, [f"[[zitat {voice.number}]]"])
        assert ("Grünamt" in html, "Sven" in html) == (True, False)

    def test_a_voice_within_another_is_still_quoted(self, house: House):
        first, second = house.voices(2)
        Contribution.objects.of(house.city).filter(pk=second.pk).update(merged_into=first)
        (html,) = read_texts(house.city, [f"[[zitat {second.number}]]"])
        assert "Ein Baum 1" in html
        change_visibility(house.city, first, "hidden")
        (html,) = read_texts(house.city, [f"[[zitat {second.number}]]"])
        assert html.strip() == ""

    def test_however_many_are_named_each_is(self, house: House):
        (voice,) = house.voices(1)
        Contribution.objects.of(house.city).filter(pk=voice.pk).update(number=900)
        (html,) = read_texts(house.city, [" ".join(f"[[{number}]]" for number in range(1, 901))])
        assert "Ein Baum 0" in html

    def test_words_of_people_and_writers_are_text_and_no_markup(self, house: House):
        (voice,) = house.voices(1)
        Contribution.objects.of(house.city).filter(pk=voice.pk).update(title="<script>x</script>", text="<b>Es ist heiß</b> hier bei mir.")
        (html,) = read_texts(house.city, [f"<script>a</script> [[{voice.number}]]\n\n[[zitat {voice.number}]]"])
        assert "<script" not in html
        assert "<b>" not in html

    def test_another_citys_contribution_is_not_there(self, house: House):
        (html,) = read_texts(make_city("kassel"), [f"[[{house.voices(1)[0].number}]]"])
        assert "Ein Baum" not in html


class TestReleasing:
    def test_it_stays_as_it_was_released(self, house: House):
        edition = released(house)
        write_section(house.owner, house.report(), Chapter.ASKED, text="Neu", version=1)
        kept = EditionText.objects.of(house.city).get(edition=edition, chapter=Chapter.ASKED)
        assert (edition.number, "Was fehlt in Ottensen?" in kept.text) == (1, True)

    def test_the_second_edition_says_what_changed(self, house: House):
        released(house)
        house.voices(1)
        with pytest.raises(Refused) as refused:
            released(house)
        assert list(refused.value.fields) == ["changes"]
        assert released(house, "Neue Zahlen.").number == 2

    def test_what_reads_the_same_is_not_released_twice(self, house: House):
        released(house)
        with pytest.raises(Refused) as refused:
            released(house, "Nichts.")
        assert (refused.value.status, Edition.objects.of(house.city).count()) == (409, 1)

    def test_what_was_not_read_is_not_released(self, house: House):
        report = house.report()
        looked_at = stamp(report)
        write_section(house.moderator, report, Chapter.ASKED, text="Anders", version=1)
        with pytest.raises(Refused) as refused:
            release(house.owner, report, changes="", stamp=looked_at)
        assert (refused.value.status, Edition.objects.of(house.city).count()) == (409, 0)

    def test_the_editorial_team_writes_and_does_not_release(self, house: House):
        report = house.report()
        with pytest.raises(Refused) as refused:
            release(house.moderator, report, changes="", stamp=stamp(report))
        assert refused.value.status == 403

    def test_before_elections_a_second_person_releases(self, house: House):
        today = timezone.localdate()
        rules = {"election_from": str(today - dt.timedelta(days=3)), "election_until": str(today + dt.timedelta(days=3))}
        City.objects.filter(pk=house.city.pk).update(rules=rules)
        house.city.refresh_from_db()
        first = make_staff(house.city, "owner", "Ada")
        second = make_staff(house.city, "owner", "Bo")
        report = put_together(actor_of(first), house.process)
        report.process = house.process
        assert release(actor_of(first), report, changes="", stamp=stamp(report)) is None
        with pytest.raises(Refused) as refused:
            release(actor_of(first), report, changes="", stamp=stamp(report))
        assert refused.value.status == 409
        edition = release(actor_of(second), report, changes="", stamp=stamp(report))
        assert edition is not None
        assert (edition.released_by, edition.seconded_by) == (first, second)

    def test_who_gave_something_hears_of_it_once(self, house: House):
        voices = house.voices(2)
        make_contribution(house.step, "Noch ein Baum", author=voices[0].author)
        released(house)
        run_due()
        run_due()
        told = Notice.objects.of(house.city).filter(kind="report.released")
        assert sorted(told.values_list("recipient", flat=True)) == sorted(row.author.uid for row in voices if row.author)
        worded = notice_kind("report.released").word(house.city, told[0])
        assert worded is not None
        assert (worded.path, "Ottensen" in worded.subject) == ("/beteiligung/ottensen/bericht", True)

    def test_of_whom_nothing_is_shown_hears_nothing(self, house: House):
        voices = house.voices(3)
        for voice, visibility in zip(voices, ("hidden", "withdrawn"), strict=False):
            change_visibility(house.city, voice, visibility)
        released(house)
        run_due()
        told = Notice.objects.of(house.city).filter(kind="report.released").values_list("recipient", flat=True)
        assert list(told) == [voices[2].author.uid if voices[2].author else None]

    def test_the_next_edition_tells_only_who_has_not_heard(self, house: House):
        house.voices(1)
        released(house)
        run_due()
        (late,) = house.voices(1)
        edition = released(house, "Neue Zahlen.")
        run_due()
        told = Notice.objects.of(house.city).filter(kind="report.released", subject=f"edition:{edition.pk}")
        assert list(told.values_list("recipient", flat=True)) == [late.author.uid if late.author else None]

    def test_what_changed_is_said_anew_where_the_report_was_written_in_since_it_was_asked_for(self, house: House):
        released(house)
        report = house.report()
        Report.objects.of(house.city).update(asked_by=house.ada, asked_changes="Alte Worte.", asked_stamp="0-0-0-0-0-0")
        write_section(house.owner, report, Chapter.ASKED, text="Neu", version=1)
        with pytest.raises(Refused) as refused:
            release(house.owner, report, changes="", stamp=stamp(report))
        assert list(refused.value.fields) == ["changes"]
