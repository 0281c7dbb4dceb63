"""The frame round a board."""

from __future__ import annotations

from civitas.boards.frames import frame


def test_the_phases_say_what_was_and_what_is() -> None:
    board = frame("x", "Brett", phases=(("own", "Für sich"), ("all", "Alle"), ("name", "Namen")), phase="all")
    assert [(step["key"], step["state"]) for step in board["phases"]] == [("own", "done"), ("all", "now"), ("name", "")]


def test_a_board_to_try_out_has_a_seat_and_no_address() -> None:
    options = frame("x", "Brett", sample={"cards": []})["options"]
    assert (options["seat"], options["live"], options["sample"]) == ("me", "", {"cards": []})


def test_who_watches_a_live_board_has_no_seat() -> None:
    options = frame("x", "Brett", live="wss://hamburg.example.org/live/board/x", charter={"dots": 2})["options"]
    assert (options["seat"], options["charter"]) == ("", {"dots": 2})
    assert "sample" not in options


def test_every_sentence_for_one_and_for_more_has_both() -> None:
    words = frame("x", "Brett")["options"]["words"]
    assert {len(said) for said in words.values() if isinstance(said, list)} == {2}
