"""What the meeting room declares: the band on a contribution's page, letters in my account, news, personal data."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from civitas.kit.rooms import ContributionSection, NavItem, PersonalData, Quotes, Recount, Room
from civitas.meeting.counts import miscounts, recount
from civitas.meeting.models import Joining
from civitas.meeting.notices import KINDS
from civitas.meeting.personal import adopt_meeting, erase_meeting, export_meeting
from civitas.meeting.queries import unread_count
from civitas.meeting.retention import LETTERS
from civitas.meeting.sections import render_meeting


def _joinings(city: Any, ids: list[int]) -> Any:
    return Joining.objects.of(city).filter(contribution__in=ids)


ROOM = Room(
    key="meeting",
    account_navigation=(NavItem(_("Letters"), "letters", order=50, count=unread_count),),
    notice_kinds=KINDS,
    personal_data=PersonalData(export_meeting, erase_meeting, adopt_meeting),
    contribution_sections=(ContributionSection("meet", render_meeting),),
    recounts=(Recount(miscounts, recount),),
    retention=(LETTERS,),
    quotes=(Quotes(_joinings, ("words",)),),
)
