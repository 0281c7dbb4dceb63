"""What the meeting room declares to the ground."""

from __future__ import annotations

from civitas.kit.rooms import Room

ROOM = Room(key="meeting")
