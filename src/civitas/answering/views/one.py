"""One contribution on its way to an answer: the citizen's words on one side, the draft, its release and the mail on the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.formats import time_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from civitas.answering.actions import drafting
from civitas.answering.forms import AnswerForm, AssignForm, BackForm, NoteForm, QuestionForm
from civitas.answering.languages import language_of
from civitas.answering.models import AnswerDraft
from civitas.answering.queries.one import assignment_of, closed_drafts, draft_of, larger_ones, notes_of, questions_of, said_before
from civitas.answering.rules import may_assign, may_draft, may_look, may_release, needs_two
from civitas.answering.views.desk import entered
from civitas.answering.wording import preview
from civitas.contributions.gallery import media_of
from civitas.contributions.models import Contribution
from civitas.contributions.queries import contribution_by_number
from civitas.contributions.rules import may_moderate
from civitas.kit.languages import LABELS
from civitas.kit.refusals import show_refusal
from civitas.kit.verdicts import Refused
from civitas.processes.policies import promised_days

if TYPE_CHECKING:
    from django.http import HttpRequest

Status = Contribution.Status


def found(request: HttpRequest, number: int) -> Contribution:
    """The contribution with this number, if the actor works with it."""
    row = contribution_by_number(entered(request), number)
    if row is None:
        raise Http404
    may_look(request.actor, row).require()
    return row


def page(request: HttpRequest, row: Contribution, *, status: int = 200, **forms: Any) -> HttpResponse:
    """The page of one contribution; `forms` are those that came back with a reason, by name, and `larger_ones` what was looked for."""
    actor, city = request.actor, request.city
    assert city is not None
    row.city = city
    assignment, draft = assignment_of(city, row), draft_of(city, row)
    drafts, two = may_draft(actor, row, assignment), needs_two(city, row.process)
    releases = may_release(actor, row, draft, assignment) if draft else None
    waits = bool(draft and draft.state == AnswerDraft.State.WAITING)
    mail = None
    if draft and waits:
        mail = preview(city, row, draft, part_of=_larger(request, row, draft))
    context = {
        "row": row,
        **media_of(row, may_describe=bool(may_moderate(actor, row))),
        "describe_url": "",
        "events": row.events.all(),
        "assignment": assignment,
        "answer_days": promised_days(city, row.process),
        "assign": forms.get("assign") or (AssignForm(actor, assignment=assignment) if may_assign(actor, row, assignment) else None),
        "assigns_open": "assign" in forms,
        "draft": draft,
        "waits": waits,
        "two": two,
        "drafts": drafts,
        "releases": releases,
        "answer": forms.get("answer") or (AnswerForm(actor, row, draft, assignment=assignment) if drafts and not waits else None),
        "larger": _larger(request, row, draft) if draft and draft.part_of else None,
        "larger_ones": forms.get("larger_ones"),
        "theirs": draft if status == 409 and "answer" in forms else None,
        "back": forms.get("back") or BackForm(),
        "mail": mail,
        "author_language": LABELS.get(language_of(row), ""),
        "draft_key": f"antwort-{city.slug}-{row.number}-{closed_drafts(city, row)}",
        "note": forms.get("note") or NoteForm(actor),
        "notes": notes_of(city, row),
        "question": forms.get("question") or QuestionForm(actor),
        "asks_open": "question" in forms,
        "questions": questions_of(city, row),
        "said": said_before(city, row),
    }
    return render(request, "answering/one.html", context, status=status)


def _larger(request: HttpRequest, row: Contribution, draft: AnswerDraft) -> Contribution | None:
    try:
        return drafting.larger_one(request.actor, row, draft)
    except Refused:
        return None


@never_cache
@require_safe
def show_one(request: HttpRequest, number: int) -> HttpResponse:
    """One contribution with all that belongs to its answer."""
    return page(request, found(request, number))


@require_safe
def moved(request: HttpRequest, number: int) -> HttpResponse:
    """Where the answer form used to stand."""
    found(request, number)
    return redirect("answer", number=number, permanent=True)


def _bound(request: HttpRequest, row: Contribution) -> AnswerForm:
    city = request.city
    assert city is not None
    return AnswerForm(request.actor, row, draft_of(city, row), request.POST)


@require_POST
def write(request: HttpRequest, number: int) -> HttpResponse:
    """Keep the draft, put a template in, ask for its release, or publish; who was overtaken compares and keeps what they typed."""
    row, actor = found(request, number), request.actor
    may_draft(actor, row, assignment_of(actor.city, row)).require()
    form = _bound(request, row)
    do = request.POST.get("do", "save")
    if request.POST.get("larger"):
        form.data = {**{name: form.data[name] for name in form.data}, "part_of": request.POST["larger"], "status": Status.PART_OF}
    if not form.is_valid():
        return page(request, row, answer=form, status=422)
    if do == "find":
        found_ones = larger_ones(actor.city, row, form.cleaned_data["part_of"].lstrip("# "))
        return page(request, row, answer=form, larger_ones=found_ones)
    seen, version = form.cleaned_data["version"], form.cleaned_data["draft_version"]
    try:
        if do == "publish":
            drafting.publish(actor, row, version=version, seen=seen, **form.values)
            said = _("Your answer is out. The author and those who follow hear of it.")
        elif do == "drop":
            drafting.drop_draft(actor, row, version=version)
            said = _("The draft is thrown away.")
        else:
            draft = drafting.save_draft(actor, row, version=version, **form.values)
            said = _("It is chosen. Please say in the answer why.") if request.POST.get("larger") else _("Kept. Only the team sees it.")
            if do == "insert" and form.row("template"):
                drafting.insert_template(actor, row, form.row("template"), version=draft.version)
                said = _("The template is in. Please look at its blanks.")
            elif do == "ask":
                drafting.ask_release(actor, row, version=draft.version)
                said = _("It waits for a colleague now.")
    except Refused as refused:
        return _refused(request, row, form, refused)
    messages.success(request, said)
    return redirect("answer", number=number)


def _refused(request: HttpRequest, row: Contribution, form: AnswerForm, refused: Refused) -> HttpResponse:
    show_refusal(form, refused)
    fresh = found(request, row.number or 0)
    draft = draft_of(fresh.city_id, fresh)  # type: ignore[arg-type]  # `of` takes the id too
    # The person sees how it stands now: sending again is meant. What they typed may have been kept before it was refused.
    versions = {"version": str(fresh.version), "draft_version": str(draft.version if draft else 0)}
    form.data = {**{name: form.data[name] for name in form.data}, **versions}
    return page(request, fresh, answer=form, status=422 if refused.fields else refused.status)


@require_POST
@never_cache
def keep(request: HttpRequest, number: int) -> HttpResponse:
    """Keep the draft while somebody types: {version, said}; when a colleague was quicker (409): {said, version, typed}."""
    row, actor = found(request, number), request.actor
    form = _bound(request, row)
    form.full_clean()
    if "draft_version" not in form.cleaned_data:
        return JsonResponse({"said": _("This form cannot be kept.")}, status=400)
    try:
        draft = drafting.save_draft(actor, row, version=form.cleaned_data["draft_version"], **form.values)
    except Refused as refused:
        other = draft_of(actor.city, row) if refused.status == 409 else None
        theirs = {"version": other.version, "typed": _typed(other)} if other else {}
        return JsonResponse({"said": str(refused.reason), **theirs}, status=refused.status)
    said = _("Draft saved at %(time)s.") % {"time": time_format(localtime(draft.changed_at), "TIME_FORMAT")}
    return JsonResponse({"version": draft.version, "said": said})


def _typed(draft: AnswerDraft) -> dict[str, str]:
    plain = {name: str(getattr(draft, name) or "") for name in ("status", "text", "next_step", "due_on", "part_of", "sent")}
    rows = {name: str(getattr(draft, f"{name}_id") or "") for name in ("organisation", "body", "part_of_process")}
    return {name: value for name, value in {**plain, **rows}.items() if value}


@never_cache
@require_POST
def preview_answer(request: HttpRequest, number: int) -> HttpResponse:
    """The mail to the author from the fields as they stand; what is not right yet is left out."""
    row = found(request, number)
    city = request.city
    assert city is not None
    may_draft(request.actor, row, assignment_of(city, row)).require()
    form = _bound(request, row)
    form.full_clean()
    draft = AnswerDraft(city=city, contribution=row, **form.values)
    mail = preview(city, row, draft, part_of=_larger(request, row, draft))
    template = "notices/_mail_preview.html" if request.headers.get("HX-Request") else "contributions/mail_preview.html"
    return render(request, template, {"mail": mail, "row": row})


@require_POST
def decide(request: HttpRequest, number: int) -> HttpResponse:
    """Release what waits, give it back with a word, or take it up again to write on."""
    row, actor = found(request, number), request.actor
    numbers = {name: request.POST.get(name, "") for name in ("version", "draft_version")}
    if not all(value.isascii() and value.isdigit() and len(value) < 10 for value in numbers.values()):
        raise Http404
    seen, version = int(numbers["version"]), int(numbers["draft_version"])
    do, form = request.POST.get("do", ""), BackForm(request.POST)
    form.full_clean()
    try:
        if do == "release":
            drafting.release(actor, row, version=version, seen=seen)
            said = _("Your answer is out. The author and those who follow hear of it.")
        elif do == "edit":
            drafting.reopen(actor, row, version=version)
            said = _("You can write on now.")
        else:
            drafting.send_back(actor, row, words=form.cleaned_data.get("words", ""), version=version)
            said = _("It is back with who wrote it.")
    except Refused as refused:
        show_refusal(form, refused)
        return page(request, found(request, number), back=form, status=422 if refused.fields else refused.status)
    messages.success(request, said)
    return redirect("answer", number=number)
