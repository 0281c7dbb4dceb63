"""What results repeat of voices: what the city shows no longer, or has blacked out, goes from them too, in every version."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from civitas.boards.conclusion_models import Conclusion
from civitas.contributions.actions import index_later
from civitas.contributions.models import Contribution, Revision

if TYPE_CHECKING:
    from collections.abc import Mapping

    from civitas.boards.models import Board

# How a line begins that repeats what lies on a card: "3. ", "– ", or with the words themselves.
_HEAD = re.compile(r"(\d+\. |– )?")


@transaction.atomic
def requote(board: Board, went: Mapping[str, str]) -> None:
    """Have the results of a board's step say new words for old ones (`went`), '' for those that are shown no more."""
    city = board.city
    with translation.override(city.config.languages[0]):
        unsaid = _("(a contribution that is no longer shown)")
    changed = {old: new or unsaid for old, new in went.items() if old}
    made = Conclusion.objects.of(city).filter(step=board.step_id).values("contribution")
    results = {row.pk: row for row in Contribution.objects.of(city).filter(pk__in=made).order_by("pk")} if changed else {}
    for version in Revision.objects.of(city).filter(contribution__in=results).order_by("pk"):
        text = _said(version.text, changed)
        if text != version.text:
            version.text = text
            version.save(update_fields=["text"])
    for row in results.values():
        text = _said(row.text, changed)
        if text != row.text:
            row.text, row.version = text, row.version + 1
            row.save(update_fields=["text", "version", "changed_at"])
            index_later(city, [row])


def _said(text: str, changed: Mapping[str, str]) -> str:
    return "\n".join(_line(line, changed) for line in text.split("\n"))


def _line(line: str, changed: Mapping[str, str]) -> str:
    head = _HEAD.match(line)
    start = head.end() if head else 0
    rest = line[start:]
    for old, new in changed.items():
        if rest == old or rest.startswith(f"{old} ("):
            return f"{line[:start]}{new}{rest[len(old) :]}"
    return line
