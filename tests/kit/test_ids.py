"""Keys in addresses are read or refused, never handed to the database unread."""

import pytest

from civitas.kit.ids import read_key, read_number


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


@pytest.mark.parametrize(
    ("text", "number"),
    [("1284", 1284), (" 1284 ", 1284), ("1.284", 1284), ("1\u202f284", 1284), ("1,284", 1284), ("#1284", 1284),
     ("Nr. 1 284", 1284), ("no. 7", 7),
     ("", None), ("Bank 12", None), ("12.84", None), ("1.2.3", None), ("²", None), ("-5", None), ("9" * 30, None)],
)  # fmt: skip
def test_a_number_is_read_as_people_write_it(text: str, number: int | None) -> None:
    assert read_number(text) == number
