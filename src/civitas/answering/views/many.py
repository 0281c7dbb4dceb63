"""Many at once: what was ticked, the one answer or the one department for it, and how far it is."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from civitas.answering.actions.many import MOST, answer_many, assign_many, drop_batch, refused_for, release_batch
from civitas.answering.blanks import KNOWN, known_blanks
from civitas.answering.forms import AnswerManyForm, AssignManyForm
from civitas.answering.languages import CODES, read_in, spoken
from civitas.answering.models import Batch, BatchItem
from civitas.answering.queries.many import batch_by_key, batch_counts, failed_items, items_page, readers, readers_of, ticked
from civitas.answering.rules import may_answer_many, may_release_batch, may_see_batch, needs_two
from civitas.answering.views.desk import entered
from civitas.kit.languages import LABELS, html_language
from civitas.kit.refusals import show_refusal
from civitas.kit.translated import KEYS
from civitas.kit.verdicts import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest

    from civitas.cities.models import City
    from civitas.contributions.models import Contribution

_NAMES = {key: LABELS[code] for key, code in CODES.items()}


def _numbers(parts: Iterable[str]) -> list[int]:
    return [int(part) for part in dict.fromkeys(parts) if part.isascii() and part.isdigit() and len(part) < 16][:MOST]


@never_cache
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """From the ticked list to the form, and from the form to the worker. `do` is answer or assign; with `go` it is sent off."""
    city, actor = entered(request), request.actor
    may_answer_many(actor).require()
    answers = request.POST.get("do") != "assign"
    numbers = _numbers(request.POST.get("numbers", "").split() or request.POST.getlist("number"))
    rows = ticked(city, numbers)
    if not rows:
        messages.warning(request, _("Please tick at least one contribution."))
        return redirect("answer_desk")
    kind: Any = partial(AssignManyForm, actor, numbers)
    if answers:
        kind = partial(AnswerManyForm, actor, numbers, readers=readers(city, rows))
    if not request.POST.get("go"):
        return _page(request, rows, kind(), answers)
    form = kind(request.POST)
    if not form.is_valid():
        return _page(request, rows, form, answers, status=422)
    if request.POST.get("go") == "insert":
        return _page(request, rows, kind(initial=_with_template(form)), answers)
    try:
        batch = _send(request, form, rows, answers)
    except Refused as refused:
        show_refusal(form, refused)
        return _page(request, rows, form, answers, status=422 if refused.fields else refused.status)
    return redirect("answer_batch", key=batch.pk)


def _with_template(form: AnswerManyForm) -> dict[str, Any]:
    """What was typed, with a template's words below it in each language that it has; its blanks stay, since they are filled for each."""
    template = form.row("template")
    data = {name: form.data[name] for name in form.data}
    if template:
        for language in form.languages:
            key = KEYS[language["code"]]
            data[f"text_{key}"] = f"{data.get(f'text_{key}', '').strip()}\n\n{template.text.get(key, '')}".strip()
        data["status"] = template.status or data.get("status", "")
    return data


def _send(request: HttpRequest, form: Any, rows: list[Contribution], answers: bool) -> Batch:  # noqa: FBT001  (one of two forms)
    data = form.cleaned_data
    if answers:
        return answer_many(
            request.actor, rows, uid=data["uid"], status=data["status"], organisation=form.row("organisation"), due_on=data["due_on"],
            **form.words,
        )  # fmt: skip
    return assign_many(request.actor, rows, uid=data["uid"], organisation=form.row("organisation"), person=form.row("person"))


def _page(request: HttpRequest, rows: list[Contribution], form: Any, answers: bool, *, status: int = 200) -> HttpResponse:  # noqa: FBT001
    two = answers and any(needs_two(request.actor.city, row.process) for row in rows)
    context = {"rows": rows, "form": form, "answers": answers, "two": two, "blanks": [f"{{{name}}}" for name in KNOWN]}
    return render(request, "answering/many.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show_batch(request: HttpRequest, key: int) -> HttpResponse:
    """How far one answer to many is; which failed, and why. Where it waits, a colleague releases it here."""
    city, actor = entered(request), request.actor
    batch = batch_by_key(city, key)
    if batch is None:
        raise Http404
    may_see_batch(actor, batch).require()
    if request.method == "POST":
        if request.POST.get("do") == "drop":
            drop_batch(actor, batch)
            messages.success(request, _("It is thrown away. Nobody got it."))
        elif release_batch(actor, batch):
            messages.warning(request, _("It goes out now, but not to all: below you see which ones stay behind, and why."))
        else:
            messages.success(request, _("It goes out now."))
        return redirect("answer_batch", key=key)
    waits, releases = batch.state == Batch.State.WAITING, may_release_batch(actor, batch)
    counts = batch_counts(batch)
    total = sum(counts.values())
    done = total - counts.get(BatchItem.State.WAITING, 0)
    reading = readers_of(city, batch) if batch.kind == Batch.Kind.ANSWER else {}
    context = {
        "batch": batch,
        "versions": _versions(batch, reading),
        "unwritten": [(LABELS[code], count) for code, count in reading.items() if batch.text and not batch.text.get(KEYS[code])],
        "answers": batch.kind == Batch.Kind.ANSWER,
        "waits": waits,
        "runs": batch.state == Batch.State.RUNNING,
        "total": total,
        "done": done,
        "well": counts.get(BatchItem.State.DONE, 0),
        "failed": failed_items(batch),
        "items": [(item, _language_of(city, batch, item)) for item in items_page(batch)],
        "releases": releases,
        "behind": [{"item": item, "reason": refused.reason} for item, refused in refused_for(actor, batch)] if waits and releases else [],
    }
    template = "answering/_progress.html" if request.headers.get("HX-Request") else "answering/batch.html"
    return render(request, template, context)


def _versions(batch: Batch, reading: dict[str, int]) -> list[dict[str, Any]]:
    """The answer in each language that it goes out in, with how many get it; the one of most first."""
    counts: Counter[str] = Counter()
    for code, count in reading.items():
        counts[spoken(batch.text, code)] += count
    return [
        {
            "name": _NAMES.get(key, ""),
            "lang": html_language(CODES.get(key, "de")),
            "count": count,
            "text": batch.text.get(key, ""),
            "next_step": batch.next_step.get(key) or str(batch.next_step),
            "blanks": known_blanks(batch.text.get(key, "")),
        }
        for key, count in counts.most_common()
    ]


def _language_of(city: City, batch: Batch, item: BatchItem) -> str:
    """The name of the language in which a contribution gets its answer; '' where there are no words."""
    return _NAMES.get(spoken(batch.text, read_in(city, item.contribution)), "") if batch.text else ""
