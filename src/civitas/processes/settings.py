"""What every step can be set to; a method's schema adds its own."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class StepSettings(BaseModel):
    """Settings that every step has. Titles and descriptions are shown in the form made from the schema (translated there)."""

    model_config = ConfigDict(extra="forbid")

    question: dict[str, str] = Field(default_factory=dict, title="Question", description="What you ask people in this step.")
    moderation: Literal["after", "before"] = Field(
        default="after",
        title="Editorial check",
        description="Whether contributions appear at once or only after the editorial team has looked at them.",
    )
    who: Literal["anyone", "signed_in"] = Field(
        default="anyone", title="Who takes part", description="Anyone, also without an account, or only people who have signed in."
    )
    comments: bool = Field(default=True, title="Comments", description="People may comment on contributions.")
    support: bool = Field(default=True, title="Support", description="People may support contributions.")
