"""What a dots step can be set to."""

from __future__ import annotations

# The form made from the schema translates these words; here they are only marked.
from django.utils.translation import gettext_noop as _
from pydantic import Field

from civitas.processes.settings import StepSettings


class DotsSettings(StepSettings):
    """Settings of a dots step."""

    dots: int = Field(default=3, ge=1, le=10, title=_("Dots for each person"))
    hidden: bool = Field(
        default=True,
        title=_("Dots stay hidden until the end"),
        description=_("Nobody sees others’ dots and follows them."),
    )
    dot_minutes: int = Field(default=5, ge=1, le=240, title=_("Minutes of placing dots"))
