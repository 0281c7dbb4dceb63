"""How the team's own news about answers read: what was assigned, asked, replied, noted, sent back, overdue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from civitas.answering.models import Assignment, Batch, BatchItem, Note, Question
from civitas.answering.queries.desk import overdue_of
from civitas.contributions.models import Contribution
from civitas.contributions.notices import about, event_key, fetch_about
from civitas.kit import days
from civitas.kit.rooms import TEAM, NoticeKind, Worded
from civitas.people.models import Participant
from civitas.processes.policies import rules_of

if TYPE_CHECKING:
    from civitas.cities.models import City
    from civitas.notices.models import Notice

DESK = "/verwaltung/antworten"


def _path(row: Contribution) -> str:
    return f"{DESK}/{row.number}"


def _shown(city: City, notice: Notice) -> Contribution | None:
    row = about(city, notice)
    return row if row is not None and row.number is not None else None


def word_assigned(city: City, notice: Notice) -> Worded | None:
    """A contribution waits for one's answer."""
    row = _shown(city, notice)
    assignment = Assignment.objects.of(city).filter(pk=event_key(notice)).first()
    if row is None or assignment is None:
        return None
    first = _("“%(title)s” (no. %(number)s) is with you now.") % {"title": row.title, "number": row.number}
    second = _("An answer is promised by %(day)s.") % {"day": days.day(assignment.due_on)}
    return Worded(_("Please answer: “%(title)s”") % {"title": row.title}, (first, second), _path(row), _("Open it"))


def word_assigned_many(city: City, notice: Notice) -> Worded | None:
    """Many contributions wait for one's answer."""
    batch = Batch.objects.of(city).filter(pk=int(notice.subject.partition(":")[2])).first()
    if batch is None:
        return None
    count = BatchItem.objects.of(city).filter(batch=batch, state=BatchItem.State.DONE).count()
    subject = ngettext("%(count)d contribution is with you now", "%(count)d contributions are with you now", count) % {"count": count}
    return Worded(subject, (_("They stand on your answer desk, the most urgent first."),), DESK, _("Open the desk"))


def word_handed_over(city: City, notice: Notice) -> Worded | None:
    """What lay with somebody who does not answer any more lies with one now."""
    person = Participant.objects.of(city).filter(pk=int(notice.subject.partition(":")[2])).first()
    if person is None:
        return None
    first = _("%(who)s does not answer for the city any more.") % {"who": person.shown_name}
    second = _("What waited there for an answer waits for you now, or for your department. The promised days stay.")
    return Worded(_("You take over answers from %(who)s") % {"who": person.shown_name}, (first, second), DESK, _("Open the desk"))


def word_asked(city: City, notice: Notice) -> Worded | None:
    """One's department was asked."""
    question = _question(city, notice)
    if question is None or question.replied_at is not None:
        return None
    who = question.asked_by.shown_name if question.asked_by else str(city)
    first = _("%(who)s asks your department about “%(title)s”:") % {"who": who, "title": question.contribution.title}
    last = _("Please reply by %(day)s.") % {"day": days.day(question.due_on)}
    words = (first, *question.text.split("\n\n"), last)
    return Worded(_("A question to %(office)s") % {"office": question.organisation.name}, words, _reply_path(question), _("Reply"))


def word_replied(city: City, notice: Notice) -> Worded | None:
    """The department that one asked has replied."""
    question = _question(city, notice)
    if question is None or question.replied_at is None:
        return None
    first = _("%(office)s replies about “%(title)s”:") % {"office": question.organisation.name, "title": question.contribution.title}
    words = (first, *question.reply.split("\n\n"))
    return Worded(_("%(office)s has replied") % {"office": question.organisation.name}, words, _path(question.contribution), _("Open it"))


def _reply_path(question: Question) -> str:
    return f"{DESK}/fragen/{question.pk}"


def _question(city: City, notice: Notice) -> Question | None:
    if notice.fetched:
        found: Question | None = notice.fetched["question"]
    else:
        found = _questions(city).filter(pk=int(notice.subject.partition(":")[2])).first()
    gone = found is None or found.contribution.visibility in {Contribution.Visibility.ERASED, Contribution.Visibility.WITHDRAWN}
    return None if gone else found


def _questions(city: City) -> Any:
    return Question.objects.of(city).select_related("contribution", "organisation", "asked_by")


def fetch_questions(city: City, notices: list[Notice]) -> None:
    """Read the questions of many notices in one query."""
    rows = _questions(city).in_bulk({int(notice.subject.partition(":")[2]) for notice in notices})
    for notice in notices:
        notice.fetched = {"question": rows.get(int(notice.subject.partition(":")[2]))}


def word_mentioned(city: City, notice: Notice) -> Worded | None:
    """A colleague's note is meant for one; its words stay inside, so that no mail carries them."""
    row = _shown(city, notice)
    note = Note.objects.of(city).select_related("author").filter(pk=event_key(notice)).first()
    if row is None or note is None:
        return None
    who = note.author.shown_name if note.author else _("Someone")
    text = _("%(who)s has written a note for you about “%(title)s”.") % {"who": who, "title": row.title}
    return Worded(_("A note for you"), (text,), _path(row), _("Read the note"))


def word_sent_back(city: City, notice: Notice) -> Worded | None:
    """A colleague wants something different in one's draft."""
    row = _shown(city, notice)
    if row is None:
        return None
    text = _("A colleague has read your answer to “%(title)s” and asks you to change something.") % {"title": row.title}
    return Worded(_("Please look at your answer again"), (text,), _path(row), _("Open it"))


def word_overdue(city: City, notice: Notice) -> Worded | None:
    """A promised day is over, and the answer is not there."""
    person = Participant.objects.of(city).filter(uid=notice.recipient).first()
    count, since = overdue_of(city, person) if person is not None else (0, None)
    if since is None:  # answered, or passed on meanwhile
        return None
    subject = ngettext("%(count)d answer is overdue", "%(count)d answers are overdue", count) % {"count": count}
    if rules_of(city).tell_overdue:
        text = _("The oldest was promised by %(day)s. Who gave it reads on its page that it is overdue.")
    else:
        text = _("The oldest was promised by %(day)s.")
    text %= {"day": days.day(since)}
    return Worded(subject, (text,), f"{DESK}?ansicht=overdue", _("Open the desk"))


KINDS = (
    NoticeKind("answering.assigned", gettext_lazy("What you have to answer"), word_assigned, prepare=fetch_about, topic=TEAM),
    NoticeKind("answering.assigned_many", gettext_lazy("Many to answer at once"), word_assigned_many, topic=TEAM),
    NoticeKind("answering.handed_over", gettext_lazy("Answers that you take over"), word_handed_over, topic=TEAM),
    NoticeKind("answering.asked", gettext_lazy("Questions to your department"), word_asked, prepare=fetch_questions, topic=TEAM),
    NoticeKind("answering.replied", gettext_lazy("Replies of other departments"), word_replied, prepare=fetch_questions, topic=TEAM),
    NoticeKind("answering.mentioned", gettext_lazy("Notes meant for you"), word_mentioned, prepare=fetch_about, topic=TEAM),
    NoticeKind("answering.overdue", gettext_lazy("Answers that are overdue"), word_overdue, topic=TEAM),
    NoticeKind(
        "answering.sent_back", gettext_lazy("Your answers that colleagues give back"), word_sent_back, prepare=fetch_about, topic=TEAM
    ),
)
