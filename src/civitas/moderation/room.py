"""What the moderation room declares to the ground."""

from __future__ import annotations

from civitas.kit.rooms import Room

ROOM = Room(key="moderation")
