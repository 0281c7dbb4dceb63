"""What everybody reads: the list of concepts, a section with its comments, versions and their differences; comments and answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import conditional_page, require_http_methods, require_POST, require_safe

from civitas.contributions.differences import differences
from civitas.contributions.feeds import feed_of
from civitas.contributions.giving import wants_proof
from civitas.coproduction.actions.talking import may_remark, remark_on_section, reply_to_gate, why_answer_waits
from civitas.coproduction.forms import RemarkForm
from civitas.coproduction.models import Concept, Gate
from civitas.coproduction.queries import (
    CONCEPTS_A_PAGE,
    EDITIONS_A_PAGE,
    concept_of,
    concepts_page,
    editions_page,
    gates_of,
    member_of,
    newest_decisions,
    remarks_of,
    texts_at,
    wordings_before,
    written_sections,
)
from civitas.coproduction.reading import blocks_of
from civitas.coproduction.rules import may_begin, may_reply, may_write
from civitas.coproduction.sections import all_sections
from civitas.coproduction.views.finding import found_concept, found_row, found_section, take_part
from civitas.kit.feeds import FeedItem, atom
from civitas.kit.redirects import SeeOther
from civitas.kit.refusals import carry_out
from civitas.kit.templatetags.kit import localized

if TYPE_CHECKING:
    from django.http import HttpRequest

    from civitas.contributions.models import Contribution
    from civitas.coproduction.models import GateDecision
    from civitas.coproduction.queries import Written
    from civitas.coproduction.sections import Section

# So many comparisons stand on one page.
MOST_COMPARED = 40


@login_not_required
@require_safe
def show_list(request: HttpRequest) -> HttpResponse:
    """Concepts that the city shows, newest first, of one stage if one asks for it."""
    if request.city is None:
        raise Http404
    stage = request.GET.get("stand", "")
    stage = stage if stage in Concept.Stage.values else ""
    page = concepts_page(request.city, stage=stage, cursor=request.GET.get("nach", ""))
    address = reverse("concepts")
    stages = [{"label": _("All"), "url": address, "current": not stage}]
    stages += [{"label": label, "url": f"{address}?stand={key}", "current": key == stage} for key, label in Concept.Stage.choices]
    query = f"stand={stage}&" if stage else ""
    context = {
        "rows": [{"item": row, "stage": _stage_key(row), "stage_words": _stage_words(row)} for row in page.rows],
        "stages": stages,
        "next_url": f"{address}?{query}nach={page.next_cursor}" if page.next_cursor else "",
        "size": CONCEPTS_A_PAGE,
        "is_cut": bool(stage),
    }
    return render(request, "coproduction/concepts.html", context)


@login_not_required
@require_safe
@conditional_page
def show_feed(request: HttpRequest) -> HttpResponse:
    """The newest concepts that the city shows as a feed."""
    if request.city is None:
        raise Http404
    title = _("Concepts: %(city)s") % {"city": request.city}
    return feed_of(request, concepts_page(request.city).rows, title=title, page=reverse("concepts"))


@login_not_required
@require_safe
@conditional_page
def show_decisions_feed(request: HttpRequest) -> HttpResponse:
    """What was decided about concepts as a feed, the newest first, each with its reason."""
    if request.city is None:
        raise Http404
    title = _("Decisions: %(city)s") % {"city": request.city}
    items = (_decision_item(request, row) for row in newest_decisions(request.city))
    return atom(request, items, title=title, page=reverse("concepts"))


def _decision_item(request: HttpRequest, row: GateDecision) -> FeedItem:
    concept = row.gate.concept.contribution
    named = {"verdict": row.get_verdict_display(), "concept": concept.title}
    return FeedItem(
        # A correction is told anew.
        key=request.build_absolute_uri(f"{concept.path}#decision-{row.pk}"),
        path=localized(concept.path),
        title=_("%(verdict)s: “%(concept)s”") % named,
        summary="<br>".join(escape(text) for text in (row.gate.title, row.reason, row.correction) if text),
        at=row.at,
        author=row.body,
    )


def _stage_key(row: Any) -> str:
    return row.stage or Concept.Stage.WRITING.value


def _stage_words(row: Any) -> str:
    return str(Concept.Stage(_stage_key(row)).label)


@login_not_required
@require_safe
def show_section(request: HttpRequest, number: int, key: str) -> HttpResponse:
    """One section whole, with the comments on it."""
    row, section = found_row(request, number), found_section(key)
    return _section_page(request, row, section)


def _section_page(
    request: HttpRequest, row: Contribution, section: Section, *, form: RemarkForm | None = None, status: int = 200
) -> HttpResponse:
    concept, actor = concept_of(request.city, row), request.actor
    member = member_of(actor, concept)
    allowed = may_remark(actor, concept, member) if concept else may_begin(actor)
    sections = written_sections(concept)
    context = {
        "item": row,
        "section": section,
        "blocks": blocks_of(_of(sections, section).text),
        "others": [each.section for each in sections if each.text and each.section.key != section.key],
        "remarks": remarks_of(concept, section.key) if concept else [],
        "form": form or (RemarkForm(actor) if allowed and concept and actor.participant else None),
        "asks_sign_in": actor.participant is None,
        "refusal": "" if allowed else str(allowed.reason),
        "writes": bool(concept and may_write(actor, concept, member)),
        "draft_key": f"remark-{row.number}-{section.key}",
        "is_new": "neu" in request.GET,
        "proof": wants_proof(request),
    }
    return render(request, "coproduction/section.html", context, status=status)


def _of(sections: list[Written], section: Section) -> Written:
    return next(each for each in sections if each.section.key == section.key)


@login_not_required
@require_POST
def remark(request: HttpRequest, number: int, key: str) -> HttpResponse:
    """Comment on one section; guests of this browser can, too, and who is nobody yet signs in first."""
    concept, section = found_concept(request, number), found_section(key)
    if request.actor.participant is None and not request.user.is_authenticated:
        return redirect_to_login(reverse("concept_section", args=[number, key]))
    take_part(request)
    form = RemarkForm(request.actor, request.POST)
    member = member_of(request.actor, concept)
    status, made = carry_out(
        form,
        lambda: remark_on_section(
            request.actor, concept, member, key, uid=form.cleaned_data["uid"], text=form.cleaned_data["text"], organisation=form.speaker
        ),
    )
    if made is None:
        return _section_page(request, concept.contribution, section, form=form, status=status)
    return SeeOther(reverse("concept_section", args=[number, key]) + "?neu=1#kommentare")


@login_not_required
@require_safe
def show_editions(request: HttpRequest, number: int) -> HttpResponse:
    """Every change of a concept, the newest first, each with what it changed."""
    concept = found_concept(request, number)
    page = editions_page(concept, cursor=request.GET.get("nach", ""))
    before = wordings_before(concept, page.rows)
    titles = {each.key: str(each.title) for each in all_sections()}
    address = reverse("concept_editions", args=[number])
    context = {
        "item": concept.contribution,
        "edition": concept.edition,
        "changes": [
            {
                "row": row,
                "title": titles.get(row.key, row.key),
                "parts": differences(before.get(row.pk, ""), row.text),
                "is_first": row.version == 1,
            }
            for row in page.rows
        ],
        "next_url": f"{address}?nach={page.next_cursor}" if page.next_cursor else "",
        "size": EDITIONS_A_PAGE,
    }
    return render(request, "coproduction/editions.html", context)


@login_not_required
@require_safe
def compare(request: HttpRequest, number: int) -> HttpResponse:
    """What differs between two versions of the whole concept (`?von=` and `?bis=`)."""
    concept = found_concept(request, number)
    until = _edition(request.GET.get("bis", ""), concept.edition, concept.edition)
    since = _edition(request.GET.get("von", ""), max(0, until - 1), until)
    old, new = texts_at(concept, since), texts_at(concept, until)
    changed = [each for each in all_sections() if old.get(each.key, "") != new.get(each.key, "")]
    context = {
        "item": concept.contribution,
        "since": since,
        "until": until,
        "edition": concept.edition,
        "changes": [
            {"title": str(each.title), "parts": differences(old.get(each.key, ""), new.get(each.key, ""))}
            for each in changed[:MOST_COMPARED]
        ],
    }
    return render(request, "coproduction/compare.html", context)


def _edition(text: str, otherwise: int, most: int) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else otherwise
    return min(number, most)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reply(request: HttpRequest, number: int, key: int) -> HttpResponse:
    """Those who wrote the concept answer a decision; their words stand beside it."""
    concept = found_concept(request, number)
    view = next(iter(gates_of(concept, only=key)), None)
    if view is None or view.row.state != Gate.State.DECIDED:
        raise Http404
    member = member_of(request.actor, concept)
    may_reply(request.actor, concept, member).require()
    form = RemarkForm(request.actor, request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status, made = carry_out(
            form,
            lambda: reply_to_gate(
                request.actor, view.row, member, uid=form.cleaned_data["uid"], text=form.cleaned_data["text"], organisation=form.speaker
            ),
        )
        if made is not None:
            return SeeOther(f"{localized(concept.contribution.path)}?beantwortet={made.pk}#entscheidungen")
    context = {
        "item": concept.contribution,
        "view": view,
        "form": form,
        "draft_key": f"gate-{key}",
        "wait": why_answer_waits(request.actor, concept),
        "proof": wants_proof(request),
    }
    return render(request, "coproduction/reply.html", context, status=status)
