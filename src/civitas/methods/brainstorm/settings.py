"""What a brainstorm step can be set to."""

from __future__ import annotations

# The form made from the schema translates these words; here they are only marked.
from django.utils.translation import gettext_noop as _
from pydantic import Field

from civitas.processes.settings import StepSettings


class BrainstormSettings(StepSettings):
    """Settings of a brainstorm step."""

    own_first: bool = Field(
        default=True, title=_("First everybody for themselves"), description=_("Until you go on, everybody sees only their own cards.")
    )
    own_minutes: int = Field(default=7, ge=1, le=120, title=_("Minutes of quiet writing"))
    all_minutes: int = Field(default=10, ge=1, le=120, title=_("Minutes with all cards"))
    prompts: list[str] = Field(
        default_factory=list,
        max_length=12,
        title=_("Prompts"),
        description=_("One a line. They help whoever falters."),
    )
