"""What a plan step can be set to."""

from __future__ import annotations

# The form made from the schema translates these words; here they are only marked.
from django.utils.translation import gettext_noop as _
from pydantic import Field

from civitas.processes.settings import StepSettings


class PlanSettings(StepSettings):
    """Settings of a plan step."""

    plan_minutes: int = Field(default=20, ge=1, le=240, title=_("Minutes of planning"))
    settle_minutes: int = Field(default=5, ge=1, le=240, title=_("Minutes of settling"))
