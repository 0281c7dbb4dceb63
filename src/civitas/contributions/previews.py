"""The mail that an author will get about an answer, as it will read before it is given; nothing is sent or kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from civitas.notices.previews import PreviewedMail, preview_mail

if TYPE_CHECKING:
    from civitas.contributions.models import Contribution
    from civitas.contributions.official import Answer

# Of an event that is not there yet; `contributions.notices.event_key` reads 0 from it.
_NO_EVENT = "event-0"


def mail_to_author(row: Contribution, kind: str, **fetched: Any) -> PreviewedMail | None:
    """The mail of this kind about a contribution to its author, from what the kind's `prepare` would have read; None without an author."""
    if row.author is None or row.author.erased_at:
        return None
    things = {"about": row, **fetched}
    return preview_mail(row.city, kind, row.author.uid, subject=f"contribution:{row.pk}", event=_NO_EVENT, fetched=things)


def answered_mail(row: Contribution, answer: Answer) -> PreviewedMail | None:
    """The mail that an official answer with these words leads to."""
    return mail_to_author(row, "contribution.answered", event=answer.event(row))
