"""How the letter of a day reads: what became of somebody's contributions, and what was taken back."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from civitas.contributions.models import Contribution, Link
from civitas.kit import days
from civitas.kit.rooms import NoticeKind, Worded, rooms
from civitas.kit.templatetags.kit import number
from civitas.lineage.models import Line
from civitas.lineage.news import KIND, note_left_out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from civitas.cities.models import City
    from civitas.kit.rooms import Station
    from civitas.notices.models import Notice

Kind = Contribution.Kind
PUBLISHED = Contribution.Visibility.PUBLISHED
# So many sentences fit into one letter; of more it says how many there are.
MOST_SAID = 12
_OWN = {
    Kind.IDEA: gettext_lazy("Your idea “%(title)s” of %(day)s"),
    Kind.IMPROVEMENT: gettext_lazy("Your improvement “%(title)s” of %(day)s"),
}
_OWN_ELSE = gettext_lazy("Your contribution “%(title)s” of %(day)s")
# What became of it, by what it is now …
_MADE = {
    Kind.THEME: gettext_lazy("%(own)s is now part of the theme “%(new)s”."),
    Kind.CONCEPT: gettext_lazy("%(own)s is now part of the concept “%(new)s”."),
    Kind.RESULT: gettext_lazy("%(own)s was weighed together with others: “%(new)s”."),
    Kind.MEASURE: gettext_lazy("%(own)s led to something that was agreed on: “%(new)s”."),
    Kind.SERVICE_STORY: gettext_lazy("%(own)s is now part of a service: “%(new)s”."),
}
# … and where people gave that themselves, by the link.
_FATES = {
    Link.Kind.GROUPED_INTO: gettext_lazy("%(own)s is now part of “%(new)s”."),
    Link.Kind.MERGED_INTO: gettext_lazy("%(own)s goes on in “%(new)s”, together with similar ones."),
    Link.Kind.SPLIT_INTO: gettext_lazy("%(own)s goes on in “%(new)s”."),
    Link.Kind.DEVELOPED_INTO: gettext_lazy("%(own)s was developed further: “%(new)s”."),
    Link.Kind.LED_TO: gettext_lazy("%(own)s led to “%(new)s”."),
}


def _lines(city: City) -> Any:
    fields = ("city_id", "kind", "title", "number", "given_at", "visibility", "merged_into_id", "root_id")
    rows = Line.objects.of(city).select_related("news__source", "news__target", "contribution").order_by("pk")
    ends = ("news__source", "news__target", "contribution")
    return rows.only("city_id", "letter_id", "count", "correction", "news__city_id", "news__event", "news__key", "news__undone_at", *(
        f"{end}__{name}" for end in ends for name in fields
    ))  # fmt: skip


def fetch_letters(city: City, notices: list[Notice]) -> None:
    """Read the lines of many letters, and what rooms say of the events in them, in one query and those of the rooms."""
    lines: defaultdict[int, list[Line]] = defaultdict(list)
    for line in _lines(city).filter(letter__in={_key_of(notice) for notice in notices}):
        lines[line.letter_id].append(line)
    events = _events(city, [line for each in lines.values() for line in each])
    for notice in notices:
        notice.fetched = {"lines": lines[_key_of(notice)], "events": events}


def _events(city: City, lines: Sequence[Line]) -> dict[tuple[str, int], Station]:
    keys: defaultdict[str, set[int]] = defaultdict(set)
    for line in lines:
        if line.news.key and line.news.undone_at is None:
            keys[line.news.event].add(line.news.key)
    said = {name: word for room in rooms() for name, word in room.hops.items() if name in keys} if keys else {}
    return {(name, key): station for name, word in said.items() for key, station in word(city, sorted(keys[name])).items()}


def _key_of(notice: Notice) -> int:
    return int(notice.subject.partition(":")[2])


def note_sent(city: City, notices: list[Notice]) -> None:
    """Have wait what these letters, which just went by mail, could not say."""
    known: list[dict[str, Any]] = [notice.fetched or {} for notice in notices]
    unsaid = {line.pk for each in known for line in each["lines"]}.difference(*(each["said"] for each in known))
    if unsaid:
        note_left_out(city, unsaid)


def word_letter(city: City, notice: Notice) -> Worded | None:
    """What became of somebody's contributions, as far as it still holds and may be seen."""
    if notice.fetched is None:
        fetch_letters(city, [notice])
    fetched: dict[str, Any] = notice.fetched or {}
    lines = [line for line in fetched["lines"] if line.contribution.visibility == PUBLISHED]
    said = [(line, text) for line in lines if not line.correction and (text := _news(line, fetched["events"]))]
    back = [(line, text) for line in lines if line.correction and (text := _correction(line))]
    fetched["said"] = {line.pk for line, _text in (*said, *back)}
    if not said and not back:
        return None
    first = (said or back)[0][0].contribution
    paragraphs = [text for _line, text in said[:MOST_SAID]]
    if len(said) > MOST_SAID:
        count = len(said) - MOST_SAID
        more = ngettext("And there is %(shown)s more piece of news.", "And there are %(shown)s more pieces of news.", count)
        paragraphs.append(more % {"shown": number(count)})
    paragraphs += [text for _line, text in back[:MOST_SAID]]
    if said:
        paragraphs.append(_("Its story shows every station, who decided and why. Thank you for having begun it."))
    return Worded(_subject(said, back), tuple(paragraphs), f"/beitrag/{first.number}/werdegang", _("Read the whole story"))


def _subject(said: Sequence[tuple[Line, str]], back: Sequence[tuple[Line, str]]) -> str:
    titles = {line.contribution.title for line, _text in (said or back)}
    if not said:
        return _("We have to correct something about “%(title)s”") % {"title": min(titles)}
    if len(titles) == 1:
        return _("What became of “%(title)s”") % {"title": titles.pop()}
    return _("What became of your contributions")


def _own(row: Contribution) -> str:
    return str(_OWN.get(Kind(row.kind), _OWN_ELSE)) % {"title": row.title, "day": days.day(row.given_at)}


def _news(line: Line, events: dict[tuple[str, int], Station]) -> str:
    news = line.news
    if news.undone_at is not None or news.target.visibility != PUBLISHED:
        return ""
    if news.key:
        return _event(line, events.get((news.event, news.key)))
    sentence = _MADE.get(Kind(news.target.kind)) or _FATES.get(Link.Kind(news.event))
    words = [str(sentence) % {"own": _own(line.contribution), "new": news.target.title}]
    far = news.source_id not in {line.contribution_id, line.contribution.merged_into_id}
    if far and news.source.visibility == PUBLISHED:
        words.append(_("It came there by “%(title)s”.") % {"title": news.source.title})
    return " ".join([*words, *_more(line)])


def _event(line: Line, station: Station | None) -> str:
    """An event of what somebody's contribution is part of, or of what they wrote themselves."""
    if station is None:
        return ""
    row = line.news.target
    happened = [
        station.title if station.title.endswith((".", "!", "?")) else f"{station.title}.",
        *([station.text] if station.text else []),
    ]
    if row.pk == line.contribution_id:
        return f"{_own(row)}: {' '.join(happened)}"
    grew = _("There is news about “%(new)s”, to which you contributed. %(own)s is part of it.")
    return " ".join([grew % {"new": row.title, "own": _own(line.contribution)}, *happened, *_more(line)])


def _more(line: Line) -> list[str]:
    count = line.count - 1
    if count < 1:
        return []
    sentence = ngettext("So is %(shown)s more contribution of yours.", "So are %(shown)s more contributions of yours.", count)
    return [sentence % {"shown": number(count)}]


def _correction(line: Line) -> str:
    news = line.news
    if news.key or (news.target.kind == Kind.SERVICE_STORY and news.target.visibility != PUBLISHED):
        return _said_of_event(line)  # of a story that was taken back too: the concept that it was of is what it was
    if news.target.visibility != PUBLISHED:
        return _("We wrote to you about %(own)s too early. It stands for itself again. We are sorry for the confusion.") % {
            "own": _titled(line.contribution)
        }
    sentence = _("We wrote to you that something has come of %(own)s: “%(new)s”. That was taken back. Your words are there as before.")
    return sentence % {"own": _titled(line.contribution), "new": news.target.title}


def _said_of_event(line: Line) -> str:
    """That an event, as a decision at a gate, does not count as it was told; what it was about is named where it is shown."""
    row = line.news.target
    if row.visibility != PUBLISHED or row.pk == line.contribution_id:
        sentence = _(
            "What we wrote to you about %(own)s does not hold any more. Its story shows how it stands. We are sorry for the confusion."
        )
        return sentence % {"own": _titled(line.contribution)}
    sentence = _(
        "What we wrote to you about “%(new)s”, of which %(own)s is part, does not hold any more. "
        "Its story shows how it stands. We are sorry for the confusion."
    )
    return sentence % {"own": _titled(line.contribution), "new": row.title}


def _titled(row: Contribution) -> str:
    return _("“%(title)s”") % {"title": row.title}


KINDS = (NoticeKind(KIND, gettext_lazy("What becomes of your contributions"), word_letter, prepare=fetch_letters, sent=note_sent),)
