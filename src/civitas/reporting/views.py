"""The report of a process as everybody reads it, on the page and on paper, and the team's desk on which it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from civitas.kit.pdf import may_print, pdf_page
from civitas.kit.redirects import SeeOther
from civitas.kit.refusals import carry_out, take_up
from civitas.people.rates import spend
from civitas.processes.rules import may_see_process
from civitas.reporting.actions import put_together, release, settle_offer, stamp_of, write_section
from civitas.reporting.forms import ReleaseForm, SectionForm
from civitas.reporting.models import Chapter, Edition, Report, Section
from civitas.reporting.queries import desk_rows, editions_of, process_by_slug, report_of, sections_of, texts_of
from civitas.reporting.reading import read_texts
from civitas.reporting.rules import may_release, may_second, may_write, needs_second

if TYPE_CHECKING:
    from django.http import HttpRequest

    from civitas.processes.models import Process


def _process(request: HttpRequest, slug: str) -> Process:
    process = process_by_slug(request.city, slug) if request.city else None
    if process is None:
        raise Http404
    may_see_process(request.actor, process).require()
    return process


def _edition(request: HttpRequest, process: Process) -> tuple[Edition, list[Edition]]:
    """The edition that the address asks for, the newest without a word of it, and all of them."""
    editions = editions_of(process)
    asked = request.GET.get("fassung", "")
    found = next((each for each in editions if str(each.number) == asked), None if asked else next(iter(editions), None))
    if found is None:
        raise Http404
    return found, editions


def _context(request: HttpRequest, process: Process) -> dict[str, Any]:
    edition, editions = _edition(request, process)
    texts = texts_of(edition)
    read = read_texts(process.city, [each.text for each in texts])
    return {
        "process": process,
        "edition": edition,
        "editions": editions,
        "is_newest": edition.number == editions[0].number,
        "chapters": [
            {"key": each.chapter, "title": each.get_chapter_display(), "html": html} for each, html in zip(texts, read, strict=True)
        ],
    }


@login_not_required
@require_safe
def show_report(request: HttpRequest, slug: str) -> HttpResponse:
    """The report as it was released last, or in an older edition."""
    return render(request, "reporting/report.html", _context(request, _process(request, slug)))


@login_not_required
@require_POST
def print_report(request: HttpRequest, slug: str) -> HttpResponse:
    """The report as a tagged PDF. Making it costs seconds: so by POST and counted."""
    process = _process(request, slug)
    context = _context(request, process)
    may_print().require()
    spend(request.actor, "print")
    # The paper leads to its own edition, also when there are newer ones.
    address = f"{reverse('report', args=[slug])}?fassung={context['edition'].number}"
    context |= {"address": request.build_absolute_uri(address)}
    return pdf_page(request, "reporting/report_pdf.html", context, name=f"{request.city.slug}-{slug}-bericht-{context['edition'].number}")


def render_link(request: HttpRequest, process: Process) -> str:
    """On a process's page: that there is a report; one query, '' without any."""
    editions = editions_of(process)
    if not editions:
        return ""
    return render_to_string("reporting/_link.html", {"process": process, "edition": editions[0]}, request=request)


def _entered(request: HttpRequest, slug: str = "") -> Process:
    if request.city is None:
        raise Http404
    may_write(request.actor).require()
    process = process_by_slug(request.city, slug)
    if process is None:
        raise Http404
    may_write(request.actor, process).require()
    return process


@never_cache
@require_safe
def show_desk(request: HttpRequest) -> HttpResponse:
    """The reports of the city: which processes have one, which is being written, which was released when."""
    if request.city is None:
        raise Http404
    may_write(request.actor).require()
    rows = [{"process": process, "report": report, "edition": edition} for process, report, edition in desk_rows(request.city)]
    return render(request, "reporting/desk.html", {"rows": rows})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def work_on(request: HttpRequest, slug: str) -> HttpResponse:
    """One report while it is written; a POST puts it together from the data, for the first time or again."""
    process = _entered(request, slug)
    if request.method == "POST":
        put_together(request.actor, process)
        messages.success(request, _("Put together from the data. What somebody wrote is as it was."))
        return SeeOther(reverse("report_work", args=[slug]))
    report = report_of(process)
    sections = sections_of(report) if report else []
    return _work_page(request, process, report, sections, ReleaseForm(initial={"stamp": stamp_of(sections)}), status=200)


def _work_page(
    request: HttpRequest, process: Process, report: Report | None, sections: list[Section], form: ReleaseForm, *, status: int
) -> HttpResponse:
    editions = editions_of(process)
    read = read_texts(process.city, [section.text for section in sections])
    needs = needs_second(request.actor, process)
    asked = report if report is not None and report.asked_by_id and report.asked_stamp == stamp_of(sections) else None
    context = {
        "process": process,
        "report": report,
        "sections": [{"row": section, "html": html} for section, html in zip(sections, read, strict=True)],
        "form": form,
        "editions": editions,
        "may_release": may_release(request.actor, process),
        "needs_second": needs,
        "asked": asked,
        "may_second": may_second(request.actor, process, asked) if asked is not None else None,
    }
    return render(request, "reporting/work.html", context, status=status)


def _section(request: HttpRequest, slug: str, chapter: str) -> tuple[Report, Section]:
    report = report_of(_entered(request, slug))
    found = next((section for section in sections_of(report) if section.chapter == chapter), None) if report else None
    if report is None or found is None:
        raise Http404
    return report, found


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, slug: str, chapter: str) -> HttpResponse:
    """Write in one section."""
    report, section = _section(request, slug, chapter)
    form = SectionForm(section, request.POST if request.method == "POST" else None)
    status, now = 200, None
    if request.method == "POST":

        def save() -> Section:
            return write_section(request.actor, report, chapter, text=form.cleaned_data["text"], version=form.cleaned_data["version"])

        status, kept = carry_out(form, save)
        if kept is not None:
            messages.success(request, _("Saved."))
            return SeeOther(f"{reverse('report_work', args=[slug])}#{chapter}")
        if status == 409:
            _report, now = _section(request, slug, chapter)
            take_up(form, now.version)
    context = {"process": report.process, "section": section, "form": form, "now": now, "title": Chapter(chapter).label}
    return render(request, "reporting/write.html", context, status=status)


@require_POST
def settle(request: HttpRequest, slug: str, chapter: str) -> HttpResponse:
    """Take up the new data of a section, or put them away."""
    report, section = _section(request, slug, chapter)
    version = request.POST.get("version", "")
    number = int(version) if version.isascii() and version.isdecimal() and len(version) < 10 else section.version
    take, seen = "yes" if request.POST.get("do") == "take" else "no", request.POST.get("offer", "")
    settle_offer(request.actor, report, chapter, take=take, version=number, seen=seen)
    messages.success(request, _("Saved."))
    return SeeOther(f"{reverse('report_work', args=[slug])}#{chapter}")


@never_cache
@require_POST
def release_here(request: HttpRequest, slug: str) -> HttpResponse:
    """Release the report as it reads."""
    process = _entered(request, slug)
    report = report_of(process)
    if report is None:
        raise Http404
    may_release(request.actor, process).require()
    form = ReleaseForm(request.POST)
    made: list[Edition | None] = []

    def go() -> bool:
        edition = release(request.actor, report, changes=form.cleaned_data["changes"], stamp=form.cleaned_data["stamp"])
        made.append(edition)
        return True

    status, done = carry_out(form, go)
    if done:
        if made[0] is None:
            messages.success(request, _("Asked for. Before elections a second person releases it."))
        else:
            messages.success(request, _("The report is released. Who gave something hears of it."))
        return SeeOther(reverse("report_work", args=[slug]))
    return _work_page(request, process, report, sections_of(report), form, status=status)
