"""What the room lineage declares."""

from civitas.kit.rooms import Room

ROOM = Room(key="lineage")
