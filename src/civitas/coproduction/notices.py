"""How news about concepts reads: somebody asks to write along, a gate waits, something was decided, the authors answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civitas.contributions.models import Contribution
from civitas.contributions.notices import about, event_key, fetch_about
from civitas.coproduction.models import Gate, GateDecision, Member
from civitas.kit.rooms import DECISIONS, PEOPLE, TEAM, NoticeKind, Worded

if TYPE_CHECKING:
    from civitas.cities.models import City
    from civitas.notices.models import Notice

# How much of a reason the mail shows.
BEGINNING = 1_200
_GONE = {Contribution.Visibility.ERASED, Contribution.Visibility.WITHDRAWN, Contribution.Visibility.HIDDEN}


def word_asked(city: City, notice: Notice) -> Worded | None:
    """Somebody asks to write along."""
    row = about(city, notice)
    member = notice.fetched["member"] if notice.fetched else _members(city).filter(pk=event_key(notice)).first()
    if row is None or member is None or member.state != Member.State.ASKED:
        return None
    values = {"who": member.shown_name, "title": row.title}
    words = (f"„{member.words}“",) if member.words else ()
    first = _("%(who)s would like to write along on “%(title)s”.") % values
    last = _("Please decide soon: whoever offers to help should not wait long.")
    return Worded(_("%(who)s wants to write along") % values, (first, *words, last), f"/konzept/{row.number}/menschen", _("Decide"))


def word_taken_in(city: City, notice: Notice) -> Worded | None:
    """One's request was granted."""
    row = about(city, notice)
    if row is None or row.visibility in _GONE:
        return None
    first = _("You now write along on the concept “%(title)s”.") % {"title": row.title}
    rest = _("Choose a section and begin. Nothing gets lost: every wording is kept, and nobody overwrites another unseen.")
    return Worded(_("You are in: “%(title)s”") % {"title": row.title}, (first, rest), f"/konzept/{row.number}", _("Write along"))


def word_not_taken_in(city: City, notice: Notice) -> Worded | None:
    """One's request was not granted."""
    row = about(city, notice)
    if row is None or row.visibility in _GONE:
        return None
    first = _("Those who write “%(title)s” did not take you in this time.") % {"title": row.title}
    rest = _("You can comment on every section all the same. What you write is read.")
    return Worded(_("Your request about “%(title)s”") % {"title": row.title}, (first, rest), row.path, _("To the concept"))


def fetch_member(city: City, notices: list[Notice]) -> None:
    """Read what many notices are about, and who asked, in two queries."""
    fetch_about(city, notices)
    found = _members(city).in_bulk({event_key(notice) for notice in notices})
    for notice in notices:
        notice.fetched = {**(notice.fetched or {}), "member": found.get(event_key(notice))}


def _members(city: City) -> Any:
    return Member.objects.of(city).select_related("participant", "organisation")


def word_waits(city: City, notice: Notice) -> Worded | None:
    """A concept was laid before one to decide."""
    gate = _gate(city, notice)
    if gate is None or gate.state != Gate.State.WAITING or gate.concept.contribution.visibility in _GONE:
        return None
    values = {"title": gate.concept.contribution.title, "gate": gate.title}
    first = _("The concept “%(title)s” waits for your decision: %(gate)s") % values
    rest = [gate.question] if gate.question else []
    if gate.due_on:
        rest.append(_("Please decide by %(day)s.") % {"day": date_format(gate.due_on, "DATE_FORMAT")})
    rest.append(_("Going on, changing or stopping: the reason is published, and those who wrote the concept can answer."))
    return Worded(_("Your decision: “%(title)s”") % values, (first, *rest), f"/verwaltung/entscheidungen/{gate.pk}", _("Read and decide"))


def word_decided(city: City, notice: Notice) -> Worded | None:
    """What was decided about a concept one writes; of an earlier version nothing once it was corrected."""
    made = notice.fetched["decision"] if notice.fetched else _decisions(city).filter(pk=event_key(notice)).first()
    if made is None or made.gate.concept.contribution.visibility in _GONE or made.version != made.gate.version:
        return None
    row = made.gate.concept.contribution
    values = {"title": row.title, "body": made.body, "day": date_format(made.decided_on, "DATE_FORMAT"), "gate": made.gate.title}
    said = {
        "go": _("%(body)s decided on %(day)s: the concept “%(title)s” goes on."),
        "change": _("%(body)s decided on %(day)s: the concept “%(title)s” should be changed before it goes on."),
        "stop": _("%(body)s decided on %(day)s: the concept “%(title)s” is stopped."),
    }[made.verdict]
    corrected = (_("A decision about the concept was corrected. This holds now:"),) if made.correction else ()
    reason = made.reason if len(made.reason) <= BEGINNING else made.reason[:BEGINNING].rpartition(" ")[0] + " …"
    last = _("You can answer it. Your answer is published beside the decision.")
    subject = _("Decided: “%(title)s”") if not made.correction else _("Corrected: the decision about “%(title)s”")
    paragraphs = (*corrected, said % values, *reason.split("\n\n"), last)
    return Worded(subject % values, paragraphs, f"{row.path}#entscheidungen", _("Read the decision"))


def word_answered(city: City, notice: Notice) -> Worded | None:
    """Those who wrote a concept answer what one decided."""
    gate = _gate(city, notice)
    if gate is None or gate.concept.contribution.visibility in _GONE:
        return None
    row = gate.concept.contribution
    first = _("Those who wrote “%(title)s” answer what was decided: %(gate)s") % {"title": row.title, "gate": gate.title}
    return Worded(
        _("An answer to your decision about “%(title)s”") % {"title": row.title}, (first,), f"{row.path}#entscheidungen", _("Read it")
    )


def fetch_gate(city: City, notices: list[Notice]) -> None:
    """Read the gates that many notices are about in one query."""
    found = _gates(city).in_bulk({int(notice.subject.partition(":")[2]) for notice in notices})
    for notice in notices:
        notice.fetched = {"gate": found.get(int(notice.subject.partition(":")[2]))}


def fetch_decision(city: City, notices: list[Notice]) -> None:
    """Read the decisions that many notices are about in one query."""
    found = _decisions(city).in_bulk({event_key(notice) for notice in notices})
    for notice in notices:
        notice.fetched = {"decision": found.get(event_key(notice))}


def _gate(city: City, notice: Notice) -> Gate | None:
    gate: Gate | None = notice.fetched["gate"] if notice.fetched else _gates(city).filter(pk=int(notice.subject.partition(":")[2])).first()
    return gate


def _gates(city: City) -> Any:
    return Gate.objects.of(city).select_related("concept__contribution")


def _decisions(city: City) -> Any:
    return GateDecision.objects.of(city).select_related("gate__concept__contribution")


KINDS = (
    NoticeKind("coproduction.asked", gettext_lazy("People who want to write along"), word_asked, prepare=fetch_member, topic=PEOPLE),
    NoticeKind("coproduction.taken_in", gettext_lazy("Concepts that you write along"), word_taken_in, prepare=fetch_about, topic=PEOPLE),
    NoticeKind("coproduction.not_taken_in", gettext_lazy("Requests to write along"), word_not_taken_in, prepare=fetch_about, topic=PEOPLE),
    NoticeKind("coproduction.gate_waits", gettext_lazy("Concepts that wait for your decision"), word_waits, prepare=fetch_gate, topic=TEAM),
    NoticeKind(
        "coproduction.decided",
        gettext_lazy("Decisions about concepts that you write"),
        word_decided,
        prepare=fetch_decision,
        topic=DECISIONS,
    ),
    NoticeKind("coproduction.gate_answered", gettext_lazy("Answers to what you decided"), word_answered, prepare=fetch_gate, topic=TEAM),
)
