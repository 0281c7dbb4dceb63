"""Following a process: pressed by anyone, told once of news, dates, more time and results, by mail for guests who confirm."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.factories import make_actor, make_browser, make_city, make_participant, make_process, make_step

from civitas.kit.rooms import rooms
from civitas.kit.translated import Translated
from civitas.kit.verdicts import Refused
from civitas.notices.models import Notice
from civitas.notices.queries import worded
from civitas.outbox.worker import run_due
from civitas.people.actors import actor_of
from civitas.people.models import Participant, User
from civitas.people.rates import LIMITS, MAILS_UNCONFIRMED
from civitas.processes import followers
from civitas.processes.actions import set_process, set_process_state, set_step
from civitas.processes.followers import follow_process, processes_followed_by, unfollow_process
from civitas.processes.models import Process, ProcessFollow
from civitas.processes.removing import bring_back, dates_off
from civitas.processes.steering import close_process, extend_step
from civitas.processes.telling import put_event, put_news, remove_told

if TYPE_CHECKING:
    from civitas.people.actors import Actor

pytestmark = pytest.mark.django_db
PAGE = "/beteiligung/wasser"
DAY = dt.timedelta(days=1)


def text(german: str) -> Translated:
    return Translated({"de": german, "en": german, "simple": german})


@pytest.fixture
def process() -> Process:
    process = make_process(make_city("hamburg"), "wasser", title=text("Wasser"), question=text("Wo?"), owner_name="Jan")
    now = timezone.now()
    make_step(process, position=1, title=text("Sammeln"), opens_at=now - DAY, closes_at=now + 5 * DAY)
    return process


@pytest.fixture
def owner(process: Process) -> Actor:
    return make_actor(process.city, "owner")


@pytest.fixture
def alice(process: Process) -> Participant:
    person = make_participant(process.city, "Alice", user=User.objects.create_user("alice@example.org"))
    follow_process(actor_of(person), process)
    return person


def told(person: Participant) -> list[str]:
    notices = Notice.objects.of(person.city_id).to(person.uid).order_by("pk")
    return [each.words.subject for each in worded(person.city, list(notices))]


def browser(host: str = "hamburg.localhost") -> Client:
    return Client(HTTP_HOST=host)


class TestTelling:
    def test_news_dates_and_more_time_reach_who_follows_once_each_by_mail(self, process: Process, owner: Actor, alice: Participant) -> None:
        news = put_news(owner, process, title=text("Es geht los"), body=text("Am **Montag** & dann."))
        put_news(owner, process, title=text("Es geht los"), body=text("Am **Montag** & dann."))
        start = timezone.now() + 2 * DAY
        put_event(owner, process, title=text("Rundgang"), description=text("Mit Jan"), starts_at=start, ends_at=start + DAY)
        extend_step(owner, process.steps.of(process.city).get(), closes_at=timezone.now() + 9 * DAY)
        run_due()
        put_news(owner, process, title=text("Es geht los"), body=text("Am Dienstag."), row=news, version=1)
        run_due()
        assert told(alice) == ["Wasser: Es geht los", "Ein neuer Termin: Rundgang", "Mehr Zeit: Wasser"]
        sent = [message for message in mail.outbox if message.to == ["alice@example.org"]]
        assert [message.subject for message in sent] == ["Wasser: Es geht los", "Ein neuer Termin: Rundgang", "Mehr Zeit: Wasser"]
        assert "Am Montag & dann." in sent[0].body
        assert "List-Unsubscribe" in sent[0].extra_headers

    def test_news_that_is_dated_ahead_is_told_when_it_shows_and_not_to_who_came_later(
        self, process: Process, owner: Actor, alice: Participant, time_machine: Any
    ) -> None:
        time_machine.move_to(timezone.now(), tick=False)
        news = put_news(owner, process, title=text("Bald"), body=text("Ja."), published_at=timezone.now() + DAY)
        run_due()
        assert told(alice) == []
        put_news(owner, process, title=text("Bald"), body=text("Ja."), published_at=timezone.now() + 3 * DAY, row=news, version=1)
        time_machine.shift(DAY + dt.timedelta(hours=1))
        run_due()
        assert told(alice) == []
        time_machine.shift(2 * DAY)
        late = make_participant(process.city, "Bert", user=User.objects.create_user("bert@example.org"))
        follow_process(actor_of(late), process)
        run_due()
        assert (told(alice), told(late)) == (["Wasser: Bald"], [])

    def test_a_date_that_moves_is_told_and_one_that_is_gone_says_nothing(self, process: Process, owner: Actor, alice: Participant) -> None:
        start = timezone.now() + 2 * DAY
        times = {"starts_at": start, "ends_at": start + DAY}
        date = put_event(owner, process, title=text("Rundgang"), description=text(""), **times)
        put_event(owner, process, title=text("Rundgang"), description=text("Mit Schirm"), row=date, version=1, **times)
        run_due()
        assert told(alice) == ["Ein neuer Termin: Rundgang"]
        moved = {name: moment + DAY for name, moment in times.items()}
        date = put_event(owner, process, title=text("Rundgang"), description=text("Mit Schirm"), row=date, version=2, **moved)
        run_due()
        assert told(alice) == ["Ein neuer Termin: Rundgang", "Ein Termin hat sich geändert: Rundgang"]
        remove_told(owner, process, date, version=date.version)
        assert told(alice) == []

    def test_a_date_that_is_off_is_told_once_it_was_no_slip_and_so_is_its_return(
        self, process: Process, owner: Actor, alice: Participant, time_machine: Any
    ) -> None:
        time_machine.move_to(timezone.now(), tick=False)
        start = timezone.now() + 2 * DAY
        date = put_event(owner, process, title=text("Rundgang"), description=text(""), starts_at=start, ends_at=start + DAY)
        run_due()
        slip = remove_told(owner, process, date, version=1)
        assert slip is not None
        time_machine.shift(dt.timedelta(minutes=5))
        date = bring_back(owner, process, slip.pk)
        time_machine.shift(dt.timedelta(minutes=20))
        run_due()
        assert told(alice) == ["Ein neuer Termin: Rundgang"]
        kept = remove_told(owner, process, date, version=date.version)
        assert kept is not None
        time_machine.shift(dt.timedelta(minutes=11))
        run_due()
        run_due()
        assert told(alice) == ["Ein Termin fällt aus: Rundgang"]  # what it says of the new date is gone with the date
        (sent,) = [message for message in mail.outbox if message.subject == "Ein Termin fällt aus: Rundgang"]
        assert "„Rundgang“" in sent.body
        assert "findet nicht statt" in sent.body
        bring_back(owner, process, kept.pk)
        run_due()
        assert told(alice) == ["Ein neuer Termin: Rundgang", "Ein Termin hat sich geändert: Rundgang"]

    def test_of_a_date_that_is_over_or_was_in_a_draft_nobody_hears_that_it_is_off(
        self, process: Process, owner: Actor, alice: Participant, time_machine: Any
    ) -> None:
        time_machine.move_to(timezone.now(), tick=False)
        past = timezone.now() - 2 * DAY
        over = put_event(owner, process, title=text("Vorbei"), description=text(""), starts_at=past, ends_at=past + DAY)
        remove_told(owner, process, over, version=1)
        Process.objects.of(process.city).filter(pk=process.pk).update(state="draft")
        process.refresh_from_db()
        soon = timezone.now() + DAY
        draft = put_event(owner, process, title=text("Entwurf"), description=text(""), starts_at=soon, ends_at=soon + DAY)
        remove_told(owner, process, draft, version=1)
        Process.objects.of(process.city).filter(pk=process.pk).update(state="published", published_at=timezone.now())
        time_machine.shift(dt.timedelta(minutes=11))
        run_due()
        assert told(alice) == []
        assert dates_off(process.city, process) == []

    def test_a_step_that_gets_more_time_by_its_form_is_told_too(self, process: Process, owner: Actor, alice: Participant) -> None:
        step = process.steps.of(process.city).select_related("process", "process__city").get()
        same = {"settings": {}, "title": step.title, "intro": step.intro, "opens_at": step.opens_at}
        set_step(owner, step, version=step.version, closes_at=step.closes_at - DAY, **same)
        run_due()
        assert told(alice) == []
        set_step(owner, step, version=step.version, closes_at=step.closes_at + 3 * DAY, **same)
        run_due()
        assert told(alice) == ["Mehr Zeit: Wasser"]

    def test_a_result_is_told_when_the_process_is_over_and_once(self, process: Process, owner: Actor, alice: Participant) -> None:
        row = set_process(owner, process, version=process.version, values={"result": text("Ein Brunnen kommt.")})
        run_due()
        assert told(alice) == []
        close_process(owner, row)
        run_due()
        set_process_state(owner, Process.objects.of(process.city).get(pk=process.pk), "archived")
        run_due()
        assert told(alice) == ["Was herausgekommen ist: Wasser"]
        assert Notice.objects.of(process.city).to(alice.uid).count() == 1

    def test_a_result_written_before_the_end_is_told_at_the_end(
        self, process: Process, owner: Actor, alice: Participant, time_machine: Any
    ) -> None:
        time_machine.move_to(timezone.now(), tick=False)
        set_process(owner, process, version=process.version, values={"result": text("Ein Brunnen kommt.")})
        run_due()
        time_machine.shift(6 * DAY)
        run_due()
        assert told(alice) == ["Was herausgekommen ist: Wasser"]

    def test_many_follow_in_pages_and_much_news_is_worded_in_as_many_queries_as_little(
        self, process: Process, owner: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(followers, "BATCH", 2)
        people = [make_participant(process.city, f"P{number}") for number in range(5)]
        for person in people:
            follow_process(actor_of(person), process)
        counts = []
        for number in (1, 3):
            for each in range(number):
                put_news(owner, process, title=text(f"Neu {number}-{each}"), body=text("Ja."))
                start = timezone.now() + DAY
                put_event(owner, process, title=text(f"Termin {number}-{each}"), description=text(""), starts_at=start, ends_at=start + DAY)
            run_due()
            notices = list(Notice.objects.of(process.city).to(people[4].uid).order_by("pk"))
            with CaptureQueriesContext(connection) as queries:
                together = worded(process.city, notices)
            alone = [word.words for notice in notices for word in worded(process.city, [_plain(notice)])]
            assert [each.words for each in together] == alone
            counts.append(len(queries))
        assert counts[0] == counts[1] <= 4
        assert {Notice.objects.of(process.city).to(person.uid).count() for person in people} == {8}

    def test_nobody_hears_of_a_draft_or_after_leaving(self, process: Process, owner: Actor, alice: Participant) -> None:
        draft = make_process(process.city, "entwurf", state="draft")
        put_news(owner, draft, title=text("Neu"), body=text("Ja."))
        with pytest.raises(Refused) as refused:
            follow_process(actor_of(alice), draft)
        assert refused.value.status == 404
        unfollow_process(actor_of(alice), process)
        put_news(owner, process, title=text("Neu"), body=text("Ja."))
        run_due()
        assert told(alice) == []


def _plain(notice: Notice) -> Notice:
    return Notice.objects.of(notice.city_id).get(pk=notice.pk)


class TestPressing:
    def test_a_guest_follows_with_a_press_and_by_mail_after_confirming(self, process: Process, owner: Actor) -> None:
        guest = browser()
        page = guest.get(PAGE).content.decode()
        assert "Folgen" in page
        assert "hört von Neuem" in page
        assert guest.post(f"{PAGE}/folgen").headers["Location"].endswith(f"{PAGE}#folgen")
        person = ProcessFollow.objects.of(process.city).get().participant
        assert "Sie folgen dieser Beteiligung" in guest.get(PAGE).content.decode()

        answer = guest.post(f"{PAGE}/folgen/mail", {"mail": "keine adresse"})
        assert answer.status_code == 422
        assert "nicht nach einer E-Mail-Adresse aus" in answer.content.decode()
        assert "keine adresse" in answer.content.decode()
        guest.post(f"{PAGE}/folgen/mail", {"mail": "gast@example.org"})
        put_news(owner, process, title=text("Neu"), body=text("Ja."))
        run_due()
        first = [message for message in mail.outbox if message.to == ["gast@example.org"]]
        assert [message.subject for message in first] == ["Bitte bestätigen: Sie folgen „Wasser“"]

        link = re.search(r"http://hamburg\.localhost\S*(/zuordnen/\S+)", first[0].body)
        assert link
        claim = browser()
        assert "Sie folgen „Wasser“." in claim.get(link[1]).content.decode()
        claim.post(f"{link[1]}/adresse")
        person.refresh_from_db()
        assert person.guest_mail_confirmed_at is not None
        put_news(owner, process, title=text("Noch etwas"), body=text("Ja."))
        run_due()
        assert [message.subject for message in mail.outbox if message.to == ["gast@example.org"]][1:] == ["Wasser: Noch etwas"]

    def test_the_mail_is_sent_again_but_not_without_end(self, process: Process) -> None:
        guest = browser()
        for _number in range(6):
            assert guest.post(f"{PAGE}/folgen/mail", {"mail": "gast@example.org"}).status_code in {302, 303}
        refused = guest.post(f"{PAGE}/folgen/mail", {"mail": "gast@example.org"})
        assert refused.status_code == 429
        assert "gast@example.org" in refused.content.decode()
        run_due()
        assert len([message for message in mail.outbox if message.to == ["gast@example.org"]]) == MAILS_UNCONFIRMED

    @pytest.mark.parametrize("swaps", [False, True])
    def test_who_presses_without_end_waits_with_or_without_an_account(
        self, process: Process, alice: Participant, swaps: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(LIMITS, "follow", (DAY, 2, 2))
        headers = {"HX-Request": "true"} if swaps else {}
        for client in (make_browser(process.city, alice), browser()):
            for _number in range(2):
                client.post(f"{PAGE}/folgen")
                client.post(f"{PAGE}/folgen", {"back": "1"})
            refused = client.post(f"{PAGE}/folgen", headers=headers)
            assert (refused.status_code, "Das war viel" in refused.content.decode()) == (200 if swaps else 429, True)
            assert not ProcessFollow.objects.of(process.city).filter(participant__pseudonym="Alice").exists()

    def test_a_swap_is_the_box_as_the_page_has_it(self, process: Process, alice: Participant) -> None:
        client = make_browser(process.city, alice)
        swap = client.post(f"{PAGE}/folgen", {"back": "1"}, headers={"HX-Request": "true"}).content.decode()
        assert "Bleiben Sie dran" in swap
        assert "<html" not in swap
        page = client.get(PAGE).content.decode()
        assert re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", swap.strip()) in re.sub(
            r'name="csrfmiddlewaretoken" value="[^"]*"', "", page
        )

    def test_another_city_a_draft_and_no_process_do_not_exist(self, process: Process) -> None:
        make_city("kassel")
        make_process(process.city, "entwurf", state="draft")
        for client, path in ((browser("kassel.localhost"), PAGE), (browser(), "/beteiligung/entwurf"), (browser(), "/beteiligung/nichts")):
            assert client.post(f"{path}/folgen").status_code == 404
            assert client.post(f"{path}/folgen/mail", {"mail": "a@example.org"}).status_code == 404
        assert browser().get(f"{PAGE}/folgen").status_code == 405
        assert not Participant.objects.of(process.city).filter(user=None).exists()

    def test_what_one_follows_stands_on_my_page_and_goes_from_there(self, process: Process, alice: Participant) -> None:
        client = make_browser(process.city, alice)
        assert "Wasser" in client.get("/mein").content.decode()
        listed = client.get("/konto/gefolgt").content.decode()
        assert f'href="{PAGE}"' in listed
        answer = client.post(f"{PAGE}/folgen", {"back": "1", "next": "mine"})
        assert answer.headers["Location"].endswith("/konto/gefolgt")
        assert f'href="{PAGE}"' not in client.get("/konto/gefolgt").content.decode()

    def test_who_is_signed_in_gives_no_address(self, process: Process, alice: Participant) -> None:
        answer = make_browser(process.city, alice).post(f"{PAGE}/folgen/mail", {"mail": "andere@example.org"})
        assert answer.status_code == 409
        run_due()
        assert not [message for message in mail.outbox if message.to == ["andere@example.org"]]


def test_claiming_exporting_and_leaving_know_what_one_follows(process: Process, alice: Participant) -> None:
    city = process.city
    guest = make_participant(city, "")
    other = make_process(city, "luft", title=text("Luft"))
    for each in (process, other):
        follow_process(actor_of(guest), each)
    room = next(room for room in rooms() if room.key == "processes")
    data = room.personal_data
    assert data is not None
    assert data.adopt is not None
    data.adopt(city, guest, alice)
    assert [row.title["de"] for row in processes_followed_by(alice)] == ["Luft", "Wasser"]
    assert [row["title"] for row in data.export(city, alice)["followed_processes"]] == ["Wasser", "Luft"]
    data.erase(city, alice)
    assert not ProcessFollow.objects.of(city).exists()
