"""A method's drawing, ready for a page (its colours come from the style sheet) and for paper (they stand in it)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from django.utils.safestring import SafeString, mark_safe

from civitas.kit.svg import SvgFault, cleaned_svg

if TYPE_CHECKING:
    from civitas.processes.registry import Method

# Whoever brings no drawing gets an empty card on the table.
PLAIN = (
    '<svg viewBox="0 0 240 140"><ellipse class="ground" cx="120" cy="92" rx="84" ry="32"/>'
    '<g transform="translate(120 66) rotate(-5)"><rect class="moved" x="-38" y="-28" width="76" height="56" rx="3"/>'
    '<path class="thin" d="M-26 -12h52M-26 0h40M-26 12h46"/></g></svg>'
)
# What a drawing's classes mean on paper: the city's two colours on white.
_ON_PAPER = {
    "ground": 'fill="{tint}"',
    "paper": 'fill="#ffffff"',
    "thin": 'stroke-width="1.6" stroke-opacity="0.6"',
    "move": 'stroke="{move}"',
    "moved": 'fill="{move_tint}" stroke="{move}"',
    "spot": 'fill="{line}" stroke="none"',
    "spot-moved": 'fill="{move}" stroke="none"',
    "dashed": 'stroke-dasharray="1 6"',
}
_CLASS = re.compile(r'class="([\w -]+)"')


@lru_cache(maxsize=200)
def _cleaned(drawing: str) -> str:
    try:
        return cleaned_svg(drawing or PLAIN)
    except SvgFault:
        return cleaned_svg(PLAIN)  # a package's drawing that could act or load is not shown


def drawing_of(method: Method) -> SafeString:
    """The drawing to stand in a page, silent to screen readers."""
    return mark_safe(_cleaned(method.card.picture))  # noqa: S308  (cleaned above)


def drawing_on_paper(method: Method, *, line: str, move: str, tint: str, move_tint: str) -> SafeString:
    """The drawing with its colours in it, for a PDF, whose printer reads no style sheet inside a drawing."""
    colours = {"line": line, "move": move, "tint": tint, "move_tint": move_tint}
    given: dict[str, str] = {}

    def attributes(found: re.Match[str]) -> str:
        given.clear()
        for name in found[1].split():
            for pair in re.findall(r'([\w-]+)="([^"]*)"', _ON_PAPER.get(name, "").format(**colours)):
                given[pair[0]] = pair[1]
        return " ".join(f'{name}="{value}"' for name, value in given.items())

    drawn = _CLASS.sub(attributes, _cleaned(method.card.picture))
    pen = f'<svg fill="none" stroke="{line}" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round" '
    return mark_safe(drawn.replace("<svg ", pen, 1))  # noqa: S308  (cleaned above)
