"""What an enemy sends without our client: for each ability a raw update without the right, as somebody else, or of odd make.

Nothing of it is kept, the document stays byte for byte as it was, and what honest people sent before and send after is there for all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycrdt import Map, Text
from tests.boards.playing import ALL, Browser
from tests.boards.test_sheets import DOT, GROUP, LINE, ME, MINE, NEW, OTHER, OWN, PROPOSED, STROKE, THEIRS, make_sheet

from civitas.boards.charters import READING
from civitas.boards.documents import Malformed, new_document, read_all, update_of
from civitas.boards.judging import judge_all
from civitas.boards.live.protocol import number
from civitas.boards.sheets import Sheet, Tried
from civitas.boards.things import MOST, MOST_GONE, MOST_INK, Card, Change, Dot, Group, Line, Removal, Stroke, Things
from civitas.boards.updates import MOST_CLIENTS, read_sound, read_state

if TYPE_CHECKING:
    from collections.abc import Callable

    from pycrdt import Doc

    from civitas.boards.charters import Charter

OWN_ALONE = replace(OWN, group=False, name_groups=False, connect=False)
ENEMY = 66  # the Yjs client number of who forges


def raw(sheet: Sheet, change: Callable[[Doc[Any]], object], *, client: int = ENEMY) -> bytes:
    """An update that no client of ours makes."""
    document = new_document(sheet.sound.get_update(), client=client)
    with update_of(document) as made, document.transaction():
        change(document)
    return made()


def answer(sheet: Sheet, update: bytes, charter: Charter = ALL, alias: str = ME) -> str:
    """'kept', or the code of the refusal; the document was not touched, and what was known is known as before."""
    before, known, owners = sheet.sound.get_update(), dict(sheet.known), dict(sheet.owners)
    trial = sheet._watched.document.get_update()
    try:
        result = sheet.try_update(update, alias, charter)
    except Malformed as error:
        found = f"!{error}"  # ends the connection
    else:
        found = "kept" if isinstance(result, Tried) else result.code
    assert sheet.sound.get_update() == before
    if found != "kept":
        assert (sheet.waiting, sheet.known, sheet.owners) == ([], known, owners)
        assert sheet._watched.document.get_update() == trial
        assert read_all(sheet._watched.document) == sheet.things
    return found


def set_key(root: str, key: str, name: str, value: object) -> Callable[[Doc[Any]], object]:
    return lambda d: d[root][key].update({name: value})


# Every key of every thing: a value of the wrong kind, one beyond its bounds, and a nested one.
KEYS = {
    ("cards", MINE.id): ("by", "text", "colour", "x", "y", "group", "region", "picture", "number", "gone", "fields"),
    ("groups", GROUP.id): ("by", "title", "colour", "x", "y", "w", "h", "proposed", "gone"),
    ("lines", LINE.id): ("by", "from", "to", "label", "gone"),
    ("strokes", STROKE.id): ("by", "points", "colour", "width", "gone"),
    ("dots", DOT.id): ("by", "on"),
}
ODD = {
    "of the wrong kind": {"text": 5.5, "number": "seven", "flag": "yes"},
    "too large": {"text": "x" * 40_000, "number": 1e9, "flag": 1.0},
    "below all": {"text": "\x00", "number": -1e9, "flag": 0.0},
    "no number": {"text": "\x00", "number": float("nan"), "flag": float("inf")},
}
NUMBERS, FLAGS = {"x", "y", "w", "h", "number", "width"}, {"gone", "proposed"}


def kind_of(name: str) -> str:
    return "number" if name in NUMBERS else "flag" if name in FLAGS else "text"


@pytest.mark.parametrize(
    ("place", "name", "odd"),
    [pytest.param(place, name, odd, id=f"{place[0]}.{name} {odd}") for place, names in KEYS.items() for name in names for odd in ODD],
)
def test_no_key_takes_what_is_not_its_kind(place: tuple[str, str], name: str, odd: str) -> None:
    sheet = make_sheet()
    update = raw(sheet, set_key(*place, name, ODD[odd][kind_of(name)]))
    assert answer(sheet, update) not in {"kept", ""}


@pytest.mark.parametrize(
    ("place", "name"), [pytest.param(place, name, id=f"{place[0]}.{name}") for place, names in KEYS.items() for name in names]
)
@pytest.mark.parametrize("shared", ["map", "text"])
def test_no_key_takes_a_shared_type_put_anew(place: tuple[str, str], name: str, shared: str) -> None:
    sheet = make_sheet()
    update = raw(sheet, set_key(*place, name, Map({"a": "b"}) if shared == "map" else Text("a")))
    assert answer(sheet, update) not in {"kept", ""}


@pytest.mark.parametrize("place", KEYS, ids=lambda place: place[0])
@pytest.mark.parametrize("name", ["evil", "__proto__", "constructor", "", "x" * 5_000])
def test_no_thing_takes_a_key_that_it_does_not_have(place: tuple[str, str], name: str) -> None:
    sheet = make_sheet()
    assert answer(sheet, raw(sheet, set_key(*place, name, "x"))).startswith("!")


THINGS = {
    "card": lambda key, by: Card(key, by=by, text="Neu"),
    "group": lambda key, by: Group(key, by=by, title="Neu"),
    "line": lambda key, by: Line(key, by=by, start=MINE.id, end=THEIRS.id),
    "stroke": lambda key, by: Stroke(key, by=by, points="1,1 2,2"),
    "dot": lambda key, by: Dot(key, by=by, on=MINE.id),
}
LYING = {"card": THEIRS, "group": GROUP, "line": LINE, "stroke": STROKE, "dot": DOT}
ROOT_OF = {"card": "cards", "group": "groups", "line": "lines", "stroke": "strokes", "dot": "dots"}


@pytest.mark.parametrize("kind", THINGS)
def test_nothing_is_made_in_anothers_name_or_in_none(kind: str) -> None:
    sheet = make_sheet()
    for by in (OTHER, "", "nobodyxy"):
        assert answer(sheet, Browser(sheet).change(THINGS[kind]("fresh0000001", by))) == "forged"


@pytest.mark.parametrize("kind", THINGS)
def test_nobody_becomes_the_author_of_what_another_made(kind: str) -> None:
    sheet = make_sheet()
    assert answer(sheet, Browser(sheet).change(replace(LYING[kind], by=ME))) == "forged"


@pytest.mark.parametrize("kind", THINGS)
def test_nobody_takes_anothers_thing_or_a_key_of_it_out_of_the_document(kind: str) -> None:
    sheet = make_sheet()
    root, thing = ROOT_OF[kind], LYING[kind]
    assert answer(sheet, raw(sheet, lambda d: d[root].pop(thing.id))) == "forged"
    for name in list(sheet.sound[root][thing.id].keys()):
        update = raw(sheet, lambda d, name=name: d[root][thing.id].pop(name))  # type: ignore[misc]  # bound at once
        assert answer(sheet, update, OWN_ALONE) not in {"kept", ""}


@pytest.mark.parametrize("kind", THINGS)
def test_who_may_only_read_leaves_no_trace_at_all(kind: str) -> None:
    sheet = make_sheet()
    thing, root = LYING[kind], ROOT_OF[kind]
    for update in (
        Browser(sheet).change(THINGS[kind]("fresh0000001", ME)),
        raw(sheet, lambda d: d[root][thing.id].update({"by": thing.by})),  # sets what stands there
        raw(sheet, lambda d: d[root][thing.id].pop("gone", None) if "gone" in d[root][thing.id] else d[root].pop(thing.id)),  # its default
    ):
        assert answer(sheet, update, READING) not in {"kept", ""}


def test_what_touches_a_thing_and_changes_nothing_needs_a_right_to_it() -> None:
    sheet = make_sheet()
    same = raw(sheet, set_key("cards", THEIRS.id, "x", float(THEIRS.x)))
    assert answer(sheet, same, OWN_ALONE) == "forged"
    assert answer(sheet, same, ALL) == "kept"


UNSEEN = {"a NUL": "\x00", "a bell": "\x07", "an escape": "\x1b[2J", "text turned round": "\u202ecba\u202c", "an isolate": "\u2066x\u2069"}


@pytest.mark.parametrize("name", UNSEEN)
def test_no_text_takes_what_nobody_sees(name: str) -> None:
    sheet, sign = make_sheet(), UNSEEN[name]
    for wanted in (
        replace(NEW, text=f"a{sign}"),
        replace(MINE, text=f"a{sign}"),
        replace(MINE, fields={"who": sign}),
        Group("fresh0000001", by=ME, title=sign),
        replace(GROUP, title=sign),
        Line("fresh0000001", ME, MINE.id, THEIRS.id, sign),
        replace(LINE, label=sign),
    ):
        assert answer(sheet, Browser(sheet).change(wanted)) == "unsound"
    assert answer(sheet, Browser(sheet).change(replace(MINE, region=sign))) == "!signs"
    assert answer(sheet, Browser(sheet).change(replace(MINE, picture=sign))) == "!signs"
    assert answer(sheet, Browser(sheet).change(replace(NEW, id=f"newcard{sign}"))) == "!id"


def test_words_of_all_languages_are_text_like_any_other() -> None:
    sheet = make_sheet()
    for text in ("Größe, Maß, Straße", "مرحبا بالعالم", "שלום 🌳", "👩‍👩‍👧‍👦 نعم", "a\u200c\u200db", "Zeile\nZeile\tTab"):
        assert answer(sheet, Browser(sheet).change(replace(NEW, text=text))) == "kept"
        sheet.drop()


@pytest.mark.parametrize("picture", ["../../etc/passwd", "a/../b", "x.png?y", "a b", "https://evil.example/x.png"])
def test_a_picture_is_named_and_no_address(picture: str) -> None:
    sheet = make_sheet()
    assert answer(sheet, Browser(sheet).change(replace(MINE, picture=picture))) == "!signs"


@pytest.mark.parametrize("points", ["1_0,2", "\u0661,\u0662", "1e3,2", " 1,2", "1,2\n", "+1,2", "1,2  3,4", "1,2 3", "60000,0", ""])
def test_a_drawing_says_numbers_as_browsers_read_them(points: str) -> None:
    sheet = make_sheet()
    assert answer(sheet, Browser(sheet).change(Stroke("fresh0000001", by=ME, points=points))) == "!points"


# What no view shows, and what browsers and server might take differently: built by hand, since no library makes it.

HEAD = bytes([1])  # one client


def struct(info: int, *parts: bytes) -> bytes:
    return bytes([info]) + b"".join(parts)


def item(client: int, clock: int) -> bytes:
    return number(client) + number(clock)


def words(text: str) -> bytes:
    return number(len(text.encode())) + text.encode()


def made(*structs: bytes, client: int = ENEMY, clock: int = 0, deletes: bytes = b"\x00") -> bytes:
    return HEAD + number(len(structs)) + number(client) + number(clock) + b"".join(structs) + deletes


ANY, STRING, TYPE, DELETED, GC = 8, 4, 7, 1, 0
LEFT, RIGHT, SUB = 0x80, 0x40, 0x20
A_VALUE = b"\x01" + b"\x77" + words("x")  # one value, a text


@dataclass
class Whereabouts:
    """Where the items of a document lie that a forged update refers to."""

    card: tuple[int, int]
    text: tuple[int, int]
    letter: tuple[int, int]
    value: tuple[int, int]
    stage: tuple[int, int]
    foreign: tuple[int, int]


def whereabouts(sheet: Sheet) -> Whereabouts:
    """Found by reading the document as it is."""
    structs = [(client, each) for client, found in read_sound(sheet.sound.get_update()).structs.items() for each in found]
    card = next((client, each.clock) for client, each in structs if each.root == "cards" and each.key == MINE.id)
    inside = {each.key: (client, each.clock) for client, each in structs if each.parent == card}
    letter = next((client, each.clock) for client, each in structs if each.parent == inside["text"])
    stage = next((client, each.clock) for client, each in structs if each.root == "stage")
    other = next((client, each.clock) for client, each in structs if each.root == "cards" and each.key == THEIRS.id)
    text = next((client, each.clock) for client, each in structs if each.parent == other and each.key == "text")
    foreign = next((client, each.clock) for client, each in structs if each.parent == text)
    return Whereabouts(card, inside["text"], letter, inside["x"], stage, foreign)


UNSEEABLE: dict[str, tuple[Callable[[Whereabouts], bytes], str]] = {
    "letters in a card": (lambda at: made(struct(STRING, b"\0", item(*at.card), words("hidden"))), "misplaced"),
    "a value in a card, under no key": (lambda at: made(struct(ANY, b"\0", item(*at.card), A_VALUE)), "misplaced"),
    "a key on a text": (lambda at: made(struct(ANY | SUB, b"\0", item(*at.text), words("k"), A_VALUE)), "misplaced"),
    "a map within a text's key": (lambda at: made(struct(TYPE | SUB, b"\0", item(*at.text), words("k"), b"\x01")), "misplaced"),
    "a value among letters": (lambda at: made(struct(ANY | LEFT, item(*at.letter), A_VALUE)), "misplaced"),
    "a map among letters": (lambda at: made(struct(TYPE | LEFT, item(*at.letter), b"\x01")), "misplaced"),
    "letters as a value": (lambda at: made(struct(STRING | LEFT, item(*at.value), words("red"))), "misplaced"),
    "letters as a key's first value": (
        lambda at: made(struct(STRING | SUB, b"\0", item(*at.card), words("region"), words("red"))), "misplaced",
    ),
    "something within a value": (lambda at: made(struct(ANY | SUB, b"\0", item(*at.value), words("k"), A_VALUE)), "misplaced"),
    "something within a letter": (lambda at: made(struct(STRING, b"\0", item(*at.letter), words("x"))), "misplaced"),
    "plain words instead of shared ones": (lambda at: made(struct(ANY | SUB, b"\0", item(*at.card), words("title"), A_VALUE)), "misplaced"),
    "between two texts": (lambda at: made(struct(STRING | LEFT | RIGHT, item(*at.letter), item(*at.foreign), words("x"))), "astray"),
    "between a text and a value": (lambda at: made(struct(STRING | LEFT | RIGHT, item(*at.letter), item(*at.value), words("x"))), "astray"),
    "the stage by what stands there": (lambda at: made(struct(ANY | LEFT, item(*at.stage), A_VALUE)), "forged"),
    "a root of its own": (lambda _at: made(struct(ANY | SUB, b"\1", words("evil"), words("k"), A_VALUE)), "root"),
    "a list in a root": (lambda _at: made(struct(STRING, b"\1", words("cards"), words("x"))), "list"),
    "each builds on the other": (
        lambda _at: b"\x02\x01" + number(67) + b"\0" + struct(STRING | LEFT, item(68, 0), words("a"))
        + b"\x01" + number(68) + b"\0" + struct(STRING | LEFT, item(67, 0), words("b"))
        + b"\0",
        "circle",
    ),
    "it builds on itself": (lambda _at: made(struct(STRING | LEFT, item(ENEMY, 0), words("a"))), "circle"),
    "a gap of four billion": (lambda _at: made(struct(GC, number(2**32 - 1))), "number"),
    "gaps that add up to more than can be counted": (lambda _at: made(*[struct(GC, number(2**31 - 1))] * 2), "number"),
    "a gap said as an item": (lambda at: made(struct(GC | LEFT, item(*at.letter), number(1))), "content"),
    "a number said longer than needed": (
        lambda _at: made(struct(TYPE | SUB, b"\1", words("cards"), words("newcard00001"), b"\x81\x00")), "type",
    ),
    "a count that wraps round in 32 bits": (lambda _at: b"\x80\x80\x80\x80\x10\0", "number"),
    "a large whole number": (lambda at: made(struct(ANY | SUB, b"\0", item(*at.card), words("x"), b"\x01\x7a" + bytes(8))), "value"),
    "words that are no UTF-8": (
        lambda at: made(struct(ANY | SUB, b"\0", item(*at.card), words("region"), b"\x01\x77\x02\xff\xfe")), "text",
    ),
    "half a letter in UTF-8": (lambda at: made(struct(STRING | LEFT, item(*at.letter), b"\x03\xed\xa0\x80")), "text"),
    "a crowd of client numbers": (
        lambda _at: number(MOST_CLIENTS + 1)
        + b"".join(b"\x01" + number(9_000 + n) + b"\0" + struct(GC, b"\x01") for n in range(MOST_CLIENTS + 1))
        + b"\0",
        "clients",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", UNSEEABLE)
@pytest.mark.parametrize("charter", [ALL, READING], ids=["all", "reading"])
def test_nothing_is_hidden_where_no_view_shows_it(name: str, charter: Charter) -> None:
    make, code = UNSEEABLE[name]
    sheet = make_sheet()
    assert answer(sheet, make(whereabouts(sheet)), charter).lstrip("!") == code
    assert answer(sheet, Browser(sheet).change(NEW)) == "kept"


def test_nobody_cuts_a_letter_in_two() -> None:
    sheet = make_sheet()
    tree = "\U0001f333"
    sheet.try_update(Browser(sheet, client=500).change(replace(MINE, text=f"{tree}Baum")), ME, ALL)
    sheet.settle()
    client, first = next(
        (client, each.clock) for client, found in read_sound(sheet.sound.get_update()).structs.items() for each in found if each.halves
    )
    between = made(struct(STRING | LEFT | RIGHT, item(client, first), item(client, first + 1), words("x")))
    after_half = made(struct(STRING | LEFT, item(client, first), words("x")))
    before_half = made(struct(STRING | RIGHT, item(client, first + 1), words("x")))
    deletes = [b"\0\1" + number(client) + b"\1" + number(start) + b"\1" for start in (first, first + 1)]
    for update in (between, after_half, before_half, *deletes):
        assert answer(sheet, update) == "!split"
    # What begins in the middle of a letter because its beginning is there already.
    sheet.try_update(made(struct(STRING | LEFT, item(client, first + 1), words(tree)), client=77), ME, ALL)
    sheet.settle()
    again = made(struct(STRING | LEFT, item(client, first + 1), words(f"a{tree}{tree}")), client=77)
    assert answer(sheet, again) == "!split"
    assert sheet.things.cards[MINE.id].text == f"{tree}{tree}Baum"


def test_what_was_written_into_something_that_is_gone_meanwhile_is_no_forgery() -> None:
    sheet = make_sheet()
    sheet.try_update(Browser(sheet, client=500).change(NEW), ME, ALL)
    sheet.settle()
    offline = Browser(sheet, client=501)
    sheet.try_update(Browser(sheet, client=502).change(Removal("cards", NEW.id)), ME, ALL)
    sheet.settle()
    typed = offline.change(replace(NEW, text="Neu und noch mehr", x=7))
    assert answer(sheet, typed) == "kept"
    sheet.settle()
    assert NEW.id not in sheet.things.cards
    # Also for a process that opens the board after that.
    opened = Sheet([sheet.sound.get_update()], {1: ""})
    assert answer(opened, Browser(opened).change(replace(MINE, x=1))) == "kept"


def test_dots_of_a_drawer_and_of_the_board_are_counted_together() -> None:
    board = make_sheet()
    for n in range(2):
        board.try_update(Browser(board).change(Dot(f"dot00000001{n}", ME, MINE.id)), ME, ALL)
        board.settle()
    drawer = Sheet([], {1: ""}, ground=board.things)
    charter = replace(ALL, drawer="dots").in_drawer()
    assert answer(drawer, Browser(drawer).change(Dot("dot000000021", ME, MINE.id)), charter) == "kept"
    drawer.settle()
    assert answer(drawer, Browser(drawer).change(Dot("dot000000022", ME, MINE.id)), charter) == "dots_spent"


def test_a_board_takes_no_more_than_all_can_load() -> None:
    things = Things()
    for root, kind in (("groups", Group), ("lines", Line), ("strokes", Stroke)):
        things.by_root[root] = {f"{n:08d}": kind(f"{n:08d}", by=OTHER) for n in range(MOST[root])}  # type: ignore[misc]
    things.by_root["cards"] = {MINE.id: MINE, THEIRS.id: THEIRS}
    for root, thing in (
        ("groups", Group("fresh0000001", by=ME)),
        ("lines", Line("fresh0000001", by=ME, start=MINE.id, end=THEIRS.id)),
        ("strokes", Stroke("fresh0000001", by=ME, points="1,1")),
    ):
        change = Change(root, thing.id, None, thing)
        things.put(change)
        assert judge_all([change], ME, ALL, things).code == "full"
    things.by_root["strokes"] = {"a": Stroke("a", by=OTHER, points="x" * MOST_INK)}
    change = Change("strokes", "fresh0000001", None, Stroke("fresh0000001", by=ME, points="1,1"))
    things.put(change)
    assert judge_all([change], ME, ALL, things).code == "full"


def test_cards_that_were_taken_away_fill_a_board_too() -> None:
    things = Things()
    things.by_root["cards"] = {f"{n:08d}": Card(f"{n:08d}", by=ME, gone=True) for n in range(5_010)}
    change = Change("cards", "fresh0000001", None, Card("fresh0000001", by=ME))
    things.put(change)
    assert judge_all([change], ME, replace(ALL, limit=10), things).code == "full"


@pytest.mark.parametrize("gone", [False, True])
def test_nobody_fills_a_board_alone_whatever_one_message_holds(gone: bool) -> None:
    charter = replace(ALL, limit=1_000)
    most = (charter.limit + MOST_GONE if gone else charter.limit) // 2
    for count, code in ((most, ""), (most + 1, "share")):
        things = Things()
        made = [Card(f"mine{n:08d}", by=ME, gone=gone) for n in range(count - 1)]
        things.by_root["cards"] = {card.id: card for card in [*made, *(Card(f"other{n:07d}", by=OTHER) for n in range(99))]}
        change = Change("cards", "fresh0000001", None, Card("fresh0000001", by=ME))
        things.put(change)
        assert judge_all([change], ME, charter, things).code == code
        other = Change("cards", "fresh0000002", None, Card("fresh0000002", by=OTHER))
        things.put(other)
        assert judge_all([other], OTHER, charter, things).code == ""


def test_half_of_each_other_thing_is_one_persons_too() -> None:
    for root, kind in (("groups", Group), ("lines", Line), ("strokes", Stroke)):
        things = Things()
        things.by_root["cards"] = {MINE.id: MINE, THEIRS.id: THEIRS}
        things.by_root[root] = {f"{n:08d}": kind(f"{n:08d}", by=ME) for n in range(MOST[root] // 2)}  # type: ignore[misc]
        thing = Line("fresh0000001", by=ME, start=MINE.id, end=THEIRS.id) if root == "lines" else kind("fresh0000001", by=ME)  # type: ignore[misc]
        change = Change(root, thing.id, None, thing)
        things.put(change)
        assert judge_all([change], ME, ALL, things).code == "share"


# Whatever comes in whatever order: legal edits, illegal ones, forged bytes, of several people with several tabs.

IDS = st.sampled_from([MINE.id, THEIRS.id, GROUP.id, PROPOSED.id, LINE.id, STROKE.id, DOT.id, "fresh0000001", "fresh0000002", "odd"])
LETTERS = st.text(st.sampled_from("aäß\U0001f333\u0645\u202e\x00\n"), max_size=8)
NUMBERS_DRAWN = st.floats(-60_000, 60_000, width=32)
WANTED = st.one_of(
    st.builds(Card, IDS, st.sampled_from([ME, OTHER, ""]), LETTERS, st.sampled_from(["yellow", "red", "odd"]), NUMBERS_DRAWN, NUMBERS_DRAWN,
              IDS | st.just(""), st.sampled_from(["", "pains", "\x00"]), number=st.sampled_from([0, 0, 7]), gone=st.booleans()),
    st.builds(Group, IDS, st.sampled_from([ME, OTHER, ""]), LETTERS, proposed=st.booleans(), gone=st.booleans()),
    st.builds(Line, IDS, st.sampled_from([ME, OTHER]), IDS, IDS, LETTERS),
    st.builds(Stroke, IDS, st.sampled_from([ME, OTHER]), st.sampled_from(["1,1 2,2", "x"])),
    st.builds(Dot, IDS, st.sampled_from([ME, OTHER]), IDS),
    st.builds(Removal, st.sampled_from(["cards", "groups", "lines", "strokes", "dots"]), IDS),
)  # fmt: skip
CHARTERS = st.sampled_from([ALL, OWN, READING, replace(ALL, group=False, dots=1), replace(ALL, write="none", limit=4)])
MOVES = st.one_of(
    st.tuples(st.just("honest"), st.integers(0, 3), st.lists(WANTED, min_size=1, max_size=3), CHARTERS),
    st.tuples(st.just("hear"), st.integers(0, 3), st.none(), st.none()),
    st.tuples(st.just("offline"), st.integers(0, 3), st.lists(WANTED, min_size=1, max_size=2), CHARTERS),
    st.tuples(st.just("forge"), st.integers(0, 3), st.sampled_from(sorted(UNSEEABLE)), CHARTERS),
    st.tuples(st.just("noise"), st.integers(0, 3), st.binary(max_size=12), CHARTERS),
    st.tuples(st.just("other process"), st.integers(0, 3), st.none(), st.none()),
)


@settings(max_examples=60)
@given(st.lists(MOVES, max_size=14))
def test_after_each_refusal_all_is_as_before_and_all_honest_clients_converge(moves: list[Any]) -> None:
    sheet = make_sheet()
    log = [sheet.sound.get_update()]
    aliases = [ME, ME, OTHER, OTHER]
    tabs = [Browser(sheet) for _ in aliases]
    unsent: dict[int, bytes] = {}
    for what, who, wanted, charter in moves:
        tab = tabs[who]
        if what == "hear":
            tab.document.apply_update(sheet.sound.get_update())
            continue
        if what == "other process":
            sheet = Sheet(log, {1: "", **sheet.owners})
            continue
        if what == "offline":
            tab.change(*wanted)  # sent with what comes next, as one piece
            unsent[who] = b""
            continue
        if what == "honest":
            tab.change(*wanted)
            update = tab.document.get_update(sheet.sound.get_state())
        elif what == "forge":
            update = UNSEEABLE[wanted][0](whereabouts(sheet)) if MINE.id in sheet.things.cards and is_whole(sheet) else b"\0\0"
        else:
            update = tab.document.get_update(sheet.sound.get_state())[: 3 + len(wanted)] + wanted
        found = answer(sheet, update, charter, aliases[who])
        if found == "kept":
            log += [each.update for each in sheet.waiting]
            sheet.settle()
        elif what == "honest":  # as our client does: begin anew
            tabs[who] = Browser(sheet)
    replayed = new_document(*log)
    assert read_all(replayed) == read_all(sheet.sound) == sheet.things
    assert read_state(replayed.get_state()) == sheet.known
    for each in range(len(tabs)):
        listener = Browser(sheet)
        for update in log[each:]:  # late, twice and out of order does no harm
            listener.document.apply_update(update)
        assert read_all(listener.document) == sheet.things
    assert answer(sheet, Browser(sheet).change(replace(NEW, id="honest000001"))) == "kept"


def is_whole(sheet: Sheet) -> bool:
    """Whether the card still has all that a forged update refers to."""
    try:
        whereabouts(sheet)
    except (StopIteration, KeyError):
        return False
    return True
