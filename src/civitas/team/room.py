"""What the team room declares: personal data."""

from __future__ import annotations

from typing import Any

from civitas.kit.rooms import PersonalData, Quotes, Room
from civitas.team.models import ShiftNote
from civitas.team.personal import erase_team, export_team


def _notes(city: Any, _ids: list[int]) -> Any:
    return ShiftNote.objects.of(city)


ROOM = Room(key="team", personal_data=PersonalData(export_team, erase_team), quotes=(Quotes(_notes, ("text",), anywhere=True),))
