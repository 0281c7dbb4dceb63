"""What a canvas step can be set to."""

from __future__ import annotations

# The form made from the schema translates these words; here they are only marked.
from django.utils.translation import gettext_noop as _
from pydantic import Field

from civitas.processes.settings import StepSettings


class CanvasSettings(StepSettings):
    """Settings of a canvas step."""

    canvas: str = Field(default="persona", title=_("Canvas"), description=_("The poster that lies on the board."))
    about: dict[str, str] = Field(
        default_factory=dict,
        title=_("Title of the concept"),
        description=_("What comes out is called so, else like the step."),
    )
    fill_minutes: int = Field(default=30, ge=1, le=240, title=_("Minutes of filling"))
    review_minutes: int = Field(default=20, ge=1, le=240, title=_("Minutes of presenting"))
