"""The mail that an author will get about an answer, as it will read before it is given; nothing is sent or kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from civitas.contributions.models import StatusEvent
from civitas.kit.texts import cleaned, cleaned_line
from civitas.notices.previews import PreviewedMail, preview_mail

if TYPE_CHECKING:
    import datetime as dt

    from civitas.contributions.models import Contribution
    from civitas.people.models import Organisation
    from civitas.processes.models import Process

# Of an event that is not there yet; `contributions.notices.event_key` reads 0 from it.
_NO_EVENT = "event-0"


def mail_to_author(row: Contribution, kind: str, **fetched: Any) -> PreviewedMail | None:
    """The mail of this kind about a contribution to its author, from what the kind's `prepare` would have read; None without an author."""
    if row.author is None or row.author.erased_at:
        return None
    things = {"about": row, **fetched}
    return preview_mail(row.city, kind, row.author.uid, subject=f"contribution:{row.pk}", event=_NO_EVENT, fetched=things)


def answered_mail(
    row: Contribution,
    *,
    status: str,
    text: str = "",
    organisation: Organisation | None = None,
    next_step: str = "",
    due_on: dt.date | None = None,
    part_of: Contribution | None = None,
    part_of_process: Process | None = None,
    handed_to: str = "",
    contact: str = "",
) -> PreviewedMail | None:
    """The mail that an official answer with these words leads to."""
    event = StatusEvent(
        city=row.city, contribution=row, status=status, text=cleaned(text), organisation=organisation,
        next_step=cleaned_line(next_step)[:240], due_on=due_on, at=timezone.now(), part_of=part_of, part_of_process=part_of_process,
        handed_to=handed_to, contact=contact,
    )  # fmt: skip
    return mail_to_author(row, "contribution.answered", event=event)
