"""The traffic light of the portfolio: one rule after another, the first that fits decides and says why in words.

Each rule looks at facts alone; `docs/circle.md` lists them, and `tests/cockpit/test_lights.py` holds each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from civitas.cockpit.measures import CONCEPT, SERVICE, THEME
from civitas.kit.templatetags.kit import number

if TYPE_CHECKING:
    import datetime as dt

    from django.utils.functional import _StrPromise

GOOD, CAUGHT, STUCK, QUIET = "good", "caught", "stuck", "quiet"
WORDS = {
    GOOD: pgettext_lazy("traffic light", "going well"),
    CAUGHT: pgettext_lazy("traffic light", "caught up"),
    STUCK: pgettext_lazy("traffic light", "at a standstill"),
    QUIET: pgettext_lazy("traffic light", "at rest"),
}
ICONS = {GOOD: "check", CAUGHT: "warning", STUCK: "close", QUIET: "minus"}
# After so many days without a new voice an open step is asked about; so long a result may take; so long something made may wait.
SILENT_DAYS, RESULT_DAYS = 21, 30
WAITS_DAYS = {THEME: (28, 90), CONCEPT: (90, 180)}


@dataclass(frozen=True)
class Light:
    """How it goes, and why."""

    key: str
    reason: str

    @property
    def word(self) -> _StrPromise:
        """The colour in words."""
        return WORDS[self.key]

    @property
    def icon(self) -> str:
        """The colour as a sign."""
        return ICONS[self.key]


@dataclass(frozen=True)
class ProcessFacts:
    """What decides about a process. Days are counted back from today; None where there is nothing to count from."""

    is_draft: bool = False
    is_archived: bool = False
    has_owner: bool = True
    has_result: bool = False
    is_open: bool = False
    collects: bool = False
    open_days: int | None = None  # since the open step began
    has_next: bool = False
    next_has_day: bool = False
    over_days: int | None = None  # since the last step closed
    overdue: int = 0
    overdue_days: int = 0
    voices: int = 0
    silent_days: int | None = None  # since the last voice


def light_of_process(facts: ProcessFacts) -> Light:
    """The light of a process."""
    if facts.is_draft:
        return Light(QUIET, _("A draft that only the team sees"))
    if facts.is_archived:
        return Light(QUIET, _("Put away in the archive"))
    if not facts.has_owner:
        return Light(STUCK, _("Nobody is named who is responsible"))
    is_over = not facts.is_open and not facts.has_next
    if is_over and not facts.has_result and facts.over_days is not None and facts.over_days > RESULT_DAYS:
        return Light(
            STUCK,
            ngettext(
                "Over for %(days)s day, and no result stands there", "Over for %(days)s days, and no result stands there", facts.over_days
            )
            % {"days": number(facts.over_days)},
        )
    if facts.overdue:
        missing = ngettext("%(count)s answer is overdue", "%(count)s answers are overdue", facts.overdue) % {"count": number(facts.overdue)}
        since = ngettext("the oldest for %(days)s day", "the oldest for %(days)s days", facts.overdue_days)
        return Light(CAUGHT, f"{missing}, {since % {'days': number(facts.overdue_days)}}")
    if not facts.is_open and facts.has_next and not facts.next_has_day:
        return Light(CAUGHT, _("The next step has no day yet"))
    silent = facts.silent_days if facts.silent_days is not None else facts.open_days
    if facts.is_open and facts.collects and silent is not None and silent > SILENT_DAYS:
        return Light(CAUGHT, ngettext("No new voice for %(days)s day", "No new voice for %(days)s days", silent) % {"days": number(silent)})
    if is_over:
        return Light(QUIET, _("Finished, the result stands there") if facts.has_result else _("Over, the result is being written"))
    if not facts.is_open:
        return Light(GOOD, _("Goes on on its day, nothing is overdue"))
    voices = ngettext("%(count)s voice, nothing is overdue", "%(count)s voices, nothing is overdue", facts.voices)
    return Light(GOOD, voices % {"count": number(facts.voices)})


@dataclass(frozen=True)
class MadeFacts:
    """What decides about a theme, a concept or a service story."""

    stage: int
    waits: bool  # nothing was made of it yet, and nobody has answered
    age_days: int
    voices: int = 0


def light_of_made(facts: MadeFacts) -> Light:
    """The light of something that was made of voices."""
    behind = ngettext("%(count)s voice stands behind it", "%(count)s voices stand behind it", facts.voices) % {
        "count": number(facts.voices)
    }
    if facts.stage >= SERVICE or not facts.waits:
        return Light(GOOD, behind)
    caught, stuck = WAITS_DAYS[facts.stage]
    if facts.age_days <= caught:
        return Light(GOOD, behind)
    if facts.stage == THEME:
        reason = ngettext("No answer and no concept for %(days)s day", "No answer and no concept for %(days)s days", facts.age_days) % {
            "days": number(facts.age_days)
        }
    else:
        reason = ngettext(
            "No decision that it becomes a service for %(days)s day",
            "No decision that it becomes a service for %(days)s days",
            facts.age_days,
        ) % {"days": number(facts.age_days)}
    return Light(STUCK if facts.age_days > stuck else CAUGHT, reason)


def days_since(day: dt.date | None, today: dt.date) -> int | None:
    """How many days ago that was; None of nothing."""
    return None if day is None else max(0, (today - day).days)
