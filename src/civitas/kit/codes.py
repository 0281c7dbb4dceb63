"""Short codes that can be read aloud and typed on a phone."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, TypeVar

from django.db import IntegrityError, transaction

if TYPE_CHECKING:
    from collections.abc import Callable

Made = TypeVar("Made")

# No vowel, so that no word comes out of it, and nothing that looks like another sign: no B and 8, G and 6, S and 5, Z and 2, O and 0.
SIGNS = "CDFHJKMNPQRTVWXY234679"
_MOST_TRIES = 20
_random = random.SystemRandom()


def new_code(length: int) -> str:
    """Signs that nobody can foresee: six make a hundred million codes, nine a million million."""
    return "".join(_random.choices(SIGNS, k=length))


def with_free_code(length: int, put: Callable[[str], Made]) -> Made:
    """What `put` makes of a new code; of another one where the database knows the first already.

    In a transaction. Whatever else may be there once only, `put` finds itself, as `get_or_create` does.
    """
    for _attempt in range(_MOST_TRIES):
        try:
            with transaction.atomic():
                return put(new_code(length))
        except IntegrityError:
            continue
    raise RuntimeError("no code is free, or the same twenty came twice")


def typed_code(typed: str) -> str:
    """A code as somebody typed it: in small letters too, with blanks and hyphens."""
    return "".join(sign for sign in typed.upper() if sign.isalnum())[:20]


def said_code(code: str) -> str:
    """A code in groups of three, as people read it: 'K7Q F4M TXC'."""
    return " ".join(code[at : at + 3] for at in range(0, len(code), 3))
