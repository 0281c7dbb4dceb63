"""What a canvas says for the sections of the concept that was made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import translation

from civitas.boards.conclusion_models import Conclusion
from civitas.boards.posters import canvas_by_key
from civitas.boards.reading import read_boards
from civitas.coproduction.sections import LONGEST_SECTION, section_by_key
from civitas.kit.texts import cleaned
from civitas.processes.registry import UnknownMethod, method_of

if TYPE_CHECKING:
    from civitas.boards.canvases import Canvas
    from civitas.boards.reading import Read
    from civitas.contributions.models import Contribution

# Where what lies beside the fields goes, and what a field says that names no section.
_ELSE = "how"


def canvas_words(row: Contribution) -> dict[str, str]:
    """By section, what lies now on the poster of which concluding made this concept; {} where no canvas did. A few queries."""
    made = Conclusion.objects.of(row.city_id).filter(contribution=row).select_related("step", "step__city").order_by("pk").first()
    if made is None:
        return {}
    try:
        method = method_of(made.step)
    except UnknownMethod:
        return {}
    key = getattr(method.settings_of(made.step), "canvas", "")
    canvas = canvas_by_key(made.step.city, key) if key else None
    read = next((each for each in read_boards(made.step) if f"board:{each.board.table}" == made.key), None)
    if canvas is None or read is None:
        return {}
    with translation.override(made.step.city.config.languages[0]):
        return _by_section(canvas, read)


def _by_section(canvas: Canvas, read: Read) -> dict[str, str]:
    written = [card for card in read.cards if not card.number]
    parts: dict[str, list[str]] = {}
    known = {region.key for region in canvas.regions}
    for region in canvas.regions:
        lying = [card.text for card in written if card.region == region.key]
        if lying:
            section = region.section if section_by_key(region.section) else _ELSE
            parts.setdefault(section, []).append("\n".join([_heading(str(region.title)), *map(_line, lying)]))
    beside = [_line(card.text) for card in written if card.region not in known]
    if beside:
        parts.setdefault(_ELSE, []).append("\n".join(beside))
    return {key: cleaned("\n\n".join(texts))[:LONGEST_SECTION] for key, texts in parts.items()}


def _heading(title: str) -> str:
    return title if title.endswith((".", "!", "?", ":")) else f"{title}:"


def _line(text: str) -> str:
    return f"– {' '.join(text.split())}"
