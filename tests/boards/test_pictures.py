"""Pictures on cards: taken in without what they tell, seen by who sees the board, hidden at once, refused with the words kept."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from tests.boards.playing import make_board, new_id, sit
from tests.boards.test_views import options_of, path_of
from tests.factories import make_actor, make_browser, make_city, make_staff
from tests.media.samples import jpeg, pdf

from civitas.boards.actions import set_phase, write
from civitas.boards.concluding import Wanted, settle
from civitas.boards.models import BoardPicture
from civitas.boards.pictures import decide_picture, destroy_picture, may_decide_pictures, may_put_up
from civitas.boards.queries import document_of
from civitas.boards.reading import read_boards
from civitas.boards.things import Card
from civitas.boards.walls import wall_of
from civitas.contributions.counts import miscounts
from civitas.contributions.models import Attachment
from civitas.journal.models import Entry
from civitas.kit.pdf import may_print
from civitas.kit.verdicts import Refused
from civitas.media.models import Derivative, MediaFile
from civitas.people.actors import Actor, actor_of, city_actor
from civitas.people.models import Role

if TYPE_CHECKING:
    from django.test import Client

    from civitas.boards.models import Board, Seat


@pytest.fixture
def alice(board: Board) -> tuple[Client, Actor, Seat]:
    actor, seat = sit(board)
    return make_browser(board.city, actor.participant), actor, seat


def photo(**options: Any) -> SimpleUploadedFile:
    return SimpleUploadedFile("IMG_1.jpg", jpeg(**options), "image/jpeg")


def put_up(browser: Client, board: Board, *, alt: str = "Ein Zebrastreifen", **options: Any) -> dict[str, Any]:
    answer = browser.post(path_of(board, "/bild"), {"picture": photo(**options), "alt": alt})
    return {"status": answer.status_code, **answer.json()}


def hang(board: Board, actor: Actor, seat: Seat, name: str, text: str = "Hier") -> str:
    key = new_id()
    write(actor, board, lambda _there: [Card(key, by=seat.alias, text=text, picture=name)])
    return key


def status(browser: Client, board: Board, name: str) -> int:
    answer = browser.get(path_of(board, f"/bild/{name}"))
    if answer.streaming:
        b"".join(answer.streaming_content)
    answer.close()
    return answer.status_code


def picture_of(board: Board) -> BoardPicture:
    return BoardPicture.objects.of(board.city).select_related("file__city", "board__city", "board__step__process").get(board=board)


def test_a_photo_comes_in_upright_and_without_its_data_and_everybody_at_the_board_sees_it(board: Board, alice: Any) -> None:
    browser, actor, seat = alice
    said = put_up(browser, board, width=1600, height=1200, orientation=6)
    assert (said["status"], said["alt"], said["waits"]) == (200, "Ein Zebrastreifen", False)
    hang(board, actor, seat, said["name"])
    answer = make_browser(board.city).get(path_of(board, f"/bild/{said['name']}"))
    assert (answer.status_code, answer["Content-Type"], answer["Cache-Control"]) == (200, "image/webp", "private, max-age=60")
    shown = Image.open(io.BytesIO(b"".join(answer.streaming_content)))
    assert shown.height > shown.width
    assert dict(shown.getexif()) == {}
    assert make_browser(board.city).get(path_of(board, "/bilder")).json() == {said["name"]: "Ein Zebrastreifen"}


def test_the_page_tells_where_pictures_go_and_are(board: Board, alice: Any) -> None:
    browser, _actor, _seat = alice
    options = options_of(browser.get(path_of(board)).content.decode(), board)
    assert options["upload"].endswith(f"/pinnwand/{board.uid}/bild")
    assert options["media"].endswith(f"/pinnwand/{board.uid}/bild/{{name}}")
    watcher = options_of(make_browser(board.city).get(path_of(board)).content.decode(), board)
    assert watcher["upload"] == ""


def test_what_is_no_picture_is_refused_in_words(board: Board, alice: Any) -> None:
    browser, _actor, _seat = alice
    for upload in (SimpleUploadedFile("a.pdf", pdf()), SimpleUploadedFile("a.jpg", b"not a picture at all")):
        answer = browser.post(path_of(board, "/bild"), {"picture": upload})
        assert answer.status_code == 400
        assert answer.json()["said"]
    assert browser.post(path_of(board, "/bild")).status_code == 400
    assert not MediaFile.objects.of(board.city).exists()


def test_a_picture_needs_a_seat_and_a_phase_in_which_one_writes(board: Board, alice: Any) -> None:
    browser, actor, seat = alice
    assert make_browser(board.city).post(path_of(board, "/bild"), {"picture": photo()}).status_code == 409
    set_phase(city_actor(board.city), board, "reading")
    board.refresh_from_db(fields=["phase"])
    assert put_up(browser, board)["status"] == 409
    assert not may_put_up(actor, board, seat)


def test_another_citys_board_does_not_exist(board: Board, alice: Any) -> None:
    browser, _actor, _seat = alice
    said = put_up(browser, board)
    stranger = make_browser(make_city("kassel"))
    assert stranger.post(path_of(board, "/bild"), {"picture": photo()}).status_code == 404
    assert status(stranger, board, said["name"]) == 404
    assert stranger.get(path_of(board, "/bilder")).status_code == 404
    assert make_board("bonn").city != board.city


def test_a_name_that_nobody_put_up_shows_nothing(board: Board, alice: Any) -> None:
    browser, _actor, _seat = alice
    assert status(browser, board, "a" * 32) == 404


def test_where_the_step_wants_it_the_team_looks_first(board: Board, alice: Any) -> None:
    browser, actor, seat = alice
    board.step.settings = {"moderation": "before"}
    board.step.save()
    said = put_up(browser, board)
    assert said["waits"]
    hang(board, actor, seat, said["name"])
    moderator = make_staff(board.city, Role.MODERATOR)
    desk, watcher = make_browser(board.city, moderator), make_browser(board.city)
    assert [status(who, board, said["name"]) for who in (browser, watcher, desk)] == [200, 404, 200]
    assert watcher.get(path_of(board, "/bilder")).json() == {}
    assert "1 picture waits" in desk.get("/en/verwaltung/").content.decode()
    page = desk.get("/en/verwaltung/pinnwand-bilder").content.decode()
    assert "Ein Zebrastreifen" in page
    assert desk.post(f"/en/verwaltung/pinnwand-bilder/{picture_of(board).pk}", {"do": "shown"}).status_code == 303
    assert status(watcher, board, said["name"]) == 200


def test_a_hidden_picture_is_off_the_board_at_once_and_comes_back_to_its_card(board: Board, alice: Any) -> None:
    browser, actor, seat = alice
    said = put_up(browser, board)
    key = hang(board, actor, seat, said["name"], "Bleibt")
    moderator = actor_of(make_staff(board.city, Role.MODERATOR))
    decide_picture(moderator, picture_of(board), "hidden")
    assert (document_of(board).cards[key].picture, document_of(board).cards[key].text) == ("", "Bleibt")
    assert status(browser, board, said["name"]) == 404
    decide_picture(moderator, picture_of(board), "shown")
    assert document_of(board).cards[key].picture == said["name"]
    assert status(browser, board, said["name"]) == 200
    decide_picture(moderator, picture_of(board), "shown")
    verbs = list(Entry.objects.of(board.city).filter(verb__startswith="board.picture").order_by("pk").values_list("verb", flat=True))
    assert verbs == ["board.picture_hidden", "board.picture_shown"]


def test_what_is_taken_away_for_good_leaves_no_bytes(board: Board, alice: Any) -> None:
    browser, actor, seat = alice
    said = put_up(browser, board)
    key = hang(board, actor, seat, said["name"])
    desk = make_browser(board.city, make_staff(board.city, Role.FACILITATOR))
    picture = picture_of(board)
    assert desk.post(f"/en/verwaltung/pinnwand-bilder/{picture.pk}", {"do": "destroy"}).status_code == 303
    assert document_of(board).cards[key].picture == ""
    assert not Derivative.objects.of(board.city).exists()
    assert not BoardPicture.objects.of(board.city).exists()
    assert desk.post(f"/en/verwaltung/pinnwand-bilder/{picture.pk}", {"do": "destroy"}).status_code == 404


def test_what_is_made_of_a_card_shows_its_picture_until_it_is_hidden(board: Board, alice: Any) -> None:
    browser, actor, seat = alice
    said = put_up(browser, board)
    hang(board, actor, seat, said["name"])
    owner = make_actor(board.city, Role.OWNER)
    settle(owner, board.step, [Wanted("board:0", "concept", "Zebrastreifen", pictures=(said["name"], "a" * 32))])
    attachment = Attachment.objects.of(board.city).select_related("file", "contribution").get()
    assert (attachment.alt, attachment.file.is_public, attachment.contribution.with_picture) == ("Ein Zebrastreifen", True, 1)
    assert miscounts(board.city) == []
    decide_picture(owner, picture_of(board), "hidden")
    assert not MediaFile.objects.of(board.city).get().is_public
    decide_picture(owner, picture_of(board), "shown")
    assert MediaFile.objects.of(board.city).get().is_public


def test_only_the_team_decides_about_pictures(board: Board, alice: Any) -> None:
    browser, actor, _seat = alice
    put_up(browser, board)
    picture = picture_of(board)
    path = f"/en/verwaltung/pinnwand-bilder/{picture.pk}"
    assert browser.post(path, {"do": "hidden"}).status_code == 403
    assert browser.get("/en/verwaltung/pinnwand-bilder").status_code == 403
    assert make_browser(board.city).get("/en/verwaltung/pinnwand-bilder").status_code == 302
    elsewhere = make_city("kassel")
    assert make_browser(elsewhere, make_staff(elsewhere, Role.MODERATOR)).post(path, {"do": "hidden"}).status_code == 404
    for refused in (decide_picture, destroy_picture):
        with pytest.raises(Refused):
            refused(actor, picture, *(("hidden",) if refused is decide_picture else ()))
    assert may_decide_pictures(make_actor(board.city, Role.OWNER))
    desk = make_browser(board.city, make_staff(board.city, Role.MODERATOR))
    assert desk.post(path, {"do": "paint"}).status_code == 400


def test_the_form_puts_a_picture_on_a_new_card_and_on_an_old_one(board: Board, alice: Any) -> None:
    browser, _actor, _seat = alice
    change = path_of(board, "/aendern")
    sent = {"do": "add", "text": "Mit Bild", "picture": photo(), "alt": "Eine Bank"}
    assert browser.post(change, sent).status_code == 303
    (card,) = document_of(board).cards.values()
    assert card.picture == picture_of(board).file.name
    page = browser.get(path_of(board)).content.decode()
    assert f'/bild/{card.picture}" alt="Eine Bank"' in page
    assert browser.post(change, {"do": "picture", "on": card.id}).status_code == 303
    assert document_of(board).cards[card.id].picture == ""
    answer = browser.post(change, {"do": "picture", "on": card.id})
    assert answer.status_code == 422
    assert "Please choose a picture first." in answer.content.decode()
    # A name is never taken from what was typed.
    assert browser.post(change, {"do": "add", "text": "Erfunden", "picture": "a" * 32}).status_code == 303
    assert {each.picture for each in document_of(board).cards.values()} == {""}


def test_a_refused_picture_keeps_the_typed_words_and_a_refused_card_no_file(board: Board, alice: Any) -> None:
    browser, _actor, _seat = alice
    change = path_of(board, "/aendern")
    sent = {"do": "add", "text": "Meine Worte", "field_who": "Emine", "alt": "Was man sieht"}
    answer = browser.post(change, {**sent, "picture": SimpleUploadedFile("a.jpg", b"no picture")})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "Meine Worte</textarea>" in page
    assert 'value="Was man sieht"' in page
    answer = browser.post(change, {**sent, "text": "x" * 501, "picture": photo()})
    assert answer.status_code == 422
    assert not MediaFile.objects.of(board.city).exists()


@pytest.mark.parametrize("count", [1, 3])
def test_the_teams_page_costs_the_same_for_many(board: Board, alice: Any, count: int, django_assert_max_num_queries: Any) -> None:
    browser, _actor, _seat = alice
    for _ in range(count):
        put_up(browser, board)
    desk = make_browser(board.city, make_staff(board.city, Role.MODERATOR))
    desk.get("/en/verwaltung/pinnwand-bilder")
    with django_assert_max_num_queries(12):
        assert desk.get("/en/verwaltung/pinnwand-bilder").content.decode().count('class="bpic"') == count


def test_paper_and_table_have_the_pictures_that_everybody_sees(board: Board, alice: Any) -> None:
    browser, actor, seat = alice
    name = put_up(browser, board, alt="Ein Zebrastreifen")["name"]
    hang(board, actor, seat, name, text="")
    table = browser.get(path_of(board, "/tabelle.csv")).content.decode()
    assert "Ein Zebrastreifen" in table
    if may_print():
        paper = browser.get(path_of(board, "/papier.pdf")).content
        read = pypdfium2.PdfDocument(paper)
        assert [each.type for each in read[0].get_objects()].count(pypdfium2.raw.FPDF_PAGEOBJ_IMAGE) == 1
    decide_picture(city_actor(board.city), picture_of(board), "hidden")
    assert "Ein Zebrastreifen" not in browser.get(path_of(board, "/tabelle.csv")).content.decode()


def test_a_card_that_is_a_picture_alone_says_what_it_shows(board: Board, alice: Any) -> None:
    browser, actor, seat = alice
    name = put_up(browser, board, alt="Ein Zebrastreifen")["name"]
    key = hang(board, actor, seat, name, text="")
    (read,) = read_boards(board.step)
    assert [(card.id, card.text) for card in read.cards] == [(key, "Ein Zebrastreifen")]
    assert wall_of(actor, board, names={}).papers[0].text == "Ein Zebrastreifen"
    decide_picture(city_actor(board.city), picture_of(board), "hidden")
    assert read_boards(board.step)[0].cards == []
