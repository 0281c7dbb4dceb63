"""The texts of a contribution in which something can be blacked out: its words, those of its files, and what rooms keep beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext_lazy as _

from civitas.contributions.models import ANSWERS, Attachment, Contribution
from civitas.kit.rooms import FurtherText, rooms
from civitas.media.models import DRAWING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import Model
    from django.utils.functional import _StrPromise

_LABELS = {
    "title": _("Title"),
    "text": _("What is it about?"),
    "audience": _("For whom?"),
    "proposal": _("The suggestion"),
    "benefit": _("What would be better then?"),
    "place_name": _("The place in words"),
    "comment": _("The comment"),
    "alt": _("What the picture shows"),
    "transcript": _("What is said in the video"),
    "captions": _("Captions of the video"),
    "file": _("Name of the document"),
}


class Text(NamedTuple):
    """One text: its name in the form, what it is in words, the row and field that hold it, and how long it may be."""

    name: str
    label: str | _StrPromise
    row: Model
    field: str
    text: str
    longest: int | None
    further: FurtherText | None = None  # where a room keeps it, with its wordings


def attachments_of(row: Contribution) -> list[Attachment]:
    """The files of a contribution in their order, with their versions."""
    rows = Attachment.objects.of(row.city_id).select_related("file", "file__city", "contribution").filter(contribution=row)
    return list(rows.order_by("position", "pk"))


def texts_of(row: Contribution, attachments: list[Attachment]) -> list[Text]:
    """What of a contribution is not empty, in the order in which it is read; of what rooms keep of it also what had words once."""
    is_comment = row.kind == Contribution.Kind.COMMENT
    found = [_text(name, _LABELS["comment" if is_comment else name], row, name) for name in ("title", "text", *ANSWERS, "place_name")]
    found += further_texts(row)
    for each in attachments:
        found += [_text(f"{name}-{each.pk}", _LABELS[name], each, name) for name in ("alt", "transcript", "captions")]
        if each.file.mime != DRAWING:
            found.append(_text(f"file-{each.pk}", _LABELS["file"], each.file, "title"))
    return [each for each in found if each.text or each.further]


def further_texts(row: Contribution, *, hold: bool = False) -> list[Text]:
    """What rooms keep beside a contribution, as the sections of a concept; with `hold` nobody else writes it until the transaction ends."""
    found = (each for room in rooms() if room.further_texts for each in room.further_texts(row.city, row, hold))
    return [Text(each.name, each.label, each.row, each.field, getattr(each.row, each.field), None, each) for each in found]


def versions_of(texts: Iterable[Text]) -> dict[str, int]:
    """By name, the version of each text that has one of its own: what somebody marks in is looked for in that one."""
    return {each.name: each.further.version for each in texts if each.further is not None}


def _text(name: str, label: str | _StrPromise, row: Model, field: str) -> Text:
    column = row._meta.get_field(field)
    return Text(name, label, row, field, getattr(row, field), getattr(column, "max_length", None))
