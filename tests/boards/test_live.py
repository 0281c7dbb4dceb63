"""Boards over real sockets: a real process, real clients, a real database."""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import replace

import pytest
from asgiref.sync import sync_to_async
from bench.sockets import Rejected
from bench.visitors import Visitor
from django.db.models import F
from django.utils import timezone
from tests.boards.playing import make_board, new_id
from tests.boards.serving import LiveProcess, play, until, visit
from tests.factories import make_browser, make_guest, make_participant, make_user

from civitas.boards.actions import empty_drawers, put_on_board, send_away, set_phase, take_seat
from civitas.boards.documents import read_all, read_thing
from civitas.boards.models import Board, BoardUpdate, Seat
from civitas.boards.queries import document_of
from civitas.boards.things import Card, Dot, Group, Removal, Stroke
from civitas.boards.updates import read_state
from civitas.cities.models import City
from civitas.people.actors import actor_of, city_actor
from civitas.people.models import Participant

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def live(django_db_setup):
    """One live process for all; each test has a city of its own."""
    process = LiveProcess()
    yield process
    process.stop()


def people(board, count):
    """Guests who sit at the board, with their aliases."""
    guests = [make_guest(board.city, f"Gast {n}") for n in range(count)]
    return [(guest, take_seat(actor_of(guest), board).alias) for guest in guests]


aside = sync_to_async(thread_sensitive=True)


def same(*visitors):
    """Whether all have the same document."""
    documents = [visitor.documents[0] for visitor in visitors]
    states = [read_state(document.get_state()) for document in documents]
    return all(state == states[0] for state in states) and all(read_all(d) == read_all(documents[0]) for d in documents)


def test_what_one_does_all_have_and_it_is_on_disk_when_it_is_confirmed(board, live):
    (alice, a), (bob, b), (carla, _c) = people(board, 3)

    async def scene():
        one, two, three = [await visit(live, board, person) for person in (alice, bob, carla)]
        assert (one.hello["seat"], one.hello["phase"], one.hello["ends_in"]) == (a, "all", None)
        assert one.hello["charter"]["dots"] == 3
        card, other = Card(new_id(), by=a, text="Mehr Schatten 🌳"), Card(new_id(), by=b, text="Bänke")
        answers = await asyncio.gather(one.change(card), two.change(other))
        assert [answer.code for answer in answers] == ["", ""]
        stored = await aside(document_of)(board)
        assert set(stored.cards) == {card.id, other.id}
        await until(lambda: same(one, two, three) and len(read_all(three.documents[0]).cards) == 2)
        assert read_all(three.documents[0]) == stored
        assert (await two.change(replace(card, x=50, text="Mehr Schatten, bitte 🌳"))).code == ""
        await until(lambda: same(one, two, three))
        assert read_all(one.documents[0]).cards[card.id].text == "Mehr Schatten, bitte 🌳"
        late = await visit(live, board, carla)
        assert same(one, late)

    play(scene())


def test_a_refused_edit_harms_nothing_and_the_person_hears_why(board, live):
    (alice, a), (bob, b) = people(board, 2)

    async def scene():
        one, two = await visit(live, board, alice), await visit(live, board, bob, language="de")
        card = Card(new_id(), by=a)
        await one.change(card)
        await until(lambda: same(one, two))
        forged, after = two.change(Card(new_id(), by=a)), two.change(Card(new_id(), by=b))
        assert (await forged).code == "forged"
        assert (await forged).sentence == "Diese Änderung steht Ihnen nicht zu und wurde nicht übernommen."
        assert (await after).code == "missing"
        assert set(read_all(one.documents[0]).cards) == {card.id}
        two.begin_anew()
        await until(lambda: same(one, two))
        assert (await two.change(Card(new_id(), by=b))).code == ""
        await until(lambda: same(one, two))

    play(scene())
    assert BoardUpdate.objects.of(board.city).filter(board=board).count() == 3


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\x03\x00\x01\x00\x03abc", "garbage"),
        (b"\xff\xff", "garbage"),
        (b"\x03\x00\x01\x00" + b"\x81\x80\x10" + b"\0" * (256 * 1024 + 1), "large"),
        (b"\x07\x05abcde", "garbage"),
        (b"\x01\x00\x03\xff\xff\xff", "garbage"),
    ],
)  # fmt: skip
def test_garbage_ends_that_connection_and_no_other(board, live, data, code):
    (alice, a), (bob, _b) = people(board, 2)

    async def scene():
        one, two = await visit(live, board, alice), await visit(live, board, bob)
        two.socket.send(data)
        await asyncio.wait_for(two.socket.closed, 10)
        assert two.bye is not None
        assert two.bye[0] == code
        assert (await one.change(Card(new_id(), by=a))).code == ""
        back = await visit(live, board, bob)
        assert same(one, back)

    play(scene())


def test_who_floods_is_let_go_and_the_board_is_whole(board, live):
    (alice, a), (bob, b) = people(board, 2)

    async def scene():
        one, two = await visit(live, board, alice), await visit(live, board, bob)
        card = Card(new_id(), by=b)
        for n in range(300):
            two.change(replace(card, x=n))
        await asyncio.wait_for(two.socket.closed, 20)
        assert two.bye is not None
        assert two.bye[0] == "fast"
        assert (await one.change(Card(new_id(), by=a))).code == ""
        assert read_all(one.documents[0]) == await aside(document_of)(board)

    play(scene())


def test_who_is_not_of_this_city_or_page_does_not_come_in(board, live):
    (alice, _a) = people(board, 1)[0]
    other = make_board()
    hosts = [f"{each.city.slug}.localhost" for each in (board, other)]

    async def scene():
        for options, status in (
            ({"host": hosts[1]}, 404),
            ({"host": "unknown.localhost"}, 404),
            ({"origin": "http://evil.example"}, 403),
            ({"origin": ""}, 403),
            ({"origin": f"http://{hosts[0]}:81"}, 403),
        ):
            with pytest.raises(Rejected) as rejected:
                await visit(live, board, alice, **options)
            assert rejected.value.status == status
        assert (await visit(live, other)).hello["seat"] == ""

    play(scene())


def test_who_only_watches_hears_all_and_changes_nothing(board, live):
    (alice, a) = people(board, 1)[0]

    async def scene():
        one, watcher = await visit(live, board, alice), await visit(live, board)
        assert (watcher.hello["seat"], watcher.hello["charter"]["write"]) == ("", "none")
        await one.change(Card(new_id(), by=a))
        await until(lambda: same(one, watcher) and read_all(watcher.documents[0]).cards)
        assert (await watcher.change(Card(new_id(), by=a))).code == "forged"
        assert (await watcher.change(Card(new_id(), by=""))).code in {"forged", "missing"}

    play(scene())


def test_who_is_shut_out_hears_it_and_stays_outside(board, live):
    (alice, a), (bob, _b) = people(board, 2)

    async def scene():
        one, two = await visit(live, board, alice), await visit(live, board, bob)
        ends = timezone.now() + dt.timedelta(days=1)
        await aside(Participant.objects.of(board.city).filter(pk=bob.pk).update)(suspended_until=ends)
        await asyncio.wait_for(two.socket.closed, 20)
        assert two.bye is not None
        assert two.bye[0] == "shut_out"
        again = await visit(live, board, bob)
        assert again.bye is not None
        assert (again.bye[0], "shut you out" in again.bye[1]) == ("shut_out", True)
        seat = await aside(Seat.objects.of(board.city).get)(alias=a)
        await aside(send_away)(city_actor(board.city), board, seat)
        await asyncio.wait_for(one.socket.closed, 20)
        assert one.bye is not None
        assert one.bye[0] == "shut_out"

    play(scene())


def test_an_address_range_that_is_listed_meanwhile_reaches_those_who_sit_there(board, live):
    ((alice, _a),) = people(board, 1)
    bob = make_participant(board.city, "Bob")
    Participant.objects.of(board.city).filter(pk=bob.pk).update(created_at=timezone.now() - dt.timedelta(days=30))
    take_seat(actor_of(bob), board)
    cookie = f"sessionid={make_browser(board.city, bob).cookies['sessionid'].value}"

    async def list_range(*ranges):
        row = City.objects.filter(pk=board.city.pk)
        await aside(row.update)(rules={"blocked_ranges": [*ranges]}, rules_version=F("rules_version") + 1)

    async def scene():
        guest, known = await visit(live, board, alice), await visit(live, board, cookie=cookie)
        wall = await visit(live, board, rest="&as=wall", visitor=Visitor(keeps_document=False))
        await list_range("203.0.113.0/24")
        assert (await guest.change(Card(new_id(), by=guest.hello["seat"]))).code == ""
        await list_range("203.0.113.0/24", "127.0.0.0/24")
        await asyncio.wait_for(guest.socket.closed, 20)
        assert (guest.bye[0], "from your network" in guest.bye[1]) == ("shut_out", True)
        again = await visit(live, board, alice)
        assert again.bye[0] == "shut_out"
        assert (await known.change(Card(new_id(), by=known.hello["seat"]))).code == ""
        assert (known.bye, wall.bye) == (None, None)
        await list_range()
        assert (await visit(live, board, alice)).bye is None

    play(scene())


def test_who_signs_out_is_at_no_board_any_more(board, live):
    alice, bob = make_participant(board.city, "Alice"), make_participant(board.city, "Bob")
    carla = make_guest(board.city, "Carla")
    for person in (alice, bob, carla):
        take_seat(actor_of(person), board)
    here, elsewhere = make_browser(board.city, alice), make_browser(board.city, bob)

    async def come(browser):
        return await visit(live, board, cookie=f"sessionid={browser.cookies['sessionid'].value}")

    async def scene():
        one, two, three = await come(here), await come(elsewhere), await visit(live, board, carla)
        assert all([one.hello["seat"], two.hello["seat"], three.hello["seat"]])
        assert (await aside(here.post)("/konto/abmelden")).status_code == 302
        await asyncio.wait_for(one.socket.closed, 20)
        assert one.bye[0] == "left"
        assert (await two.change(Card(new_id(), by=two.hello["seat"]))).code == ""
        await aside(Participant.objects.of(board.city).filter(pk=carla.pk).update)(user=await aside(make_user)())
        await asyncio.wait_for(three.socket.closed, 20)
        assert three.bye[0] == "left"
        assert (await two.change(Card(new_id(), by=two.hello["seat"]))).code == ""

    play(scene())


def test_a_phase_or_a_closed_step_changes_what_one_may_at_once(board, live):
    (alice, a) = people(board, 1)[0]

    async def scene():
        one = await visit(live, board, alice)
        await aside(set_phase)(city_actor(board.city), board, "reading", minutes=5)
        await until(lambda: one.stages)
        assert (one.stages[0]["phase"], one.stages[0]["charter"]["write"]) == ("reading", "none")
        assert 290 < one.stages[0]["ends_in"] <= 300
        assert (await one.change(Card(new_id(), by=a))).code == "write"
        one.begin_anew()
        await aside(set_phase)(city_actor(board.city), board, "all")
        await until(lambda: len(one.stages) == 2)
        assert (await one.change(Card(new_id(), by=a))).code == ""
        board.step.override = "closed"
        await aside(board.step.save)()
        await until(lambda: len(one.stages) == 3)
        assert one.stages[2]["charter"]["write"] == "none"
        assert (await one.change(Card(new_id(), by=a))).code == "write"
        assert one.bye is None

    play(scene())


def test_who_came_with_a_class_that_is_over_writes_no_more(board, live):
    (alice, a) = people(board, 1)[0]
    Participant.objects.of(board.city).filter(pk=alice.pk).update(
        class_until=timezone.now() + dt.timedelta(days=1), class_process=board.step.process.slug
    )

    async def scene():
        one = await visit(live, board, alice)
        await asyncio.sleep(1)  # whatever coming in has changed is read
        await aside(Participant.objects.of(board.city).filter(pk=alice.pk).update)(class_until=timezone.now())
        await until(lambda: one.stages)
        assert one.stages[0]["charter"]["write"] == "none"
        assert (await one.change(Card(new_id(), by=a))).code == "write"

    play(scene())


def test_what_a_page_or_a_task_writes_all_have_soon(board, live):
    (alice, _a) = people(board, 1)[0]

    async def scene():
        one = await visit(live, board, alice)
        await aside(put_on_board)(board, lambda _there: [Card("number000001", text="Idee", number=1)])
        await until(lambda: "number000001" in read_all(one.documents[0]).cards)

    play(scene())


def test_private_cards_are_seen_by_nobody_until_the_phase_ends(board, live):
    (alice, a), (bob, _b) = people(board, 2)
    set_phase(city_actor(board.city), board, "private")

    async def scene():
        one, two = await visit(live, board, alice), await visit(live, board, bob)
        for each in (one, two):
            each.ask(1)
        card = Card(new_id(), by=a, text="Nur für mich")
        assert (await one.change(card, drawer=1)).code == ""
        assert (await one.change(Card(new_id(), by=a))).code == "write"
        elsewhere = await visit(live, board, alice)
        elsewhere.ask(1)
        await until(lambda: card.id in read_all(elsewhere.documents[1]).cards)
        assert read_all(two.documents[0]).cards == read_all(two.documents[1]).cards == {}
        await aside(set_phase)(city_actor(board.city), board, "all")
        await until(lambda: card.id in read_all(two.documents[0]).cards)
        await until(lambda: one.stages and one.stages[-1]["charter"]["drawer"] == "none")

    play(scene())


def test_who_writes_on_after_the_drawers_were_emptied_early_loses_nothing(board, live):
    (alice, a), (bob, _b) = people(board, 2)
    set_phase(city_actor(board.city), board, "private")

    async def scene():
        one, two = await visit(live, board, alice), await visit(live, board, bob)
        one.ask(1)
        first, second = Card(new_id(), by=a, text="Vorher"), Card(new_id(), by=a, text="Nachher")
        assert (await one.change(first, drawer=1)).code == ""
        assert await aside(empty_drawers)(board) == 1
        await until(lambda: first.id in read_all(two.documents[0]).cards)
        # Her browser's drawer begins with what is on the board now: it is told to begin anew, and then the card is taken.
        assert (await one.change(second, drawer=1)).code == "missing"
        one.begin_anew(1)
        await until(lambda: first.id in read_all(one.documents[0]).cards)
        assert not read_all(one.documents[1]).cards
        assert (await one.change(second, drawer=1)).code == ""
        await aside(set_phase)(city_actor(board.city), board, "all")
        await until(lambda: {first.id, second.id} <= set(read_all(two.documents[0]).cards))

    play(scene())
    assert {"Vorher", "Nachher"} == {card.text for card in document_of(board).cards.values()}


def test_two_people_put_one_card_into_two_groups_and_both_hear_where_it_lies(board, live):
    (alice, a), (bob, b), (carla, _c) = people(board, 3)
    groups = [Group(f"group000000{n}", by="") for n in range(3)]
    put_on_board(board, lambda _there: [*groups, Card("number000001", number=1)])

    async def scene():
        one, two, three = [await visit(live, board, person) for person in (alice, bob, carla)]
        card = read_all(one.documents[0]).cards["number000001"]
        # Both act on what they know, and neither knows of the other.
        first, second = one.change(replace(card, group=groups[0].id)), two.change(replace(card, group=groups[1].id))
        assert ((await first).code, (await second).code) == ("", "")
        await until(lambda: one.clashes and two.clashes)
        lies_in = read_all(one.documents[0]).cards[card.id].group
        await until(lambda: same(one, two, three))
        assert one.clashes == two.clashes == [{"card": card.id, "group": lies_in, "aliases": sorted([a, b])}]
        assert three.clashes == []
        # Who knows where it lies may well put it elsewhere.
        assert (await two.change(replace(card, group=groups[2].id))).code == ""
        assert len(two.clashes) == 1

    play(scene())


def test_what_was_done_without_a_network_comes_once_and_in_order(board, live):
    (alice, a), (bob, _b) = people(board, 2)

    async def scene():
        one, two = await visit(live, board, alice), await visit(live, board, bob)
        card = Card(new_id(), by=a, text="eins")
        await one.change(card)
        one.socket.abort()
        await until(one.socket.closed.done)
        for text in ("eins zwei", "eins zwei drei"):
            one.change(replace(card, text=text))
        await until(lambda: same(two) and read_all(two.documents[0]).cards)
        await two.change(replace(read_all(two.documents[0]).cards[card.id], x=77))
        await visit(live, board, alice, one)
        await until(lambda: same(one, two))
        found = read_all(two.documents[0]).cards[card.id]
        assert (found.text, found.x) == ("eins zwei drei", 77)
        count = await aside(BoardUpdate.objects.of(board.city).filter(board=board).count)()
        one.socket.abort()
        await visit(live, board, alice, one)
        assert await aside(BoardUpdate.objects.of(board.city).filter(board=board).count)() == count

    play(scene())


def test_presence_is_bundled_and_forgotten(board, live):
    (alice, a), (bob, _b) = people(board, 2)

    async def scene():
        one, two = await visit(live, board, alice), await visit(live, board, bob)
        one.move(10, 20, "thing0000001")
        await until(lambda: a in two.presence)
        assert two.presence[a] == [10, 20, "thing0000001", ""]
        one.socket.close()
        await until(lambda: two.presence[a] == [])
        names = {alias: shown[0] for alias, shown in two.hello["seats"].items()}
        assert names[a] == "Gast 0"

    play(scene())


@pytest.mark.parametrize("phase", ["private", "hidden"])
def test_where_each_has_a_drawer_only_that_somebody_is_here_is_told(board, live, phase):
    (alice, a), (bob, _b) = people(board, 2)
    set_phase(city_actor(board.city), board, phase)

    async def scene():
        one, two = await visit(live, board, alice), await visit(live, board, bob)
        one.move(10, 20, "thing0000001")
        await until(lambda: a in two.presence)
        assert two.presence[a] == [0, 0, "", "hidden"]
        await aside(set_phase)(city_actor(board.city), board, "all")
        await until(lambda: one.stages and one.stages[-1]["phase"] == "all")
        one.move(10, 20, "thing0000001")
        await until(lambda: two.presence[a] == [10, 20, "thing0000001", ""])

    play(scene())


def test_a_slow_reader_gets_one_piece_and_does_not_hold_up_the_others(board):
    (alice, a), (bob, _b) = people(board, 2)
    live = LiveProcess(RATE_FACTOR="100")

    async def scene():
        one, slow = await visit(live, board, alice), await visit(live, board, bob)
        slow.socket.transport.pause_reading()
        points = " ".join(["-12345.2,-2345.5"] * 1_800)
        for _ in range(190):  # all that one person may draw
            assert (await one.change(Stroke(new_id(), by=a, points=points))).code == ""
        heard = slow.updates
        slow.socket.transport.resume_reading()
        await until(lambda: same(one, slow), seconds=20)
        assert slow.updates - heard < 180
        assert slow.bye is None

    try:
        play(scene())
    finally:
        live.stop()


def test_kill_9_loses_nothing_that_was_confirmed(board):
    guests, live = people(board, 4), LiveProcess()

    async def scene():
        confirmed = {}
        visitors = [await visit(live, board, person) for person, _alias in guests]

        async def work(visitor, alias):
            for n in range(200):
                card = Card(new_id(), by=alias, text=str(n))
                outcome = await visitor.change(card)
                if outcome.code:
                    return
                confirmed[card.id] = outcome.sequence
                await asyncio.sleep(0.2)

        working = [asyncio.create_task(work(visitor, alias)) for visitor, (_person, alias) in zip(visitors, guests, strict=True)]
        await until(lambda: len(confirmed) > 12)
        live.kill()
        await asyncio.gather(*working)
        await asyncio.to_thread(live.start)
        assert len(confirmed) > 12
        stored = await aside(document_of)(board)
        assert set(confirmed) - set(stored.cards) == set()
        # They come back with what was not confirmed, and all have the same.
        for visitor, (person, _alias) in zip(visitors, guests, strict=True):
            await visit(live, board, person, visitor)
        await until(lambda: same(*visitors))
        stored = await aside(document_of)(board)
        assert read_all(visitors[0].documents[0]) == stored

    try:
        play(scene())
    finally:
        live.stop()


def test_dots_are_counted_whoever_sends_them_at_once(board, live):
    (alice, a) = people(board, 1)[0]
    put_on_board(board, lambda _there: [Card("number000001", number=1)])

    async def scene():
        windows = [await visit(live, board, alice) for _ in range(2)]
        answers = await asyncio.gather(*(window.change(Dot(new_id(), a, "number000001")) for window in windows for _ in range(3)))
        assert sorted(answer.code for answer in answers)[:3] == ["", "", ""]
        assert sum(answer.code == "" for answer in answers) == 3
        dots = (await aside(document_of)(board)).dots
        assert len(dots) == 3
        window = await visit(live, board, alice)
        assert (await window.change(Removal("dots", next(iter(dots))))).code == ""

    play(scene())


def test_a_board_of_many_cards_comes_as_one_piece_and_an_edit_brings_only_itself(board, live):
    """How long that takes is measured by `make bench-boards`; here is counted what makes it so."""
    (alice, _a), (bob, _b) = people(board, 2)
    put_on_board(board, lambda _there: [Card(f"card{n:08d}", text="Ein Text vom Radweg", x=n % 100, y=n // 100) for n in range(2_000)])

    async def scene():
        one = await visit(live, board, alice)
        assert len(read_all(one.documents[0]).cards) == 2_000
        assert (one.pieces, one.received < 300 * 2_000) == (1, True)
        two = await visit(live, board, bob)
        before = two.received
        for n in range(20):
            card = read_thing(one.documents[0], "cards", f"card{n:08d}")
            assert (await one.change(replace(card, x=-5))).code == ""
        await until(lambda: same(one, two))
        assert two.received - before < 20 * 200

    play(scene())
    assert Board.objects.of(board.city).get(pk=board.pk).sequence == 22
