"""A board in the order in which it is read."""

from __future__ import annotations

from dataclasses import replace

from civitas.boards.outline import Entry, Field, outline, part_of
from civitas.boards.things import Card, Dot, Group, Line, Things

GROUP = Group("group00001", title="Schatten", colour="green", x=0, y=0)
LATER = Group("group00002", title="", x=0, y=400)
FIRST = Card("card000001", by="aliceaaa", text="Bäume", group="group00001", x=0, y=0)
SECOND = Card("card000002", by="bobbbbbb", text="Segel", group="group00001", x=16, y=0)
LOOSE = Card("card000003", by="aliceaaa", text="Wasser", x=20, y=900, region="who")
GONE = Card("card000004", by="aliceaaa", text="Weg damit", gone=True)
NAMES = {"aliceaaa": "Alice", "bobbbbbb": "Bob"}
CANVAS = {"regions": [{"key": "who", "title": "Wer?", "question": "Wie alt?", "colour": "blue"}]}


def things() -> Things:
    found = Things()
    for root, rows in {
        "groups": [LATER, GROUP],
        "cards": [SECOND, LOOSE, FIRST, GONE],
        "lines": [Line("line000001", by="aliceaaa", start=FIRST.id, end=LOOSE.id, label="braucht")],
        "dots": [Dot("dot0000001", by="aliceaaa", on=FIRST.id), Dot("dot0000002", by="bobbbbbb", on=FIRST.id)],
    }.items():
        found.by_root[root] = {row.id: row for row in rows}  # type: ignore[attr-defined]  # all have ids
    return found


def test_groups_come_in_the_order_of_their_places_and_then_what_lies_free() -> None:
    sections = outline(things(), NAMES)
    assert [(each.kind, each.title, [entry.card.text for entry in each.entries]) for each in sections] == [
        ("group", "Schatten", ["Bäume", "Segel"]),
        ("group", "Group without a name", []),
        ("loose", "Not in a group yet", ["Wasser"]),
    ]


def test_a_card_says_who_wrote_it_its_dots_and_what_it_is_connected_with() -> None:
    first = outline(things(), NAMES, reader="bobbbbbb")[0].entries[0]
    assert first == Entry(FIRST, "Alice", 2, 1, ("Wasser (braucht)",))


def test_a_canvas_gives_its_regions_with_their_questions() -> None:
    sections = outline(things(), NAMES, CANVAS)
    assert [(each.kind, each.key, each.note, len(each.entries)) for each in sections][2:] == [("region", "who", "Wie alt?", 1)]


def test_what_one_took_away_is_shown_to_oneself_alone() -> None:
    assert [each.kind for each in outline(things(), NAMES, reader="aliceaaa")][-1] == "gone"
    assert "gone" not in [each.kind for each in outline(things(), NAMES, reader="bobbbbbb")]


def test_short_texts_have_the_labels_of_the_method() -> None:
    there = things()
    there.cards[LOOSE.id] = replace(LOOSE, fields={"who": "Ada"})
    fields = outline(there, NAMES, fields={"who": "Who", "until": "By when"})[-1].entries[0].fields
    assert fields == (Field("who", "Who", "Ada"), Field("until", "By when", ""))


def test_a_large_board_is_read_in_parts() -> None:
    sections = outline(things(), NAMES)
    parts = [
        [(each.title, [entry.card.text for entry in each.entries]) for each in part_of(sections, number, 1)] for number in (1, 2, 3, 4)
    ]
    assert parts == [
        [("Schatten", ["Bäume"]), ("Group without a name", [])],
        [("Schatten", ["Segel"])],
        [("Not in a group yet", ["Wasser"])],
        [],
    ]
