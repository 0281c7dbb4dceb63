"""Sentences about files that are raised in one language and read in another: kept as they stand in the code, with what goes into them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping


class Saying(Exception):
    """A fault with its sentence in source words (marked by `gettext_noop`) and what goes into it; as text it is English."""

    def __init__(self, sentence: str, **parts: str | int) -> None:
        self.sentence, self.parts = sentence, parts
        super().__init__(sentence % parts if parts else sentence)

    @property
    def said(self) -> str:
        """In the reader's language."""
        return said(self.kept)

    @property
    def kept(self) -> dict[str, Any]:
        """As it is kept in a row."""
        return {"sentence": self.sentence, "parts": self.parts}


def said(kept: Mapping[str, Any]) -> str:
    """A kept sentence in the reader's language; '' for none."""
    if not kept:
        return ""
    source, parts = kept["sentence"], kept["parts"]
    return _(source) % parts if parts else _(source)
