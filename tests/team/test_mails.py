"""The city's own words in the daily and weekly mail: who may write them, what they may hold, the preview, the test mail."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from tests.factories import make_actor, make_browser, make_city, make_participant, make_staff, make_user

from civitas.journal.models import Entry
from civitas.kit.rooms import DAILY, WEEKLY
from civitas.kit.verdicts import Refused
from civitas.notices.digests import make_digest
from civitas.notices.models import Digest, DigestWords, Notice
from civitas.notices.queries import WordedNotice
from civitas.notices.trying import tried_digest
from civitas.notices.wordings import Frame, fault_of, frame_in, frames_of
from civitas.outbox.worker import run_due
from civitas.people.actors import actor_of
from civitas.people.models import Membership, Role
from civitas.team.actions import try_digest, word_digest

pytestmark = pytest.mark.django_db
PAGE = "/verwaltung/mails"
PREVIEW = f"{PAGE}/vorschau"
TEXTS = {
    "subject": {"de": "Moin aus {city}", "en": "Hello from {city}"},
    "greeting": {"de": "Moin!\nHeute ist {date}, neu ist {count}."},
    "closing": {"de": "Tschüss, Ihr Team <b>fett</b>"},
}
TYPED = {f"{name}_{key}": text for name, texts in TEXTS.items() for key, text in texts.items()} | {"version": 0, "language": "de"}


@pytest.fixture
def city() -> Any:
    return make_city("hamburg")


def chief_of(city: Any, role: str = "administrator") -> Any:
    person = make_participant(city, "Imke", user=make_user("imke@example.org"))
    Membership.objects.create(city=city, participant=person, role=role)
    return person


def worded(city: Any, rhythm: str = DAILY, texts: Any = None, version: int = 0) -> DigestWords:
    return word_digest(make_actor(city, "administrator"), rhythm, TEXTS if texts is None else texts, version=version)


def digest_of(city: Any, person: Any, language: str = "de") -> Any:
    from civitas.kit.rooms import Address, Worded

    said = [WordedNotice(Notice(city=city, recipient=person.uid, kind="x"), Worded(f"Neues {number}", ("Neues",))) for number in range(2)]
    row = Digest(city=city, recipient=person.uid, rhythm=DAILY)
    return make_digest(city, row, Address("x@example.org", language), said, frames_of(city).get(DAILY))


class TestWords:
    def test_the_mail_reads_as_the_city_words_it_and_nothing_in_it_runs(self, city: Any) -> None:
        worded(city)
        sent = digest_of(city, make_participant(city))
        assert sent.subject == "Moin aus Hamburg"
        assert sent.body.startswith("Moin!\nHeute ist ")
        assert ", neu ist 2.\n" in sent.body
        assert "Tschüss, Ihr Team <b>fett</b>\n" in sent.body
        html = sent.alternatives[0][0]
        assert "Tschüss, Ihr Team &lt;b&gt;fett&lt;/b&gt;" in html
        assert "Moin!<br>Heute ist" in html
        assert "Guten Morgen" not in html + sent.body

    def test_where_a_language_has_no_words_the_houses_own_stand(self, city: Any) -> None:
        worded(city)
        sent = digest_of(city, make_participant(city), "en")
        assert sent.subject == "Hello from Hamburg"
        assert "Good morning! This is new since yesterday." in sent.body
        assert "Moin" not in sent.body + sent.alternatives[0][0]

    def test_each_rhythm_and_each_city_has_its_own(self, city: Any) -> None:
        worded(city)
        assert frame_in(frames_of(city).get(WEEKLY), "de") == Frame()
        assert frames_of(make_city("kassel")) == {}
        assert frame_in(frames_of(city)[DAILY], "de").subject == "Moin aus {city}"

    def test_what_is_taken_out_again_is_the_houses_own(self, city: Any) -> None:
        row = worded(city)
        worded(city, texts={name: {"de": ""} for name in TEXTS}, version=row.version)
        assert "Guten Morgen!" in digest_of(city, make_participant(city)).body
        # A language that nobody asked about keeps its words.
        assert frame_in(frames_of(city)[DAILY], "en").subject == "Hello from {city}"

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("{name}", "„{name}“ ist keine Lücke, die wir füllen können. Es gibt: {city}, {date}, {count}."),
            ("{city.__class__}", "„{city.__class__}“ ist keine Lücke, die wir füllen können. Es gibt: {city}, {date}, {count}."),
            ("{{city}}", "Hier steht eine Klammer allein. Eine Lücke sieht so aus: {city}."),
            ("{city", "Hier steht eine Klammer allein. Eine Lücke sieht so aus: {city}."),
            ("x" * 601, "Bitte kürzen Sie den Text auf 600 Zeichen; er hat 601."),
            ("{ city } %s %(city)s", ""),
        ],
    )
    def test_a_blank_that_nobody_can_fill_is_said_by_name(self, text: str, said: str) -> None:
        assert fault_of(text, 600) == said

    def test_the_journal_knows_that_they_changed_and_no_word_of_them(self, city: Any) -> None:
        worded(city)
        entry = Entry.objects.of(city).get(verb="digest.worded")
        assert (entry.subject, entry.details) == ("digest:daily", {"languages": ["de", "en"]})


class TestWhoMay:
    @pytest.mark.parametrize(("role", "status"), [("administrator", 200), ("moderator", 200), ("owner", 403), ("expert", 403), ("", 403)])
    def test_administrators_and_the_editorial_team_word_mails(self, city: Any, role: str, status: int) -> None:
        person = make_staff(city, role) if role else make_participant(city)
        browser = make_browser(city, person)
        assert [browser.get(path).status_code for path in (PAGE, PREVIEW)] == [status, status]
        assert browser.post(PAGE, TYPED).status_code == (302 if status == 200 else 403)
        assert DigestWords.objects.of(city).count() == (status == 200)

    def test_without_a_login_the_way_leads_to_the_door(self, city: Any) -> None:
        assert make_browser(city).get(PAGE).headers["Location"].startswith("/konto/anmelden?next=")

    def test_the_team_of_another_city_changes_nothing_here(self, city: Any) -> None:
        kassel = make_city("kassel")
        foreign = make_browser(city, make_staff(kassel, "administrator"))
        assert foreign.post(PAGE, TYPED).status_code in {403, 404}
        assert not DigestWords.objects.of(city).exists()

    def test_another_mail_than_these_is_not_there(self, city: Any) -> None:
        with pytest.raises(Refused) as refused:
            word_digest(make_actor(city, "administrator"), "hourly", {}, version=0)
        assert refused.value.status == 404


class TestPage:
    def test_what_is_typed_is_kept_and_shown_again(self, city: Any) -> None:
        browser = make_browser(city, chief_of(city))
        assert browser.post(f"{PAGE}?art=woechentlich", TYPED).headers["Location"] == f"{PAGE}?art=woechentlich"
        assert set(frames_of(city)) == {WEEKLY}
        assert "Moin aus {city}" in browser.get(f"{PAGE}?art=woechentlich").content.decode()
        assert "Moin aus {city}" not in browser.get(PAGE).content.decode()

    def test_a_fault_stands_at_its_field_and_nothing_typed_is_lost(self, city: Any) -> None:
        answer = make_browser(city, chief_of(city)).post(PAGE, TYPED | {"greeting_de": "Hallo {name}"})
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "„{name}“ ist keine Lücke" in page
        assert "Hallo {name}" in page
        assert "Moin aus {city}" in page
        assert not DigestWords.objects.of(city).exists()

    def test_who_was_overtaken_sees_what_the_other_saved_and_keeps_their_own(self, city: Any) -> None:
        worded(city)
        browser = make_browser(city, chief_of(city))
        answer = browser.post(PAGE, {"version": 0, "language": "de", "greeting_de": "Guten Tag!"})
        page = answer.content.decode()
        assert answer.status_code == 409
        assert "Guten Tag!" in page
        assert "Das hat eine Kollegin oder ein Kollege gespeichert" in page
        assert "Moin aus {city}" in page
        # Having seen it, sending again is meant.
        assert 'name="version" value="1"' in page
        assert browser.post(PAGE, {"version": 1, "language": "de", "greeting_de": "Guten Tag!"}).status_code == 302
        assert frame_in(frames_of(city)[DAILY], "de") == Frame(greeting="Guten Tag!")

    def test_the_preview_is_the_mail_itself_and_only_our_page_frames_it(self, city: Any) -> None:
        browser = make_browser(city, chief_of(city))
        answer = browser.post(PREVIEW, TYPED)
        page = answer.content.decode()
        assert "Moin!<br>Heute ist" in page
        assert "Drei Menschen unterstützen Ihre Idee" in page
        assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
        assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        text = browser.post(PREVIEW, TYPED | {"form": "text"})
        assert text.headers["Content-Type"].startswith("text/plain")
        assert text.content.decode().startswith("Moin aus Hamburg\n\nMoin!\nHeute ist ")
        assert not DigestWords.objects.of(city).exists()
        # Nothing in it ends anything.
        assert "/abmelden/" not in page + text.content.decode()

    def test_the_page_may_frame_our_own_pages_beside_the_map_that_its_city_chose(self, city: Any) -> None:
        city.settings = {**city.settings, "map": {**city.settings["map"], "style_url": "https://karte.example.org/stil.json"}}
        city.save()
        browser = make_browser(city, chief_of(city))
        policy = browser.get(PAGE).headers["Content-Security-Policy"]
        assert "frame-src 'self'" in policy
        assert "https://karte.example.org" in policy
        # The mail itself fetches nothing from anywhere.
        assert "karte.example.org" not in browser.get(PREVIEW).headers["Content-Security-Policy"]

    def test_a_fault_in_the_preview_is_said_in_its_frame(self, city: Any) -> None:
        answer = make_browser(city, chief_of(city)).post(PREVIEW, TYPED | {"subject_de": "{titel}"})
        assert (answer.status_code, "„{titel}“ ist keine Lücke" in answer.content.decode()) == (422, True)

    def test_the_preview_has_ones_own_news(self, city: Any) -> None:
        person = chief_of(city)
        said = tried_digest(city, person.uid, DAILY, Frame(), "en").body
        assert "Three people support your idea" in said
        assert "Good morning!" in said


class TestTestMail:
    def test_it_goes_to_who_asks_and_saves_nothing(self, city: Any) -> None:
        answer = make_browser(city, chief_of(city)).post(PAGE, TYPED | {"do": "test"})
        assert answer.status_code == 200
        assert "imke@example.org" in answer.content.decode()
        assert "Moin aus {city}" in answer.content.decode()
        run_due()
        (sent,) = mail.outbox
        assert (sent.to, sent.subject) == (["imke@example.org"], "Probe: Moin aus Hamburg")
        assert "Tschüss" in str(sent.body)
        assert not DigestWords.objects.of(city).exists()

    def test_ten_an_hour_are_enough(self, city: Any) -> None:
        actor = actor_of(chief_of(city))
        for _time in range(10):
            assert try_digest(actor, DAILY, TEXTS, language="de") == "imke@example.org"
        with pytest.raises(Refused) as refused:
            try_digest(actor, DAILY, TEXTS, language="de")
        assert refused.value.status == 429

    def test_words_that_do_not_do_are_not_tried(self, city: Any) -> None:
        with pytest.raises(Refused) as refused:
            try_digest(actor_of(chief_of(city)), DAILY, {"greeting": {"de": "{x}"}}, language="de")
        assert set(refused.value.fields) == {"greeting_de"}
        run_due()
        assert mail.outbox == []

    def test_only_who_may_word_mails_gets_one(self, city: Any) -> None:
        with pytest.raises(Refused) as refused:
            try_digest(actor_of(chief_of(city, Role.EXPERT)), DAILY, TEXTS, language="de")
        assert refused.value.status == 403
