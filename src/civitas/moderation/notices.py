"""How the news of the queue reads: to authors, to who flagged or objected, and to the team."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civitas.contributions.models import Contribution
from civitas.contributions.notices import title_of
from civitas.kit.rooms import DECISIONS, TEAM, NoticeKind, Worded
from civitas.moderation.alerts import alert_in_words
from civitas.moderation.models import HIDDEN_OTHERWISE, Alert, Appeal, Case, Decision, Verb
from civitas.moderation.wording import friendly

if TYPE_CHECKING:
    from civitas.cities.models import City
    from civitas.notices.models import Notice

_GONE = {Contribution.Visibility.ERASED, Contribution.Visibility.WITHDRAWN}
_THING = ("contribution", "contribution__root")


def _key_of(notice: Notice) -> int:
    return int(notice.subject.partition(":")[2])


def _event_key(notice: Notice) -> int:
    key = notice.event.partition("-")[2]
    return int(key) if key.isdigit() else 0


def _decisions(city: City) -> Any:
    return Decision.objects.of(city).select_related("case", "suspension", *_THING)


def _appeals(city: City) -> Any:
    related = ("outcome_decision", "decision", *(f"decision__{name}" for name in _THING))
    return Appeal.objects.of(city).select_related(*related)


def _cases(city: City) -> Any:
    return Case.objects.of(city).select_related(*_THING, "letter", "letter__conversation", "letter__conversation__contribution")


def fetch_decisions(city: City, notices: list[Notice]) -> None:
    """Read the decisions that many notices are about in one query."""
    found = _decisions(city).in_bulk({_key_of(notice) for notice in notices})
    for notice in notices:
        notice.fetched = {"decision": found.get(_key_of(notice))}


def fetch_appeals(city: City, notices: list[Notice]) -> None:
    """Read the objections that many notices are about in one query."""
    found = _appeals(city).in_bulk({_key_of(notice) for notice in notices})
    for notice in notices:
        notice.fetched = {"appeal": found.get(_key_of(notice))}


def fetch_cases(city: City, notices: list[Notice]) -> None:
    """Read what many notices of flags are about, and what was decided, in two queries."""
    cases = _cases(city).in_bulk({_key_of(notice) for notice in notices})
    decisions = Decision.objects.of(city).in_bulk({_event_key(notice) for notice in notices})
    for notice in notices:
        notice.fetched = {"case": cases.get(_key_of(notice)), "decision": decisions.get(_event_key(notice))}


def _decision_of(city: City, notice: Notice) -> Decision | None:
    decision: Decision | None = notice.fetched["decision"] if notice.fetched else _decisions(city).filter(pk=_key_of(notice)).first()
    row = decision.contribution if decision else None
    return decision if row is not None and row.visibility not in _GONE else None


def word_decision(city: City, notice: Notice) -> Worded | None:
    """The team has decided about what one gave; nothing any more once it was taken back."""
    decision = _decision_of(city, notice)
    if decision is None or decision.undone_at is not None or decision.contribution is None:
        return None
    row = decision.contribution
    names = {"title": title_of(row)}
    is_comment = row.kind == Contribution.Kind.COMMENT
    if decision.verb == Verb.ASK:
        first = (
            _("We have a question about your comment on “%(title)s”:")
            if is_comment
            else _("We have a question about your contribution “%(title)s”:")
        ) % names
        words = (first, *decision.text.split("\n\n"), _("Please answer with the link below. Your answer goes to the team alone."))
        return Worded(_("A question from the team"), words, question_path(decision), _("Answer"))
    if decision.verb == Verb.PUBLISH:
        first = (
            _("Your comment on “%(title)s” can be read now.") if is_comment else _("Your contribution “%(title)s” is now on the site.")
        ) % names
        words = (first, *_own_words(decision))
        return Worded(_("It is published"), words, row.path, _("Look at it"))
    if decision.verb == Verb.MOVE:
        first = _("We have sorted your contribution “%(title)s” anew, so that the right people find it.") % names
        words = (first, *_own_words(decision), _("Its words are as you wrote them."))
        return Worded(_("Your contribution is sorted anew"), words, decision_path(decision), _("Look at it"))
    first = (
        _("We do not show your comment on “%(title)s” for now.")
        if is_comment
        else _("We do not show your contribution “%(title)s” for now.")
    ) % names
    last = _("You still see it yourself. If you see it differently, object with one click: another person of the team looks at it.")
    words = (first, friendly(decision.reason), *_own_words(decision), *_shut_out(decision), last)
    return Worded(_("We do not show your text"), tuple(word for word in words if word), decision_path(decision), _("Read on, or object"))


def _own_words(decision: Decision) -> list[str]:
    return [_("The team writes:"), *decision.text.split("\n\n")] if decision.text else []


def _shut_out(decision: Decision) -> list[str]:
    suspension = decision.suspension
    if suspension is None or suspension.lifted_at is not None:
        return []
    if suspension.until is None:
        return [_("From now on you can give nothing any more on this platform.")]
    day = date_format(localtime(suspension.until), "DATE_FORMAT")
    return [_("Until %(day)s you can give nothing on this platform.") % {"day": day}]


def decision_path(decision: Decision) -> str:
    """Where the author reads a decision and objects to it, without language."""
    return f"/entscheidung/{decision.pk}"


def question_path(decision: Decision) -> str:
    """Where the author answers a question, without language."""
    return f"/rueckfrage/{decision.pk}"


def word_undone(city: City, notice: Notice) -> Worded | None:
    """The team has taken a decision back."""
    decision = _decision_of(city, notice)
    if decision is None or decision.contribution is None:
        return None
    row = decision.contribution
    first = _("We have taken back our decision about “%(title)s”. Everything is as it was before.") % {"title": title_of(row)}
    return Worded(_("We have taken a decision back"), (first,), row.path, _("Look at it"))


def word_appeal(city: City, notice: Notice) -> Worded | None:
    """Another person of the team has looked at it again."""
    appeal = notice.fetched["appeal"] if notice.fetched else _appeals(city).filter(pk=_key_of(notice)).first()
    row = appeal.decision.contribution if appeal else None
    if row is None or row.visibility in _GONE or not appeal.outcome:
        return None
    names = {"title": title_of(row)}
    first = _("You objected to our decision about “%(title)s”. Another person of the team has looked at it.") % names
    changed = appeal.outcome == Appeal.Outcome.CHANGED
    second = _("You were right: we have changed the decision.") if changed else _("The decision stays as it is.")
    decision = appeal.outcome_decision
    words = (
        first,
        second,
        *([friendly(decision.reason)] if decision and decision.reason and not changed else []),
        *(_own_words(decision) if decision else []),
    )
    return Worded(_("We have looked at it again"), words, row.path, _("Look at it"))


def word_decided(city: City, notice: Notice) -> Worded | None:
    """The team has looked at what one flagged; nothing once that was taken back."""
    case = notice.fetched["case"] if notice.fetched else _cases(city).filter(pk=_key_of(notice)).first()
    if notice.event == HIDDEN_OTHERWISE:
        return _word_hidden(case)
    decision = notice.fetched["decision"] if notice.fetched else Decision.objects.of(city).filter(pk=_event_key(notice)).first()
    if case is None or decision is None or decision.undone_at is not None:
        return None
    title = title_of(case.contribution) if case.contribution else case.letter.conversation.contribution.title if case.letter else ""
    about = _("your flag about “%(title)s”") % {"title": title} if title else _("your flag")
    first = _("Thank you for looking out. We have looked at %(about)s.") % {"about": about}
    if decision.verb == Verb.PUBLISH:
        second = _("We find nothing that breaks the rules of dialogue, so it stays as it is.")
    else:
        second = _("You were right to tell us. We have dealt with it.")
    if case.letter:
        return Worded(_("We have looked at what you flagged"), (first, second), case.letter.conversation.path, _("Look at it"))
    if case.contribution is None or case.contribution.visibility != Contribution.Visibility.PUBLISHED:
        return Worded(_("We have looked at what you flagged"), (first, second), *_rules_of_dialogue())
    return Worded(_("We have looked at what you flagged"), (first, second), case.contribution.path, _("Look at it"))


def _word_hidden(case: Case | None) -> Worded | None:
    """What one flagged is not shown any more; nothing where it is by now. Its title is left out, since that may be what is wrong."""
    row = case.contribution if case is not None else None
    if row is None or row.visibility not in {Contribution.Visibility.HIDDEN, *_GONE}:
        return None
    if row.visibility == Contribution.Visibility.WITHDRAWN:
        words = (_("Thank you for looking out."), _("The author has taken back the text that you flagged. It is not shown any more."))
        return Worded(_("What you flagged is gone"), words, *_rules_of_dialogue())
    words = (
        _("Thank you for looking out. We have looked at %(about)s.") % {"about": _("your flag")},
        _("The text is not shown any more."),
    )
    return Worded(_("We have looked at what you flagged"), words, *_rules_of_dialogue())


def _rules_of_dialogue() -> tuple[str, str]:
    """Where to go on from what is not there any more: path and words."""
    return "/dialogregeln", _("How we talk to each other")


def word_alert(city: City, notice: Notice) -> Worded | None:
    """The team should know at once."""
    alert = Alert.objects.of(city).filter(pk=_key_of(notice)).first()
    if alert is None:
        return None
    subject = _("Much more than usual comes in") if alert.kind == Alert.Kind.SPIKE else _("Something waits longer than promised")
    return Worded(subject, (alert_in_words(alert),), "/verwaltung/redaktion", _("Open the queue"))


KINDS = (
    NoticeKind(
        "moderation.decision", gettext_lazy("Decisions about what you gave"), word_decision, prepare=fetch_decisions, topic=DECISIONS
    ),
    NoticeKind("moderation.undone", gettext_lazy("Decisions that were taken back"), word_undone, prepare=fetch_decisions, topic=DECISIONS),
    NoticeKind("moderation.appeal", gettext_lazy("What became of your objections"), word_appeal, prepare=fetch_appeals, topic=DECISIONS),
    NoticeKind("moderation.decided", gettext_lazy("What became of your flags"), word_decided, prepare=fetch_cases, topic=DECISIONS),
    NoticeKind("moderation.alert", gettext_lazy("Alerts of the editorial team"), word_alert, topic=TEAM),
)
