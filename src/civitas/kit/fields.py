"""Form fields that say more than Django's."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from django.forms import Field

Kind = TypeVar("Kind", bound="Field")


def needed(field: Kind) -> Kind:
    """A field that its form lets through empty, since a draft may be kept or the action says why it is needed: its label says not
    that it is optional."""
    vars(field)["needed"] = True
    return field
