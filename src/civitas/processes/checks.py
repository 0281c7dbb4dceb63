"""A process checks itself: what does not fit together, in words for who plans it. Publishing asks the same."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import pydantic
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.kit.languages import LABELS
from civitas.kit.translated import KEYS
from civitas.people.models import Membership, Role
from civitas.processes.models import Process, Step
from civitas.processes.policies import Rules, rules_of
from civitas.processes.registry import Method, methods

if TYPE_CHECKING:
    from collections.abc import Iterator

    from civitas.cities.models import City


@dataclass(frozen=True)
class Misfit:
    """Something that does not fit; `step` where it is about one."""

    sentence: str
    step: Step | None = None


def misfits(city: City, process: Process) -> list[Misfit]:
    """What keeps a process from being published, or would trouble a published one; empty when all fits. Two queries."""
    steps = list(Step.objects.of(city).filter(process=process).order_by("position"))
    for step in steps:
        step.process = process
    roles = set(Membership.objects.of(city).order_by("role").values_list("role", flat=True).distinct())
    return [
        *_of_texts(city, process),
        *_of_owner(process, roles),
        *_of_steps(steps),
        *_of_windows(process, steps),
        *_of_roles(city, steps, roles),
    ]


def _of_texts(city: City, process: Process) -> Iterator[Misfit]:
    for name, text in ((_("title"), process.title), (_("question"), process.question)):
        lacking = [str(LABELS[code]) for code in city.config.languages if not text.get(KEYS[code])]
        if lacking:
            yield Misfit(_("The %(text)s lacks a language: %(languages)s.") % {"text": name, "languages": ", ".join(lacking)})
    if process.formality == Process.Formality.STATUTORY and not (process.formal_url and process.formal_deadline_on):
        yield Misfit(_("A process beside a statutory procedure needs the link to it and its deadline."))


def _of_owner(process: Process, roles: set[str]) -> Iterator[Misfit]:
    if not process.owner_name and not process.organisation_id:
        yield Misfit(_("Nobody answers for this process. Please name a person or an organisation."))
    if roles.isdisjoint({Role.OWNER, Role.ADMINISTRATOR}):
        yield Misfit(_("Nobody in this city holds the role of process owner."))


def _of_steps(steps: list[Step]) -> Iterator[Misfit]:
    if not steps:
        yield Misfit(_("There is no step yet. A process needs at least one."))
    given: set[str] = set()
    for step in steps:
        method = methods().get(step.method)
        if method is None:
            yield Misfit(_("The building block “%(method)s” is not installed here.") % {"method": step.method}, step)
            continue
        if method.takes and not method.takes & given:
            yield Misfit(
                _("“%(step)s” works with what an earlier step has collected, but no earlier step collects it.") % {"step": step.title}, step
            )
        try:
            settings = method.settings_of(step)
        except pydantic.ValidationError:
            yield Misfit(
                _("The settings of “%(step)s” do not fit its building block any more. Please look at them and save.")
                % {"step": step.title},
                step,
            )
            continue
        given |= set(getattr(settings, "kinds", method.gives))


def _of_windows(process: Process, steps: list[Step]) -> Iterator[Misfit]:
    for earlier, later in pairwise(steps):
        if earlier.opens_at and later.opens_at and later.opens_at < earlier.opens_at:
            yield Misfit(
                _("“%(later)s” begins before “%(earlier)s”, which stands before it.") % {"later": later.title, "earlier": earlier.title},
                later,
            )
    for step in steps:
        if not step.opens_at and not step.override and step.closes_at:
            yield Misfit(_("“%(step)s” has an end but no beginning.") % {"step": step.title}, step)
    ends = [step.closes_at for step in steps if not step.override]
    if process.state == Process.State.DRAFT and steps and len(ends) == len(steps) and all(end and end <= timezone.now() for end in ends):
        yield Misfit(_("Every step lies in the past."))


def _of_roles(city: City, steps: list[Step], roles: set[str]) -> Iterator[Misfit]:
    for step in steps:
        method: Method | None = methods().get(step.method)
        if method is None or not _waits(rules_of(city, step.process), step):
            continue
        if roles.isdisjoint({Role.MODERATOR, Role.ADMINISTRATOR}):
            yield Misfit(_("“%(step)s” waits for the editorial team, but nobody in this city is in it.") % {"step": step.title}, step)


def _waits(rules: Rules, step: Step) -> bool:
    """Whether anything in the step waits for the team, as the step or the rules above it say."""
    own = step.settings.get("moderation") == "before"
    return any(check == "before" or (check == "step" and own) for check in (rules.check_contributions, rules.check_comments))
