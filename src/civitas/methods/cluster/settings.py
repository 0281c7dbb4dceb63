"""What a cluster step can be set to."""

from __future__ import annotations

from typing import Literal

# The form made from the schema translates these words; here they are only marked.
from django.utils.translation import gettext_noop as _
from pydantic import Field

from civitas.processes.settings import StepSettings


class ClusterSettings(StepSettings):
    """Settings of a cluster step."""

    proposal: Literal["start", "asked"] = Field(
        default="start",
        title=_("Proposal of groups"),
        description=_("A machine groups by words that cards share. People take each group over, change it or put it away."),
        json_schema_extra={"choices": {"start": _("It lies there from the start"), "asked": _("Only when the facilitator asks for it")}},
    )
    new_cards: bool = Field(default=True, title=_("People may add cards"))
    sort_minutes: int = Field(default=15, ge=1, le=240, title=_("Minutes of sorting"))
    name_minutes: int = Field(default=8, ge=1, le=240, title=_("Minutes of naming"))
