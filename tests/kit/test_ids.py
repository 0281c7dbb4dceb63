"""Keys in addresses are read or refused, never handed to the database unread."""

import pytest

from civitas.kit.ids import read_key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("0", 0),
        ("17", 17),
        ("9" * 18, 10**18 - 1),
        ("9" * 19, None),
        ("", None),
        ("-1", None),
        ("1.5", None),
        ("²", None),
        ("٣", None),
        (" 1", None),
    ],
)
def test_only_plain_digits_that_a_database_holds_are_a_key(text, key):
    assert read_key(text) == key
