"""What an update may hold, read before any document sees it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycrdt import Array, Map, Text, XmlFragment
from tests.boards.playing import new_id

from civitas.boards.documents import Malformed, change_document, new_document, update_of
from civitas.boards.things import Card, Dot, Group, Line, Removal, Stroke
from civitas.boards.updates import LARGEST, read_state, read_update

CARD = Card(new_id(), by="abcdefgh", text="Mehr Schatten 🌳", fields={"who": "wir"})


def test_what_a_board_holds_is_read_to_the_end():
    document = new_document(client=7)
    group, other = Group(new_id(), by="abcdefgh", title="Platz"), Card(new_id(), by="abcdefgh")
    line, stroke, dot = (
        Line(new_id(), "abcdefgh", CARD.id, group.id),
        Stroke(new_id(), "abcdefgh", "1,2"),
        Dot(new_id(), "abcdefgh", CARD.id),
    )
    made = change_document(document, [CARD, other, group, line, stroke, dot])
    parcel = read_update(made)
    assert parcel.brings == {7: (0, read_state(document.get_state())[7])}
    assert not parcel.deletes
    assert not parcel.lacks({})
    assert read_update(change_document(document, [Removal("cards", other.id)])).deletes


def test_an_update_whose_beginning_is_missing_is_known_as_such():
    document = new_document(client=7)
    change_document(document, [CARD])
    later = read_update(change_document(document, [Card(CARD.id, by="abcdefgh", text="Anders", fields={"who": "wir"})]))
    assert later.lacks({})
    assert not later.lacks({7: 100})
    removed = read_update(change_document(document, [Removal("cards", CARD.id)]))
    assert removed.lacks({})


def forged(document, change):
    with update_of(document) as made, document.transaction():
        change(document)
    return made()


FORGED = {
    "a root that no board has": (lambda d: d.get("evil", type=Map).update({"a": 1}), "root"),
    "a root of text": (lambda d: d.get("words", type=Text).insert(0, "x"), "root"),
    "the server's own root": (lambda d: d["stage"].update({"phase": "all"}), "root"),
    "a list": (lambda d: d["cards"].update({"a": Array([1])}), "type"),
    "markup": (lambda d: d["cards"].update({"a": XmlFragment()}), "type"),
    "bytes": (lambda d: d["cards"].update({"a": b"123"}), "value"),
    "something nested": (lambda d: d["cards"].update({"a": {"b": 1}}), "value"),
    "nothing": (lambda d: d["cards"].update({"a": None}), "value"),
    "bold words": (lambda d: d["cards"][CARD.id]["text"].format(0, 2, {"bold": True}), "content"),
    "a picture in the words": (lambda d: d["cards"][CARD.id]["text"].insert_embed(0, {"image": "x"}), "content"),
}


@pytest.mark.parametrize("name", FORGED)
def test_what_no_board_holds_is_refused_unread(name):
    change, code = FORGED[name]
    document = new_document(client=7)
    change_document(document, [CARD])
    with pytest.raises(Malformed, match=f"^{code}$"):
        read_update(forged(document, change))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "short"),
        (b"\x00", "short"),
        (b"\x00\x00\x00", "long"),
        (b"\xff" * 20, "number"),
        (b"\x01\x01\x07\x00\x0a\x05\x00", "content"),
        (b"\x02\x00\x07\x00\x00\x07\x00\x00", "twice"),
        (b"x" * (LARGEST + 1), "large"),
    ],
)  # fmt: skip
def test_garbage_is_refused(data, code):
    with pytest.raises(Malformed, match=f"^{code}$"):
        read_update(data)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data):
    try:
        parcel = read_update(data)
    except Malformed:
        return
    assert all(start <= end for start, end in parcel.brings.values())
