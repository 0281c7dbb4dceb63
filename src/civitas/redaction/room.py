"""What the redaction room declares: the team's link below a contribution, news for authors, personal data."""

from __future__ import annotations

from civitas.kit.rooms import ContributionSection, PersonalData, Room
from civitas.redaction.actions import adopt_redactions, erase_redactions, export_redactions
from civitas.redaction.notices import KINDS
from civitas.redaction.scrubbing import ERASED
from civitas.redaction.views import render_foot

ROOM = Room(
    key="redaction",
    notice_kinds=KINDS,
    personal_data=PersonalData(export_redactions, erase_redactions, adopt_redactions),
    contribution_sections=(ContributionSection("foot", render_foot, order=210),),
    on_erased=(ERASED,),
)
