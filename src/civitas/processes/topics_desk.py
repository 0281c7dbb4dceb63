"""The subjects of a process and its drawing, on its desk: each changed and taken away in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from civitas.kit.verdicts import Refused
from civitas.processes.actions import set_process
from civitas.processes.desk import READ_WRITE, desk_view, render_desk, theirs_beside
from civitas.processes.topic_forms import DrawingForm, TopicForm
from civitas.processes.topics import put_topic, remove_topic, topics_of

if TYPE_CHECKING:
    from django.http import HttpRequest

NEW = "neu"


@READ_WRITE
def edit_topic(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """A subject: a new one (`neu`) or one that is there; `do=remove` takes it away where nothing is sorted into it."""
    view = desk_view(request, slug)
    process, city = view.process, view.process.city
    topics = list(topics_of(city, process))
    row = next((each for each in topics if each.key == key), None)
    if row is None and key != NEW:
        raise Http404
    here = f"{reverse('staff_process', args=[slug])}#themen"
    if request.method == "POST" and request.POST.get("do") == "remove" and row is not None:
        try:
            remove_topic(request.actor, process, row)
        except Refused as refusal:
            return render_desk(request, view, refusal=refusal)
        messages.success(request, _("It is gone."))
        return redirect(here)
    sent = request.POST if request.method == "POST" else None
    form, status, theirs = TopicForm(city, sent, topics=topics, row=row), 200, []
    if sent is not None:
        status = 422
        if form.is_valid():
            try:
                put_topic(request.actor, process, row=row, **form.values)
            except Refused as refusal:
                form.refuse(refusal)
                status = refusal.status if refusal.status != 400 else 422
                theirs = theirs_beside(form, TopicForm(city, topics=topics, row=row)) if status == 409 and row else []
            else:
                messages.success(request, _("Saved."))
                return redirect(here)
    return render_desk(request, view, status=status, editing="themen", topic_key=key, form=form, version=process.version, theirs=theirs)


@require_POST
def change_drawing(request: HttpRequest, slug: str) -> HttpResponse:
    """Give a process another drawing, or none (`do=remove`)."""
    view = desk_view(request, slug)
    process = view.process
    form = DrawingForm(request.POST, request.FILES)
    form.fields["drawing"].required = request.POST.get("do") != "remove"
    if not form.is_valid():
        return render_desk(request, view, status=422, drawing_form=form)
    try:
        values = {"picture": "" if request.POST.get("do") == "remove" else form.cleaned_data["drawing"]}
        set_process(request.actor, process, version=form.cleaned_data["version"], values=values)
    except Refused as refusal:
        return render_desk(request, view, refusal=refusal)
    messages.success(request, _("Saved."))
    return redirect(f"{reverse('staff_process', args=[slug])}#bild")
