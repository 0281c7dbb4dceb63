"""The workshop of those who write: begin, write a section, title and lead, voices, files, what a canvas offers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from civitas.contributions.differences import blacked, differences, merged
from civitas.contributions.giving import wants_proof
from civitas.contributions.models import Contribution
from civitas.contributions.uploads import take_files
from civitas.contributions.waiting import why_waiting
from civitas.coproduction.actions.beginning import add_voice, begin_concept, drop_voice
from civitas.coproduction.actions.writing import add_files, canvas_offers, overtaken, settle_offer, write_lead, write_section
from civitas.coproduction.forms import BeginForm, FileForm, LeadForm, SectionForm, VoiceForm
from civitas.coproduction.models import Concept, Member
from civitas.coproduction.pages import stage_of
from civitas.coproduction.queries import concept_of, gates_of, member_of, members_of, named_in, remark_counts, voices_of, written_sections
from civitas.coproduction.reading import blocks_of
from civitas.coproduction.rules import leads_concepts, may_ask, may_begin, may_write
from civitas.coproduction.sections import section_by_key
from civitas.coproduction.views.finding import found_concept, found_row, found_section, opened_concept, take_part
from civitas.kit.languages import html_language
from civitas.kit.redirects import SeeOther
from civitas.kit.refusals import carry_out, show_refusal, take_up
from civitas.kit.templatetags.kit import localized
from civitas.kit.verdicts import Refused

if TYPE_CHECKING:
    from django.http import HttpRequest

    from civitas.coproduction.sections import Section


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """Begin a concept: from nothing, or (`?aus=`) from a theme or voice."""
    if request.city is None:
        raise Http404
    origin = _origin(request)
    take_part(request)
    if request.actor.participant is not None:
        may_begin(request.actor).require()
    form = BeginForm(request.actor, request.POST if request.method == "POST" else None, initial=_begin_with(origin))
    status = 200
    if request.method == "POST":
        status, made = carry_out(
            form,
            lambda: begin_concept(
                request.actor,
                uid=form.cleaned_data["uid"],
                title=form.cleaned_data["title"],
                text=form.cleaned_data["text"],
                origin=origin,
                organisation=form.speaker,
                language=html_language(request.language),
            ),
        )
        if made is not None:
            return SeeOther(reverse("concept", args=[made.contribution.number]) + "?begonnen=1")
    return render(request, "coproduction/begin.html", _beginning(request, form, origin), status=status)


def _beginning(request: HttpRequest, form: BeginForm, origin: Contribution | None) -> dict[str, Any]:
    return {"form": form, "origin": origin, "draft_key": "concept-new", "proof": wants_proof(request)}


def _origin(request: HttpRequest) -> Contribution | None:
    number = request.GET.get("aus", "")
    if not (number.isascii() and number.isdigit() and len(number) < 16):
        return None
    found: Contribution | None = (
        Contribution.objects.of(request.city)
        .filter(number=int(number), listed=1)
        .select_related("step", "step__process", "step__process__city", "category")
        .first()
    )
    return found


def _begin_with(origin: Contribution | None) -> dict[str, Any]:
    return {"title": origin.title} if origin is not None and origin.kind == Contribution.Kind.THEME else {}


@never_cache
@require_safe
def show_workshop(request: HttpRequest, number: int) -> HttpResponse:
    """The concept as those see it who write: what is there, what is missing, what is new; others read what they could do."""
    return _workshop(request, found_row(request, number), VoiceForm())


def _workshop(request: HttpRequest, row: Contribution, voice_form: VoiceForm, *, status: int = 200) -> HttpResponse:
    concept, actor = concept_of(request.city, row), request.actor
    member = member_of(actor, concept)
    allowed = may_write(actor, concept, member) if concept else None
    sections = written_sections(concept)
    counts = remark_counts(concept) if concept else {}
    writes = bool(allowed)
    offers = canvas_offers(concept, {each.section.key: each.row for each in sections if each.row}) if concept and writes else {}
    voices, voice_count = voices_of(row)
    members = members_of(concept) if concept else []
    stage, stage_words = stage_of(concept)
    saved = section_by_key(request.GET.get("gespeichert", ""))
    context = {
        "item": row,
        "concept": concept,
        "member": member,
        "writes": writes,
        "refusal": str(allowed.reason) if allowed is not None and not allowed else "",
        "asks": bool(may_ask(actor, concept, member)) if concept else bool(may_begin(actor)),
        "lines": [
            {
                "section": each.section,
                "row": each.row,
                "begins": " ".join(each.text[:220].split()),
                "offer": offers.get(each.section.key, ""),
                "remarks": counts.get(each.section.key, 0),
            }
            for each in sections
        ],
        "written": sum(bool(each.text) for each in sections),
        "total": len(sections),
        "stage": stage,
        "stage_words": stage_words,
        "voices": voices,
        "voice_count": voice_count,
        "named": named_in(row) if writes else [],
        "voice_form": voice_form if writes else None,
        "inside": [each for each in members if each.state == Member.State.IN],
        "asking": sum(each.state == Member.State.ASKED for each in members) if writes else 0,
        "gates": gates_of(concept) if concept else [],
        "steers": leads_concepts(actor),
        "begun": "begonnen" in request.GET,
        "saved": saved,
        "saved_key": _draft_key(row, saved) if saved else "",
    }
    return render(request, "coproduction/workshop.html", context, status=status)


def _draft_key(row: Contribution, section: Section) -> str:
    return f"section-{row.number}-{section.key}"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, number: int, key: str) -> HttpResponse:
    """Write a section. Who was overtaken sees both wordings, what differs, and one of both where they do not meet; nothing is lost."""
    row, section = found_row(request, number), found_section(key)
    concept = opened_concept(request, number) if request.method == "POST" else concept_of(request.city, row)
    if concept is None:
        return SeeOther(reverse("concept", args=[number]))
    member = member_of(request.actor, concept)
    if request.method != "POST":
        may_write(request.actor, concept, member).require()
    text = next(each for each in written_sections(concept) if each.section.key == key)
    offer = canvas_offers(concept, {key: text.row} if text.row else {}).get(key, "") if request.GET.get("plakat") else ""
    initial = {"text": "\n\n".join(part for part in (text.text, offer) if part), "version": text.version}
    form = SectionForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method != "POST" or not form.is_valid():
        return _write_page(request, concept, section, form, offer=offer, status=422 if form.errors else 200)
    version, typed = form.cleaned_data["version"], form.cleaned_data["text"]
    try:
        write_section(request.actor, concept, member, key, text=typed, version=version)
    except Refused as refused:
        status = 422 if refused.fields else refused.status
        allowed = may_write(request.actor, concept, member)
        meanwhile = overtaken(concept, key, version) if refused.status == 409 and allowed else None
        if meanwhile is None:
            show_refusal(form, refused)
            return _write_page(request, concept, section, form, status=status, kept="" if allowed else typed)
        return _conflict_page(request, concept, section, form, meanwhile.base, meanwhile.theirs)
    if request.POST.get("plakat"):
        settle_offer(request.actor, concept, member, key)
    return SeeOther(reverse("concept", args=[number]) + f"?gespeichert={key}#{key}")


def _write_page(
    request: HttpRequest,
    concept: Concept,
    section: Section,
    form: SectionForm,
    *,
    offer: str = "",
    status: int = 200,
    kept: str = "",
    **more: Any,
) -> HttpResponse:
    voices = voices_of(concept.contribution)[0] if section.key == "need" else []
    context = {
        "item": concept.contribution,
        "section": section,
        "form": form,
        "offer": offer,
        "kept": kept,
        "voices": voices,
        "wait": why_waiting(request.actor, concept.contribution.step, what="contributions", process=concept.contribution.process),
        "draft_key": _draft_key(concept.contribution, section),
        "proof": wants_proof(request),
        **more,
    }
    return render(request, "coproduction/write.html", context, status=status)


def _conflict_page(request: HttpRequest, concept: Concept, section: Section, form: SectionForm, base: str, theirs: Any) -> HttpResponse:
    """Yours, theirs and what differs. Where both changed other lines, the field holds one wording of both; else it holds yours.

    What was blacked out meanwhile is in neither.
    """
    mine = form.cleaned_data["text"].replace("\r\n", "\n").strip()
    clean = blacked(base, mine)
    one = merged(base, theirs.text, clean)
    take_up(form, theirs.version)
    form.data = {**form.data, "text": clean if one.clashes else one.text}
    conflict = {
        "theirs": theirs,
        "is_own": request.actor.participant is not None and theirs.by_id == request.actor.participant.pk,
        "their_changes": differences(base, theirs.text),
        "my_changes": differences(base, clean),
        "their_blocks": blocks_of(theirs.text),
        "is_merged": not one.clashes,
        "is_blacked": clean != mine,
        "only_blacked": clean != mine and base == theirs.text,
        "mine": mine,
    }
    return _write_page(request, concept, section, form, status=409, conflict=conflict)


@require_POST
def leave_offer(request: HttpRequest, number: int, key: str) -> HttpResponse:
    """Leave aside what a canvas says by now for a section; the text stays as it is."""
    concept, section = found_concept(request, number), found_section(key)
    settle_offer(request.actor, concept, member_of(request.actor, concept), section.key)
    messages.success(request, _("The text stays as it is."))
    return SeeOther(reverse("concept", args=[number]) + f"#{key}")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def write_title(request: HttpRequest, number: int) -> HttpResponse:
    """Title and lead of the concept."""
    concept = found_concept(request, number)
    row, member = concept.contribution, member_of(request.actor, concept)
    if request.method != "POST":
        may_write(request.actor, concept, member).require()
    initial = {"title": row.title, "text": row.text, "version": row.version}
    form = LeadForm(request.POST if request.method == "POST" else None, initial=initial)
    status, changed = 200, False
    if request.method == "POST":
        data = form.cleaned_data if form.is_valid() else {}
        status, made = carry_out(
            form,
            lambda: write_lead(request.actor, concept, member, title=data["title"], text=data["text"], version=data["version"]),
        )
        if made is not None:
            messages.success(request, _("Saved. How it read before stays readable."))
            return SeeOther(reverse("concept", args=[number]))
        if status == 409:
            row = found_row(request, number)
            changed = bool(data) and row.version != data["version"]
            take_up(form, row.version)
            clean = {name: blacked(getattr(row, name), data[name]) for name in ("title", "text") if name in data}
            form.data = {**form.data, **clean}
    context = {"item": row, "form": form, "changed": changed, "proof": wants_proof(request)}
    return render(request, "coproduction/lead.html", context, status=status)


@require_POST
def name_voice(request: HttpRequest, number: int) -> HttpResponse:
    """Name a voice or theme that the concept grows from."""
    concept = found_concept(request, number)
    form, member = VoiceForm(request.POST), member_of(request.actor, concept)
    may_write(request.actor, concept, member).require()

    def name() -> bool:
        try:
            add_voice(request.actor, concept, member, form.cleaned_data["number"])
        except Refused as refused:  # a circle too is said beside what was typed
            fields = refused.fields or {"number": refused.reason}
            raise Refused(refused.reason, status=refused.status, fields=fields) from None
        return True

    status, named = carry_out(form, name)
    if named is None:
        return _workshop(request, concept.contribution, form, status=status)
    messages.success(request, _("It stands among the voices now. Who gave it hears of it."))
    return SeeOther(reverse("concept", args=[number]) + "#stimmen")


@require_POST
def take_voice_away(request: HttpRequest, number: int, voice: int) -> HttpResponse:
    """Name a voice or theme no longer."""
    concept = found_concept(request, number)
    drop_voice(request.actor, concept, member_of(request.actor, concept), voice)
    messages.success(request, _("It no longer stands among the voices."))
    return SeeOther(reverse("concept", args=[number]) + "#stimmen")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def add_file(request: HttpRequest, number: int) -> HttpResponse:
    """Files that go along with a concept: plans, tables, pictures."""
    concept = found_concept(request, number)
    member = member_of(request.actor, concept)
    may_write(request.actor, concept, member).require()
    form, status = FileForm(request.actor), 200
    if request.method == "POST":
        form = FileForm(request.actor, take_files(request.actor, request), request.POST)
        status, made = carry_out(form, lambda: add_files(request.actor, concept, member, form.given.shown))
        if made is not None:
            said = _("The files go along with the concept now.")
            if made.visibility == Contribution.Visibility.WAITING:
                said = _("The files go along with the concept now. The team reads first, then everybody sees it.")
            messages.success(request, said)
            return SeeOther(localized(made.path))
    row = concept.contribution
    context = {
        "item": row,
        "form": form,
        "draft_key": f"concept-files-{number}",
        "has_files": row.attachments.of(request.city).exists(),
        "wait": why_waiting(request.actor, row.step, what="contributions", process=row.process),
        "proof": wants_proof(request),
    }
    return render(request, "coproduction/files.html", context, status=status)
