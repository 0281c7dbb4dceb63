"""Each edit is judged on a trial copy: for each ability a forged update is tried, and the document is what the log says, whatever comes."""

from __future__ import annotations

import contextlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycrdt import Map, Text
from tests.boards.playing import ALL, Browser

from civitas.boards.charters import READING, Charter
from civitas.boards.documents import Malformed, new_document, put_stage, put_things, read_all, update_of
from civitas.boards.sheets import Sheet, Tried
from civitas.boards.things import Card, Dot, Group, Line, Removal, Stroke
from civitas.boards.updates import read_state

ME, OTHER = "aaaaaaaa", "bbbbbbbb"
MINE = Card("minecard0001", by=ME, text="Meine Karte", x=10, y=20)
THEIRS = Card("theircard001", by=OTHER, text="Deine Karte", fields={"who": "du"})
GROUP = Group("group0000001", by=OTHER, title="Schatten")
PROPOSED = Group("group0000002", by="", title="Wasser", proposed=True)
LINE = Line("line00000001", OTHER, MINE.id, THEIRS.id)
STROKE = Stroke("stroke000001", OTHER, "1,2 3,4")
DOT = Dot("dot000000001", OTHER, MINE.id)
BROUGHT = Card("number000007", text="Mehr Bäume", number=7)
LYING = (MINE, THEIRS, GROUP, PROPOSED, LINE, STROKE, DOT, BROUGHT)


@pytest.fixture
def sheet():
    return make_sheet()


def make_sheet():
    found = Sheet([], {1: ""})
    assert isinstance(found.try_change(lambda document: put_things(document, LYING), "", None), Tried)
    found.try_change(lambda document: put_stage(document, {"phase": "all"}), "", None)
    found.settle()
    return found


def tried(sheet, update, charter, alias=ME):
    """'kept', or the code of the refusal; afterwards nothing waits, and trial, values and document agree."""
    before = sheet.sound.get_update()
    try:
        result = sheet.try_update(update, alias, charter)
        answer = "kept" if isinstance(result, Tried) else result.code
    except Malformed as error:
        answer = str(error)
    assert sheet.sound.get_update() == before, "only what is committed counts"
    if answer != "kept":
        assert sheet.waiting == []
        assert read_all(sheet._watched.document) == read_all(sheet.sound)
    sheet.drop()
    assert read_all(sheet.sound) == sheet.things
    return answer


NEW = Card("newcard00001", by=ME, text="Neu")
NEW_GROUP = Group("newgroup0001", by=ME, title="Neu")
NEW_LINE = Line("newline00001", ME, MINE.id, THEIRS.id, "also")
NEW_STROKE = Stroke("newstroke001", ME, "1,1 2,2")
NEW_DOT = Dot("newdot000001", ME, THEIRS.id)
OWN = replace(ALL, write="own", move="own", remove="own")
# Each ability: what is done, with which charter it is kept, with which it is refused and why.
ABILITIES = [
    ("lay a card", [NEW], Charter(write="own"), READING, "write"),
    ("change own words", [replace(MINE, text="Anders")], Charter(write="own"), READING, "write"),
    ("change others' words", [replace(THEIRS, text="Anders")], Charter(write="all"), OWN, "write_others"),
    ("move an own card", [replace(MINE, x=99)], Charter(move="own"), replace(ALL, move="none"), "move"),
    ("move others' cards", [replace(THEIRS, y=99)], Charter(move="all"), OWN, "move_others"),
    ("put into a region", [replace(THEIRS, region="pains")], Charter(move="all"), OWN, "move_others"),
    ("take an own card away", [replace(MINE, gone=True)], Charter(remove="own"), replace(ALL, remove="none"), "remove"),
    ("take others' cards away", [replace(THEIRS, gone=True)], Charter(remove="all"), OWN, "remove_others"),
    ("put a card into a group", [replace(THEIRS, group=GROUP.id)], Charter(group=True), replace(ALL, group=False), "group"),
    ("make a group", [NEW_GROUP], Charter(group=True, name_groups=True), replace(ALL, group=False), "group"),
    ("move a group", [replace(GROUP, x=7)], Charter(group=True), replace(ALL, group=False), "group"),
    ("name a group", [replace(GROUP, title="Bäume")], Charter(name_groups=True), replace(ALL, name_groups=False), "name_groups"),
    ("make a group with a name", [NEW_GROUP], ALL, replace(ALL, name_groups=False), "name_groups"),
    ("take a proposal", [replace(PROPOSED, proposed=False)], Charter(group=True), replace(ALL, group=False), "group"),
    ("leave a proposal aside", [replace(PROPOSED, gone=True)], Charter(group=True), replace(ALL, group=False), "group"),
    ("take others' groups away", [replace(GROUP, gone=True)], replace(ALL, remove="all"), OWN, "remove_others"),
    ("connect", [NEW_LINE], Charter(connect=True), replace(ALL, connect=False), "connect"),
    ("label a line", [replace(LINE, label="weil")], Charter(connect=True), replace(ALL, connect=False), "connect"),
    ("take others' lines away", [replace(LINE, gone=True)], ALL, OWN, "remove_others"),
    ("draw", [NEW_STROKE], Charter(draw=True), replace(ALL, draw=False), "draw"),
    ("take others' strokes away", [replace(STROKE, gone=True)], ALL, OWN, "remove_others"),
    ("colour an own card", [replace(MINE, colour="red")], Charter(write="own", colour=True), replace(ALL, colour=False), "colour"),
    ("colour others' cards", [replace(THEIRS, colour="red")], ALL, OWN, "write_others"),
    ("lay a coloured card", [replace(NEW, colour="red")], ALL, replace(ALL, colour=False), "colour"),
    ("colour a group", [replace(GROUP, colour="red")], ALL, replace(ALL, colour=False), "colour"),
    ("add a picture", [replace(MINE, picture="p")], Charter(write="own", pictures=True), replace(ALL, pictures=False), "pictures"),
    ("fill a field", [replace(MINE, fields={"who": "ich"})], Charter(write="own", fields=("who",)), replace(ALL, fields=()), "unsound"),
    ("fill others' fields", [replace(THEIRS, fields={"who": "ich"})], ALL, OWN, "write_others"),
    ("give a dot", [NEW_DOT], Charter(dots=1), replace(ALL, dots=0), "dots"),
    ("take an own dot back", [NEW_DOT, Removal("dots", NEW_DOT.id)], Charter(dots=1), None, ""),
    ("fill the board", [NEW], Charter(write="own", limit=4), Charter(write="own", limit=3), "full"),
]  # fmt: skip


@pytest.mark.parametrize(("wanted", "open_to", "closed_to", "code"), [row[1:] for row in ABILITIES], ids=[row[0] for row in ABILITIES])
def test_each_ability_is_kept_where_the_charter_opens_it_and_refused_where_not(sheet, wanted, open_to, closed_to, code):
    update = b""
    for thing in wanted[-1:] if len(wanted) == 1 else wanted:
        browser = Browser(sheet)
        update = browser.change(thing)
        if thing is not wanted[-1]:
            assert isinstance(sheet.try_update(update, ME, open_to), Tried)
            sheet.settle()
    assert tried(sheet, update, open_to) == "kept"
    if closed_to is not None:
        assert tried(sheet, update, closed_to) == code


FORGED = [
    ("another's author on a new card", [replace(NEW, by=OTHER)], "forged"),
    ("no author on a new card", [replace(NEW, by="")], "forged"),
    ("oneself as author of another's card", [replace(THEIRS, by=ME)], "forged"),
    ("another as author of an own card", [replace(MINE, by=OTHER)], "forged"),
    ("a number on a new card", [replace(NEW, number=5)], "forged"),
    ("another number on a brought card", [replace(BROUGHT, number=8)], "forged"),
    ("a card that is away from the beginning", [replace(NEW, gone=True)], "forged"),
    ("another's card out of the document", [Removal("cards", THEIRS.id)], "forged"),
    ("a brought card out of the document", [Removal("cards", BROUGHT.id)], "forged"),
    ("another's dot out of the document", [Removal("dots", DOT.id)], "forged"),
    ("another's dot on something else", [replace(DOT, on=THEIRS.id)], "forged"),
    ("a dot of another", [replace(NEW_DOT, by=OTHER)], "forged"),
    ("more dots than there are", [Dot(f"newdot00000{n}", ME, MINE.id) for n in range(4)], "dots_spent"),
    ("a dot on nothing", [replace(NEW_DOT, on="nothing00001")], "lost"),
    ("a proposal of one's own", [replace(NEW_GROUP, proposed=True)], "forged"),
    ("a group made a proposal again", [replace(GROUP, proposed=True)], "forged"),
    ("into a group that is not there", [replace(MINE, group="nothing00001")], "lost"),
    ("a line to nothing", [replace(NEW_LINE, end="nothing00001")], "lost"),
    ("a line to itself", [replace(NEW_LINE, end=MINE.id)], "lost"),
    ("a line put elsewhere", [replace(LINE, end=GROUP.id)], "unsound"),
    ("a drawing changed", [replace(STROKE, points="5,5 6,6")], "unsound"),
    ("a field nobody asked for", [replace(MINE, fields={"iban": "DE"})], "unsound"),
    ("far outside", [replace(MINE, x=60_000)], "number"),
    ("an endless text", [replace(MINE, text="x" * 501)], "too_long"),
    ("an endless title", [replace(NEW_GROUP, title="x" * 121)], "too_long"),
    ("a colour nobody knows", [replace(MINE, colour="infrared")], "choice"),
    ("an id that is none", [replace(NEW, id="../../etc")], "id"),
    ("a drawing of endless points", [replace(NEW_STROKE, points=" ".join(["1,1"] * 2_001))], "too_long"),
    ("a drawing that is none", [replace(NEW_STROKE, points="javascript:alert(1)")], "points"),
    ("a drawing to nowhere", [replace(NEW_STROKE, points="1,nan")], "points"),
]


@pytest.mark.parametrize(("wanted", "code"), [row[1:] for row in FORGED], ids=[row[0] for row in FORGED])
def test_what_nobody_may_is_refused_with_every_ability_open(sheet, wanted, code):
    assert tried(sheet, Browser(sheet).change(*wanted), ALL) == code


RAW = [
    ("a number where a text belongs", lambda d: d["cards"][MINE.id].update({"colour": 5}), "choice"),
    ("a text where a number belongs", lambda d: d["cards"][MINE.id].update({"x": "5"}), "number"),
    ("a flag where a number belongs", lambda d: d["cards"][MINE.id].update({"x": True}), "number"),
    ("plain words where shared ones belong", lambda d: d["cards"][MINE.id].update({"text": "x"}), "misplaced"),
    ("a key that no card has", lambda d: d["cards"][MINE.id].update({"evil": "x"}), "unknown_key"),
    ("a thing that is no map", lambda d: d["cards"].update({"newcard00001": "x"}), "misplaced"),
    ("a card without author", lambda d: d["cards"].update({"newcard00001": Map({"x": 1})}), "by"),
    ("the author cut out", lambda d: d["cards"][MINE.id].pop("by"), "by"),
    ("an own card laid anew over itself", lambda d: d["cards"].update({MINE.id: Map({"by": ME, "text": Text("Meine Karte")})}), "unsound"),
    ("another's words put anew", lambda d: d["cards"][THEIRS.id].update({"text": Text("Deine Karte")}), "unsound"),
    ("the stage set by way of what stands there", lambda d: d["stage"].update({"phase": "hidden"}), "forged"),
]


@pytest.mark.parametrize(("change", "code"), [row[1:] for row in RAW], ids=[row[0] for row in RAW])
def test_a_raw_update_that_no_client_of_ours_sends_is_refused(sheet, change, code):
    document = new_document(sheet.sound.get_update(), client=9)
    with update_of(document) as made, document.transaction():
        change(document)
    assert tried(sheet, made(), ALL) == code


def test_nobody_writes_under_the_client_number_of_another(sheet):
    assert isinstance(sheet.try_update(Browser(sheet, client=77).change(replace(NEW, by=OTHER)), OTHER, ALL), Tried)
    sheet.settle()
    assert sheet.owners[77] == OTHER
    assert tried(sheet, Browser(sheet, client=77).change(replace(MINE, x=3)), ALL) == "forged"
    assert tried(sheet, Browser(sheet, client=77).change(replace(MINE, x=3)), ALL, OTHER) == "kept"
    assert tried(sheet, Browser(sheet, client=1).change(replace(MINE, x=3)), ALL) == "forged"


def test_a_client_number_that_was_not_committed_is_free_again(sheet):
    assert isinstance(sheet.try_update(Browser(sheet, client=77).change(replace(MINE, x=3)), ME, ALL), Tried)
    sheet.drop()
    assert tried(sheet, Browser(sheet, client=77).change(replace(MINE, x=3)), ALL, OTHER) == "kept"


def test_what_builds_on_something_unknown_neither_waits_nor_grows(sheet):
    size = len(sheet._watched.document.get_update())
    browser = Browser(sheet)
    browser.change(NEW)
    later = browser.change(replace(NEW, text="Später"))
    for _ in range(5):
        assert tried(sheet, later, ALL) == "missing"
    assert tried(sheet, browser.change(Removal("cards", NEW.id)), ALL) == "missing"
    assert len(sheet._watched.document.get_update()) == size


def test_an_update_that_loses_against_a_concurrent_one_is_kept_in_the_log(sheet):
    one, two = Browser(sheet, client=20), Browser(sheet, client=30)
    winner, loser = two.change(replace(MINE, x=30)), one.change(replace(MINE, x=20))
    for update in (winner, loser):
        result = sheet.try_update(update, ME, ALL)
        assert isinstance(result, Tried)
        assert not result.is_empty
        sheet.settle()
    assert sheet.things.cards[MINE.id].x == 30
    later = one.change(replace(MINE, x=21))
    assert tried(sheet, later, ALL) == "kept", "what builds on the loser is not missing anything"


def test_taking_away_alone_is_an_edit_too(sheet):
    sheet.try_update(Browser(sheet, client=50).change(NEW), ME, ALL)
    sheet.settle()
    result = sheet.try_update(Browser(sheet, client=50).change(Removal("cards", NEW.id)), ME, ALL)
    assert isinstance(result, Tried)
    assert not result.is_empty
    sheet.settle()
    assert NEW.id not in sheet.things.cards


def test_the_same_update_twice_brings_nothing_the_second_time(sheet):
    update = Browser(sheet).change(NEW)
    sheet.try_update(update, ME, ALL)
    sheet.settle()
    again = sheet.try_update(update, ME, ALL)
    assert isinstance(again, Tried)
    assert again.is_empty


def test_in_the_drawer_only_what_belongs_there():
    charter = replace(ALL, drawer="cards")
    drawer = Sheet([], {1: ""})
    assert tried(drawer, Browser(drawer).change(NEW), charter.in_drawer()) == "kept"
    assert tried(drawer, Browser(drawer).change(NEW_GROUP), charter.in_drawer()) == "group"
    assert tried(make_sheet(), Browser(make_sheet()).change(NEW), charter.on_board()) == "write"
    hidden = replace(ALL, drawer="dots")
    assert tried(drawer, Browser(drawer).change(NEW), hidden.in_drawer()) == "write"
    board = make_sheet()
    assert tried(board, Browser(board).change(NEW_DOT), hidden.on_board()) == "dots"


ids = st.sampled_from([MINE.id, THEIRS.id, GROUP.id, NEW.id, NEW_GROUP.id, "thing0000001", "thing0000002"])
aliases = st.sampled_from([ME, OTHER, ""])
places = st.floats(-60_000, 60_000, allow_nan=False)
things = st.one_of(
    st.builds(Card, ids, aliases, st.text(max_size=20), st.sampled_from(["yellow", "red", "odd"]), places, places, ids | st.just("")),
    st.builds(Group, ids, aliases, st.text(max_size=20)),
    st.builds(Dot, ids, aliases, ids),
    st.builds(Line, ids, aliases, ids, ids),
    st.builds(Removal, st.sampled_from(["cards", "groups", "dots", "lines"]), ids),
)
charters = st.sampled_from([ALL, OWN, READING, replace(ALL, group=False), replace(ALL, dots=1)])


@given(
    st.lists(st.tuples(st.lists(things, min_size=1, max_size=3), st.sampled_from([ME, OTHER]), charters, st.integers(0, 9)), max_size=12)
)
def test_whatever_comes_the_document_is_the_replay_of_what_was_kept(edits):
    sheet = make_sheet()
    log = [sheet.sound.get_update()]
    for wanted, alias, charter, chance in edits:
        browser = Browser(sheet)
        update = browser.change(*wanted)
        if chance == 0 and update:  # a byte on the way is another
            update = bytes([*update[:-1], update[-1] ^ 0x5A])
        try:
            result = sheet.try_update(update, alias, charter)
        except Malformed:
            continue
        if not isinstance(result, Tried):
            continue
        if chance == 1:
            sheet.drop()
        else:
            log += [each.update for each in sheet.waiting]
            sheet.settle()
    replayed = new_document(*log)
    assert read_all(replayed) == read_all(sheet.sound) == sheet.things == read_all(sheet._watched.document)
    states = [read_state(document.get_state()) for document in (replayed, sheet.sound, sheet._watched.document)]
    assert states == [sheet.known] * 3
    assert all(thing.by for root in ("dots", "lines") for thing in sheet.things.by_root[root].values())


@given(st.binary(max_size=60), st.integers(0, 400))
def test_bytes_put_into_a_sound_update_do_no_harm(noise, at):
    sheet = make_sheet()
    before = sheet.sound.get_update()
    update = Browser(sheet).change(NEW, replace(MINE, x=5))
    spoilt = update[: at % len(update)] + noise + update[at % len(update) + len(noise) :]
    with contextlib.suppress(Malformed):
        sheet.try_update(spoilt, ME, ALL)
    sheet.drop()
    assert sheet.sound.get_update() == before
    assert isinstance(sheet.try_update(update, ME, ALL), Tried)
