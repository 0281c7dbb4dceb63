"""What rules are good for, in words: computed from their values and from what came in lately, before and after they are saved."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.formats import date_format, number_format, time_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from civitas.kit.rooms import rooms
from civitas.kit.schema_forms import in_words, names_in, sections_of
from civitas.kit.words import found_words
from civitas.processes.policies import Rules, in_election_mode, promised_days, rules_of
from civitas.processes.retention import kept_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from civitas.cities.models import City
    from civitas.processes.models import Process

DAYS = 30
MOST_TEXTS = 1_000
MOST_WORDS = 8


@dataclass(frozen=True)
class Ground:
    """What the words are made from: whose rules they are, and how much of what came in during the last 30 days."""

    city: City
    process: Process | None = None
    counts: Mapping[str, int] = field(default_factory=dict)


def ground_of(city: City, process: Process | None = None) -> Ground:
    """The city or process with what came in lately, as the rooms above count it."""
    counts: dict[str, int] = {}
    for room in rooms():
        if room.lately is not None:
            counts |= room.lately(city, process)
    return Ground(city, process, counts)


def section_effects(section: str, rules: Rules, ground: Ground) -> list[str]:
    """What the rules of a section are good for, a sentence or two each."""
    return [sentence for name in names_in(Rules, section) for sentence in effect_of(name, rules, ground)]


def sections(rules: Rules, ground: Ground) -> list[tuple[str, str, list[str]]]:
    """Key, title and effects of every section that holds here; a process has none of what its city alone settles."""
    return [(key, title, said) for key, title in sections_of(Rules).items() if (said := section_effects(key, rules, ground))]


def effect_of(name: str, rules: Rules, ground: Ground) -> list[str]:
    """What one rule is good for; nothing for those that others say along."""
    if name in {"check_contributions", "check_comments"}:
        return [_of_check(name, rules, ground)]
    say = _SAID.get(name)
    return say(rules, ground) if say else []


def _of_check(name: str, rules: Rules, ground: Ground) -> str:
    what = name.removeprefix("check_")
    check = getattr(rules, name)
    if check == "before":
        sentence = {
            "contributions": _("Every contribution waits until the team has read it."),
            "comments": _("Every comment waits until the team has read it."),
        }[what]
        return f"{sentence} {_so_many(ground, what)}".strip()
    if check == "after":
        return {
            "contributions": _("Contributions appear at once, and the team reads them after."),
            "comments": _("Comments appear at once, and the team reads them after."),
        }[what]
    return {
        "contributions": _("Contributions wait for the team where their step says so."),
        "comments": _("Comments wait for the team where their step says so."),
    }[what]


def _so_many(ground: Ground, name: str) -> str:
    count = ground.counts.get(name)
    if count is None:
        return ""
    if count >= DAYS:
        return _("Lately that is about %(number)s a day.") % {"number": number_format(round(count / DAYS), force_grouping=True)}
    if not count:
        return _("Lately there were none.")
    return _("There were %(number)s in the last 30 days.") % {"number": count}


def _of_first(rules: Rules, ground: Ground) -> list[str]:
    said = []
    if "guests" in rules.check_first:
        sentence = _("What people without an account write waits until the team has looked.")
        said.append(f"{sentence} {_so_many(ground, 'guests')}".strip())
    if "new" in rules.check_first:
        sentence = ngettext(
            "What people write who are new here waits: on their first day, and until something of theirs is published.",
            "What people write who are new here waits: in their first %(days)s days, and until something of theirs is published.",
            rules.new_days,
        )
        said.append(sentence % {"days": rules.new_days})
    if "links" in rules.check_first:
        said.append(_("Texts with a link wait."))
    if "words" in rules.check_first:
        said.append(_("Texts with a word of your list wait."))
    return said


def _of_words(rules: Rules, _ground: Ground) -> list[str]:
    refused = []
    if rules.blocked:
        refused.append(_("Refused are links to these, and their mail addresses: %(sites)s.") % {"sites": ", ".join(rules.blocked[:5])})
    if rules.blocked_ranges:
        ranges = {"ranges": ", ".join(rules.blocked_ranges[:5])}
        refused.append(_("Guests and new accounts send nothing from these address ranges: %(ranges)s.") % ranges)
    if not rules.words:
        return [_("The list is empty."), *refused]
    sentence = ngettext(
        "The list has one word. A text with it comes first in the queue.",
        "The list has %(number)s words. A text with one of them comes first in the queue.",
        len(rules.words),
    )
    return [sentence % {"number": len(rules.words)}, *refused]


def _of_comments(rules: Rules, ground: Ground) -> list[str]:
    if rules.comments == "paused":
        return [_("Nobody can comment at the moment. What stands already stays.")]
    return [_("People can comment where a step is open.") + (f" {_so_many(ground, 'comments')}" if ground.counts.get("comments") else "")]


def _of_quiet(rules: Rules, _ground: Ground) -> list[str]:
    if rules.quiet_from is None or rules.quiet_until is None:
        return [_("There are no quiet hours.")]
    times = {"begins": time_format(rules.quiet_from, "TIME_FORMAT"), "ends": time_format(rules.quiet_until, "TIME_FORMAT")}
    return [_("From %(begins)s to %(ends)s new comments wait until the team is back.") % times]


def _of_election(rules: Rules, ground: Ground) -> list[str]:
    if ground.process is not None:
        return []
    if rules.election_from is None or rules.election_until is None:
        return [_("No time before an election is set.")]
    days = {"first": date_format(rules.election_from, "DATE_FORMAT"), "last": date_format(rules.election_until, "DATE_FORMAT")}
    return [_("From %(first)s to %(last)s everything waits for the team, and two people release each answer.") % days]


def election_note(city: City) -> str:
    """What people read on the pages concerned while the time before an election lasts; '' at other times."""
    until = rules_of(city).election_until
    if until is None or not in_election_mode(city):
        return ""
    last = date_format(until, "DATE_FORMAT")
    return _("There will be an election. Until %(last)s the team reads everything before it appears. That holds for all.") % {"last": last}


def _of_answers(rules: Rules, _ground: Ground) -> list[str]:
    return [_("Who answers officially: %(people)s.") % {"people": in_words(Rules, rules, "answers_by")}]


def _of_release(rules: Rules, _ground: Ground) -> list[str]:
    return [_("Two people release each answer.") if rules.release_by_two else _("One person is enough to release an answer.")]


def _of_look(rules: Rules, _ground: Ground) -> list[str]:
    sentence = ngettext(
        "People read that the team looks within one hour.", "People read that the team looks within %(hours)s hours.", rules.look_hours
    )
    return [sentence % {"hours": rules.look_hours}]


def _of_promise(rules: Rules, ground: Ground) -> list[str]:
    days = rules.answer_days or promised_days(ground.city)
    sentence = ngettext("People read that you answer within one day.", "People read that you answer within %(days)s days.", days)
    return [sentence % {"days": days}]


def _of_overdue(rules: Rules, ground: Ground) -> list[str]:
    if ground.process is not None:
        return []
    if rules.tell_overdue:
        return [_("Where it takes longer, people read by when you had promised it.")]
    return [_("Where it takes longer, only the team sees it.")]


def _of_merge(rules: Rules, _ground: Ground) -> list[str]:
    sentence = ngettext(
        "An author who says nothing for one day agrees to a merge.",
        "An author who says nothing for %(days)s days agrees to a merge.",
        rules.merge_days,
    )
    return [sentence % {"days": rules.merge_days}]


def _of_keeping(rules: Rules, ground: Ground) -> list[str]:
    if ground.process is not None:
        return []
    said = []
    for kept in kept_of(ground.city, rules):
        if not kept.setting:
            continue
        sentence = ngettext("%(what)s: kept for one month.", "%(what)s: kept for %(months)s months.", kept.months)
        due = ""
        if kept.due:
            due = " " + ngettext("%(number)s is older and goes tonight.", "%(number)s are older and go tonight.", kept.due)
        said.append((sentence + due) % {"what": kept.label, "months": kept.months, "number": number_format(kept.due, force_grouping=True)})
    return said


def _of_figures(rules: Rules, ground: Ground) -> list[str]:
    if ground.process is not None:
        return []
    if rules.staff_figures:
        return [_("The team’s page shows figures about its single members.")]
    return [_("Nobody sees figures about single members of the team.")]


def _of_navigator(rules: Rules, ground: Ground) -> list[str]:
    if ground.process is None:
        if rules.in_navigator:
            return [_("Open processes and their dates show on the map of all cities.")]
        return [_("Processes and their dates show only here, not on the map of all cities.")]
    if rules.in_navigator:
        return [_("While it is open, this process shows on the map of all cities, with its dates.")]
    return [_("This process and its dates show only here, not on the map of all cities.")]


_SAID = {
    "check_first": _of_first,
    "words": _of_words,
    "comments": _of_comments,
    "quiet_from": _of_quiet,
    "election_from": _of_election,
    "answers_by": _of_answers,
    "release_by_two": _of_release,
    "look_hours": _of_look,
    "answer_days": _of_promise,
    "tell_overdue": _of_overdue,
    "merge_days": _of_merge,
    "in_navigator": _of_navigator,
    "keep_decisions_months": _of_keeping,
    "staff_figures": _of_figures,
}
# Rules whose effect another one says along.
_SAID_BY = {
    "new_days": "check_first",
    "quiet_until": "quiet_from",
    "election_until": "election_from",
    "keep_letters_months": "keep_decisions_months",
    "keep_evidence_months": "keep_decisions_months",
}


def changes_in_words(before: Rules, after: Rules, ground: Ground) -> list[str]:
    """What is otherwise from now on, in the order of the rules; a rule that only takes something back says what holds then."""
    changed = [name for name in Rules.model_fields if getattr(before, name) != getattr(after, name)]
    said: list[str] = []
    for name in dict.fromkeys(_SAID_BY.get(each, each) for each in changed):
        now = effect_of(name, after, ground)
        if name == "check_first" and not now:
            now = [_("Nobody’s words wait longer than others’.")]
        said += now
    return list(dict.fromkeys(said))


@dataclass(frozen=True)
class Hits:
    """In how many of the newest texts a word of the list stood, and which stood most often."""

    texts: int
    hit: int
    words: list[tuple[str, int]]


def hits_of(words: list[str], ground: Ground) -> Hits | None:
    """How often the words of a list stood in the newest texts; None where there is no word or no text."""
    texts = [text for room in rooms() if room.texts_lately for text in room.texts_lately(ground.city, ground.process, MOST_TEXTS)]
    if not words or not texts:
        return None
    found = [found_words(text, words) for text in texts[:MOST_TEXTS]]
    counts = Counter(word for each in found for word in each)
    return Hits(len(found), sum(bool(each) for each in found), counts.most_common(MOST_WORDS))


def differs(process: Process) -> list[str]:
    """The rules that a process has of its own."""
    return [name for name in Rules.model_fields if name in process.rules]
