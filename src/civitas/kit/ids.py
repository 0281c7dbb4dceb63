"""Identifiers that are seen outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import uuid_utils.compat

if TYPE_CHECKING:
    from uuid import UUID

_DIGITS = 18  # any number of so many fits into 64 bits


def uuid7() -> UUID:
    """A new UUIDv7 (RFC 9562): sorted by time of making, made without asking anyone."""
    return uuid_utils.compat.uuid7()


def read_key(text: str) -> int | None:
    """A row's key or number as an address carries it; None for anything that is none or that no database holds."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else None
