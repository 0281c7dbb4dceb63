"""What refers to a model, whichever room keeps it."""

from __future__ import annotations

from typing import Any


def referring(model: Any) -> list[tuple[Any, str]]:
    """Every table and column of the house that refers to a model's rows."""
    relations = model._meta.get_fields(include_hidden=True)
    return [(each.related_model, each.field.name) for each in relations if each.auto_created and not each.concrete]
