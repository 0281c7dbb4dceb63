"""Tiles and boxes."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civitas.kit.geometry import Box, read_box, tile_of


def test_the_tile_of_hamburg_is_the_one_of_the_map():
    # Slippy map: zoom 10, Hamburg's town hall.
    assert tile_of(53.5503, 9.9924, 10) == (540, 330)


@given(st.floats(-90, 90), st.floats(-180, 180), st.integers(0, 20))
def test_every_point_on_earth_has_a_tile(lat, lon, level):
    x, y = tile_of(lat, lon, level)
    assert 0 <= x < 1 << level
    assert 0 <= y < 1 << level


@pytest.mark.parametrize("text", ["", "1,2,3", "a,b,c,d", "10,53,9,54", "nan,1,2,3", "0,0,1e400,1", "9,-95,10,54"])
def test_what_is_no_box_is_none(text):
    assert read_box(text) is None


def test_a_box_is_read_and_holds_its_edge():
    box = read_box("9.5,53,10,54")
    assert box == Box(9.5, 53, 10, 54)
    assert box.holds(53, 9.5)
    assert not box.holds(52.99, 9.6)
    assert not math.isnan(box.west)
