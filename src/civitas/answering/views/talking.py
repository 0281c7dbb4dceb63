"""Assigning one contribution, notes with documents, questions to another department and the page where it replies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from civitas.answering.actions.assigning import assign
from civitas.answering.actions.talking import add_note, ask_department, drop_note, note_of_form, reply
from civitas.answering.forms import AssignForm, NoteForm, QuestionForm, ReplyForm
from civitas.answering.models import Note
from civitas.answering.queries.one import question_by_key
from civitas.answering.rules import may_reply
from civitas.answering.views.desk import entered
from civitas.answering.views.one import found, page
from civitas.kit.refusals import show_refusal
from civitas.kit.verdicts import Refused
from civitas.media.actions import keep_file
from civitas.media.models import Derivative
from civitas.media.views import serve

if TYPE_CHECKING:
    from django.http import HttpRequest, StreamingHttpResponse


@require_POST
def assign_one(request: HttpRequest, number: int) -> HttpResponse:
    """Give one contribution to a department or person, by when."""
    row = found(request, number)
    form = AssignForm(request.actor, request.POST)
    if not form.is_valid():
        return page(request, row, assign=form, status=422)
    try:
        made = assign(
            request.actor, row, organisation=form.row("organisation"), person=form.row("person"), due_on=form.cleaned_data["due_on"]
        )
    except Refused as refused:
        show_refusal(form, refused)
        return page(request, row, assign=form, status=422 if refused.fields else refused.status)
    messages.success(request, _("It is with %(who)s now.") % {"who": made.with_whom} if made.with_whom else _("It is with nobody now."))
    return redirect("answer", number=number)


@require_POST
def note(request: HttpRequest, number: int) -> HttpResponse:
    """Write a note, perhaps with a document."""
    row = found(request, number)
    form = NoteForm(request.actor, request.POST, request.FILES)
    if not form.is_valid():
        return page(request, row, note=form, status=422)
    upload, uid = form.cleaned_data["file"], form.cleaned_data["uid"]
    try:
        # Sent twice, the note that is there needs no second copy of its document.
        if note_of_form(request.actor, row, uid) is None:
            file = keep_file(request.actor, upload, size=upload.size, title=upload.name, loose=True) if upload else None
            add_note(request.actor, row, uid=uid, text=form.cleaned_data["text"], file=file, meant_for=form.people)
    except Refused as refused:
        for sentence in refused.fields.values() or [refused.reason]:
            form.add_error("file" if "picture" in refused.fields else "text", str(sentence))
        return page(request, row, note=form, status=422 if refused.fields else refused.status)
    messages.success(request, _("The note stands there for the team."))
    return redirect("answer", number=number)


@require_POST
def remove_note(request: HttpRequest, number: int, key: int) -> HttpResponse:
    """Take a note of one's own back."""
    row = found(request, number)
    rows = Note.objects.of(row.city_id).filter(pk=key, contribution=row).select_related("file", "file__city")
    mine = rows.first()
    if mine is None:
        raise Http404
    drop_note(request.actor, mine)
    messages.success(request, _("The note is gone."))
    return redirect("answer", number=number)


@require_safe
def show_file(request: HttpRequest, key: int) -> HttpResponse | StreamingHttpResponse:
    """A note's document or picture, for the team alone."""
    city = entered(request)
    row = Note.objects.of(city).filter(pk=key, file__city=city).first()
    files = Derivative.objects.of(city).filter(file=row.file_id if row else None).select_related("file", "file__city").order_by("-width")
    largest = files.first()
    if row is None or largest is None:
        raise Http404
    response = serve(request, largest)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@require_POST
def ask(request: HttpRequest, number: int) -> HttpResponse:
    """Ask another department."""
    row = found(request, number)
    form = QuestionForm(request.actor, request.POST)
    if not form.is_valid():
        return page(request, row, question=form, status=422)
    data = form.cleaned_data
    try:
        ask_department(request.actor, row, organisation=form.row("organisation"), text=data["text"], due_on=data["due_on"])
    except Refused as refused:
        show_refusal(form, refused)
        return page(request, row, question=form, status=422 if refused.fields else refused.status)
    messages.success(request, _("The question is out. You hear when they reply."))
    return redirect("answer", number=number)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reply_to(request: HttpRequest, key: int) -> HttpResponse:
    """A question with what it is about, and the reply."""
    question = question_by_key(entered(request), key)
    if question is None:
        raise Http404
    may_reply(request.actor, question).require()
    form = ReplyForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                reply(request.actor, question, text=form.cleaned_data["text"])
            except Refused as refused:
                show_refusal(form, refused)
                status = 422 if refused.fields else refused.status
                question = question_by_key(entered(request), key)
            else:
                messages.success(request, _("Your reply is with who asked."))
                return redirect("answer_question", key=key)
    return render(
        request,
        "answering/question.html",
        {"question": question, "row": question.contribution if question else None, "form": form},
        status=status,
    )
