"""How news about contributions reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from civitas.contributions.models import Contribution, StatusEvent
from civitas.kit.rooms import PEOPLE, NoticeKind, Worded
from civitas.media.faults import fault_of
from civitas.media.models import MediaFile
from civitas.people.actions import claim_token
from civitas.processes.policies import promised_days

if TYPE_CHECKING:
    from civitas.cities.models import City
    from civitas.notices.models import Notice


def about(city: City, notice: Notice) -> Contribution | None:
    """The contribution a notice is about; None when it is gone or nobody may see it any more."""
    row = notice.fetched["about"] if notice.fetched else _rows(city).filter(pk=_key_of(notice.subject)).first()
    return None if row is None or row.visibility in {Contribution.Visibility.ERASED, Contribution.Visibility.WITHDRAWN} else row


def fetch_about(city: City, notices: list[Notice]) -> None:
    """Read what many notices are about in one query."""
    rows = _rows(city).in_bulk({_key_of(notice.subject) for notice in notices})
    for notice in notices:
        notice.fetched = {"about": rows.get(_key_of(notice.subject))}


def fetch_answers(city: City, notices: list[Notice]) -> None:
    """Read what many notices of answers are about, and the answers, in two queries."""
    fetch_about(city, notices)
    events = _events(city).in_bulk({event_key(notice) for notice in notices})
    for notice in notices:
        notice.fetched = {**(notice.fetched or {}), "event": events.get(event_key(notice))}


def event_key(notice: Notice) -> int:
    """The key of the row that a notice's event names ('event-12'); 0 if it names none."""
    key = notice.event.partition("-")[2]
    return int(key) if key.isdigit() else 0


def _key_of(subject: str) -> int:
    return int(subject.partition(":")[2])


def _rows(city: City) -> Any:
    return Contribution.objects.of(city).select_related("author", "author__user", "root", "process")


def _events(city: City) -> Any:
    return StatusEvent.objects.of(city).select_related("organisation", "part_of", "part_of_process")


def title_of(row: Contribution) -> str:
    """What a notice calls a contribution: its title, or its thread's."""
    return row.title or (row.root.title if row.root else "")


def word_received(city: City, notice: Notice) -> Worded | None:
    """Thanks for giving, what happens next, and for guests the claim link."""
    row = about(city, notice)
    if row is None:
        return None
    days = promised_days(city, row.process)
    waits = row.visibility == Contribution.Visibility.WAITING
    first = _("Thank you. Your contribution “%(title)s” has arrived under the number %(number)s.") % {
        "title": row.title,
        "number": row.number,
    }
    second = (
        _("The editorial team looks at it first; then it appears on the site.")
        if waits
        else _("Everybody can read it now, support it and write to it.")
    )
    third = ngettext(
        "The city answers within %(days)d day. You will hear from us as soon as something comes of it.",
        "The city answers within %(days)d days. You will hear from us as soon as something comes of it.",
        days,
    ) % {"days": days}
    if row.author and row.author.is_guest and row.author.guest_mail:
        link = f"/zuordnen/{claim_token(row.author, by_mail=True)}"
        fourth = _(
            "With the link below you confirm this address. "
            "Then we can write to you when there is news, and you can take your contribution into an account."
        )
        return Worded(_("Your contribution has arrived"), (first, second, third, fourth), row.path, _("Confirm address"), mail_path=link)
    return Worded(_("Your contribution has arrived"), (first, second, third), row.path, _("See your contribution"))


def word_answered(city: City, notice: Notice) -> Worded | None:
    """There is an official status or answer."""
    row = about(city, notice)
    if row is None or row.visibility != Contribution.Visibility.PUBLISHED:
        return None
    event = notice.fetched["event"] if notice.fetched else _events(city).filter(pk=event_key(notice)).first()
    if event is None or event.contribution_id != row.pk:
        return None
    who = event.organisation.name if event.organisation else str(city)
    lines = [_("The status is now “%(status)s”.") % {"status": event.get_status_display()}]
    if event.text:
        lines += [_("%(who)s writes:") % {"who": who}, *event.text.split("\n\n")]
    lines += larger_words(event)
    if event.next_step:
        lines.append(_("What comes next: %(step)s") % {"step": event.next_step})
    if event.due_on:
        lines.append(_("By %(date)s at the latest.") % {"date": date_format(event.due_on, "DATE_FORMAT")})
    return Worded(_("News about “%(title)s”") % {"title": row.title}, tuple(lines), row.path, _("Read more"))


def larger_words(event: StatusEvent) -> list[str]:
    """What an event says beside its own words: what it is part of now, who else takes it on and how to reach them."""
    lines = []
    if event.part_of is not None:
        lines.append(_("It is part of “%(title)s” (no. %(number)s) now.") % {"title": event.part_of.title, "number": event.part_of.number})
    if event.part_of_process is not None:
        lines.append(_("It is part of the process “%(title)s” now.") % {"title": event.part_of_process.title})
    if event.handed_to:
        lines.append(
            _("We have handed it over to: %(body)s. This is how you reach them: %(contact)s")
            % {"body": event.handed_to, "contact": event.contact}
        )
    return lines


def fetch_developed(city: City, notices: list[Notice]) -> None:
    """Read what many notices are about, and what was made of it, in two queries."""
    fetch_about(city, notices)
    rows = _rows(city).in_bulk({event_key(notice) for notice in notices})
    for notice in notices:
        notice.fetched = {**(notice.fetched or {}), "developed": rows.get(event_key(notice))}


def word_developed(city: City, notice: Notice) -> Worded | None:
    """Somebody has built on it."""
    row = about(city, notice)
    made = notice.fetched["developed"] if notice.fetched else _rows(city).filter(pk=event_key(notice)).first()
    if row is None or made is None or made.visibility != Contribution.Visibility.PUBLISHED:
        return None
    titles = {"old": title_of(row), "new": made.title}
    if made.is_made:
        first = _("Something has come of “%(old)s”. %(kind)s: “%(new)s”.") % {**titles, "kind": made.get_kind_display()}
        lines = (first, _("Both pages show how one led to the other."))
        return Worded(_("Something has come of “%(title)s”") % {"title": title_of(row)}, lines, made.path, _("See what came of it"))
    if made.author and made.author.pseudonym:
        first = _("%(who)s has developed “%(old)s” further: “%(new)s”.") % {"who": made.author.pseudonym, **titles}
    else:
        first = _("Somebody has developed “%(old)s” further: “%(new)s”.") % titles
    lines = (first, _("Both pages show how one led to the other."))
    return Worded(_("“%(title)s” is developed further") % {"title": title_of(row)}, lines, made.path, _("See what came of it"))


def fetch_files(city: City, notices: list[Notice]) -> None:
    """Read what many notices are about, and their files, in two queries."""
    fetch_about(city, notices)
    rows = MediaFile.objects.of(city).in_bulk({event_key(notice) for notice in notices})
    for notice in notices:
        notice.fetched = {**(notice.fetched or {}), "file": rows.get(event_key(notice))}


def word_file_refused(city: City, notice: Notice) -> Worded | None:
    """A document or video turned out to be one that cannot be shown; None once the author has taken it away or sent another."""
    row = about(city, notice)
    file = notice.fetched["file"] if notice.fetched else MediaFile.objects.of(city).filter(pk=event_key(notice)).first()
    if row is None or file is None or not fault_of(file):
        return None
    subject = _("We cannot show your video") if file.is_video else _("We cannot show your document")
    first = _("Your contribution “%(title)s” is there with all its words. One of its files cannot be shown.") % {"title": title_of(row)}
    third = _("You can send another one in its place at any time.")
    return Worded(subject, (first, fault_of(file), third), reverse("describe_files", args=[row.number]), _("Send another file"))


KINDS = (
    NoticeKind("contribution.received", gettext_lazy("Thanks for your contributions"), word_received, prepare=fetch_about, confirms=True),
    NoticeKind("contribution.answered", gettext_lazy("Answers and new status"), word_answered, prepare=fetch_answers),
    NoticeKind(
        "contribution.developed",
        gettext_lazy("Somebody develops a contribution further"),
        word_developed,
        prepare=fetch_developed,
        topic=PEOPLE,
    ),
    NoticeKind("contribution.file_refused", gettext_lazy("Files of yours that cannot be shown"), word_file_refused, prepare=fetch_files),
)
