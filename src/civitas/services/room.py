"""What the services room declares: the pack's catalogue."""

from civitas.kit.rooms import PackSection, Room
from civitas.services.packs import check_services, load_services

ROOM = Room(key="services", pack_sections=(PackSection("services", check_services, load_services, order=30),))
