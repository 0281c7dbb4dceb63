"""What the room cockpit declares."""

from civitas.kit.rooms import Room

ROOM = Room(key="cockpit")
