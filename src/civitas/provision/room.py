"""What the room provision declares."""

from civitas.kit.rooms import Room

ROOM = Room(key="provision")
