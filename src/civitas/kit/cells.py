"""Cells of tables that people open in a spreadsheet."""

from __future__ import annotations

import re

# What a spreadsheet takes for a formula (OWASP: CSV injection), the wide forms of East Asian keyboards included.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")


def defused(cell: str) -> str:
    """A text that no spreadsheet runs as a formula: with an apostrophe before it where one could."""
    return f"'{cell}" if _FORMULA.match(cell) else cell
