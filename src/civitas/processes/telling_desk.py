"""News, dates and documents on the desk of a process: put there, changed and taken away in their place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from civitas.kit.verdicts import Refused
from civitas.media.actions import keep_file
from civitas.processes import telling
from civitas.processes.desk import READ_WRITE, desk_view, gone_address, render_desk, theirs_beside
from civitas.processes.models import Document, Event, News
from civitas.processes.telling_forms import DocumentForm, EventForm, NewsForm

if TYPE_CHECKING:
    from django.http import HttpRequest

    from civitas.media.models import MediaFile
    from civitas.people.actors import Actor

_KINDS: dict[str, tuple[Any, Any, Any]] = {
    "neuigkeiten": (News, NewsForm, telling.put_news),
    "termine": (Event, EventForm, telling.put_event),
    "unterlagen": (Document, DocumentForm, telling.put_document),
}
NEW = "neu"


@READ_WRITE
def edit_told(request: HttpRequest, slug: str, part: str, key: str) -> HttpResponse:
    """News, a date or a document: a new one (`neu`) or one that is there; `do=remove` takes it away."""
    view = desk_view(request, slug)
    model, form_of, put = _KINDS[part]
    process, city = view.process, view.process.city
    row = None if key == NEW else telling.told_of(city, process, model).filter(key=key).first()
    if row is None and key != NEW:
        raise Http404
    here = f"{reverse('staff_process', args=[slug])}#{part}"
    if request.method == "POST" and request.POST.get("do") == "remove" and row is not None:
        try:
            gone = telling.remove_told(request.actor, process, row, version=_number(request.POST.get("version", "")))
        except Refused as refusal:
            return render_desk(request, view, refusal=refusal)
        return redirect(gone_address(slug, part, gone))
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form, status, theirs = form_of(city, *sent, row=row), 200, []
    if sent:
        status = 422
        if form.is_valid():
            try:
                values = form.values | _file(request.actor, form.cleaned_data.get("file"))
                put(request.actor, process, row=row, version=_number(request.POST.get("version", "")), **values)
            except Refused as refusal:
                form.refuse(_about_file(refusal))
                status = refusal.status if refusal.status != 400 else 422
                theirs = theirs_beside(form, form_of(city, row=row)) if status == 409 and row else []
            else:
                messages.success(request, _("Saved."))
                return redirect(here)
    edited = {"editing": part, "told_key": key, "form": form, "version": row.version if row else 1, "theirs": theirs}
    return render_desk(request, view, status=status, **edited)


def _file(actor: Actor, upload: Any) -> dict[str, MediaFile]:
    if upload is None:
        return {}
    return {"file": keep_file(actor, upload, size=upload.size or 0, title=upload.name or "", loose=True)}


def _about_file(refusal: Refused) -> Refused:
    """The room of files names its own field."""
    fields = {"file" if name == "picture" else name: sentence for name, sentence in refusal.fields.items()}
    return Refused(refusal.reason, status=refusal.status, fields=fields)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0
