"""The texts of a contribution in which something can be blacked out: its words, and those of its files."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext_lazy as _

from civitas.contributions.models import ANSWERS, Attachment, Contribution
from civitas.media.models import DRAWING

if TYPE_CHECKING:
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


def attachments_of(row: Contribution) -> list[Attachment]:
    """The files of a contribution in their order, with their versions."""
    rows = Attachment.objects.of(row.city_id).select_related("file", "file__city", "contribution").filter(contribution=row)
    return list(rows.order_by("position", "pk"))


def texts_of(row: Contribution, attachments: list[Attachment]) -> list[Text]:
    """What of a contribution is not empty, in the order in which it is read."""
    is_comment = row.kind == Contribution.Kind.COMMENT
    found = [_text(name, _LABELS["comment" if is_comment else name], row, name) for name in ("title", "text", *ANSWERS, "place_name")]
    for each in attachments:
        found += [_text(f"{name}-{each.pk}", _LABELS[name], each, name) for name in ("alt", "transcript", "captions")]
        if each.file.mime != DRAWING:
            found.append(_text(f"file-{each.pk}", _LABELS["file"], each.file, "title"))
    return [each for each in found if each.text]


def _text(name: str, label: str | _StrPromise, row: Model, field: str) -> Text:
    column = row._meta.get_field(field)
    return Text(name, label, row, field, getattr(row, field), getattr(column, "max_length", None))
