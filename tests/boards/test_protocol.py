"""What clients may say, byte by byte."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civitas.boards.documents import Malformed
from civitas.boards.live import protocol
from civitas.boards.live.lines import Bucket
from civitas.boards.updates import Reader


def said(value):
    data = json.dumps(value).encode()
    return bytes([protocol.Kind.PRESENCE]) + protocol.number(len(data)) + data


@given(st.integers(0, 2**53 - 1))
def test_numbers_come_back(value):
    assert Reader(protocol.number(value)).number() == value


def test_an_edit_is_read_as_it_was_said():
    message = protocol.read_message(protocol.edit(1, 300, 70_000, b"abc"))
    assert (message.kind, message.drawer, message.number, message.known, message.data) == (protocol.Kind.EDIT, 1, 300, 70_000, b"abc")
    message = protocol.read_message(protocol.missing(0, 7, b"x"))
    assert (message.kind, message.number, message.known, message.data) == (protocol.Kind.MISSING, 0, 7, b"x")
    where = protocol.read_message(said({"x": 1.6, "y": -2, "card": "c" * 40, "doing": "types"})).presence
    assert where == {"x": 2, "y": -2, "card": "c" * 16, "doing": "types"}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\x01a",
        b"\x04\x00\x01\x01",
        b"\x03\x02\x01\x00\x00",
        b"\x01\x00\x05a",
        b"\x01\x00\x00a",
        said({}),
        said([1, 2]),
        said({"x": "far", "y": 1}),
        said({"x": 1e300, "y": 1}),
        said({"x": 1, "y": 1, "card": "x" * 400}),
        b"\x07\x03\xff\xff\xff",
    ],
)
def test_what_is_no_message_is_malformed(data):
    with pytest.raises(Malformed):
        protocol.read_message(data)


@given(st.binary(max_size=80))
def test_any_bytes_are_a_message_or_malformed(data):
    try:
        protocol.read_message(data)
    except Malformed:
        return


def test_a_bucket_lets_a_burst_through_and_then_so_many_in_ten_seconds():
    bucket = Bucket(20, 10)
    assert [bucket.spend() for _ in range(22)] == [True] * 20 + [False] * 2
    bucket.left, bucket.at = 0, bucket.at - 5  # five seconds later
    assert [bucket.spend() for _ in range(7)] == [True] * 5 + [False] * 2
