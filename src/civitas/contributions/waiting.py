"""Whether something new waits for the team before it is shown, and why: one answer for the page, the API, imports and live sessions."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from civitas.contributions.machines import looks_sent_by_machine
from civitas.contributions.models import Contribution
from civitas.kit.words import found_words
from civitas.processes.policies import in_election_mode, quiet_hours_end, rules_of
from civitas.processes.registry import UnknownMethod, method_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from civitas.cities.models import City
    from civitas.people.actors import Actor
    from civitas.people.models import Participant
    from civitas.processes.models import Process, Step
    from civitas.processes.policies import Rules

What = Literal["contributions", "comments"]
_LINK = re.compile(r"https?://|\bwww\.\w|\w\.(?:app|biz|com|de|eu|info|io|net|org|ru|shop|top|xyz)(?:/|\b)", re.IGNORECASE)

_LINKS = re.compile(r"https?://\S|(?<!/)\bwww\.\w", re.IGNORECASE)


@dataclass(frozen=True)
class Wait:
    """Why something waits for the team. `until` is when the reason ends (None: it does not by itself), `hours` within how many
    the team looks."""

    reason: Literal["election", "before", "class", "guests", "new", "links", "words", "quiet"]
    hours: int
    until: dt.datetime | None = None

    @property
    def sentence(self) -> str:
        """Why, in the person's words."""
        if self.reason == "election" and self.until:
            last = date_format(timezone.localtime(self.until) - dt.timedelta(seconds=1), "DATE_FORMAT")
            return _("Before the election the team reads everything first, until %(day)s. That holds for all.") % {"day": last}
        if self.reason == "quiet" and self.until:
            time = date_format(timezone.localtime(self.until), "TIME_FORMAT")
            return _("The team has quiet hours: it reads new comments from %(time)s on.") % {"time": time}
        return {
            "class": _("The team reads first what school classes write."),
            "guests": _("The team reads first what people without an account write."),
            "new": _("The team reads first what people write who are new here."),
            "links": _("The team reads texts with links first."),
            "words": _("The team reads this text first."),
        }.get(self.reason, _("The team reads it first, then everybody can."))

    @property
    def promise(self) -> str:
        """By when the team looks, in the person's words."""
        if self.hours <= 48:  # people count two days in hours, more in days
            said = ngettext("As a rule it does so within %(hours)d hour.", "As a rule it does so within %(hours)d hours.", self.hours)
            return said % {"hours": self.hours}
        return _("As a rule it does so within %(days)d days.") % {"days": -(-self.hours // 24)}


def why_waiting(
    actor: Actor,
    step: Step | None,
    *,
    what: What,
    text: str = "",
    process: Process | None = None,
    now: dt.datetime | None = None,
    shown: Collection[int] | None = None,
) -> Wait | None:
    """Why this would wait now, None if it appears at once.

    What the city brings in waits only where its step or its rules say so, and comments that it brings in never.
    `process` is given where no step is, or where the step's is not at hand. One query at most, and only where people who are new wait;
    none where `shown` says of whom something is shown (`shown_of`), since a query asked for many.
    """
    city, now = actor.city, now or timezone.now()
    process = step.process if process is None and step is not None else process
    rules = rules_of(city, process)
    brought_in = actor.channel in {"import", "command"} and actor.is_staff
    if brought_in and what == "comments":
        return None
    if not brought_in and in_election_mode(city, now):
        return Wait("election", rules.look_hours, _after(city, rules.election_until))
    if _checked(rules, step, what):
        return Wait("before", rules.look_hours)
    if brought_in or actor.is_staff:
        return None
    if actor.participant is not None and actor.participant.class_waits:
        return Wait("class", rules.look_hours)
    reason = _first_reason(actor, rules, text, now, shown)
    if reason is not None:
        return Wait(reason, rules.look_hours)
    ends = quiet_hours_end(city, rules, now) if what == "comments" else None
    return Wait("quiet", rules.look_hours, ends) if ends else None


def shown_of(city: City, people: Iterable[int]) -> set[int]:
    """Of these participants (keys) those of whom the city shows something; one query."""
    rows = Contribution.objects.of(city).filter(author__in=set(people), visibility=Contribution.Visibility.PUBLISHED)
    return set(rows.order_by("author").values_list("author", flat=True).distinct())


def waits_for_team(actor: Actor, step: Step | None, *, what: What, text: str = "", process: Process | None = None) -> bool:
    """Whether this, which is being given now, waits for the team before it is shown; uses its proof of work up.

    Raises Refused (429) where very much comes in without one.
    """
    looks_sent = looks_sent_by_machine(actor, text)
    return why_waiting(actor, step, what=what, text=text, process=process) is not None or looks_sent


def why_read_again(actor: Actor, contribution: Contribution, added: str = "") -> Wait | None:
    """Why the team reads first what an author makes of words that everybody sees: as it would words that were new; `added` are those that
    did not stand there before. None if the change appears at once."""
    if contribution.visibility != Contribution.Visibility.PUBLISHED:
        return None
    what: What = "comments" if contribution.kind == Contribution.Kind.COMMENT else "contributions"
    return why_waiting(actor, contribution.step, what=what, text=added, process=contribution.process)


def reads_everything(city: City, step: Step | None, *, what: What, process: Process | None = None) -> bool:
    """Whether the team reads everything of this kind first, whoever writes it."""
    process = step.process if process is None and step is not None else process
    return in_election_mode(city) or _checked(rules_of(city, process), step, what)


def _checked(rules: Rules, step: Step | None, what: What) -> bool:
    check = rules.check_contributions if what == "contributions" else rules.check_comments
    if check != "step" or step is None:
        return check == "before"
    try:
        return method_of(step).settings_of(step).moderation == "before"
    except UnknownMethod:
        return False


def _first_reason(
    actor: Actor, rules: Rules, text: str, now: dt.datetime, shown: Collection[int] | None
) -> Literal["guests", "new", "links", "words"] | None:
    first, person = rules.check_first, actor.participant
    if "guests" in first and (person is None or person.is_guest):
        return "guests"
    if ("links" in first and _LINK.search(text)) or len(_LINKS.findall(text)) > rules.most_links:
        return "links"
    if "words" in first and found_words(text, rules.words):
        return "words"
    if "new" in first and _is_new(actor.city, person, rules.new_days, now, shown):
        return "new"
    return None


def _is_new(city: City, person: Participant | None, days: int, now: dt.datetime, shown: Collection[int] | None) -> bool:
    if person is None or now - person.created_at < dt.timedelta(days=days):
        return True
    if shown is not None:
        return person.pk not in shown
    return not Contribution.objects.of(city).filter(author=person, visibility=Contribution.Visibility.PUBLISHED).exists()


def _after(city: City, day: dt.date | None) -> dt.datetime | None:
    """The moment at which a day of the city is over."""
    if day is None:
        return None
    return city.begins(day + dt.timedelta(days=1))
