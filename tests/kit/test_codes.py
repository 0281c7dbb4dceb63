"""Codes that nobody else has."""

from __future__ import annotations

import pytest
from django.db import IntegrityError

from civitas.kit.codes import with_free_code

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("taken", [0, 1, 19])
def test_a_code_that_is_taken_is_followed_by_another_one(taken: int) -> None:
    tried: list[str] = []

    def put(code: str) -> str:
        tried.append(code)
        if len(tried) <= taken:
            raise IntegrityError
        return f"row with {code}"

    assert with_free_code(9, put) == f"row with {tried[-1]}"
    assert (len(tried), len(set(tried)), {len(code) for code in tried}) == (taken + 1, taken + 1, {9})


def test_twenty_that_are_taken_end_the_search() -> None:
    def put(_code: str) -> str:
        raise IntegrityError

    with pytest.raises(RuntimeError, match="no code is free"):
        with_free_code(6, put)
