"""The registry of rooms: what the ground needs to know of the rooms above it, each room says in one frozen value.

A room is a Django app with a module `room.py` that holds `ROOM = Room(...)`; it is found by itself.
"""

from civitas.kit.rooms.keeping import Going, Postponing, Recount, Retention
from civitas.kit.rooms.news import DAILY, DECISIONS, GIVEN, NOW, PEOPLE, TEAM, WEEKLY, Address, NoticeKind, Worded, digest_key
from civitas.kit.rooms.pages import STAFF_MENUS, Call, ContributionSection, MySection, NavItem, Station
from civitas.kit.rooms.personal import OwnFile, PersonalData, Purpose, Taken
from civitas.kit.rooms.registry import PackSection, Room, notice_kind, rooms
from civitas.kit.rooms.texts import FurtherText, Quotes

__all__ = [
    "DAILY",
    "DECISIONS",
    "GIVEN",
    "NOW",
    "PEOPLE",
    "STAFF_MENUS",
    "TEAM",
    "WEEKLY",
    "Address",
    "Call",
    "ContributionSection",
    "FurtherText",
    "Going",
    "MySection",
    "NavItem",
    "NoticeKind",
    "OwnFile",
    "PackSection",
    "PersonalData",
    "Postponing",
    "Purpose",
    "Quotes",
    "Recount",
    "Retention",
    "Room",
    "Station",
    "Taken",
    "Worded",
    "digest_key",
    "notice_kind",
    "rooms",
]
