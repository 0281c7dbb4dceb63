"""What this room declares: the team's lists and box, news, where reporters are reached, what is kept of a person, figures, demo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from civitas.contributions.rules import is_author
from civitas.kit.rooms import ContributionSection, NavItem, PersonalData, Quotes, Room
from civitas.kit.templatetags.kit import localized
from civitas.unlawful.actions.evidence import EVIDENCE
from civitas.unlawful.actions.forgetting import OLD_REPORTS, adopt_reports, erase_reports_of, export_reports_of
from civitas.unlawful.actions.reports import decline_report_mails, tell_of_hidden
from civitas.unlawful.models import Access, Complaint, Matter, Mention, Question, Report
from civitas.unlawful.notices import KINDS, addresses
from civitas.unlawful.queries import open_pile, statement_about
from civitas.unlawful.rules import holds_hidden, may_handle

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet
    from django.http import HttpRequest

    from civitas.cities.models import City
    from civitas.contributions.models import Contribution
    from civitas.people.actors import Actor


def _handles(actor: Actor) -> bool:
    return bool(may_handle(actor))


def _decline(city: City, uid: UUID, _kind: str) -> None:
    decline_report_mails(city, uid)


def _matters(city: City, about: list[int]) -> QuerySet[Matter]:
    return Matter.objects.of(city).filter(contribution__in=about)


def _reports(city: City, about: list[int]) -> QuerySet[Report]:
    return Report.objects.of(city).filter(pk__in=Mention.objects.of(city).filter(matter__contribution__in=about).values("report"))


def _questions(city: City, about: list[int]) -> QuerySet[Question]:
    return Question.objects.of(city).filter(matter__contribution__in=about)


def _complaints(city: City, about: list[int]) -> QuerySet[Complaint]:
    return Complaint.objects.of(city).filter(matter__contribution__in=about)


def _accesses(city: City, about: list[int]) -> QuerySet[Access]:
    return Access.objects.of(city).filter(evidence__matter__contribution__in=about)


def render_mine(request: HttpRequest, row: Contribution) -> str:
    """For the author of what was found illegal, on its own page: where the decision with its reasons is."""
    if request.city is None or row.visibility != row.Visibility.HIDDEN or not is_author(request.actor, row):
        return ""
    matter = statement_about(request.city, row)
    return render_to_string("unlawful/_mine.html", {"url": localized(matter.path)}, request=request) if matter else ""


def render_card(request: HttpRequest) -> str:
    """The box of the team's overview: how many reports of illegal content wait; nothing while none does."""
    if not may_handle(request.actor) or request.city is None:
        return ""
    pile = open_pile(request.city)
    return render_to_string("unlawful/_card.html", {"pile": pile}, request=request) if pile.count else ""


ROOM = Room(
    key="unlawful",
    staff_navigation=(
        NavItem(_("Illegal content"), "matters", may=_handles, order=26, menu="contributions"),
        NavItem(_("Evidence"), "evidence_store", may=_handles, order=27, menu="contributions"),
    ),
    notice_kinds=KINDS,
    addresses=addresses,
    decline=_decline,
    personal_data=PersonalData(export_reports_of, erase_reports_of, adopt_reports),
    contribution_sections=(ContributionSection("head", render_mine, order=11),),
    staff_sections=(render_card,),
    holds_hidden=holds_hidden,
    on_given=(tell_of_hidden,),
    retention=(OLD_REPORTS, EVIDENCE),
    quotes=(
        Quotes(_reports, ("explanation",)),
        Quotes(_matters, ("facts", "was_reason")),
        Quotes(_questions, ("text", "answer")),
        Quotes(_complaints, ("text", "reasons")),
        Quotes(_accesses, ("reason",)),
    ),
)
