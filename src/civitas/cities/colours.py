"""Colours that can be read: the house's own, and whether those of a city's pack have enough contrast.

Contrast and luminance as in WCAG 2.2 (success criterion 1.4.3).
"""

from __future__ import annotations

import colorsys
import re
from typing import TYPE_CHECKING

from civitas.kit.packs import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from civitas.kit.packs import Pack

# What the house has where a city's pack names no colour of its own; the same as in the pages' tokens.css.
BRIGHT = {
    "harbour": "#1d4560",
    "on-harbour": "#fff",
    "ink": "#14222c",
    "muted": "#4d5f6b",
    "line": "#d5dde2",
    "paper": "#fff",
    "mist": "#f0f4f6",
    "deep": "#14303f",
}
DIM = {
    "harbour": "#9ccbe8",
    "on-harbour": "#06202f",
    "ink": "#eaf2f7",
    "muted": "#a9becb",
    "line": "#274252",
    "paper": "#0a1822",
    "mist": "#102431",
    "deep": "#061018",
}
ENOUGH = 4.5
# What is read on what: the first of each pair is what a proposal changes.
_PAIRS = (("ink", "paper"), ("ink", "mist"), ("muted", "paper"), ("muted", "mist"), ("harbour", "paper"), ("harbour", "mist"))
_ON_BUTTONS = ("harbour", "on-harbour")
_HEX = re.compile(r"#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})")


def contrast(one: str, other: str) -> float:
    """The contrast of two hex colours, from 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _channels(colour: str) -> tuple[float, float, float]:
    digits = colour.removeprefix("#")
    digits = "".join(each * 2 for each in digits) if len(digits) == 3 else digits
    red, green, blue = (int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))
    return red, green, blue


def _luminance(colour: str) -> float:
    parts = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in _channels(colour)]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def readable(colour: str, *grounds: str, least: float = ENOUGH) -> str:
    """The colour, or the next darker or lighter one of the same hue that can be read on every ground; black or white where none can."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*_channels(colour))
    darker = sum(map(_luminance, grounds)) / len(grounds) > 0.18
    for step in range(101):
        moved = lightness * (1 - step / 100) if darker else lightness + (1 - lightness) * step / 100
        red, green, blue = (round(255 * part) for part in colorsys.hls_to_rgb(hue, moved, saturation))
        found = colour.lower() if step == 0 else f"#{red:02x}{green:02x}{blue:02x}"
        if all(contrast(found, ground) >= least for ground in grounds):
            return found
    return "#000000" if darker else "#ffffff"


def is_hex(colour: str) -> bool:
    """Whether this is a colour as '#1d4560' or '#fff'."""
    return bool(_HEX.fullmatch(colour))


def check_contrasts(pack: Pack) -> Iterator[Fault]:
    """Colours of a pack's look that cannot be read on the ones below them, each with one that can; other notations are not judged."""
    look = pack.toml("city.toml").get("look", {})
    if not isinstance(look, dict):
        return  # the schema says so
    for name, base in (("light", BRIGHT), ("dark", DIM)):
        table = look.get(name, {})
        own = {token: colour for token, colour in table.items() if isinstance(colour, str)} if isinstance(table, dict) else {}
        yield from _too_low(pack, name, own, base | own)


def _too_low(pack: Pack, theme: str, own: Mapping[str, str], colours: Mapping[str, str]) -> Iterator[Fault]:
    for token, ground in (*_PAIRS, _ON_BUTTONS):
        pair = colours[token], colours[ground]
        if not {token, ground} & own.keys() or not all(map(is_hex, pair)):
            continue
        found = contrast(*pair)
        if found < ENOUGH:
            grounds = [colours[below] for above, below in (*_PAIRS, _ON_BUTTONS) if above == token and is_hex(colours[below])]
            line = pack.line_of("city.toml", f"[look.{theme}]", token if token in own else ground)
            sentence = f"look.{theme}: {token} {pair[0]} on {ground} {pair[1]} has a contrast of {found:.1f}, and {ENOUGH} is needed"
            yield Fault("city.toml", line, f"{sentence}; {readable(pair[0], *grounds)} would do")
