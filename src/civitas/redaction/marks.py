"""What somebody has marked on the page, as it comes with the form: passages, words, rectangles."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from civitas.kit.personal import Span, joined
from civitas.media.redacting import Area
from civitas.redaction.queries import words_at

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.http import QueryDict

    from civitas.contributions.models import Contribution
    from civitas.redaction.texts import Text

_SPAN = re.compile(r"([a-z_]+(?:-\d+)?):(\d{1,7})-(\d{1,7})")
MOST_SPANS, MOST_AREAS = 300, 60
SIDES = ("left", "top", "width", "height")


@dataclass
class Marks:
    """Spans by the texts' names, areas by the files' ids, the words that were typed, and what is wrong with them (by field)."""

    spans: dict[str, list[Span]] = field(default_factory=dict)
    areas: dict[int, list[Area]] = field(default_factory=dict)
    words: str = ""
    faults: dict[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is marked."""
        return not any(self.spans.values()) and not any(self.areas.values())


def marks_in(data: QueryDict, texts: Sequence[Text], files: Mapping[int, int]) -> Marks:
    """Read the form: `span` (name:from-to, in characters), `words` (one passage a line), four fields a rectangle.

    `files` says how many pages each file has (by id; a picture has one).
    """
    marks = Marks(words=data.get("words", "")[:4_000])
    lengths = {each.name: len(each.text) for each in texts}
    for match in (_SPAN.fullmatch(each) for each in data.getlist("span")[:MOST_SPANS]):
        if match and match[1] in lengths:
            marks.spans.setdefault(match[1], []).append(Span(int(match[2]), int(match[3])))
    _find_words(marks, texts)
    marks.spans = {name: joined(spans, lengths[name]) for name, spans in marks.spans.items()}
    for pk, pages in files.items():
        for page in range(1, pages + 1):
            _read_areas(marks, data, pk, page)
    return marks


def _find_words(marks: Marks, texts: Sequence[Text]) -> None:
    missing = []
    for line in (line.strip() for line in marks.words.splitlines()):
        pattern = re.compile(r"\s+".join(map(re.escape, line.split())), re.IGNORECASE) if line else None
        found = False
        for each in texts if pattern else ():
            for match in pattern.finditer(each.text) if pattern else ():
                marks.spans.setdefault(each.name, []).append(Span(match.start(), match.end()))
                found = True
        if line and not found:
            missing.append(line)
    if missing:
        marks.faults["words"] = _("This stands nowhere here: %(words)s") % {"words": ", ".join(missing)}


def _read_areas(marks: Marks, data: QueryDict, pk: int, page: int) -> None:
    columns = [data.getlist(f"area-{pk}-{page}-{side}")[:MOST_AREAS] for side in SIDES]
    for sides in zip(*columns, strict=False):
        if not any(side.strip() for side in sides):
            continue
        try:
            left, top, width, height = (float(side.replace(",", ".")) for side in sides)
            area = Area(left, top, width, height, page)
        except ValueError:
            marks.faults[f"area-{pk}"] = _("A rectangle needs four numbers, in percent of the picture.")
            continue
        within = area.within() if all(map(math.isfinite, area[:4])) else None
        if within is None:
            marks.faults[f"area-{pk}"] = _("A rectangle has no size, or lies outside of the picture.")
        else:
            marks.areas.setdefault(pk, []).append(within)


def moved_on(marks: Marks, row: Contribution, version: int, texts: Sequence[Text]) -> Marks:
    """The same words marked in the text as it reads now, after somebody changed it since `version`."""
    before = words_at(row, version)
    spans: dict[str, list[Span]] = {}
    for each in texts:
        old = getattr(before, each.name, each.text) if "-" not in each.name else each.text
        for span in marks.spans.get(each.name, ()):
            words = old[span.start : span.end]
            for match in re.finditer(re.escape(words), each.text) if words.strip() else ():
                spans.setdefault(each.name, []).append(Span(match.start(), match.end()))
    return Marks({name: joined(found, 10**7) for name, found in spans.items()}, marks.areas, marks.words, {})
