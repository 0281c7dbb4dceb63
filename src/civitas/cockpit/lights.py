"""The traffic light of the portfolio: one rule after another, the first that fits decides and says why in words.

Each rule looks at facts alone; `docs/circle.md` lists them, and `tests/cockpit/test_lights.py` holds each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from civitas.cockpit.measures import CONCEPT, THEME
from civitas.coproduction.models import Concept
from civitas.kit.days import day
from civitas.kit.templatetags.kit import number
from civitas.services.models import Service

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
    """What decides about a theme or a concept."""

    stage: int
    waits: bool  # nothing was made of it yet, and nobody has answered
    age_days: int
    voices: int = 0
    course: str = ""  # Concept.Stage, of a concept that has one
    decided_days: int | None = None  # since a gate decided about it


def light_of_made(facts: MadeFacts) -> Light:
    """The light of something that was made of voices."""
    if facts.course == Concept.Stage.STOPPED:
        return Light(QUIET, _("A decision stopped it"))
    caught, stuck = WAITS_DAYS[facts.stage]
    if facts.course in {Concept.Stage.GOING_ON, Concept.Stage.TO_CHANGE}:
        days, reason = facts.decided_days or 0, _since_decided(facts)
    else:
        waits = facts.waits and facts.course != Concept.Stage.SERVICE
        days, reason = facts.age_days if waits else 0, _without_answer(facts)
    if days <= caught:
        return Light(GOOD, _behind(facts.voices))
    return Light(STUCK if days > stuck else CAUGHT, reason)


def _since_decided(facts: MadeFacts) -> str:
    days = facts.decided_days or 0
    if facts.course == Concept.Stage.GOING_ON:
        said = ngettext(
            "Decided %(days)s day ago that it goes on, and no service came of it",
            "Decided %(days)s days ago that it goes on, and no service came of it",
            days,
        )
    else:
        said = ngettext(
            "Decided %(days)s day ago that it is to be changed, and it lies before nobody again",
            "Decided %(days)s days ago that it is to be changed, and it lies before nobody again",
            days,
        )
    return said % {"days": number(days)}


def _without_answer(facts: MadeFacts) -> str:
    if facts.stage == THEME:
        said = ngettext("No answer and no concept for %(days)s day", "No answer and no concept for %(days)s days", facts.age_days)
    else:
        said = ngettext(
            "No decision that it becomes a service for %(days)s day",
            "No decision that it becomes a service for %(days)s days",
            facts.age_days,
        )
    return said % {"days": number(facts.age_days)}


def _behind(voices: int) -> str:
    return ngettext("%(count)s voice stands behind it", "%(count)s voices stand behind it", voices) % {"count": number(voices)}


@dataclass(frozen=True)
class ServiceFacts:
    """What decides about a service of the catalogue."""

    status: str = Service.Status.OPERATION
    is_offered: bool = True
    left_on: dt.date | None = None  # since when its provider no longer provides it
    has_owner: bool = True
    voices: int = 0


def light_of_service(facts: ServiceFacts) -> Light:
    """The light of a service."""
    if facts.status == Service.Status.ENDED:
        return Light(QUIET, _("It has ended"))
    if facts.left_on is not None:
        values = {"day": day(facts.left_on)}
        if facts.has_owner:
            return Light(CAUGHT, _("Its provider left (%(day)s), and nobody provides it yet") % values)
        return Light(STUCK, _("Its provider left (%(day)s), and nobody answers for it") % values)
    if not facts.is_offered:
        return Light(QUIET, _("Not offered yet"))
    if not facts.has_owner:
        return Light(STUCK, _("Nobody is named who is responsible"))
    return Light(GOOD, _behind(facts.voices) if facts.voices else _("It is offered"))


def days_since(begun: dt.date | None, today: dt.date) -> int | None:
    """How many days ago that was; None of nothing."""
    return None if begun is None else max(0, (today - begun).days)
