"""What the team room declares: personal data."""

from __future__ import annotations

from civitas.kit.rooms import PersonalData, Room
from civitas.team.personal import erase_team, export_team

ROOM = Room(key="team", personal_data=PersonalData(export_team, erase_team))
