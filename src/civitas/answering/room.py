"""What the answering room declares."""

from __future__ import annotations

from civitas.kit.rooms import Room

ROOM = Room(key="answering")
