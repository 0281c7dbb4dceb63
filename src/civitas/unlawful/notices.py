"""How the news reads: the receipt, the question, the outcome for who reported; the statement of reasons for the author."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Max, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civitas.contributions.models import Contribution
from civitas.kit.days import day
from civitas.kit.rooms import DECISIONS, Address, NoticeKind, Worded
from civitas.unlawful.models import Complaint, Matter, Report
from civitas.unlawful.rules import complaints_until
from civitas.unlawful.wording import after_turning, is_shown

if TYPE_CHECKING:
    from uuid import UUID

    from civitas.cities.models import City
    from civitas.notices.models import Notice


def addresses(city: City, uids: list[UUID]) -> dict[UUID, Address]:
    """Where reporters can be reached about one report: its own uid is the recipient. One query."""
    rows = Report.objects.of(city).filter(uid__in=uids).only("uid", "mail", "language", "wants_mail", "city_id")
    return {row.uid: Address(row.mail, row.language, frozenset() if row.wants_mail else frozenset({"*"})) for row in rows}


def word_received(city: City, notice: Notice) -> Worded | None:
    """The receipt (Article 16(4))."""
    report = _report(city, notice)
    if report is None:
        return None
    words = (
        _("Thank you. Your report has the number %(number)s.") % {"number": report.file_number},
        _("People of the city’s team read it and decide; no machine does. We write to you when it is decided, with the reasons."),
        _("Until then you can see the state under this link. It belongs to you alone: please do not pass it on."),
    )
    return Worded(_("We have received your report %(number)s") % {"number": report.file_number}, words, report.path, _("See the state"))


def word_asked(city: City, notice: Notice) -> Worded | None:
    """The team has a question."""
    report = _report(city, notice)
    if report is None:
        return None
    words = (
        _("We are looking at your report %(number)s and have a question.") % {"number": report.file_number},
        _("Please answer it on the page of your report. Without your answer we decide by what we know."),
    )
    return Worded(_("A question about your report %(number)s") % {"number": report.file_number}, words, report.path, _("Read and answer"))


def word_outcome(city: City, notice: Notice) -> Worded | None:
    """What was decided, with the way to complain (Article 16(5))."""
    report, matter = _report(city, notice), _matter(city, notice)
    if report is None or matter is None or not _stands(notice, matter):
        return None
    said = {
        Matter.Outcome.ILLEGAL.value: _("We find that it is against the law. Nobody sees it any more."),
        Matter.Outcome.RULES.value: _("We find that it is against our rules. Nobody sees it any more."),
        Matter.Outcome.LAWFUL.value: _("We find that it is not against the law. It stays.")
        if is_shown(matter)
        else _("We find that it is not against the law."),
    }[matter.outcome]
    words = (
        _("We have decided about your report %(number)s.") % {"number": report.file_number},
        said,
        *([_("The ground: %(norm)s") % {"norm": matter.norm}] if matter.norm else []),
        _("The reasons: %(facts)s") % {"facts": matter.facts},
        _("No machine took part in this decision."),
        _redress(matter),
    )
    return Worded(_("What became of your report %(number)s") % {"number": report.file_number}, words, report.path, _("Read the decision"))


def word_hidden(city: City, notice: Notice) -> Worded | None:
    """What was reported is out of sight already, for another reason; nothing any more once the report is decided, or it is shown."""
    report, matter = _report(city, notice), _matter(city, notice)
    if report is None or matter is None or matter.is_decided or matter.contribution is None:
        return None
    if matter.contribution.visibility != Contribution.Visibility.HIDDEN:
        return None
    words = (
        _("A text that you reported is not shown any more. The team has taken it out of sight already, for another reason."),
        _("About your report %(number)s we decide all the same, and write to you with the reasons.") % {"number": report.file_number},
    )
    return Worded(_("A text that you reported is not shown any more"), words, report.path, _("See the state"))


def word_statement(city: City, notice: Notice) -> Worded | None:
    """The statement of reasons (Article 17)."""
    matter = _matter(city, notice)
    if matter is None or not _stands(notice, matter):
        return None
    if not matter.is_restricted:
        words: tuple[str, ...] = (
            _("We have looked at our decision about your text once more and turned it round."),
            after_turning(matter),
            _("The reasons: %(facts)s") % {"facts": matter.facts},
        )
        subject = _("Your text is shown again") if is_shown(matter) else _("We have turned a decision about your text round")
        return Worded(subject, words, matter.path, _("Read the decision"))
    by_law = matter.outcome == Matter.Outcome.ILLEGAL
    words = (
        _("We do not show a text of yours in %(city)s any more.") % {"city": city},
        _("We find that it is against the law.") if by_law else _("We find that it is against our rules."),
        _("The ground: %(norm)s") % {"norm": matter.norm},
        _("The facts: %(facts)s") % {"facts": matter.facts},
        _("Somebody reported it. People decided, and no machine took part.")
        if matter.report_count
        else _("The team found it itself. People decided, and no machine took part."),
        _redress(matter),
    )
    return Worded(_("We do not show your text any more: the reasons"), words, matter.path, _("Read the decision, or complain"))


def word_complaint(city: City, notice: Notice) -> Worded | None:
    """The decision stands after a complaint."""
    found = notice.fetched or {}
    row = found["row"] if "row" in found else Complaint.objects.of(city).select_related("matter", "report").filter(pk=_key(notice)).first()
    if row is None or not row.outcome:
        return None
    words = (
        _("Another person of the team has looked at your complaint. The decision stands."),
        _("The reasons: %(facts)s") % {"facts": row.reasons},
        _("You can call on an out-of-court dispute settlement body (Article 21 of the Digital Services Act) or go to court."),
    )
    return Worded(_("What became of your complaint"), words, (row.report or row.matter).path, _("Read the decision"))


def _redress(matter: Matter) -> str:
    until = complaints_until(matter)
    return _(
        "Do you not agree? Until %(day)s you can complain on this page, free of charge; another person then decides. You can also call on"
        " an out-of-court dispute settlement body (Article 21 of the Digital Services Act) or go to court."
    ) % {"day": day(until) if until else ""}


def _key(notice: Notice) -> int:
    return int(notice.subject.partition(":")[2])


def _report(city: City, notice: Notice) -> Report | None:
    return Report.objects.of(city).filter(uid=notice.recipient).first()


def _matter(city: City, notice: Notice) -> Any:
    if notice.fetched:
        return notice.fetched["row"]
    return _matters(city).filter(pk=_key(notice)).first()


def _matters(city: City) -> Any:
    turned_by = Max("complaints__pk", filter=Q(complaints__outcome=Complaint.Outcome.CHANGED))
    return Matter.objects.of(city).select_related("contribution").annotate(turned_by=turned_by)


def _stands(notice: Notice, matter: Any) -> bool:
    """Whether the decision that a notice tells of is the one that stands; of one that was turned round the later notice tells."""
    event = f"complaint-{matter.turned_by}" if matter.turned_by else "decided"
    return bool(matter.is_decided) and notice.event == event


def fetch_matters(city: City, notices: list[Notice]) -> None:
    """Read the decisions that many notices are about in one query."""
    found = _matters(city).in_bulk({_key(notice) for notice in notices})
    for notice in notices:
        notice.fetched = {"row": found.get(_key(notice))}


def fetch_complaints(city: City, notices: list[Notice]) -> None:
    """The same for complaints."""
    found = Complaint.objects.of(city).select_related("matter", "report").in_bulk({_key(notice) for notice in notices})
    for notice in notices:
        notice.fetched = {"row": found.get(_key(notice))}


KINDS = (
    NoticeKind("unlawful.received", gettext_lazy("Receipt for a report of illegal content"), word_received, topic=DECISIONS),
    NoticeKind("unlawful.asked", gettext_lazy("A question about a report of illegal content"), word_asked, topic=DECISIONS),
    NoticeKind(
        "unlawful.outcome",
        gettext_lazy("The decision about a report of illegal content"),
        word_outcome,
        prepare=fetch_matters,
        topic=DECISIONS,
    ),
    NoticeKind(
        "unlawful.hidden", gettext_lazy("A text you reported is hidden already"), word_hidden, prepare=fetch_matters, topic=DECISIONS
    ),
    NoticeKind(
        "unlawful.statement",
        gettext_lazy("Why a text of yours is not shown any more"),
        word_statement,
        prepare=fetch_matters,
        topic=DECISIONS,
    ),
    NoticeKind("unlawful.complaint", gettext_lazy("The answer to a complaint"), word_complaint, prepare=fetch_complaints, topic=DECISIONS),
)
