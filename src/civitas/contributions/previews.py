"""The mail that an author will get about a decision or an answer, shown before it is made; nothing is sent or kept."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from civitas.contributions.desk_forms import ShowForm
from civitas.contributions.models import Contribution, StatusEvent
from civitas.contributions.rules import may_moderate, may_see, may_work
from civitas.kit.texts import cleaned, cleaned_line
from civitas.notices.previews import PreviewedMail, preview_mail

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest

    from civitas.people.models import Organisation
    from civitas.processes.models import Process

Visibility = Contribution.Visibility
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


def hidden_mail(row: Contribution, *, reason: str) -> PreviewedMail | None:
    """The mail that hiding for this reason leads to."""
    hidden = copy(row)
    hidden.visibility, hidden.hidden_reason = Visibility.HIDDEN, cleaned_line(reason)
    return mail_to_author(hidden, "contribution.hidden")


def published_mail(row: Contribution) -> PreviewedMail | None:
    """The mail that publishing leads to."""
    published = copy(row)
    published.visibility = Visibility.PUBLISHED
    return mail_to_author(published, "contribution.published")


def _found(request: HttpRequest, number: int | None, key: int | None) -> Contribution:
    if request.city is None:
        raise Http404
    may_work(request.actor).require()
    rows = Contribution.objects.of(request.city).select_related("city", "author", "author__user", "root", "process")
    row: Contribution | None = (rows.filter(number=number) if key is None else rows.filter(pk=key, kind=Contribution.Kind.COMMENT)).first()
    if row is None:
        raise Http404
    may_see(request.actor, row).require()
    return row


def _page(request: HttpRequest, row: Contribution, mail: PreviewedMail | None) -> HttpResponse:
    template = "notices/_mail_preview.html" if request.headers.get("HX-Request") else "contributions/mail_preview.html"
    return render(request, template, {"mail": mail, "row": row})


@never_cache
@require_POST
def preview_decision(request: HttpRequest, number: int | None = None, key: int | None = None) -> HttpResponse:
    """The mail to the author from the fields of the form that publishes or hides."""
    row = _found(request, number, key)
    may_moderate(request.actor, row).require()
    form = ShowForm(request.POST)
    form.full_clean()
    data = form.cleaned_data
    hides = data.get("visibility") == Visibility.HIDDEN
    return _page(request, row, hidden_mail(row, reason=data.get("reason", "")) if hides else published_mail(row))
