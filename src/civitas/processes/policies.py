"""What a city's team has settled for its work: what is checked before it is shown, who answers, what is promised, what is kept.

A city's pack brings defaults (`[rules]` of city.toml), `City.rules` what was set in the browser, `Process.rules` what differs in
one process. All lie behind the schema `Rules`, come with rows that a page has read anyway, and are read by `rules_of`.
"""

from __future__ import annotations

import datetime as dt
import re
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from django.utils import timezone
from django.utils.translation import gettext

# The form made from the schema translates these words; here they are only marked.
from django.utils.translation import gettext_noop as _
from pydantic import BaseModel, ConfigDict, Field, field_validator

from civitas.cities.queries import stored_rules
from civitas.people.sources import WIDEST, range_in
from civitas.people.suspensions import NEW_DAYS

if TYPE_CHECKING:
    from civitas.cities.models import City
    from civitas.processes.models import Process

Check = Literal["step", "before", "after"]
MOST_WORDS = 500
LONGEST_WORD = 60

_CHECKS = {
    "step": _("As each step says"),
    "before": _("Everything waits until the team has read it"),
    "after": _("Everything appears at once, the team reads it after"),
}
_SITE = re.compile(r"(?:[\w-]{1,63}\.)+[\w-]{2,63}")
_ROUND_A_SITE = re.compile(r"^(?:https?://)?(?:www\.)?(?:[^@/]*@)?")
# What only the city as a whole settles: no process has its own.
CITY_ONLY = frozenset(
    {
        "blocked_ranges",
        "election_from",
        "election_until",
        "tell_overdue",
        "keep_decisions_months",
        "keep_letters_months",
        "keep_evidence_months",
        "staff_figures",
    }
)
# Settings that mean something only together: a process has both of its own, or neither.
PAIRS = (("quiet_from", "quiet_until"), ("election_from", "election_until"))


class Rules(BaseModel):
    """The rules of a city's work. A process keeps only what differs from its city's."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "sections": {
                "check": _("What the team reads first"),
                "words": _("Words to look out for"),
                "comments": _("Comments"),
                "election": _("Before elections"),
                "answers": _("Who answers"),
                "promises": _("What you promise"),
                "navigator": _("On the map of all cities"),
                "keep": _("How long things are kept"),
                "team": _("About the team"),
            }
        },
    )

    check_contributions: Check = Field("step", title=_("Contributions"), json_schema_extra={"section": "check", "choices": {**_CHECKS}})
    check_comments: Check = Field("step", title=_("Comments"), json_schema_extra={"section": "check", "choices": {**_CHECKS}})
    check_first: list[Literal["guests", "new", "links", "words"]] = Field(
        [],
        title=_("Whose words wait even where others’ appear at once?"),
        json_schema_extra={
            "section": "check",
            "choices": {
                "guests": _("People without an account"),
                "new": _("People who are new here"),
                "links": _("Texts with a link"),
                "words": _("Texts with a word of your list"),
            },
        },
    )
    new_days: int = Field(
        NEW_DAYS,
        ge=1,
        le=90,
        title=_("For how many days is somebody new?"),
        description=_("And until something of theirs has been published."),
        json_schema_extra={"section": "check"},
    )

    most_links: int = Field(
        2,
        ge=0,
        le=20,
        title=_("How many links may a text have that does not wait?"),
        json_schema_extra={"section": "check"},
    )

    words: list[str] = Field(
        [],
        title=_("Words"),
        description=_("One word on each line. A star at its end also finds longer words: “idiot*” finds “Idiotie”."),
        json_schema_extra={"section": "words"},
    )

    blocked: list[str] = Field(
        [],
        title=_("Websites and mail providers that you do not take"),
        description=_("One on each line, as “example.org”. Links to them are refused, and so are their mail addresses."),
        json_schema_extra={"section": "words"},
    )

    blocked_ranges: list[str] = Field(
        [],
        title=_("Address ranges from which you take no texts"),
        description=_(
            "One on each line, as “203.0.113.0/24” or “2001:db8:7::/48”. Guests and new accounts can read there, and send nothing. "
            "Behind one address there may be a whole school or library: please keep the ranges small, and take them off again."
        ),
        json_schema_extra={"section": "words"},
    )

    comments: Literal["open", "paused"] = Field(
        "open",
        title=_("Do you take comments?"),
        json_schema_extra={
            "section": "comments",
            "choices": {"open": _("Yes, where the step is open"), "paused": _("Not at the moment: comments are paused")},
        },
    )
    quiet_from: dt.time | None = Field(
        None,
        title=_("Quiet hours"),
        description=_("In the quiet hours new comments wait until the team is back. Leave both empty for none."),
        json_schema_extra={"section": "comments", "label": _("From")},
    )
    quiet_until: dt.time | None = Field(
        None, title=_("End of the quiet hours"), json_schema_extra={"section": "comments", "with": "quiet_from", "label": _("Until")}
    )

    election_from: dt.date | None = Field(
        None,
        title=_("Time before the election"),
        description=_("From the first day to the last everything waits for the team, and two people release each answer."),
        json_schema_extra={"section": "election", "label": _("First day")},
    )
    election_until: dt.date | None = Field(
        None,
        title=_("End of the time before the election"),
        json_schema_extra={"section": "election", "with": "election_from", "label": _("Last day")},
    )

    answers_by: list[Literal["expert", "moderator", "owner"]] = Field(
        ["expert", "moderator", "owner"],
        min_length=1,
        title=_("Who may answer officially?"),
        json_schema_extra={
            "section": "answers",
            "choices": {
                "expert": _("Experts for their department"),
                "moderator": _("Editorial team"),
                "owner": _("Process owners"),
            },
        },
    )
    release_by_two: bool = Field(
        False,
        title=_("Two people release each answer"),
        description=_("Who has written an answer cannot release it alone."),
        json_schema_extra={"section": "answers"},
    )

    look_hours: int = Field(
        24,
        ge=1,
        le=24 * 90,
        title=_("Within how many hours does the team look at what waits?"),
        json_schema_extra={"section": "promises"},
    )
    answer_days: int | None = Field(
        None,
        ge=1,
        le=365,
        title=_("Within how many days do you answer?"),
        description=_("Empty: as the city’s pack promises."),
        json_schema_extra={"section": "promises"},
    )
    tell_overdue: bool = Field(
        True,
        title=_("Tell people when an answer is overdue"),
        description=_("The page of the contribution then says by when you had promised it."),
        json_schema_extra={"section": "promises"},
    )
    merge_days: int = Field(
        14,
        ge=1,
        le=90,
        title=_("After how many days without a word does an author agree to a merge?"),
        json_schema_extra={"section": "promises"},
    )

    in_navigator: bool = Field(
        True,
        title=_("Show it on the map of all cities"),
        description=_(
            "The first page of the house shows the open processes and dates of every city. Switched off, people find it only here."
        ),
        json_schema_extra={"section": "navigator"},
    )

    keep_decisions_months: int = Field(
        24,
        ge=6,
        le=120,
        title=_("Months that you keep decided flags"),
        json_schema_extra={"section": "keep"},
    )
    keep_letters_months: int = Field(
        12,
        ge=1,
        le=60,
        title=_("Months that you keep letters between two people"),
        description=_("Counted from the last letter. People read this on the page about privacy."),
        json_schema_extra={"section": "keep"},
    )
    keep_evidence_months: int = Field(
        6,
        ge=1,
        le=36,
        title=_("Months that you keep evidence of illegal content"),
        json_schema_extra={"section": "keep"},
    )
    # Figures about single members of the team: the staff council must agree.
    staff_figures: bool = Field(
        False,
        title=_("Show figures about single members of the team"),
        description=_("Please switch this on only when your staff council has agreed."),
        json_schema_extra={"section": "team"},
    )

    @field_validator("words")
    @classmethod
    def _bare_words(cls, words: list[str]) -> list[str]:
        """In lower case, each once, none empty."""
        bare = list(dict.fromkeys(word for each in words if (word := " ".join(each.casefold().split()))))
        if len(bare) > MOST_WORDS or any(len(word) > LONGEST_WORD for word in bare):
            raise ValueError(_("At most 500 words, each of at most 60 letters, please."))
        if any(len(word.rstrip("*")) < 2 for word in bare):  # a single letter would find nearly everything
            raise ValueError(_("Each word needs at least two letters."))
        return bare

    @field_validator("blocked")
    @classmethod
    def _bare_sites(cls, sites: list[str]) -> list[str]:
        """Names of hosts without what people type round them, each once."""
        bare = [_ROUND_A_SITE.sub("", each.strip().casefold()).partition("/")[0] for each in sites]
        bare = list(dict.fromkeys(filter(None, bare)))
        if len(bare) > MOST_WORDS or not all(_SITE.fullmatch(site) for site in bare):
            raise ValueError(_("Please give at most 500, each as “example.org”."))
        return bare

    @field_validator("blocked_ranges")
    @classmethod
    def _narrow_ranges(cls, ranges: list[str]) -> list[str]:
        """Ranges as the machines write them, each once, none so wide that it would shut out a country."""
        try:
            found = [range_in(each) for each in ranges if each.strip()]
        except ValueError:
            raise ValueError(_("Please give each range as “203.0.113.0/24” or “2001:db8:7::/48”, or one address.")) from None
        if any(each.prefixlen < WIDEST[each.version] for each in found):
            raise ValueError(_("This range is too wide: it would shut out far too many. At most “/16” please, with colons “/32”."))
        if any(each.is_loopback for each in found):
            raise ValueError(_("This is the server’s own address. Without it nobody could take part."))
        if len(found) > MOST_WORDS:
            raise ValueError(_("At most 500 ranges, please."))
        return list(dict.fromkeys(map(str, found)))


# What was parsed last for a city, or for one of its processes, with what it was parsed from: a list of 500 words takes 0.2 ms to
# check, and a page of a list asks for each of its rows. Compared by content, so that it can never be an older one.
_parsed: dict[tuple[int, int | None], tuple[dict[str, object], Rules]] = {}
MOST_PARSED = 500


def rules_of(city: City, process: Process | None = None) -> Rules:
    """The rules that hold in the city, or in one of its processes; no query."""
    stored = stored_rules(city) | (process.rules if process is not None else {})
    place = city.pk, process.pk if process is not None else None
    known = _parsed.get(place)
    if known is None or known[0] != stored:
        if len(_parsed) >= MOST_PARSED:
            _parsed.clear()
        known = _parsed[place] = deepcopy(stored), Rules.model_validate(stored)
    return known[1]


def in_navigator(city: City, process: Process) -> bool:
    """Whether a process shows on the map of all cities. Read without the schema: the navigator asks for thousands at once."""
    return (stored_rules(city) | process.rules).get("in_navigator", True) is not False


def faults_of(rules: Rules) -> dict[str, str]:
    """What does not fit together, as a sentence by setting; what only half stands there is as if it were not."""
    faults = {}
    for first, second in PAIRS:
        values = getattr(rules, first), getattr(rules, second)
        if (values[0] is None) != (values[1] is None):
            faults[first if values[0] is None else second] = gettext("Please give both, or leave both empty.")
    if rules.quiet_from is not None and rules.quiet_from == rules.quiet_until:
        faults["quiet_until"] = gettext("Quiet hours need a beginning and another end.")
    if rules.election_from and rules.election_until and rules.election_until < rules.election_from:
        faults["election_until"] = gettext("The last day lies before the first.")
    return faults


def in_election_mode(city: City, now: dt.datetime | None = None) -> bool:
    """Whether today, by the city's clock, lies in the time before an election: everything waits, and two people release each answer."""
    rules = rules_of(city)
    today = city.day_of(now or timezone.now())
    return bool(rules.election_from and rules.election_until and rules.election_from <= today <= rules.election_until)


def quiet_hours_end(city: City, rules: Rules, now: dt.datetime | None = None) -> dt.datetime | None:
    """When the quiet hours that it is now end; None outside them.

    They begin and end by the city's clock, also over midnight and in nights in which the clocks change.
    """
    if rules.quiet_from is None or rules.quiet_until is None or rules.quiet_from == rules.quiet_until:
        return None
    zone, now = city.zone, now or timezone.now()
    today = now.astimezone(zone).date()
    over_midnight = rules.quiet_until < rules.quiet_from
    for day in (today - dt.timedelta(days=1), today):
        # Compared as moments, so that an hour which the clock shows twice counts as the two hours that it is.
        begins = dt.datetime.combine(day, rules.quiet_from, zone).astimezone(dt.UTC)
        ends = dt.datetime.combine(day + dt.timedelta(days=over_midnight), rules.quiet_until, zone).astimezone(dt.UTC)
        if begins <= now < ends:
            return ends
    return None


def promised_days(city: City, process: Process | None = None) -> int:
    """Within how many days the city promises to answer."""
    return rules_of(city, process).answer_days or city.promised_days


@dataclass(frozen=True)
class Promise:
    """Within how many days people get an answer, and whether they read that it is overdue once those have gone by."""

    days: int
    tells_overdue: bool = True


def promise_of(city: City, process: Process | None = None) -> Promise:
    """What people read of when the city answers."""
    return Promise(promised_days(city, process), rules_of(city, process).tell_overdue)
