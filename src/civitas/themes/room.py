"""What the room themes declares."""

from civitas.kit.rooms import Room

ROOM = Room(key="themes")
