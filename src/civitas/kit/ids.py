"""Identifiers that are seen outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import uuid_utils.compat

if TYPE_CHECKING:
    from uuid import UUID


def uuid7() -> UUID:
    """A new UUIDv7 (RFC 9562): sorted by time of making, made without asking anyone."""
    return uuid_utils.compat.uuid7()
