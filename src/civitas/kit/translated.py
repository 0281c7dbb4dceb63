"""Texts that a city wrote, in several languages: a small mapping from language to text."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import get_language

# Language code of the interface -> key in a city's texts.
KEYS = {"de": "de", "en": "en", "de-simple": "simple"}


class Translated(dict[str, str]):
    """Text by language key (`de`, `en`, `simple`); `str()` gives the active language's, else German, else any."""

    def in_language(self, code: str | None) -> str:
        """The text in the interface language `code`, falling back to German, then to any language."""
        key = KEYS.get(code or "de", (code or "de").split("-")[0])
        return self.get(key) or self.get("de") or next((text for text in self.values() if text), "")

    def __str__(self) -> str:
        return self.in_language(get_language())


class TranslatedField(models.JSONField):
    """Keeps a Translated in one JSON column (the house's named exception to 'no JSON where a column is meant')."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("default", Translated)
        options.setdefault("blank", True)
        super().__init__(**options)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Translated:
        return Translated(super().from_db_value(value, expression, connection) or {})

    def to_python(self, value: Any) -> Any:
        return Translated(value or {})
