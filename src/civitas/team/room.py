"""What the team room declares."""

from __future__ import annotations

from civitas.kit.rooms import Room

ROOM = Room(key="team")
