"""What a collect step can be set to."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from civitas.processes.settings import StepSettings


class CollectSettings(StepSettings):
    """Settings of a collect step."""

    kinds: list[Literal["idea", "improvement"]] = Field(
        default=["idea", "improvement"], min_length=1, title="Kinds", description="What people may give."
    )
    place: Literal["optional", "required", "none"] = Field(
        default="optional", title="Place", description="Whether a contribution has a place on the map."
    )
    photos: bool = Field(default=True, title="Photos", description="People may add photos.")
    anonymous: bool = Field(default=True, title="Without a name", description="People may give without a name.")
