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
from civitas.redaction.texts import versions_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.http import QueryDict

    from civitas.contributions.models import Contribution
    from civitas.redaction.texts import Text

_SPAN = re.compile(r"([a-z_]+(?:-\d+)?):(\d{1,7})-(\d{1,7})")
_READ = re.compile(r"([a-z_]+-\d{1,18}):(\d{1,9})")
MOST_SPANS, MOST_AREAS = 300, 60
SIDES = ("left", "top", "width", "height")


@dataclass
class Marks:
    """Spans by the texts' names, areas by the files' ids, the words that were typed, and what is wrong with them (by field)."""

    spans: dict[str, list[Span]] = field(default_factory=dict)
    areas: dict[int, list[Area]] = field(default_factory=dict)
    words: str = ""
    earlier: list[str] = field(default_factory=list)  # what was typed and stands only in earlier wordings
    faults: dict[str, str] = field(default_factory=dict)
    read: dict[str, int] = field(default_factory=dict)  # which version of each text that has its own somebody looked at

    @property
    def is_empty(self) -> bool:
        """Whether nothing is marked."""
        return not self.earlier and not any(self.spans.values()) and not any(self.areas.values())


def marks_in(data: QueryDict, texts: Sequence[Text], files: Mapping[int, int]) -> Marks:
    """Read the form: `span` (name:from-to, in characters), `words` (one passage a line), four fields a rectangle.

    `files` says how many pages each file has (by id; a picture has one).
    """
    versions = versions_of(texts)
    marks = Marks(words=data.get("words", "")[:4_000])
    marks.read = {match[1]: int(match[2]) for match in map(_READ.fullmatch, data.getlist("read")[:MOST_SPANS]) if match}
    lengths = {each.name: len(each.text) for each in texts}
    for match in (_SPAN.fullmatch(each) for each in data.getlist("span")[:MOST_SPANS]):
        if match and (match[1] in lengths or match[1] in marks.read):
            marks.spans.setdefault(match[1], []).append(Span(int(match[2]), int(match[3])))
    _find_words(marks, texts)
    # Of a text that changed, or is empty meanwhile, its end is not known here: `moved_on` looks for the words.
    same = {name for name in lengths if name not in marks.read or marks.read[name] == versions.get(name)}
    marks.spans = {name: joined(spans, lengths[name] if name in same else 10**7) for name, spans in marks.spans.items()}
    for pk, pages in files.items():
        for page in range(1, pages + 1):
            _read_areas(marks, data, pk, page)
    return marks


def _find_words(marks: Marks, texts: Sequence[Text]) -> None:
    missing: list[str] = []
    for line in (line.strip() for line in marks.words.splitlines()):
        pattern = re.compile(r"\s+".join(map(re.escape, line.split())), re.IGNORECASE) if line else None
        found = False
        for each in texts if pattern else ():
            for match in pattern.finditer(each.text) if pattern else ():
                marks.spans.setdefault(each.name, []).append(Span(match.start(), match.end()))
                found = True
        if pattern and not found:
            stood = next((words for each in texts if (words := _stood_in(each, pattern))), "")
            (marks.earlier if stood else missing).append(stood or line)
    if missing:
        marks.faults["words"] = _("This stands nowhere here: %(words)s") % {"words": ", ".join(missing)}


def _stood_in(text: Text, pattern: re.Pattern[str]) -> str:
    """The words as an earlier wording of a text has them; '' where none does."""
    rows = text.further.wordings.order_by("pk").values_list(text.field, flat=True) if text.further else ()
    return next((match[0] for each in rows if (match := pattern.search(each))), "")


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
        old = getattr(before, each.name, each.text) if "-" not in each.name else _as_read(each, marks.read.get(each.name))
        for span in marks.spans.get(each.name, ()):
            words = old[span.start : span.end]
            for match in re.finditer(re.escape(words), each.text) if words.strip() else ():
                spans.setdefault(each.name, []).append(Span(match.start(), match.end()))
    return Marks({name: joined(found, 10**7) for name, found in spans.items()}, marks.areas, marks.words)


def _as_read(text: Text, version: int | None) -> str:
    """How a text that has versions of its own read when somebody looked at it; how it reads now where it has none."""
    if text.further is None or version in {None, text.further.version}:
        return text.text
    row = text.further.wordings.filter(version=version).first()
    return text.text if row is None else str(getattr(row, text.field))
