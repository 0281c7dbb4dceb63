"""What a pupil does without: refused by the rule, whatever way it is asked for; and where they take part."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from tests.classes.making import make_class, pupil, sit, worker_erases
from tests.factories import (
    make_actor,
    make_area,
    make_browser,
    make_comment,
    make_contribution,
    make_guest,
    make_participant,
    make_process,
    make_service,
    make_step,
    make_user,
)
from tests.media.samples import jpeg

from civitas.boards.actions import open_board, take_seat
from civitas.boards.pictures import keep_board_picture
from civitas.classes.actions import close_class, let_wait
from civitas.classes.queries import seat_of
from civitas.contributions.actions import mend_contribution
from civitas.contributions.models import Contribution
from civitas.contributions.rules import may_mend, may_submit, may_withdraw
from civitas.coproduction.rules import may_begin
from civitas.dialogue.actions import add_comment, follow, support
from civitas.dialogue.models import Follow, Support
from civitas.dialogue.rules import may_comment
from civitas.kit.ids import uuid7
from civitas.kit.verdicts import Refused
from civitas.media.actions import keep_file
from civitas.media.models import MediaFile, Part
from civitas.media.parts import take_part
from civitas.meeting.actions import join
from civitas.meeting.letters import write_letter
from civitas.meeting.models import Joining, Letter
from civitas.people.actions import change_guest_mail, change_pseudonym, choose_home_area, choose_news, claim_guest, claim_token
from civitas.people.actors import actor_of
from civitas.people.consents import may_consent
from civitas.people.models import Declined, NewsRhythm, Participant
from civitas.people.pupils import Feature, may_have
from civitas.processes.followers import follow_process
from civitas.processes.models import ProcessFollow
from civitas.provision.rules import may_give_feedback
from civitas.sensor.models import SavedSearch

if TYPE_CHECKING:
    from django.test import Client

    from civitas.people.actors import Actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def actor(school_class: Any) -> Actor:
    return pupil(school_class)


@pytest.fixture
def browser(actor: Actor) -> Client:
    return make_browser(actor.city, actor.participant)


@pytest.fixture
def row(step: Any) -> Contribution:
    return make_contribution(step, author=make_participant(step.city, "Alice"))


def person(actor: Actor) -> Participant:
    assert actor.participant is not None
    return actor.participant


def text_of(response: Any) -> str:
    return str(response.content.decode())


def test_consent_is_one_of_the_features(actor: Actor) -> None:
    assert may_consent(actor.participant) == may_have(actor.participant, Feature.CONSENT)


@pytest.mark.parametrize("feature", list(Feature))
def test_what_a_class_does_without_is_there_for_others_alone(actor: Actor, feature: Feature) -> None:
    refused = may_have(actor.participant, feature)
    assert not refused
    assert "class" in str(refused.reason)
    assert may_have(make_guest(actor.city), feature)
    assert may_have(None, feature)


def test_a_pupil_gives_comments_and_supports_in_the_process_of_the_class(actor: Actor, step: Any, row: Contribution) -> None:
    assert may_submit(actor, step, "idea")
    add_comment(actor, row, uid=uuid7(), text="Das finde ich auch.")
    support(actor, row)
    assert Support.objects.of(actor.city).filter(participant=actor.participant).count() == 1
    said = Contribution.objects.of(actor.city).get(author=actor.participant)
    assert said.visibility == "waiting"


def test_elsewhere_and_where_an_account_is_needed_a_pupil_only_reads(actor: Actor, step: Any) -> None:
    other = make_step(make_process(actor.city, "hafen"))
    theirs = make_contribution(other)
    assert "Your class takes part somewhere else" in str(may_submit(actor, other, "idea").reason)
    assert "Your class takes part somewhere else" in str(may_comment(actor, theirs).reason)
    with pytest.raises(Refused, match="somewhere else"):
        support(actor, theirs)
    with pytest.raises(Refused, match="somewhere else"):
        take_seat(actor, open_board(make_step(other.process, method="brainstorm")))
    for_accounts = make_step(step.process, settings={"who": "signed_in"})
    assert "With your class you can read here" in str(may_submit(actor, for_accounts, "idea").reason)
    with pytest.raises(Refused, match="With your class you can read here"):
        take_seat(actor, open_board(make_step(step.process, method="brainstorm", settings={"who": "signed_in"})))
    assert "somewhere else" in str(may_give_feedback(actor, make_service(actor.city, status="operation")).reason)


def test_after_its_time_a_class_reads_and_takes_its_words_away(actor: Actor, school_class: Any, step: Any, row: Contribution) -> None:
    mine = make_contribution(step, author=actor.participant)
    board = open_board(make_step(step.process, method="brainstorm"))
    assert may_mend(actor, mine)
    close_class(actor, school_class, led_key=school_class.pk)
    late = actor_of(Participant.objects.of(actor.city).get(pk=person(actor).pk))
    for verdict in (may_submit(late, step, "idea"), may_comment(late, row), may_mend(late, mine)):
        assert (verdict.status, "The time of your class is over" in str(verdict.reason)) == (409, True)
    with pytest.raises(Refused, match="The time of your class is over"):
        support(late, row)
    with pytest.raises(Refused, match="The time of your class is over"):
        take_seat(late, board)
    with pytest.raises(Refused, match="The time of your class is over"):
        change_pseudonym(person(late), "Emma Schneider")
    assert may_withdraw(late, mine)


def test_published_words_that_a_pupil_changes_are_read_again(
    actor: Actor, browser: Client, school_class: Any, step: Any, row: Contribution
) -> None:
    mine = make_contribution(step, "Mehr Schaukeln", author=actor.participant)
    said = make_comment(row, "Das stimmt.", author=actor.participant)
    assert "The team reads your change first" in text_of(browser.get(f"/en/beitrag/{mine.number}/bearbeiten"))
    words = {"title": "Mehr Rutschen", "text": "Auf dem Spielplatz fehlen Rutschen.", "version": str(mine.version)}
    answer = browser.post(f"/en/beitrag/{mine.number}/bearbeiten", words, follow=True)
    assert "The team reads it first" in text_of(answer)
    mine.refresh_from_db()
    assert (mine.title, mine.visibility, mine.listed) == ("Mehr Rutschen", "waiting", 0)
    assert make_browser(actor.city).get(f"/en/beitrag/{mine.number}").status_code == 404
    mend_contribution(actor, said, title="", text="Das stimmt gar nicht.", version=said.version)
    said.refresh_from_db()
    assert (said.text, said.visibility) == ("Das stimmt gar nicht.", "waiting")
    mend_contribution(actor, mine, title="Rutschen", text=mine.text, version=mine.version)  # once more while it waits
    mine.refresh_from_db()
    assert (mine.title, mine.visibility) == ("Rutschen", "waiting")


def test_a_class_that_is_shown_at_once_changes_its_words_at_once(school_class: Any, step: Any) -> None:
    let_wait(make_actor(step.city, "owner"), school_class, waits=False)
    actor = pupil(school_class)
    mine = make_contribution(step, author=actor.participant)
    mend_contribution(actor, mine, title="Mehr Rutschen", text=mine.text, version=mine.version)
    mine.refresh_from_db()
    assert (mine.title, mine.visibility) == ("Mehr Rutschen", "published")


def test_a_pupil_sits_at_boards_and_puts_no_picture_there(actor: Actor, step: Any) -> None:
    board = open_board(make_step(step.process, method="canvas", settings={"canvas": "persona"}))
    seat = take_seat(actor, board)
    assert seat.participant == actor.participant
    with pytest.raises(Refused, match="words, not pictures"):
        keep_board_picture(actor, board, seat, io.BytesIO(jpeg(40, 30)), size=500, alt="Wir")
    sent = {"picture": SimpleUploadedFile("wir.jpg", jpeg(40, 30)), "alt": "Wir"}
    response = make_browser(actor.city, actor.participant).post(f"/en/pinnwand/{board.uid}/bild", sent)
    assert "words, not pictures" in text_of(response)
    assert not MediaFile.objects.of(actor.city).exists()


def test_files_are_refused_by_the_action_in_parts_too(actor: Actor, browser: Client, step: Any) -> None:
    with pytest.raises(Refused, match="words, not pictures"):
        keep_file(actor, io.BytesIO(jpeg(40, 30)), size=500, loose=True)
    with pytest.raises(Refused, match="words, not pictures"):
        take_part(actor, uuid7(), number=0, size=500, data=jpeg(40, 30))
    assert not MediaFile.objects.of(actor.city).exists()
    assert not Part.objects.of(actor.city).exists()
    page = text_of(browser.get(f"/en/beteiligung/spielplatz/schritt/{step.position}"))
    assert 'type="file"' not in page
    assert "words, not pictures" in page


def given(browser: Client, step: Any, **forged: Any) -> Any:
    address = f"/en/beteiligung/spielplatz/schritt/{step.position}"
    page = text_of(browser.get(address))
    fields = dict(re.findall(r'name="(uid|seal)" value="([^"]+)"', page))
    words = {"kind": "idea", "title": "Mehr Schaukeln", "text": "Auf dem Spielplatz fehlen Schaukeln.", "where": "nowhere"}
    return browser.post(address, {**fields, **words, "homepage": "", **forged})


def test_a_forged_form_with_mail_or_file_gives_nothing_and_says_why(browser: Client, actor: Actor, step: Any) -> None:
    by_mail = given(browser, step, mail="kind@example.org")
    assert by_mail.status_code == 422
    assert "With a class you need no mail address" in text_of(by_mail)
    assert "Mehr Schaukeln" in text_of(by_mail)
    with_file = given(browser, step, picture=SimpleUploadedFile("wir.jpg", jpeg(40, 30)))
    assert with_file.status_code == 422
    assert "words, not pictures" in text_of(with_file)
    assert not Contribution.objects.of(actor.city).exists()
    plain = given(browser, step)
    assert plain.status_code == 303
    row = Contribution.objects.of(actor.city).get()
    assert (row.author, row.visibility) == (actor.participant, "waiting")
    thanks = text_of(browser.get(plain["Location"]))
    assert "zuordnen" not in thanks
    assert "The answer waits for you on “My page”" in thanks
    assert Participant.objects.of(actor.city).get(pk=person(actor).pk).guest_mail == ""


def test_a_schools_device_keeps_its_two_hours_whatever_a_pupil_sends(browser: Client, actor: Actor, step: Any) -> None:
    assert "guest" not in given(browser, step).cookies
    standing = make_step(make_process(actor.city))
    service = make_service(actor.city, "Leihregal", status="operation")
    taken = sit(make_class(standing), "Leiser Uhu")
    browser, address = make_browser(actor.city, taken.participant), f"/en/dienstleistung/{service.key}/rueckmeldung"
    page = text_of(browser.get(address))
    sent = {**dict(re.findall(r'name="(uid|seal)" value="([^"]+)"', page)), "words": "Die Schere fehlt seit einem Monat.", "homepage": ""}
    for _time in range(2):
        answer = browser.post(address, sent)
        assert (answer.status_code, "guest" in answer.cookies) == (303, False)
    assert Contribution.objects.of(actor.city).filter(service=service).count() == 1
    assert "guest" not in make_browser(actor.city).post(address, sent).cookies  # who holds the form is no pupil by it


def test_no_mail_no_home_no_account(actor: Actor, browser: Client) -> None:
    area = make_area(actor.city)
    with pytest.raises(Refused, match="no mail address"):
        change_guest_mail(person(actor), "kind@example.org")
    with pytest.raises(Refused, match="no mail address"):
        choose_news(actor.city, person(actor), {"dialogue.commented": "weekly"})
    with pytest.raises(Refused, match="where you live"):
        choose_home_area(person(actor), area)
    with pytest.raises(Refused, match="goes into no account"):
        claim_guest(actor.city, make_user(), person(actor))
    assert "where you live" in text_of(browser.post("/en/mein/gebiet", {"area": area.key}))
    assert "no mail address" in text_of(browser.post("/en/konto/nachrichten", {"every": "daily"}))
    claim = make_browser(actor.city, make_participant(actor.city)).get(f"/en/zuordnen/{claim_token(person(actor))}")
    assert (claim.status_code, "goes into no account" in text_of(claim)) == (403, True)
    signed_in = make_browser(actor.city, make_participant(actor.city))
    signed_in.cookies.update(browser.cookies)
    assert "goes into no account" in text_of(signed_in.post("/en/konto/gast"))
    now = Participant.objects.of(actor.city).get(pk=person(actor).pk)
    assert (now.guest_mail, now.home_area_id, now.user_id) == ("", None, None)
    assert not Declined.objects.of(actor.city).exists()
    assert not NewsRhythm.objects.of(actor.city).exists()
    account = text_of(browser.get("/en/konto/"))
    assert "You take part with your class" in account
    assert 'id="my-news"' not in account
    assert 'name="area"' not in text_of(browser.get("/en/mein"))


def test_no_letters_and_no_meeting_whichever_side_asks(actor: Actor, browser: Client, step: Any, row: Contribution) -> None:
    mine = make_contribution(step, author=actor.participant)
    alice = actor_of(make_participant(actor.city, "Berta"))
    assert row.author is not None
    for somebody, about in ((actor, row), (alice, mine)):
        for role in ("join", "help"):
            with pytest.raises(Refused, match="class"):
                join(somebody, about, role=role, words="Ich komme.")
    with pytest.raises(Refused, match="no letters between two people"):
        write_letter(actor, row, row.author, uid=uuid7(), text="Hallo")
    with pytest.raises(Refused, match="pupils get no letters"):
        write_letter(alice, mine, person(actor), uid=uuid7(), text="Hallo")
    page = text_of(browser.get(f"/en{row.path}"))
    assert "With a class you do not arrange to meet anybody here" in page
    assert "no letters between two people" in page
    theirs = text_of(make_browser(actor.city, alice.participant).get(f"/en{mine.path}"))
    assert "This comes from a school class" in theirs
    for address, fields in (
        (f"/en/beitrag/{row.number}/mitmachen", {"role": "join"}),
        (f"/en/beitrag/{row.number}/brief", {"text": "Hallo"}),
    ):
        assert "With a class" in text_of(browser.post(address, fields))
    assert not Joining.objects.of(actor.city).exists()
    assert not Letter.objects.of(actor.city).exists()


def test_a_pupil_follows_nothing(actor: Actor, browser: Client, row: Contribution) -> None:
    with pytest.raises(Refused, match="follow nothing"):
        follow(actor, row)
    assert "/folgen" not in text_of(browser.get(f"/en{row.path}"))
    assert "follow nothing" in text_of(browser.post(f"/en/beitrag/{row.number}/folgen"))
    assert "follow nothing" in text_of(browser.post("/en/entdecken/merken?q=Baum", {"name": "Baum", "tells": "on"}))
    assert not Follow.objects.of(actor.city).exists()
    assert not SavedSearch.objects.of(actor.city).exists()


def test_a_pupil_follows_no_process(actor: Actor, browser: Client, step: Any) -> None:
    path = f"/en/beteiligung/{step.process.slug}"
    with pytest.raises(Refused, match="follow nothing"):
        follow_process(actor, step.process)
    assert 'id="folgen"' not in text_of(browser.get(path))
    for answer in (browser.post(f"{path}/folgen"), browser.post(f"{path}/folgen/mail", {"mail": "kind@example.org"})):
        assert (answer.status_code, "follow nothing" in text_of(answer)) == (403, True)
    assert not ProcessFollow.objects.of(actor.city).exists()


def test_concepts_are_not_written_with_a_class(actor: Actor) -> None:
    assert "written by people with an account" in str(may_begin(actor).reason)


def test_a_pupil_changes_the_name_and_not_into_one_that_hurts(actor: Actor, browser: Client) -> None:
    type(actor.city).objects.filter(pk=actor.city.pk).update(rules={"words": ["idiot"]})
    refused = browser.post("/en/konto/name", {"pseudonym": "I d i o t", "language": "de"})
    assert refused.status_code == 422
    assert "could hurt somebody" in text_of(refused)
    assert browser.post("/en/konto/name", {"pseudonym": "Leiser Uhu", "language": "de"}).status_code == 302
    assert Participant.objects.of(actor.city).get(pk=person(actor).pk).pseudonym == "Leiser Uhu"
    change_pseudonym(make_guest(actor.city), "idiot")  # the rule is there for pupils


def test_a_pupil_exports_and_leaves(actor: Actor, browser: Client, school_class: Any, step: Any) -> None:
    from civitas.people.actions import export_everything

    make_contribution(step, "Mehr Schaukeln", author=actor.participant)
    said = export_everything(actor.city, person(actor))
    assert said["classes"]["seat"]["class"] == "Klasse 8b"
    assert browser.post("/en/konto/daten").status_code == 303
    assert browser.post("/en/konto/verlassen", {"texts": "stay", "sure": "on"}).status_code == 303
    gone = Participant.objects.of(actor.city).get(pk=person(actor).pk)
    assert (gone.erased_at is not None, seat_of(gone)) == (True, None)
    worker_erases(actor.city)
    assert Contribution.objects.of(actor.city).get().author_id is None


def test_the_standing_process_takes_a_class_too(step: Any) -> None:
    standing = make_step(make_process(step.city))
    taken = sit(make_class(standing))
    who = actor_of(taken.participant)
    assert may_submit(who, standing, "idea")
    assert may_give_feedback(who, make_service(step.city, status="operation"))
    assert not may_submit(who, step, "idea")
    assert taken.participant.created_at <= timezone.now()
