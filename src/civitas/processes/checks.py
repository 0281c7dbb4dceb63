"""A process checks itself: what does not fit together, in words for who plans it, each with what would mend it.

Publishing asks the same: what `hinders` keeps a process from it, the rest is worth a look.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import pydantic
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.kit.languages import LABELS
from civitas.kit.translated import KEYS, Translated
from civitas.people.models import Membership, Role
from civitas.processes.models import Process, Step
from civitas.processes.policies import Rules, rules_of
from civitas.processes.registry import Method, methods

if TYPE_CHECKING:
    from collections.abc import Iterator

    from civitas.cities.models import City


@dataclass(frozen=True)
class Mend:
    """What one button does about it (`mending.MENDS` by key), and the words on the button."""

    key: str
    words: str


@dataclass(frozen=True)
class Misfit:
    """Something that does not fit; `step` where it is about one, `part` the part of the desk where it is put right by hand."""

    sentence: str
    step: Step | None = None
    mend: Mend | None = None
    part: str = ""
    hinders: bool = True


def misfits(city: City, process: Process) -> list[Misfit]:
    """What keeps a process from being published, or would trouble a published one; empty when all fits. Two queries."""
    steps = list(Step.objects.of(city).filter(process=process).order_by("position"))
    for step in steps:
        step.process = process
    return misfits_among(city, process, steps, roles_in(city))


def roles_in(city: City) -> set[str]:
    """The roles that somebody holds in the city."""
    return set(Membership.objects.of(city).order_by("role").values_list("role", flat=True).distinct())


def misfits_among(city: City, process: Process, steps: list[Step], roles: set[str]) -> list[Misfit]:
    """The same from rows that were read already; no query."""
    return [
        *_of_texts(city, process),
        *_of_owner(process, roles),
        *_of_steps(steps),
        *_of_windows(process, steps),
        *_of_roles(city, steps, roles),
        *_of_step_texts(city, steps),
    ]


def hindrances(city: City, process: Process) -> list[Misfit]:
    """What has to be put right before the process is published."""
    return [misfit for misfit in misfits(city, process) if misfit.hinders]


def lacking(city: City, text: Translated) -> list[str]:
    """The languages of the city, by name, in which a text says nothing."""
    return [str(LABELS[code]) for code in city.config.languages if not text.get(KEYS[code])]


def _of_texts(city: City, process: Process) -> Iterator[Misfit]:
    for name, text in ((_("title"), process.title), (_("question"), process.question)):
        if languages := lacking(city, text):
            yield Misfit(
                _("The %(text)s lacks a language: %(languages)s.") % {"text": name, "languages": ", ".join(languages)}, part="worum"
            )
    if process.formality == Process.Formality.STATUTORY and not (process.formal_url and process.formal_deadline_on):
        yield Misfit(_("A process beside a statutory procedure needs the link to it and its deadline."), part="verfahren")
    if process.lead and (languages := lacking(city, process.lead)):
        told = {"text": _("short text"), "languages": ", ".join(languages)}
        yield Misfit(_("The %(text)s lacks a language: %(languages)s.") % told, part="worum", hinders=False)


def _of_owner(process: Process, roles: set[str]) -> Iterator[Misfit]:
    if not process.owner_name and not process.organisation_id:
        yield Misfit(
            _("Nobody answers for this process. Please name a person or an organisation."),
            part="wer",
            mend=Mend("name_me", _("Put my name there")),
        )
    if roles.isdisjoint({Role.OWNER, Role.ADMINISTRATOR}):
        yield Misfit(_("Nobody in this city holds the role of process owner."))


def _of_steps(steps: list[Step]) -> Iterator[Misfit]:
    if not steps:
        yield Misfit(
            _("There is no step yet. A process needs at least one."), part="schritte", mend=Mend("first_step", _("Begin with collecting"))
        )
    given: set[str] = set()
    for step in steps:
        method = methods().get(step.method)
        if method is None:
            yield Misfit(
                _("The building block “%(method)s” is not installed here.") % {"method": step.method},
                step,
                Mend("remove", _("Take the step away")),
            )
            continue
        if method.takes and not method.takes & given:
            later = next((each for each in steps if each.position > step.position and method.takes & kinds_given(each)), None)
            if later is not None:
                mend = Mend("behind", _("Put it behind “%(step)s”") % {"step": later.title})
            else:
                mend = Mend("before", _("Put a step before it that collects"))
            yield Misfit(
                _("“%(step)s” works with what an earlier step has collected, but no earlier step collects it.") % {"step": step.title},
                step,
                mend,
            )
        try:
            method.settings_of(step)
        except pydantic.ValidationError:
            yield Misfit(
                _("The settings of “%(step)s” do not fit its building block any more. Please look at them and save.")
                % {"step": step.title},
                step,
                Mend("settings", _("Leave out what does not fit")),
            )
            continue
        given |= kinds_given(step)


def kinds_given(step: Step) -> set[str]:
    """The kinds of contribution that a step brings forth, as far as its settings can be read."""
    method = methods().get(step.method)
    try:
        return set(getattr(method.settings_of(step), "kinds", method.gives)) if method else set()
    except pydantic.ValidationError:
        return set()


def _of_windows(process: Process, steps: list[Step]) -> Iterator[Misfit]:
    for earlier, later in pairwise(steps):
        names = {"later": later.title, "earlier": earlier.title}
        mend = Mend("after", _("Begin when “%(earlier)s” ends") % names) if earlier.closes_at else None
        if earlier.opens_at and later.opens_at and later.opens_at < earlier.opens_at:
            yield Misfit(_("“%(later)s” begins before “%(earlier)s”, which stands before it.") % names, later, mend)
        elif _works_with(earlier, later) and earlier.closes_at and later.opens_at and later.opens_at < earlier.closes_at:
            sentence = _("“%(later)s” works with what “%(earlier)s” collects, and begins while that is still open.") % names
            yield Misfit(sentence, later, mend, hinders=False)
    for step in steps:
        if not step.opens_at and not step.override and step.closes_at:
            yield Misfit(_("“%(step)s” has an end but no beginning.") % {"step": step.title}, step, Mend("begin", _("Let it begin now")))
    ends = [step.closes_at for step in steps if not step.override]
    if process.state == Process.State.DRAFT and steps and len(ends) == len(steps) and all(end and end <= timezone.now() for end in ends):
        yield Misfit(_("Every step lies in the past."), part="schritte", mend=Mend("later", _("Move all: the first begins in a week")))


def _works_with(earlier: Step, later: Step) -> bool:
    """Whether the later step puts in order on a board what the earlier one still gives."""
    method: Method | None = methods().get(later.method)
    return method is not None and method.board is not None and bool(method.takes & kinds_given(earlier))


def _of_roles(city: City, steps: list[Step], roles: set[str]) -> Iterator[Misfit]:
    for step in steps:
        method: Method | None = methods().get(step.method)
        if method is None or not _waits(rules_of(city, step.process), step):
            continue
        if roles.isdisjoint({Role.MODERATOR, Role.ADMINISTRATOR}):
            yield Misfit(_("“%(step)s” waits for the editorial team, but nobody in this city is in it.") % {"step": step.title}, step)


def _of_step_texts(city: City, steps: list[Step]) -> Iterator[Misfit]:
    for step in steps:
        if languages := lacking(city, step.title):
            words = {"step": step.title, "languages": ", ".join(languages)}
            yield Misfit(_("The title of “%(step)s” lacks a language: %(languages)s.") % words, step, hinders=False)


def _waits(rules: Rules, step: Step) -> bool:
    """Whether anything in the step waits for the team, as the step or the rules above it say."""
    own = step.settings.get("moderation") == "before"
    return any(check == "before" or (check == "step" and own) for check in (rules.check_contributions, rules.check_comments))
