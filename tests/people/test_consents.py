"""What the law leaves to each person: asked, given to a wording, asked anew, taken back, handed out and erased."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from tests.factories import make_browser, make_city, make_guest, make_participant, make_process, make_step, make_user
from tests.leaving import leave_for_good
from tests.media.samples import jpeg

from civitas.contributions.actions import change_visibility, submit_contribution
from civitas.contributions.attachments import Shown, Words, describe_files
from civitas.contributions.models import Attachment, Contribution
from civitas.contributions.recognised import PICTURES
from civitas.contributions.recognised import PURPOSE as PICTURES_PURPOSE
from civitas.kit.rooms import notice_kind
from civitas.kit.translated import Translated
from civitas.kit.verdicts import Refused, no
from civitas.media.actions import keep_file
from civitas.media.models import Derivative, MediaFile
from civitas.notices.actions import unsubscribe
from civitas.notices.addresses import is_declined
from civitas.notices.models import Delivery, Notice
from civitas.notices.tokens import make_token
from civitas.outbox.worker import run_due
from civitas.people import consents
from civitas.people.actions import choose_news, claim_guest, decline_news, export_everything
from civitas.people.actors import actor_of
from civitas.people.archive_words import chapters_of
from civitas.people.consents import give_consent, has_consent, may_consent, purposes, withdraw_consent
from civitas.people.leaving import Texts
from civitas.people.models import Consent, Declined, Participant
from civitas.people.room import addresses
from civitas.processes.models import News, Process
from civitas.processes.newsletter import NEWSLETTER, TOLD, tell_what_is_new

pytestmark = pytest.mark.django_db
URL = "/konto/einwilligung"


@pytest.fixture
def city(db: None) -> Any:
    return make_city("hamburg")


@pytest.fixture
def alice(city: Any) -> Participant:
    return make_participant(city, "Alice")


def newer_wording(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    """As after a release in which the wording says something else."""
    known = purposes()
    newer = known | {key: dataclasses.replace(known[key], version=known[key].version + 1)}
    monkeypatch.setattr(consents, "purposes", lambda: newer)


class TestActions:
    def test_a_consent_says_to_what_when_and_where_and_twice_is_once(self, alice: Participant) -> None:
        for _time in range(2):
            give_consent(actor_of(alice), NEWSLETTER, version=1)
        row = Consent.objects.of(alice.city).get()
        assert (row.participant, row.purpose, row.version, row.channel, row.withdrawn_at) == (alice, NEWSLETTER, 1, "page", None)
        assert has_consent(alice, NEWSLETTER)
        assert not has_consent(make_participant(alice.city, "Bob"), NEWSLETTER)

    def test_taken_back_it_stays_on_record_and_can_be_given_anew(self, alice: Participant) -> None:
        actor = actor_of(alice)
        give_consent(actor, NEWSLETTER, version=1)
        assert withdraw_consent(actor, NEWSLETTER)
        assert not withdraw_consent(actor, NEWSLETTER)
        assert not has_consent(alice, NEWSLETTER)
        give_consent(actor, NEWSLETTER, version=1)
        rows = list(Consent.objects.of(alice.city).order_by("pk"))
        assert [row.withdrawn_at is None for row in rows] == [False, True]

    def test_a_new_wording_asks_anew(self, alice: Participant, monkeypatch: pytest.MonkeyPatch) -> None:
        actor = actor_of(alice)
        give_consent(actor, NEWSLETTER, version=1)
        newer_wording(monkeypatch, NEWSLETTER)
        assert not has_consent(alice, NEWSLETTER)
        assert {each.purpose.key: each.state for each in consents.standings_of(alice)} == {NEWSLETTER: "outdated", PICTURES: "open"}
        with pytest.raises(Refused) as refused:  # a form that was open since
            give_consent(actor, NEWSLETTER, version=1)
        assert refused.value.status == 409
        give_consent(actor, NEWSLETTER, version=2)
        assert has_consent(alice, NEWSLETTER)
        assert Consent.objects.of(alice.city).filter(withdrawn_at=None).count() == 1

    def test_an_unknown_purpose_is_no_purpose(self, alice: Participant) -> None:
        with pytest.raises(Refused) as refused:
            give_consent(actor_of(alice), "advertising", version=1)
        assert refused.value.status == 404

    def test_who_cannot_agree_is_not_taken_at_their_word(self, alice: Participant, monkeypatch: pytest.MonkeyPatch) -> None:
        give_consent(actor_of(alice), NEWSLETTER, version=1)
        monkeypatch.setattr(consents, "may_consent", lambda _person: no("Erst ab 16."))
        assert not has_consent(alice, NEWSLETTER)
        with pytest.raises(Refused, match="Erst ab 16"):
            give_consent(actor_of(alice), PICTURES, version=1)

    def test_who_has_left_can_agree_to_nothing(self, alice: Participant) -> None:
        assert may_consent(alice)
        assert may_consent(None)
        leave_for_good(alice.city, alice)
        alice.refresh_from_db()
        assert not may_consent(alice)

    def test_a_newsletter_needs_an_address_that_is_surely_theirs(self, city: Any) -> None:
        guest = make_guest(city, guest_mail="gast@example.org")
        with pytest.raises(Refused) as refused:
            give_consent(actor_of(guest), NEWSLETTER, version=1)
        assert refused.value.status == 409
        guest.guest_mail_confirmed_at = timezone.now()
        give_consent(actor_of(guest), NEWSLETTER, version=1)

    def test_the_archive_says_it_and_leaving_takes_it_along(self, alice: Participant) -> None:
        give_consent(actor_of(alice), NEWSLETTER, version=1)
        kept = export_everything(alice.city, alice)["people"]["consents"]
        assert [(row["purpose"], row["version"], row["channel"]) for row in kept] == [(NEWSLETTER, 1, "page")]
        chapter = next(each for each in chapters_of({"people": {"consents": kept}}))
        assert [fact.value for fact in chapter.entries[0]][:1] == [str(purposes()[NEWSLETTER].label)]
        leave_for_good(alice.city, alice)
        assert not Consent.objects.of(alice.city).exists()

    def test_claiming_brings_a_guests_consent_along(self, alice: Participant) -> None:
        guest = make_guest(alice.city)
        give_consent(actor_of(guest), PICTURES, version=1)
        give_consent(actor_of(alice), PICTURES, version=1)
        assert alice.user is not None
        claim_guest(alice.city, alice.user, guest)
        rows = list(Consent.objects.of(alice.city).order_by("pk"))
        assert [(row.participant, row.withdrawn_at is None) for row in rows] == [(alice, False), (alice, True)]

    def test_what_holds_counts_whatever_was_withdrawn_in_a_later_row(self, alice: Participant) -> None:
        guest, now = make_guest(alice.city), timezone.now()
        give_consent(actor_of(alice), PICTURES, version=1)
        give_consent(actor_of(guest), PICTURES, version=1)
        withdraw_consent(actor_of(guest), PICTURES)
        assert alice.user is not None
        claim_guest(alice.city, alice.user, guest)
        standing = {each.purpose.key: each for each in consents.standings_of(alice)}[PICTURES]
        assert (standing.state, standing.withdrawn_at) == ("given", None)
        Consent.objects.of(alice.city).filter(withdrawn_at=None).update(withdrawn_at=now + dt.timedelta(days=1))
        standing = {each.purpose.key: each for each in consents.standings_of(alice)}[PICTURES]
        assert (standing.state, standing.withdrawn_at) == ("withdrawn", now + dt.timedelta(days=1))

    def test_of_two_that_hold_the_later_wording_goes_on(self, alice: Participant, monkeypatch: pytest.MonkeyPatch) -> None:
        guest = make_guest(alice.city)
        give_consent(actor_of(alice), PICTURES, version=1)
        newer_wording(monkeypatch, PICTURES)
        give_consent(actor_of(guest), PICTURES, version=2)
        assert alice.user is not None
        claim_guest(alice.city, alice.user, guest)
        assert has_consent(alice, PICTURES)
        assert Consent.objects.of(alice.city).get(withdrawn_at=None).version == 2

    def test_mails_that_the_account_took_back_since_stay_taken_back(self, alice: Participant, time_machine: Any) -> None:
        time_machine.move_to(timezone.now(), tick=False)
        early, late = (make_guest(alice.city, guest_mail="a@example.org", guest_mail_confirmed_at=timezone.now()) for _each in range(2))
        give_consent(actor_of(early), NEWSLETTER, version=1)
        give_consent(actor_of(alice), NEWSLETTER, version=1)
        time_machine.shift(60)
        withdraw_consent(actor_of(alice), NEWSLETTER)
        time_machine.shift(60)
        give_consent(actor_of(late), NEWSLETTER, version=1)
        assert alice.user is not None
        claim_guest(alice.city, alice.user, early)
        assert not has_consent(alice, NEWSLETTER)
        claim_guest(alice.city, alice.user, late)
        assert has_consent(alice, NEWSLETTER)

    def test_a_guest_who_was_taken_in_already_is_no_guest_any_more(self, alice: Participant) -> None:
        guest = make_guest(alice.city)
        assert alice.user is not None
        claim_guest(alice.city, alice.user, guest)
        guest = Participant(pk=guest.pk, city=alice.city)  # as read a moment before
        with pytest.raises(Refused) as refused:
            claim_guest(alice.city, make_user("bob@example.org"), guest)
        assert refused.value.status == 409
        assert Participant.objects.of(alice.city).get(pk=guest.pk).user_id is None


class TestNewsletter:
    @pytest.fixture
    def process(self, city: Any) -> Process:
        return make_process(city, "hafen", title=Translated(de="Der Hafen"), published_at=timezone.now() - dt.timedelta(hours=2))

    def test_only_who_agreed_hears_of_it_and_once(self, process: Process, alice: Participant) -> None:
        make_participant(alice.city, "Bob")
        give_consent(actor_of(alice), NEWSLETTER, version=1)
        now = timezone.now()
        News.objects.create(city=alice.city, process=process, key="n", title=Translated(de="Neu"), body=Translated(), published_at=now)
        for _time in range(2):
            tell_what_is_new()
        assert list(Notice.objects.of(alice.city).order_by("pk").values_list("recipient", "kind")) == [(alice.uid, TOLD)] * 2
        run_due()
        assert set(Delivery.objects.of(alice.city).order_by("pk").values_list("channel", "skipped")) == {("weekly", "")}

    def test_a_piece_of_news_has_its_own_headline_and_words(self, process: Process, alice: Participant) -> None:
        give_consent(actor_of(alice), NEWSLETTER, version=1)
        body = Translated(de="Der Kran **dreht** sich.\n\nKommen Sie schauen.")
        values = {"process": process, "body": body, "published_at": timezone.now()}
        for key, title in (("a", "Der Kran"), ("b", "Die Kaimauer")):
            News.objects.create(city=alice.city, key=key, title=Translated(de=title), **values)
        tell_what_is_new()
        notices = Notice.objects.of(alice.city).filter(subject__startswith="news").order_by("pk")
        with translation.override("de"):
            said = [notice_kind(TOLD).word(alice.city, notice) for notice in notices]
        assert [each.subject for each in said if each] == ["Der Hafen: Der Kran", "Der Hafen: Die Kaimauer"]
        assert said[0] is not None
        assert (said[0].paragraphs[1:], said[0].brief) == (("Der Kran dreht sich.", "Kommen Sie schauen."), "Der Kran dreht sich.")

    @pytest.mark.parametrize(("state", "hours"), [("draft", 2), ("archived", 2), ("published", 30), ("published", -2)])
    def test_what_is_not_new_or_not_public_is_not_told(self, process: Process, alice: Participant, state: str, hours: int) -> None:
        process.state, process.published_at = state, timezone.now() - dt.timedelta(hours=hours)
        process.save()
        give_consent(actor_of(alice), NEWSLETTER, version=1)
        tell_what_is_new()
        assert not Notice.objects.of(alice.city).exists()

    def test_the_link_in_a_mail_takes_the_consent_back(self, alice: Participant) -> None:
        give_consent(actor_of(alice), NEWSLETTER, version=1)
        unsubscribe(alice.city, make_token(alice.city, alice.uid, TOLD))
        assert not has_consent(alice, NEWSLETTER)
        assert TOLD in addresses(alice.city, [alice.uid])[alice.uid].declined
        give_consent(actor_of(alice), NEWSLETTER, version=1)
        assert TOLD not in addresses(alice.city, [alice.uid])[alice.uid].declined

    def test_what_waits_for_the_weekly_mail_stays_back_once_the_wording_is_another(
        self, process: Process, alice: Participant, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        give_consent(actor_of(alice), NEWSLETTER, version=1)
        assert TOLD not in addresses(alice.city, [alice.uid])[alice.uid].declined
        changed = purposes() | {NEWSLETTER: dataclasses.replace(purposes()[NEWSLETTER], version=2)}
        monkeypatch.setattr("civitas.people.consents.purposes", lambda: changed)
        assert TOLD in addresses(alice.city, [alice.uid])[alice.uid].declined

    def test_who_wants_no_mails_and_then_agrees_gets_this_one_kind(self, process: Process, alice: Participant) -> None:
        decline_news(alice.city, alice.uid, "*")
        give_consent(actor_of(alice), NEWSLETTER, version=1)
        address = addresses(alice.city, [alice.uid])[alice.uid]
        assert (is_declined(address, TOLD), is_declined(address, "contribution.answered")) == (False, True)
        tell_what_is_new()
        run_due()
        assert Delivery.objects.of(alice.city).get().skipped == ""

    def test_consent_alone_says_whether_the_newsletter_comes(self, alice: Participant) -> None:
        Declined.objects.create(city=alice.city, participant=alice, kind="*")
        choose_news(alice.city, alice, {"contribution.answered": "now"})
        assert not Declined.objects.of(alice.city).filter(kind=TOLD).exists()
        Declined.objects.create(city=alice.city, participant=alice, kind=TOLD)  # as it was written once
        give_consent(actor_of(alice), NEWSLETTER, version=1)
        address = addresses(alice.city, [alice.uid])[alice.uid]
        assert [is_declined(address, kind) for kind in (TOLD, "contribution.answered", "sensor.found")] == [False, False, True]

    def test_a_guests_newsletter_ends_where_the_account_wants_no_mail(self, alice: Participant) -> None:
        guest = make_guest(alice.city, guest_mail="a@example.org", guest_mail_confirmed_at=timezone.now())
        give_consent(actor_of(guest), NEWSLETTER, version=1)
        decline_news(alice.city, alice.uid, "*")
        assert alice.user is not None
        claim_guest(alice.city, alice.user, guest)
        assert not has_consent(alice, NEWSLETTER)

    def test_no_mails_at_all_means_no_newsletter_too(self, alice: Participant) -> None:
        give_consent(actor_of(alice), NEWSLETTER, version=1)
        make_browser(alice.city, alice).post("/konto/nachrichten", {"every": "none"})
        assert not has_consent(alice, NEWSLETTER)


class TestPicturesOfPeople:
    @pytest.fixture
    def given(self, alice: Participant) -> Contribution:
        return self.give(alice, shows_people=True)

    def give(self, person: Participant, *, shows_people: bool) -> Contribution:
        step = make_step(make_process(person.city, f"p{uuid.uuid4().hex[:6]}"))
        raw = jpeg(40, 30)
        file = keep_file(actor_of(person), io.BytesIO(raw), size=len(raw), loose=True)
        shown = [Shown(file, alt="Wir", shows_people=shows_people)]
        return submit_contribution(actor_of(person), step, uid=uuid.uuid4(), kind="idea", title="Wir", text="Alle.", files=shown)

    def test_sending_them_is_consent_to_the_wording_of_the_form(self, given: Contribution, alice: Participant) -> None:
        assert has_consent(alice, PICTURES)
        assert Attachment.objects.of(alice.city).get().shows_people

    def test_taken_back_they_go_and_the_words_stay(self, given: Contribution, alice: Participant) -> None:
        other = self.give(alice, shows_people=False)
        withdraw_consent(actor_of(alice), PICTURES)
        assert list(MediaFile.objects.of(alice.city).order_by("pk").values_list("is_public", flat=True)) == [False, True]
        later = self.give(alice, shows_people=True)  # agreed to anew before the worker came to it
        run_due()
        assert Attachment.objects.of(alice.city).filter(contribution=later).exists()
        Attachment.objects.of(alice.city).filter(contribution=later).delete()
        MediaFile.objects.of(alice.city).order_by("pk").last().delete()
        assert list(Attachment.objects.of(alice.city).values_list("contribution", flat=True)) == [other.pk]
        assert MediaFile.objects.of(alice.city).count() == 1
        given.refresh_from_db()
        assert (given.title, given.with_picture, given.visibility) == ("Wir", 0, Contribution.Visibility.PUBLISHED)

    @pytest.mark.parametrize("how", ["described", "approved"])
    def test_taken_back_they_stay_out_of_sight_whatever_is_done_before_the_worker_comes(
        self, given: Contribution, alice: Participant, how: str
    ) -> None:
        row = Attachment.objects.of(alice.city).get()
        picture = f"/medien/{Derivative.objects.of(alice.city).order_by('width')[0].name}"
        assert picture in make_browser(alice.city).get(given.path).content.decode()
        withdraw_consent(actor_of(alice), PICTURES)
        if how == "described":
            describe_files(actor_of(alice), given, {row.pk: Words("Wir beide")})
        else:
            change_visibility(alice.city, given, Contribution.Visibility.WAITING)
            change_visibility(alice.city, given, Contribution.Visibility.PUBLISHED)
        assert not MediaFile.objects.of(alice.city).get().is_public
        assert picture not in make_browser(alice.city).get(given.path).content.decode()
        self.give(alice, shows_people=True)  # agreed to anew
        assert list(MediaFile.objects.of(alice.city).order_by("pk").values_list("is_public", flat=True)) == [False, True]
        run_due()
        assert MediaFile.objects.of(alice.city).get().is_public

    def test_taking_it_back_costs_a_request_the_same_for_few_and_for_many(self, alice: Participant) -> None:
        costs = []
        for count in (1, 3):
            for _each in range(count):
                self.give(alice, shows_people=True)
            with CaptureQueriesContext(connection) as queries:
                withdraw_consent(actor_of(alice), PICTURES)
            costs.append(len(queries))
            for _twice in range(2):
                run_due()
            assert not Attachment.objects.of(alice.city).exists()
        assert costs[0] == costs[1]
        assert not MediaFile.objects.of(alice.city).exists()
        assert set(Contribution.objects.of(alice.city).values_list("with_picture", flat=True)) == {0}

    def test_who_leaves_their_texts_takes_these_along(self, given: Contribution, alice: Participant) -> None:
        leave_for_good(alice.city, alice, texts=Texts.STAY)
        given.refresh_from_db()
        assert (given.title, given.author, given.with_picture) == ("Wir", None, 0)

    def test_who_cannot_agree_is_refused(self, alice: Participant, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(consents, "may_consent", lambda _person: no("Erst ab 16."))
        with pytest.raises(Refused, match="Erst ab 16"):
            self.give(alice, shows_people=True)
        assert not Contribution.objects.of(alice.city).exists()


class TestPage:
    def test_nothing_is_ticked_and_both_ways_are_one_button(self, alice: Participant) -> None:
        browser = make_browser(alice.city, alice)
        page = browser.get("/konto/").content.decode()
        assert "Newsletter per E-Mail" in page
        assert str(PICTURES_PURPOSE.withdrawal) not in page  # nobody has asked yet
        assert not Consent.objects.of(alice.city).exists()
        answer = browser.post(URL, {"purpose": NEWSLETTER, "version": "1"}, follow=True)
        assert has_consent(alice, NEWSLETTER)
        assert "Sie haben am" in answer.content.decode()
        browser.post(URL, {"purpose": NEWSLETTER, "withdraw": "1"})
        assert not has_consent(alice, NEWSLETTER)

    def test_an_older_wording_is_refused_with_a_sentence(self, alice: Participant) -> None:
        answer = make_browser(alice.city, alice).post(URL, {"purpose": NEWSLETTER, "version": "0"})
        assert answer.status_code == 409
        assert "Der Wortlaut hat sich" in answer.content.decode()

    @pytest.mark.parametrize("key", ["", "advertising", "x" * 300])
    def test_an_unknown_purpose_is_not_found(self, alice: Participant, key: str) -> None:
        assert make_browser(alice.city, alice).post(URL, {"purpose": key, "version": "1"}).status_code == 404

    def test_without_login_one_goes_to_the_door(self, city: Any) -> None:
        answer = make_browser(city).post(URL, {"purpose": NEWSLETTER, "version": "1"})
        assert answer.headers["Location"].startswith("/konto/anmelden")
        assert not Consent.objects.of(city).exists()

    def test_a_guest_without_address_reads_why_not(self, city: Any) -> None:
        guest = make_guest(city)
        browser = make_browser(city, guest)
        assert "Bitte melden Sie sich zuerst an" in browser.get("/konto/").content.decode()
        assert browser.post(URL, {"purpose": NEWSLETTER, "version": "1"}).status_code == 409

    def test_another_city_knows_nothing_of_it(self, alice: Participant) -> None:
        assert alice.user is not None
        elsewhere = make_participant(make_city("kassel"), "Alice", user=alice.user)
        give_consent(actor_of(alice), NEWSLETTER, version=1)
        make_browser(elsewhere.city, elsewhere).post(URL, {"purpose": NEWSLETTER, "withdraw": "1"})
        assert has_consent(alice, NEWSLETTER)
        assert not has_consent(elsewhere, NEWSLETTER)


class TestWhatAGuestWantedNoMailOf:
    def test_the_account_takes_it_over_unless_it_has_chosen_itself(self, alice: Participant) -> None:
        assert alice.user is not None
        for number in range(2):
            guest = make_guest(alice.city)
            decline_news(alice.city, guest.uid, "*" if number else "answers.answered")
            claim_guest(alice.city, alice.user, guest)
        assert list(alice.declined.of(alice.city).values_list("kind", flat=True)) == ["answers.answered"]

    def test_a_link_in_a_mail_from_before_still_unsubscribes(self, alice: Participant) -> None:
        guest = make_guest(alice.city, guest_mail="gast@example.org", guest_mail_confirmed_at=timezone.now())
        give_consent(actor_of(guest), NEWSLETTER, version=1)
        assert alice.user is not None
        claim_guest(alice.city, alice.user, guest)
        decline_news(alice.city, guest.uid, "answers.answered")
        assert list(alice.declined.of(alice.city).values_list("kind", flat=True)) == ["answers.answered"]
        decline_news(alice.city, guest.uid, "*")
        assert not Consent.objects.of(alice.city).filter(withdrawn_at=None).exists()
        assert not guest.declined.of(alice.city).exists()
