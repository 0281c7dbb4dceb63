"""Identifiers that are seen outside."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

import uuid_utils.compat

if TYPE_CHECKING:
    from uuid import UUID

# A number as people write it or copy it from a page: "1284", "1.284", "1 284" with any kind of space, "#1284", "Nr. 1284".
_NUMBER = re.compile(r"(?:#|nr\.?|no\.?)?\s*(\d{1,3}(?:[.,\s]\d{3})+|\d+)", re.IGNORECASE | re.ASCII)
_SPACES = str.maketrans("\u00a0\u2009\u202f", "   ")
_DIGITS = 18  # any number of so many fits into 64 bits


def uuid7() -> UUID:
    """A new UUIDv7 (RFC 9562): sorted by time of making, made without asking anyone."""
    return uuid_utils.compat.uuid7()


def made_at(uid: UUID) -> dt.datetime:
    """When a UUIDv7 was made (UTC, to the millisecond): its first 48 bits say so."""
    return dt.datetime.fromtimestamp((uid.int >> 80) / 1000, dt.UTC)


def read_key(text: str) -> int | None:
    """A row's key or number as an address carries it; None for anything that is none or that no database holds."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else None


def read_number(text: str) -> int | None:
    """A contribution's number as people type it or copy it from a page ("Nr. 1 284", "#1284"); None for words."""
    found = _NUMBER.fullmatch(text.translate(_SPACES).strip())
    return read_key(re.sub(r"\D", "", found[1])) if found else None
