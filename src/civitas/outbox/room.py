"""What the outbox declares to the ground."""

from civitas.kit.rooms import Room
from civitas.outbox.queries import failed_count

ROOM = Room(key="outbox", figures={"outbox_failed": failed_count})
