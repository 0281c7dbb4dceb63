"""How news of a process reads to who follows it.

A notice's event names what happened: news-<key>, date-<key> (a new date), moved-<key>-<version> (a date has another time or place),
off-<key of what was taken away> (a date is off), longer-<step>-<version> (a step lasts longer), result (what came out is there).
"""

from __future__ import annotations

from html import unescape
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civitas.kit.days import day, day_and_time, last_day
from civitas.kit.rooms import DECISIONS, NoticeKind, Worded
from civitas.kit.texts import rendered
from civitas.people.actions import claim_token
from civitas.people.models import Participant
from civitas.processes.calendars import where_of
from civitas.processes.followers import FOLLOWING, TOLD
from civitas.processes.models import Event, News, Process, Removed, Step
from civitas.processes.removing import row_kept

if TYPE_CHECKING:
    from collections.abc import Callable

    from civitas.cities.models import City
    from civitas.notices.models import Notice

LONGEST_BRIEF = 200
_MODELS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "news": (News, ()),
    "date": (Event, ("place",)),
    "moved": (Event, ("place",)),
    "off": (Removed, ()),
    "longer": (Step, ()),
}


def what_of(event: str) -> tuple[str, int]:
    """What an event is and the key of its row: ('news', 12); 0 where it has none."""
    what, _dash, rest = event.partition("-")
    key = rest.partition("-")[0]
    return what, int(key) if key.isdecimal() else 0


def row_of(city: City, process: Process, event: str) -> Any:
    """The row that an event names, of this process; None where it names none or is gone."""
    what, key = what_of(event)
    if what not in _MODELS:
        return None
    model, joined = _MODELS[what]
    return model.objects.of(city).filter(process=process, pk=key).select_related(*joined).first()


def fetch_told(city: City, notices: list[Notice]) -> None:
    """Read what many notices are about: a query for the processes, and one for each sort of thing."""
    processes = Process.objects.of(city).in_bulk({_process_key(notice) for notice in notices})
    rows: dict[tuple[str, int], Any] = {}
    for what, (model, joined) in _MODELS.items():
        keys = {key for kind, key in (what_of(notice.event) for notice in notices) if kind == what}
        if keys:
            found = model.objects.of(city).select_related(*joined).in_bulk(keys)
            rows |= {(what, key): row for key, row in found.items()}
    for notice in notices:
        notice.fetched = {"process": processes.get(_process_key(notice)), "row": rows.get(what_of(notice.event))}


def word_told(city: City, notice: Notice) -> Worded | None:
    """Something is new in a process that one follows."""
    process = _process(city, notice)
    if process is None:
        return None
    what, _key = what_of(notice.event)
    if what == "result":
        return _word_result(process)
    row = notice.fetched["row"] if notice.fetched else row_of(city, process, notice.event)
    if row is None or row.process_id != process.pk or what not in _WORDS:
        return None
    return _WORDS[what](process, row)


def _process_key(notice: Notice) -> int:
    return int(notice.subject.partition(":")[2])


def _process(city: City, notice: Notice) -> Process | None:
    found: Process | None = (
        notice.fetched["process"] if notice.fetched else Process.objects.of(city).filter(pk=_process_key(notice)).first()
    )
    return None if found is None or found.state == Process.State.DRAFT else found


def _path(process: Process, part: str = "") -> str:
    return f"/beteiligung/{process.slug}{part}"


def _word_news(process: Process, row: News) -> Worded | None:
    if row.published_at > timezone.now():
        return None  # put off since
    first = _("There is news in “%(process)s”, which you follow:") % {"process": process.title}
    return mail_of_news(process, row, first)


def mail_of_news(process: Process, row: News, first: str) -> Worded:
    """A piece of news as mail after its first sentence, which says why it comes."""
    plain = unescape(strip_tags(rendered(str(row.body))))
    lines = tuple(line for line in (part.strip() for part in plain.split("\n")) if line)
    brief = lines[0] if lines else ""
    brief = brief if len(brief) <= LONGEST_BRIEF else f"{brief[:LONGEST_BRIEF].rsplit(' ', 1)[0]} …"
    title = _("%(process)s: %(title)s") % {"process": process.title, "title": row.title}
    return Worded(title, (first, *lines), _path(process, "#news"), _("Read it on the page"), brief=brief)


def _word_date(process: Process, row: Event) -> Worded | None:
    first = _("“%(process)s”, which you follow, has a new date:") % {"process": process.title}
    return _word_event(process, row, _("A new date: %(title)s") % {"title": row.title}, first)


def _word_moved(process: Process, row: Event) -> Worded | None:
    first = _("A date of “%(process)s”, which you follow, has changed. This is how it stands now:") % {"process": process.title}
    return _word_event(process, row, _("A date has changed: %(title)s") % {"title": row.title}, first)


def _word_off(process: Process, kept: Removed) -> Worded | None:
    row = row_kept(kept)
    if row.ends_at <= timezone.now():
        return None
    named = {"process": process.title, "title": row.title, "when": day_and_time(row.starts_at)}
    first = _("In “%(process)s”, which you follow, a date is off: “%(title)s” on %(when)s does not take place.") % named
    return Worded(_("A date is off: %(title)s") % named, (first,), _path(process, "#dates"), _("See the dates"), brief=first)


def _word_event(process: Process, row: Event, subject: str, first: str) -> Worded | None:
    if row.ends_at <= timezone.now():
        return None
    row.process = process
    when = day_and_time(row.starts_at)
    when = f"{when}, {where}" if (where := where_of(row)) else when
    lines = (first, f"{row.title}: {when}", *(part for part in str(row.description).split("\n") if part.strip()))
    return Worded(subject, lines, _path(process, "#dates"), _("See the date"), brief=when)


def _word_longer(process: Process, row: Step) -> Worded | None:
    if row.closes_at is None or row.closes_at <= timezone.now():
        return None
    named = {"process": process.title, "step": row.title, "day": day(last_day(row.closes_at))}
    first = _("In “%(process)s”, which you follow, “%(step)s” lasts longer: until %(day)s.") % named
    return Worded(_("More time: %(process)s") % named, (first,), _path(process), _("See what is asked now"), brief=first)


def _word_result(process: Process) -> Worded | None:
    if not process.result:
        return None
    named = {"process": process.title}
    first = _("“%(process)s”, which you follow, has a result. You can read what came out, and what did not, with the reason.") % named
    return Worded(_("What came out: %(process)s") % named, (first,), _path(process, "#result-title"), _("Read the result"))


_WORDS: dict[str, Callable[[Process, Any], Worded | None]] = {
    "news": _word_news,
    "date": _word_date,
    "moved": _word_moved,
    "off": _word_off,
    "longer": _word_longer,
}


def word_following(city: City, notice: Notice) -> Worded | None:
    """A guest wants news of a process by mail: the link by which they confirm the address."""
    process = _process(city, notice)
    guest = Participant.objects.of(city).filter(uid=notice.recipient, user=None, erased_at=None).first()
    if process is None or guest is None or not guest.guest_mail:
        return None
    named = {"process": process.title}
    first = _("Somebody, probably you, wants to follow “%(process)s” with this address.") % named
    second = _("With the link below you confirm it. Then we write to you when there is news, a new date or a result.")
    third = _("If it was not you, you need not do anything. We do not write to you then.")
    link = f"/zuordnen/{claim_token(guest, by_mail=True)}"
    subject = _("Please confirm: you follow “%(process)s”") % named
    return Worded(subject, (first, second, third), _path(process), _("Confirm address"), mail_path=link)


KINDS = (
    NoticeKind(TOLD, gettext_lazy("News, dates and results of processes that you follow"), word_told, prepare=fetch_told, topic=DECISIONS),
    NoticeKind(FOLLOWING, gettext_lazy("Confirming the address of guests who follow a process"), word_following, confirms=True),
)
