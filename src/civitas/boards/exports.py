"""A board to take along: as a table for spreadsheets, and on paper. The picture is painted by the browser."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.utils.translation import gettext as _

from civitas.kit.cells import defused

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from civitas.boards.outline import Section


def board_csv(sections: Iterable[Section], name: str, fields: Mapping[str, str]) -> HttpResponse:
    """One line a card: where it lies, its words, who wrote it, its dots, its short texts by label, with what it is connected."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response.write("\ufeff")
    rows = csv.writer(response, delimiter=";")
    rows.writerow([_("Group"), _("Card"), _("By"), _("Dots"), *fields.values(), _("Connected with")])
    for section in sections:
        for entry in section.entries:
            short = [entry.card.fields.get(key, "") for key in fields]
            words = entry.card.text or (entry.picture[1] if entry.picture else "")
            cells = [section.title, words, entry.by, entry.dots, *short, ", ".join(entry.connected)]
            rows.writerow([defused(cell) if isinstance(cell, str) else cell for cell in cells])
    return response
