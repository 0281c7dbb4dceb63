"""What a collect step can be set to."""

from __future__ import annotations

from typing import Literal

# The form made from the schema translates these words; here they are only marked.
from django.utils.translation import gettext_noop as _
from pydantic import Field

from civitas.processes.settings import StepSettings


class CollectSettings(StepSettings):
    """Settings of a collect step."""

    kinds: list[Literal["idea", "improvement"]] = Field(
        default=["idea", "improvement"],
        min_length=1,
        title=_("What people may give"),
        json_schema_extra={"choices": {"idea": _("Ideas for something new"), "improvement": _("Improvements of what exists")}},
    )
    place: Literal["optional", "required", "none"] = Field(
        default="optional",
        title=_("Place on the map"),
        json_schema_extra={
            "choices": {"optional": _("Whoever likes can give a place"), "required": _("Everything has a place"), "none": _("No places")}
        },
    )
    photos: bool = Field(default=True, title=_("People may add a photo"))
    anonymous: bool = Field(default=True, title=_("People may give without a name"))
