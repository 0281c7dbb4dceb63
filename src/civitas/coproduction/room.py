"""What the room coproduction declares."""

from civitas.kit.rooms import Room

ROOM = Room(key="coproduction")
