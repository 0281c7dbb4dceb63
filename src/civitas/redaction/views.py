"""The pages on which the team blacks out what is private: mark, look at how it will read, confirm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from civitas.kit.personal import PersonalKind, Span, joined, personal_in
from civitas.kit.redirects import SeeOther, own_address
from civitas.kit.refusals import show_refusal, take_up
from civitas.kit.verdicts import Refused
from civitas.media.models import Derivative
from civitas.media.redacting import Area, can_black_out, picture_of_page, sizes_of
from civitas.redaction.actions import redact_contribution
from civitas.redaction.forms import ReasonForm
from civitas.redaction.marks import Marks, marks_in, moved_on
from civitas.redaction.queries import found_by
from civitas.redaction.reach import reach_of
from civitas.redaction.rules import may_redact
from civitas.redaction.texts import attachments_of, texts_of, versions_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest

    from civitas.contributions.models import Attachment, Contribution
    from civitas.redaction.texts import Text

# Of a page as it is shown, in pixels.
_LONGEST_SIDE = 1400
# Rows for rectangles that a page without JavaScript offers beyond those in use.
_EMPTY_ROWS = 2


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def redact(request: HttpRequest, number: int | None = None, key: int | None = None) -> HttpResponse:
    """Mark what is private in a contribution or comment, see how it will read, and black it out."""
    row = found_by(request.city, number, key) if request.city else None
    if row is None:
        raise Http404
    may_redact(request.actor, row).require()
    attachments = attachments_of(row)
    texts = texts_of(row, attachments)
    if request.method != "POST":
        return _mark_page(request, row, attachments, texts, Marks(), ReasonForm(initial={"version": row.version}))
    form = ReasonForm(request.POST)
    files = {each.file_id: each.file.pages or 1 for each in attachments if can_black_out(each.file)}
    marks = marks_in(request.POST, texts, files)
    step = request.POST.get("step")
    if step == "edit":
        again = ReasonForm(initial={"version": row.version, "reason": request.POST.get("reason")})
        return _mark_page(request, row, attachments, texts, marks, again)
    if form.is_valid() and (form.cleaned_data["version"] != row.version or marks.read != versions_of(texts)):
        return _overtaken(request, row, marks, form)
    if marks.is_empty and not marks.faults:
        marks.faults[""] = _("Nothing is marked yet. Please mark what should be blacked out.")
    if marks.faults or not form.is_valid():
        return _mark_page(request, row, attachments, texts, marks, form, status=422)
    if step != "confirm":
        return _preview(request, row, attachments, texts, marks, form)
    try:
        redact_contribution(
            request.actor, row, spans=marks.spans, areas=marks.areas, earlier=marks.earlier, read=marks.read, **form.cleaned_data
        )
    except Refused as refused:
        if refused.status == 409:
            return _overtaken(request, row, marks, form, refused=refused)
        show_refusal(form, refused)
        return _mark_page(request, row, attachments, texts, marks, form, status=422)
    messages.success(request, _("It is blacked out, here and wherever it was repeated. The author hears of it."))
    return SeeOther(_way_back(request, row))


def _overtaken(request: HttpRequest, row: Contribution, marks: Marks, form: ReasonForm, *, refused: Refused | None = None) -> HttpResponse:
    """Somebody changed it meanwhile: the page as it is now, with the same words marked."""
    now = found_by(row.city, row.number, None if row.number else row.pk)
    if now is None:
        raise Http404
    attachments = attachments_of(now)
    texts = texts_of(now, attachments)
    moved = moved_on(marks, now, form.cleaned_data["version"], texts)
    reason = _("This text was changed meanwhile. Please look at it again; what you marked is kept.")
    moved.faults[""] = str(refused.reason) if refused else reason
    take_up(form, now.version)
    return _mark_page(request, now, attachments, texts, moved, form, status=409)


def _mark_page(
    request: HttpRequest,
    row: Contribution,
    attachments: list[Attachment],
    texts: list[Text],
    marks: Marks,
    form: ReasonForm,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        **_head(request, row),
        "form": form,
        "texts": [_marked(each, marks) for each in texts if each.text],
        "read": _read(texts),
        "files": [_file(each, marks) for each in attachments],
        "words": marks.words if "words" in marks.faults else "\n".join(marks.earlier),
        "fault": marks.faults.get("", ""),
        "words_fault": marks.faults.get("words", ""),
        "proposals": sum(len(personal_in(each.text)) for each in texts),
    }
    return render(request, "redaction/redact.html", context, status=status)


def _preview(
    request: HttpRequest, row: Contribution, attachments: list[Attachment], texts: list[Text], marks: Marks, form: ReasonForm
) -> HttpResponse:
    reach = reach_of(row.city, row, texts, marks.spans, earlier=marks.earlier)
    values = {(type(change.row), change.row.pk): change.values for change in reach.own}
    files = [each for each in (_file(one, marks) for one in attachments) if each["areas"]]
    after = {each.name: values.get((type(each.row), each.row.pk), {}).get(each.field, "") for each in texts}
    context = {
        **_head(request, row),
        "form": form,
        "texts": [{"text": each, "after": after[each.name]} for each in texts if each.text],
        # Of a concept with a dozen sections one sees at once where something goes.
        "unchanged": [each for each in texts if each.text and not after[each.name]],
        "earlier": "\n".join(marks.earlier),
        "files": files,
        "read": _read(texts),
        "spans": [f"{name}:{span.start}-{span.end}" for name, spans in marks.spans.items() for span in spans],
        "passages": reach.passages,
        "areas": sum(map(len, marks.areas.values())),
        "versions": len(reach.versions),
        "said": len(reach.said),
        "others": len(reach.others),
        "reason": dict(form.fields["reason"].choices)[form.cleaned_data["reason"]],  # type: ignore[attr-defined]  # a ChoiceField
    }
    return render(request, "redaction/preview.html", context)


def _read(texts: list[Text]) -> list[str]:
    return [f"{name}:{version}" for name, version in versions_of(texts).items()]


def _head(request: HttpRequest, row: Contribution) -> dict[str, Any]:
    return {"row": row, "title": row.title or (row.root.title if row.root else ""), "back_url": _way_back(request, row)}


def _way_back(request: HttpRequest, row: Contribution) -> str:
    """Where somebody came from, such as their place in the queue; else the contribution's own page at the desk."""
    there = reverse("staff_contribution", args=[row.number]) if row.number else reverse("staff_comment", args=[row.pk])
    return own_address(request, request.GET.get("back", "")) or there


def _marked(text: Text, marks: Marks) -> dict[str, Any]:
    """A text in segments, with what the machine proposes and what is marked already."""
    proposed = personal_in(text.text)
    spans = marks.spans.get(text.name, [])
    known = {(span.start, span.end) for span in proposed}
    return {
        "text": text,
        "segments": _segments(text.text, proposed),
        "proposals": [
            {
                "value": f"{text.name}:{each.start}-{each.end}",
                "words": text.text[each.start : each.end],
                "kind": PersonalKind(each.kind).label,
                "checked": any(span.start <= each.start and each.end <= span.end for span in spans),
            }
            for each in proposed
        ],
        # What was marked by hand, as boxes that can be taken away again.
        "marked": [
            {"value": f"{text.name}:{each.start}-{each.end}", "words": text.text[each.start : each.end]}
            for each in spans
            if (each.start, each.end) not in known
        ],
    }


def _segments(text: str, spans: Iterable[Span]) -> list[dict[str, Any]]:
    found, at = [], 0
    for span in joined(spans, len(text)):
        found += [{"text": text[at : span.start], "marked": False}, {"text": text[span.start : span.end], "marked": True}]
        at = span.end
    return [each for each in [*found, {"text": text[at:], "marked": False}] if each["text"]]


def _file(attachment: Attachment, marks: Marks) -> dict[str, Any]:
    file = attachment.file
    areas = marks.areas.get(file.pk, [])
    shown: dict[str, Any] = {"attachment": attachment, "file": file, "areas": areas, "can": can_black_out(file)}
    shown["fault"] = marks.faults.get(f"area-{file.pk}", "")
    shown["pages"] = _pages(attachment, areas) if shown["can"] else []
    return shown


def _pages(attachment: Attachment, areas: list[Area]) -> list[dict[str, Any]]:
    """What is shown of a file to draw on: the photo in its largest version, or each page of a document."""
    file, row = attachment.file, attachment.contribution
    if file.is_document:
        view, key = ("redact_page", row.number) if row.number else ("redact_comment_page", row.pk)
        sides = [(reverse(view, args=[key, file.pk, number]), wide, high) for number, (wide, high) in enumerate(sizes_of(file), 1)]
    else:
        versions = Derivative.objects.of(attachment.city_id).filter(file=file, width__isnull=False)
        sides = [(f"/medien/{each.name}", each.width, each.height) for each in versions.order_by("-width")[:1]]
    found = []
    for number, (src, wide, high) in enumerate(sides, 1):
        own = [area for area in areas if area.page == number]
        shown = {"number": number, "src": src, "width": round(wide), "height": round(high), "areas": own}
        # A document has many pages, and a form may not have more than a thousand fields.
        found.append({**shown, "rows": [*own, *([None] * (1 if file.is_document else _EMPTY_ROWS))]})
    return found


@never_cache
@require_safe
def show_page(request: HttpRequest, file: int, page: int, number: int | None = None, key: int | None = None) -> HttpResponse:
    """A page of a contribution's document as a picture, for the team."""
    row = found_by(request.city, number, key) if request.city else None
    if row is None:
        raise Http404
    may_redact(request.actor, row).require()
    known = next((each.file for each in attachments_of(row) if each.file_id == file and can_black_out(each.file)), None)
    raw = picture_of_page(known, page, longest=_LONGEST_SIDE) if known and known.is_document and 0 < page <= (known.pages or 0) else None
    if raw is None:
        raise Http404
    return HttpResponse(raw, content_type="image/webp")


def render_foot(request: HttpRequest, row: Contribution) -> str:
    """Below a contribution: for all that something was blacked out, for the team the quiet link to do so."""
    url = reverse("redact", args=[row.number]) if row.number and may_redact(request.actor, row) else ""
    if not url and not row.redacted_at:
        return ""
    return render_to_string("redaction/_foot.html", {"url": url, "redacted_at": row.redacted_at}, request=request)
