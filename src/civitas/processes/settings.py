"""What every step can be set to; a method's schema adds its own."""

from __future__ import annotations

from typing import Literal

# The form made from the schema translates these words; here they are only marked.
from django.utils.translation import gettext_noop as _
from pydantic import BaseModel, ConfigDict, Field


class StepSettings(BaseModel):
    """Settings that every step has. Titles, descriptions and the words of choices are shown in the form made from the schema."""

    model_config = ConfigDict(extra="forbid")

    question: dict[str, str] = Field(default_factory=dict, title=_("Question"), description=_("What you ask people in this step."))
    moderation: Literal["after", "before"] = Field(
        default="after",
        title=_("Editorial check"),
        description=_("When the editorial team looks at what people give. Cards on a board hang at once; what they become waits."),
        json_schema_extra={
            "choices": {
                "after": _("It appears at once, the team looks at it after"),
                "before": _("The team looks at it first, then it appears"),
            }
        },
    )
    who: Literal["anyone", "signed_in"] = Field(
        default="anyone",
        title=_("Who takes part"),
        description=_("An account keeps some people away. Ask for one only where you need it."),
        json_schema_extra={"choices": {"anyone": _("Anyone, also without an account"), "signed_in": _("Only people who have signed in")}},
    )
    comments: bool = Field(default=True, title=_("People may comment"))
    support: bool = Field(default=True, title=_("People may support"))
